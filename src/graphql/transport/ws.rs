//! GraphQL over WebSocket: the `graphql-transport-ws` protocol.
//!
//! A connection is one task. It takes the next event of its operations only when the last one is
//! written, so a slow client slows its own streams and nothing piles up here.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts, Request, State};
use axum::response::Response;
use futures_util::stream::{AbortHandle, BoxStream, SelectAll, abortable};
use futures_util::{FutureExt, StreamExt, stream};
use http::{HeaderMap, header};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until};

use super::answer::Answer;
use super::negotiate::Form;
use super::operation::{self, Operation};
use super::router::Transport;
use super::service::Caller;
use super::ws_message::{ClientMessage, Close, ServerMessage};
use super::ws_output::{Buffers, End, Fed, Output};
use super::{envelope::Envelope, http as over_http, origin, sse};
use crate::graphql::error::{ErrorCode, GraphqlError};
use crate::graphql::limits::GraphqlLimits;

const PROTOCOL: &str = "graphql-transport-ws";

/// Events that are written before the socket is flushed and the client is heard again.
const EVENTS_PER_FLUSH_MAX: usize = 64;

/// Whether a request wants to become a WebSocket.
pub(super) fn is_upgrade(headers: &HeaderMap) -> bool {
    headers
        .get(header::UPGRADE)
        .is_some_and(|upgrade| upgrade.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Turns a request into a WebSocket, unless it comes from a foreign page or is one too many.
pub(super) async fn upgrade(State(transport): State<Arc<Transport>>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    if !origin::is_allowed(&parts.headers, &transport.allowed_origins) {
        let error = GraphqlError::new(
            ErrorCode::ForbiddenOrigin,
            "this page may not open a WebSocket here; add its Origin to the allowed origins",
        );
        return over_http::respond(&error.into(), Form::Json);
    }
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => {
            let error = GraphqlError::new(ErrorCode::BadRequest, rejection.body_text());
            return over_http::respond(&error.into(), Form::Json);
        }
    };
    let Ok(permit) = Arc::clone(&transport.connections).try_acquire_owned() else {
        return over_http::respond(&sse::too_many_connections(&transport).into(), Form::Json);
    };
    let caller = Caller { headers: parts.headers, connection_params: None };
    configure(upgrade, &transport.limits)
        .on_upgrade(move |socket| serve(transport, socket, caller, permit))
}

fn configure(upgrade: WebSocketUpgrade, limits: &GraphqlLimits) -> WebSocketUpgrade {
    let buffers = Buffers::new(limits);
    upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(limits.ws_read_buffer_bytes)
        .write_buffer_size(buffers.gather_bytes)
        .max_write_buffer_size(buffers.bytes_max)
        .max_message_size(limits.ws_message_bytes_max)
        .max_frame_size(limits.ws_frame_bytes_max)
}

async fn serve(
    transport: Arc<Transport>,
    socket: WebSocket,
    caller: Caller,
    _permit: OwnedSemaphorePermit,
) {
    let protocol_is_ours = socket.protocol().is_some();
    let mut connection = Connection::new(transport, socket, caller);
    let end =
        if protocol_is_ours { connection.run().await } else { Close::wrong_protocol().into() };
    // Operations end before the goodbye, which may take seconds.
    let output = connection.output;
    drop(connection.operations);
    if let End::Close(close) = end {
        tracing::debug!(close.code, close.reason, "closing a GraphQL WebSocket");
        let code = close.code.to_string();
        metrics::counter!("counterpart_graphql_ws_closed_total", "code" => code).increment(1);
        output.close(close).await;
    }
}

/// An event of one operation: an answer, or that it is over.
type Event = Option<Answer>;

struct Connection {
    transport: Arc<Transport>,
    output: Output,
    caller: Arc<Caller>,
    acknowledged: bool,
    init_deadline: Instant,
    keep_alive: Interval,
    last_heard: Instant,
    /// The operations under way, by the client's ids.
    ids: HashMap<Arc<str>, AbortHandle>,
    operations: SelectAll<BoxStream<'static, (Arc<str>, Event)>>,
}

impl Connection {
    fn new(transport: Arc<Transport>, socket: WebSocket, caller: Caller) -> Self {
        let limits = &transport.limits;
        let now = Instant::now();
        let mut keep_alive = interval_at(now + limits.keep_alive(), limits.keep_alive());
        keep_alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            output: Output::new(socket, limits),
            caller: Arc::new(caller),
            acknowledged: false,
            init_deadline: now + limits.ws_init_timeout(),
            keep_alive,
            last_heard: now,
            ids: HashMap::new(),
            operations: SelectAll::new(),
            transport,
        }
    }

    /// Serves the connection to its end.
    async fn run(&mut self) -> End {
        loop {
            if let Err(end) = self.step().await {
                return end;
            }
        }
    }

    async fn step(&mut self) -> Result<(), End> {
        let shutdown = self.transport.shutdown.clone();
        tokio::select! {
            () = shutdown.cancelled() => Err(Close::going_away().into()),
            () = sleep_until(self.init_deadline), if !self.acknowledged => {
                Err(Close::init_timeout().into())
            }
            _ = self.keep_alive.tick() => self.check_alive().await,
            frame = self.output.socket.recv() => self.frame(frame).await,
            Some((id, event)) = self.operations.next(), if !self.operations.is_empty() => {
                self.events(id, event).await
            }
        }
    }

    async fn check_alive(&mut self) -> Result<(), End> {
        if self.last_heard.elapsed() > self.transport.limits.keep_alive() * 2 {
            return Err(End::Gone);
        }
        self.output.ping().await
    }

    async fn frame(&mut self, frame: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        self.last_heard = Instant::now();
        match frame {
            Some(Ok(Message::Text(text))) => {
                let message = ClientMessage::parse(&text, &self.transport.limits)?;
                self.message(message).await
            }
            Some(Ok(Message::Binary(_))) => Err(Close::bad_message("send text, not binary").into()),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            // The kind of error is private to axum; only its words tell.
            Some(Err(error)) if error.to_string().contains("too long") => {
                Err(Close::too_big(&self.transport.limits).into())
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Gone),
        }
    }

    async fn message(&mut self, message: ClientMessage) -> Result<(), End> {
        match message {
            ClientMessage::Init(payload) => {
                if self.acknowledged {
                    return Err(Close::too_many_inits().into());
                }
                self.acknowledged = true;
                Arc::make_mut(&mut self.caller).connection_params = payload;
                self.output.send(&ServerMessage::ConnectionAck).await
            }
            ClientMessage::Ping(payload) => {
                let payload = payload.as_ref();
                self.output.send(&ServerMessage::Pong { payload }).await
            }
            ClientMessage::Pong => Ok(()),
            ClientMessage::Subscribe(id, envelope) => self.subscribe(id, envelope).await,
            ClientMessage::Complete(id) => {
                self.forget(&id);
                Ok(())
            }
        }
    }

    async fn subscribe(
        &mut self,
        id: Arc<str>,
        envelope: Result<Envelope, GraphqlError>,
    ) -> Result<(), End> {
        if !self.acknowledged {
            return Err(Close::unauthorized().into());
        }
        if self.ids.contains_key(&id) {
            return Err(Close::duplicate_id(&id).into());
        }
        let limits = &self.transport.limits;
        let operation = self
            .check_room()
            .and(envelope)
            .and_then(|envelope| Operation::prepare(envelope, &self.caller, limits));
        match operation {
            Ok(operation) => {
                self.start(id, operation);
                Ok(())
            }
            Err(error) => {
                let answer = Answer::from(error);
                let payload = answer.errors();
                let message = ServerMessage::Error { id: &id, payload };
                self.output.send(&message).await
            }
        }
    }

    fn check_room(&self) -> Result<(), GraphqlError> {
        let limit = self.transport.limits.subscriptions_per_connection_max;
        if self.ids.len() < limit {
            return Ok(());
        }
        Err(GraphqlError::over_limit(
            ErrorCode::TooManySubscriptions,
            "operations under way on this connection",
            self.ids.len() as u64 + 1,
            limit as u64,
            "complete some first, or merge several into one",
        ))
    }

    fn start(&mut self, id: Arc<str>, operation: Operation) {
        let answers = operation::answers(&self.transport, operation);
        let events = answers.map(Some).chain(stream::iter([None]));
        let (events, handle) = abortable(events);
        let tag = Arc::clone(&id);
        self.operations.push(events.map(move |event| (Arc::clone(&tag), event)).boxed());
        self.ids.insert(id, handle);
    }

    /// Writes this event and those that are ready behind it, and flushes once.
    async fn events(&mut self, id: Arc<str>, event: Event) -> Result<(), End> {
        self.event(id, event).await?;
        for _ in 1..EVENTS_PER_FLUSH_MAX {
            match self.operations.next().now_or_never() {
                Some(Some((id, event))) => self.event(id, event).await?,
                Some(None) | None => break,
            }
        }
        self.output.flush().await
    }

    async fn event(&mut self, id: Arc<str>, event: Event) -> Result<(), End> {
        let message = match &event {
            Some(answer) if answer.is_refusal() => {
                self.forget(&id);
                ServerMessage::Error { id: &id, payload: answer.errors() }
            }
            Some(payload) => ServerMessage::Next { id: &id, payload },
            None => {
                self.forget(&id);
                ServerMessage::Complete { id: &id }
            }
        };
        if self.output.feed(&message).await? == Fed::AsError {
            self.forget(&id);
        }
        Ok(())
    }

    /// Ends an operation of which the client shall hear no more.
    fn forget(&mut self, id: &str) {
        if let Some(operation) = self.ids.remove(id) {
            operation.abort();
        }
    }
}
