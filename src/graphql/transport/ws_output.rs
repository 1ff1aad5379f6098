//! The writing half of a WebSocket: within its time, and never more than one message ahead of what
//! the client reads.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::SinkExt;
use tokio::time::timeout;

use super::ws_message::{Close, ServerMessage};
use crate::graphql::error::{ErrorCode, GraphqlError};
use crate::graphql::limits::GraphqlLimits;

/// How much is gathered before it is written, even without a flush.
const GATHER_BYTES: usize = 16 << 10;

/// The header of a frame.
const FRAME_OVERHEAD_BYTES: usize = 16;

/// How long the peer may take to answer a close frame.
const CLOSE_GRACE: Duration = Duration::from_secs(2);

/// Why a connection is over.
#[derive(Debug)]
pub(super) enum End {
    /// The server ends it, and says why.
    Close(Close),
    /// The peer is gone, or has said goodbye.
    Gone,
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fed {
    /// It was written.
    AsIs,
    /// It was too large, and an `error` was written in its place; the operation is over.
    AsError,
}

/// Buffer sizes that tungstenite accepts (it panics where the maximum is not above the gathering
/// size).
#[derive(Debug, Clone, Copy)]
pub(super) struct Buffers {
    pub gather_bytes: usize,
    pub bytes_max: usize,
}

impl Buffers {
    pub(super) fn new(limits: &GraphqlLimits) -> Self {
        let bytes_max = limits.ws_write_buffer_bytes_max.max(1_024);
        Self { gather_bytes: GATHER_BYTES.min(bytes_max / 2), bytes_max }
    }

    /// A message of this size always fits, whatever was gathered before it.
    fn message_bytes_max(self) -> usize {
        self.bytes_max - self.gather_bytes - FRAME_OVERHEAD_BYTES
    }
}

/// A socket that knows its limits.
pub(super) struct Output {
    pub socket: WebSocket,
    buffers: Buffers,
    write_timeout: Duration,
}

impl Output {
    pub(super) fn new(socket: WebSocket, limits: &GraphqlLimits) -> Self {
        Self { socket, buffers: Buffers::new(limits), write_timeout: limits.write_timeout() }
    }

    /// Writes a message behind others, to be flushed with them.
    pub(super) async fn feed(&mut self, message: &ServerMessage<'_>) -> Result<Fed, End> {
        let mut text = message.to_text();
        let mut fed = Fed::AsIs;
        if text.len() > self.buffers.message_bytes_max() {
            text = self.too_large(message, text.len());
            fed = Fed::AsError;
        }
        self.within_time(async |socket| socket.feed(Message::text(text)).await).await.map(|()| fed)
    }

    /// Writes everything that was fed.
    pub(super) async fn flush(&mut self) -> Result<(), End> {
        self.within_time(async |socket| socket.flush().await).await
    }

    /// Writes a message at once.
    pub(super) async fn send(&mut self, message: &ServerMessage<'_>) -> Result<(), End> {
        self.feed(message).await?;
        self.flush().await
    }

    /// Sends a ping frame, which every WebSocket client answers by itself.
    pub(super) async fn ping(&mut self) -> Result<(), End> {
        self.within_time(async |socket| socket.send(Message::Ping(Vec::new().into())).await).await
    }

    /// Says goodbye, and waits a little for the client to hear it: a socket that is dropped with
    /// unread input takes back what was not delivered.
    pub(super) async fn close(mut self, close: Close) {
        let frame = CloseFrame { code: close.code, reason: close.reason.into() };
        let goodbye = Message::Close(Some(frame));
        if self.within_time(async |socket| socket.send(goodbye).await).await.is_ok() {
            let heard = async { while let Some(Ok(_)) = self.socket.recv().await {} };
            // Whether it was heard in time changes nothing any more.
            timeout(CLOSE_GRACE, heard).await.ok();
        }
    }

    async fn within_time(
        &mut self,
        write: impl AsyncFnOnce(&mut WebSocket) -> Result<(), axum::Error>,
    ) -> Result<(), End> {
        match timeout(self.write_timeout, write(&mut self.socket)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(Close::too_slow().into()),
        }
    }

    /// What takes the place of an answer that does not fit.
    fn too_large(&self, message: &ServerMessage<'_>, found: usize) -> String {
        let (ServerMessage::Next { id, .. } | ServerMessage::Error { id, .. }) = message else {
            return message.to_text();
        };
        let error = GraphqlError::over_limit(
            ErrorCode::ResponseTooLarge,
            "bytes in one answer",
            found as u64,
            self.buffers.message_bytes_max() as u64,
            "ask for smaller pages",
        );
        ServerMessage::Error { id, payload: &[error.into()] }.to_text()
    }
}
