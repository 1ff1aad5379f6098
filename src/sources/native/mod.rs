//! Our own format: NDJSON, or a JSON array, of statements.
//!
//! Each line is an object with one key that tells what is stated:
//!
//! ```json
//! {"system": {"name": "cmms", "title": "CMMS: maintenance"}}
//! {"twin": {"ids": ["cmms:EQ-000238341"], "model": "dtmi:counterpart:demo:Pump;1", "properties": {"name": "Rinse pump A", "ratedFlow": 20.0}, "source": "cmms"}}
//! {"link": {"id": "erp:44710-07", "twin": "cmms:EQ-000238341", "reason": "same serial number, but for dashes", "confidence": 0.97}}
//! {"relationship": {"source": "cmms:EQ-000238341", "name": "occupies", "target": "cmms:FL-07-03-B-P101A", "from": "-P90D"}}
//! {"binding": {"device": "mqtt:MQTT-GW-4471", "channel": "ch2", "twin": "cmms:EQ-000238341", "path": "bearingTemperature", "unit": "Cel", "from": "-P7D"}}
//! {"record": {"key": "erp:44710-07", "kind": "equipment", "attributes": {"SerialNumber": "44710-07"}}}
//! {"swap": {"old": "mqtt:MQTT-GW-3907", "new": "mqtt:MQTT-GW-4471", "at": "2026-03-01T10:00:00Z"}}
//! ```
//!
//! * An **id** is `"system:id"`; all after the first colon is the id. One with a scope is an object:
//!   `{"system": "scada", "scope": "PLC-L3", "id": "P101A"}`.
//! * A **twin** is named by any of its ids, or by its own id, a UUID.
//! * **Time**: `from` and `to` are moments, RFC 3339 with an offset. A missing one is open: without
//!   both, a statement has always held. A moment can also be an ISO 8601 duration, such as `-P7D`,
//!   from the midnight (UTC) with which the day of the import began.
//! * `twin`: `ids`, `model`, `properties` (by path: `"lastKnownValue/value"` for a component's),
//!   `source` (the system that says so), `id` (the UUID, when you choose it), `from`, `to`. A twin
//!   that one of the ids means already is updated.
//! * `link`: `reason` ("imported"), `confidence` (1.0), `replace` (false: an id that means another
//!   twin in that time is a conflict).
//! * `relationship`: `properties`, and `key` where several of one name lead to the same twin.
//! * `binding`: `unit`, a DTDL name or UCUM code, where it is not the property's own; `replace`.
//! * `record`: `claims` (properties of the twin that it describes, by path), `identity` (texts to match
//!   by, for example `{"serial": "44710-07", "manufacturer": "KSB"}`), `model`, and `stated`, the
//!   moment at which the system last touched it.
//! * `swap`: `carry`, a list of properties whose values go over to the new device. It happens once: bindings of the old device in the same import should end at that moment,
//!   or a second import would bind it again.
//!
//! Unknown fields are refused: a misspelt `form` must not become "always".

mod ids;
mod read;
mod statement;

pub use ids::parse_external;
pub use read::{elements, is_statement, lines};
