//! Liveness, readiness and metrics.

use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;
use crate::feed::Feed;

/// How long the store may take to answer; platforms give a probe a second by default.
const PING_TIMEOUT: Duration = Duration::from_millis(900);

#[derive(Clone)]
struct Health {
    engine: Engine,
    feed: Feed,
    metrics: Option<PrometheusHandle>,
    leaving: CancellationToken,
}

/// `/livez`, `/readyz` and `/metrics`. `leaving` fires when the server is about to stop.
pub fn router(
    engine: Engine,
    feed: Feed,
    metrics: Option<PrometheusHandle>,
    leaving: CancellationToken,
) -> Router {
    Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/metrics", get(render_metrics))
        .with_state(Health { engine, feed, metrics, leaving })
}

/// The process runs and answers.
async fn livez() -> &'static str {
    "ok\n"
}

/// Reads and writes are taken: the store answers, and the server is not stopping.
async fn readyz(State(health): State<Health>) -> Response {
    let engine = &health.engine;
    let store = if health.leaving.is_cancelled() {
        Err("the server is stopping".to_owned())
    } else if engine.is_ready() {
        ping(engine).await
    } else {
        Err("the store failed, and is being read again".to_owned())
    };
    let (status, problem) = match store {
        Ok(()) => (StatusCode::OK, None),
        Err(problem) => (StatusCode::SERVICE_UNAVAILABLE, Some(problem)),
    };
    let body = json!({
        "ready": problem.is_none(),
        "store": engine.store().kind(),
        "position": engine.head().0.to_string(),
        "problem": problem,
    });
    (status, Json(body)).into_response()
}

/// Whether the store answers, told soon enough for the one who asks.
async fn ping(engine: &Engine) -> Result<(), String> {
    match tokio::time::timeout(PING_TIMEOUT, engine.store().ping()).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err(format!("the store gave no answer within {PING_TIMEOUT:?}")),
    }
}

async fn render_metrics(State(health): State<Health>) -> Response {
    let Some(handle) = &health.metrics else {
        return (StatusCode::NOT_FOUND, "metrics are not collected\n").into_response();
    };
    let (twins, streams) =
        health.engine.read(|state| (state.graph.ids().len(), state.streams.len()));
    metrics::gauge!("counterpart_position").set(health.engine.head().0 as f64);
    metrics::gauge!("counterpart_write_queue_requests").set(health.engine.waiting() as f64);
    metrics::gauge!("counterpart_subscribers").set(health.feed.subscribers() as f64);
    metrics::gauge!("counterpart_twins").set(twins as f64);
    metrics::gauge!("counterpart_streams").set(streams as f64);
    handle.run_upkeep();
    let text = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, text)], handle.render()).into_response()
}
