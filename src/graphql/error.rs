//! Every error that a GraphQL client can meet, with a stable `extensions.code`.
//!
//! Use [`GraphqlError`] in resolvers and in the transports alike. It deliberately does **not**
//! implement `Display`: async-graphql converts anything that does into an error without
//! extensions, and the code would be lost on a plain `?`.

use std::fmt::Display;
use std::time::Duration;

use async_graphql::{ErrorExtensionValues, Pos, ServerError, Value};

pub use super::error_code::ErrorCode;

/// An error on its way to a client: a code, a message that says how to mend it, and details.
#[derive(Debug, Clone, PartialEq)]
pub struct GraphqlError {
    code: ErrorCode,
    message: String,
    position: Option<Pos>,
    details: Vec<(&'static str, Value)>,
}

impl GraphqlError {
    /// An error with this code and message.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), position: None, details: Vec::new() }
    }

    /// An argument that the caller has to correct.
    pub fn bad_user_input(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::BadUserInput, message)
    }

    /// Something that the caller named and that does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::NotFound, message)
    }

    /// A change that contradicts what is already recorded.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Conflict, message)
    }

    /// A part of the server that cannot answer now, and when to try again
    /// (`extensions.retryAfterSeconds`, rounded up).
    pub fn unavailable(message: impl Into<String>, retry_after: Duration) -> Self {
        let seconds = retry_after.as_millis().div_ceil(1_000);
        Self::new(ErrorCode::Unavailable, message).with("retryAfterSeconds", clamp(seconds))
    }

    /// A fault of ours. The cause goes to the log, never to the client.
    pub fn internal(cause: impl Display) -> Self {
        tracing::error!(%cause, "a GraphQL operation failed");
        Self::new(ErrorCode::Internal, "the server failed to answer this; its log says why")
    }

    /// Something counted more than its limit. `mend` says what to do about it.
    pub fn over_limit(code: ErrorCode, what: &str, found: u64, limit: u64, mend: &str) -> Self {
        Self::new(code, format!("{what}: found {found}, the limit is {limit}; {mend}"))
            .with("found", clamp(found.into()))
            .with("limit", clamp(limit.into()))
    }

    /// Adds a detail under `extensions`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// Says where in the document the error is.
    #[must_use]
    pub fn at(mut self, position: Pos) -> Self {
        self.position = Some(position);
        self
    }

    /// The code.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// How long the caller should wait before trying again, where that is known.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.details.iter().find_map(|(name, value)| match value {
            Value::Number(seconds) if *name == "retryAfterSeconds" => seconds.as_u64(),
            _ => None,
        })
    }

    fn extensions(&self) -> ErrorExtensionValues {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", self.code.as_str());
        for (name, value) in &self.details {
            extensions.set(name, value.clone());
        }
        extensions
    }
}

/// GraphQL clients read numbers as doubles, so a saturated count is cut to what those hold exactly.
fn clamp(count: u128) -> i64 {
    i64::try_from(count.min(1 << 53)).unwrap_or(i64::MAX)
}

/// Enough of a caller's text to recognise it by.
pub(crate) fn excerpt(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl From<GraphqlError> for async_graphql::Error {
    fn from(error: GraphqlError) -> Self {
        let extensions = error.extensions();
        let mut converted = Self::new(error.message);
        converted.extensions = Some(extensions);
        converted
    }
}

impl From<GraphqlError> for ServerError {
    fn from(error: GraphqlError) -> Self {
        let extensions = error.extensions();
        let mut converted = Self::new(error.message, error.position);
        converted.extensions = Some(extensions);
        converted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_survives_a_question_mark_in_a_resolver() {
        fn resolver() -> async_graphql::Result<()> {
            Err(GraphqlError::not_found("no twin has the id T1"))?;
            Ok(())
        }
        let error = resolver().expect_err("it fails");
        assert_eq!(error.message, "no twin has the id T1");
        let extensions = error.extensions.expect("it has extensions");
        assert_eq!(extensions.get("code"), Some(&Value::from("NOT_FOUND")));
    }

    #[test]
    fn a_limit_says_what_was_found_and_what_is_allowed() {
        let error = GraphqlError::over_limit(ErrorCode::TooManyAliases, "aliases", 9, 5, "use 5");
        assert_eq!(error.message(), "aliases: found 9, the limit is 5; use 5");
        let server: ServerError = error.into();
        let extensions = server.extensions.expect("it has extensions");
        assert_eq!(extensions.get("found"), Some(&Value::from(9)));
        assert_eq!(extensions.get("limit"), Some(&Value::from(5)));
    }

    #[test]
    fn retry_after_is_rounded_up_to_whole_seconds() {
        let error = GraphqlError::unavailable("the store is busy", Duration::from_millis(1_200));
        assert_eq!(error.retry_after_seconds(), Some(2));
    }

    #[test]
    fn an_internal_cause_does_not_reach_the_client() {
        let error = GraphqlError::internal("password=hunter2");
        assert!(!error.message().contains("hunter2"));
    }
}
