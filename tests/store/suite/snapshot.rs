//! Loading, checkpoints, and what failures leave.

use std::sync::Arc;

use counterpart::domain::change::{Change, ModelStatus, ModelsAdded};
use counterpart::domain::fact::{Existence, FactRow};
use counterpart::domain::id::{Position, StreamId};
use counterpart::domain::reading::{Quality, Reading, Recorded, Register};
use counterpart::domain::time::{Interval, Timestamp};
use counterpart::domain::value::Value;
use counterpart::store::{
    Checkpoint, FaultyStore, Inserted, LogStore, ModelEvent, ModelRow, Snapshot, SnapshotStore,
    StoreError, When,
};

use super::history;
use super::log::whole_log;
use crate::build::*;
use crate::harness::Place;

pub async fn models_systems_and_streams_come_back_in_order(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let models = |texts: &[&str]| {
        let documents = texts.iter().map(|text| Arc::from(*text)).collect();
        Change::ModelsAdded(ModelsAdded { documents, upload: None })
    };
    let first = [models(&["z", "a"]), models(&["m"]), system("mes", "MES"), stream_opened(0)];
    let second =
        [models(&["b"]), stream_opened(1), system("erp", "ERP"), system("mes", "it's \"it\"")];
    let source = |declaration| Change::SourceDeclared { name: "cmms".into(), declaration };
    let declared = [source(Arc::default()), source(Arc::new(object()))];
    let marked = |status| Change::ModelsMarked {
        models: vec!["dtmi:com:example:Pump;1".parse().unwrap()],
        status,
    };
    let third = [marked(ModelStatus::Decommissioned), stream_opened(2), marked(ModelStatus::InUse)];
    let fourth = [marked(ModelStatus::Deleted)];
    let third = third.into_iter().chain(declared);
    let batch = [changes(1, first), changes(2, second), changes(4, third), changes(5, fourth)];
    store.append(&batch).await.unwrap();
    let snapshot = store.load().await.unwrap();
    let added = |position, text: &str| (Position(position), ModelEvent::Added(text.into()));
    let id = || "dtmi:com:example:Pump;1".parse().unwrap();
    let told = |position, status| (Position(position), ModelEvent::Marked(id(), status));
    let expected = [
        added(1, "z"),
        added(1, "a"),
        added(1, "m"),
        added(2, "b"),
        told(4, ModelStatus::Decommissioned),
        told(4, ModelStatus::InUse),
        told(5, ModelStatus::Deleted),
    ];
    let rows = expected.map(|(position, event)| ModelRow { position, event });
    assert_eq!(snapshot.models, rows);
    let systems = [("erp", "ERP"), ("mes", "it's \"it\"")];
    assert_eq!(snapshot.systems, systems.map(|(n, t)| (Arc::from(n), Arc::from(t))));
    let streams =
        [(0, 1), (1, 2), (2, 4)].map(|(n, opened)| (StreamId(n), stream_key(n), Position(opened)));
    assert_eq!(snapshot.streams, streams);
    assert_eq!(snapshot.sources, [("cmms".into(), Arc::new(object()))]);
    assert_eq!(snapshot.head, store.head().await.unwrap());
    assert_eq!(snapshot.head.recorded_at, Timestamp(5_000));
}

fn register(time: i64, value: Value) -> Register {
    let reading = Reading {
        stream: StreamId(0),
        time: Timestamp(time),
        sequence: u64::MAX,
        value,
        quality: Quality::Bad,
    };
    Register::restored(Some(Recorded { reading, position: Position(3) }), 42, Position(5))
}

/// `register`, as the register of `stream`.
fn of_stream(stream: u32, register: &Register) -> (StreamId, Register) {
    let latest = register.latest().cloned().map(|mut recorded| {
        recorded.reading.stream = StreamId(stream);
        recorded
    });
    (StreamId(stream), Register::restored(latest, register.count, register.counted_to))
}

pub async fn registers_come_back_as_they_were_kept(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let mut kept = vec![
        of_stream(0, &register(i64::MIN, Value::Double(0.1 + 0.2))),
        of_stream(1, &register(i64::MAX, Value::Integer(i64::MIN))),
        of_stream(2, &register(0, Value::Boolean(true))),
        of_stream(3, &register(1, Value::Text("a\u{0}b'\"".into()))),
        of_stream(4, &register(1, Value::Json(awkward().to_string().into()))),
        of_stream(5, &Register::restored(None, 0, Position(5))),
    ];
    kept.extend((6..400).map(|n| of_stream(n, &register(1, Value::Double(f64::from(n))))));
    store.checkpoint(&kept, Some(Position(5))).await.unwrap();
    let checkpoint = store.load().await.unwrap().checkpoint;
    assert_eq!(checkpoint.registers, kept);
    assert_eq!(checkpoint.position, Position(5));
    kept[1] = of_stream(1, &register(7, Value::Double(1.5)));
    store.checkpoint(&kept[1..2], Some(Position(6))).await.unwrap();
    let checkpoint = store.load().await.unwrap().checkpoint;
    assert_eq!(checkpoint.registers, kept);
    assert_eq!(checkpoint.position, Position(6));
}

pub async fn a_checkpoint_is_complete_only_when_it_says_so(place: &dyn Place) {
    let store = place.open().await.unwrap();
    assert_eq!(store.load().await.unwrap().checkpoint.position, Position::START);
    let one = |n| [of_stream(n, &register(1, Value::Boolean(false)))];
    store.checkpoint(&one(0), None).await.unwrap();
    assert_eq!(store.load().await.unwrap().checkpoint.position, Position::START);
    store.checkpoint(&one(1), Some(Position(9))).await.unwrap();
    store.checkpoint(&one(2), None).await.unwrap();
    let checkpoint = store.load().await.unwrap().checkpoint;
    assert_eq!((checkpoint.position, checkpoint.registers.len()), (Position(9), 3));
}

pub async fn a_failed_append_leaves_nothing_or_all(place: &dyn Place) {
    let store = FaultyStore::new(place.open().await.unwrap());
    store.append(&[readings(1, [reading(0, 1, 1.0)])]).await.unwrap();
    store.fail_append(0, When::BeforeCommit);
    store.fail_append(1, When::AfterCommit);
    let second = [readings(2, [reading(0, 2, 2.0)])];
    for kept in [1, 2] {
        let error = store.append(&second).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
        assert_eq!(store.load().await.unwrap().head.position, Position(kept));
    }
    let again = readings(3, [reading(0, 2, 2.0), reading(0, 3, 3.0)]);
    let inserted = store.append(&[again]).await.unwrap();
    assert_eq!(inserted, [Inserted::Some(vec![false, true])]);
    assert_eq!(whole_log(&store).await.len(), 3);
}

pub async fn a_closed_store_refuses(place: &dyn Place) {
    let store = place.open().await.unwrap();
    store.close().await.unwrap();
    let append = store.append(&[changes(1, [system("erp", "ERP")])]).await.map(drop);
    for result in
        [append, store.load().await.map(drop), store.head().await.map(drop), store.ping().await]
    {
        assert!(matches!(result, Err(StoreError::Unavailable(_))), "{result:?}");
    }
}

pub async fn any_history_comes_back(place: &dyn Place) {
    history::any_history_comes_back(place).await;
}

pub async fn all_but_the_latest_readings_is_read_as_of_one_moment(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let mut first = changes(1, [stream_opened(0), system("erp", "ERP")]);
    first.entry.readings = vec![reading(0, 1, 1.0)];
    first.edits = one_of_each(1, Interval::ALWAYS);
    store.append(&[first]).await.unwrap();
    let register = Register::restored(store.latest(all_of(0)).await.unwrap(), 1, Position(1));
    store.checkpoint(&[(StreamId(0), register)], Some(Position(1))).await.unwrap();
    let all = store.load().await.unwrap();
    let expected = format!("{:?}", Snapshot { checkpoint: Checkpoint::default(), ..all });
    assert_eq!(format!("{:?}", store.masters().await.unwrap()), expected);
    // Whenever it is read while entries are added, it is of one moment.
    for n in 2..20 {
        let batch = [edits(n, [FactRow::Twin(twin(n.into()), fact(n, Interval::ALWAYS, pump()))])];
        let (looked, appended) = tokio::join!(store.masters(), store.append(&batch));
        appended.unwrap();
        let looked = looked.unwrap();
        let twins = looked.facts.iter().filter(|row| matches!(row, FactRow::Twin(..))).count();
        assert_eq!(looked.head.position.0, twins as u64);
    }
}

fn pump() -> Existence {
    Existence { model: "dtmi:com:example:Pump;1".parse().unwrap() }
}
