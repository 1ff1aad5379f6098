//! Any history of changes, kept and loaded again, is the state that it was.

use std::collections::BTreeSet;
use std::sync::Arc;

use counterpart::domain::apply::apply;
use counterpart::domain::change::Change;
use counterpart::domain::fact::{
    Binding, Ends, Existence, FactRow, Link, PropertyValue, SourceRecord,
};
use counterpart::domain::id::{ExternalId, Position, StreamId, TwinId};
use counterpart::domain::state::{Rules, State};
use counterpart::domain::time::{Interval, Timestamp};
use counterpart::store::Snapshot;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use super::log::whole_log;
use crate::build::*;
use crate::harness::Place;

/// How many histories are tried on one store, each after the one before.
const HISTORIES: u32 = 24;

fn some_interval() -> impl Strategy<Value = Interval> {
    let moment = || prop_oneof![4 => -4..9i64, 1 => Just(i64::MIN), 2 => Just(i64::MAX)];
    (moment(), moment())
        .prop_filter_map("empty", |(from, to)| Interval::new(Timestamp(from), Timestamp(to)))
}

fn some_ends() -> impl Strategy<Value = Ends> {
    (0..3u128, 0..3u128, prop_oneof![Just(""), Just("second")]).prop_map(|(source, target, key)| {
        Ends { source: twin(source), name: "feeds".into(), target: twin(target), key: key.into() }
    })
}

fn some_twin() -> impl Strategy<Value = TwinId> {
    (0..3u128).prop_map(twin)
}

fn some_path() -> impl Strategy<Value = Arc<str>> {
    prop_oneof![Just("serial".into()), Just("a/b".into())]
}

fn some_source() -> impl Strategy<Value = Option<Arc<str>>> {
    prop_oneof![Just(None), Just(Some("erp".into())), Just(Some("cmms".into()))]
}

fn some_external() -> impl Strategy<Value = ExternalId> {
    prop_oneof![Just("a"), Just("b")].prop_map(external)
}

fn some_change_of_the_graph() -> impl Strategy<Value = Change> {
    let when = some_interval;
    prop_oneof![
        (some_twin(), when(), 1..4u8).prop_map(|(twin, valid, version)| {
            let model = format!("dtmi:com:example:Pump;{version}").parse().unwrap();
            Change::TwinAsserted { twin, valid, existence: Existence { model } }
        }),
        (some_twin(), when()).prop_map(|(twin, valid)| Change::TwinRetracted { twin, valid }),
        (some_twin(), some_path(), when(), some_source(), any::<f64>()).prop_map(
            |(twin, path, valid, source, number)| {
                let value = PropertyValue { value: number.into(), source };
                Change::PropertyAsserted { twin, path, valid, value }
            }
        ),
        (some_twin(), some_path(), when(), some_source()).prop_map(
            |(twin, path, valid, source)| Change::PropertyRetracted { twin, path, valid, source }
        ),
        (some_ends(), when()).prop_map(|(ends, valid)| {
            Change::RelationshipAsserted { ends, valid, properties: object() }
        }),
        (some_ends(), when())
            .prop_map(|(ends, valid)| Change::RelationshipRetracted { id: ends.id(), valid }),
    ]
}

fn some_other() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["b", "c"])
}

fn some_change_of_ids() -> impl Strategy<Value = Change> {
    let streams = || (0..2u32).prop_map(StreamId);
    let when = some_interval;
    prop_oneof![
        (some_external(), when(), some_twin()).prop_map(|(external, valid, twin)| {
            Change::Linked { external, valid, link: Link { twin, ..link() } }
        }),
        (some_external(), when())
            .prop_map(|(external, valid)| Change::Unlinked { external, valid }),
        (streams(), when(), some_path()).prop_map(|(stream, valid, path)| {
            Change::Bound { stream, valid, binding: Binding { path, ..binding() } }
        }),
        (streams(), when()).prop_map(|(stream, valid)| Change::Unbound { stream, valid }),
        (some_external(), when(), any::<String>()).prop_map(|(key, valid, note)| {
            let mut attributes = object();
            attributes.insert("note".to_owned(), note.into());
            let record = SourceRecord { kind: "pump".into(), attributes, ..record() };
            Change::RecordStored { key, valid, record }
        }),
        (some_other(), when())
            .prop_map(|(other, valid)| Change::Curated { valid, fact: verdict(other) }),
        (some_other(), when())
            .prop_map(|(other, valid)| Change::Uncurated { key: verdict(other).key(), valid }),
    ]
}

fn some_change() -> impl Strategy<Value = Change> {
    prop_oneof![some_change_of_the_graph(), some_change_of_ids()]
}

fn some_history() -> impl Strategy<Value = Vec<Vec<Change>>> {
    prop::collection::vec(prop::collection::vec(some_change(), 1..5), 1..8)
}

/// Which records each twin finds at once.
fn described(state: &State) -> BTreeSet<(TwinId, ExternalId)> {
    let twins = state.graph.twins();
    twins.flat_map(|twin| twin.records().iter().map(|key| (twin.id, key.clone()))).collect()
}

fn restored(snapshot: Snapshot) -> State {
    let mut state = State::new(Rules::default());
    for (stream, key, opened) in &snapshot.streams {
        state.streams.open(*stream, key, *opened);
    }
    snapshot.facts.into_iter().for_each(|row| state.restore(row));
    state
}

/// Appends go on from one history to the next: the state, too, is kept, so that timelines grow long.
pub async fn any_history_comes_back(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let mut runner = TestRunner::new(Config::default());
    let mut state = State::new(Rules::default());
    let mut position = Position::START;
    for n in 0..HISTORIES {
        let mut history = some_history().new_tree(&mut runner).unwrap().current();
        if n == 0 {
            history.insert(0, vec![stream_opened(0), stream_opened(1)]);
        }
        let mut batch = Vec::new();
        for entry in &history {
            position = position.next();
            let mut append = changes(position.0, entry.iter().cloned());
            let mut touched = BTreeSet::new();
            for change in entry {
                apply(&mut state, position, change, &mut touched).unwrap();
            }
            append.edits = state.edits(position, &touched);
            batch.push(append);
        }
        // All entries in one transaction, and an entry a transaction.
        for part in batch.chunks(if n % 2 == 0 { batch.len() } else { 1 }) {
            store.append(part).await.unwrap_or_else(|error| panic!("{error}\n{history:#?}"));
        }
        let restored = restored(store.load().await.unwrap());
        let loaded: Vec<FactRow> = restored.rows().collect();
        let expected: Vec<FactRow> = state.rows().collect();
        assert_eq!(loaded, expected, "after {history:#?}");
        // What one entry said and took back again may be noted where it was said, but is never missed.
        let (found, noted) = (described(&restored), described(&state));
        assert!(found.is_subset(&noted), "{found:?} but {noted:?} after {history:#?}");
    }
    let mut replayed = State::new(Rules::default());
    for sealed in whole_log(store.as_ref()).await {
        for change in &sealed.open().unwrap().changes {
            apply(&mut replayed, sealed.position, change, &mut BTreeSet::new()).unwrap();
        }
    }
    assert!(replayed.rows().eq(state.rows()), "the log alone tells the same");
}
