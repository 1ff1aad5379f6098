//! The messages of the `graphql-transport-ws` protocol, and its close codes.

use std::sync::Arc;

use async_graphql::{ServerError, Value};
use serde::Serialize;

use super::answer::Answer;
use super::envelope::Envelope;
use super::json;
use crate::graphql::error::{GraphqlError, excerpt};
use crate::graphql::limits::GraphqlLimits;

/// Ids are echoed in every message, so a long one would cost more than the answers.
const ID_BYTES_MAX: usize = 256;

/// What a client says.
#[derive(Debug)]
pub(super) enum ClientMessage {
    /// `connection_init`, with its payload.
    Init(Option<Value>),
    /// `ping`, whose payload the `pong` repeats.
    Ping(Option<Value>),
    /// `pong`, to which nothing is said.
    Pong,
    /// `subscribe`: an operation of any kind; or why its parameters are wrong.
    Subscribe(Arc<str>, Result<Envelope, GraphqlError>),
    /// `complete`: the client wants no more.
    Complete(Arc<str>),
}

/// Why the server ends a connection: a close code and a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Close {
    pub code: u16,
    pub reason: String,
}

impl Close {
    /// The server is going away; clients connect again.
    pub(super) fn going_away() -> Self {
        Self::new(1001, "the server is shutting down; connect again")
    }

    /// A message larger than the limit.
    pub(super) fn too_big(limits: &GraphqlLimits) -> Self {
        let limit = limits.ws_message_bytes_max.min(limits.ws_frame_bytes_max);
        Self::new(1009, format!("a message may have {limit} bytes"))
    }

    /// The client does not read what it subscribed to; it may connect again and resume.
    pub(super) fn too_slow() -> Self {
        Self::new(1013, "answers were not read in time; connect again")
    }

    /// A message that the protocol does not know.
    pub(super) fn bad_message(reason: impl AsRef<str>) -> Self {
        Self::new(4400, format!("Bad message: {}", reason.as_ref()))
    }

    /// An operation before the connection is acknowledged.
    pub(super) fn unauthorized() -> Self {
        Self::new(4401, "Unauthorized: send connection_init first")
    }

    /// The client did not choose our protocol.
    pub(super) fn wrong_protocol() -> Self {
        Self::new(4406, "Subprotocol not acceptable: use graphql-transport-ws")
    }

    /// No `connection_init` in time.
    pub(super) fn init_timeout() -> Self {
        Self::new(4408, "Connection initialisation timeout")
    }

    /// An id that is in use.
    pub(super) fn duplicate_id(id: &str) -> Self {
        Self::new(4409, format!("Subscriber for {id} already exists"))
    }

    /// A second `connection_init`.
    pub(super) fn too_many_inits() -> Self {
        Self::new(4429, "Too many initialisation requests")
    }

    fn new(code: u16, reason: impl AsRef<str>) -> Self {
        /// A close frame holds 125 bytes, two of them the code.
        const REASON_BYTES_MAX: usize = 123;
        let mut reason = reason.as_ref().to_owned();
        while reason.len() > REASON_BYTES_MAX {
            reason.pop();
        }
        Self { code, reason }
    }
}

impl ClientMessage {
    /// Reads a text frame.
    pub(super) fn parse(text: &str, limits: &GraphqlLimits) -> Result<Self, Close> {
        let value = json::parse(text.as_bytes(), limits)
            .map_err(|error| Close::bad_message(error.message()))?;
        let Value::Object(mut fields) = value else {
            return Err(Close::bad_message("a message is a JSON object"));
        };
        let Some(Value::String(kind)) = fields.swap_remove("type") else {
            return Err(Close::bad_message("the type must be a text"));
        };
        let payload = match fields.swap_remove("payload") {
            None | Some(Value::Null) => None,
            payload => payload,
        };
        let mut id = || match fields.swap_remove("id") {
            Some(Value::String(id)) if !id.is_empty() && id.len() <= ID_BYTES_MAX => {
                Ok(Arc::from(id))
            }
            _ => Err(Close::bad_message(format!(
                "the id must be a text of 1 to {ID_BYTES_MAX} bytes"
            ))),
        };
        match kind.as_str() {
            "connection_init" => Ok(Self::Init(object(payload)?)),
            "ping" => Ok(Self::Ping(object(payload)?)),
            "pong" => object(payload).map(|_| Self::Pong),
            "complete" => Ok(Self::Complete(id()?)),
            "subscribe" => {
                let payload = object(payload)?
                    .ok_or_else(|| Close::bad_message("subscribe needs a payload"))?;
                Ok(Self::Subscribe(id()?, Envelope::from_value(payload)))
            }
            other => Err(Close::bad_message(format!("unknown type {:?}", excerpt(other, 40)))),
        }
    }
}

fn object(payload: Option<Value>) -> Result<Option<Value>, Close> {
    match payload {
        None | Some(Value::Object(_)) => Ok(payload),
        Some(_) => Err(Close::bad_message("the payload must be an object")),
    }
}

/// What the server says.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ServerMessage<'a> {
    /// The connection may be used.
    ConnectionAck,
    /// The answer to a `ping`.
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<&'a Value>,
    },
    /// One answer of an operation.
    Next { id: &'a str, payload: &'a Answer },
    /// The operation was refused; nothing more comes for it.
    Error { id: &'a str, payload: &'a [ServerError] },
    /// The operation is over.
    Complete { id: &'a str },
}

impl ServerMessage<'_> {
    /// The message as JSON text.
    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|error| {
            tracing::error!(%error, "a WebSocket message could not be written as JSON");
            String::new()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ClientMessage, Close> {
        ClientMessage::parse(text, &GraphqlLimits::default())
    }

    #[test]
    fn the_five_messages_are_read() {
        assert!(matches!(
            parse(r#"{"type":"connection_init","payload":{"token":"x"}}"#),
            Ok(ClientMessage::Init(Some(_)))
        ));
        assert!(matches!(
            parse(r#"{"type":"ping","payload":null}"#),
            Ok(ClientMessage::Ping(None))
        ));
        assert!(matches!(parse(r#"{"type":"pong"}"#), Ok(ClientMessage::Pong)));
        assert!(matches!(
            parse(r#"{"type":"complete","id":"1"}"#),
            Ok(ClientMessage::Complete(id)) if &*id == "1"
        ));
        assert!(matches!(
            parse(r#"{"payload":{"query":"{a}"},"id":"1","type":"subscribe"}"#),
            Ok(ClientMessage::Subscribe(id, Ok(_))) if &*id == "1"
        ));
    }

    #[test]
    fn anything_else_closes_the_connection_with_4400() {
        for text in [
            "",
            "hello",
            "[]",
            "{}",
            r#"{"type":7}"#,
            r#"{"type":"start","id":"1"}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":7,"payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"1","payload":7}"#,
            r#"{"type":"ping","payload":"x"}"#,
            r#"{"type":"ping","type":"pong"}"#,
        ] {
            let close = parse(text).expect_err(text);
            assert_eq!(close.code, 4400, "{text}");
            assert!(close.reason.len() <= 123);
        }
    }

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        let close = Close::duplicate_id(&"é".repeat(200));
        assert!(close.reason.len() <= 123);
    }
}
