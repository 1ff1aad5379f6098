//! What doubts are about, when, and what answers them.

use counterpart::domain::change::Change;
use counterpart::domain::command::{Command, LinkId, TwinRef};
use counterpart::domain::curation::{
    ApproveTask, Candidate, Judge, Judgement, Pair, Proposal, RejectTask, Undo,
};
use counterpart::domain::id::{TaskId, TwinId};
use counterpart::domain::time::{Interval, Timestamp};

use crate::plant::{Plant, between, external, since};

/// The clock of these plants stands at 0.
const UNTIL_YESTERDAY: Interval = Interval { from: Timestamp::MIN, to: Timestamp(-10) };

fn link(id: &str, twin: TwinId, valid: Interval) -> Command {
    let (external, twin) = (external(id), TwinRef::Id(twin));
    let reason = "".into();
    Command::LinkId(LinkId { external, twin, valid, reason, confidence: 1.0, replace: true })
}

fn raise(record: &str, other: &str, valid: Interval) -> Command {
    Command::RaiseTasks(vec![proposal(record, other, valid)])
}

fn proposal(record: &str, other: &str, valid: Interval) -> Proposal {
    let (weights, alternatives) = (Vec::new(), Vec::new());
    let (record, candidate) = (external(record), Candidate::Record(external(other)));
    Proposal { record, candidate, probability: 0.5, weights, alternatives, valid }
}

fn judge(one: &str, other: &str, judgement: Judgement, valid: Interval) -> Command {
    let pair = Pair::new(external(one), external(other)).unwrap();
    Command::Judge(Judge { pair, judgement, reason: "seen on site".into(), valid })
}

fn open(plant: &Plant) -> Vec<TaskId> {
    plant.state.curations.tasks(plant.position).map(|(task, _)| task.id()).collect()
}

fn approve(task: TaskId, valid: Interval) -> Command {
    Command::ApproveTask(ApproveTask { task, reason: "".into(), valid })
}

/// `erp:1` meant an old machine until yesterday and means a new one now; `cmms:2` always meant a third.
fn swapped() -> (Plant, TwinId, TwinId, TwinId) {
    let mut plant = Plant::new();
    let old = plant.twin("a:old", "base:Unit");
    let new = plant.twin("a:new", "base:Unit");
    let third = plant.twin("cmms:2", "base:Unit");
    plant.ask(link("erp:1", old, UNTIL_YESTERDAY)).unwrap();
    plant.ask(link("erp:1", new, since(-10))).unwrap();
    (plant, old, new, third)
}

#[test]
fn an_approval_merges_the_twins_that_were_meant_when_the_doubt_is_about() {
    let (mut plant, old, new, third) = swapped();
    plant.ask(raise("erp:1", "cmms:2", UNTIL_YESTERDAY)).unwrap();
    let task = open(&plant)[0];
    plant.ask(approve(task, Interval::ALWAYS)).unwrap();
    let current = |twin| plant.view(0).current(twin);
    assert_eq!(current(old), current(third), "they were one thing");
    assert_eq!(current(new), new, "what the record means now was in no doubt");
    assert_eq!(plant.meaning("erp:1", 0), Some(new));
}

#[test]
fn a_rejection_keeps_apart_when_the_doubt_is_about_and_no_longer() {
    let (mut plant, _, new, third) = swapped();
    plant.ask(raise("erp:1", "cmms:2", UNTIL_YESTERDAY)).unwrap();
    let task = open(&plant)[0];
    plant.ask(Command::RejectTask(RejectTask { task, reason: "".into() })).unwrap();
    let again = raise("cmms:2", "erp:1", between(-30, -20));
    assert_eq!(plant.ask(again).unwrap(), 0, "that was answered");
    let refused = plant.ask(link("erp:1", third, between(-30, -20))).unwrap_err();
    assert_eq!(refused.code(), "KEPT_APART");
    assert_eq!(plant.ask(raise("erp:1", "cmms:2", since(-10))).unwrap(), 1, "another question");
    let task = open(&plant)[0];
    plant.ask(approve(task, Interval::ALWAYS)).unwrap();
    assert_eq!(plant.view(0).current(new), plant.view(0).current(third));
}

#[test]
fn a_doubt_about_a_while_is_not_approved_where_the_rest_would_come_along() {
    let (mut plant, old, _, _) = swapped();
    plant.ask(raise("a:old", "cmms:2", UNTIL_YESTERDAY)).unwrap();
    let task = open(&plant)[0];
    let refused = plant.ask(approve(task, Interval::ALWAYS)).unwrap_err();
    assert!(refused.to_string().contains("after that too"), "{refused}");
    assert_eq!(plant.view(0).current(old), old);
}

#[test]
fn a_link_or_a_verdict_of_another_time_answers_nothing() {
    let (mut plant, _, _, third) = swapped();
    plant.ask(raise("erp:1", "cmms:2", UNTIL_YESTERDAY)).unwrap();
    plant.ask(judge("erp:1", "cmms:2", Judgement::Different, since(-10))).unwrap();
    assert_eq!(open(&plant).len(), 1);
    plant.ask(link("erp:1", third, between(-40, -30))).unwrap();
    assert_eq!(open(&plant).len(), 1, "not at the last moment that it is about");
    plant.ask(judge("erp:1", "cmms:2", Judgement::Different, between(-20, -10))).unwrap();
    assert_eq!(open(&plant), []);
}

#[test]
fn a_time_is_not_given_where_twins_are_merged_for_all_of_it() {
    let (mut plant, _, new, third) = swapped();
    plant.ask(raise("erp:1", "cmms:2", Interval::ALWAYS)).unwrap();
    let task = open(&plant)[0];
    let refused = plant.ask(approve(task, since(5))).unwrap_err();
    assert!(refused.to_string().contains("for all of their time"), "{refused}");
    plant.ask(approve(task, Interval::ALWAYS)).unwrap();
    assert_eq!(plant.view(0).current(new), plant.view(0).current(third));
}

#[test]
fn a_time_beside_the_doubt_is_refused() {
    let (mut plant, ..) = swapped();
    plant.ask(raise("mes:3", "cmms:2", UNTIL_YESTERDAY)).unwrap();
    let task = open(&plant)[0];
    let refused = plant.ask(approve(task, since(0))).unwrap_err();
    assert!(refused.to_string().contains("shares no moment"), "{refused}");
    plant.ask(approve(task, since(-40))).unwrap();
    let meant = |moment| plant.meaning("mes:3", moment).is_some();
    assert!(!meant(-41) && meant(-40) && meant(-11) && !meant(-10));
}

#[test]
fn records_that_are_judged_the_same_come_to_mean_one_twin() {
    let (mut plant, old, new, third) = swapped();
    let same = |one, other| judge(one, other, Judgement::Same, Interval::ALWAYS);
    plant.ask(same("mes:3", "a:old")).unwrap();
    assert_eq!(plant.meaning("mes:3", 0), Some(old), "linked");
    plant.ask(raise("erp:1", "cmms:2", Interval::ALWAYS)).unwrap();
    plant.ask(same("erp:1", "cmms:2")).unwrap();
    assert_eq!(plant.view(0).current(new), plant.view(0).current(third), "merged");
    assert_eq!(open(&plant), []);
    assert_eq!(plant.ask(same("cmms:2", "erp:1")).unwrap(), 0, "said twice, it changes nothing");
    plant.ask(same("x:1", "x:2")).unwrap();
    assert_eq!(plant.meaning("x:1", 0), None, "that is for the matching");
}

#[test]
fn who_judges_anew_is_hindered_by_other_verdicts_only() {
    let (mut plant, old, _, third) = swapped();
    let judge = |one, other, judgement| judge(one, other, judgement, Interval::ALWAYS);
    plant.ask(judge("a:old", "cmms:2", Judgement::Different)).unwrap();
    plant.ask(link("a:older", old, Interval::ALWAYS)).unwrap();
    plant.ask(judge("a:older", "cmms:2", Judgement::Different)).unwrap();
    let refused = plant.ask(judge("a:old", "cmms:2", Judgement::Same)).unwrap_err();
    assert!(refused.to_string().contains("a:older"), "{refused}");
    plant.ask(judge("a:older", "a:old", Judgement::Same)).unwrap();
    let (mut plant, old, _, third_again) = swapped();
    assert_eq!(third, third_again);
    plant.ask(judge("a:old", "cmms:2", Judgement::Different)).unwrap();
    plant.ask(judge("a:old", "cmms:2", Judgement::Same)).unwrap();
    assert_eq!(plant.view(0).current(old), plant.view(0).current(third));
}

#[test]
fn what_an_undo_would_also_take_back_is_named_in_words() {
    let (mut plant, old, new, _) = swapped();
    let mut entry: Vec<Change> = Vec::new();
    for twin in [old, new] {
        entry.extend(plant.changes(&link("mes:9", twin, Interval::ALWAYS)).unwrap());
    }
    let (position, reason) = (plant.position, "".into());
    let undo = Undo { position, index: Some(0), entry: entry.into(), reason };
    let refused = plant.ask(Command::Undo(undo)).unwrap_err().to_string();
    assert!(refused.contains("what `mes:9` means"), "{refused}");
}

#[test]
fn a_full_queue_takes_what_there_is_room_for() {
    const MANY: usize = 10_000;
    let mut plant = Plant::new();
    let proposals = |from: usize, count: usize| {
        let one = |number| proposal(&format!("a:{number}"), "b:1", Interval::ALWAYS);
        Command::RaiseTasks((from..from + count).map(one).collect())
    };
    for part in 0..9 {
        plant.ask(proposals(part * MANY, MANY)).unwrap();
    }
    plant.ask(proposals(9 * MANY, MANY - 1)).unwrap();
    assert_eq!(plant.ask(proposals(10 * MANY, 5)).unwrap(), 1, "one more, and no refusal");
    assert_eq!(open(&plant).len(), 10 * MANY);
}
