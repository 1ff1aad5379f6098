//! What imports that wait promise, and that it does not matter how what they would do is found out.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use counterpart::clock::{Clock, SystemIds};
use counterpart::config::Config;
use counterpart::curation::{
    Curated, Curator, STAGED_BYTES_MAX, STAGED_DAYS_MAX, StagedImport, StagingError, Thresholds,
};
use counterpart::domain::command::{Command, LinkId, PutTwin, TwinRef};
use counterpart::domain::decide::IdSource;
use counterpart::domain::impact::Effect;
use counterpart::domain::time::{Interval, Timestamp};
use counterpart::engine::{Engine, EngineOptions, IN_WRITER_COMMANDS_MAX};
use counterpart::graphql::ReadBounds;
use counterpart::sources::declaration::Declaration;
use counterpart::sources::import::{Report, import};
use counterpart::sources::text::Input;
use counterpart::store::{FaultyStore, MemoryStore, StagedRow, StagedStore, Store, When};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::fixture::{Plant, at, external, models};

const DAY_NANOS: i64 = 86_400_000_000_000;
const PLACE: &str = r#"{"twin": {"ids": ["cmms:P-1"], "model": "dtmi:counterpart:base:Position;1", "from": "-P1D"}}"#;

struct Moved(AtomicI64);

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

async fn plant() -> (Engine, Curator, Arc<Moved>) {
    plant_on(Arc::new(MemoryStore::new())).await
}

async fn plant_on(store: Arc<dyn Store>) -> (Engine, Curator, Arc<Moved>) {
    let rules = Config::default().rules().unwrap();
    let clock = Arc::new(Moved(AtomicI64::new(at("2026-03-01T08:00:00Z").0)));
    let ids = Box::new(SystemIds);
    let options = EngineOptions::default();
    let engine = Engine::start(store, rules, clock.clone(), ids, options).await.unwrap();
    engine.upload_models("test", models("base")).await.unwrap();
    let curator = Curator::start(engine.clone(), None, Thresholds::default()).await;
    (engine, curator, clock)
}

async fn staged(curator: &Curator, inputs: &[Input]) -> Result<StagedImport, StagingError> {
    curator.stage(inputs, &[], &CancellationToken::new()).await
}

fn put(number: usize, model: &str) -> Command {
    Command::PutTwin(PutTwin {
        id: None,
        identifiers: vec![external("cmms", &format!("P-{number}"))],
        model: Some(model.parse().unwrap()),
        properties: vec![("tag".into(), format!("P-{number}").into())],
        valid: Interval::ALWAYS,
        source: Some("cmms".into()),
    })
}

fn link(number: usize, to: usize) -> Command {
    Command::LinkId(LinkId {
        external: external("erp", &format!("{number}")),
        twin: TwinRef::External(external("cmms", &format!("P-{to}"))),
        valid: Interval::ALWAYS,
        reason: "".into(),
        confidence: 1.0,
        replace: true,
    })
}

#[tokio::test]
async fn what_many_commands_would_do_is_what_they_do() {
    let (engine, _, _) = plant().await;
    let position = "dtmi:counterpart:base:Position;1";
    // Some of what follows is so already, some moves, and some cannot be done.
    let known = (0..300).flat_map(|n| [put(n, position), link(n, n)]).collect();
    engine.submit_all("test", known).await.unwrap();
    let mut commands: Vec<Command> =
        (0..IN_WRITER_COMMANDS_MAX).map(|n| put(n, position)).collect();
    commands.extend((0..400).map(|n| link(n, n / 2)));
    commands.extend((0..10).map(|n| put(10_000 + n, "dtmi:no:Such;1")));
    commands.extend((0..10).map(|n| link(n, 20_000 + n)));
    let before = engine.head();
    let preview = engine.preview("test", commands.clone()).await.unwrap();
    assert_eq!(engine.head(), before);
    let done = engine.submit_all("test", commands).await.unwrap();
    let told = |outcome: &Result<_, _>| match outcome {
        Ok(counterpart::engine::Outcome { changes, .. }) => Ok(*changes),
        Err(rejection) => Err(format!("{rejection}")),
    };
    let would: Vec<_> = preview.outcomes.iter().map(told).collect();
    assert_eq!(would, done.outcomes.iter().map(told).collect::<Vec<_>>());
    assert_eq!(would.iter().filter(|outcome| outcome.is_err()).count(), 20);
    assert!(would.iter().filter(|outcome| **outcome == Ok(0)).count() >= 300);
    let created = preview.impact.twins.values().filter(|effect| **effect == Effect::Created);
    assert_eq!(created.count(), IN_WRITER_COMMANDS_MAX - 300);
    let moved = preview.impact.ids.iter().filter(|moved| moved.from.is_some());
    assert_eq!(moved.count(), 299, "all but the first of those that were linked");
}

#[tokio::test]
async fn what_cannot_be_taken_back_is_not_tried_however_many_there_are() {
    let (engine, _, _) = plant().await;
    let declare = Command::DeclareSystem(counterpart::domain::command::DeclareSystem {
        name: "lims".into(),
        title: "LIMS".into(),
    });
    let many = std::iter::repeat_n(declare.clone(), IN_WRITER_COMMANDS_MAX + 1).collect();
    for commands in [vec![declare], many] {
        let refused = engine.preview("test", commands).await.unwrap_err().to_string();
        assert!(refused.contains("cannot be previewed"), "{refused}");
    }
}

#[tokio::test]
async fn what_was_staged_is_read_as_of_the_day_on_which_it_was_staged() {
    let (engine, curator, clock) = plant().await;
    let input = Input::bytes("places.ndjson", PLACE.as_bytes());
    let staged = staged(&curator, &[input]).await.unwrap();
    assert_eq!(staged.staged.report.errors, 0, "{}", staged.staged.report);
    clock.0.fetch_add(5 * DAY_NANOS, Ordering::Relaxed);
    // Another process knows of it, too.
    let later = Curator::start(engine.clone(), None, Thresholds::default()).await;
    assert_eq!(later.staged().await.unwrap(), [staged.waiting().unwrap()]);
    assert!(later.commit(staged.id, "test").await.unwrap().is_complete());
    let known = engine.head();
    let since = engine.read(|state| {
        let links = state.crosswalks.timeline(&external("cmms", "P-1")).unwrap();
        links.known(known).map(|link| link.valid.from).collect::<Vec<_>>()
    });
    assert_eq!(since, [at("2026-02-28T00:00:00Z")]);
}

#[tokio::test]
async fn what_waits_too_long_is_forgotten() {
    let (_, curator, clock) = plant().await;
    let input = || [Input::bytes("places.ndjson", PLACE.as_bytes())];
    let first = staged(&curator, &input()).await.unwrap().id;
    clock.0.fetch_add(STAGED_DAYS_MAX * DAY_NANOS, Ordering::Relaxed);
    let second = staged(&curator, &input()).await.unwrap().id;
    let ids = async || {
        let waiting = curator.staged().await.unwrap();
        waiting.into_iter().map(|import| import.id).collect::<Vec<_>>()
    };
    assert_eq!(ids().await, [second, first]);
    clock.0.fetch_add(1, Ordering::Relaxed);
    assert_eq!(ids().await, [second]);
    let error = curator.commit(first, "test").await.unwrap_err().to_string();
    assert!(error.contains("stage it again"), "{error}");
}

#[tokio::test]
async fn what_is_committed_cannot_be_discarded_meanwhile() {
    let (engine, curator, _) = plant().await;
    let lines: String = (0..200).map(|n| PLACE.replace("P-1", &format!("P-{n}")) + "\n").collect();
    let input = Input::bytes("places.ndjson", lines.into_bytes());
    let id = staged(&curator, &[input]).await.unwrap().id;
    let (committed, discarded) = tokio::join!(curator.commit(id, "test"), curator.discard(id));
    assert!(committed.unwrap().is_complete());
    assert!(matches!(discarded, Err(StagingError::InWork(_))), "{discarded:?}");
    assert!(matches!(curator.discard(id).await, Err(StagingError::Unknown(_))));
    let twins = engine.read(|state| state.graph.twins().count());
    assert_eq!(twins, 200);
}

#[tokio::test]
async fn files_that_are_more_than_is_kept_are_refused_in_words() {
    let (_, curator, _) = plant().await;
    // What cannot be packed, under a name of no format, so that nothing is read of it.
    let mut noise = 1_u64;
    let bytes: Vec<u8> = (0..STAGED_BYTES_MAX / 8 + 1)
        .flat_map(|_| {
            noise ^= noise << 13;
            noise ^= noise >> 7;
            noise ^= noise << 17;
            noise.to_le_bytes()
        })
        .collect();
    let refused = staged(&curator, &[Input::bytes("noise.bin", bytes)]).await.unwrap_err();
    assert!(matches!(refused, StagingError::TooLarge), "{refused}");
    assert!(refused.to_string().contains("in parts"), "{refused}");
    assert_eq!(curator.staged().await.unwrap(), []);
}

/// How a list of machines is read.
fn declaration(system: &str, identity: &str) -> Arc<Declaration> {
    let toml = format!(
        "format = 'csv'\nsystem = '{system}'\nfiles = ['{system}*.csv']\ntwins = 'match'\nkey = 'number'\n\
         model = 'dtmi:counterpart:base:Unit;1'\n[identity]\nserial = 'serial'\n{identity}\n"
    );
    Arc::new(Declaration::parse(&toml).unwrap())
}

fn list(name: &str, rows: &str) -> Input {
    Input::bytes(name, format!("number,serial,maker\n{rows}").into_bytes())
}

async fn imported(curator: &Curator, input: Input, declaration: &Arc<Declaration>) -> Report {
    let target = Curated::new(curator, "test");
    let report = import(&target, &[input], std::slice::from_ref(declaration), &mut |_| {}).await;
    assert!(report.is_complete(), "{report}");
    report
}

#[tokio::test]
async fn what_a_kept_declaration_was_corrected_to_meanwhile_stays() {
    let (engine, curator, _) = plant().await;
    imported(&curator, list("erp1.csv", "1,S-1,KSB\n"), &declaration("erp", "")).await;
    let on_monday = staged(&curator, &[list("erp2.csv", "2,S-2,KSB\n")]).await.unwrap();
    assert_eq!(on_monday.staged.effects.records_created, 1);
    let corrected = declaration("erp", "manufacturer = 'maker'");
    imported(&curator, list("erp3.csv", ""), &corrected).await;
    let report = curator.commit(on_monday.id, "test").await.unwrap();
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.kinds, on_monday.staged.report.kinds);
    engine.read(|state| {
        assert_eq!(**state.sources.get("erp").unwrap(), corrected.to_json());
        // It was read as it had been looked at.
        let record = state.records.timeline(&external("erp", "2")).unwrap();
        let said = record.known(engine.head()).next().unwrap();
        assert!(!said.value.identity.contains_key("manufacturer"), "{:?}", said.value);
    });
}

#[tokio::test]
async fn only_declarations_by_which_files_are_read_wait_with_them() {
    let store = Arc::new(MemoryStore::new());
    let (_, curator, _) = plant_on(store.clone()).await;
    for system in ["erp", "cmms"] {
        imported(&curator, list(&format!("{system}.csv"), ""), &declaration(system, "")).await;
    }
    let kept_with = async |inputs: &[Input], given: &[Arc<Declaration>]| {
        let id = curator.stage(inputs, given, &CancellationToken::new()).await.unwrap().id;
        let row = store.staged().await.unwrap().into_iter().find(|row| row.id == id).unwrap();
        let about: Value = serde_json::from_str(&row.about).unwrap();
        let kept = about["kept"].as_array().unwrap();
        kept.iter().map(|one| one["system"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let place = || Input::bytes("places.ndjson", PLACE.as_bytes());
    assert_eq!(kept_with(&[place()], &[]).await, [""; 0]);
    assert_eq!(kept_with(&[place(), list("cmms.csv", "1,S-1,KSB\n")], &[]).await, ["cmms"]);
    let given = [declaration("erp", "")];
    assert_eq!(kept_with(&[list("erp.csv", "1,S-1,KSB\n")], &given).await, [""; 0]);
}

#[tokio::test]
async fn one_that_cannot_be_read_hides_no_other_and_can_be_discarded() {
    let store = Arc::new(MemoryStore::new());
    let (_, curator, _) = plant_on(store.clone()).await;
    let whole = staged(&curator, &[Input::bytes("a.ndjson", PLACE.as_bytes())]).await.unwrap();
    let row = StagedRow { id: SystemIds.next(), about: "{".to_owned() };
    store.stage(&row, &[]).await.unwrap();
    let waiting = curator.staged().await.unwrap();
    let [broken, other] = &waiting[..] else { panic!("{waiting:?}") };
    assert_eq!(*other, whole.waiting().unwrap());
    assert_eq!(broken.id, row.id);
    assert!(broken.at > at("2025-01-01T00:00:00Z"), "{}", broken.at);
    let reason = broken.damaged.as_deref().unwrap();
    assert!(reason.contains("discard it"), "{reason}");
    let refused = curator.commit(row.id, "test").await.unwrap_err();
    assert!(matches!(refused, StagingError::Damaged { .. }), "{refused}");
    curator.discard(row.id).await.unwrap();
    assert_eq!(curator.staged().await.unwrap(), [whole.waiting().unwrap()]);
}

#[tokio::test]
async fn an_import_that_nobody_waits_for_is_not_kept() {
    let (_, curator, _) = plant().await;
    let abandoned = CancellationToken::new();
    abandoned.cancel();
    let input = Input::bytes("places.ndjson", PLACE.as_bytes());
    let refused = curator.stage(&[input], &[], &abandoned).await.unwrap_err();
    assert!(matches!(refused, StagingError::Abandoned), "{refused}");
    assert_eq!(curator.staged().await.unwrap(), []);
}

#[tokio::test]
async fn an_import_whose_forgetting_fails_waits_on_and_is_found_unchanged() {
    let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let (engine, curator, _) = plant_on(store.clone()).await;
    let input = || [Input::bytes("places.ndjson", PLACE.as_bytes())];
    store.fail_stage(When::BeforeCommit);
    staged(&curator, &input()).await.unwrap_err();
    assert_eq!(curator.staged().await.unwrap(), []);
    let import = staged(&curator, &input()).await.unwrap();
    store.fail_unstage(When::BeforeCommit);
    curator.commit(import.id, "test").await.unwrap_err();
    assert_eq!(curator.staged().await.unwrap(), [import.waiting().unwrap()]);
    let (head, twins) = (engine.head(), engine.read(|state| state.graph.twins().count()));
    assert_eq!(twins, 1);
    let again = curator.commit(import.id, "test").await.unwrap();
    assert_eq!((again.total().changed, again.total().unchanged), (0, 1), "{again}");
    assert_eq!(engine.head(), head);
    assert_eq!(curator.staged().await.unwrap(), []);
}

#[tokio::test]
async fn one_that_does_not_wait_is_not_found() {
    let plant = Plant::empty(ReadBounds::default()).await;
    for what in ["commitImport", "discardImport"] {
        let document = format!("mutation($id: ID!) {{ {what}(id: $id) }}");
        let (code, message) = plant.refusal(&document, json!({ "id": SystemIds.next() })).await;
        assert_eq!(code, "NOT_FOUND", "{message}");
        assert!(message.contains("stage it again"), "{message}");
    }
}
