//! What the transports need from the rest of the server.

use async_graphql::{Request, Response, Value};
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use http::HeaderMap;
use tokio_util::sync::CancellationToken;

use crate::graphql::limits::GraphqlLimits;

/// What the transports need of the schema. A model upload swaps the schema, so implementations
/// look it up for each operation.
///
/// Build the schema with the extension [`FieldErrors`](crate::graphql::field_errors::FieldErrors)
/// (it gives errors the paths by which failed fields are told from refused operations), with
/// `disable_suggestions` (an unknown field is otherwise compared with every field of its type), and
/// with a `limit_recursive_depth` of at least [`GraphqlLimits::depth_max`].
pub trait GraphqlService: Send + Sync + 'static {
    /// Runs a query or a mutation. The document is parsed and within the limits, and the request's
    /// data holds the [`Caller`].
    fn execute(&self, request: Request) -> BoxFuture<'static, Response>;

    /// Runs a subscription. Dropping the stream ends it.
    fn subscribe(&self, request: Request) -> BoxStream<'static, Response>;
}

/// Who asks, as far as the transport knows; in the request's data as `Arc<Caller>`.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Headers of the HTTP request, or of the one that opened the WebSocket.
    pub headers: HeaderMap,
    /// The payload of a WebSocket's `connection_init`.
    pub connection_params: Option<Value>,
}

/// An operation that the explorer page offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleOperation {
    /// A few words for the list.
    pub title: String,
    /// The GraphQL document.
    pub document: String,
    /// The variables, as JSON text; may be empty.
    pub variables: String,
}

/// How the transports behave.
#[derive(Debug, Clone, Default)]
pub struct TransportOptions {
    /// Limits on requests and connections.
    pub limits: GraphqlLimits,
    /// What the explorer page offers to start with.
    pub examples: Vec<ExampleOperation>,
    /// Origins (`https://plant.example`) beside the server's own whose pages may open a WebSocket.
    /// Browsers do not guard WebSockets as they guard POST, so anything else is refused.
    pub allowed_origins: Vec<String>,
    /// Ends every stream when it fires: WebSockets with 1001, event streams without `complete`,
    /// so that clients connect again.
    pub shutdown: CancellationToken,
}
