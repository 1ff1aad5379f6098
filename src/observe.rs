//! Logs and metrics.

use std::io::IsTerminal;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::domain::curation::Candidate;
use crate::engine::{CoverageCounts, Engine};

/// What log lines look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines, one object a line.
    Json,
}

/// Sends logs to standard error, filtered by `COUNTERPART_LOG` (default `info`). Only the first call counts.
pub fn start_logs(format: LogFormat) {
    let filter = EnvFilter::try_from_env("COUNTERPART_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,rumqttc=warn"));
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    let started = match format {
        LogFormat::Text => registry.with(layer.compact()).try_init(),
        LogFormat::Json => registry.with(layer.json()).try_init(),
    };
    if started.is_err() {
        tracing::debug!("logs were started before");
    }
}

/// Starts collecting metrics; the handle renders them for Prometheus. `None` when they were started before.
pub fn start_metrics() -> Option<PrometheusHandle> {
    let seconds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];
    let builder = PrometheusBuilder::new().set_buckets(&seconds).ok()?;
    let handle = builder.install_recorder().ok()?;
    describe();
    Some(handle)
}

/// Counting the gaps of coverage takes at most one part in so many of the time.
const COUNTING_SHARE: u32 = 20;

/// Counts the gaps of coverage every so often, until `stop`. Counting looks at everything, in bounded looks; a request
/// for metrics only shows what was counted last. Where counting takes long it is done less often.
pub async fn count_coverage(engine: Engine, every: Duration, stop: CancellationToken) {
    loop {
        let started = std::time::Instant::now();
        tokio::select! {
            () = stop.cancelled() => return,
            counts = engine.coverage_counts() => show(counts),
        }
        show_tasks(&engine);
        let took = started.elapsed();
        metrics::histogram!("counterpart_coverage_seconds").record(took);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(every.max(took.saturating_mul(COUNTING_SHARE))) => {}
        }
    }
}

fn show(counts: CoverageCounts) {
    let gaps = [
        ("asset_without_device", counts.assets_without_device),
        ("asset_with_silent_device", counts.assets_with_silent_device),
        ("device_without_asset", counts.devices_without_asset),
        ("quarantined_stream", counts.quarantined_streams),
        ("id_claimed_twice", counts.ids_claimed_twice),
        ("ending_mapping", counts.ending_mappings),
        ("disagreement", counts.disagreements),
    ];
    for (gap, count) in gaps {
        metrics::gauge!("counterpart_coverage_gaps", "gap" => gap).set(count as f64);
    }
    let readings = counts.quarantined_readings as f64;
    metrics::gauge!("counterpart_quarantined_readings").set(readings);
}

fn show_tasks(engine: &Engine) {
    let known = engine.head();
    let (records, all) = engine.read(|state| {
        let tasks = state.curations.tasks(known);
        tasks.fold((0_u32, 0_u32), |(records, all), (task, _)| {
            (records + u32::from(matches!(task.candidate, Candidate::Record(_))), all + 1)
        })
    });
    for (candidate, count) in [("record", records), ("twin", all - records)] {
        metrics::gauge!("counterpart_review_tasks", "candidate" => candidate).set(f64::from(count));
    }
}

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_counter!(
        "counterpart_readings_total",
        "Readings by source and outcome; received = accepted + duplicate + quarantined + rejected"
    );
    describe_histogram!(
        "counterpart_commit_seconds",
        metrics::Unit::Seconds,
        "Time from a group of requests to its fsync"
    );
    describe_histogram!(
        "counterpart_match_seconds",
        metrics::Unit::Seconds,
        "Time to match a few records that came with all that are known"
    );
    describe_counter!(
        "counterpart_match_runs_total",
        "Runs of the matching that looked at records: at all of them, or at a few that came"
    );
    describe_counter!(
        "counterpart_devices_matched_total",
        "Ids of devices that were linked, by themselves, by what the device says of itself"
    );
    describe_gauge!("counterpart_position", "Position of the last entry of the log");
    describe_gauge!("counterpart_write_queue_requests", "Requests that wait to be written");
    describe_gauge!("counterpart_subscribers", "Subscriptions that are served");
    describe_gauge!("counterpart_twins", "Twins that were ever known");
    describe_gauge!("counterpart_streams", "Streams that are open");
    describe_gauge!(
        "counterpart_coverage_gaps",
        "What is missing, doubtful or about to end in the mapping, by kind of gap; see the query `coverage`"
    );
    describe_gauge!(
        "counterpart_quarantined_readings",
        "Readings of streams that nobody has mapped"
    );
    describe_histogram!(
        "counterpart_coverage_seconds",
        metrics::Unit::Seconds,
        "Time to count the gaps of coverage"
    );
    describe_gauge!(
        "counterpart_review_tasks",
        "Doubtful pairs that wait for a person, by what the record may be: another record, or a twin; counted when the \
         gaps of coverage are"
    );
    describe_imports();
    describe_counter!(
        "counterpart_http_requests_total",
        "Requests over HTTP by route, method and status"
    );
    describe_histogram!(
        "counterpart_http_seconds",
        metrics::Unit::Seconds,
        "Time from a request to the beginning of its answer, by route and method"
    );
}

fn describe_imports() {
    use metrics::describe_counter;
    describe_counter!(
        "counterpart_imports_total",
        "Imports that were done, by outcome: complete, partial (something was rejected), stopped"
    );
    describe_counter!(
        "counterpart_import_items_total",
        "What imports read, by kind and outcome; read = changed + unchanged + rejected + not_reached"
    );
    describe_counter!("counterpart_import_problems_total", "Problems of imports, by severity");
    describe_counter!(
        "counterpart_matched_total",
        "What matching did: records that joined a twin (matched), new twins (created), records that joined those \
         (merged), ids that changed_meaning, new doubtful pairs, records without_model, decisions refused"
    );
}
