//! Facts, and invariant I5.

use counterpart::domain::fact::{Existence, FactRow};
use counterpart::domain::id::{Position, StreamId};
use counterpart::domain::time::{Interval, Timestamp};
use counterpart::store::{Append, Store, StoreError};

use crate::build::*;
use crate::harness::Place;

async fn opened(place: &dyn Place) -> std::sync::Arc<dyn Store> {
    let store = place.open().await.unwrap();
    store.append(&[changes(1, [stream_opened(0)])]).await.unwrap();
    store
}

async fn facts(store: &dyn Store) -> Vec<FactRow> {
    sorted(store.load().await.unwrap().facts)
}

async fn assert_refused(store: &dyn Store, append: Append) {
    let before = facts(store).await;
    let what = format!("{:?}", append.edits);
    match store.append(&[append]).await {
        Err(StoreError::Refused(_)) => {}
        other => panic!("{other:?} for {what}"),
    }
    assert_eq!(facts(store).await, before);
}

pub async fn every_kind_of_fact_comes_back(place: &dyn Place) {
    let store = opened(place).await;
    let mut all = one_of_each(2, interval(-5, 10));
    all.extend(one_of_each(2, Interval::since(Timestamp(10))));
    all.extend(one_of_each(2, interval(i64::MIN, -5)));
    store.append(&[edits(2, all.clone())]).await.unwrap();
    assert_eq!(facts(store.as_ref()).await, sorted(all));
}

pub async fn ended_facts_stay_known(place: &dyn Place) {
    let store = opened(place).await;
    let first = one_of_each(2, Interval::ALWAYS);
    store.append(&[edits(2, first.clone())]).await.unwrap();
    let ended = ended(3, first);
    store.append(&[edits(3, ended.clone())]).await.unwrap();
    assert_eq!(facts(store.as_ref()).await, sorted(ended.clone()));
    let second = one_of_each(4, interval(0, 1));
    store.append(&[edits(4, second.clone())]).await.unwrap();
    assert_eq!(facts(store.as_ref()).await, sorted([ended, second].concat()));
}

pub async fn overlapping_facts_are_refused(place: &dyn Place) {
    let store = opened(place).await;
    store.append(&[edits(2, one_of_each(2, interval(10, 20)))]).await.unwrap();
    let cases = [(10, 20), (12, 13), (0, 11), (19, 30), (0, 30), (i64::MIN, i64::MAX)];
    for (from, to) in cases {
        for row in one_of_each(3, interval(from, to)) {
            assert_refused(store.as_ref(), edits(3, [row])).await;
        }
    }
    for (row, again) in
        one_of_each(3, interval(0, 2)).into_iter().zip(one_of_each(3, interval(1, 3)))
    {
        assert_refused(store.as_ref(), edits(3, [row, again])).await;
    }
}

pub async fn facts_that_touch_are_not_in_the_way(place: &dyn Place) {
    let store = opened(place).await;
    for (position, (from, to)) in
        (2..).zip([(10, 20), (20, i64::MAX), (i64::MIN, 5), (5, 9), (9, 10)])
    {
        let rows = one_of_each(position, interval(from, to));
        store.append(&[edits(position, rows)]).await.unwrap();
    }
    assert_eq!(facts(store.as_ref()).await.len(), 5 * 7);
}

pub async fn what_one_entry_ends_another_fact_of_it_replaces(place: &dyn Place) {
    let store = opened(place).await;
    let whole = one_of_each(2, Interval::ALWAYS);
    let cut = ended(3, whole.clone());
    let mut parts = one_of_each(3, interval(i64::MIN, 5));
    parts.extend(one_of_each(3, interval(5, i64::MAX)));
    // New facts first: the store must end the old ones before all the same.
    let swap = edits(3, [parts.clone(), cut.clone()].concat());
    store.append(&[edits(2, whole), swap]).await.unwrap();
    assert_eq!(facts(store.as_ref()).await, sorted([parts, cut].concat()));
}

pub async fn a_fact_is_ended_only_while_it_stands(place: &dyn Place) {
    let store = opened(place).await;
    let rows = one_of_each(2, Interval::ALWAYS);
    for row in ended(3, rows.clone()) {
        assert_refused(store.as_ref(), edits(3, [row])).await;
    }
    store.append(&[edits(2, rows.clone())]).await.unwrap();
    store.append(&[edits(3, ended(3, rows.clone()))]).await.unwrap();
    for row in ended(4, rows) {
        assert_refused(store.as_ref(), edits(4, [row])).await;
    }
}

pub async fn stray_facts_are_refused(place: &dyn Place) {
    let store = opened(place).await;
    for row in one_of_each(2, Interval::ALWAYS) {
        assert_refused(store.as_ref(), edits(9, [row])).await;
    }
    let mut never = fact(9, Interval::ALWAYS, binding());
    never.valid = Interval { from: Timestamp(5), to: Timestamp(5) };
    assert_refused(store.as_ref(), edits(9, [FactRow::Binding(StreamId(0), never)])).await;
}

pub async fn a_stream_is_opened_before_it_is_bound(place: &dyn Place) {
    let store = opened(place).await;
    let bind =
        |position| FactRow::Binding(StreamId(7), fact(position, Interval::ALWAYS, binding()));
    assert_refused(store.as_ref(), edits(2, [bind(2)])).await;
    let mut both = changes(3, [stream_opened(7)]);
    both.edits.push(bind(3));
    store.append(&[both]).await.unwrap();
    assert_eq!(facts(store.as_ref()).await, [bind(3)]);
}

pub async fn a_stream_is_opened_once(place: &dyn Place) {
    let store = opened(place).await;
    let same_number = counterpart::domain::change::Change::StreamOpened {
        stream: StreamId(0),
        key: stream_key(5),
    };
    let same_key = counterpart::domain::change::Change::StreamOpened {
        stream: StreamId(5),
        key: stream_key(0),
    };
    for change in [stream_opened(0), same_number, same_key] {
        assert_refused(store.as_ref(), changes(2, [change])).await;
    }
    assert_eq!(store.load().await.unwrap().streams.len(), 1);
}

pub async fn many_facts_are_added_at_once(place: &dyn Place) {
    let store = opened(place).await;
    let models = ["dtmi:com:example:Pump;1", "dtmi:com:example:Fan;1"];
    let row = |n: u128| {
        let model = models[usize::try_from(n % 2).unwrap()].parse().unwrap();
        FactRow::Twin(twin(n), fact(2, Interval::ALWAYS, Existence { model }))
    };
    let rows: Vec<FactRow> = (0..1_500).map(row).collect();
    store.append(&[edits(2, rows.clone())]).await.unwrap();
    assert_eq!(facts(store.as_ref()).await, sorted(rows.clone()));
    store.append(&[edits(3, ended(3, rows))]).await.unwrap();
    let stands = |row: &FactRow| match row {
        FactRow::Twin(_, fact) => fact.recorded_to == Position::LATEST,
        _ => unreachable!("only twins were added"),
    };
    assert!(!facts(store.as_ref()).await.iter().any(stands));
}
