//! kill -9 while an import links records: the next import goes on, and comes to what it would have come to.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use counterpart::domain::state::Rules;
use counterpart::engine::verify;
use serde_json::{Value, json};

use crate::databases::{Directory, postgres};
use crate::rounds::{kill, open};
use crate::support::server::Server;

/// Machines, each known to three systems: enough that linking them takes several commits.
const MACHINES: usize = 1_000;
/// Kills before the import may end.
const KILLS: u64 = 3;

const DECLARATION: &str = r#"
format = "csv"
system = "{}"
files = ["{}.csv"]
twins = "match"
key = "number"
model = "dtmi:counterpart:base:Unit;1"

[identity]
serial = "serial"
manufacturer = "maker"
model = "type"
location = "place"
tag = "tag"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_links_every_record_once_through_kills() {
    let directory = Directory::new();
    survive(&directory.arguments()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_links_every_record_once_through_kills() {
    if let Some(arguments) = postgres("matching").await {
        survive(&arguments).await;
    }
}

async fn survive(arguments: &[String]) {
    let lists = Lists::new();
    let wanted = {
        let directory = Directory::new();
        let server = start(&directory.arguments()).await;
        lists.import_to_the_end(&server);
        outcome(&server).await
    };
    let (meanings, tasks) = (wanted.meanings.len(), wanted.tasks);
    let is_telling = (MACHINES..2 * MACHINES).contains(&meanings) && tasks > 0;
    assert!(is_telling, "{meanings} meanings and {tasks} tasks do not prove anything");

    let mut midway = 0;
    for round in 0..KILLS {
        let server = start(arguments).await;
        let mut import = lists.import(&server);
        let linked = until_it_links(&server, &mut import, round).await;
        kill(&server);
        import.wait().expect("the import ends when its server is gone");
        midway += u64::from(linked > 0);
    }
    assert!(midway > 0, "no kill fell between the first link and the last");

    let server = start(arguments).await;
    lists.import_to_the_end(&server);
    let came_to = outcome(&server).await;
    assert_eq!(came_to, wanted);
    lists.import_to_the_end(&server);
    assert_eq!(outcome(&server).await, wanted, "importing once more changed something");
    drop(server);

    let proof = verify(open(arguments).await.as_ref(), &Rules::default()).await;
    let proof = proof.expect("the store can be read");
    assert_eq!(proof.difference_count, 0, "{:#?}", proof.differences);
}

async fn start(arguments: &[String]) -> Server {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    Server::start(&arguments).await
}

/// Waits until there are more twins than before; how many, or 0 when the import ended first.
async fn until_it_links(server: &Server, import: &mut Child, round: u64) -> u64 {
    let before = twins(server).await;
    loop {
        let now = twins(server).await;
        if now > before {
            // Not always at the same step of a commit.
            tokio::time::sleep(Duration::from_millis(round * 3)).await;
            return now;
        }
        if import.try_wait().expect("the import is ours").is_some() {
            return 0;
        }
    }
}

async fn twins(server: &Server) -> u64 {
    let found = server.graphql("{ twins(first: 1) { totalCount } }", json!({})).await;
    found["twins"]["totalCount"].as_u64().expect("a count")
}

/// What an import came to, without the twins' ids, which differ from one time to another.
#[derive(Debug, PartialEq)]
struct Outcome {
    /// Ids that mean the same.
    meanings: BTreeSet<Vec<String>>,
    /// Doubtful pairs.
    tasks: u64,
}

async fn outcome(server: &Server) -> Outcome {
    let query = "query($after: String) { twins(first: 200, after: $after) {
        nodes { id externalIds { system id } } pageInfo { hasNextPage endCursor } } }";
    let mut meanings: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut after = Value::Null;
    loop {
        let found = server.graphql(query, json!({ "after": after })).await["twins"].take();
        for twin in found["nodes"].as_array().expect("a list") {
            let ids = twin["externalIds"].as_array().expect("a list").iter();
            let mut ids: Vec<String> =
                ids.map(|id| format!("{} {}", id["system"], id["id"])).collect();
            ids.sort();
            meanings.insert(twin["id"].to_string(), ids);
        }
        if found["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = found["pageInfo"]["endCursor"].clone();
    }
    let count = meanings.len();
    let meanings: BTreeSet<Vec<String>> = meanings.into_values().collect();
    assert_eq!(meanings.len(), count, "a twin means nothing, or the same as another");
    let tasks = server.graphql("{ tasks(first: 1) { totalCount } }", json!({})).await;
    Outcome { meanings, tasks: tasks["tasks"]["totalCount"].as_u64().expect("a count") }
}

/// The same machines as three systems write them.
struct Lists(tempfile::TempDir);

impl Lists {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let row = |system: &str, n: usize| {
            let (serial, model, place) = (10_000_019 + n * 7_919, n % 9, n / 3);
            let (maker, id, serial, model) = match system {
                "erp" => (
                    "KSB SE & Co. KGaA",
                    4000 + n,
                    format!("KSB-{serial}"),
                    format!("Etanorm {model}"),
                ),
                "cmms" => ("KSB", n, serial.to_string(), format!("ETANORM {model}")),
                // Every tenth is doubtful.
                _ if n.is_multiple_of(10) => ("Grundfos", n, String::new(), "CR 32".to_owned()),
                _ => ("KSB AG", n, serial.to_string(), format!("Etanorm-{model}")),
            };
            format!("{id},{serial},{maker},{model},P07/L{place:03}/ST-A,P-{n:04}")
        };
        for system in ["erp", "cmms", "mes"] {
            let rows: Vec<String> = (0..MACHINES).map(|n| row(system, n)).collect();
            let list = format!("number,serial,maker,type,place,tag\n{}\n", rows.join("\n"));
            let write = |name: String, text: &str| {
                std::fs::write(folder.path().join(name), text).expect("it can be written");
            };
            write(format!("{system}.csv"), &list);
            write(format!("{system}.toml"), &DECLARATION.replace("{}", system));
        }
        Self(folder)
    }

    /// Starts importing them.
    fn import(&self, server: &Server) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_counterpart"));
        command.current_dir(self.0.path()).args(["import", "--server", &server.url]);
        for system in ["erp", "cmms", "mes"] {
            command.args(["--source", &format!("{system}.toml"), &format!("{system}.csv")]);
        }
        let models = concat!(env!("CARGO_MANIFEST_DIR"), "/models/base");
        command.arg(models).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the program starts")
    }

    fn import_to_the_end(&self, server: &Server) {
        let ended = self.import(server).wait().expect("the import ends");
        assert_eq!(ended.code(), Some(0));
    }
}
