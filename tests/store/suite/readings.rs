//! Readings and their history.

use counterpart::domain::id::{Position, StreamId};
use counterpart::domain::reading::{Quality, Reading, Recorded};
use counterpart::domain::time::{Interval, Timestamp};
use counterpart::domain::value::Value;
use counterpart::store::{Inserted, Store, Window};

use super::log::whole_log;
use crate::build::*;
use crate::harness::Place;

async fn history(store: &dyn Store, window: Window) -> Vec<Recorded> {
    store.readings(window, None, usize::MAX).await.unwrap()
}

async fn times(store: &dyn Store, window: Window) -> Vec<i64> {
    history(store, window).await.iter().map(|r| r.reading.time.0).collect()
}

pub async fn readings_are_counted_up_to_a_number(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let many = (0..50).map(|time| reading(0, time, 1.0));
    store.append(&[readings(1, many), readings(2, [reading(1, 3, 1.0)])]).await.unwrap();
    let window = |from, to| Window { times: Interval { from, to }, ..all_of(0) };
    assert_eq!(store.count(all_of(0), 1_000).await.unwrap(), 50);
    assert_eq!(store.count(all_of(0), 20).await.unwrap(), 20);
    assert_eq!(store.count(window(Timestamp(10), Timestamp(15)), 20).await.unwrap(), 5);
    let before = Window { known: Position::START, ..all_of(0) };
    assert_eq!(store.count(before, 20).await.unwrap(), 0);
}

pub async fn new_readings_are_all_inserted(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let two = [reading(0, 1, 1.0), reading(1, 1, 1.0)];
    let batch = [readings(1, two), readings(2, [reading(0, 2, 1.0)])];
    assert_eq!(store.append(&batch).await.unwrap(), [Inserted::All, Inserted::All]);
    let expected = [
        Recorded { reading: reading(0, 1, 1.0), position: Position(1) },
        Recorded { reading: reading(0, 2, 1.0), position: Position(2) },
    ];
    assert_eq!(history(store.as_ref(), all_of(0)).await, expected);
}

pub async fn readings_that_are_there_already_are_none_inserted(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let batch: Vec<Reading> = (0..300).map(|n| reading(n % 7, i64::from(n), 1.0)).collect();
    store.append(&[readings(1, batch.clone())]).await.unwrap();
    let again = store.append(&[readings(2, batch)]).await.unwrap();
    assert_eq!(again, [Inserted::None]);
    let positions = history(store.as_ref(), all_of(0)).await;
    assert!(positions.iter().all(|r| r.position == Position(1)), "the first delivery counts");
}

pub async fn of_a_mixed_entry_the_new_ones_are_told(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let batch: Vec<Reading> = (0..700).map(|n| reading(n % 7, i64::from(n), 1.0)).collect();
    let odd = batch.iter().skip(1).step_by(2).cloned();
    store.append(&[readings(1, odd)]).await.unwrap();
    let inserted = store.append(&[readings(2, batch)]).await.unwrap();
    let mask = (0..700).map(|n| n % 2 == 0).collect();
    assert_eq!(inserted, [Inserted::Some(mask)]);
    assert_eq!(whole_log(store.as_ref()).await[1].open().unwrap().readings.len(), 350);
}

pub async fn a_reading_twice_in_one_entry_counts_once(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let twice = [reading(0, 1, 1.0), reading(0, 2, 2.0), reading(0, 1, 1.0), reading(0, 1, 1.5)];
    let inserted = store.append(&[readings(1, twice)]).await.unwrap();
    assert_eq!(inserted, [Inserted::Some(vec![true, true, false, true])]);
    assert_eq!(times(store.as_ref(), all_of(0)).await, [1, 1, 2]);
    let twice_old = [reading(0, 1, 1.0), reading(0, 1, 1.0)];
    assert_eq!(store.append(&[readings(2, twice_old)]).await.unwrap(), [Inserted::None]);
}

pub async fn a_reading_in_two_entries_of_one_batch_belongs_to_the_first(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let first = readings(1, [reading(0, 1, 1.0), reading(0, 2, 2.0)]);
    let second = readings(2, [reading(0, 3, 3.0), reading(0, 2, 2.0)]);
    let third = readings(3, [reading(0, 1, 1.0)]);
    let inserted = store.append(&[first, second, third]).await.unwrap();
    let expected = [Inserted::All, Inserted::Some(vec![true, false]), Inserted::None];
    assert_eq!(inserted, expected);
    let positions: Vec<u64> =
        history(store.as_ref(), all_of(0)).await.iter().map(|r| r.position.0).collect();
    assert_eq!(positions, [1, 1, 2]);
    assert_eq!(whole_log(store.as_ref()).await.len(), 2);
}

pub async fn every_value_comes_back_exactly(place: &dyn Place) {
    let doubles = [
        0.0,
        0.1 + 0.2,
        5e-324,
        f64::MIN_POSITIVE,
        f64::MAX,
        f64::MIN,
        1.0 / 3.0,
        1e16 + 2.0,
        81.4,
    ];
    let texts = [
        "",
        "it's",
        "\"",
        "\\",
        "\u{0}",
        "a\u{0}b",
        "漢字 \u{1F600}",
        "\r\n\t",
        "1.0",
        "NULL",
        "\u{FFFD}",
    ];
    let mut values: Vec<Value> = doubles.map(Value::Double).into();
    values.extend([0, 1, -1, i64::MIN, i64::MAX, 9_007_199_254_740_993].map(Value::Integer));
    values.extend([true, false].map(Value::Boolean));
    values.extend(texts.map(|text| Value::Text(text.into())));
    values.push(Value::Text("x".repeat(100_000).into()));
    values.push(Value::Json(awkward().to_string().into()));
    let qualities = [Quality::Good, Quality::Uncertain, Quality::Bad];
    let all: Vec<Reading> = (0..)
        .zip(values)
        .map(|(n, value)| {
            let quality = qualities[usize::try_from(n).unwrap() % 3];
            Reading { stream: StreamId(0), time: Timestamp(n), sequence: 0, value, quality }
        })
        .collect();
    let store = place.open().await.unwrap();
    store.append(&[readings(1, all.clone())]).await.unwrap();
    let back = history(store.as_ref(), all_of(0)).await;
    assert_eq!(back.into_iter().map(|r| r.reading).collect::<Vec<_>>(), all);
    assert_eq!(whole_log(store.as_ref()).await[0].open().unwrap().readings, all);
}

pub async fn the_latest_is_the_greatest_whatever_the_order_of_arrival(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let late = Reading { sequence: 1, ..reading(0, 5, 1.0) };
    let ties = [reading(0, 5, 2.0), late.clone(), reading(0, 5, 3.0)];
    store.append(&[readings(1, ties)]).await.unwrap();
    store.append(&[readings(2, [reading(0, 4, 9.0), reading(1, 6, 9.0)])]).await.unwrap();
    assert_eq!(store.latest(all_of(0)).await.unwrap().unwrap().reading, late);
    assert_eq!(store.latest(all_of(2)).await.unwrap(), None);
    let before = Window { times: interval(i64::MIN, 5), ..all_of(0) };
    assert_eq!(store.latest(before).await.unwrap().unwrap().reading, reading(0, 4, 9.0));
    let back = history(store.as_ref(), all_of(0)).await;
    assert!(back.is_sorted_by_key(|r| r.reading.order()));
}

pub async fn history_is_told_as_it_was_known(place: &dyn Place) {
    let store = place.open().await.unwrap();
    for (position, time) in [(1, 10), (2, 30), (3, 20), (4, 40)] {
        store.append(&[readings(position, [reading(0, time, 1.0)])]).await.unwrap();
    }
    for (known, latest, all) in [
        (0, None, vec![]),
        (1, Some(10), vec![10]),
        (2, Some(30), vec![10, 30]),
        (3, Some(30), vec![10, 20, 30]),
        (9, Some(40), vec![10, 20, 30, 40]),
    ] {
        let window = Window { known: Position(known), ..all_of(0) };
        let found = store.latest(window).await.unwrap().map(|r| r.reading.time.0);
        assert_eq!(found, latest, "known at {known}");
        assert_eq!(times(store.as_ref(), window).await, all, "known at {known}");
    }
}

pub async fn windows_are_half_open_unless_unbounded(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let moments = [i64::MIN, -1, 0, 1, 2, i64::MAX];
    store.append(&[readings(1, moments.map(|time| reading(0, time, 1.0)))]).await.unwrap();
    for (from, to, expected) in [
        (-1, 2, vec![-1, 0, 1]),
        (i64::MIN, -1, vec![i64::MIN]),
        (2, i64::MAX, vec![2, i64::MAX]),
        (i64::MIN, i64::MAX, moments.to_vec()),
    ] {
        let window = Window { times: interval(from, to), ..all_of(0) };
        assert_eq!(times(store.as_ref(), window).await, expected, "[{from}, {to})");
        let latest = store.latest(window).await.unwrap().map(|r| r.reading.time.0);
        assert_eq!(latest, expected.last().copied(), "[{from}, {to})");
    }
}

pub async fn pages_have_neither_gaps_nor_repeats(place: &dyn Place) {
    let store = place.open().await.unwrap();
    // Three values and two sequences at each moment.
    let all = (0..120).map(|n: u32| Reading {
        sequence: u64::from(n % 2),
        ..reading(0, i64::from(n / 6), f64::from(n % 3))
    });
    store.append(&[readings(1, all)]).await.unwrap();
    let whole = history(store.as_ref(), all_of(0)).await;
    assert_eq!(whole.len(), 120);
    for limit in [1, 7, 120] {
        let mut paged: Vec<Recorded> = Vec::new();
        loop {
            let after = paged.last().map(|r| r.reading.order());
            let page = store.readings(all_of(0), after, limit).await.unwrap();
            assert!(page.len() <= limit);
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, whole, "pages of {limit}");
    }
}

pub async fn sequences_are_unsigned(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let sequences = [0, 1, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX];
    let all = sequences.map(|sequence| Reading { sequence, ..reading(0, 1, 1.0) });
    store.append(&[readings(1, all.clone().into_iter().rev())]).await.unwrap();
    let latest = store.latest(all_of(0)).await.unwrap().unwrap();
    assert_eq!(latest.reading.sequence, u64::MAX);
    for start in 0..all.len() {
        let after = Some(all[start].order());
        let page = store.readings(all_of(0), after, 9).await.unwrap();
        let left: Vec<u64> = page.iter().map(|r| r.reading.sequence).collect();
        assert_eq!(left, sequences[start + 1..]);
    }
}

pub async fn a_large_batch_is_inserted_whole(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let all: Vec<Reading> =
        (0..20_000).map(|n| reading(n % 11, i64::from(n), f64::from(n) / 7.0)).collect();
    let (first, second) = all.split_at(12_345);
    let batch = [readings(1, first.to_vec()), readings(2, second.to_vec())];
    assert_eq!(store.append(&batch).await.unwrap(), [Inserted::All, Inserted::All]);
    let mut found = 0;
    for stream in 0..11 {
        let window = Window { times: Interval::ALWAYS, ..all_of(stream) };
        let back = history(store.as_ref(), window).await;
        assert!(back.iter().all(|r| all[usize::try_from(r.reading.time.0).unwrap()] == r.reading));
        found += back.len();
    }
    assert_eq!(found, all.len());
}
