//! What outlives the process.

use counterpart::domain::id::Position;
use counterpart::domain::reading::Register;
use counterpart::domain::time::Interval;
use counterpart::store::{Append, StoreError};

use super::log::whole_log;
use super::staged::{content, row};
use crate::build::*;
use crate::harness::Place;

fn everything() -> Append {
    let mut append = changes(1, [stream_opened(0), system("erp", "ERP")]);
    append.entry.readings = vec![reading(0, 1, 0.1 + 0.2), reading(0, 2, 5e-324)];
    append.edits = one_of_each(1, Interval::ALWAYS);
    append
}

pub async fn all_is_there_when_it_is_opened_again(place: &dyn Place) {
    let store = place.open().await.unwrap();
    store.append(&[everything()]).await.unwrap();
    let register = Register::restored(store.latest(all_of(0)).await.unwrap(), 2, Position(1));
    let registers = [(counterpart::domain::id::StreamId(0), register)];
    store.checkpoint(&registers, Some(Position(1))).await.unwrap();
    let before = format!("{:?}", store.load().await.unwrap());
    let log = whole_log(store.as_ref()).await;
    let history = store.readings(all_of(0), None, 10).await.unwrap();
    store.close().await.unwrap();
    drop(store);
    let store = place.open().await.unwrap();
    assert_eq!(format!("{:?}", store.load().await.unwrap()), before);
    assert_eq!(whole_log(store.as_ref()).await, log);
    assert_eq!(store.readings(all_of(0), None, 10).await.unwrap(), history);
}

pub async fn what_is_staged_waits_for_the_next_opener(place: &dyn Place) {
    let store = place.open().await.unwrap();
    store.stage(&row(1), &content()).await.unwrap();
    store.close().await.unwrap();
    drop(store);
    let store = place.open().await.unwrap();
    assert_eq!(store.staged().await.unwrap(), [row(1)]);
    assert!(store.staged_content(row(1).id).await.unwrap() == Some(content()));
}

pub async fn the_chain_goes_on_after_it_is_opened_again(place: &dyn Place) {
    for n in 0..4 {
        let store = place.open().await.unwrap();
        store.append(&[changes(n * 2 + 1, [system("erp", "ERP")])]).await.unwrap();
        // A batch that is refused between two that are not.
        assert!(store.append(&[changes(1, [system("erp", "ERP")])]).await.is_err());
        store.append(&[changes(n * 2 + 2, [system("erp", "ERP")])]).await.unwrap();
        store.close().await.unwrap();
    }
    assert_eq!(whole_log(place.open().await.unwrap().as_ref()).await.len(), 8);
}

pub async fn a_second_opener_is_told_that_it_is_locked(place: &dyn Place) {
    let store = place.open().await.unwrap();
    match place.open().await {
        Err(StoreError::Locked(reason)) => assert!(reason.contains("stop it"), "{reason}"),
        other => panic!("{:?}", other.map(drop)),
    }
    store.append(&[everything()]).await.unwrap();
    store.close().await.unwrap();
    let store = place.open().await.unwrap();
    assert_eq!(store.head().await.unwrap().position, Position(1));
}

pub async fn tables_of_a_newer_version_are_refused_and_left_alone(place: &dyn Place) {
    place.open().await.unwrap().close().await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
        SELECT 9999, 'from the future', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";
    place.tamper(newer).await.unwrap();
    match place.open().await {
        Err(StoreError::Damaged(reason)) => {
            assert!(reason.contains("newer version (migration 9999"), "{reason}");
        }
        other => panic!("{:?}", other.map(drop)),
    }
    place.tamper("DELETE FROM _sqlx_migrations WHERE version = 9999").await.unwrap();
    place.open().await.unwrap();
}

pub async fn log_rows_cannot_be_changed(place: &dyn Place) {
    let store = place.open().await.unwrap();
    store.append(&[everything()]).await.unwrap();
    for sql in ["UPDATE log SET actor = 'nobody'", "DELETE FROM log"] {
        let refusal = place.tamper(sql).await.unwrap_err();
        assert!(refusal.contains("append-only"), "{refusal}");
    }
}

pub async fn facts_are_ended_and_never_edited(place: &dyn Place) {
    let store = place.open().await.unwrap();
    store.append(&[everything()]).await.unwrap();
    for sql in [
        "UPDATE twin SET model = 'dtmi:com:example:Fan;1'",
        "UPDATE crosswalk SET valid_to = 5",
        "UPDATE binding SET recorded_to = 9, path = 'other'",
        "UPDATE property SET source = 'mes'",
    ] {
        let refusal = place.tamper(sql).await.unwrap_err();
        assert!(refusal.contains("never edited"), "{refusal}");
    }
    place.tamper("UPDATE binding SET recorded_to = 9").await.unwrap();
    for sql in [
        "UPDATE binding SET recorded_to = 10",
        "UPDATE binding SET recorded_to = 9223372036854775807",
    ] {
        let refusal = place.tamper(sql).await.unwrap_err();
        assert!(refusal.contains("ended once"), "{refusal}");
    }
}

pub async fn the_tables_refuse_overlaps_themselves(place: &dyn Place) {
    let store = place.open().await.unwrap();
    store.append(&[everything()]).await.unwrap();
    for (table, columns) in [
        ("twin", "twin, model"),
        ("property", "twin, path, value, source"),
        ("relationship", "id, source, name, target, key, properties"),
        ("crosswalk", "system, scope, id, twin, reason, confidence, decider"),
        ("binding", "stream, twin, path, unit, unit_scale, unit_offset"),
        ("curation", "kind, id, value"),
        ("source_record", "system, scope, id, kind, attributes, meaning"),
    ] {
        let insert = |valid: &str, recorded: &str| {
            format!(
                "INSERT INTO {table} ({columns}, valid_from, valid_to, recorded_from, recorded_to) \
                 SELECT {columns}, {valid}, {recorded} FROM {table} WHERE recorded_from = 1"
            )
        };
        let refusal = place.tamper(&insert("3, 4", "2, 9223372036854775807")).await.unwrap_err();
        assert!(refusal.contains("overlap"), "{table}: {refusal}");
        place.tamper(&insert("3, 4", "2, 3")).await.unwrap();
        for empty in [insert("4, 4", "4, 5"), insert("5, 4", "4, 5"), insert("3, 4", "5, 5")] {
            assert!(place.tamper(&empty).await.is_err(), "{table} takes an empty interval");
        }
    }
}
