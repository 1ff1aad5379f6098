//! A disk without room: nothing is acknowledged that is not kept, and room is all that it takes.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::plant::counterpart;
use crate::support::server::Server;

/// A small file system in memory, unmounted when dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` where none can be mounted.
    fn mount() -> Option<Self> {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(directory.path());
        let done = command.output().ok()?;
        done.status.success().then_some(Self(directory))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn grow(&self) {
        let mut command = Command::new("mount");
        command.args(["-o", "remount,size=64m"]).arg(self.path());
        assert!(command.status().expect("mount runs").success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(self.path()).status());
    }
}

fn batch(number: i64) -> Value {
    let reading = |n: i64| {
        let time = 1_700_000_000_000 + number * 1_000 + n;
        json!({"device": "D", "channel": "c", "time": time, "value": format!("{:0100}", time)})
    };
    Value::Array((0..200).map(reading).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_with_503_and_recovers_when_there_is_room() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("SKIPPED: no file system can be mounted here");
        return;
    };
    let path = disk.path().join("data").display().to_string();
    let server = Server::start_with(&["--data", &path], &[("COUNTERPART_LOG", "off")]).await;
    let mut acknowledged = 0;
    let (mut refused, mut number) = (None, 0);
    while refused.is_none() && number < 500 {
        match server.ingest(&batch(number)).await.expect("an answer") {
            (200, _) => acknowledged += 200,
            other => refused = Some(other),
        }
        number += 1;
    }
    let (status, answer) = refused.expect("4 MB are full some day");
    assert_eq!((status, &answer["code"]), (503, &json!("UNAVAILABLE")), "{answer}");
    assert!(answer["detail"].as_str().is_some_and(|d| d.contains("full")), "{answer}");
    let query = server.graphql("{ __typename }", json!({})).await;
    assert_eq!(query["__typename"], "Query", "reading goes on");

    disk.grow();
    let begun = Instant::now();
    while server.ingest(&batch(number)).await.expect("an answer").0 != 200 {
        assert!(begun.elapsed() < Duration::from_secs(5), "it does not recover");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    acknowledged += 200;
    assert_eq!(server.terminate(), Some(0));
    let mut command = counterpart();
    command.args(["replay", "--verify", "--json", "--data", &path]);
    let done = command.output().expect("the program runs");
    let proof: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert_eq!(proof["differenceCount"], 0, "{proof}");
    assert!(proof["readings"].as_u64() >= Some(acknowledged), "{proof}");
}
