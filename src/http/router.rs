//! Every route on one page.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{Redirect, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;

use super::guard::{self, Guard};
use super::measured::measured;
use super::{dtmi, health, import, reconcile, staged};
use crate::curation::Curator;
use crate::domain::id::abridged;
use crate::engine::Engine;
use crate::feed::Feed;
use crate::graphql::transport::{GraphqlService, TransportOptions};
use crate::ingest::Intake;
use crate::ingest::http::HttpOptions;
use crate::problem::Problem;

/// What the routes need.
pub struct Routes {
    /// Reads and writes.
    pub engine: Engine,
    /// Events.
    pub feed: Feed,
    /// Names, matching and what is to be decided.
    pub curator: Curator,
    /// The typed schema.
    pub graphql: Arc<dyn GraphqlService>,
    /// How the GraphQL endpoint behaves.
    pub transport: TransportOptions,
    /// Readings.
    pub intake: Intake,
    /// Limits of `POST /ingest`.
    pub ingest: HttpOptions,
    /// Metrics, if they are collected.
    pub metrics: Option<PrometheusHandle>,
    /// Largest import, in bytes.
    pub import_bytes_max: usize,
    /// Which web pages may use the server.
    pub guard: Guard,
    /// Fires when the server is about to stop.
    pub leaving: CancellationToken,
}

/// The whole HTTP interface.
///
/// | route | what |
/// |---|---|
/// | `GET`, `POST /graphql` | GraphQL over HTTP, WebSocket and SSE; the explorer for browsers |
/// | `POST /ingest` | readings |
/// | `POST /import` | master-data and model files |
/// | `GET /progress` | how far imports and matching are |
/// | `GET /imports`, `POST /imports/{id}/commit`, `…/discard` | imports that wait |
/// | `GET /dtmi/…`, `/metadata.json` | the models, in the layout of a device models repository |
/// | `GET`, `POST /reconcile…` | the Reconciliation Service API, which OpenRefine speaks |
/// | `GET /livez`, `/readyz`, `/metrics` | for the platform |
pub fn router(routes: Routes) -> Router {
    let Routes {
        engine,
        feed,
        curator,
        graphql,
        transport,
        intake,
        ingest,
        metrics,
        import_bytes_max,
        guard,
        leaving,
    } = routes;
    let graphql = crate::graphql::transport::router(graphql, transport);
    Router::new()
        .route("/", get(|| async { Redirect::temporary("/graphql") }))
        .merge(graphql)
        .merge(crate::ingest::http::router(intake, ingest))
        .merge(import::router(curator.clone(), import_bytes_max))
        .merge(staged::router(curator.clone()))
        .merge(dtmi::router(engine.clone()))
        .merge(reconcile::router(curator))
        .merge(health::router(engine, feed, metrics, leaving))
        .fallback(no_such_route)
        .layer(guard.cors())
        .layer(from_fn_with_state(Arc::new(guard), guard::check))
        .layer(TraceLayer::new_for_http().on_failure(()))
        .layer(from_fn(slow_answers))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(measured))
}

async fn no_such_route(uri: Uri) -> Problem {
    let detail = format!(
        "nothing is at `{}`; there are /graphql, /ingest, /import, /progress, /dtmi, /reconcile, /livez, \
         /readyz and /metrics",
        abridged(uri.path())
    );
    Problem::new(StatusCode::NOT_FOUND, "NO_SUCH_ROUTE", detail)
}

/// Only answers that took long are worth a line.
async fn slow_answers(request: Request, next: Next) -> Response {
    const SLOW: Duration = Duration::from_secs(1);
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let started = Instant::now();
    let answer = next.run(request).await;
    let took = started.elapsed();
    if took >= SLOW {
        let (status, took_ms) = (answer.status().as_u16(), took.as_millis());
        tracing::info!(%method, path = uri.path(), status, took_ms, "slow answer");
    }
    answer
}
