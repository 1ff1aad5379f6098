//! Devices tell in their readings what they are, and their ids come to mean the machines that others have lists of: here
//! with the next import or run, in `nameplates_alone` by themselves.

use std::path::Path;

use serde_json::{Value, json};

use crate::plant::{Plant, counterpart, files};

/// How the lists are read; `{}` is the system.
const DECLARATION: &str = r#"
format = "csv"
system = "{}"
files = ["{}*.csv"]
twins = "match"
key = "number"
model = "dtmi:counterpart:base:Unit;1"

[properties]
name = "text"

[identity]
serial = "serial"
manufacturer = "maker"
model = "type"
"#;

const HEAD: &str = "number,serial,maker,type,text\n";

pub const CMMS: &str = "EQ-1,44710012,KSB,ETANORM 050-032-160,Rinse pump A
EQ-2,SN-88213-07441,SIEMENS,1LE1001-1DB2,Motor conveyor
EQ-3,G522917731,GRUNDFOS,CR10-4,Booster pump
";

/// A server with the base models, and a folder for lists.
pub struct Works {
    pub plant: Plant,
    folder: tempfile::TempDir,
}

impl Works {
    /// One that matches devices when it is told to.
    async fn new(settings: &[(&str, &str)]) -> Self {
        let never = ("COUNTERPART_TELEMETRY_IDENTITY__MATCH_AFTER_MS", "0");
        Self::by_itself(&[&[never], settings].concat()).await
    }

    /// One that matches devices by itself.
    pub async fn by_itself(settings: &[(&str, &str)]) -> Self {
        let plant = Plant::empty(settings).await;
        let works = Self { plant, folder: tempfile::tempdir().expect("a temporary directory") };
        let models = files().into_iter().map(|path| path.display().to_string());
        let models: Vec<String> = models.filter(|path| path.contains("models/base")).collect();
        let mut arguments = vec!["models", "upload"];
        arguments.extend(models.iter().map(String::as_str));
        works.ok(&arguments);
        works
    }

    fn ok(&self, arguments: &[&str]) -> String {
        let mut command = counterpart();
        command.args(arguments).args(["--server", &self.plant.server.url]);
        let done = command.current_dir(self.folder.path()).output().expect("the program runs");
        assert!(done.status.success(), "{arguments:?}\n{done:?}");
        String::from_utf8_lossy(&done.stdout).trim_end().to_owned()
    }

    /// Imports a list of machines of a system; what the matching made of it.
    pub fn import(&self, system: &str, rows: &str) -> Value {
        self.import_as("Unit", system, rows)
    }

    /// The same of things of another model.
    fn import_as(&self, model: &str, system: &str, rows: &str) -> Value {
        let write = |ending: &str, text: &str| {
            let name = format!("{system}.{ending}");
            std::fs::write(Path::new(self.folder.path()).join(&name), text).expect("written");
            name
        };
        let declaration = DECLARATION.replace("{}", system).replace("Unit", model);
        let source = write("toml", &declaration);
        let list = write("csv", &format!("{HEAD}{rows}"));
        let out = self.ok(&["import", "--json", "--source", &source, &list]);
        serde_json::from_str::<Value>(&out).expect("JSON")["matching"].clone()
    }

    /// What a device says in its channels at a moment.
    pub async fn tells(&self, device: &str, time: &str, channels: &[(&str, &str)]) {
        let reading = |(channel, text): &(&str, &str)| json!({"system": "mqtt", "device": device, "channel": channel, "time": time, "value": text});
        let readings: Vec<Value> = channels.iter().map(reading).collect();
        let (status, answer) = self.plant.server.ingest(&json!(readings)).await.expect("an answer");
        assert_eq!((status, &answer["quarantined"]), (200, &json!(channels.len())), "{answer}");
    }

    /// What a device's id means at a moment, or now.
    pub async fn means(&self, device: &str, moment: Option<&str>) -> Option<String> {
        let query = "query($id: String!, $at: DateTime) {
            resolve(system: \"mqtt\", id: $id, asOf: $at) { twin { displayName } } }";
        let found = self.plant.server.graphql(query, json!({"id": device, "at": moment})).await;
        found["resolve"]["twin"]["displayName"].as_str().map(str::to_owned)
    }

    pub async fn means_in(&self, device: &str, months: &[u8]) -> Vec<Option<String>> {
        let mut all = Vec::new();
        for month in months {
            all.push(self.means(device, Some(&format!("2026-{month:02}-15T00:00:00Z"))).await);
        }
        all
    }

    /// Why a device's id means what it means.
    pub async fn reason(&self, device: &str) -> String {
        let query = "query($id: String!) { resolve(system: \"mqtt\", id: $id) { twin { externalIds { id reason } } } }";
        let found = self.plant.server.graphql(query, json!({ "id": device })).await;
        let ids = found["resolve"]["twin"]["externalIds"].as_array().expect("ids").iter();
        let link = ids.clone().find(|id| id["id"] == device).expect("the device's id");
        link["reason"].as_str().expect("a reason").to_owned()
    }

    pub fn matched_again(&self) -> String {
        self.ok(&["match", "run"])
    }

    /// How often the matching looked at all records, or at few.
    pub async fn runs(&self, records: &str) -> u64 {
        let server = &self.plant.server;
        let metrics = server.http.get(format!("{}/metrics", server.url)).send().await;
        let metrics = metrics.expect("an answer").text().await.expect("text");
        let name = format!("counterpart_match_runs_total{{records=\"{records}\"}} ");
        let count = metrics.lines().find_map(|line| line.strip_prefix(&name)?.parse().ok());
        count.unwrap_or_default()
    }
}

pub fn some(name: &str) -> Option<String> {
    Some(name.to_owned())
}

#[tokio::test]
async fn a_device_that_tells_its_serial_is_the_machine_with_that_serial() {
    let works = Works::new(&[]).await;
    let said = [
        ("Properties/Serial Number", "4471-0012"),
        ("properties/vendor", "KSB SE"),
        ("temperature", "hot"),
    ];
    works.tells("GW-1", "2026-01-10T00:00:00Z", &said).await;
    assert_eq!(works.means("GW-1", None).await, None, "nobody knows the machine yet");
    let uncovered = "{ coverage(liveWithinHours: 1000000) { assetsWithoutDevice { nodes { twin { displayName } } } } }";
    let report = works.import("cmms", CMMS);
    assert_eq!((&report["created"], &report["withoutModel"]), (&json!(3), &json!(0)), "{report}");
    assert_eq!(works.means("GW-1", None).await, some("Rinse pump A"));
    let reason = works.reason("GW-1").await;
    assert!(
        reason.starts_with("the device reports serial 4471-0012, manufacturer KSB SE"),
        "{reason}"
    );
    assert!(reason.contains("matches cmms:EQ-1"), "{reason}");
    let uncovered = works.plant.server.graphql(uncovered, json!({})).await.to_string();
    assert!(uncovered.contains("Booster") && !uncovered.contains("Rinse"), "{uncovered}");
    // Now a device that tells it after the list was read, and one that nobody knows.
    works.tells("GW-3", "2026-01-10T00:00:00Z", &[("serial", "G5-2291-7731")]).await;
    works.tells("GW-9", "2026-01-10T00:00:00Z", &[("serial", "X-5551234"), ("mac", "?")]).await;
    let ran = works.matched_again();
    assert!(ran.contains("1 joined a twin, 0 new twins") && !ran.contains("no model"), "{ran}");
    assert_eq!(works.means("GW-3", None).await, some("Booster pump"));
    assert_eq!(works.means("GW-9", None).await, None);
    let position = works.plant.server.position().await;
    let again = works.import("cmms", CMMS);
    assert_eq!((&again["created"], &again["raised"]), (&json!(0), &json!(0)), "{again}");
    assert_eq!(works.plant.server.position().await, position);
}

#[tokio::test]
async fn a_device_that_reports_another_serial_was_replaced_whatever_came_first() {
    let (old, new) = ([("serial", "44710012"), ("vendor", "KSB")], [("serial", "SN 8821307441")]);
    let (january, march) = ("2026-01-10T00:00:00Z", "2026-03-01T00:00:00Z");
    let expected = [some("Rinse pump A"), some("Rinse pump A"), some("Motor conveyor")];
    for settled_between in [false, true] {
        for late in [false, true] {
            let works = Works::new(&[]).await;
            works.import("cmms", CMMS);
            let mut reports = [(january, &old[..]), (march, &new[..])];
            if late {
                reports.reverse();
            }
            for (time, said) in reports {
                works.tells("GW-1", time, said).await;
                if settled_between {
                    works.matched_again();
                }
            }
            // Said again, in between and later: no change.
            works.tells("GW-1", "2026-02-10T00:00:00Z", &old).await;
            works
                .tells(
                    "GW-1",
                    "2026-04-10T00:00:00Z",
                    &[("serial", "88213 07441"), ("serialNo", "n/a")],
                )
                .await;
            works.matched_again();
            let found = works.means_in("GW-1", &[1, 2, 4]).await;
            assert_eq!(found, expected, "settled between: {settled_between}, late: {late}");
            assert_eq!(works.means("GW-1", None).await, some("Motor conveyor"));
        }
    }
}

#[tokio::test]
async fn a_link_begins_with_the_first_report_though_that_comes_last() {
    let works = Works::new(&[]).await;
    works.import("cmms", CMMS);
    for month in ["06", "02"] {
        let time = format!("2026-{month}-01T00:00:00Z");
        works.tells("GW-1", &time, &[("serial", "44710012"), ("vendor", "KSB")]).await;
        works.matched_again();
    }
    let pump = some("Rinse pump A");
    assert_eq!(works.means_in("GW-1", &[1, 3, 7]).await, [None, pump.clone(), pump]);
}

#[tokio::test]
async fn a_device_that_contradicts_its_record_is_not_what_the_record_says() {
    let works = Works::new(&[]).await;
    works.import("cmms", CMMS);
    works.import("mqtt", "GW-1,44710012,KSB,,Gateway\nGW-2,SN-88213-07441,SIEMENS,,Gateway\n");
    assert_eq!(works.means("GW-1", None).await, some("Rinse pump A"));
    let unknown = [("serialNumber", "ZX-90215"), ("vendor", "Moxa")];
    works.tells("GW-1", "2026-03-01T00:00:00Z", &unknown).await;
    works.tells("GW-2", "2026-03-01T00:00:00Z", &[("serialNumber", "G522917731")]).await;
    works.matched_again();
    let found = works.means_in("GW-1", &[2, 4]).await;
    assert_eq!(found, [some("Rinse pump A"), None], "nobody knows what the device says it is");
    let found = works.means_in("GW-2", &[2, 4]).await;
    assert_eq!(found, [some("Motor conveyor"), some("Booster pump")]);
    let position = works.plant.server.position().await;
    works.matched_again();
    assert_eq!(works.plant.server.position().await, position);
}

#[tokio::test]
async fn what_a_steward_decided_is_not_moved_by_what_a_device_says() {
    let works = Works::new(&[]).await;
    works.import("cmms", CMMS);
    let link = r#"{"link": {"id": "mqtt:GW-1", "twin": "cmms:EQ-2", "reason": "seen on site"}}"#;
    works.plant.server.import("link.ndjson", link.into()).await;
    let said = [("serial", "44710012"), ("manufacturer", "KSB")];
    works.tells("GW-1", "2026-03-01T00:00:00Z", &said).await;
    works.matched_again();
    assert_eq!(
        works.means_in("GW-1", &[2, 4]).await,
        [some("Motor conveyor"), some("Motor conveyor")]
    );
}

#[tokio::test]
async fn what_devices_say_may_be_left_alone_or_read_from_other_channels() {
    let works = Works::new(&[("COUNTERPART_TELEMETRY_IDENTITY__ENABLED", "false")]).await;
    works.tells("GW-1", "2026-01-10T00:00:00Z", &[("serial", "44710012")]).await;
    assert_eq!(works.import("cmms", CMMS)["records"], 3);
    assert_eq!(works.means("GW-1", None).await, None);
    let channels = [("COUNTERPART_TELEMETRY_IDENTITY__CHANNELS", r#"{serial=["Typenschild/Nr"]}"#)];
    let works = Works::new(&channels).await;
    works.tells("GW-1", "2026-01-10T00:00:00Z", &[("typenschild/nr.", "44710012")]).await;
    works.import("cmms", CMMS);
    assert_eq!(works.means("GW-1", None).await, some("Rinse pump A"));
}

#[tokio::test]
async fn a_doubtful_device_is_a_task_that_shows_what_it_reports() {
    let works = Works::new(&[("COUNTERPART_MATCHING__LINK", "1.0")]).await;
    works.import("cmms", CMMS);
    let said = [("serial", "44710012"), ("manufacturer", "KSB"), ("firmware", "7.1.3")];
    works.tells("GW-1", "2026-03-01T00:00:00Z", &said).await;
    works.matched_again();
    assert_eq!(works.means("GW-1", None).await, None);
    let tasks: Value =
        serde_json::from_str(&works.ok(&["review", "list", "--format", "json"])).unwrap();
    let task = tasks["nodes"][0]["id"].as_str().expect("a task").to_owned();
    let shown = works.ok(&["review", "show", &task]);
    for words in ["mqtt:GW-1", "cmms:EQ-1", "by its own report", "7.1.3", "44710012"] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    works.ok(&["review", "approve", &task, "--reason", "read on site"]);
    assert_eq!(works.means("GW-1", None).await, some("Rinse pump A"));
}

#[tokio::test]
async fn who_asks_for_a_machine_finds_it_by_what_its_device_says_now() {
    let works = Works::new(&[]).await;
    works.tells("GW-1", "2026-01-10T00:00:00Z", &[("serial", "44710012")]).await;
    works.import("cmms", CMMS);
    let probe = |what: &str| works.ok(&["match", "probe", what]);
    assert!(!probe("mac=00:1D:9C:89:0A:5A").contains("Rinse"), "nobody has that address yet");
    works.tells("GW-1", "2026-02-10T00:00:00Z", &[("macAddress", "001D9C890A5A")]).await;
    let found = probe("mac=00:1D:9C:89:0A:5A");
    assert!(found.contains("Rinse pump A"), "{found}");
}

#[tokio::test]
async fn a_gateway_that_tells_its_serial_is_no_device_without_an_asset_any_more() {
    let works = Works::new(&[]).await;
    works.import("cmms", CMMS);
    works.import_as("Gateway", "registry", "D-7,TBC-900712,MOXA,UC-8112A,Gateway 7\n");
    let binding = r#"{"binding": {"device": "mqtt:GW-7", "channel": "ch2", "twin": "cmms:EQ-1", "path": "name"}}"#;
    works.plant.server.import("binding.ndjson", binding.into()).await;
    let alone = async || {
        let board = "{ coverage { devicesWithoutAsset { nodes { twin { displayName } } } } }";
        works.plant.server.graphql(board, json!({})).await.to_string().contains("Gateway 7")
    };
    assert!(alone().await, "nobody knows which of the senders it is");
    works.tells("GW-7", "2026-03-01T00:00:00Z", &[("Node Info/Serial No", "TBC900712")]).await;
    works.matched_again();
    assert_eq!(works.means("GW-7", None).await, some("Gateway 7"));
    assert!(!alone().await, "its second channel measures the pump");
}

#[tokio::test]
async fn a_device_that_nobody_knows_is_not_why_all_records_are_looked_at() {
    let works = Works::new(&[]).await;
    works.import("cmms", CMMS);
    works.import("mqtt", "GW-1,44710012,KSB,,Gateway\n");
    works
        .tells("GW-1", "2026-03-01T00:00:00Z", &[("serial", "ZX-90215"), ("vendor", "Moxa")])
        .await;
    works.tells("GW-9", "2026-03-01T00:00:00Z", &[("serial", "X-5551234"), ("mac", "?")]).await;
    let ran = works.matched_again();
    assert!(ran.contains("1 ids changed") && !ran.contains("no model"), "{ran}");
    let before = works.runs("all").await;
    assert!(before > 0, "records were matched");
    for minute in 1..5 {
        // Both say the same again, and one counts something in a channel that looks like a serial.
        let time = format!("2026-03-01T00:0{minute}:00Z");
        works.tells("GW-1", &time, &[("serial", "zx 90215")]).await;
        works.tells("GW-9", &time, &[("serial", "X-5551234"), ("mac", "?")]).await;
        for second in 10..35 {
            let (time, count) = (format!("2026-03-02T0{minute}:00:{second}Z"), minute * second);
            works.tells("GW-2", &time, &[("sn", &format!("{}", 7_000_000 + count * 37))]).await;
        }
        works.matched_again();
        works.import("cmms", CMMS);
    }
    assert_eq!(works.runs("all").await, before);
}
