//! How many requests each route had, and how long they took.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

/// What no route is.
const NO_ROUTE: &str = "other";

/// Counts a request. The labels are the route as it stands in the router, one of the methods that are known, and the
/// status, so there are as many as the server has, whatever is asked for. The time is that until the answer begins; a
/// stream of events goes on after it.
pub async fn measured(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| NO_ROUTE.to_owned(), |path| path.as_str().to_owned());
    let method = named(request.method());
    let started = Instant::now();
    let answer = next.run(request).await;
    let took = started.elapsed();
    let status = answer.status().as_u16().to_string();
    metrics::histogram!("counterpart_http_seconds", "route" => route.clone(), "method" => method)
        .record(took);
    metrics::counter!(
        "counterpart_http_requests_total",
        "route" => route, "method" => method, "status" => status
    )
    .increment(1);
    answer
}

/// A method may be any word that a client makes up.
fn named(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}
