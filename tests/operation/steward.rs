//! The command line of the data steward, against a server, on two small lists of the same machines.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use crate::plant::{Plant, counterpart, files};

/// How the lists are read; `{}` is the system.
pub const DECLARATION: &str = r#"
format = "csv"
system = "{}"
files = ["{}*.csv"]
twins = "match"
key = "number"
model = "dtmi:counterpart:base:Unit;1"

[properties]
name = "text"
serialNumber = "serial"

[identity]
serial = "serial"
manufacturer = "maker"
model = "type"
location = "place"
description = "text"

[times]
from = "since"
"#;

pub const ERP: &str = "number,serial,maker,type,place,text,since
10001,KSB-4471-0012,KSB SE & Co. KGaA,Etanorm 050-032-160,P07/L01/ST-A,Rinse pump A,2026-01-01
10002,SN88213,Siemens AG,1LE1001-1DB2,P07/L02/ST-C,Conveyor motor,2026-01-01
10003,G5-2291-7731,Grundfos,CR 10-4,P07/L03/ST-D,Booster pump,2026-01-01
10004,FE66120,Festo,DSBC-50-100,P07/L03/ST-E,Gripper cylinder,2026-01-01
";

/// The same machines; of the last one the serial is missing.
pub const CMMS: &str = "number,serial,maker,type,place,text,since
EQ-1,44710012,KSB,ETANORM 050-032-160,P07-L01-STA,RINSE PUMP A,2026-01-01
EQ-2,SN-88213,SIEMENS,1LE1001-1DB2,P07-L02-STC,Motor conveyor,2026-01-01
EQ-3,G522917731,GRUNDFOS,CR10-4,P07-L03-STD,Booster pump,2026-01-01
EQ-4,,FESTO AG,DSBC-50-100,P07-L03-STE,Compact unit,2026-01-01
";

/// Wide apart, so that the sure pairs are linked and the last one is not, however well it fits.
pub const THRESHOLDS: [(&str, &str); 2] =
    [("COUNTERPART_MATCHING__LINK", "0.99"), ("COUNTERPART_MATCHING__REVIEW", "0.05")];

/// A server with the base models, and a folder with the lists.
pub struct Steward {
    pub plant: Plant,
    folder: tempfile::TempDir,
}

/// What a stopped server leaves, and the folder with the lists.
struct Alone {
    data: tempfile::TempDir,
    folder: tempfile::TempDir,
}

impl Alone {
    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = counterpart();
        command.args(arguments).arg("--data").arg(self.data.path()).current_dir(self.folder.path());
        command.output().expect("the program runs")
    }
}

impl Steward {
    pub async fn new() -> Self {
        Self::with(&THRESHOLDS).await
    }

    /// With these settings.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let plant = Plant::empty(settings).await;
        let folder = tempfile::tempdir().expect("a temporary directory");
        let steward = Self { plant, folder };
        for (system, list) in [("erp", ERP), ("cmms", CMMS)] {
            steward.write(&format!("{system}.toml"), &DECLARATION.replace("{}", system));
            steward.write(&format!("{system}.csv"), list);
        }
        let models: Vec<String> = files()
            .iter()
            .map(|path| path.display().to_string())
            .filter(|path| path.contains("models/base"))
            .collect();
        let models: Vec<&str> = models.iter().map(String::as_str).collect();
        steward.ok(&[&["models", "upload"], &models[..]].concat());
        steward
    }

    /// Stops the server, or kills it, and starts another on what it left.
    pub async fn again(self, is_killed: bool) -> Self {
        let Self { plant, folder } = self;
        let left = if is_killed { plant.kill() } else { plant.stop() };
        Self { plant: Plant::on(left, &THRESHOLDS).await, folder }
    }

    /// Stops the server; its data, and the folder.
    pub fn stop(self) -> (tempfile::TempDir, tempfile::TempDir) {
        (self.plant.stop(), self.folder)
    }

    /// Stops the server; the commands then work on the store itself.
    fn alone(self) -> Alone {
        let (data, folder) = self.stop();
        Alone { data, folder }
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("it can be written");
    }

    pub fn path(&self, name: &str) -> std::path::PathBuf {
        Path::new(self.folder.path()).join(name)
    }

    /// Runs a command against the server: exit code, standard output, standard error.
    pub fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut command = counterpart();
        command.args(arguments).args(["--server", &self.plant.server.url]);
        let done = command.current_dir(self.folder.path()).output().expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        (done.status.code(), text(&done.stdout), text(&done.stderr))
    }

    /// Runs a command that has to work.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let (code, out, error) = self.run(arguments);
        assert_eq!(code, Some(0), "{arguments:?}\n{out}\n{error}");
        let longest = out.lines().map(|line| line.chars().count()).max();
        let is_table = arguments[0] == "review" && !arguments.contains(&"json");
        assert!(!is_table || longest <= Some(100), "{out}");
        out
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        let out = self.ok(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&out).expect("JSON")
    }

    pub fn import(&self, options: &[&str]) -> Value {
        let both = ["--source", "erp.toml", "--source", "cmms.toml", "erp.csv", "cmms.csv"];
        let out = self.ok(&[&["import", "--json"], options, &both[..]].concat());
        serde_json::from_str(&out).expect("JSON")
    }

    pub fn tasks(&self) -> Vec<Value> {
        let found = self.json(&["review", "list"]);
        found["nodes"].as_array().expect("a list").clone()
    }

    /// The ids that mean the same twin as this one.
    pub async fn ids_with(&self, system: &str, id: &str) -> Vec<String> {
        let query = "query($system: String!, $id: String!) {
            resolve(system: $system, id: $id) { twin { externalIds { system id } } } }";
        let found = self.plant.server.graphql(query, json!({ "system": system, "id": id })).await;
        let ids = found["resolve"]["twin"]["externalIds"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut ids: Vec<String> =
            ids.iter().map(|id| format!("{}:{}", text(&id["system"]), text(&id["id"]))).collect();
        ids.sort();
        ids
    }
}

#[tokio::test]
async fn sure_pairs_are_linked_and_a_doubtful_one_is_decided_and_taken_back() {
    let steward = Steward::new().await;
    let report = steward.import(&[]);
    assert_eq!(report["matching"]["raised"], 1, "{report:#}");
    for (erp, cmms) in [("10001", "EQ-1"), ("10002", "EQ-2"), ("10003", "EQ-3")] {
        let both = [format!("cmms:{cmms}"), format!("erp:{erp}")];
        assert_eq!(steward.ids_with("erp", erp).await, both);
    }
    let tasks = steward.tasks();
    let [task] = &tasks[..] else { panic!("{tasks:#?}") };
    let id = task["id"].as_str().expect("an id");
    let listed = steward.ok(&["review", "list", "--order", "probability"]);
    assert!(listed.contains(id) && listed.contains("1 of 1"), "{listed}");
    let shown = steward.ok(&["review", "show", id]);
    for words in
        ["erp:10004", "cmms:EQ-4", "DSBC-50-100", "BITS", "An approval would change", "ended"]
    {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    let tried = steward.ok(&["review", "approve", id, "--dry-run"]);
    assert!(tried.starts_with("Nothing was done."), "{tried}");
    assert_eq!(steward.ids_with("erp", "10004").await, ["erp:10004"]);
    let done = steward.json(&["review", "approve", id, "--reason", "seen on site"]);
    let both = ["cmms:EQ-4", "erp:10004"];
    assert_eq!(steward.ids_with("erp", "10004").await, both);
    assert!(steward.tasks().is_empty());
    let decision = done["decision"].as_str().expect("a decision");
    let decisions = steward.ok(&["review", "decisions"]);
    assert!(decisions.contains(decision) && decisions.contains("seen on site"), "{decisions}");
    let last = steward.json(&["review", "decisions", "--limit", "1"]);
    assert_eq!(last["nodes"][0]["actor"], "cli", "{last:#}");
    steward.ok(&["review", "undo", decision, "--reason", "the wrong cylinder"]);
    assert_eq!(steward.ids_with("erp", "10004").await, ["erp:10004"]);
    assert_eq!(steward.tasks().len(), 1);
    steward.ok(&["review", "reject", id]);
    let (code, _, error) = steward.run(&["review", "show", id]);
    assert_eq!(code, Some(1));
    assert!(error.contains("no task"), "{error}");
}

#[tokio::test]
async fn nothing_that_systems_say_reaches_the_terminal_as_a_command() {
    let steward = Steward::new().await;
    let told = "\"Gripper\u{1b}[2J cylinder\nerp:10004 means nothing\u{202e}\"";
    steward.write("erp.csv", &ERP.replace("Gripper cylinder", told));
    steward.import(&[]);
    let tasks = steward.tasks();
    let id = tasks[0]["id"].as_str().expect("an id");
    let (_, shown, _) = steward.run(&["review", "show", id]);
    let is_obeyed = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!shown.contains(is_obeyed), "{shown:?}");
    assert!(!shown.lines().any(|line| line.starts_with("erp:10004 means")), "{shown}");
    let escaped = "Gripper\\u001b[2J";
    assert!(shown.contains(escaped), "{shown}");
    let json = steward.json(&["review", "show", id]);
    let said = json!("Gripper\u{1b}[2J cylinder\nerp:10004 means nothing\u{202e}");
    assert!(json.to_string().contains(&said.to_string()), "{json:#}");
    steward.write("erp.csv", &format!("{ERP}x\u{1b}]0;y,\u{1b}]0;title,KSB SE\n"));
    let (code, out, error) = steward.run(&["import", "--source", "erp.toml", "erp.csv"]);
    assert_eq!(code, Some(1), "{out}{error}");
    assert!(!out.contains(is_obeyed) && !error.contains(is_obeyed), "{out:?}{error:?}");
}

#[tokio::test]
async fn importing_again_changes_nothing_and_asks_nothing_again() {
    let steward = Steward::new().await;
    steward.import(&[]);
    let id = steward.tasks()[0]["id"].as_str().expect("an id").to_owned();
    steward.ok(&["review", "reject", &id]);
    let before = steward.plant.server.position().await;
    for _ in 0..2 {
        let report = steward.import(&[]);
        assert_eq!(report["kinds"]["record"]["unchanged"], 8, "{report:#}");
        assert_eq!(report["matching"]["raised"], 0, "{report:#}");
    }
    let ran = steward.ok(&["match", "run"]);
    assert!(ran.contains("0 new twins"), "{ran}");
    assert!(steward.tasks().is_empty());
    assert_eq!(steward.plant.server.position().await, before);
}

#[tokio::test]
async fn a_new_serial_under_an_old_number_means_another_twin_from_then_on() {
    let steward = Steward::new().await;
    steward.import(&[]);
    let twin = "query($at: DateTime) { resolve(system: \"erp\", id: \"10002\", asOf: $at) { twin { id } } }";
    let at = async |moment: &str| steward.plant.server.graphql(twin, json!({ "at": moment })).await;
    let before = at("2026-01-15T00:00:00Z").await;
    let swapped = "10002,SN99977,Siemens AG,1LE1001-1DB2,P07/L02/ST-C,Conveyor motor,2026-02-01";
    let old = ERP.lines().nth(2).expect("the motor");
    steward.write("erp.csv", &ERP.replace(old, swapped));
    let report = steward.import(&[]);
    assert_eq!(report["matching"]["changedMeaning"], 1, "{report:#}");
    assert_eq!(at("2026-01-15T00:00:00Z").await, before);
    assert_ne!(at("2026-02-15T00:00:00Z").await, before);
    let position = steward.plant.server.position().await;
    steward.import(&[]);
    assert_eq!(steward.plant.server.position().await, position);
}

#[tokio::test]
async fn a_staged_import_tells_what_committing_it_then_does() {
    let steward = Steward::new().await;
    let before = steward.plant.server.position().await;
    let staged = steward.import(&["--stage"]);
    assert_eq!(steward.plant.server.position().await, before);
    let preview = &staged["preview"];
    let id = staged["id"].as_str().expect("an id");
    let waiting = steward.ok(&["import", "--staged"]);
    assert!(waiting.contains(id), "{waiting}");
    let done = steward.ok(&["import", "--commit", id, "--json"]);
    let done: Value = serde_json::from_str(&done).expect("JSON");
    for field in ["records", "matched", "created", "merged", "doubtful", "raised", "refused"] {
        assert_eq!(done["matching"][field], preview["report"]["matching"][field], "{field}");
    }
    let twins = "{ twins { totalCount } }";
    let twins = steward.plant.server.graphql(twins, json!({})).await;
    assert_eq!(twins["twins"]["totalCount"], preview["twinsCreated"]);
    assert_eq!(preview["recordsCreated"], 8);
    let again = steward.import(&["--stage"]);
    assert_eq!(again["preview"]["twinsCreated"], 0, "{again:#}");
    assert_eq!(again["preview"]["report"]["matching"]["doubtful"], 1, "{again:#}");
    let id = again["id"].as_str().expect("an id");
    steward.ok(&["import", "--discard", id]);
    let (code, _, error) = steward.run(&["import", "--commit", id]);
    assert_eq!(code, Some(1));
    assert!(error.contains("stage it again"), "{error}");
    assert_eq!(steward.ok(&["import", "--staged"]), "No import waits.");
}

#[tokio::test]
async fn a_staged_import_tells_what_will_be_refused() {
    let steward = Steward::new().await;
    let unknown = DECLARATION.replace("{}", "erp").replace("base:Unit", "base:Unite");
    steward.write("erp.toml", &unknown);
    steward.write("cmms.csv", CMMS.lines().next().expect("a head"));
    let both = ["--source", "erp.toml", "--source", "cmms.toml", "erp.csv", "cmms.csv"];
    let (code, out, _) = steward.run(&[&["import", "--json", "--stage"], &both[..]].concat());
    assert_eq!(code, Some(1), "{out}");
    let staged: Value = serde_json::from_str(&out).expect("JSON");
    let refused = &staged["preview"]["report"]["matching"]["refused"];
    assert!(refused[0].as_str().is_some_and(|why| why.contains("Unite")), "{staged:#}");
}

#[tokio::test]
async fn sources_and_candidates_are_shown() {
    let steward = Steward::new().await;
    steward.import(&[]);
    let sources = steward.ok(&["sources", "list"]);
    assert!(sources.contains("erp") && sources.contains("cmms"), "{sources}");
    let shown = steward.ok(&["sources", "show", "erp"]);
    assert!(shown.contains("twins = \"match\"") && shown.contains("[identity]"), "{shown}");
    let (code, _, error) = steward.run(&["sources", "show", "mes"]);
    assert_eq!(code, Some(1));
    assert!(error.contains("there are: cmms, erp"), "{error}");
    let found = steward.json(&["match", "probe", "serial=G522917731", "--text", "EQ-3"]);
    let ids = found[0]["twin"]["externalIds"].as_array().expect("ids");
    assert!(ids.iter().any(|id| id["id"] == "EQ-3"), "{found:#}");
    let unknown = ["match", "probe", "serial=G522917731", "--model", "dtmi:nope;1"];
    let (code, out, error) = steward.run(&unknown);
    assert_eq!(code, Some(1), "{out}");
    assert!(error.contains("`dtmi:nope;1`") && error.contains("{ models"), "{error}");
    let known = ["match", "probe", "serial=G522917731", "--model"];
    for model in ["dtmi:counterpart:base:Asset;1", "Unit"] {
        let found = steward.ok(&[&known[..], &[model]].concat());
        assert!(found.contains("EQ-3"), "{model}: {found}");
    }
    let merged = steward.ok(&["review", "merge", "erp:10001", "erp:10002", "--dry-run"]);
    assert!(merged.contains("ended") && merged.contains("moves    id erp:10002"), "{merged}");
    let split =
        steward.ok(&["review", "split", "erp:10001", "--id", "cmms:EQ-1", "--reason", "two"]);
    assert!(split.starts_with("Decision "), "{split}");
    assert_eq!(steward.ids_with("erp", "10001").await, ["erp:10001"]);
}

#[tokio::test]
async fn the_log_names_the_command_line_and_no_client_that_it_does_not_know() {
    let steward = Steward::new().await;
    steward.import(&[]);
    let task = steward.tasks()[0]["id"].as_str().expect("an id").to_owned();
    let server = &steward.plant.server;
    let reject = "mutation($task: ID!) { rejectTask(input: {task: $task}) { decision } }";
    let actors = async || {
        let query = "{ decisions(first: 100) { nodes { kind actor } } }";
        let found = server.graphql(query, json!({})).await;
        let nodes = found["decisions"]["nodes"].as_array().expect("decisions").clone();
        let pair = |node: &Value| {
            let text = |name: &str| node[name].as_str().unwrap_or_default().to_owned();
            (text("kind"), text("actor"))
        };
        nodes.iter().map(pair).collect::<Vec<_>>()
    };
    server.graphql(reject, json!({ "task": task })).await;
    assert_eq!(actors().await[0], ("REJECT".to_owned(), "graphql".to_owned()));
    steward.ok(&["review", "merge", "erp:10001", "erp:10002", "--replace"]);
    assert_eq!(actors().await[0], ("MERGE".to_owned(), "cli".to_owned()));
    // Nobody but the matching itself makes its links, whoever asked for it.
    steward.ok(&["match", "run"]);
    let named: BTreeSet<String> = actors().await.into_iter().map(|(_, actor)| actor).collect();
    assert_eq!(named, ["cli", "graphql", "matching"].map(str::to_owned).into());
    let alone = steward.alone();
    alone.run(&["review", "split", "erp:10001", "--id", "erp:10002"]);
    let last = alone.run(&["review", "decisions", "--limit", "1", "--format", "json"]);
    let last: Value = serde_json::from_slice(&last.stdout).expect("JSON");
    assert_eq!(last["nodes"][0]["actor"], "cli", "{last:#}");
}

#[tokio::test]
async fn without_a_server_the_store_itself_is_asked_and_only_staging_needs_one() {
    let steward = Steward::new().await;
    steward.import(&[]);
    let alone = steward.alone();
    let listed = alone.run(&["review", "list", "--format", "json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    assert_eq!(listed["totalCount"], 1, "{listed:#}");
    let staged = alone.run(&["import", "--stage", "--source", "erp.toml", "erp.csv"]);
    assert_eq!(staged.status.code(), Some(1));
    let error = String::from_utf8_lossy(&staged.stderr).into_owned();
    assert!(error.contains("start `counterpart serve`"), "{error}");
}

#[tokio::test]
async fn a_place_is_never_taken_for_the_machine_that_stands_there() {
    let steward = Steward::new().await;
    steward.import(&[]);
    let declaration = DECLARATION.replace("{}", "mes").replace("base:Unit;1", "base:Position;1");
    let declaration = declaration.replace("serialNumber = \"serial\"\n", "");
    steward.write("mes.toml", &declaration);
    steward.write("mes.csv", ERP);
    let out = steward.ok(&["import", "--json", "--source", "mes.toml", "mes.csv"]);
    let report: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(report["matching"]["created"], 4, "{report:#}");
    assert_eq!(report["matching"]["matched"], 0, "{report:#}");
    assert_eq!(report["matching"]["raised"], 0, "{report:#}");
}
