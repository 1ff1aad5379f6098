//! The gaps of coverage are counted in the background, and `/metrics` shows what the board says.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::plant::Plant;

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
