//! What the explorer offers to start with: documents that are tested as golden operations.

use serde_json::json;

use crate::domain::time::Timestamp;
use crate::graphql::ExampleOperation;

const RESOLVE: &str = include_str!("../../../graphql/operations/resolve-a-gateway.graphql");
const PLACE: &str = include_str!("../../../graphql/operations/resolve-a-place.graphql");
const AS_OF: &str = include_str!("../../../graphql/operations/as-of-before-swap.graphql");
const SUBSCRIBE: &str = include_str!("../../../graphql/operations/subscribe.graphql");
const QUARANTINED: &str = include_str!("../../../graphql/operations/quarantined-streams.graphql");

/// The day before the sample plant's device swap lies this many nanoseconds back.
const BEFORE_SWAP: i64 = -8 * 86_400 * 1_000_000_000;

/// Operations about the sample plant, at `now`.
pub fn examples(now: Timestamp) -> Vec<ExampleOperation> {
    let before = now.plus_nanos(BEFORE_SWAP).to_string();
    let list = [
        (
            "Which machine does a gateway measure?",
            RESOLVE,
            json!({"system": "mqtt", "id": "MQTT-GW-4471"}),
        ),
        (
            "The same from the machine's id in the CMMS",
            RESOLVE,
            json!({"system": "cmms", "id": "EQ-000238341"}),
        ),
        (
            "The same from the place's id in the MES",
            PLACE,
            json!({"id": "PLANT-07/LINE-03/STATION-B"}),
        ),
        (
            "Now, and before last week's device swap",
            AS_OF,
            json!({"id": "EQ-000238341", "before": before}),
        ),
        ("Watch the plant change", SUBSCRIBE, json!({})),
        ("Channels that nobody has mapped", QUARANTINED, json!({})),
    ];
    list.map(|(title, document, variables)| ExampleOperation {
        title: title.to_owned(),
        document: document.to_owned(),
        variables: format!("{variables:#}"),
    })
    .into()
}
