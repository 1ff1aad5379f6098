//! The routes of the GraphQL surface.

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get};
use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::graphiql;
use super::service::{GraphqlService, TransportOptions};
use super::{http, ws};
use crate::graphql::limits::GraphqlLimits;

/// What every request needs.
pub(super) struct Transport {
    pub service: Arc<dyn GraphqlService>,
    pub limits: GraphqlLimits,
    pub allowed_origins: Vec<String>,
    pub shutdown: CancellationToken,
    /// One permit per WebSocket or event stream.
    pub connections: Arc<Semaphore>,
    pub page: Bytes,
}

/// The GraphQL surface, over every transport:
///
/// | route | what it serves |
/// |---|---|
/// | `POST /graphql` | one operation; a subscription with `Accept: text/event-stream` |
/// | `GET /graphql` | a query or a subscription; a WebSocket upgrade; the explorer for browsers |
/// | `/graphql/stream` | the same, always answered as an event stream |
/// | `GET /graphql/ws` | WebSocket only |
pub fn router(service: Arc<dyn GraphqlService>, options: TransportOptions) -> Router {
    let connections = options.limits.connections_max.min(Semaphore::MAX_PERMITS);
    let transport = Arc::new(Transport {
        service,
        page: graphiql::page(&options.examples),
        limits: options.limits,
        allowed_origins: options.allowed_origins,
        shutdown: options.shutdown,
        connections: Arc::new(Semaphore::new(connections)),
    });
    Router::new()
        .route("/graphql", any(http::graphql))
        .route("/graphql/stream", any(http::event_stream))
        .route("/graphql/ws", get(ws::upgrade))
        .with_state(transport)
}
