//! State is the same in any order, batch split and number of deliveries (invariant I1).

use counterpart::domain::id::{Position, StreamId};
use counterpart::domain::reading::{Quality, Reading, Register};
use counterpart::domain::time::Timestamp;
use counterpart::domain::value::Value;
use proptest::prelude::*;

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::Boolean),
        (-3i64..3).prop_map(Value::Integer),
        (-3i32..3).prop_map(|n| Value::double(f64::from(n) / 2.0).unwrap()),
        "[ab]{0,2}".prop_map(|text| Value::Text(text.into())),
    ]
}

fn reading() -> impl Strategy<Value = Reading> {
    (0i64..5, 0u64..3, value(), 0u8..3).prop_map(|(time, sequence, value, quality)| Reading {
        stream: StreamId(0),
        time: Timestamp(time),
        sequence,
        value,
        quality: Quality::from_code(quality),
    })
}

fn latest(readings: &[Reading]) -> Option<Reading> {
    let mut register = Register::default();
    for (at, reading) in readings.iter().enumerate() {
        register.merge(reading, Position(at as u64 + 1));
    }
    register.latest().map(|held| held.reading.clone())
}

proptest! {
    #[test]
    fn any_order_gives_the_same_state(
        (readings, shuffled) in prop::collection::vec(reading(), 1..30)
            .prop_flat_map(|readings| (Just(readings.clone()), Just(readings).prop_shuffle()))
    ) {
        prop_assert_eq!(latest(&readings), latest(&shuffled));
    }

    #[test]
    fn delivering_again_changes_nothing(
        readings in prop::collection::vec(reading(), 1..20),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let mut delivered = readings.clone();
        delivered.extend(again.iter().map(|index| index.get(&readings).clone()));
        prop_assert_eq!(latest(&readings), latest(&delivered));
    }

    #[test]
    fn late_data_never_moves_now_backwards(readings in prop::collection::vec(reading(), 1..30)) {
        let newest = readings.iter().map(|r| r.time).max();
        prop_assert_eq!(latest(&readings).map(|r| r.time), newest);
    }

    #[test]
    fn readings_of_one_moment_are_told_apart_by_what_they_say(a in reading(), b in reading()) {
        let same = (a.time, a.sequence, &a.value, a.quality) == (b.time, b.sequence, &b.value, b.quality);
        prop_assert_eq!(a.order() == b.order(), same);
    }
}
