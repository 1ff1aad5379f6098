//! The request parameters of GraphQL over HTTP, which the WebSocket protocol shares.

use std::collections::HashMap;

use async_graphql::{Value, Variables};
use serde::Deserialize;

use super::json;
use crate::graphql::error::{ErrorCode, GraphqlError};
use crate::graphql::limits::GraphqlLimits;

/// One operation as it was sent.
#[derive(Debug, Default)]
pub(super) struct Envelope {
    pub query: String,
    pub operation_name: Option<String>,
    pub variables: Variables,
    pub extensions: HashMap<String, Value>,
}

/// A body: one operation, or a list of them.
#[derive(Debug)]
pub(super) enum Envelopes {
    One(Envelope),
    Batch(Vec<Envelope>),
}

impl Envelopes {
    /// Reads the body of a POST.
    pub(super) fn from_body(body: &[u8], limits: &GraphqlLimits) -> Result<Self, GraphqlError> {
        match json::parse(body, limits)? {
            Value::List(items) => {
                check_batch_len(items.len(), limits)?;
                let envelopes = items.into_iter().map(Envelope::from_value);
                Ok(Self::Batch(envelopes.collect::<Result<_, _>>()?))
            }
            value => Envelope::from_value(value).map(Self::One),
        }
    }
}

fn check_batch_len(len: usize, limits: &GraphqlLimits) -> Result<(), GraphqlError> {
    if limits.batch_len_max <= 1 {
        return Err(GraphqlError::new(
            ErrorCode::BatchTooLong,
            "lists of operations are switched off here; send one object per request",
        ));
    }
    if len == 0 {
        return Err(bad_request("the list of operations is empty"));
    }
    if len > limits.batch_len_max {
        return Err(GraphqlError::over_limit(
            ErrorCode::BatchTooLong,
            "operations in one request",
            len as u64,
            limits.batch_len_max as u64,
            "send several requests",
        ));
    }
    Ok(())
}

impl Envelope {
    /// Reads the parameters from a JSON object. Those that GraphQL does not know are left alone.
    pub(super) fn from_value(value: Value) -> Result<Self, GraphqlError> {
        let Value::Object(parameters) = value else {
            return Err(bad_request("a GraphQL request is a JSON object with a query"));
        };
        let mut query = None;
        let mut envelope = Self::default();
        for (name, value) in parameters {
            match name.as_str() {
                "query" => query = text("query", value)?,
                "operationName" => envelope.operation_name = text("operationName", value)?,
                "variables" => envelope.variables = Variables::from_value(map("variables", value)?),
                "extensions" => envelope.set_extensions(value)?,
                _ => {}
            }
        }
        envelope.finish(query)
    }

    /// Reads the parameters of a GET.
    pub(super) fn from_uri(uri: &http::Uri, limits: &GraphqlLimits) -> Result<Self, GraphqlError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Parameters {
            query: Option<String>,
            operation_name: Option<String>,
            variables: Option<String>,
            extensions: Option<String>,
        }
        let axum::extract::Query(parameters) =
            axum::extract::Query::<Parameters>::try_from_uri(uri)
                .map_err(|error| bad_request(format!("the query string is wrong: {error}")))?;
        let parse = |text: Option<String>| match text.filter(|text| !text.is_empty()) {
            Some(text) => json::parse(text.as_bytes(), limits),
            None => Ok(Value::Null),
        };
        let mut envelope = Self {
            operation_name: parameters.operation_name,
            variables: Variables::from_value(map("variables", parse(parameters.variables)?)?),
            ..Self::default()
        };
        envelope.set_extensions(parse(parameters.extensions)?)?;
        envelope.finish(parameters.query)
    }

    fn set_extensions(&mut self, value: Value) -> Result<(), GraphqlError> {
        if let Value::Object(extensions) = map("extensions", value)? {
            self.extensions =
                extensions.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
        }
        Ok(())
    }

    fn finish(mut self, query: Option<String>) -> Result<Self, GraphqlError> {
        // Explorers send an empty name for "the only operation".
        self.operation_name = self.operation_name.filter(|name| !name.is_empty());
        match query.filter(|query| !query.is_empty()) {
            Some(query) => {
                self.query = query;
                Ok(self)
            }
            // Apollo's clients know this message, and send the whole document next.
            None if self.extensions.contains_key("persistedQuery") => Err(GraphqlError::new(
                ErrorCode::PersistedQueryNotSupported,
                "PersistedQueryNotSupported",
            )),
            None => Err(bad_request("the request has no query")),
        }
    }
}

fn text(name: &str, value: Value) -> Result<Option<String>, GraphqlError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(bad_request(format!("{name} must be a string"))),
    }
}

fn map(name: &str, value: Value) -> Result<Value, GraphqlError> {
    match value {
        Value::Null | Value::Object(_) => Ok(value),
        _ => Err(bad_request(format!("{name} must be an object"))),
    }
}

fn bad_request(message: impl Into<String>) -> GraphqlError {
    GraphqlError::new(ErrorCode::BadRequest, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Envelope, GraphqlError> {
        match Envelopes::from_body(body.as_bytes(), &GraphqlLimits::default())? {
            Envelopes::One(envelope) => Ok(envelope),
            Envelopes::Batch(_) => panic!("batching is off by default"),
        }
    }

    #[test]
    fn all_four_parameters_are_read() {
        let envelope = read(
            r#"{"query":"{a}","operationName":"A","variables":{"x":1},"extensions":{"y":2},"id":7}"#,
        )
        .expect("it is well formed");
        assert_eq!(envelope.query, "{a}");
        assert_eq!(envelope.operation_name.as_deref(), Some("A"));
        assert_eq!(envelope.variables.len(), 1);
        assert!(envelope.extensions.contains_key("y"));
    }

    #[test]
    fn nulls_and_an_empty_name_count_as_absent() {
        let envelope =
            read(r#"{"query":"{a}","operationName":"","variables":null,"extensions":null}"#)
                .expect("it is well formed");
        assert_eq!(envelope.operation_name, None);
    }

    #[test]
    fn parameters_of_the_wrong_type_are_refused() {
        for body in [
            "1",
            "{}",
            "[]",
            r#"{"query":7}"#,
            r#"{"query":"{a}","variables":[]}"#,
            r#"{"query":"{a}","variables":"{}"}"#,
            r#"{"query":"{a}","operationName":[]}"#,
            r#"{"query":"{a}","extensions":7}"#,
            r#"{"query":"{a}","query":"{b}"}"#,
        ] {
            let error = read(body).expect_err(body);
            assert!(error.code().is_transport(), "{body}");
        }
    }

    #[test]
    fn a_hash_without_a_document_asks_for_the_document() {
        let error = read(r#"{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}"#)
            .expect_err("no documents are kept");
        assert_eq!(error.message(), "PersistedQueryNotSupported");
    }

    #[test]
    fn a_batch_has_a_length_limit() {
        let limits = GraphqlLimits { batch_len_max: 2, ..GraphqlLimits::default() };
        let read = |body: &str| {
            Envelopes::from_body(body.as_bytes(), &limits).map_err(|error| error.code())
        };
        assert!(matches!(
            read(r#"[{"query":"{a}"},{"query":"{b}"}]"#),
            Ok(Envelopes::Batch(envelopes)) if envelopes.len() == 2
        ));
        let long = r#"[{"query":"{a}"},{"query":"{b}"},{"query":"{c}"}]"#;
        assert_eq!(read(long).err(), Some(ErrorCode::BatchTooLong));
    }
}
