//! Decisions about identity, in any order, on the whole engine: promises that hold on every store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use counterpart::clock::{Clock, SystemIds};
use counterpart::domain::command::{
    Bind, Command, LinkId, PutTwin, Relate, SetProperties, SwapDevice, TwinRef, Unbind, UnlinkId,
};
use counterpart::domain::curation::{
    ApproveTask, Candidate, DecisionId, Judge, Judgement, MergeTwins, Pair, Proposal, RejectTask,
    SplitInto, SplitTwin, Withdraw,
};
use counterpart::domain::fact::FactRow;
use counterpart::domain::id::{ExternalId, Position, StreamKey, TaskId, TwinId};
use counterpart::domain::state::{Rules, State};
use counterpart::domain::time::{Interval, Timestamp};
use counterpart::domain::timeline::Fact;
use counterpart::engine::{Engine, EngineError, EngineOptions, verify};
use counterpart::store::Store;

use crate::harness::Place;

const SEQUENCES: u64 = 4;
const STEPS: usize = 60;
const MODELS: &str = r#"[{"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:Thing;1", "@type": "Interface",
  "contents": [{"@type": "Telemetry", "name": "flow", "schema": "double"},
               {"@type": "Property", "name": "name", "schema": "string", "writable": true},
               {"@type": "Relationship", "name": "locatedIn", "maxMultiplicity": 1},
               {"@type": "Relationship", "name": "feeds"}]},
  {"@context": "dtmi:dtdl:context;3", "@id": "dtmi:test:Pump;1", "@type": "Interface", "extends": "dtmi:test:Thing;1"}]"#;

/// A clock that goes one second a look, from far after all moments that occur.
struct Counting(AtomicI64);

impl Clock for Counting {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1_000_000_000, Ordering::SeqCst))
    }
}

struct World {
    engine: Engine,
    random: u64,
    decisions: Vec<DecisionId>,
}

fn rules() -> Rules {
    Rules { streams_max: 1_000, ..Rules::default() }
}

async fn start(store: Arc<dyn Store>, seed: u64) -> Engine {
    let clock = Arc::new(Counting(AtomicI64::new(1_000_000_000_000 * (1 + seed.cast_signed()))));
    let options = EngineOptions::default();
    Engine::start(store, rules(), clock, Box::new(SystemIds), options).await.unwrap()
}

fn id(system: &str, number: usize) -> ExternalId {
    ExternalId::new(system, "", &format!("{system}-{number}")).unwrap()
}

/// A row without positions; what was undone is no part of the state of the world.
fn standing(state: &State) -> BTreeSet<String> {
    fn told<T: std::fmt::Debug>(what: String, fact: &Fact<T>) -> Option<String> {
        fact.stands().then(|| format!("{what} {:?} {:?}", fact.valid, fact.value))
    }
    let rows = state.rows().filter_map(|row| match &row {
        FactRow::Twin(id, f) => told(format!("twin {id}"), f),
        FactRow::Property(id, path, f) => told(format!("property {id} {path}"), f),
        FactRow::Relationship(ends, f) => told(format!("{ends:?}"), f),
        FactRow::Crosswalk(id, f) => told(format!("id {id}"), f),
        FactRow::Binding(id, f) => told(format!("stream {id}"), f),
        FactRow::Record(id, f) => told(format!("record {id}"), f),
        FactRow::Curation(f) => {
            let what = f.value.key().kind.as_str();
            if what == "undone" { None } else { told(what.to_owned(), f) }
        }
    });
    rows.collect()
}

impl World {
    fn below(&mut self, end: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        usize::try_from((self.random >> 11) % end as u64).unwrap()
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    fn valid(&mut self) -> Interval {
        let from = i64::try_from(self.below(50)).unwrap();
        let to = from + 1 + i64::try_from(self.below(50)).unwrap();
        match self.below(3) {
            0 => Interval::ALWAYS,
            1 => Interval::since(Timestamp(from)),
            _ => Interval::new(Timestamp(from), Timestamp(to)).unwrap(),
        }
    }

    fn record(&mut self) -> ExternalId {
        let system = ["cmms", "erp", "mqtt"][self.below(3)];
        id(system, self.below(5))
    }

    /// Any twin that ever was.
    fn twin(&mut self) -> TwinId {
        let twins: Vec<TwinId> = self.engine.read(|s| s.graph.twins().map(|t| t.id).collect());
        twins[self.below(twins.len())]
    }

    fn stream(&mut self) -> StreamKey {
        StreamKey::new(id("mqtt", self.below(5)), ["a", "b"][self.below(2)]).unwrap()
    }

    fn pair(&mut self) -> Pair {
        loop {
            if let Some(pair) = Pair::new(self.record(), self.record()) {
                return pair;
            }
        }
    }

    fn task(&mut self) -> TaskId {
        let open: Vec<TaskId> = self.engine.read(|state| {
            state.curations.tasks(Position::LATEST_KNOWN).map(|(task, _)| task.id()).collect()
        });
        if open.is_empty() {
            return TaskId::of(&id("cmms", 0), &Candidate::Record(id("erp", 0)));
        }
        open[self.below(open.len())]
    }

    fn split(&mut self) -> Command {
        let twin = self.twin();
        let meant = self.engine.read(|state| {
            let all = state.crosswalks.all();
            let ids =
                all.filter(|(_, t)| t.overlapping(Interval::ALWAYS).any(|f| f.value.twin == twin));
            ids.map(|(id, _)| id.clone()).collect::<BTreeSet<_>>()
        });
        let records: Vec<_> = meant.into_iter().filter(|_| self.coin()).collect();
        let former = self.engine.read(|s| s.curations.former(twin, Position::LATEST_KNOWN));
        let into = match (self.below(3), former.first()) {
            (0, Some(former)) => SplitInto::Twin(*former),
            (1, _) => SplitInto::Twin(self.twin()),
            _ => SplitInto::New(None),
        };
        Command::SplitTwin(SplitTwin {
            twin: TwinRef::Id(twin),
            records,
            into,
            valid: self.valid(),
            reason: "two things".into(),
            streams: Vec::new(),
            relationships: Vec::new(),
            keep_apart: self.coin(),
        })
    }

    fn command(&mut self) -> Command {
        let reason: Arc<str> = "because".into();
        match self.below(16) {
            0 | 1 => Command::LinkId(LinkId {
                external: self.record(),
                twin: TwinRef::Id(self.twin()),
                valid: self.valid(),
                reason,
                confidence: 0.9,
                replace: self.coin(),
            }),
            2 => Command::UnlinkId(UnlinkId { external: self.record(), valid: self.valid() }),
            3..6 => Command::MergeTwins(MergeTwins {
                keep: TwinRef::Id(self.twin()),
                gone: TwinRef::Id(self.twin()),
                reason,
                replace: self.coin(),
            }),
            6 | 7 => self.split(),
            8 => Command::SwapDevice(SwapDevice {
                old: id("mqtt", self.below(5)),
                new: id("mqtt", self.below(8)),
                at: Timestamp(i64::try_from(self.below(50)).unwrap()),
                carry: vec!["name".into()],
            }),
            9 => Command::Bind(Bind {
                stream: self.stream(),
                twin: TwinRef::Id(self.twin()),
                path: "flow".into(),
                unit: None,
                valid: self.valid(),
                replace: true,
                gives_way: false,
            }),
            10 => Command::Unbind(Unbind { stream: self.stream(), valid: self.valid() }),
            11 => {
                let judgement = if self.coin() { Judgement::Same } else { Judgement::Different };
                let (pair, valid) = (self.pair(), self.valid());
                Command::Judge(Judge { pair, judgement, reason, valid })
            }
            12 => {
                let (pair, valid) = (self.pair(), self.valid());
                Command::Withdraw(Withdraw { pair, reason, valid })
            }
            13 => Command::RaiseTasks((0..3).map(|_| self.proposal()).collect()),
            14 if self.coin() => {
                let (task, valid) = (self.task(), self.valid());
                Command::ApproveTask(ApproveTask { task, reason, valid })
            }
            14 => Command::RejectTask(RejectTask { task: self.task(), reason }),
            _ => {
                let name = format!("name {}", self.below(3));
                Command::SetProperties(SetProperties {
                    twin: TwinRef::Id(self.twin()),
                    properties: vec![("name".into(), name.into())],
                    valid: self.valid(),
                    source: None,
                })
            }
        }
    }

    fn proposal(&mut self) -> Proposal {
        let candidate = if self.coin() {
            Candidate::Twin(self.twin())
        } else {
            Candidate::Record(self.record())
        };
        let probability = self.below(100) as f64 / 100.0;
        let record = self.record();
        Proposal {
            record,
            candidate,
            probability,
            weights: vec![],
            alternatives: vec![],
            valid: Interval::ALWAYS,
        }
    }

    /// Six things, each with ids, a stream, a name, a place and a neighbour.
    async fn build(&mut self) {
        self.engine.upload_models("test", vec![("m".into(), MODELS.into())]).await.unwrap();
        for number in 0..5 {
            let model = ["dtmi:test:Thing;1", "dtmi:test:Pump;1"][number % 2];
            let put = PutTwin {
                id: None,
                identifiers: vec![id("cmms", number), id("mqtt", number)],
                model: Some(model.parse().unwrap()),
                properties: vec![("name".into(), format!("thing {number}").into())],
                valid: if number == 3 { Interval::since(Timestamp(20)) } else { Interval::ALWAYS },
                source: None,
            };
            self.insist(Command::PutTwin(put)).await;
        }
        for number in 1..5 {
            for name in ["locatedIn", "feeds"] {
                let relate = Relate {
                    source: TwinRef::External(id("cmms", number)),
                    name: name.into(),
                    target: TwinRef::External(id("cmms", number - 1)),
                    key: "".into(),
                    properties: Default::default(),
                    valid: Interval::since(Timestamp(25)),
                    gives_way: false,
                };
                self.insist(Command::Relate(relate)).await;
            }
            let bind = Bind {
                stream: StreamKey::new(id("mqtt", number), "a").unwrap(),
                twin: TwinRef::External(id("cmms", number)),
                path: "flow".into(),
                unit: None,
                valid: Interval::since(Timestamp(30)),
                replace: false,
                gives_way: false,
            };
            self.insist(Command::Bind(bind)).await;
        }
    }

    async fn insist(&self, command: Command) {
        self.engine.submit("test", command).await.unwrap();
    }

    fn rows(&self) -> BTreeSet<String> {
        self.engine.read(standing)
    }

    async fn step(&mut self) {
        if self.below(6) == 0 && !self.decisions.is_empty() {
            let which = self.below(self.decisions.len());
            let old = self.decisions[which];
            match self.engine.undo("test", old.position, Some(old.index), "wrong".into()).await {
                Ok((outcome, _)) => self.decisions.extend(outcome.decision),
                Err(EngineError::Rejected(_)) => {}
                Err(error) => panic!("{error}"),
            }
            return;
        }
        let command = self.command();
        let before = self.rows();
        let (head, preview) =
            (self.engine.head(), self.engine.preview("test", vec![command.clone()]).await);
        let preview = preview.unwrap();
        assert_eq!(self.rows(), before, "a preview changed something: {command:?}");
        assert_eq!(self.engine.head(), head);
        let foreseen = preview.outcomes[0].as_ref().map(|o| o.changes).map_err(|e| e.code());
        let (outcome, position) = match self.engine.submit("test", command.clone()).await {
            Ok(done) => done,
            Err(EngineError::Rejected(rejection)) => {
                assert_eq!(foreseen, Err(rejection.code()), "{command:?}");
                assert_eq!(self.rows(), before, "refused, but something changed: {command:?}");
                return;
            }
            Err(error) => panic!("{error}"),
        };
        assert_eq!(foreseen, Ok(outcome.changes), "{command:?}");
        self.decisions.extend(outcome.decision);
        if outcome.changes > 0 && self.below(3) == 0 {
            self.there_and_back(&command, position, &before).await;
        }
    }

    /// Undo restores the state before; undone again, the decision holds again.
    async fn there_and_back(
        &mut self,
        command: &Command,
        position: Position,
        before: &BTreeSet<String>,
    ) {
        let after = self.rows();
        let undo = |position| self.engine.undo("test", position, None, "undo".into());
        let (_, undone) = match undo(position).await {
            Ok(done) => done,
            Err(error) => panic!("the last decision cannot be undone: {error}; {command:?}"),
        };
        let lost: Vec<_> = before.difference(&self.rows()).cloned().collect();
        let more: Vec<_> = self.rows().difference(before).cloned().collect();
        assert!(lost.is_empty() && more.is_empty(), "{command:?}\nlost {lost:#?}\nmore {more:#?}");
        let (_, redone) = undo(undone).await.unwrap();
        assert_eq!(self.rows(), after, "{command:?}");
        if self.coin() {
            let (outcome, _) = self.engine.undo("test", redone, None, "undo".into()).await.unwrap();
            assert_eq!(&self.rows(), before);
            self.decisions.extend(outcome.decision);
        }
    }

    fn check(&self) {
        self.engine.read(|state| {
            let known = Position::LATEST_KNOWN;
            let mut spans: BTreeMap<String, Vec<Interval>> = BTreeMap::new();
            let mut held = |key: String, stands: bool, valid: Interval| {
                if stands {
                    let spans = spans.entry(key.clone()).or_default();
                    assert!(!spans.iter().any(|other| other.overlaps(&valid)), "{key} overlaps");
                    spans.push(valid);
                }
            };
            for (external, timeline) in state.crosswalks.all() {
                for fact in timeline.facts() {
                    held(format!("id {external}"), fact.stands(), fact.valid);
                    let twin = fact.value.twin;
                    if fact.stands() {
                        assert_eq!(state.curations.current(twin, known), twin, "{external}");
                    }
                }
            }
            for stream in state.streams.iter() {
                for fact in stream.bindings.facts() {
                    held(format!("stream {}", stream.key), fact.stands(), fact.valid);
                    let twin = fact.value.twin;
                    if fact.stands() {
                        assert_eq!(state.curations.current(twin, known), twin, "{}", stream.key);
                    }
                }
            }
            for edge in state.graph.edges() {
                for fact in edge.timeline.facts() {
                    held(format!("edge {}", edge.id), fact.stands(), fact.valid);
                    for twin in [edge.ends.source, edge.ends.target] {
                        if fact.stands() {
                            assert_eq!(state.curations.current(twin, known), twin, "{edge:?}");
                        }
                    }
                }
            }
            for twin in state.graph.twins() {
                for fact in twin.existence.facts() {
                    held(format!("twin {}", twin.id), fact.stands(), fact.valid);
                }
                for said in twin.statements() {
                    for fact in said.timeline.facts() {
                        let what = format!("{} of {} by {:?}", said.path, twin.id, said.source);
                        held(what, fact.stands(), fact.valid);
                    }
                }
                let end = state.curations.current(twin.id, known);
                assert_eq!(state.curations.current(end, known), end, "where ids lead is an end");
            }
            for (key, timeline) in state.curations.all() {
                for fact in timeline.facts() {
                    held(format!("{key:?}"), fact.stands(), fact.valid);
                }
            }
        });
    }
}

pub async fn decisions_in_any_order_keep_their_promises(place: &dyn Place) {
    let store = place.open().await.unwrap();
    let mut engine = start(store.clone(), 0).await;
    let only = std::env::var("COUNTERPART_SEED").ok().map(|s| s.parse::<u64>().unwrap());
    let sequences =
        std::env::var("COUNTERPART_SEQUENCES").ok().map_or(SEQUENCES, |s| s.parse().unwrap());
    let seeds: Vec<u64> = only.map_or_else(|| (1..=sequences).collect(), |seed| vec![seed]);
    let mut built = false;
    for seed in seeds {
        eprintln!("seed {seed}; run it alone with COUNTERPART_SEED={seed}");
        let random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut world = World { engine: engine.clone(), random, decisions: Vec::new() };
        // Each sequence goes on where the one before ended: timelines grow long.
        if !std::mem::replace(&mut built, true) {
            world.build().await;
        }
        for _ in 0..STEPS {
            world.step().await;
            world.check();
        }
        engine = world.engine;
    }
    let proof = verify(store.as_ref(), &rules()).await.unwrap();
    assert_eq!(proof.difference_count, 0, "{:#?}", proof.differences);
    engine.stop().await;
}
