//! Golden values: read from the records that mean a twin, whatever happened to the links.

use std::collections::{BTreeMap, BTreeSet};

use counterpart::domain::command::{Command, LinkId, PutRecord, RetractRecord, TwinRef};
use counterpart::domain::curation::MergeTwins;
use counterpart::domain::id::{ExternalId, Position, TwinId};
use counterpart::domain::time::{Interval, Timestamp};
use counterpart::domain::view::{Scope, View};
use proptest::prelude::*;
use serde_json::json;

use crate::plant::{Plant, by, external};

const UNIT: &str = "base:Unit";

fn record(id: &str, valid: Interval, note: &str) -> Command {
    Command::PutRecord(PutRecord {
        key: external(id),
        kind: "equipment".into(),
        attributes: serde_json::Map::new(),
        claims: [("note".into(), json!(note))].into(),
        identity: Default::default(),
        model: None,
        stated: None,
        references: Vec::new(),
        is_change: false,
        valid,
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

fn note(plant: &Plant, twin: TwinId) -> Option<String> {
    let golden = plant.view(0).property(twin, "note")?;
    Some(golden.value.as_str().unwrap().to_owned())
}

#[test]
fn a_merged_twin_has_what_the_records_of_both_say() {
    let mut plant = Plant::new();
    let (keep, gone) = (plant.twin("cmms:1", UNIT), plant.twin("erp:1", UNIT));
    plant.ask(record("erp:1", Interval::ALWAYS, "by erp")).unwrap();
    assert_eq!((note(&plant, keep), note(&plant, gone)), (None, Some("by erp".to_owned())));
    let merge =
        MergeTwins { keep: by("cmms:1"), gone: by("erp:1"), reason: "one".into(), replace: false };
    plant.ask(Command::MergeTwins(merge)).unwrap();
    assert_eq!((note(&plant, keep), note(&plant, gone)), (Some("by erp".to_owned()), None));
    plant.ask(record("cmms:1", Interval::ALWAYS, "by cmms")).unwrap();
    let provenance = plant.view(0).provenance(keep, "note").unwrap();
    assert_eq!((provenance.claims.len(), provenance.disagree()), (2, true));
}

#[test]
fn a_record_that_its_system_does_not_have_any_more_says_nothing() {
    let mut plant = Plant::new();
    let twin = plant.twin("cmms:1", UNIT);
    plant.ask(record("cmms:1", Interval::ALWAYS, "a")).unwrap();
    let valid = Interval::since(Timestamp(0));
    plant
        .ask(Command::RetractRecord(RetractRecord {
            key: external("cmms:1"),
            valid,
            is_change: false,
        }))
        .unwrap();
    assert_eq!(note(&plant, twin), None);
    assert_eq!(plant.view(-1).property(twin, "note").unwrap().value, "a");
}

/// What a system says of the maker and the serial of the thing, and whether it is matched by that.
fn nameplate(id: &str, maker: &str, serial: &str, is_identity: bool) -> Command {
    let Command::PutRecord(record) = record(id, Interval::ALWAYS, "") else { unreachable!() };
    let identity: BTreeMap<_, _> =
        [("manufacturer".into(), maker.into()), ("serial".into(), serial.into())].into();
    Command::PutRecord(PutRecord {
        claims: [("manufacturer".into(), json!(maker)), ("serialNumber".into(), json!(serial))]
            .into(),
        identity: if is_identity { identity } else { BTreeMap::new() },
        ..record
    })
}

#[test]
fn systems_that_write_one_name_differently_do_not_disagree_where_it_is_matched_by() {
    for (makers, serials, is_identity, disputed) in [
        (["Siemens AG", "SIEMENS"], ["S/N 44710-07", "4471007"], true, vec![]),
        (["Siemens AG", "SIEMENS"], ["44710-07", "44710-08"], true, vec!["serialNumber"]),
        (
            ["Siemens AG", "KSB"],
            ["44710-07", "44710-O7"],
            true,
            vec!["manufacturer", "serialNumber"],
        ),
        // Without identity fields, nobody says that the property is a maker's name.
        (["Siemens AG", "SIEMENS"], ["1", "1"], false, vec!["manufacturer"]),
    ] {
        let mut plant = Plant::new();
        let twin = plant.twin("cmms:1", UNIT);
        plant.ask(link("erp:1", twin, Interval::ALWAYS)).unwrap();
        plant.ask(nameplate("cmms:1", makers[0], serials[0], is_identity)).unwrap();
        plant.ask(nameplate("erp:1", makers[1], serials[1], is_identity)).unwrap();
        let view = plant.view(0);
        let found: Vec<&str> = view.disputes(twin).iter().map(|found| found.path).collect();
        assert_eq!(found, disputed, "{makers:?} {serials:?}");
        let provenance = view.provenance(twin, "manufacturer").unwrap();
        let kept = provenance.claims.iter().filter_map(|claim| claim.value_of("manufacturer"));
        let kept: BTreeSet<&str> = kept.filter_map(|(_, value)| value.as_str()).collect();
        assert_eq!(kept, BTreeSet::from(makers), "what each source says stays");
    }
}

#[derive(Debug, Clone)]
enum Step {
    Link(usize, usize, Interval),
    Record(usize, Interval),
    Retract(usize, Interval),
}

const IDS: [&str; 4] = ["erp:1", "erp:2", "mes:1", "mes:2"];

fn some_interval() -> impl Strategy<Value = Interval> {
    let moment = || prop_oneof![4 => -4..9i64, 1 => Just(i64::MIN), 2 => Just(i64::MAX)];
    (moment(), moment())
        .prop_filter_map("empty", |(from, to)| Interval::new(Timestamp(from), Timestamp(to)))
}

fn some_step() -> impl Strategy<Value = Step> {
    let id = || 0..IDS.len();
    prop_oneof![
        3 => (id(), 0..2usize, some_interval()).prop_map(|(id, twin, valid)| Step::Link(id, twin, valid)),
        3 => (id(), some_interval()).prop_map(|(id, valid)| Step::Record(id, valid)),
        1 => (id(), some_interval()).prop_map(|(id, valid)| Step::Retract(id, valid)),
    ]
}

/// The records that mean a twin, found by looking at all of them.
fn described(view: View<'_>, twin: TwinId) -> BTreeSet<ExternalId> {
    let all = view.state.records.all().filter(|(key, timeline)| {
        let means = view.resolve(key).is_some_and(|link| link.value.twin == twin);
        means && timeline.at(view.scope.moment, view.scope.known).is_some()
    });
    all.map(|(key, _)| key.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_twin_finds_its_records_at_any_moment_as_known_at_any_position(
        steps in prop::collection::vec(some_step(), 1..16),
    ) {
        let mut plant = Plant::new();
        let twins = [plant.twin("cmms:1", UNIT), plant.twin("cmms:2", UNIT)];
        for (n, step) in steps.iter().enumerate() {
            let command = match step {
                Step::Link(id, twin, valid) => link(IDS[*id], twins[*twin], *valid),
                Step::Record(id, valid) => record(IDS[*id], *valid, &n.to_string()),
                Step::Retract(id, valid) => {
                    Command::RetractRecord(RetractRecord { key: external(IDS[*id]), valid: *valid, is_change: false })
                }
            };
            plant.ask(command).unwrap();
        }
        for known in 0..=plant.position.0 {
            for moment in -5..10 {
                let scope = Scope { moment: Timestamp(moment), past: true, known: Position(known) };
                let view = View { state: &plant.state, scope };
                for twin in twins {
                    let found = view.records(twin).iter().map(|d| d.key.clone()).collect::<BTreeSet<_>>();
                    prop_assert_eq!(&found, &described(view, twin));
                    let spoken = view.twin(twin).is_some() && !found.is_empty();
                    prop_assert_eq!(view.property(twin, "note").is_some(), spoken);
                }
            }
        }
    }
}
