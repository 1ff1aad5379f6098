//! The limits themselves, each with its unit and the reason for its default.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Limits of the GraphQL surface. Over any of them the caller gets a typed error.
///
/// The defaults let pass what GraphiQL, code generators and dashboards send, with room to spare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GraphqlLimits {
    /// Bytes of an HTTP body, after decompression. Large enough for a file of models.
    pub body_bytes_max: usize,
    /// Bytes of a GraphQL document. An introspection query has 2 KB.
    pub document_bytes_max: usize,
    /// Tokens of a document. An introspection query has 300.
    pub tokens_max: usize,
    /// Selection sets inside each other, fragments included. Introspection needs 15; each hop
    /// along a relationship needs 3 or 4. The parser stops at 64, the executor at the schema's
    /// `limit_recursive_depth` (32 by default).
    pub depth_max: usize,
    /// Lists and objects inside each other, in variables and in literals.
    pub value_depth_max: usize,
    /// Values in the variables, counted one by one. Each costs about a hundred bytes of memory.
    pub variable_values_max: usize,
    /// Aliases in a document. A dashboard names one per widget.
    pub aliases_max: usize,
    /// Directives in a document.
    pub directives_max: usize,
    /// Fields at the root of an operation, after fragments are expanded. Each is a lookup of its
    /// own.
    pub root_fields_max: usize,
    /// Fields, spreads and inline fragments of a document, after fragments are expanded.
    pub selections_max: u64,
    /// Fields multiplied by the `first` and `last` around them: an upper bound of the values in
    /// the answer.
    pub cost_max: u64,
    /// Operations in one HTTP request (a JSON list). 1 switches batching off.
    pub batch_len_max: usize,
    /// Errors in one answer; those beyond are counted, not sent.
    pub errors_max: usize,
    /// Milliseconds for a body to arrive.
    pub body_timeout_ms: u64,
    /// Milliseconds for a query or mutation to finish.
    pub request_timeout_ms: u64,
    /// WebSocket connections and event streams together.
    pub connections_max: usize,
    /// Operations under way on one WebSocket connection.
    pub subscriptions_per_connection_max: usize,
    /// Milliseconds between opening a WebSocket and its `connection_init`.
    pub ws_init_timeout_ms: u64,
    /// Milliseconds between keep-alive pings (WebSocket) and comments (event stream). A WebSocket
    /// peer that is silent for two of them is taken for dead.
    pub keep_alive_ms: u64,
    /// Milliseconds that a client may take to read what was sent before it is cut off.
    pub write_timeout_ms: u64,
    /// Bytes of a WebSocket message from a client.
    pub ws_message_bytes_max: usize,
    /// Bytes of a WebSocket frame from a client.
    pub ws_frame_bytes_max: usize,
    /// Bytes of each connection's read buffer. It is held for as long as the connection is.
    pub ws_read_buffer_bytes: usize,
    /// Bytes that may wait to be written to one connection, and so the largest answer over
    /// WebSocket.
    pub ws_write_buffer_bytes_max: usize,
    /// Answers that may wait to be written to one event stream.
    pub sse_queue_len_max: usize,
}

impl Default for GraphqlLimits {
    fn default() -> Self {
        Self {
            body_bytes_max: 4 << 20,
            document_bytes_max: 128 << 10,
            tokens_max: 5_000,
            depth_max: 30,
            value_depth_max: 16,
            variable_values_max: 100_000,
            aliases_max: 200,
            directives_max: 100,
            root_fields_max: 100,
            selections_max: 5_000,
            cost_max: 500_000,
            batch_len_max: 1,
            errors_max: 20,
            body_timeout_ms: 30_000,
            request_timeout_ms: 30_000,
            connections_max: 2_000,
            subscriptions_per_connection_max: 100,
            ws_init_timeout_ms: 5_000,
            keep_alive_ms: 15_000,
            write_timeout_ms: 10_000,
            ws_message_bytes_max: 1 << 20,
            ws_frame_bytes_max: 1 << 20,
            ws_read_buffer_bytes: 4 << 10,
            ws_write_buffer_bytes_max: 16 << 20,
            sse_queue_len_max: 16,
        }
    }
}

impl GraphqlLimits {
    /// [`Self::body_timeout_ms`] as a duration.
    pub fn body_timeout(&self) -> Duration {
        Duration::from_millis(self.body_timeout_ms)
    }

    /// [`Self::request_timeout_ms`] as a duration.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms)
    }

    /// [`Self::ws_init_timeout_ms`] as a duration.
    pub fn ws_init_timeout(&self) -> Duration {
        Duration::from_millis(self.ws_init_timeout_ms)
    }

    /// [`Self::keep_alive_ms`] as a duration, never zero because timers refuse that.
    pub fn keep_alive(&self) -> Duration {
        Duration::from_millis(self.keep_alive_ms.max(1))
    }

    /// [`Self::write_timeout_ms`] as a duration.
    pub fn write_timeout(&self) -> Duration {
        Duration::from_millis(self.write_timeout_ms)
    }
}
