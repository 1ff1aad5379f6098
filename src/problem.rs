//! Errors over HTTP, as RFC 9457 problem details with a stable `code`.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use serde_json::{Map, Value, json};

/// The media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request was not done, for a program (`code`) and for the person who reads it (`detail`).
///
/// `code` never changes once published; `type` is made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    extensions: Map<String, Value>,
    retry_after_s: Option<u32>,
}

impl Problem {
    /// A problem; `detail` says what is wrong and how to mend it.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), extensions: Map::new(), retry_after_s: None }
    }

    /// The same problem with one more member in its body.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.extensions.insert(member.to_owned(), value.into());
        self
    }

    /// The same problem, telling the caller to come back after so many seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds.max(1));
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What is wrong and how to mend it.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    fn body(&self) -> Value {
        let mut body = json!({
            "type": format!("urn:counterpart:problem:{}", self.code),
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        if let Value::Object(members) = &mut body {
            for (name, value) in &self.extensions {
                members.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        body
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let content_type = [(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON))];
        let body = self.body().to_string();
        let mut response = (self.status, content_type, body).into_response();
        if let Some(seconds) = self.retry_after_s {
            let headers = response.headers_mut();
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_cannot_hide_the_code() {
        let problem = Problem::new(StatusCode::BAD_REQUEST, "INVALID_JSON", "no")
            .with("code", "OTHER")
            .with("line", 3);
        let body = problem.body();
        assert_eq!(body["code"], "INVALID_JSON");
        assert_eq!(body["line"], 3);
        assert_eq!(body["title"], "Bad Request");
    }

    #[test]
    fn retry_after_is_a_header_of_at_least_a_second() {
        let response = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "BUSY", "later")
            .retry_after(0)
            .into_response();
        assert_eq!(response.headers()[RETRY_AFTER], "1");
        assert_eq!(response.headers()[CONTENT_TYPE], PROBLEM_JSON);
    }
}
