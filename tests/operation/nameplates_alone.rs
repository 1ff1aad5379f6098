//! Devices tell what they are, and nobody imports or runs anything: their ids come to mean machines all the same.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::nameplates::{CMMS, Works, some};

/// How long a device may take to be known; it takes a second.
const DEADLINE: Duration = Duration::from_secs(60);
/// Devices are matched soon.
const SOON: (&str, &str) = ("COUNTERPART_TELEMETRY_IDENTITY__MATCH_AFTER_MS", "200");
/// Devices are not matched while a test lasts.
const LATE: [(&str, &str); 2] = [
    ("COUNTERPART_TELEMETRY_IDENTITY__MATCH_AFTER_MS", "3600000"),
    ("COUNTERPART_TELEMETRY_IDENTITY__MATCH_WITHIN_MS", "3600000"),
];
/// Machines of a plant that is so large that single devices are matched one by one.
const MACHINES: usize = 600;

/// Waits until something is so.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let until = Instant::now() + DEADLINE;
    while !is_so().await {
        assert!(Instant::now() < until, "not within {DEADLINE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn comes_to_mean(works: &Works, device: &str, name: &str) {
    until(&format!("{device} means {name}"), async || {
        works.means(device, None).await == some(name)
    })
    .await;
}

/// A list of many machines of three makers.
fn many() -> String {
    let row = |number: usize| {
        let (maker, kind) =
            [("KSB", "ETANORM"), ("SIEMENS", "1LE1001"), ("GRUNDFOS", "CR10")][number % 3];
        format!(
            "M-{number},{maker}{:06},{maker},{kind}-{},Machine {number}\n",
            104_729 * number % 999_983,
            number % 17
        )
    };
    (0..MACHINES).map(row).collect()
}

#[tokio::test]
async fn a_device_that_reports_its_serial_is_found_without_an_import() {
    for rows in [String::new(), many()] {
        let works = Works::by_itself(&[SOON]).await;
        works.import("cmms", &format!("{CMMS}{rows}"));
        let (january, march) = ("2026-01-10T00:00:00Z", "2026-03-01T00:00:00Z");
        works.tells("GW-1", january, &[("serial", "4471-0012"), ("vendor", "KSB SE")]).await;
        comes_to_mean(&works, "GW-1", "Rinse pump A").await;
        let reason = works.reason("GW-1").await;
        assert!(reason.starts_with("the device reports serial 4471-0012"), "{reason}");
        // Another unit is put in its place.
        let new = [("serial", "SN 8821307441"), ("vendor", "Siemens")];
        works.tells("GW-1", march, &new).await;
        comes_to_mean(&works, "GW-1", "Motor conveyor").await;
        let found = works.means_in("GW-1", &[2, 4]).await;
        assert_eq!(found, [some("Rinse pump A"), some("Motor conveyor")]);
    }
}

#[tokio::test]
async fn two_units_that_were_told_of_at_once_are_both_found() {
    let works = Works::by_itself(&[SOON]).await;
    works.import("cmms", &format!("{CMMS}{}", many()));
    let old = json!({"system": "mqtt", "device": "GW-1", "channel": "serial", "time": "2026-01-10T00:00:00Z", "value": "G5-2291-7731"});
    let new = json!({"system": "mqtt", "device": "GW-1", "channel": "serial", "time": "2026-03-10T00:00:00Z", "value": "SN 88213-07441"});
    let (status, _) = works.plant.server.ingest(&json!([old, new])).await.expect("an answer");
    assert_eq!(status, 200);
    comes_to_mean(&works, "GW-1", "Motor conveyor").await;
    let found = works.means_in("GW-1", &[2, 4]).await;
    assert_eq!(found, [some("Booster pump"), some("Motor conveyor")]);
}

#[tokio::test]
async fn a_device_that_nobody_knows_is_looked_at_once_and_found_by_who_brings_its_record() {
    let works = Works::by_itself(&[SOON]).await;
    works.import("cmms", &many());
    let (all, few) = (works.runs("all").await, works.runs("few").await);
    let said = [("serial", "X-5551234"), ("vendor", "KSB"), ("model", "ETANORM-5")];
    works.tells("GW-9", "2026-03-01T00:00:00Z", &said).await;
    until("it was looked at", async || works.runs("few").await == few + 1).await;
    assert_eq!(works.means("GW-9", None).await, None);
    works.tells("GW-9", "2026-03-02T00:00:00Z", &said).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(works.runs("few").await, few + 1, "what is said again is no news");
    works.import("erp", "4711,X5551234,KSB AG,ETANORM-5,Spare pump\n");
    assert_eq!(works.means("GW-9", None).await, some("Spare pump"));
    assert_eq!(works.runs("all").await, all, "few were looked at each time");
}

#[tokio::test]
async fn a_device_that_chatters_is_matched_all_the_same() {
    let within = ("COUNTERPART_TELEMETRY_IDENTITY__MATCH_WITHIN_MS", "1000");
    let after = ("COUNTERPART_TELEMETRY_IDENTITY__MATCH_AFTER_MS", "900");
    let works = Works::by_itself(&[within, after]).await;
    works.import("cmms", CMMS);
    let mut second = 0;
    works.tells("GW-1", "2026-03-01T00:00:00Z", &[("serial", "44710012"), ("vendor", "KSB")]).await;
    // Another one says something new again and again, and never gives the quiet that is waited for.
    until("GW-1 means the pump", async || {
        second += 1;
        let time = format!("2026-03-01T01:{:02}:{:02}Z", second / 60 % 60, second % 60);
        works.tells(&format!("GW-{}", 10 + second), &time, &[("ip", "10.0.0.7")]).await;
        works.means("GW-1", None).await.is_some()
    })
    .await;
}

#[tokio::test]
async fn what_a_device_said_before_a_kill_is_matched_after_it() {
    let mut works = Works::by_itself(&LATE).await;
    works.import("cmms", CMMS);
    let said = [("serial", "44710012"), ("vendor", "KSB")];
    works.tells("GW-1", "2026-01-10T00:00:00Z", &said).await;
    assert_eq!(works.means("GW-1", None).await, None, "nobody has looked yet");
    works.plant = works.plant.killed(&LATE).await;
    comes_to_mean(&works, "GW-1", "Rinse pump A").await;
}
