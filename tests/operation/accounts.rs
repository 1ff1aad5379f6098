//! What the answers say became of readings is what the metrics say, source by source.

use std::collections::BTreeMap;

use serde_json::json;

use crate::plant::Plant;

const OUTCOMES: [&str; 4] = ["accepted", "duplicate", "quarantined", "rejected"];

#[tokio::test]
async fn answers_and_metrics_agree_for_each_source() {
    let plant = Plant::full(&[]).await;
    let mut told: BTreeMap<(String, &str), u64> = BTreeMap::new();
    let good = |device: &str, n: i64| json!({"system": "mqtt", "device": device, "channel": "ch1", "time": 1_760_000_000_000_i64 + n, "value": n});
    let bodies = [
        json!([good("MQTT-GW-4471", 1), good("MQTT-GW-4471", 2), good("NEW", 1)]),
        json!([good("MQTT-GW-4471", 1), {"device": "D"}, good("NEW", 1), good("NEW", 2)]),
        json!([{"device": "D", "channel": "c", "value": null}]),
        json!("no reading"),
        json!([]),
    ];
    for source in ["line-1", "line-2"] {
        for body in &bodies {
            let path = format!("/ingest?source={source}");
            let answer = plant.server.post(&path, "application/json", body.to_string()).await;
            assert!(answer.status < 500, "{answer:?}");
            let count = |name: &str| answer.body[name].as_u64().unwrap_or_default();
            let sum: u64 = OUTCOMES.into_iter().map(count).sum();
            assert_eq!(count("received"), sum, "{answer:?}");
            for outcome in OUTCOMES.into_iter().chain(["received"]) {
                *told.entry((source.to_owned(), outcome)).or_default() += count(outcome);
            }
        }
    }
    let metrics = plant.server.http.get(format!("{}/metrics", plant.server.url)).send().await;
    let metrics = metrics.expect("an answer").text().await.expect("text");
    for ((source, outcome), count) in told {
        let line = match outcome {
            "received" => {
                format!("counterpart_readings_received_total{{source=\"{source}\"}} {count}")
            }
            _ => format!(
                "counterpart_readings_total{{source=\"{source}\",outcome=\"{outcome}\"}} {count}"
            ),
        };
        assert!(metrics.lines().any(|l| l == line), "{line} is not in\n{metrics}");
    }
}
