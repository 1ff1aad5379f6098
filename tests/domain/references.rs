//! Relationships that records state: whatever is said, linked and taken back, they hold while a record says so.

use std::collections::BTreeSet;

use counterpart::domain::command::{
    Command, LinkId, PutRecord, Refer, RetractRecord, TwinRef, UnlinkId,
};
use counterpart::domain::curation::Undo;
use counterpart::domain::fact::Reference;
use counterpart::domain::graph::Direction;
use counterpart::domain::id::TwinId;
use counterpart::domain::time::{Interval, Timestamp};
use proptest::prelude::*;

use crate::plant::{Plant, between, external, since};

/// Ids of gateways, and of machines that they monitor.
const RECORDS: [&str; 3] = ["a:1", "a:2", "b:1"];
const OTHERS: [&str; 3] = ["a:m1", "a:m2", "b:m"];
const MOMENTS: std::ops::Range<i64> = 0..10;

fn reference(other: usize) -> Reference {
    Reference { name: "monitors".into(), other: external(OTHERS[other]), is_incoming: false }
}

fn record(id: usize, others: &[usize], valid: Interval) -> Command {
    Command::PutRecord(PutRecord {
        key: external(RECORDS[id]),
        kind: "gateway".into(),
        attributes: Default::default(),
        claims: Default::default(),
        identity: Default::default(),
        model: None,
        stated: None,
        references: others.iter().map(|other| reference(*other)).collect(),
        valid,
        is_change: false,
    })
}

fn link(id: &str, twin: TwinId, valid: Interval) -> Command {
    Command::LinkId(LinkId {
        external: external(id),
        twin: TwinRef::Id(twin),
        valid,
        reason: "test".into(),
        confidence: 1.0,
        replace: true,
    })
}

/// A plant with three gateways and three machines.
fn plant() -> (Plant, Vec<TwinId>, Vec<TwinId>) {
    let mut plant = Plant::new();
    let mut twins = |kind: &str, model: &str| -> Vec<TwinId> {
        (0..3).map(|n| plant.twin(&format!("own:{kind}{n}"), model)).collect()
    };
    let (gateways, machines) = (twins("g", "base:Gateway"), twins("m", "base:Unit"));
    (plant, gateways, machines)
}

/// As an import does it again.
fn refer(plant: &mut Plant) {
    for record in RECORDS {
        for other in 0..OTHERS.len() {
            let (record, reference) = (external(record), reference(other));
            let valid = Interval::ALWAYS;
            // Where one of the two means nothing there is nothing to join.
            drop(plant.ask(Command::Refer(Refer { record, reference, valid })));
        }
    }
}

/// What holds at a moment.
fn holding(plant: &Plant, gateways: &[TwinId], moment: i64) -> BTreeSet<(TwinId, TwinId)> {
    let view = plant.view(moment);
    let edges = gateways.iter().flat_map(|twin| view.edges(*twin, Direction::Outgoing));
    edges.map(|edge| (edge.ends.source, edge.ends.target)).collect()
}

/// What the records say at a moment, of the twins that the ids mean then.
fn stated(plant: &Plant, moment: i64) -> BTreeSet<(TwinId, TwinId)> {
    let (at, known) = (Timestamp(moment), plant.position);
    let mut found = BTreeSet::new();
    for id in RECORDS {
        let said = plant.state.records.timeline(&external(id)).and_then(|t| t.at(at, known));
        let references = said.into_iter().flat_map(|fact| &fact.value.references);
        for reference in references {
            let other = plant.view(moment).resolve(&reference.other).map(|link| link.value.twin);
            found.extend(plant.meaning(id, moment).zip(other));
        }
    }
    found
}

#[derive(Debug, Clone)]
enum Step {
    Say(usize, Vec<usize>, Interval),
    Silence(usize, Interval),
    Mean(usize, usize, Interval),
    OtherMeans(usize, usize, Interval),
    Unlink(usize, Interval),
    Refer,
}

fn interval() -> impl Strategy<Value = Interval> {
    let bounded = (0i64..9, 1i64..6).prop_map(|(from, length)| between(from, from + length));
    prop_oneof![Just(Interval::ALWAYS), (0i64..9).prop_map(since), bounded]
}

fn step() -> impl Strategy<Value = Step> {
    let others = prop::collection::vec(0usize..3, 0..3);
    prop_oneof![
        (0usize..3, others, interval()).prop_map(|(id, o, valid)| Step::Say(id, o, valid)),
        (0usize..3, interval()).prop_map(|(id, valid)| Step::Silence(id, valid)),
        (0usize..3, 0usize..3, interval()).prop_map(|(id, t, valid)| Step::Mean(id, t, valid)),
        (0usize..3, 0usize..3, interval())
            .prop_map(|(id, t, valid)| Step::OtherMeans(id, t, valid)),
        (0usize..6, interval()).prop_map(|(id, valid)| Step::Unlink(id, valid)),
        Just(Step::Refer),
    ]
}

fn take(plant: &mut Plant, step: &Step, gateways: &[TwinId], machines: &[TwinId]) {
    let command = match step {
        Step::Say(id, others, valid) => record(*id, others, *valid),
        Step::Silence(id, valid) => Command::RetractRecord(RetractRecord {
            key: external(RECORDS[*id]),
            valid: *valid,
            is_change: false,
        }),
        Step::Mean(id, twin, valid) => link(RECORDS[*id], gateways[*twin], *valid),
        Step::OtherMeans(id, twin, valid) => link(OTHERS[*id], machines[*twin], *valid),
        Step::Unlink(id, valid) => {
            let id = RECORDS.iter().chain(&OTHERS).nth(*id).unwrap();
            Command::UnlinkId(UnlinkId { external: external(id), valid: *valid })
        }
        Step::Refer => return refer(plant),
    };
    // What there is not cannot be unlinked.
    drop(plant.ask(command));
}

proptest! {
    #[test]
    fn what_holds_is_what_records_say(steps in prop::collection::vec(step(), 1..25)) {
        let (mut plant, gateways, machines) = plant();
        for step in &steps {
            take(&mut plant, step, &gateways, &machines);
            for moment in MOMENTS {
                let (holds, said) = (holding(&plant, &gateways, moment), stated(&plant, moment));
                prop_assert!(holds.is_subset(&said), "{moment}: {holds:?} {said:?} after {step:?}");
            }
        }
        refer(&mut plant);
        for moment in MOMENTS {
            prop_assert_eq!(holding(&plant, &gateways, moment), stated(&plant, moment));
        }
        let before = plant.position;
        refer(&mut plant);
        let changed = plant.state.graph.edges().any(|edge| {
            edge.timeline.facts().any(|fact| fact.recorded_from > before)
        });
        prop_assert!(!changed, "said again, nothing changes");
    }
}

#[test]
fn undoing_a_link_puts_back_what_it_took_along() {
    let (mut plant, gateways, machines) = plant();
    plant.ask(link("a:1", gateways[0], Interval::ALWAYS)).unwrap();
    plant.ask(link("a:m1", machines[0], Interval::ALWAYS)).unwrap();
    plant.ask(record(0, &[0], Interval::ALWAYS)).unwrap();
    refer(&mut plant);
    let moved = link("a:1", gateways[1], since(5));
    let entry = std::sync::Arc::new(plant.changes(&moved).unwrap());
    plant.ask(moved).unwrap();
    let position = plant.position;
    let held = |plant: &Plant, moment| holding(plant, &gateways, moment);
    let (old, new) = ((gateways[0], machines[0]), (gateways[1], machines[0]));
    assert_eq!(held(&plant, 4), [old].into());
    assert_eq!(held(&plant, 6), [new].into(), "it goes over to the other thing");
    let undo = Undo { position, index: None, entry, reason: "".into() };
    plant.ask(Command::Undo(undo)).unwrap();
    assert_eq!(held(&plant, 6), [old].into());
}

#[test]
fn a_change_that_is_told_late_ends_nothing_that_came_later() {
    let (mut plant, ..) = plant();
    let change = |others: &[usize], from| {
        let Command::PutRecord(put) = record(0, others, since(from)) else { unreachable!() };
        Command::PutRecord(PutRecord { is_change: true, ..put })
    };
    for (others, from) in [(&[0][..], 2), (&[2], 8), (&[1], 5)] {
        plant.ask(change(others, from)).unwrap();
    }
    let gone = RetractRecord { key: external(RECORDS[0]), valid: since(6), is_change: true };
    plant.ask(Command::RetractRecord(gone)).unwrap();
    let timeline = plant.state.records.timeline(&external(RECORDS[0])).unwrap();
    let said = timeline.spans(plant.position);
    let said: Vec<_> = said.iter().map(|f| (f.valid, f.value.references.clone())).collect();
    let expected = [(between(2, 5), 0), (between(5, 6), 1), (since(8), 2)];
    assert_eq!(said, expected.map(|(valid, other)| (valid, vec![reference(other)])));
}
