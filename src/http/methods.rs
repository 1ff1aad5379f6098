//! What a route answers to methods that it does not know.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// Only GET is known.
pub(super) async fn only_get() -> Response {
    not_allowed("GET, HEAD", "this is read with GET")
}

/// Only POST is known.
pub(super) async fn only_post() -> Response {
    not_allowed("POST", "this is done with POST")
}

/// Both are known.
pub(super) async fn only_get_or_post() -> Response {
    not_allowed("GET, HEAD, POST", "this is asked with GET or POST")
}

fn not_allowed(allow: &'static str, detail: &str) -> Response {
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", detail);
    ([(header::ALLOW, allow)], problem).into_response()
}
