//! Decisions about identity: merges, splits, verdicts, tasks and their undoing.

use counterpart::domain::change::Change;
use counterpart::domain::command::{Bind, Command, LinkId, PutRecord, SetProperties, TwinRef};
use counterpart::domain::curation::{
    ApproveTask, Candidate, Judge, Judgement, MergeTwins, Pair, Proposal, RejectTask, SplitInto,
    SplitTwin, Undo, Withdraw,
};
use counterpart::domain::graph::Direction;
use counterpart::domain::id::{Position, TaskId, TwinId};
use counterpart::domain::time::Interval;
use serde_json::json;

use crate::plant::{Plant, between, bind, by, external, put, relate, since};

/// Two twins of one pump, each with ids, a name and a place; a gateway measures the second.
fn pump_twice() -> (Plant, TwinId, TwinId) {
    let mut plant = Plant::new();
    plant.twin("mes:STATION-B", "base:Station");
    let unit = plant.twin("cmms:EQ-1", "base:Unit");
    let pump = plant.twin("erp:44710", "demo:Pump");
    set(&mut plant, "cmms:EQ-1", "name", json!("RINSE PUMP A"), since(0));
    set(&mut plant, "erp:44710", "name", json!("Pump 44710"), since(10));
    set(&mut plant, "erp:44710", "serialNumber", json!("44710-07"), since(0));
    plant.ask(relate("erp:44710", "locatedIn", "mes:STATION-B", since(5))).unwrap();
    plant.ask(relate("erp:44710", "partOf", "cmms:EQ-1", since(5))).unwrap();
    plant.ask(Command::Bind(bind("mqtt:GW-1", "ch1", "erp:44710", "flow", since(20)))).unwrap();
    (plant, unit, pump)
}

fn set(plant: &mut Plant, twin: &str, path: &str, value: serde_json::Value, valid: Interval) {
    let properties = vec![(path.into(), value)];
    let command = SetProperties { twin: by(twin), properties, valid, source: None };
    plant.ask(Command::SetProperties(command)).unwrap();
}

fn merge(keep: TwinId, gone: TwinId) -> Command {
    let (keep, gone) = (TwinRef::Id(keep), TwinRef::Id(gone));
    Command::MergeTwins(MergeTwins { keep, gone, reason: "one serial".into(), replace: false })
}

fn split(twin: TwinId, ids: &[&str], into: SplitInto, valid: Interval) -> Command {
    Command::SplitTwin(SplitTwin {
        twin: TwinRef::Id(twin),
        records: ids.iter().map(|id| external(id)).collect(),
        into,
        valid,
        reason: "two serials".into(),
        streams: Vec::new(),
        relationships: Vec::new(),
        keep_apart: true,
    })
}

fn pair(one: &str, other: &str) -> Pair {
    Pair::new(external(one), external(other)).unwrap()
}

fn judge(one: &str, other: &str, judgement: Judgement) -> Command {
    let (pair, reason) = (pair(one, other), "seen on site".into());
    Command::Judge(Judge { pair, judgement, reason, valid: Interval::ALWAYS })
}

fn link(id: &str, twin: TwinId) -> Command {
    let (external, twin) = (external(id), TwinRef::Id(twin));
    let (valid, reason) = (Interval::ALWAYS, "".into());
    Command::LinkId(LinkId { external, twin, valid, reason, confidence: 1.0, replace: false })
}

fn raise(record: &str, candidate: Candidate, probability: f64) -> Command {
    let (weights, alternatives) = (Vec::new(), Vec::new());
    let record = external(record);
    let proposal =
        Proposal { record, candidate, probability, weights, alternatives, valid: Interval::ALWAYS };
    Command::RaiseTasks(vec![proposal])
}

fn open(plant: &Plant) -> Vec<TaskId> {
    plant.state.curations.tasks(plant.position).map(|(task, _)| task.id()).collect()
}

fn undo(plant: &mut Plant, position: Position, changes: Vec<Change>) -> Result<usize, String> {
    let (entry, reason) = (changes.into(), "".into());
    let undo = Undo { position, index: None, entry, reason };
    plant.ask(Command::Undo(undo)).map_err(|rejection| rejection.code().to_owned())
}

#[test]
fn a_merge_carries_everything_over_and_the_old_id_goes_on_resolving() {
    let (mut plant, unit, pump) = pump_twice();
    let before = plant.position;
    plant.ask(merge(unit, pump)).unwrap();
    for moment in [0, 30] {
        assert_eq!(plant.meaning("erp:44710", moment), Some(unit));
        assert!(plant.view(moment).twin(pump).is_none(), "it never was another thing");
    }
    assert_eq!(plant.view(0).current(pump), unit);
    assert_eq!(plant.view(0).former_ids(unit).into_iter().collect::<Vec<_>>(), [pump]);
    assert_eq!(plant.measures("mqtt:GW-1", "ch1", 20), Some((unit, "flow".to_owned())));
    let model = plant.view(0).twin(unit).unwrap().1.value.model.to_string();
    assert_eq!(model, "dtmi:counterpart:demo:Pump;1", "the more specific one");
    let value = |path| plant.view(30).property(unit, path).map(|golden| golden.value.clone());
    assert_eq!(value("name"), Some(json!("RINSE PUMP A")), "the kept twin's word stands");
    assert_eq!(value("serialNumber"), Some(json!("44710-07")));
    let names: Vec<String> = plant
        .view(30)
        .edges(unit, Direction::Outgoing)
        .iter()
        .map(|e| e.ends.name.to_string())
        .collect();
    assert_eq!(names, ["locatedIn"], "what joined the two is gone");
    assert_eq!(plant.ask(merge(unit, pump)).unwrap(), 0, "said twice, it changes nothing");
    plant.position = before;
    assert_eq!(plant.meaning("erp:44710", 30), Some(pump), "known before, there were two");
    assert_eq!(plant.view(0).current(pump), pump);
}

#[test]
fn twins_of_models_that_do_not_go_together_are_not_merged() {
    let (mut plant, unit, _) = pump_twice();
    let station = plant.meaning("mes:STATION-B", 0).unwrap();
    let rejection = plant.ask(merge(unit, station)).unwrap_err();
    assert_eq!(rejection.code(), "NOT_MERGEABLE");
    assert!(rejection.to_string().contains("base:Station;1"), "{rejection}");
}

#[test]
fn a_verdict_keeps_twins_apart_until_it_is_withdrawn_or_replaced() {
    let (mut plant, unit, pump) = pump_twice();
    plant.ask(judge("cmms:EQ-1", "erp:44710", Judgement::Different)).unwrap();
    assert_eq!(plant.ask(judge("erp:44710", "cmms:EQ-1", Judgement::Different)).unwrap(), 0);
    let rejection = plant.ask(merge(unit, pump)).unwrap_err();
    assert_eq!(rejection.code(), "KEPT_APART");
    assert!(rejection.to_string().contains("seen on site"), "{rejection}");
    let withdraw = |one: &str, other: &str| {
        let (pair, valid) = (pair(one, other), Interval::ALWAYS);
        Command::Withdraw(Withdraw { pair, reason: "".into(), valid })
    };
    plant.ask(withdraw("cmms:EQ-1", "erp:44710")).unwrap();
    let again = plant.ask(withdraw("cmms:EQ-1", "erp:44710")).unwrap_err();
    assert_eq!(again.code(), "NOT_JUDGED");
    plant.ask(judge("cmms:EQ-1", "erp:44710", Judgement::Different)).unwrap();
    let Command::MergeTwins(merge) = merge(unit, pump) else { unreachable!() };
    plant.ask(Command::MergeTwins(MergeTwins { replace: true, ..merge })).unwrap();
    let known = plant.position;
    let pair = pair("cmms:EQ-1", "erp:44710");
    assert_eq!(plant.state.curations.verdicts_on(&pair, known).count(), 0, "it does not stand");
    let other = plant.twin("erp:9", "demo:Pump");
    plant.ask(judge("erp:9", "mqtt:X", Judgement::Different)).unwrap();
    assert_eq!(plant.ask(link("mqtt:X", other)).unwrap_err().code(), "KEPT_APART");
}

#[test]
fn a_split_gives_ids_and_the_streams_of_their_devices_to_a_new_twin() {
    let (mut plant, unit, pump) = pump_twice();
    plant.ask(merge(unit, pump)).unwrap();
    plant.ask(link("mqtt:GW-1", unit)).unwrap();
    plant.ask(split(unit, &["mqtt:GW-1"], SplitInto::New(None), since(25))).unwrap();
    let new = plant.meaning("mqtt:GW-1", 25).unwrap();
    assert!(new != unit && plant.meaning("mqtt:GW-1", 24) == Some(unit));
    assert_eq!(plant.measures("mqtt:GW-1", "ch1", 25), Some((new, "flow".to_owned())));
    assert_eq!(plant.measures("mqtt:GW-1", "ch1", 24), Some((unit, "flow".to_owned())));
    assert!(plant.view(25).twin(new).is_some() && plant.view(24).twin(new).is_none());
    let back = plant.ask(merge(unit, new)).unwrap_err();
    assert_eq!(back.code(), "KEPT_APART", "what was split is not brought together by the way");
    let foreign = split(unit, &["mes:STATION-B"], SplitInto::New(None), since(0));
    assert_eq!(plant.ask(foreign).unwrap_err().code(), "NOT_MEANT");
}

#[test]
fn a_split_into_a_former_twin_brings_it_back() {
    let (mut plant, unit, pump) = pump_twice();
    plant.ask(merge(unit, pump)).unwrap();
    plant.ask(split(unit, &["erp:44710"], SplitInto::Twin(pump), Interval::ALWAYS)).unwrap();
    assert_eq!(plant.meaning("erp:44710", 0), Some(pump));
    assert_eq!(plant.view(0).current(pump), pump);
    let model = plant.view(0).twin(pump).unwrap().1.value.model.to_string();
    assert_eq!(model, "dtmi:counterpart:demo:Pump;1");
}

#[test]
fn a_task_is_raised_once_and_settled_by_whatever_answers_it() {
    let (mut plant, unit, _) = pump_twice();
    plant.ask(raise("mes:R-1", Candidate::Twin(unit), 0.5)).unwrap();
    assert_eq!(plant.ask(raise("mes:R-1", Candidate::Twin(unit), 0.505)).unwrap(), 0);
    assert_eq!(plant.ask(raise("mes:R-1", Candidate::Twin(unit), 0.7)).unwrap(), 1);
    assert_eq!(open(&plant).len(), 1);
    let other = Candidate::Record(external("erp:44710"));
    plant.ask(raise("cmms:EQ-1", other.clone(), 0.5)).unwrap();
    assert_eq!(
        plant.ask(raise("erp:44710", Candidate::Record(external("cmms:EQ-1")), 0.5)).unwrap(),
        0
    );
    assert_eq!(open(&plant).len(), 2);
    plant.ask(link("mes:R-1", unit)).unwrap();
    plant.ask(judge("cmms:EQ-1", "erp:44710", Judgement::Different)).unwrap();
    assert_eq!(open(&plant), [], "a link and a verdict answer them");
    assert_eq!(plant.ask(raise("mes:R-1", Candidate::Twin(unit), 0.5)).unwrap(), 0);
    assert_eq!(plant.ask(raise("cmms:EQ-1", other, 0.5)).unwrap(), 0);
}

#[test]
fn an_approval_merges_a_rejection_keeps_apart() {
    let (mut plant, unit, pump) = pump_twice();
    plant.ask(raise("erp:44710", Candidate::Twin(unit), 0.6)).unwrap();
    let (task, valid) = (open(&plant)[0], Interval::ALWAYS);
    plant.ask(Command::ApproveTask(ApproveTask { task, reason: "".into(), valid })).unwrap();
    assert_eq!(plant.view(0).current(pump), unit);
    assert_eq!(open(&plant), []);
    let approve = Command::ApproveTask(ApproveTask { task, reason: "".into(), valid });
    assert_eq!(plant.ask(approve).unwrap_err().code(), "UNKNOWN_TASK");
    plant.ask(raise("mes:R-1", Candidate::Twin(unit), 0.4)).unwrap();
    let task = open(&plant)[0];
    plant.ask(Command::RejectTask(RejectTask { task, reason: "".into() })).unwrap();
    assert_eq!(plant.ask(link("mes:R-1", unit)).unwrap_err().code(), "KEPT_APART");
    assert_eq!(plant.ask(raise("mes:R-1", Candidate::Twin(unit), 0.9)).unwrap(), 0);
}

#[test]
fn an_approval_of_two_records_without_twins_makes_one_of_the_model_that_they_name() {
    let (mut plant, ..) = pump_twice();
    let record = |key: &str| PutRecord {
        key: external(key),
        kind: "asset".into(),
        attributes: Default::default(),
        claims: Default::default(),
        identity: Default::default(),
        model: Some("dtmi:counterpart:demo:Pump;1".parse().unwrap()),
        stated: None,
        references: Vec::new(),
        is_change: false,
        valid: Interval::ALWAYS,
    };
    plant.ask(raise("a:1", Candidate::Record(external("b:2")), 0.5)).unwrap();
    let (task, valid) = (open(&plant)[0], Interval::ALWAYS);
    let approve = || Command::ApproveTask(ApproveTask { task, reason: "".into(), valid });
    assert_eq!(plant.ask(approve()).unwrap_err().code(), "INVALID", "nobody says what they are");
    plant.ask(Command::PutRecord(record("b:2"))).unwrap();
    plant.ask(approve()).unwrap();
    let twin = plant.meaning("a:1", 0).unwrap();
    assert_eq!(plant.meaning("b:2", 0), Some(twin));
}

#[test]
fn an_undo_is_refused_by_what_was_built_upon_it() {
    let (mut plant, unit, pump) = pump_twice();
    let changes = plant.changes(&merge(unit, pump)).unwrap();
    plant.ask(merge(unit, pump)).unwrap();
    let merged = plant.position;
    let rebind = Bind {
        replace: true,
        ..bind("mqtt:GW-1", "ch1", "mes:STATION-B", "flow", between(20, 30))
    };
    assert!(plant.ask(Command::Bind(rebind)).is_err(), "a station has no flow");
    plant
        .ask(Command::Bind(Bind {
            replace: true,
            ..bind("mqtt:GW-1", "ch1", "cmms:EQ-1", "vibration", between(20, 30))
        }))
        .unwrap();
    assert_eq!(undo(&mut plant, merged, changes.clone()), Err("CHANGED_LATER".to_owned()));
    plant
        .ask(Command::Bind(Bind {
            replace: true,
            ..bind("mqtt:GW-1", "ch1", "cmms:EQ-1", "flow", between(20, 30))
        }))
        .unwrap();
    undo(&mut plant, merged, changes.clone()).unwrap();
    assert_eq!(plant.view(0).current(pump), pump);
    assert_eq!(plant.measures("mqtt:GW-1", "ch1", 25), Some((pump, "flow".to_owned())));
    assert_eq!(undo(&mut plant, merged, changes), Err("ALREADY_UNDONE".to_owned()));
}

#[test]
fn a_twin_that_was_merged_is_not_put_again_by_its_old_id_or_model() {
    let (mut plant, unit, pump) = pump_twice();
    plant.ask(merge(unit, pump)).unwrap();
    let Command::PutTwin(mut again) = put("cmms:EQ-1", "base:Unit", Interval::ALWAYS) else {
        unreachable!()
    };
    assert_eq!(plant.ask(Command::PutTwin(again.clone())).unwrap(), 0, "imported again");
    again.id = Some(pump);
    assert_eq!(plant.ask(Command::PutTwin(again)).unwrap(), 0);
    assert!(plant.view(0).twin(pump).is_none());
}
