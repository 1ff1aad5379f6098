//! Who edits the database behind the server's back is found out, and what was edited is named.

use std::path::Path;

use serde_json::json;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::plant::{Plant, counterpart};

/// An edit, and what the proof must say about it.
const EDITS: &[(&str, &str)] = &[
    (
        "UPDATE reading SET value = 99 WHERE time = (SELECT min(time) FROM reading)",
        "stream http:D#c: 3 readings in the log, 3 in the table, or other ones",
    ),
    (
        "DELETE FROM reading WHERE time = (SELECT min(time) FROM reading)",
        "stream http:D#c: 3 readings in the log, 2 in the table",
    ),
    ("UPDATE register SET value = 99 WHERE value = 2", "stream http:D#c: the log says 2 at"),
    ("UPDATE register SET count = count + 5 WHERE count = 3", "is the latest of 8"),
    ("UPDATE checkpoint SET position = position + 100", "the log ends at"),
    ("UPDATE log SET actor = 'eve' WHERE position = 5", "log entry 5 does not link"),
    (
        "UPDATE log SET recorded_at = recorded_at + 1 WHERE position = 6",
        "log entry 6 does not link",
    ),
    ("UPDATE log SET changes = replace(changes, 'Plant 07', 'Plant 08')", "Plant 08"),
    ("UPDATE log SET readings = zeroblob(9) WHERE length(readings) > 0", "is damaged"),
    ("DELETE FROM log WHERE position = 5", "log entry 6 does not link"),
    ("DELETE FROM log WHERE position = (SELECT max(position) FROM log)", "the log ends at"),
    (
        "UPDATE property SET value = '\"Plant 08\"' WHERE value = '\"Plant 07\"'",
        "property `name` of twin",
    ),
    (
        "UPDATE crosswalk SET reason = 'because' WHERE id = 'EQ-000198220'",
        "what `cmms:EQ-000198220` means",
    ),
    ("DELETE FROM twin WHERE twin = (SELECT min(twin) FROM twin)", "1 differences"),
    ("UPDATE binding SET unit_scale = 2 WHERE unit_scale IS NOT NULL", "measures: the log says"),
    ("UPDATE source_record SET attributes = '{}' WHERE id = 'MR140093'", "record `erp:MR140093`"),
    ("UPDATE system SET title = 'x' WHERE name = 'erp'", "system `erp`"),
    ("UPDATE stream SET channel = 'd' WHERE device = 'D'", "the tables say http:D#d"),
    (
        "UPDATE model SET document = replace(document, 'A centrifugal pump', 'A centrifugal pomp')",
        "model dtmi:counterpart:demo:Pump;1",
    ),
    ("UPDATE property SET value = '['", "is damaged"),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_edit_of_the_database_is_found_and_named() {
    let plant = Plant::full(&[]).await;
    let reading = |n: i64| json!({"device": "D", "channel": "c", "time": 1_750_000_000_000_i64 + n, "value": n});
    let (status, _) =
        plant.server.ingest(&json!([reading(0), reading(1), reading(2)])).await.expect("an answer");
    assert_eq!(status, 200);
    let original = plant.stop();
    let (code, said) = verify(original.path());
    assert_eq!(code, Some(0), "{said}");
    for (edit, words) in EDITS {
        let copy = tempfile::tempdir().expect("a temporary directory");
        let file = copy.path().join("counterpart.db");
        std::fs::copy(original.path().join("counterpart.db"), &file).expect("a copy");
        tamper(&file, edit).await;
        let (code, said) = verify(copy.path());
        assert_eq!(code, Some(1), "{edit}: {said}");
        assert!(said.contains(words), "{edit}: {said}");
        assert!(!said.contains("panicked"), "{edit}: {said}");
    }
}

fn verify(directory: &Path) -> (Option<i32>, String) {
    let mut command = counterpart();
    let command = command.args(["replay", "--verify", "--data"]).arg(directory);
    let done = command.output().expect("the program runs");
    let said = [done.stdout, done.stderr].concat();
    (done.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// Edits as one does who may do everything: the triggers that guard the tables go first.
async fn tamper(file: &Path, edit: &'static str) {
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("a database");
    let triggers: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            .fetch_all(&mut connection)
            .await
            .expect("its triggers");
    for trigger in triggers {
        let drop = sqlx::AssertSqlSafe(format!("DROP TRIGGER {trigger}"));
        sqlx::query(drop).execute(&mut connection).await.expect("a trigger goes");
    }
    let done = sqlx::query(edit).execute(&mut connection).await.expect(edit);
    assert!(done.rows_affected() > 0, "{edit} finds nothing");
    connection.close().await.expect("it closes");
}
