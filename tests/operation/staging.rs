//! Imports that wait to be committed: through restarts and kills, in numbers, and beside telemetry.

use std::fmt::Write;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::plant::{Answer, Plant, counterpart};
use crate::steward::Steward;

/// More statements than a writer could look at while others wait.
const MANY: usize = 51_000;
/// Machines of two lists: enough that linking their records takes several commits.
const MACHINES: usize = 600;
/// Enough to be hung up on.
const PLACES: usize = 10_000;
/// How long a commit may take to change something, on a busy machine.
const BEGINS_WITHIN: Duration = Duration::from_secs(60);
/// Most imports that wait.
const STAGED_MAX: usize = 16;

impl Steward {
    async fn waiting(&self) -> Vec<Value> {
        waiting(&self.plant).await
    }

    async fn twins(&self) -> u64 {
        twins(&self.plant).await
    }

    fn commit(&self, id: &str) -> Value {
        let out = self.ok(&["import", "--commit", id, "--json"]);
        serde_json::from_str(&out).expect("JSON")
    }
}

async fn waiting(plant: &Plant) -> Vec<Value> {
    let answer = plant.server.http.get(format!("{}/imports", plant.server.url)).send().await;
    let answer = Answer::of(answer.expect("an answer")).await;
    answer.body.as_array().expect("a list").clone()
}

async fn twins(plant: &Plant) -> u64 {
    let found = plant.server.graphql("{ twins(first: 1) { totalCount } }", json!({})).await;
    found["twins"]["totalCount"].as_u64().expect("a count")
}

fn id_of(staged: &Value) -> String {
    staged["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_staged_import_is_there_after_a_restart_and_comes_to_the_same() {
    let steward = Steward::new().await;
    let staged = steward.import(&["--stage"]);
    let id = id_of(&staged);
    let steward = steward.again(false).await;
    assert_eq!(steward.waiting().await, std::slice::from_ref(&staged));
    assert!(steward.ok(&["import", "--staged"]).contains(&id));
    let done = steward.commit(&id);
    let preview = &staged["preview"];
    for field in ["records", "matched", "created", "merged", "doubtful", "raised", "refused"] {
        assert_eq!(done["matching"][field], preview["report"]["matching"][field], "{field}");
    }
    assert_eq!(done["kinds"], preview["report"]["kinds"]);
    assert_eq!(steward.twins().await, preview["twinsCreated"]);
    let steward = steward.again(false).await;
    assert_eq!(steward.waiting().await, [] as [Value; 0]);
    assert_eq!(steward.twins().await, preview["twinsCreated"]);
}

#[tokio::test]
async fn what_came_while_it_waited_is_found_unchanged() {
    let steward = Steward::new().await;
    let id = id_of(&steward.import(&["--stage"]));
    steward.ok(&["import", "--source", "erp.toml", "erp.csv"]);
    let done = steward.commit(&id);
    let records = &done["kinds"]["record"];
    assert_eq!((&records["changed"], &records["unchanged"]), (&json!(4), &json!(4)), "{done:#}");
    assert_eq!(
        (&done["matching"]["matched"], &done["matching"]["created"]),
        (&json!(3), &json!(1))
    );
}

#[tokio::test]
async fn kill_9_loses_no_import_that_was_acknowledged() {
    let steward = Steward::new().await;
    let mut lists = [String::new(), String::new()];
    for n in 0..MACHINES {
        for (list, system) in lists.iter_mut().zip(["ERP", "CMMS"]) {
            let serial = 1_000_000 + n * 7_919;
            let row = format!("{system}-{n},S{serial},KSB,ETN 50-{n},P07/L01,pump {n},2026-01-01");
            writeln!(list, "{row}").expect("text can be written");
        }
    }
    for (list, name) in lists.iter().zip(["erp.csv", "cmms.csv"]) {
        steward.write(name, &format!("number,serial,maker,type,place,text,since\n{list}"));
    }
    let staged = steward.import(&["--stage"]);
    let (id, wanted) = (id_of(&staged), staged["preview"]["twinsCreated"].as_u64());
    assert!(wanted >= Some(MACHINES as u64), "{staged:#}");
    let mut steward = steward.again(true).await;
    for round in 0..3 {
        assert_eq!(steward.waiting().await, std::slice::from_ref(&staged));
        let mut command = counterpart();
        command.args(["import", "--commit", &id, "--server", &steward.plant.server.url]);
        let mut commit = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("runs");
        let before = steward.plant.server.position().await;
        let begins = async { while steward.plant.server.position().await == before {} };
        tokio::time::timeout(BEGINS_WITHIN, begins).await.expect("the commit begins");
        tokio::time::sleep(Duration::from_millis(round * 20)).await;
        let is_done = commit.try_wait().expect("it is ours").is_some();
        steward = steward.again(true).await;
        commit.wait().expect("it ends with its server");
        if is_done || steward.waiting().await.is_empty() {
            break;
        }
    }
    if !steward.waiting().await.is_empty() {
        steward.commit(&id);
    }
    assert_eq!(Some(steward.twins().await), wanted);
    let again = steward.import(&["--stage"]);
    assert_eq!(again["preview"]["recordsCreated"], 0);
    assert_eq!(again["preview"]["twinsCreated"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_fifty_thousand_statements_are_staged_while_readings_are_taken() {
    // One place to wait in: if the writer were held for longer than a request waits, somebody would be refused.
    let plant = Plant::full(&[("COUNTERPART_LIMITS__WRITE_QUEUE_REQUESTS", "1")]).await;
    let before = twins(&plant).await;
    let mut lines = String::new();
    for n in 0..MANY {
        let model = "dtmi:counterpart:base:Position;1";
        let twin = json!({ "ids": [format!("cmms:P-{n}")], "model": model, "source": "cmms",
            "properties": { "tag": format!("P-{n}") } });
        writeln!(lines, "{}", json!({ "twin": twin })).expect("text can be written");
    }
    let is_staged = AtomicBool::new(false);
    let stage = async {
        let path = "/import?name=places.ndjson&stage=true";
        let answer = plant.server.post(path, "application/octet-stream", lines).await;
        is_staged.store(true, Ordering::Relaxed);
        answer
    };
    let send = async |sender: u64| {
        let mut sent = 0;
        while !is_staged.load(Ordering::Relaxed) {
            let time = 1_790_000_000_000_u64 + sent;
            let channel = format!("ch{sender}");
            let reading =
                json!([{ "device": "GW-1", "channel": channel, "time": time, "value": 1 }]);
            let (status, answer) = plant.server.ingest(&reading).await.expect("an answer");
            assert_eq!(status, 200, "{answer}");
            sent += 1;
        }
        sent
    };
    let (staged, a, b, c, d) = tokio::join!(stage, send(1), send(2), send(3), send(4));
    assert!([a, b, c, d].iter().all(|sent| *sent > 0), "{a} {b} {c} {d}");
    assert_eq!(staged.status, 202, "{}", staged.text);
    assert_eq!(staged.body["preview"]["twinsCreated"], MANY);
    assert_eq!(twins(&plant).await, before);
    let plant = Plant::on(plant.kill(), &[]).await;
    let path = format!("/imports/{}/commit", id_of(&staged.body));
    let done = plant.server.post(&path, "application/json", "").await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(done.body["kinds"]["twin"]["changed"], MANY);
    assert_eq!(twins(&plant).await, before + MANY as u64);
}

#[tokio::test]
async fn a_staged_import_that_finds_no_room_is_told_what_to_do() {
    let plant = Plant::full(&[]).await;
    let line = r#"{"system": {"name": "lims", "title": "LIMS"}}"#;
    let path = "/import?name=systems.ndjson&stage=true";
    for _ in 0..STAGED_MAX {
        let answer = plant.server.post(path, "application/octet-stream", line).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
    }
    let refused = plant.server.post(path, "application/octet-stream", line).await;
    assert_eq!((refused.status, refused.code()), (409, "TOO_MANY_STAGED"));
    assert!(refused.words().contains("commit or discard one"), "{}", refused.text);
    let first = id_of(waiting(&plant).await.last().expect("sixteen wait"));
    let discard = format!("/imports/{first}/discard");
    assert_eq!(plant.server.post(&discard, "application/json", "").await.status, 204);
    let taken = plant.server.post(path, "application/octet-stream", line).await;
    assert_eq!(taken.status, 202, "{}", taken.text);
    assert_eq!(waiting(&plant).await.len(), STAGED_MAX);
}

#[tokio::test]
async fn who_hangs_up_leaves_nothing_waiting() {
    let plant = Plant::full(&[]).await;
    let mut lines = String::new();
    for n in 0..PLACES {
        let twin =
            json!({ "ids": [format!("cmms:P-{n}")], "model": "dtmi:counterpart:base:Position;1" });
        writeln!(lines, "{}", json!({ "twin": twin })).expect("text can be written");
    }
    let path = "/import?name=places.ndjson&stage=true";
    let began = Instant::now();
    let staged = plant.server.post(path, "application/octet-stream", lines.clone()).await;
    let took = began.elapsed();
    assert_eq!(staged.status, 202, "{}", staged.text);
    let request = plant.server.http.post(format!("{}{path}", plant.server.url)).body(lines);
    request.timeout(took / 4).send().await.expect_err("it takes four times as long");
    // As long as it would take, and longer.
    tokio::time::sleep(took * 2).await;
    assert_eq!(waiting(&plant).await, [staged.body]);
}
