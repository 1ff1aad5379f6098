//! What the matching makes of records, and of what people decide about them, run after run.

use std::sync::Arc;
use std::time::Duration;

use counterpart::clock::{SystemClock, SystemIds};
use counterpart::config::Config;
use counterpart::curation::{Curator, Thresholds};
use counterpart::domain::command::{Command, PutRecord, UnlinkId};
use counterpart::domain::curation::{
    ApproveTask, Judge, Judgement, Pair, RejectTask, Task, Undo, decisions_of,
};
use counterpart::domain::fact::SourceRecord;
use counterpart::domain::id::{ExternalId, Position, TwinId};
use counterpart::domain::time::Interval;
use counterpart::engine::{Engine, EngineOptions};
use counterpart::sources::declaration::Declaration;
use counterpart::sources::import::Settled;
use counterpart::sources::text::Input;
use counterpart::store::MemoryStore;
use tokio_util::sync::CancellationToken;

use crate::fixture::{external, models};

/// So many bits below certainty that nothing is linked but what agrees in all.
const WIDE: Thresholds = Thresholds { link: 0.9, review: 0.05 };

/// Serial, maker, type, place, text.
type Said = [&'static str; 5];

const PUMP: Said =
    ["KSB-4471-0012", "KSB SE & Co. KGaA", "Etanorm 050-032-160", "P07/L01/ST-A", "Rinse pump A"];
const PUMP_AGAIN: Said = ["44710012", "KSB", "ETANORM 050-032-160", "P07-L01-STA", "RINSE PUMP A"];
const MOTOR: Said = ["SN88213", "Siemens AG", "1LE1001-1DB2", "P07/L02/ST-C", "Conveyor motor"];
const CYLINDER: Said = ["FE66120", "Festo", "DSBC-50-100", "P07/L03/ST-E", "Gripper cylinder"];
/// The same kind of cylinder at the same place, of which nobody noted the serial.
const CYLINDER_UNSURE: Said = ["", "FESTO AG", "DSBC-50-100", "P07-L03-STE", "Compact unit"];

struct Records {
    engine: Engine,
    curator: Curator,
}

impl Records {
    async fn new() -> Self {
        let rules = Config::default().rules().unwrap();
        let (store, ids) = (Arc::new(MemoryStore::new()), Box::new(SystemIds));
        let clock = Arc::new(SystemClock);
        let options = EngineOptions::default();
        let engine = Engine::start(store, rules, clock, ids, options).await.unwrap();
        engine.upload_models("test", models("base")).await.unwrap();
        let curator = Curator::start(engine.clone(), None, WIDE).await;
        Self { engine, curator }
    }

    async fn done(&self, command: Command) {
        let receipt = self.engine.submit_all("steward", vec![command]).await.unwrap();
        receipt.outcomes.into_iter().for_each(|outcome| drop(outcome.unwrap()));
    }

    async fn say(&self, id: &str, said: Said) {
        let names = ["serial", "manufacturer", "model", "location", "description"];
        let fields = names.into_iter().zip(said).filter(|(_, text)| !text.is_empty());
        let record = SourceRecord {
            identity: fields.map(|(name, text)| (name.into(), text.into())).collect(),
            model: Some("dtmi:counterpart:base:Unit;1".parse().unwrap()),
            ..SourceRecord::default()
        };
        self.done(Command::PutRecord(put(key(id), record))).await;
    }

    async fn settle(&self) -> Settled {
        let report = self.curator.settle().await.unwrap();
        assert_eq!(report.refused, Vec::<String>::new());
        report
    }

    /// Runs twice more, which must change nothing.
    async fn stands(&self) {
        let before = self.engine.head();
        let open = self.open().len();
        self.settle().await;
        let fresh = Curator::start(self.engine.clone(), None, WIDE).await;
        fresh.settle().await.unwrap();
        assert_eq!((self.engine.head(), self.open().len()), (before, open));
    }

    fn twin(&self, id: &str) -> Option<TwinId> {
        let now = self.engine.now();
        self.engine.read(|state| {
            Some(state.crosswalks.at(&key(id), now, Position::LATEST_KNOWN)?.value.twin)
        })
    }

    fn open(&self) -> Vec<Task> {
        let known = self.engine.head();
        self.engine.read(|state| state.curations.tasks(known).map(|(t, _)| t.clone()).collect())
    }

    async fn judge(&self, one: &str, other: &str, judgement: Judgement) {
        let pair = Pair::new(key(one), key(other)).unwrap();
        let valid = Interval::ALWAYS;
        self.done(Command::Judge(Judge { pair, judgement, reason: "".into(), valid })).await;
    }

    async fn unlink(&self, id: &str) {
        let (external, valid) = (key(id), Interval::ALWAYS);
        self.done(Command::UnlinkId(UnlinkId { external, valid })).await;
    }
}

/// `system:id`
fn key(id: &str) -> ExternalId {
    let (system, id) = id.split_once(':').unwrap();
    external(system, id)
}

fn put(key: ExternalId, record: SourceRecord) -> PutRecord {
    PutRecord {
        key,
        kind: record.kind,
        attributes: record.attributes,
        claims: record.claims,
        identity: record.identity,
        model: record.model,
        stated: record.stated,
        references: record.references,
        valid: Interval::ALWAYS,
        is_change: false,
    }
}

/// The pump by two systems, and a motor, so that there is something to tell it from.
async fn pump_twice() -> Records {
    let records = Records::new().await;
    records.say("erp:1", PUMP).await;
    records.say("erp:2", MOTOR).await;
    records.say("cmms:1", PUMP_AGAIN).await;
    records
}

#[tokio::test]
async fn what_a_verdict_tells_apart_before_it_is_settled_becomes_two_twins() {
    let records = pump_twice().await;
    records.judge("erp:1", "cmms:1", Judgement::Different).await;
    let report = records.settle().await;
    assert_eq!((report.created, report.raised), (3, 0));
    assert_ne!(records.twin("erp:1"), records.twin("cmms:1"));
    records.stands().await;
}

#[tokio::test]
async fn a_record_that_comes_later_keeps_apart_from_the_twin_it_was_told_from() {
    let records = pump_twice().await;
    records.judge("cmms:1", "erp:1", Judgement::Different).await;
    records.settle().await;
    records.say("mes:1", PUMP_AGAIN).await;
    records.judge("mes:1", "erp:1", Judgement::Different).await;
    records.settle().await;
    let (erp, mes) = (records.twin("erp:1"), records.twin("mes:1"));
    assert!(mes.is_some() && mes != erp);
    records.stands().await;
}

#[tokio::test]
async fn records_that_are_judged_the_same_before_they_are_settled_become_one_twin() {
    let records = Records::new().await;
    records.say("erp:1", PUMP).await;
    records.say("cmms:1", MOTOR).await;
    records.judge("erp:1", "cmms:1", Judgement::Same).await;
    assert_eq!(records.twin("erp:1"), None);
    assert_eq!(records.settle().await.created, 1);
    assert!(records.twin("erp:1").is_some());
    assert_eq!(records.twin("erp:1"), records.twin("cmms:1"));
    records.stands().await;
}

#[tokio::test]
async fn an_id_that_was_untied_stays_so_until_somebody_decides() {
    let records = pump_twice().await;
    records.settle().await;
    let twin = records.twin("erp:1");
    assert!(twin.is_some() && twin == records.twin("cmms:1"));
    records.unlink("cmms:1").await;
    let report = records.settle().await;
    assert_eq!((report.matched, report.created, report.raised), (0, 0, 1));
    assert_eq!(records.twin("cmms:1"), None);
    records.stands().await;
    let (task, valid) = (records.open()[0].id(), Interval::ALWAYS);
    records.done(Command::ApproveTask(ApproveTask { task, reason: "".into(), valid })).await;
    assert_eq!(records.twin("cmms:1"), twin);
    records.stands().await;
}

#[tokio::test]
async fn an_undone_link_is_not_made_again_and_a_rejection_makes_it_a_thing_of_its_own() {
    let records = pump_twice().await;
    let commits = &mut records.engine.commits();
    records.settle().await;
    let committed = commits.recv().await.unwrap();
    let is_ours = |change: &counterpart::domain::change::Change| {
        matches!(change, counterpart::domain::change::Change::Linked { external, .. }
            if *external == key("cmms:1"))
    };
    let decision = decisions_of(&committed.changes).find(|(_, _, ours)| ours.iter().any(is_ours));
    let index = decision.map(|(index, _, _)| index);
    assert!(index.is_some());
    let entry = Arc::new(committed.changes.clone());
    let undo = Undo { position: committed.position, index, entry, reason: "".into() };
    records.done(Command::Undo(undo)).await;
    // The link may have been either way round; one of the two stays.
    let (erp, cmms) = (records.twin("erp:1"), records.twin("cmms:1"));
    assert!(cmms.is_none() && erp.is_some());
    records.settle().await;
    assert_eq!(records.twin("cmms:1"), None);
    let task = records.open()[0].id();
    records.done(Command::RejectTask(RejectTask { task, reason: "".into() })).await;
    assert_eq!(records.settle().await.created, 1);
    assert!(records.twin("cmms:1").is_some() && records.twin("cmms:1") != erp);
    records.stands().await;
}

#[tokio::test]
async fn an_id_that_was_untied_from_a_twin_of_its_own_gets_no_new_one() {
    let records = pump_twice().await;
    records.settle().await;
    records.unlink("erp:2").await;
    assert_eq!(records.settle().await.created, 0);
    assert_eq!(records.twin("erp:2"), None);
    records.stands().await;
}

#[tokio::test]
async fn a_linked_record_that_comes_to_say_something_else_is_looked_at_again() {
    let records = pump_twice().await;
    records.say("cmms:2", CYLINDER).await;
    records.settle().await;
    assert_eq!(records.open().len(), 0);
    records.say("cmms:2", MOTOR).await;
    assert_eq!(records.settle().await.raised, 1, "two twins look like one");
    records.stands().await;
}

#[tokio::test]
async fn a_doubt_that_is_none_any_more_is_not_asked_about_any_longer() {
    let records = pump_twice().await;
    records.say("erp:4", CYLINDER).await;
    records.say("cmms:4", CYLINDER_UNSURE).await;
    assert_eq!(records.settle().await.raised, 1);
    records.stands().await;
    records.say("cmms:4", ["QX-1", "Grundfos", "CR 10-4", "P99-L77-STZ", "Booster"]).await;
    assert_eq!(records.settle().await.doubtful, 0);
    assert_eq!(records.open(), []);
    records.stands().await;
}

#[tokio::test]
async fn with_a_lower_threshold_more_is_asked_at_the_next_start() {
    let records = pump_twice().await;
    records.say("erp:4", CYLINDER).await;
    records.say("cmms:4", CYLINDER_UNSURE).await;
    let strict = Thresholds { link: 0.9, review: 0.89 };
    let strict = Curator::start(records.engine.clone(), None, strict).await;
    strict.settle().await.unwrap();
    assert_eq!(records.open().len(), 0);
    assert_eq!(records.settle().await.raised, 1);
}

const SEGMENTS: &str = "number,serial,maker,type,since
1,KSB-4471-0012,KSB,Etanorm 050-032-160,2025-01-01
1,KSB-4471-0012,KSB,Etanorm 050-032-160 R,2026-01-01
";

const DECLARATION: &str = r#"
format = "csv"
system = "erp"
files = ["*.csv"]
twins = "match"
key = "number"
model = "dtmi:counterpart:base:Unit;1"
[identity]
serial = "serial"
manufacturer = "maker"
model = "type"
[times]
from = "since"
"#;

#[tokio::test]
async fn a_record_of_several_times_is_staged_as_one_and_done_though_nobody_waits() {
    let records = Records::new().await;
    let declaration = Arc::new(Declaration::parse(DECLARATION).unwrap());
    let input = Input::bytes("list.csv", SEGMENTS.as_bytes());
    let import =
        records.curator.stage(&[input], &[declaration], &CancellationToken::new()).await.unwrap();
    assert_eq!(import.staged.report.stopped, None);
    assert_eq!(
        (import.staged.effects.records_created, import.staged.effects.records_updated),
        (1, 0)
    );
    let commit = records.curator.commit(import.id, "steward");
    // The client hangs up as soon as it has asked.
    assert!(tokio::time::timeout(Duration::ZERO, commit).await.is_err());
    let done = async {
        while records.twin("erp:1").is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), done).await.expect("it is done all the same");
    assert!(records.curator.staged().await.unwrap().is_empty(), "and does not wait any longer");
}
