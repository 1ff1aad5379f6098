//! Records that come one by one through GraphQL are linked, made twins, or put before a person at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use counterpart::clock::{SystemClock, SystemIds};
use counterpart::domain::command::{Command, PutRecord};
use counterpart::domain::id::ExternalId;
use counterpart::domain::reconcile::asset::sheet::FIELD_NAMES;
use counterpart::domain::time::Interval;
use counterpart::engine::Engine;
use counterpart::store::Location;
use serde_json::{Value, json};

use crate::steward::{CMMS, ERP, Steward};
use crate::support::server::Server;
use crate::support::shared::shared;

/// How many generated records come one by one.
const COMING: usize = 40;

const PUT: &str = "mutation($input: PutRecordInput!, $dryRun: Boolean) {
  putRecord(input: $input, dryRun: $dryRun) {
    changed position record { twin { id } } twin { id }
    tasks { id probability weights { comparison left right } record { system id } candidateRecord { system id } alternatives { probability } }
    matching { records matched created merged changedMeaning raised doubtful withoutModel refused }
    impact { twins { effect } }
  }
}";

/// A line of a list as a record.
fn record(system: &str, line: &str) -> Value {
    let cells: Vec<&str> = line.split(',').collect();
    let fields = ["serial", "manufacturer", "model", "location", "description"];
    let identity: serde_json::Map<String, Value> = fields
        .iter()
        .zip(&cells[1..])
        .filter(|(_, text)| !text.is_empty())
        .map(|(field, text)| ((*field).to_owned(), json!(text)))
        .collect();
    json!({
        "key": {"system": system, "id": cells[0]}, "kind": "equipment", "attributes": {"line": line},
        "identity": identity, "model": "dtmi:counterpart:base:Unit;1", "validFrom": "2026-01-01T00:00:00Z",
    })
}

fn lines(list: &str) -> impl Iterator<Item = &str> {
    list.lines().skip(1)
}

impl Server {
    async fn put(&self, input: &Value) -> Value {
        self.graphql(PUT, json!({ "input": input })).await["putRecord"].clone()
    }

    async fn try_put(&self, input: &Value) -> Value {
        let variables = json!({ "input": input, "dryRun": true });
        self.graphql(PUT, variables).await["putRecord"].clone()
    }

    /// The keys of the records of each twin that has any.
    async fn clusters(&self) -> BTreeSet<BTreeSet<String>> {
        let query = "query($after: String) { twins(first: 200, after: $after) {
            nodes { externalIds { system id } } pageInfo { hasNextPage endCursor } } }";
        let (mut clusters, mut after) = (BTreeSet::new(), Value::Null);
        loop {
            let page = &self.graphql(query, json!({ "after": after })).await["twins"];
            for twin in page["nodes"].as_array().expect("twins") {
                let ids = twin["externalIds"].as_array().expect("ids").iter();
                let key = |id: &Value| format!("{}:{}", text(&id["system"]), text(&id["id"]));
                clusters.insert(ids.map(key).collect());
            }
            if page["pageInfo"]["hasNextPage"] != true {
                return clusters;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }

    async fn judge(&self, first: (&str, &str), second: (&str, &str), judgement: &str) {
        let document = "mutation($input: JudgeInput!) { judge(input: $input) { changed } }";
        let key = |(system, id): (&str, &str)| json!({"system": system, "id": id});
        let input = json!({"first": key(first), "second": key(second), "judgement": judgement});
        self.graphql(document, json!({ "input": input })).await;
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A server with the one list imported.
async fn with_erp() -> Steward {
    let steward = Steward::new().await;
    steward.ok(&["import", "--source", "erp.toml", "erp.csv"]);
    steward
}

#[tokio::test]
async fn a_record_that_comes_joins_its_twin_at_once_and_says_why() {
    let steward = with_erp().await;
    let server = &steward.plant.server;
    for (line, erp) in lines(CMMS).take(3).zip(["10001", "10002", "10003"]) {
        let done = server.put(&record("cmms", line)).await;
        assert_eq!(done["matching"]["matched"], 1, "{done:#}");
        assert_eq!(done["twin"], done["record"]["twin"], "{done:#}");
        let query = "query($id: String!) { resolve(system: \"erp\", id: $id) { twin { id
            externalIds { system confidence decider reason } } } }";
        let found = server.graphql(query, json!({ "id": erp })).await;
        let twin = &found["resolve"]["twin"];
        assert_eq!(twin["id"], done["twin"]["id"], "{done:#}");
        let ids = twin["externalIds"].as_array().expect("ids");
        let link = ids.iter().find(|id| id["system"] == "cmms").expect("the new id");
        assert_eq!(link["decider"], "matching", "{link}");
        assert!(text(&link["reason"]).starts_with(&format!("matches erp:{erp} (")), "{link}");
        assert!(link["confidence"].as_f64() >= Some(0.99), "{link}");
        assert_eq!(server.position().await, text(&done["position"]), "it is on disk");
    }
}

#[tokio::test]
async fn one_by_one_comes_to_the_same_as_at_once_in_any_order() {
    let imported = Steward::new().await;
    imported.import(&[]);
    let expected = imported.plant.server.clusters().await;
    let all: Vec<Value> = lines(ERP)
        .map(|line| record("erp", line))
        .chain(lines(CMMS).map(|line| record("cmms", line)))
        .collect();
    let (mut backwards, mut mixed) = (all.clone(), all.clone());
    backwards.reverse();
    mixed.swap(1, 6);
    mixed.swap(0, 3);
    for order in [all, backwards, mixed] {
        let steward = Steward::new().await;
        for record in &order {
            steward.plant.server.put(record).await;
        }
        assert_eq!(steward.plant.server.clusters().await, expected);
        assert_eq!(steward.tasks().len(), 1, "the pair that is doubtful");
        let position = steward.plant.server.position().await;
        let ran = steward.ok(&["match", "run"]);
        assert!(ran.contains("0 new twins"), "{ran}");
        assert_eq!(steward.plant.server.position().await, position, "nothing is left to decide");
    }
}

#[tokio::test]
async fn a_doubtful_record_raises_one_task_and_a_decision_stands() {
    let steward = with_erp().await;
    let server = &steward.plant.server;
    let doubtful = record("cmms", lines(CMMS).nth(3).expect("the cylinder"));
    let tried = server.try_put(&doubtful).await;
    assert_eq!((&tried["position"], steward.tasks().len()), (&Value::Null, 0), "{tried:#}");
    let done = server.put(&doubtful).await;
    for field in ["records", "matched", "created", "merged", "raised", "doubtful", "refused"] {
        assert_eq!(done["matching"][field], tried["matching"][field], "{field}");
    }
    assert_eq!((&done["matching"]["created"], &done["matching"]["raised"]), (&json!(1), &json!(1)));
    assert_eq!((&tried["twin"], &done["tasks"][0]["id"]), (&Value::Null, &tried["tasks"][0]["id"]));
    assert!(tried["impact"]["twins"].as_array().is_some_and(|t| !t.is_empty()), "{tried:#}");
    let task = &done["tasks"][0];
    assert!(!task["weights"].as_array().expect("weights").is_empty(), "{task:#}");
    let maker = task["weights"].as_array().into_iter().flatten();
    let said =
        maker.filter(|w| w["comparison"] == "manufacturer").map(|w| (&w["left"], &w["right"]));
    let sides = (&task["record"]["system"], &task["candidateRecord"]["system"]);
    assert_eq!(sides, (&json!("cmms"), &json!("erp")), "{task:#}");
    for (left, right) in said {
        assert_eq!((left, right), (&json!("FESTO AG"), &json!("Festo")), "{task:#}");
    }
    let position = server.position().await;
    let again = server.put(&doubtful).await;
    assert_eq!((&again["changed"], &again["matching"]), (&json!(false), &Value::Null), "{again:#}");
    assert_eq!(again["tasks"], done["tasks"]);
    assert_eq!(server.position().await, position, "the same again changes nothing");
    steward.ok(&["review", "reject", text(&task["id"]), "--reason", "seen on site"]);
    let mut edited = doubtful.clone();
    edited["attributes"] = json!({"note": "painted"});
    let after = server.put(&edited).await;
    assert_eq!((&after["changed"], &after["tasks"]), (&json!(true), &json!([])), "{after:#}");
    assert_eq!(after["twin"], done["twin"]);
    assert!(steward.tasks().is_empty(), "what was decided is not asked again");
}

#[tokio::test]
async fn verdicts_merges_and_links_of_a_steward_are_respected() {
    let steward = with_erp().await;
    let server = &steward.plant.server;
    let list: Vec<&str> = lines(CMMS).collect();
    server.judge(("erp", "10001"), ("cmms", "EQ-1"), "DIFFERENT").await;
    let kept_apart = server.put(&record("cmms", list[0])).await;
    assert_eq!(kept_apart["matching"]["created"], 1, "{kept_apart:#}");
    assert_eq!(steward.ids_with("erp", "10001").await, ["erp:10001"]);
    steward.ok(&["review", "merge", "erp:10003", "erp:10002", "--reason", "one machine"]);
    let joined = server.put(&record("cmms", list[1])).await;
    assert_eq!(joined["matching"]["matched"], 1, "{joined:#}");
    let ids = ["cmms:EQ-2", "erp:10002", "erp:10003"];
    assert_eq!(steward.ids_with("erp", "10003").await, ids, "the twin that it was merged into");
    let link = "mutation($input: LinkIdInput!) { linkId(input: $input) { changed } }";
    let input = json!({"externalId": {"system": "cmms", "id": "EQ-3"}, "fromAlways": true,
        "twin": {"externalId": {"system": "erp", "id": "10004"}}});
    server.graphql(link, json!({ "input": input })).await;
    let linked = server.put(&record("cmms", list[2])).await;
    assert_eq!(linked["matching"]["matched"], 0, "{linked:#}");
    assert_eq!(steward.ids_with("cmms", "EQ-3").await, ["cmms:EQ-3", "erp:10004"]);
    let asked = linked["tasks"].as_array().expect("tasks");
    assert_eq!(asked.len(), 1, "that it looks like another machine is a question: {linked:#}");
}

#[tokio::test]
async fn records_that_come_together_come_to_one_twin() {
    let steward = Steward::new().await;
    let server = &steward.plant.server;
    let both: Vec<Value> = [("erp", ERP), ("cmms", CMMS)]
        .map(|(of, list)| record(of, lines(list).next().expect("a line")))
        .into();
    let document = "mutation($a: PutRecordInput!, $b: PutRecordInput!) {
        a: putRecord(input: $a) { twin { id } } b: putRecord(input: $b) { twin { id } } }";
    let done = server.graphql(document, json!({"a": both[0], "b": both[1]})).await;
    assert_eq!(done["a"]["twin"], done["b"]["twin"], "{done:#}");
    let others = [("erp", ERP), ("cmms", CMMS)]
        .into_iter()
        .flat_map(|(system, list)| lines(list).map(move |line| record(system, line)))
        .collect::<Vec<_>>();
    let settle = "mutation { settleRecords { refused } }";
    let puts = futures_util::future::join_all(others.iter().map(|record| server.put(record)));
    let runs = futures_util::future::join_all((0..4).map(|_| server.graphql(settle, json!({}))));
    let (_, ran) = tokio::join!(puts, runs);
    for report in ran {
        assert_eq!(report["settleRecords"]["refused"], json!([]));
    }
    let twins = |id: u32| {
        let both: BTreeSet<String> = [format!("erp:1000{id}"), format!("cmms:EQ-{id}")].into();
        if id < 4 { vec![both] } else { both.into_iter().map(|one| [one].into()).collect() }
    };
    let expected: BTreeSet<BTreeSet<String>> = (1..=4).flat_map(twins).collect();
    assert_eq!(server.clusters().await, expected);
    assert_eq!(steward.tasks().len(), 1);
}

#[tokio::test]
async fn another_serial_under_an_old_number_is_another_thing_and_an_edit_is_not() {
    let steward = Steward::with(&[]).await;
    steward.import(&[]);
    let server = &steward.plant.server;
    let twin = "query($at: DateTime) { resolve(system: \"erp\", id: \"10002\", asOf: $at) { twin { id } } }";
    let at = async |moment: &str| server.graphql(twin, json!({ "at": moment })).await;
    let old = at("2026-01-15T00:00:00Z").await["resolve"]["twin"]["id"].clone();
    let motor = lines(ERP).nth(1).expect("the motor");
    let mut edited = record("erp", &motor.replace("Conveyor motor", "Conveyor motor, north"));
    edited["validFrom"] = json!("2026-01-20T00:00:00Z");
    let done = server.put(&edited).await;
    assert_eq!((&done["twin"]["id"], &done["matching"]["created"]), (&old, &json!(0)), "{done:#}");
    let mut swapped = record("erp", &motor.replace("SN88213", "SN99977"));
    swapped["validFrom"] = json!("2026-02-01T00:00:00Z");
    let tried = server.try_put(&swapped).await;
    assert_eq!(tried["matching"]["changedMeaning"], 1, "{tried:#}");
    let done = server.put(&swapped).await;
    assert_eq!(done["matching"]["changedMeaning"], 1, "{done:#}");
    assert_ne!(done["twin"]["id"], old);
    assert_eq!(at("2026-01-31T00:00:00Z").await["resolve"]["twin"]["id"], old);
    assert_eq!(at("2026-02-15T00:00:00Z").await["resolve"]["twin"], done["twin"]);
    let other = "EQ-9,sn 99977,SIEMENS,1LE1001-1DB2,P07-L02-STC,Motor conveyor,2026-02-01";
    let joined = server.put(&record("cmms", other)).await;
    assert_eq!(joined["twin"], done["twin"], "{joined:#}");
    let position = server.position().await;
    steward.ok(&["match", "run"]);
    assert_eq!(server.position().await, position, "the run over all comes to the same");
}

#[tokio::test]
async fn an_edit_of_a_record_that_names_no_unit_keeps_its_twin() {
    let steward = Steward::with(&[]).await;
    let server = &steward.plant.server;
    let first = record("cmms", lines(CMMS).nth(3).expect("the cylinder without a serial"));
    let before = server.put(&first).await;
    let mut edited = first.clone();
    edited["identity"]["description"] = json!("Compact unit, blue");
    edited["validFrom"] = json!("2026-02-01T00:00:00Z");
    let after = server.put(&edited).await;
    assert_eq!(after["matching"]["created"], 0, "{after:#}");
    assert_eq!(after["twin"], before["twin"]);
    steward.ok(&["match", "run"]);
    assert_eq!(server.clusters().await.len(), 1);
}

#[tokio::test]
async fn what_says_nothing_to_match_by_or_has_no_model_is_only_kept() {
    let steward = with_erp().await;
    let server = &steward.plant.server;
    let mut mute = record("cmms", lines(CMMS).next().expect("a line"));
    mute["identity"] = json!({});
    let done = server.put(&mute).await;
    assert_eq!((&done["twin"], &done["matching"]), (&Value::Null, &Value::Null), "{done:#}");
    let mut stranger = record("cmms", "EQ-8,QX-1-77,Nobody,Z9,P09/L09,Kettle");
    stranger["model"] = Value::Null;
    let done = server.put(&stranger).await;
    assert_eq!((&done["twin"], &done["matching"]["withoutModel"]), (&Value::Null, &json!(1)));
    let known = server.put(&record("mes", "7,QX177,NOBODY,Z9,P09-L09,kettle")).await;
    assert_eq!(steward.ids_with("cmms", "EQ-8").await, ["cmms:EQ-8", "mes:7"], "{known:#}");
}

/// How many of the pairs that either has both have.
fn agreement(one: &BTreeSet<BTreeSet<String>>, other: &BTreeSet<BTreeSet<String>>) -> f64 {
    let pairs = |clusters: &BTreeSet<BTreeSet<String>>| -> BTreeSet<(String, String)> {
        let within = |c: &BTreeSet<String>| {
            let all: Vec<String> = c.iter().cloned().collect();
            (0..all.len())
                .flat_map(|b| (0..b).map(move |a| (a, b)))
                .map(|(a, b)| (all[a].clone(), all[b].clone()))
                .collect::<Vec<_>>()
        };
        clusters.iter().flat_map(within).collect()
    };
    let (one, other) = (pairs(one), pairs(other));
    one.intersection(&other).count() as f64 / one.union(&other).count().max(1) as f64
}

/// Records of generated assets, in a mixed order that is always the same.
fn generated(folder: &std::path::Path) -> Option<Vec<Value>> {
    let output = std::process::Command::new("python3")
        .arg(shared("matching/assetgen.py")?)
        .args(["--seed", "5", "--level", "2", "--units", "280", "--out"])
        .arg(folder)
        .output();
    if !output.as_ref().is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: the generator cannot be run here: {output:?}");
        return None;
    }
    let mut reader = csv::Reader::from_path(folder.join("records.csv")).expect("records");
    let mut mixed: BTreeMap<u64, Value> = BTreeMap::new();
    for (at, row) in reader.deserialize::<BTreeMap<String, String>>().enumerate() {
        let mut row = row.expect("a record");
        let key = row.remove("record_id").expect("a key");
        let (system, id) = key.split_once(':').expect("a system");
        row.retain(|field, text| field != "source" && !text.is_empty());
        let record = json!({
            "key": {"system": system, "id": id}, "kind": "asset", "attributes": {}, "identity": row,
            "model": "dtmi:counterpart:base:Unit;1", "validFrom": "2026-01-01T00:00:00Z",
        });
        mixed.insert((at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15), record);
    }
    Some(mixed.into_values().collect())
}

/// Imports records as lists, one for each system.
fn import(steward: &Steward, records: &[Value], name: &str) {
    let fields: Vec<&str> = FIELD_NAMES.into();
    let systems: BTreeSet<&str> = records.iter().map(|r| text(&r["key"]["system"])).collect();
    let mut arguments = vec!["import".to_owned()];
    for system in systems {
        let mut list = csv::Writer::from_writer(Vec::new());
        list.write_record(["id"].iter().chain(&fields)).expect("a head");
        for record in records.iter().filter(|r| r["key"]["system"] == *system) {
            let cells = fields.iter().map(|field| text(&record["identity"][field]));
            list.write_record([text(&record["key"]["id"])].into_iter().chain(cells))
                .expect("a row");
        }
        let list = String::from_utf8(list.into_inner().expect("a list")).expect("text");
        steward.write(&format!("{system}-{name}.csv"), &list);
        let identity: String = fields.iter().map(|f| format!("{f} = \"{f}\"\n")).collect();
        let declared = format!(
            "format = \"csv\"\nsystem = \"{system}\"\nfiles = [\"{system}-{name}.csv\"]\ntwins = \"match\"\n\
             key = \"id\"\nmodel = \"dtmi:counterpart:base:Unit;1\"\n[identity]\n{identity}"
        );
        steward.write(&format!("{system}-{name}.toml"), &declared);
        let files = [format!("{system}-{name}.toml"), format!("{system}-{name}.csv")];
        arguments.push("--source".to_owned());
        arguments.extend(files);
    }
    steward.ok(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
}

#[tokio::test]
async fn generated_assets_come_to_nearly_the_same_one_by_one_and_in_one_import() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let Some(records) = generated(folder.path()) else { return };
    let (known, coming) = records.split_at(records.len() - COMING);
    assert!(known.len() > 500, "so many that a few are matched one by one: {}", known.len());
    let mut found = Vec::new();
    for way in 0..3 {
        let steward = Steward::with(&[]).await;
        match way {
            0 => {
                import(&steward, known, "known");
                for record in coming {
                    steward.plant.server.put(record).await;
                }
            }
            1 => {
                import(&steward, known, "known");
                // So many at once are matched with all others.
                import(&steward, coming, "coming");
            }
            _ => import(&steward, &records, "all"),
        }
        found.push(steward.plant.server.clusters().await);
    }
    let to_import = agreement(&found[0], &found[1]);
    let (to_all, of_imports) = (agreement(&found[0], &found[2]), agreement(&found[1], &found[2]));
    println!(
        "{} records, {COMING} of them one by one: {to_import:.4} of the pairs as if these were imported, {to_all:.4} as if \
         all were at once, when two imports come to {of_imports:.4} of that",
        records.len()
    );
    assert!(to_import > 0.97 && to_all > of_imports - 0.03, "{to_import} {to_all} {of_imports}");
}

#[tokio::test]
async fn what_was_kept_and_not_decided_is_decided_after_the_next_start() {
    let steward = with_erp().await;
    let (directory, folder) = steward.stop();
    let store = counterpart::store::open(&Location::Directory(directory.path().into())).await;
    let config = counterpart::config::Config::default();
    let (clock, ids) = (Arc::new(SystemClock), Box::new(SystemIds));
    let options = config.limits.engine();
    let rules = config.rules().expect("rules");
    let engine = Engine::start(store.expect("a store"), rules, clock, ids, options).await;
    let engine = engine.expect("an engine");
    // As a server leaves it that is killed between keeping the record and linking it.
    let line = lines(CMMS).next().expect("a line");
    let said = record("cmms", line);
    let identity = said["identity"].as_object().expect("an object").iter();
    let put = PutRecord {
        key: ExternalId::new("cmms", "", "EQ-1").expect("a key"),
        kind: "equipment".into(),
        attributes: Default::default(),
        claims: Default::default(),
        identity: identity.map(|(name, of)| (name.as_str().into(), text(of).into())).collect(),
        model: None,
        stated: None,
        valid: Interval::ALWAYS,
    };
    engine.submit("graphql", Command::PutRecord(put)).await.expect("it is kept");
    engine.stop().await;
    drop(engine);
    let path = directory.path().display().to_string();
    let server = Server::start(&["--data", &path]).await;
    let both: BTreeSet<String> = ["cmms:EQ-1".to_owned(), "erp:10001".to_owned()].into();
    let mut waited = 0;
    while !server.clusters().await.contains(&both) {
        waited += 1;
        assert!(waited < 100, "{:?}", server.clusters().await);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    drop(folder);
}
