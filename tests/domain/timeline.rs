//! A timeline agrees, at every moment and every position, with a table that is kept the simple way.

use counterpart::domain::id::Position;
use counterpart::domain::time::{Interval, Timestamp};
use counterpart::domain::timeline::Timeline;
use proptest::prelude::*;

use crate::plant::between;

/// Moments 0 to 15, each with the value that holds then.
type Table = [Option<u8>; 16];

#[derive(Debug, Clone)]
struct Step {
    from: usize,
    length: usize,
    value: Option<u8>,
    /// Whether the step belongs to the same log entry as the one before.
    same_entry: bool,
}

impl Step {
    fn interval(&self) -> Interval {
        let to = (self.from + self.length).min(16);
        Interval::new(Timestamp(self.from as i64), Timestamp(to as i64)).unwrap()
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0usize..16, 1usize..16, proptest::option::of(0u8..3), any::<bool>());
    let step =
        step.prop_map(|(from, length, value, same_entry)| Step { from, length, value, same_entry });
    prop::collection::vec(step, 1..24)
}

/// The table after each position, and the timeline after all steps.
fn run(steps: &[Step]) -> (Vec<Table>, Timeline<u8>) {
    let mut tables = vec![[None; 16]];
    let mut timeline = Timeline::default();
    for step in steps {
        let last = *tables.last().unwrap();
        if !step.same_entry || tables.len() == 1 {
            tables.push(last);
        }
        let position = Position(tables.len() as u64 - 1);
        let table = tables.last_mut().unwrap();
        let valid = step.interval();
        table[valid.from.0 as usize..valid.to.0 as usize].fill(step.value);
        match step.value {
            Some(value) => timeline.assert(valid, value, position),
            None => timeline.retract(valid, position),
        }
    }
    (tables, timeline)
}

fn seen(timeline: &Timeline<u8>, position: usize) -> Table {
    let at = |moment| timeline.at(Timestamp(moment), Position(position as u64)).map(|f| f.value);
    std::array::from_fn(|moment| at(moment as i64))
}

proptest! {
    #[test]
    fn every_moment_is_remembered_as_it_was_known_at_every_position(steps in steps()) {
        let (tables, timeline) = run(&steps);
        for (position, table) in tables.iter().enumerate() {
            prop_assert_eq!(&seen(&timeline, position), table, "at position {}", position);
        }
    }

    #[test]
    fn no_two_facts_believed_together_overlap(steps in steps()) {
        let (tables, timeline) = run(&steps);
        for position in 0..tables.len() {
            let spans = timeline.spans(Position(position as u64));
            for pair in spans.windows(2) {
                prop_assert!(pair[0].valid.to <= pair[1].valid.from);
            }
        }
    }

    #[test]
    fn the_last_entry_can_be_taken_back(steps in steps(), more in steps()) {
        let (tables, before) = run(&steps);
        let mut timeline = before.clone();
        let position = Position(tables.len() as u64);
        for step in more {
            match step.value {
                Some(value) => timeline.assert(step.interval(), value, position),
                None => timeline.retract(step.interval(), position),
            }
        }
        timeline.roll_back(position);
        prop_assert_eq!(timeline.spans(Position::LATEST_KNOWN), before.spans(Position::LATEST_KNOWN));
        for (position, table) in tables.iter().enumerate() {
            prop_assert_eq!(&seen(&timeline, position), table);
        }
    }

    #[test]
    fn a_timeline_put_back_from_its_facts_is_the_same(steps in steps()) {
        let (tables, timeline) = run(&steps);
        let mut restored = Timeline::default();
        timeline.facts().cloned().for_each(|fact| restored.restore(fact));
        for position in 0..tables.len() {
            prop_assert_eq!(seen(&restored, position), seen(&timeline, position));
        }
    }

    #[test]
    fn what_was_just_stated_is_said(steps in steps(), last in steps()) {
        let (tables, mut timeline) = run(&steps);
        let valid = last[0].interval();
        timeline.assert(valid, 7, Position(tables.len() as u64));
        prop_assert!(timeline.says(valid, |v| *v == 7));
        prop_assert!(!timeline.says(valid, |v| *v == 8));
    }
}

#[test]
fn what_was_taken_back_is_told_from_what_was_replaced() {
    let (first, then) = (between(0, 10), between(10, 20));
    let mut timeline: Timeline<&'static str> = Timeline::default();
    let taken = |timeline: &Timeline<&'static str>, known| -> Vec<(&'static str, Interval)> {
        timeline.taken_back(Position(known)).map(|(fact, part)| (fact.value, part)).collect()
    };
    timeline.assert(between(0, 20), "one", Position(1));
    timeline.assert(then, "other", Position(2));
    assert_eq!(taken(&timeline, 2), [], "another belief took its place");
    timeline.assert(between(0, 20), "one", Position(3));
    assert_eq!(
        taken(&timeline, 3),
        [("other", then)],
        "what was believed before is believed again"
    );
    timeline.retract(first, Position(4));
    assert!(taken(&timeline, 4).contains(&("one", first)), "nothing is believed");
    assert_eq!(taken(&timeline, 3), [("other", then)], "not known by then");
}
