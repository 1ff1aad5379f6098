//! What a retroactive correction costs when few and when many readings lie in its interval: on disk,
//! acknowledged, and seen by readers. `cargo bench --bench rebinding`

use std::sync::Arc;
use std::time::{Duration, Instant};

use counterpart::clock::{SystemClock, SystemIds};
use counterpart::domain::batch::{ReadingBatch, UnknownReading};
use counterpart::domain::command::{Bind, Command, LinkId, PutTwin, TwinRef};
use counterpart::domain::curation::{MergeTwins, Undo};
use counterpart::domain::id::{ExternalId, StreamKey};
use counterpart::domain::reading::Quality;
use counterpart::domain::state::Rules;
use counterpart::domain::time::{Interval, Timestamp};
use counterpart::domain::value::Value;
use counterpart::engine::{Engine, EngineOptions};
use counterpart::store::sqlite::{SqliteOptions, SqliteStore};

const BATCH: usize = 10_000;
const ROUNDS: usize = 41;
const COUNTS: usize = 5;
const MODEL: &str = r#"{"@context": "dtmi:dtdl:context;3", "@id": "dtmi:bench:Pump;1", "@type": "Interface",
  "contents": [{"@type": "Telemetry", "name": "flow", "schema": "double"}]}"#;

#[tokio::main]
async fn main() {
    println!("readings   re-bind     re-link     merge       undo        preview     count");
    for readings in [1_000, 1_000_000] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("plant");
        let store = SqliteStore::open(&path, SqliteOptions::default()).await;
        let store = Arc::new(store.expect("the store opens"));
        let rules = Rules { streams_max: 10, ..Rules::default() };
        let (clock, ids) = (Arc::new(SystemClock), Box::new(SystemIds));
        let options = EngineOptions::default();
        let engine = Engine::start(store, rules, clock, ids, options).await.expect("it starts");
        fill(&engine, readings).await;
        let line: Vec<String> = measured(&engine).await.iter().map(shown).collect();
        println!("{readings:<10} {}", line.join(" "));
        engine.stop().await;
    }
}

fn shown(time: &Duration) -> String {
    format!("{:<11}", format!("{:.2} ms", time.as_secs_f64() * 1e3))
}

fn external(id: &str) -> ExternalId {
    ExternalId::new("bench", "", id).expect("an id")
}

fn stream() -> StreamKey {
    StreamKey::new(external("GW"), "ch1").expect("a stream")
}

fn bind(twin: &str) -> Command {
    Command::Bind(Bind {
        stream: stream(),
        twin: TwinRef::External(external(twin)),
        path: "flow".into(),
        unit: None,
        valid: Interval::ALWAYS,
        replace: true,
        gives_way: false,
    })
}

fn link(twin: &str) -> Command {
    Command::LinkId(LinkId {
        external: external("GW"),
        twin: TwinRef::External(external(twin)),
        valid: Interval::ALWAYS,
        reason: "bench".into(),
        confidence: 1.0,
        replace: true,
    })
}

fn merge() -> Command {
    Command::MergeTwins(MergeTwins {
        keep: TwinRef::External(external("A")),
        gone: TwinRef::External(external("B")),
        reason: "bench".into(),
        replace: false,
    })
}

async fn submit(engine: &Engine, command: Command) {
    engine.submit("bench", command).await.expect("it is done");
}

/// Two twins, and readings that measure the first.
async fn fill(engine: &Engine, readings: usize) {
    let documents = vec![("pump".to_owned(), MODEL.to_owned())];
    engine.upload_models("bench", documents).await.expect("the model is valid");
    for twin in ["A", "B"] {
        let put = PutTwin {
            id: None,
            identifiers: vec![external(twin)],
            model: Some("dtmi:bench:Pump;1".parse().expect("a model")),
            properties: Vec::new(),
            valid: Interval::ALWAYS,
            source: None,
        };
        submit(engine, Command::PutTwin(put)).await;
    }
    submit(engine, bind("A")).await;
    for first in (0..readings).step_by(BATCH) {
        let unknown = (first..readings.min(first + BATCH)).map(|n| UnknownReading {
            key: stream(),
            time: Timestamp(n as i64),
            sequence: 0,
            value: Value::Double(n as f64),
            quality: Quality::Good,
        });
        let batch = ReadingBatch { known: Vec::new(), unknown: unknown.collect() };
        engine.ingest(&"bench".into(), batch).await.expect("they are kept");
    }
}

/// Medians of a re-binding, a re-linking, a merge, its undoing, a preview, and the count of readings.
async fn measured(engine: &Engine) -> [Duration; 6] {
    let mut times: [Vec<Duration>; 6] = Default::default();
    let mut moved = Vec::new();
    for round in 0..ROUNDS {
        let twin = ["B", "A"][round % 2];
        let begun = Instant::now();
        submit(engine, bind(twin)).await;
        times[0].push(begun.elapsed());
        let begun = Instant::now();
        submit(engine, link(twin)).await;
        times[1].push(begun.elapsed());
        let begun = Instant::now();
        let (_, position) = engine.submit("bench", merge()).await.expect("they are one");
        times[2].push(begun.elapsed());
        let begun = Instant::now();
        let undo = engine.undoing(position, None, "bench".into()).await.expect("it is there");
        assert!(matches!(&undo, Command::Undo(Undo { .. })));
        submit(engine, undo).await;
        times[3].push(begun.elapsed());
        let begun = Instant::now();
        let other = ["A", "B"][round % 2];
        let preview = engine.preview("bench", vec![bind(other)]).await.expect("it is tried");
        times[4].push(begun.elapsed());
        moved.extend(preview.impact.streams);
    }
    // After all others: a query over a million rows leaves caches behind in which writes are slower.
    for moved in moved.iter().take(COUNTS) {
        let begun = Instant::now();
        engine.readings_of(moved).await.expect("they are counted");
        times[5].push(begun.elapsed());
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    })
}
