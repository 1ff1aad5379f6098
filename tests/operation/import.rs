//! Files that cannot be imported, over HTTP.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};

use crate::plant::Plant;
use crate::probe::Probe;
use crate::steward::{ERP, Steward};

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_an_import_can_see_how_far_it_is() {
    let steward = Steward::new().await;
    let mut list = ERP.lines().next().expect("a head").to_owned();
    for n in 0..3_000 {
        // Writing to a string cannot fail.
        let _ =
            write!(list, "\n{n},SN-{},Siemens,1LE1001,P07/L02/ST-C,Motor {n},", 7_919 * n + 10_007);
    }
    steward.write("erp.csv", &list);
    let url = format!("{}/progress", steward.plant.server.url);
    let http = steward.plant.server.http.clone();
    let progress = async || {
        let answer = http.get(&url).send().await.expect("an answer");
        answer.json::<Value>().await.expect("JSON")
    };
    let nothing = json!({ "imports": [], "matching": null });
    assert_eq!(progress().await, nothing);
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let import = tokio::task::spawn_blocking(move || {
        let done = steward.ok(&["import", "--source", "erp.toml", "erp.csv"]);
        (done, steward)
    });
    while !import.is_finished() {
        let found = progress().await;
        let (read, done) = (&found["imports"][0]["read"], &found["imports"][0]["done"]);
        if read.as_u64() > Some(0) {
            assert!(done.as_u64() <= read.as_u64(), "{found}");
            seen.insert("importing".to_owned());
        }
        let step = &found["matching"];
        if let Some(stage) = step["stage"].as_str() {
            assert!(step["done"].as_u64() <= step["total"].as_u64(), "{found}");
            assert!(step["total"].as_u64() > Some(0), "{found}");
            seen.insert(stage.to_owned());
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let (done, _steward) = import.await.expect("the import");
    assert!(done.contains("3000 new twins"), "{done}");
    for stage in ["importing", "comparing", "linking"] {
        assert!(seen.contains(stage), "{stage} is not among {seen:?}");
    }
    assert_eq!(progress().await, nothing);
}

#[tokio::test]
async fn a_file_of_which_nothing_can_be_used_is_refused_and_changes_nothing() {
    let plant = Plant::full(&[]).await;
    let before = plant.server.position().await;
    let table = [
        ("a.ndjson", r#"{"twin":{"ids":["cmms:X"],"model":"dtmi:no:Such;1"}}"#),
        ("a.ndjson", r#"{"twin":{"ids":["cmms:X\u0000"],"model":"dtmi:counterpart:base:Site;1"}}"#),
        (
            "a.ndjson",
            r#"{"twin":{"ids":["cmms:X"],"model":"dtmi:counterpart:base:Site;1","properties":{"name":7}}}"#,
        ),
        ("a.ndjson", r#"{"record":{"key":"erp:1","kind":"k\u0000","attributes":{}}}"#),
        ("a.ndjson", r#"{"record":{"key":"erp:1","kind":"k","attributes":{"a":1,"a":2}}}"#),
        (
            "a.ndjson",
            r#"{"record":{"key":"erp:1","kind":"k","attributes":{"a":18446744073709551616}}}"#,
        ),
        ("a.ndjson", r#"{"system":{"name":"new","title":"a\u0000b"}}"#),
        (
            "a.ndjson",
            r#"{"binding":{"device":"mqtt:D","channel":"c","twin":"cmms:EQ-000112001","path":"nope"}}"#,
        ),
        (
            "a.ndjson",
            r#"{"binding":{"device":"mqtt:D","channel":"c","twin":"cmms:EQ-000112001","path":"power","unit":"bananas"}}"#,
        ),
        ("a.ndjson", r#"{"link":{"id":"erp:1","twin":"cmms:NOBODY"}}"#),
        ("a.ndjson", r#"{"surprise":{}}"#),
        (
            "a.json",
            r#"{"@id":"dtmi:x:A;1","@type":"Interface","@context":"dtmi:dtdl:context;3","contents":7}"#,
        ),
        ("a.xlsx", "PK"),
        ("a.ttl", "@prefix : <no"),
        ("a.csv", "\"a,b\n1"),
    ];
    for (name, body) in table {
        let path = format!("/import?name={name}");
        let answer = plant.server.post(&path, "application/octet-stream", body).await;
        assert_eq!(answer.status, 422, "{name} {body:.120}: {answer:?}");
        assert!(answer.body["errors"].as_u64() > Some(0), "{body:.120}: {answer:?}");
        assert!(answer.words().len() > 10, "{body:.120}: {answer:?}");
        assert!(
            answer.body["problems"][0]["origin"]["file"] == name || name == "a.json",
            "{answer:?}"
        );
    }
    assert_eq!(plant.server.position().await, before);
}

#[tokio::test]
async fn large_and_packed_imports_neither_fill_memory_nor_stop_others() {
    let plant = Plant::empty(&[("COUNTERPART_LIMITS__IMPORT_BYTES", "4000000")]).await;
    let lines = packed(&vec![b'\n'; 3_900_000]);
    let bomb = packed(&vec![b'\n'; 200 << 20]);
    let before = plant.server.memory();
    let probe = Probe::start(&plant.server);
    let long = vec![b'x'; 5_000_000];
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let imports = [&lines, &bomb, &bomb, &long].map(|body| {
            let path = "/import?name=a.ndjson";
            plant.server.post(path, "application/octet-stream", body.clone())
        });
        statuses.extend(futures_util::future::join_all(imports).await.iter().map(|a| a.status));
    }
    probe.assert_unharmed().await;
    assert!(statuses.iter().all(|s| [200, 413, 503].contains(s)), "{statuses:?}");
    assert!(statuses.contains(&413), "{statuses:?}");
    let risen = plant.server.memory().saturating_sub(before);
    assert!(risen < 64 << 20, "memory rose by {risen} bytes");
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let level = flate2::Compression::fast();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).expect("memory is enough");
    encoder.finish().expect("memory is enough")
}
