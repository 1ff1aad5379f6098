//! The gaps of coverage are counted in the background, and `/metrics` shows what the board says.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::plant::Plant;
use crate::steward::{CMMS, Steward, THRESHOLDS};

const BOARD: &str = "{ coverage {
  assetsWithoutDevice { totalCount } devicesWithoutAsset { totalCount }
  quarantinedStreams { totalCount } idsClaimedTwice { totalCount }
} }";

#[tokio::test]
async fn the_metrics_come_to_say_what_the_board_says() {
    let plant = Plant::full(&[("COUNTERPART_COVERAGE__COUNT_EVERY_S", "1")]).await;
    let reading = json!([{"system": "mqtt", "device": "NEW", "channel": "c", "value": 1.5}]);
    plant.server.post("/ingest", "application/json", reading.to_string()).await;
    let asked = json!({ "query": BOARD }).to_string();
    let board = plant.server.post("/graphql", "application/json", asked).await.body;
    let total = |list: &str| board["data"]["coverage"][list]["totalCount"].as_u64().unwrap();
    assert_eq!(total("quarantinedStreams"), 1, "{board}");
    let told = async || {
        let metrics = plant.server.http.get(format!("{}/metrics", plant.server.url)).send().await;
        let metrics = metrics.expect("an answer").text().await.expect("text");
        move |gap: &str| {
            let name = format!("counterpart_coverage_gaps{{gap=\"{gap}\"}} ");
            let count = metrics.lines().find_map(|line| line.strip_prefix(&name)?.parse().ok());
            count.unwrap_or(0_u64)
        }
    };
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let count = told().await;
        let assets = count("asset_without_device") + count("asset_with_silent_device");
        let agrees = assets == total("assetsWithoutDevice")
            && count("device_without_asset") == total("devicesWithoutAsset")
            && count("quarantined_stream") == 1
            && count("id_claimed_twice") == total("idsClaimedTwice");
        if agrees && total("assetsWithoutDevice") > 0 {
            return;
        }
        assert!(Instant::now() < until, "the metrics say {assets} assets, the board {board}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The value of a metric, if it is there.
fn value(metrics: &str, series: &str) -> Option<u64> {
    metrics.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok())
}

#[tokio::test]
async fn the_metrics_say_what_imports_read_and_what_matching_made_of_it() {
    let every = ("COUNTERPART_COVERAGE__COUNT_EVERY_S", "1");
    let steward = Steward::with(&[THRESHOLDS[0], THRESHOLDS[1], every]).await;
    let before = steward.plant.metrics().await;
    let imports = |metrics: &str, outcome: &str| {
        let series = format!("counterpart_imports_total{{outcome=\"{outcome}\"}}");
        value(metrics, &series).unwrap_or_default()
    };
    steward.import(&["--stage"]);
    let (code, ..) = {
        steward.write("cmms.csv", &format!("{CMMS},44,,,,,2026-01-01\n"));
        let both = ["--source", "erp.toml", "--source", "cmms.toml", "erp.csv", "cmms.csv"];
        steward.run(&[&["import"], &both[..]].concat())
    };
    assert_eq!(code, Some(1));
    let metrics = steward.plant.metrics().await;
    // What is staged is not imported yet; the models were.
    assert_eq!(imports(&metrics, "complete"), imports(&before, "complete"), "{metrics}");
    assert_eq!(imports(&metrics, "partial"), 1, "{metrics}");
    for (series, expected) in [
        ("counterpart_import_items_total{kind=\"records\",outcome=\"changed\"}", 8),
        ("counterpart_import_items_total{kind=\"records\",outcome=\"rejected\"}", 1),
        ("counterpart_import_problems_total{severity=\"error\"}", 1),
        ("counterpart_matched_total{outcome=\"created\"}", 5),
        ("counterpart_matched_total{outcome=\"merged\"}", 3),
        ("counterpart_matched_total{outcome=\"doubtful\"}", 1),
    ] {
        assert_eq!(value(&metrics, series), Some(expected), "{series}\n{metrics}");
    }
    let until = Instant::now() + Duration::from_secs(30);
    let queue = |metrics: &str, candidate: &str| {
        value(metrics, &format!("counterpart_review_tasks{{candidate=\"{candidate}\"}}"))
    };
    loop {
        let metrics = steward.plant.metrics().await;
        if queue(&metrics, "record") == Some(1) && queue(&metrics, "twin") == Some(0) {
            return;
        }
        assert!(Instant::now() < until, "{metrics}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn requests_are_counted_by_route_whatever_is_asked_for() {
    let plant = Plant::full(&[]).await;
    let server = &plant.server;
    for n in 0..20 {
        let ask = |path: String| server.http.get(format!("{}{path}", server.url)).send();
        ask(format!("/nothing/{n}")).await.expect("an answer");
        ask(format!("/dtmi/com/example/thing-{n}.json")).await.expect("an answer");
        ask("/livez".to_owned()).await.expect("an answer");
        let method = reqwest::Method::from_bytes(format!("M{n}").as_bytes()).expect("a method");
        let odd = server.http.request(method, format!("{}/livez", server.url)).send();
        odd.await.expect("an answer");
    }
    let metrics = plant.metrics().await;
    let count =
        |labels: &str| value(&metrics, &format!("counterpart_http_requests_total{{{labels}}}"));
    let other = "route=\"other\",method=\"GET\",status=\"404\"";
    assert_eq!(count(other), Some(20), "{metrics}");
    assert!(count("route=\"/livez\",method=\"GET\",status=\"200\"") >= Some(20), "{metrics}");
    assert_eq!(count("route=\"/livez\",method=\"other\",status=\"405\""), Some(20), "{metrics}");
    let series = |name: &str| metrics.lines().filter(|line| line.starts_with(name)).count();
    assert!(series("counterpart_http_requests_total") < 20, "{metrics}");
    let timed = "counterpart_http_seconds_count{route=\"/livez\",method=\"GET\"}";
    assert!(value(&metrics, timed) >= Some(20), "{metrics}");
    assert!(!metrics.contains("thing-7"), "{metrics}");
}
