//! Random requests, faults and restarts; after each, the engine must say what the oracle says.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use counterpart::clock::{Clock, SystemIds};
use counterpart::domain::batch::{ReadingBatch, UnknownReading};
use counterpart::domain::command::{Bind, Command, PutTwin, TwinRef, Unbind};
use counterpart::domain::id::{ExternalId, Position, StreamKey, TwinId};
use counterpart::domain::reading::{Quality, Reading};
use counterpart::domain::state::Rules;
use counterpart::domain::time::{Interval, Timestamp};
use counterpart::domain::value::Value;
use counterpart::engine::{Engine, EngineError, EngineOptions, verify};
use counterpart::store::{FaultyStore, MemoryStore, When};

use crate::oracle::{CHANNELS, MOMENTS, Oracle, PATHS, Remembered, Sent, TWINS};
use crate::random::Random;

const SEEDS: u64 = 100;
const STEPS: usize = 80;
const MODEL: &str = r#"{"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:Pump;1", "@type": "Interface",
  "contents": [{"@type": "Telemetry", "name": "flow", "schema": "double"},
               {"@type": "Telemetry", "name": "vibration", "schema": "double"}]}"#;

/// A clock that goes one second a look.
struct Counting(AtomicI64);

impl Clock for Counting {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1_000_000_000, Ordering::SeqCst))
    }
}

struct Simulation {
    random: Random,
    store: Arc<FaultyStore>,
    engine: Engine,
    clock: Arc<Counting>,
    oracle: Oracle,
    past: Vec<Remembered>,
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_agrees_with_the_oracle_through_faults_and_restarts() {
    let only = std::env::var("COUNTERPART_SEED").ok().map(|s| s.parse::<u64>().expect("a number"));
    let seeds: Vec<u64> = only.map_or_else(|| (1..=SEEDS).collect(), |seed| vec![seed]);
    for seed in seeds {
        let run = tokio::spawn(run(seed)).await;
        assert!(run.is_ok(), "seed {seed} failed; run it alone with COUNTERPART_SEED={seed}");
    }
}

async fn run(seed: u64) {
    let store = Arc::new(FaultyStore::new(Arc::new(MemoryStore::new())));
    let clock = Arc::new(Counting(AtomicI64::new(1_000_000_000_000)));
    let engine = start(&store, &clock).await;
    let random = Random::new(seed);
    let mut simulation =
        Simulation { random, store, engine, clock, oracle: Oracle::new(), past: Vec::new() };
    simulation.build().await;
    for _ in 0..STEPS {
        simulation.step().await;
    }
    simulation.compare_past().await;
    simulation.engine.stop().await;
    let proof = verify(simulation.store.as_ref(), &rules()).await.expect("the store can be read");
    assert_eq!(proof.difference_count, 0, "{:#?}", proof.differences);
    assert_eq!(proof.readings, simulation.oracle.len() as u64, "each reading is in the log once");
}

fn rules() -> Rules {
    Rules { streams_max: 100, ..Rules::default() }
}

async fn start(store: &Arc<FaultyStore>, clock: &Arc<Counting>) -> Engine {
    let options = EngineOptions {
        checkpoint_readings: 37,
        checkpoint_chunk: 2,
        recovery_pause: Duration::from_millis(1),
        ..EngineOptions::default()
    };
    let started =
        Engine::start(store.clone(), rules(), clock.clone(), Box::new(SystemIds), options).await;
    started.expect("the engine starts on what the last one left")
}

fn twin(number: usize) -> ExternalId {
    ExternalId::new("cmms", "", &format!("EQ-{number}")).unwrap()
}

fn stream(channel: usize) -> StreamKey {
    let device = ExternalId::new("mqtt", "", &format!("GW-{}", channel / 2)).unwrap();
    StreamKey::new(device, &format!("ch{channel}")).unwrap()
}

impl Simulation {
    async fn build(&mut self) {
        let documents = vec![("pump.json".to_owned(), MODEL.to_owned())];
        self.engine.upload_models("test", documents).await.expect("the model is valid");
        for number in 0..TWINS {
            let put = PutTwin {
                id: None,
                identifiers: vec![twin(number)],
                model: Some("dtmi:test:Pump;1".parse().unwrap()),
                properties: Vec::new(),
                valid: Interval::ALWAYS,
                source: None,
            };
            self.insist(Command::PutTwin(put)).await;
        }
    }

    async fn step(&mut self) {
        match self.random.below(12) {
            0..5 => self.ingest().await,
            5..7 => self.bind().await,
            7 => self.unbind().await,
            8 => self.store.fail_append(0, When::BeforeCommit),
            9 => self.store.fail_append(0, When::AfterCommit),
            10 => self.restart().await,
            _ => {
                let position = self.engine.head();
                self.past.push(Remembered { position, oracle: self.oracle.clone() });
            }
        }
        let as_of = 1 + self.random.index(MOMENTS);
        self.compare(&self.oracle, as_of, None).await;
    }

    async fn restart(&mut self) {
        self.engine.stop().await;
        self.engine = start(&self.store, &self.clock).await;
    }

    async fn ingest(&mut self) {
        let size = 1 + self.random.index(20);
        let batch: Vec<Sent> = (0..size).map(|_| self.sent()).collect();
        let expected = self.oracle.ingest(&batch);
        let mut attempt = 0;
        let account = loop {
            attempt += 1;
            let readings = self.resolve(&batch);
            match self.engine.ingest(&"test".into(), readings).await {
                Ok(acknowledged) => break acknowledged.account,
                Err(EngineError::Unavailable(_)) => {
                    tokio::time::sleep(Duration::from_millis(2)).await
                }
                Err(error) => panic!("{error}"),
            }
        };
        let found = (account.accepted, account.quarantined, account.duplicate);
        if attempt == 1 {
            assert_eq!(found, expected, "accepted, quarantined, duplicate");
        } else {
            assert_eq!(found.0 + found.1 + found.2, batch.len(), "every reading is accounted for");
        }
    }

    /// Few moments, sequences and values, so that duplicates and ties are common.
    fn sent(&mut self) -> Sent {
        Sent {
            channel: self.random.index(CHANNELS),
            time: 1 + self.random.index(MOMENTS),
            sequence: self.random.below(2),
            value: self.random.below(3).cast_signed(),
        }
    }

    fn resolve(&self, batch: &[Sent]) -> ReadingBatch {
        let mut readings = ReadingBatch::default();
        let known = self.engine.head();
        for sent in batch {
            let key = stream(sent.channel);
            let (time, sequence) = (Timestamp(sent.time as i64), sent.sequence);
            let (value, quality) = (Value::Integer(sent.value), Quality::Good);
            match self.engine.read(|state| state.streams.find_known(key.as_ref(), known)) {
                Some(stream) => {
                    readings.known.push(Reading { stream, time, sequence, value, quality });
                }
                None => {
                    readings.unknown.push(UnknownReading { key, time, sequence, value, quality });
                }
            }
        }
        readings
    }

    async fn bind(&mut self) {
        let (channel, from, to) = self.span();
        let target = (self.random.index(TWINS), self.random.index(PATHS.len()));
        self.oracle.map(channel, from, to, Some(target));
        self.insist(Command::Bind(Bind {
            stream: stream(channel),
            twin: TwinRef::External(twin(target.0)),
            path: PATHS[target.1].into(),
            unit: None,
            valid: interval(from, to),
            replace: true,
            gives_way: false,
        }))
        .await;
    }

    async fn unbind(&mut self) {
        let (channel, from, to) = self.span();
        if self.oracle.is_mapped(channel, from, to) {
            self.oracle.map(channel, from, to, None);
            let command = Unbind { stream: stream(channel), valid: interval(from, to) };
            self.insist(Command::Unbind(command)).await;
        }
    }

    fn span(&mut self) -> (usize, usize, usize) {
        let from = self.random.index(MOMENTS);
        let to = from + 1 + self.random.index(MOMENTS - from);
        (self.random.index(CHANNELS), from, to)
    }

    /// Sends a command until it is acknowledged; saying it again changes nothing.
    async fn insist(&self, command: Command) {
        let mut unsure = false;
        loop {
            match self.engine.submit("test", command.clone()).await {
                Ok(_) => return,
                Err(EngineError::Unavailable(_)) => {
                    unsure = true;
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                Err(EngineError::Rejected(r)) if unsure && r.code() == "NOT_BOUND" => return,
                Err(error) => panic!("{error}"),
            }
        }
    }

    async fn compare_past(&self) {
        for remembered in &self.past {
            for as_of in [10, 50, MOMENTS] {
                self.compare(&remembered.oracle, as_of, Some(remembered.position)).await;
            }
        }
    }

    async fn compare(&self, oracle: &Oracle, as_of: usize, known: Option<Position>) {
        for number in 0..TWINS {
            let scope = self.engine.scope(Some(Timestamp(as_of as i64)), known);
            let id: TwinId = self
                .engine
                .read(|state| {
                    state
                        .crosswalks
                        .at(&twin(number), scope.moment, scope.known)
                        .map(|l| l.value.twin)
                })
                .expect("the twin is known");
            let measured = self.engine.measured(id, scope).await.expect("history answers");
            for (at, path) in PATHS.iter().enumerate() {
                let found = measured.get(*path).map(|m| (m.value.clone(), m.time));
                let expected = oracle.state((number, at), as_of);
                assert_eq!(
                    found, expected,
                    "{path} of twin {number} as of {as_of}, known at {known:?}"
                );
            }
        }
    }
}

fn interval(from: usize, to: usize) -> Interval {
    Interval::new(Timestamp(from as i64), Timestamp(to as i64)).unwrap()
}
