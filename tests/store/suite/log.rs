//! The log.

use counterpart::domain::change::{Change, ModelsAdded};
use counterpart::domain::fact::{Existence, PropertyValue};
use counterpart::domain::id::{Position, StreamId};
use counterpart::domain::log::{GENESIS, SealedEntry};
use counterpart::domain::time::{Interval, Timestamp};
use counterpart::store::{Inserted, Store, StoreError};

use crate::build::*;
use crate::harness::Place;

/// All entries, of which each must be linked to the one before.
pub async fn whole_log(store: &dyn Store) -> Vec<SealedEntry> {
    let entries = store.entries(Position::START, usize::MAX).await.unwrap();
    let mut previous = GENESIS;
    for entry in &entries {
        assert_eq!(entry.hash, entry.hash_after(&previous), "entry {}", entry.position);
        previous = entry.hash;
    }
    let head = store.head().await.unwrap();
    assert_eq!(head.hash, previous);
    assert_eq!(head.position, entries.last().map_or(Position::START, |e| e.position));
    entries
}

pub async fn an_empty_log_is_at_the_start(place: &dyn Place) {
    let store = place.open().await.unwrap();
    store.ping().await.unwrap();
    let head = store.head().await.unwrap();
    assert_eq!((head.position, head.hash), (Position::START, GENESIS));
    assert_eq!(store.entries(Position::START, 10).await.unwrap(), []);
    assert_eq!(store.position_at(Timestamp::MAX).await.unwrap(), Position::START);
    assert_eq!(store.append(&[]).await.unwrap(), []);
}

pub async fn entries_come_back_in_order_and_in_pages(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let batch: Vec<_> = [1, 2, 5, 6, 9].map(|n| changes(n, [system("erp", "ERP")])).into();
    store.append(&batch[..2]).await.unwrap();
    store.append(&batch[2..]).await.unwrap();
    let mut after = Position::START;
    let mut pages = Vec::new();
    loop {
        let page = store.entries(after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.position;
        pages.push(page.iter().map(|e| e.position.0).collect::<Vec<_>>());
    }
    assert_eq!(pages, [vec![1, 2], vec![5, 6], vec![9]]);
    assert_eq!(store.entries(Position(3), 1).await.unwrap()[0].position, Position(5));
}

pub async fn entries_with_decisions_are_found_without_the_others(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let mark = || Change::Decided(Box::new(decided("because")));
    let mut batch = Vec::new();
    for n in 1..=20 {
        let one = if n % 5 == 0 { mark() } else { system("erp", &format!("ERP {n}")) };
        batch.push(changes(n, [one]));
    }
    store.append(&batch).await.unwrap();
    let before = |position, limit| {
        let store = store.clone();
        async move {
            let found = store.decided(Position(position), limit).await.unwrap();
            found.iter().map(|e| e.position.0).collect::<Vec<_>>()
        }
    };
    assert_eq!(before(100, 10).await, [20, 15, 10, 5]);
    assert_eq!(before(20, 2).await, [15, 10]);
    assert_eq!(before(5, 2).await.len(), 0);
}

pub async fn the_hash_chain_recomputes_over_all_entries(place: &dyn Place) {
    let store = place.open().await.unwrap();
    for n in 0..5 {
        let at = n * 10;
        store
            .append(&[
                readings(at + 1, [reading(0, 1, 1.0), reading(0, i64::try_from(at).unwrap(), 2.0)]),
                changes(at + 2, [system("cmms", "CMMS")]),
                readings(at + 3, [reading(0, 1, 1.0)]),
            ])
            .await
            .unwrap();
    }
    let positions: Vec<u64> =
        whole_log(store.as_ref()).await.iter().map(|e| e.position.0).collect();
    assert_eq!(positions, [1, 2, 11, 12, 21, 22, 31, 32, 41, 42]);
}

pub async fn position_at_is_the_last_entry_at_or_before_a_moment(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let mut batch: Vec<_> = [1, 2, 3, 7].map(|n| changes(n, [system("erp", "ERP")])).into();
    batch[2].entry.recorded_at = batch[1].entry.recorded_at;
    store.append(&batch).await.unwrap();
    for (moment, position) in [
        (i64::MIN, 0),
        (999, 0),
        (1_000, 1),
        (1_999, 1),
        (2_000, 3),
        (6_999, 3),
        (7_000, 7),
        (i64::MAX, 7),
    ] {
        let found = store.position_at(Timestamp(moment)).await.unwrap();
        assert_eq!(found, Position(position), "at {moment}");
    }
}

pub async fn positions_only_grow(place: &dyn Place) {
    let store = place.open().await.unwrap();
    store.append(&[changes(5, [system("erp", "ERP")])]).await.unwrap();
    for position in [0, 4, 5, Position::LATEST.0] {
        let mut again = changes(1, [system("erp", "other")]);
        again.entry.position = Position(position);
        again.entry.recorded_at = Timestamp(5_000);
        let error = store.append(&[again]).await.unwrap_err();
        assert!(matches!(error, StoreError::Refused(_)), "{position}: {error}");
    }
    store.append(&[changes(6, [system("erp", "ERP")])]).await.unwrap();
    assert_eq!(whole_log(store.as_ref()).await.len(), 2);
}

pub async fn recorded_times_never_go_back(place: &dyn Place) {
    let store = place.open().await.unwrap();
    store.append(&[changes(5, [system("erp", "ERP")])]).await.unwrap();
    let mut early = changes(6, [system("erp", "ERP")]);
    early.entry.recorded_at = Timestamp(4_999);
    assert!(matches!(store.append(&[early]).await, Err(StoreError::Refused(_))));
    assert_eq!(whole_log(store.as_ref()).await.len(), 1);
}

pub async fn a_refused_batch_leaves_nothing_behind(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let good = [stream_opened(0), system("erp", "ERP")];
    let good = || {
        let mut append = changes(1, good.clone());
        append.entry.readings.push(reading(0, 1, 1.0));
        append.edits = one_of_each(1, Interval::ALWAYS);
        append
    };
    // The second entry states the same facts over again, without ending the first ones.
    let clash = edits(2, one_of_each(2, Interval::ALWAYS));
    let error = store.append(&[good(), clash]).await.unwrap_err();
    assert!(matches!(error, StoreError::Refused(_)), "{error}");
    let snapshot = store.load().await.unwrap();
    assert!(
        snapshot.facts.is_empty() && snapshot.streams.is_empty() && snapshot.systems.is_empty()
    );
    assert_eq!(snapshot.head.position, Position::START);
    assert_eq!(store.latest(all_of(0)).await.unwrap(), None);
    assert_eq!(store.append(&[good()]).await.unwrap(), [Inserted::All]);
    assert_eq!(whole_log(store.as_ref()).await.len(), 1);
}

fn changes_of_models_and_graph() -> [Change; 9] {
    let (twin, valid) = (twin(1), interval(-5, 10));
    let path = || "serial".into();
    let existence = Existence { model: "dtmi:com:example:Pump;1".parse().unwrap() };
    let value = PropertyValue { value: awkward(), source: None };
    let documents = vec!["{\"@id\": \"dtmi:com:example:Pump;1\"}".into()];
    [
        Change::ModelsAdded(ModelsAdded { documents, upload: None }),
        Change::TwinAsserted { twin, valid, existence },
        Change::TwinRetracted { twin, valid },
        Change::PropertyAsserted { twin, path: path(), valid, value },
        Change::PropertyRetracted { twin, path: path(), valid, source: None },
        Change::RelationshipAsserted { ends: ends(), valid, properties: object() },
        Change::RelationshipRetracted { id: ends().id(), valid },
        system("erp", "it's the \"ERP\" 漢字"),
        stream_opened(0),
    ]
}

fn changes_of_ids_and_streams() -> [Change; 10] {
    let valid = Interval::since(Timestamp(3));
    let record = record();
    [
        Change::Linked { external: external("a"), valid, link: link() },
        Change::Unlinked { external: external("a"), valid },
        Change::Bound { stream: StreamId(0), valid, binding: binding() },
        Change::Unbound { stream: StreamId(0), valid },
        Change::RecordStored { key: external("a"), valid, record },
        Change::RecordRetracted { key: external("a"), valid },
        Change::Curated { valid, fact: verdict("b") },
        Change::Uncurated { key: verdict("b").key(), valid },
        Change::Decided(Box::new(decided("because it \"is\""))),
        Change::SourceDeclared { name: "erp".into(), declaration: object().into() },
    ]
}

pub async fn every_kind_of_change_comes_back(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let all: Vec<Change> =
        changes_of_models_and_graph().into_iter().chain(changes_of_ids_and_streams()).collect();
    // One an entry, so that a store cannot get by on the first.
    for (n, change) in (1..).zip(&all) {
        store.append(&[changes(n, [change.clone()])]).await.unwrap();
    }
    let log = whole_log(store.as_ref()).await;
    assert_eq!(log.len(), all.len());
    for (sealed, change) in log.iter().zip(&all) {
        let opened = sealed.open().unwrap();
        assert_eq!(&*opened.actor, "somebody");
        assert_eq!(format!("{:?}", opened.changes), format!("{:?}", [change]));
    }
}

pub async fn an_entry_with_nothing_new_is_not_kept(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let one = || [reading(0, 1, 1.0)];
    store.append(&[readings(1, one())]).await.unwrap();
    let inserted = store.append(&[readings(2, one()), entry(3)]).await.unwrap();
    assert_eq!(inserted, [Inserted::None, Inserted::All], "no reading of none is missing");
    let mut kept_for_its_change = readings(4, one());
    kept_for_its_change.entry.changes.push(system("erp", "ERP"));
    store.append(&[kept_for_its_change]).await.unwrap();
    let log = whole_log(store.as_ref()).await;
    assert_eq!(log.iter().map(|e| e.position.0).collect::<Vec<_>>(), [1, 4]);
    assert!(log[1].open().unwrap().readings.is_empty());
}

pub async fn an_entry_keeps_only_its_new_readings(place: &dyn Place) {
    let store = place.open().await.unwrap();
    store.append(&[readings(1, [reading(0, 1, 1.0), reading(0, 3, 3.0)])]).await.unwrap();
    let four = [4, 3, 2, 1].map(|n| reading(0, i64::from(n), f64::from(n)));
    store.append(&[readings(2, four.clone())]).await.unwrap();
    let log = whole_log(store.as_ref()).await;
    assert_eq!(log[1].open().unwrap().readings, [four[0].clone(), four[2].clone()]);
}

pub async fn positions_that_nobody_can_know_are_after_everything(place: &dyn Place) {
    let store = place.open().await.unwrap();
    store.append(&[readings(1, [reading(0, 1, 1.0)])]).await.unwrap();
    let beyond = Position(u64::MAX);
    assert_eq!(store.entries(beyond, 10).await.unwrap(), []);
    let window = counterpart::store::Window { known: beyond, ..all_of(0) };
    assert!(store.latest(window).await.unwrap().is_some());
}
