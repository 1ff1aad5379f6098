//! The load generator against a real server.

use counterpart::cli::bench::{LoadOptions, load, raw_insert};
use counterpart::store::sqlite::{SqliteOptions, SqliteStore};
use indicatif::ProgressBar;

use crate::harness::Plant;

fn options(readings: usize) -> LoadOptions {
    LoadOptions { readings, batch: 1_000, connections: 16, streams: 1_000, run: "bench".to_owned() }
}

#[tokio::test]
async fn a_load_is_acknowledged_to_the_last_reading() {
    let plant = Plant::start().await;
    let base = plant.url.trim_end_matches("/ingest");
    let figures = load(base, &options(10_500), &ProgressBar::hidden()).await.unwrap();
    assert_eq!((figures.readings, plant.held()), (10_500, 10_500));
    assert_eq!(figures.latencies.count(), 11);
    let again = load(base, &options(1_000), &ProgressBar::hidden()).await;
    assert!(again.is_err(), "duplicates were counted as new");
}

#[tokio::test]
async fn the_comparison_inserts_the_same_rows() {
    let folder = tempfile::tempdir().unwrap();
    let figures = raw_insert(folder.path(), &options(2_500), 1_000).await.unwrap();
    assert_eq!((figures.rows, figures.commit_rows), (2_500, 1_000));
}

/// Run with `cargo test --release --test ingest -- --ignored --nocapture ingest_rate`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a check"]
async fn ingest_rate() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("server");
    let store = SqliteStore::open(&data, SqliteOptions::default()).await;
    let plant = Plant::on(std::sync::Arc::new(store.unwrap())).await;
    let base = plant.url.trim_end_matches("/ingest");
    let options = options(1_000_000);
    let loaded = load(base, &options, &ProgressBar::hidden()).await.unwrap();
    let rate = |count: usize, elapsed: std::time::Duration| count as f64 / elapsed.as_secs_f64();
    println!("acknowledged {:.0}/s, {}", rate(loaded.readings, loaded.elapsed), loaded.latencies);
    for commit_rows in [1_000, 16_000] {
        let raw = raw_insert(folder.path(), &options, commit_rows).await.unwrap();
        println!("raw at {commit_rows}: {:.0}/s", rate(raw.rows, raw.elapsed));
    }
}
