//! An answer as a client sees it.

use std::collections::BTreeMap;

use async_graphql::{Response, ServerError, Value};
use http::{HeaderMap, StatusCode};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::graphql::error::{ErrorCode, GraphqlError, excerpt};
use crate::graphql::limits::GraphqlLimits;

/// The library quotes arguments in its messages, and those may be large.
const MESSAGE_CHARS_MAX: usize = 4_000;

/// The result of one operation, or of one event of a subscription.
#[derive(Debug)]
pub(super) struct Answer {
    /// Absent when the operation was refused; `null` when it ran and failed at the root.
    data: Option<Value>,
    errors: Vec<ServerError>,
    extensions: BTreeMap<String, Value>,
    /// Headers that resolvers ask for.
    pub headers: HeaderMap,
    /// How long to wait before trying again.
    pub retry_after_seconds: Option<u64>,
}

impl Answer {
    /// Gives every error a code, and drops what a client must not see or could drown in.
    pub(super) fn from_response(response: Response, limits: &GraphqlLimits) -> Self {
        let mut answer = Self {
            // The executor says `null` in both cases; only a field that failed has a path.
            data: if response.data == Value::Null
                && !response.errors.is_empty()
                && response.errors.iter().all(|error| error.path.is_empty())
            {
                None
            } else {
                Some(response.data)
            },
            errors: response.errors,
            extensions: response.extensions,
            headers: response.http_headers,
            retry_after_seconds: None,
        };
        let omitted = answer.errors.len().saturating_sub(limits.errors_max.max(1));
        if omitted > 0 {
            answer.errors.truncate(limits.errors_max.max(1));
            answer.extensions.insert("errorsOmitted".to_owned(), omitted.into());
        }
        let refused = answer.is_refusal();
        for error in &mut answer.errors {
            finish_error(error, refused);
        }
        answer
    }

    /// Whether the operation did not run at all.
    pub(super) fn is_refusal(&self) -> bool {
        self.data.is_none()
    }

    /// The status for clients that take `application/graphql-response+json`.
    pub(super) fn status(&self) -> StatusCode {
        if self.is_refusal() {
            self.code().map_or(StatusCode::BAD_REQUEST, ErrorCode::status)
        } else {
            StatusCode::OK
        }
    }

    /// The status for clients that take only `application/json`.
    pub(super) fn legacy_status(&self) -> StatusCode {
        match self.code() {
            Some(code) if self.is_refusal() && code.is_transport() => code.status(),
            _ => StatusCode::OK,
        }
    }

    fn code(&self) -> Option<ErrorCode> {
        match self.errors.first()?.extensions.as_ref()?.get("code")? {
            Value::String(word) => ErrorCode::from_word(word),
            _ => None,
        }
    }

    /// The errors alone, for the WebSocket protocol's `error` message.
    pub(super) fn errors(&self) -> &[ServerError] {
        &self.errors
    }

    /// The answer as JSON.
    pub(super) fn to_json(&self) -> Vec<u8> {
        let mut json = Vec::with_capacity(256);
        // Values and strings always serialize into memory; an empty body would be the only sign.
        if let Err(error) = serde_json::to_writer(&mut json, self) {
            tracing::error!(%error, "an answer could not be written as JSON");
        }
        json
    }
}

impl From<GraphqlError> for Answer {
    fn from(error: GraphqlError) -> Self {
        Self {
            data: None,
            retry_after_seconds: error.retry_after_seconds(),
            errors: vec![error.into()],
            extensions: BTreeMap::new(),
            headers: HeaderMap::new(),
        }
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        // Errors come first, so that a person reading a long answer sees them.
        if !self.errors.is_empty() {
            map.serialize_entry("errors", &self.errors)?;
        }
        if let Some(data) = &self.data {
            map.serialize_entry("data", data)?;
        }
        if !self.extensions.is_empty() {
            map.serialize_entry("extensions", &self.extensions)?;
        }
        map.end()
    }
}

fn finish_error(error: &mut ServerError, refused: bool) {
    let code = if refused { ErrorCode::ValidationFailed } else { ErrorCode::ExecutionFailed };
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        extensions.set("code", code.as_str());
        // A suggestion tells a stranger what the schema holds.
        if let Some(end) = error.message.find(" Did you mean ") {
            error.message.truncate(end);
        }
    }
    if error.message.len() > MESSAGE_CHARS_MAX {
        error.message = excerpt(&error.message, MESSAGE_CHARS_MAX);
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::PathSegment;
    use serde_json::json;

    use super::*;

    fn json(answer: &Answer) -> serde_json::Value {
        serde_json::from_slice(&answer.to_json()).expect("an answer is JSON")
    }

    #[test]
    fn a_refused_operation_has_no_data_and_a_failed_one_has_null() {
        let limits = GraphqlLimits::default();
        let mut error = ServerError::new("no such field. Did you mean \"secret\"?", None);
        let refused = Answer::from_response(Response::from_errors(vec![error.clone()]), &limits);
        assert_eq!(
            json(&refused),
            json!({"errors": [{
                "message": "no such field.",
                "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"},
            }]})
        );
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
        assert_eq!(refused.legacy_status(), StatusCode::OK);

        error.path = vec![PathSegment::Field("a".to_owned())];
        let failed = Answer::from_response(Response::from_errors(vec![error]), &limits);
        assert_eq!(json(&failed)["data"], json!(null));
        assert_eq!(json(&failed)["errors"][0]["extensions"]["code"], "EXECUTION_FAILED");
        assert_eq!(failed.status(), StatusCode::OK);
    }

    #[test]
    fn many_errors_are_counted_and_not_all_sent() {
        let errors = vec![ServerError::new("wrong", None); 2_000];
        let answer =
            Answer::from_response(Response::from_errors(errors), &GraphqlLimits::default());
        assert_eq!(answer.errors().len(), 20);
        assert_eq!(json(&answer)["extensions"]["errorsOmitted"], 1_980);
    }
}
