//! Server-sent events, in the "distinct connections" mode of graphql-sse: one operation, one
//! response, `next` events and a final `complete`.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use ::http::{HeaderValue, header};
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::answer::Answer;
use super::http;
use super::negotiate::Form;
use super::router::Transport;
use crate::graphql::error::{ErrorCode, GraphqlError};

/// A comment, which clients skip.
const KEEP_ALIVE: Bytes = Bytes::from_static(b":\n\n");

/// `EventSource` drops events without a data line, even an empty one.
const COMPLETE: Bytes = Bytes::from_static(b"event: complete\ndata:\n\n");

/// Streams the answers of an operation, or refuses where there are too many streams.
pub(super) fn respond(transport: &Arc<Transport>, answers: BoxStream<'static, Answer>) -> Response {
    let Ok(permit) = Arc::clone(&transport.connections).try_acquire_owned() else {
        return http::respond(&too_many_connections(transport).into(), Form::Json);
    };
    let (sender, receiver) = mpsc::channel(transport.limits.sse_queue_len_max.max(1));
    let producer = Producer {
        sender,
        keep_alive: transport.limits.keep_alive(),
        write_timeout: transport.limits.write_timeout(),
        shutdown: transport.shutdown.clone(),
    };
    tokio::spawn(producer.run(answers));
    // The permit lives as long as the body, so a connection that is stuck still counts.
    let body = stream::unfold((receiver, permit), |(mut receiver, permit)| async move {
        let event = receiver.recv().await?;
        Some((Ok::<_, Infallible>(event), (receiver, permit)))
    });
    let mut response = Response::new(Body::from_stream(body));
    let headers = response.headers_mut();
    headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx would otherwise hold events back until its buffer is full.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// Streams a single answer.
pub(super) fn respond_once(transport: &Arc<Transport>, answer: Answer) -> Response {
    respond(transport, stream::once(async { answer }).boxed())
}

/// The error for a stream that would be one too many.
pub(super) fn too_many_connections(transport: &Transport) -> GraphqlError {
    GraphqlError::new(
        ErrorCode::TooManyConnections,
        format!(
            "the server already holds {} streams, which is its limit; try again later, or share \
             one WebSocket between subscriptions",
            transport.limits.connections_max
        ),
    )
    .with("retryAfterSeconds", 5)
}

/// Writes events into the queue of one response. It runs beside the response because a body that
/// nobody reads is never polled, and so could not notice it.
struct Producer {
    sender: mpsc::Sender<Bytes>,
    keep_alive: Duration,
    write_timeout: Duration,
    shutdown: CancellationToken,
}

impl Producer {
    async fn run(self, mut answers: BoxStream<'static, Answer>) {
        let mut keep_alive = interval(self.keep_alive);
        keep_alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let event = tokio::select! {
                // Without `complete`, so that the client connects again.
                () = self.shutdown.cancelled() => return,
                () = self.sender.closed() => return,
                // The first tick is immediate and opens the stream.
                _ = keep_alive.tick() => Some(KEEP_ALIVE),
                answer = answers.next() => answer.map(|answer| next_event(&answer)),
            };
            let is_last = event.is_none();
            if !self.send(event.unwrap_or(COMPLETE)).await || is_last {
                return;
            }
        }
    }

    /// Whether the event was taken in time.
    async fn send(&self, event: Bytes) -> bool {
        match timeout(self.write_timeout, self.sender.send(event)).await {
            Ok(sent) => sent.is_ok(),
            Err(_) => {
                tracing::info!("an event stream was cut off: its client does not read");
                metrics::counter!("counterpart_graphql_slow_clients_total", "transport" => "sse")
                    .increment(1);
                false
            }
        }
    }
}

fn next_event(answer: &Answer) -> Bytes {
    let mut event = b"event: next\ndata: ".to_vec();
    event.extend(answer.to_json());
    event.extend_from_slice(b"\n\n");
    event.into()
}
