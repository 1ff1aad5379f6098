//! A small plant, the same every time: clock and ids count, the store is in memory.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_graphql::{Request, Variables};
use counterpart::clock::Clock;
use counterpart::config::Config;
use counterpart::curation::Curator;
use counterpart::domain::batch::{ReadingBatch, UnknownReading};
use counterpart::domain::command::{
    Bind, Command, DeclareSystem, PutRecord, PutTwin, Relate, SwapDevice, TwinRef,
};
use counterpart::domain::curation::{
    Alternative, Candidate, Judge, Judgement, Pair, Proposal, Weight,
};
use counterpart::domain::decide::IdSource;
use counterpart::domain::id::{ExternalId, StreamKey, TwinId};
use counterpart::domain::reading::Quality;
use counterpart::domain::time::{Interval, Timestamp};
use counterpart::domain::value::Value;
use counterpart::engine::{Engine, EngineOptions};
use counterpart::feed::Feed;
use counterpart::graphql::{GraphqlService, ReadBounds, SchemaService};
use counterpart::store::MemoryStore;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// Models of a small building, beside those of the demo plant.
const BUILDING: &str = r#"[
  {"@context": "dtmi:dtdl:context;2", "@id": "dtmi:org:w3id:rec:Space;1", "@type": "Interface", "displayName": "Space",
   "contents": [{"@type": "Property", "name": "name", "schema": "string"},
                {"@type": ["Property", "Area"], "name": "area", "schema": "double", "unit": "squareMetre"}]},
  {"@context": "dtmi:dtdl:context;2", "@id": "dtmi:org:w3id:rec:Room;1", "@type": "Interface", "extends": "dtmi:org:w3id:rec:Space;1",
   "contents": [{"@type": ["Telemetry", "Temperature"], "name": "temperature", "schema": "double", "unit": "degreeCelsius"},
                {"@type": "Component", "name": "climate", "schema": "dtmi:example:Climate;1"}]},
  {"@context": "dtmi:dtdl:context;2", "@id": "dtmi:example:Climate;1", "@type": "Interface",
   "contents": [{"@type": "Property", "name": "setpoint", "schema": "double"},
                {"@type": "Telemetry", "name": "humidity", "schema": "integer"}]},
  {"@context": "dtmi:dtdl:context;2", "@id": "dtmi:org:brickschema:schema:Brick:Equipment;1", "@type": "Interface",
   "contents": [{"@type": "Property", "name": "name", "schema": "string"},
                {"@type": "Relationship", "name": "feeds"}]},
  {"@context": "dtmi:dtdl:context;2", "@id": "dtmi:org:brickschema:schema:Brick:AHU;1", "@type": "Interface", "extends": "dtmi:org:brickschema:schema:Brick:Equipment;1"},
  {"@context": "dtmi:dtdl:context;2", "@id": "dtmi:org:brickschema:schema:Brick:VAV;1", "@type": "Interface", "extends": "dtmi:org:brickschema:schema:Brick:Equipment;1"}
]"#;

/// The clock stands still until a test moves it.
pub struct Clockwork(AtomicI64);

impl Clock for Clockwork {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

struct Counting(u128);

impl IdSource for Counting {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

/// A running plant.
pub struct Plant {
    /// Reads and writes.
    pub engine: Engine,
    /// The service under test.
    pub graphql: Arc<SchemaService>,
}

/// The folder of the repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The DTDL files of a folder of `models/`, in order of their names.
pub fn models(folder: &str) -> Vec<(String, String)> {
    let directory = repository().join("models").join(folder);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let read =
        |file: &PathBuf| (file.display().to_string(), std::fs::read_to_string(file).unwrap());
    files.iter().map(read).collect()
}

/// A moment.
pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The twin of this number.
pub fn twin(number: u128) -> TwinId {
    TwinId(Uuid::from_u128(number))
}

/// An id in a system.
pub fn external(system: &str, id: &str) -> ExternalId {
    ExternalId::new(system, "", id).unwrap()
}

impl Plant {
    /// An empty server.
    pub async fn empty(bounds: ReadBounds) -> Self {
        let clock = Arc::new(Clockwork(AtomicI64::new(at("2026-03-01T08:00:00Z").0)));
        let rules = Config::default().rules().unwrap();
        let (store, ids) = (Arc::new(MemoryStore::new()), Box::new(Counting(0x1000)));
        let options = EngineOptions::default();
        let engine = Engine::start(store, rules, clock, ids, options).await.unwrap();
        let feed = Feed::start(&engine, 64);
        let matching = Config::default().matching.thresholds();
        let curator = Curator::start(engine.clone(), Some(feed.clone()), matching).await;
        let graphql = SchemaService::start(curator, feed, bounds).unwrap();
        Self { engine, graphql }
    }

    /// A pump at a position of a station of a line, its gateway swapped ten days ago, and an air
    /// handler that feeds two rooms.
    pub async fn demo() -> Self {
        let plant = Self::empty(ReadBounds::default()).await;
        let mut documents = models("base");
        documents.extend(models("demo"));
        documents.push(("building.json".to_owned(), BUILDING.to_owned()));
        plant.engine.upload_models("test", documents).await.unwrap();
        plant.build_line().await;
        plant.build_rooms().await;
        plant.play_telemetry().await;
        plant
    }

    /// The same, with a second twin of the pump, what three systems say about it, and what the
    /// matching doubts.
    pub async fn doubtful() -> Self {
        let plant = Self::demo().await;
        let twin_again = put(
            7,
            "dtmi:counterpart:base:Unit;1",
            &[("mes", "B-P101A")],
            json!({"name": "RINSE PUMP A", "manufacturer": "KSB"}),
        );
        plant.submit(vec![twin_again, relate(7, "occupies", 4)]).await;
        plant
            .submit(vec![
                record("cmms", "EQ-000238341", "asset", "44710-07"),
                record("erp", "44710-07", "equipment", "4471007"),
                record("mes", "B-P101A", "station", "44710O7"),
                record("erp", "44710-08", "equipment", "44710-08"),
            ])
            .await;
        let pump = Candidate::Twin(twin(5));
        let (mes, spare) = (external("mes", "B-P101A"), external("erp", "44710-08"));
        let other = Alternative { candidate: Candidate::Record(spare.clone()), probability: 0.11 };
        let proposals = vec![
            proposal(mes.clone(), pump.clone(), 0.71, vec![other]),
            proposal(spare.clone(), pump, 0.34, vec![]),
            proposal(spare.clone(), Candidate::Record(mes), 0.11, vec![]),
        ];
        plant.submit(vec![Command::RaiseTasks(proposals)]).await;
        let pair = Pair::new(spare, external("cmms", "EQ-000238341")).unwrap();
        let (judgement, reason) = (Judgement::Different, "the next serial number".into());
        let judge = Judge { pair, judgement, reason, valid: Interval::ALWAYS };
        plant.submit(vec![Command::Judge(judge)]).await;
        plant
    }

    /// Does commands, which must succeed.
    pub async fn submit(&self, commands: Vec<Command>) {
        let receipt = self.engine.submit_all("test", commands).await.unwrap();
        for outcome in receipt.outcomes {
            outcome.unwrap();
        }
    }

    /// Keeps one reading.
    pub async fn read_in(&self, device: &str, channel: &str, time: &str, value: f64) {
        let key = StreamKey::new(external("mqtt", device), channel).unwrap();
        let reading = UnknownReading {
            key,
            time: at(time),
            sequence: 0,
            value: Value::double(value).unwrap(),
            quality: Quality::Good,
        };
        let batch = ReadingBatch { known: Vec::new(), unknown: vec![reading] };
        self.engine.ingest(&"test".into(), batch).await.unwrap();
    }

    /// Runs a document; answers the response as clients see it.
    pub async fn ask(&self, document: &str, variables: Json) -> Json {
        let request = Request::new(document).variables(Variables::from_json(variables));
        serde_json::to_value(self.graphql.execute(request).await).unwrap()
    }

    /// Runs a document that must succeed; answers its data.
    pub async fn data(&self, document: &str, variables: Json) -> Json {
        let response = self.ask(document, variables).await;
        assert_eq!(response.get("errors"), None, "{document}");
        response["data"].clone()
    }

    /// Runs a document that must fail; answers the code and message of its first error.
    pub async fn refusal(&self, document: &str, variables: Json) -> (String, String) {
        let response = self.ask(document, variables).await;
        let error = &response["errors"][0];
        let code = error["extensions"]["code"].as_str().unwrap_or_default().to_owned();
        (code, error["message"].as_str().unwrap_or_default().to_owned())
    }

    async fn build_line(&self) {
        let systems =
            [("erp", "SAP"), ("cmms", "Maximo"), ("mes", "MES"), ("mqtt", "Plant broker")];
        let declare = |(name, title): (&str, &str)| {
            Command::DeclareSystem(DeclareSystem { name: name.into(), title: title.into() })
        };
        self.submit(systems.map(declare).into()).await;
        self.submit(vec![
            put(1, "dtmi:counterpart:base:Site;1", &[], json!({"name": "Plant 07"})),
            put(
                2,
                "dtmi:counterpart:demo:ProductionLine;1",
                &[],
                json!({"name": "Line 3", "code": "LINE-03"}),
            ),
            put(
                3,
                "dtmi:counterpart:base:Station;1",
                &[("mes", "PLANT-07/LINE-03/STATION-B")],
                json!({"name": "Station B", "sequence": 2}),
            ),
            put(
                4,
                "dtmi:counterpart:base:Position;1",
                &[],
                json!({"name": "Rinse water", "tag": "P-101A"}),
            ),
            put(
                5,
                "dtmi:counterpart:demo:Pump;1",
                &[("cmms", "EQ-000238341"), ("erp", "44710-07")],
                json!({"name": "Rinse pump A", "serialNumber": "44710-07", "ratedFlow": 12.5}),
            ),
            put(
                6,
                "dtmi:counterpart:base:Gateway;1",
                &[("mqtt", "MQTT-GW-0815")],
                json!({"name": "Gateway 0815"}),
            ),
        ])
        .await;
        self.connect_line().await;
    }

    /// Relationships, a binding, and the swap of the gateway.
    async fn connect_line(&self) {
        self.submit(vec![
            relate(2, "partOf", 1),
            relate(3, "partOf", 2),
            relate(4, "locatedIn", 3),
            relate(5, "occupies", 4),
            relate(6, "monitors", 5),
        ])
        .await;
        let bound = bind("MQTT-GW-0815", "ch2", 5, "bearingTemperature", Some("degreeFahrenheit"));
        self.submit(vec![bound]).await;
        let swap = SwapDevice {
            old: external("mqtt", "MQTT-GW-0815"),
            new: external("mqtt", "MQTT-GW-4471"),
            at: at("2026-02-20T06:00:00Z"),
            carry: Vec::new(),
        };
        self.submit(vec![Command::SwapDevice(swap)]).await;
    }

    async fn build_rooms(&self) {
        let (brick, rec) = ("dtmi:org:brickschema:schema:Brick", "dtmi:org:w3id:rec");
        self.submit(vec![
            put(0x10, &format!("{brick}:AHU;1"), &[], json!({"name": "AHU 1"})),
            put(0x11, &format!("{brick}:VAV;1"), &[], json!({"name": "VAV 1"})),
            put(
                0x12,
                &format!("{rec}:Room;1"),
                &[],
                json!({"name": "Room 101", "area": 24.0, "climate/setpoint": 21.5}),
            ),
            put(0x13, &format!("{rec}:Room;1"), &[], json!({"name": "Room 102"})),
            put(
                0x14,
                "dtmi:counterpart:base:Sensor;1",
                &[("mqtt", "sensor-101")],
                json!({"name": "Sensor 101"}),
            ),
        ])
        .await;
        self.submit(vec![
            relate(0x10, "feeds", 0x11),
            relate(0x11, "feeds", 0x12),
            relate(0x11, "feeds", 0x13),
            bind("sensor-101", "t", 0x12, "temperature", None),
            bind("sensor-101", "rh", 0x12, "climate/humidity", None),
        ])
        .await;
    }

    async fn play_telemetry(&self) {
        self.read_in("MQTT-GW-0815", "ch2", "2026-02-10T08:00:00Z", 170.6).await;
        self.read_in("MQTT-GW-0815", "ch2", "2026-02-10T09:00:00Z", 172.4).await;
        self.read_in("MQTT-GW-4471", "ch2", "2026-02-27T08:00:00Z", 178.52).await;
        self.read_in("sensor-101", "t", "2026-03-01T07:59:00Z", 20.75).await;
        self.read_in("sensor-101", "rh", "2026-03-01T07:59:00Z", 41.0).await;
        self.read_in("MQTT-GW-9999", "acc", "2026-02-28T10:00:00Z", 3.5).await;
    }
}

/// A twin of this number, with ids and properties, that has always been.
pub fn put(number: u128, model: &str, ids: &[(&str, &str)], properties: Json) -> Command {
    let Json::Object(properties) = properties else { panic!("properties are an object") };
    Command::PutTwin(PutTwin {
        id: Some(twin(number)),
        identifiers: ids.iter().map(|(system, id)| external(system, id)).collect(),
        model: Some(model.parse().unwrap()),
        properties: properties.into_iter().map(|(path, value)| (path.into(), value)).collect(),
        valid: Interval::ALWAYS,
        source: None,
    })
}

/// What a system says about a thing, with its serial number.
fn record(system: &str, id: &str, kind: &str, serial: &str) -> Command {
    let Json::Object(attributes) = json!({"serial": serial}) else { panic!("it is an object") };
    Command::PutRecord(PutRecord {
        key: external(system, id),
        kind: kind.into(),
        attributes,
        claims: [("serialNumber".into(), serial.into())].into(),
        identity: [("serial".into(), serial.into())].into(),
        model: Some("dtmi:counterpart:base:Unit;1".parse().unwrap()),
        stated: None,
        references: Vec::new(),
        is_change: false,
        valid: Interval::ALWAYS,
    })
}

fn proposal(
    record: ExternalId,
    candidate: Candidate,
    probability: f64,
    alternatives: Vec<Alternative>,
) -> Proposal {
    let weight = |comparison: &str, left: &str, right: &str, weight| Weight {
        comparison: comparison.into(),
        outcome: None,
        left: Some(left.into()),
        right: Some(right.into()),
        weight,
    };
    let weights = vec![
        weight("serial", "44710O7", "44710-07", 5.25),
        weight("location", "LINE-03/B", "LINE-03", -1.5),
    ];
    Proposal { record, candidate, probability, weights, alternatives, valid: Interval::ALWAYS }
}

/// A relationship that has always been.
pub fn relate(source: u128, name: &str, target: u128) -> Command {
    Command::Relate(Relate {
        source: TwinRef::Id(twin(source)),
        name: name.into(),
        target: TwinRef::Id(twin(target)),
        key: "".into(),
        properties: serde_json::Map::new(),
        valid: Interval::ALWAYS,
        gives_way: false,
    })
}

/// A binding since the beginning of the year.
pub fn bind(device: &str, channel: &str, number: u128, path: &str, unit: Option<&str>) -> Command {
    Command::Bind(Bind {
        stream: StreamKey::new(external("mqtt", device), channel).unwrap(),
        twin: TwinRef::Id(twin(number)),
        path: path.into(),
        unit: unit.map(Into::into),
        valid: Interval::since(at("2026-01-01T00:00:00Z")),
        replace: false,
        gives_way: false,
    })
}
