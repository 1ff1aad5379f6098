//! Logs and metrics.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

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
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
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
    let seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5];
    let builder = PrometheusBuilder::new().set_buckets(&seconds).ok()?;
    let handle = builder.install_recorder().ok()?;
    describe();
    Some(handle)
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
    describe_gauge!("counterpart_position", "Position of the last entry of the log");
    describe_gauge!("counterpart_write_queue_requests", "Requests that wait to be written");
    describe_gauge!("counterpart_subscribers", "Subscriptions that are served");
    describe_gauge!("counterpart_twins", "Twins that were ever known");
    describe_gauge!("counterpart_streams", "Streams that are open");
}
