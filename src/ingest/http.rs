//! `POST /ingest`: readings over HTTP.
//!
//! The body is JSON or NDJSON as [`super::envelope`] describes, plain or gzip. Query: `system` (of devices
//! that name none) and `source` (a name of the sender for metrics and audit; also the header `X-Source`).
//!
//! | answer | when |
//! |---|---|
//! | 200 | what could be kept is on disk; `problems` lists the rest, and the four counts add up to `received` |
//! | 400 | nothing kept: not JSON, not UTF-8, not gzip, a wrong query |
//! | 413 | nothing kept: body too long when unpacked, or too many readings |
//! | 415 | nothing kept: another content type or encoding |
//! | 422 | nothing kept: every reading has a problem |
//! | 408 | the body did not arrive in time |
//! | 503 | come back after `Retry-After` and send the whole request again; what was kept is recognised |

use std::mem::size_of;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use http::header::{ALLOW, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use super::body::{self, Encoding};
use super::budget::{Budget, Lease};
use super::envelope::{BodyFault, Decoded, Format, decode};
use super::intake::{Intake, IntakeError, Report};
use super::item::{Context, Item};
use super::problem::{Code, ItemProblem};
use super::source::Source;
use crate::domain::id::{abridged, name};
use crate::engine::EngineError;
use crate::problem::Problem;

/// The source of requests that name none.
const DEFAULT_SOURCE: &str = "http";
/// How much of a body that is refused is still read: a sender who is hung up on before it has sent all
/// may never look at the answer.
const DRAIN_BYTES_MAX: usize = 64 << 20;
/// How many requests are decoded at a time; decoding is pure work, so more would only hold more memory.
const DECODING_MAX: usize = 4;

/// Limits of `POST /ingest`.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Longest body, in bytes after unpacking.
    pub body_bytes_max: usize,
    /// Memory that all requests may hold together, in bytes; at least four times the longest body.
    pub in_flight_bytes_max: usize,
    /// How long a request waits for memory before it is told to come back.
    pub in_flight_wait: Duration,
    /// How long a body may take to arrive.
    pub body_deadline: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            body_bytes_max: 4 * 1024 * 1024,
            in_flight_bytes_max: 24 * 1024 * 1024,
            in_flight_wait: Duration::from_secs(2),
            body_deadline: Duration::from_secs(30),
        }
    }
}

/// The routes of ingestion: `POST /ingest`.
pub fn router(intake: Intake, options: HttpOptions) -> Router {
    let bytes = options.in_flight_bytes_max.max(4 * options.body_bytes_max);
    let endpoint = Endpoint {
        budget: Budget::new(bytes, options.in_flight_wait),
        decoding: Semaphore::new(DECODING_MAX),
        intake,
        options,
    };
    Router::new().route("/ingest", post(ingest).fallback(only_post)).with_state(Arc::new(endpoint))
}

struct Endpoint {
    intake: Intake,
    options: HttpOptions,
    budget: Budget,
    decoding: Semaphore,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    system: Option<String>,
    source: Option<String>,
}

/// The answer to a request of which something was kept.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    received: usize,
    accepted: usize,
    duplicate: usize,
    quarantined: usize,
    rejected: usize,
    /// A string, because JavaScript rounds large numbers.
    position: String,
    problems: &'a [ItemProblem],
    problems_omitted: usize,
}

async fn only_post() -> Response {
    let problem = Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED",
        "readings are sent with POST",
    );
    ([(ALLOW, HeaderValue::from_static("POST"))], problem).into_response()
}

async fn ingest(
    State(endpoint): State<Arc<Endpoint>>,
    params: Result<Query<Params>, QueryRejection>,
    headers: HeaderMap,
    mut body: Body,
) -> Result<Response, Problem> {
    let result = endpoint.handle(params, &headers, &mut body).await;
    if result.is_err() {
        let reading_on = body::drain(&mut body, DRAIN_BYTES_MAX);
        drop(tokio::time::timeout(endpoint.options.in_flight_wait, reading_on).await);
    }
    result
}

impl Endpoint {
    async fn handle(
        &self,
        params: Result<Query<Params>, QueryRejection>,
        headers: &HeaderMap,
        body: &mut Body,
    ) -> Result<Response, Problem> {
        let Query(params) = params.map_err(|e| invalid_query(&e.body_text()))?;
        let source = self.source(&params, headers)?;
        if let Some(system) = &params.system {
            name("the system", system).map_err(|e| invalid_query(&e.to_string()))?;
        }
        let format = format(headers)?;
        let mut lease = self.budget.lease();
        let bytes = self.read(headers, body, &mut lease).await?;
        let decoded = self
            .decode(&bytes, format, params.system.as_deref(), &mut lease)
            .await?
            .map_err(|fault| {
                self.intake.refuse(&source, fault.fault.code);
                body_problem(fault)
            })?;
        match self.intake.accept(&source, decoded).await {
            Ok(report) => Ok(answer(&report)),
            Err(error) => {
                self.intake.turn_away(&source, error.left);
                Err(engine_problem(&error))
            }
        }
    }

    fn source(&self, params: &Params, headers: &HeaderMap) -> Result<Source, Problem> {
        let header = match headers.get("x-source") {
            None => None,
            Some(value) => Some(value.to_str().map_err(|_| {
                invalid_query("X-Source holds bytes beyond ASCII; use letters and digits")
            })?),
        };
        let source = params.source.as_deref().or(header).unwrap_or(DEFAULT_SOURCE);
        self.intake.source(source).map_err(|e| invalid_query(&e.to_string()))
    }

    async fn read(
        &self,
        headers: &HeaderMap,
        body: &mut Body,
        lease: &mut Lease,
    ) -> Result<Vec<u8>, Problem> {
        let encoding = encoding(headers)?;
        let expected = headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse().ok());
        let read = body::read(body, encoding, expected, self.options.body_bytes_max, lease);
        let deadline = self.options.body_deadline;
        let read = tokio::time::timeout(deadline, read).await;
        let read = read.map_err(|_| {
            Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "BODY_TOO_SLOW",
                format!(
                    "the body did not arrive within {} s; send less at a time",
                    deadline.as_secs()
                ),
            )
        })?;
        Ok(read?)
    }

    /// Decodes, and pays for the memory of what came of it.
    async fn decode<'a>(
        &'a self,
        bytes: &'a [u8],
        format: Format,
        system: Option<&'a str>,
        lease: &mut Lease,
    ) -> Result<Result<Decoded<'a>, BodyFault>, Problem> {
        let busy = |_| Problem::from(body::BodyError::Busy);
        let turn = self.decoding.acquire();
        let turn = tokio::time::timeout(self.options.in_flight_wait, turn).await.map_err(busy)?;
        let options = self.intake.options();
        let mut context = Context::new(&options.limits, self.intake.now());
        context.system = system.or(options.default_system.as_deref());
        let decoded = decode(bytes, format, &context);
        if let Ok(decoded) = &decoded {
            let items = decoded.items.capacity() * size_of::<Item<'_>>();
            lease
                .grow_to(bytes.len() + items)
                .await
                .map_err(|full| Problem::from(body::BodyError::from(full)))?;
        }
        drop(turn);
        Ok(decoded)
    }
}

fn invalid_query(detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "INVALID_QUERY", detail)
}

fn format(headers: &HeaderMap) -> Result<Format, Problem> {
    let given = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let given = String::from_utf8_lossy(given);
    let media_type = given.split(';').next().unwrap_or_default().trim();
    match media_type.to_ascii_lowercase().as_str() {
        "application/json" => Ok(Format::Json),
        "application/x-ndjson" => Ok(Format::Lines),
        _ => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_CONTENT_TYPE",
            format!(
                "Content-Type is `{}`; send application/json or application/x-ndjson",
                abridged(media_type)
            ),
        )),
    }
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, Problem> {
    let mut given = headers.get_all(CONTENT_ENCODING).into_iter();
    let encoding = given.next().map_or(&b"identity"[..], HeaderValue::as_bytes);
    let is_only = given.next().is_none();
    match encoding.trim_ascii().to_ascii_lowercase().as_slice() {
        b"identity" if is_only => Ok(Encoding::Identity),
        b"gzip" | b"x-gzip" if is_only => Ok(Encoding::Gzip),
        other => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_CONTENT_ENCODING",
            format!(
                "Content-Encoding is `{}`; send gzip once, or nothing",
                abridged(&String::from_utf8_lossy(other))
            ),
        )),
    }
}

fn body_problem(fault: BodyFault) -> Problem {
    let status = match fault.fault.code {
        Code::TooManyReadings => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::BAD_REQUEST,
    };
    let problem = Problem::new(status, fault.fault.code.as_str(), fault.fault.detail);
    if fault.line == 0 {
        return problem;
    }
    problem.with("line", fault.line).with("column", fault.column)
}

fn engine_problem(error: &IntakeError) -> Problem {
    let unavailable = |code, seconds| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, code, error.to_string())
            .with("kept", error.kept)
            .retry_after(seconds)
    };
    match &error.error {
        EngineError::Busy { retry_after_s, .. } => unavailable("BUSY", *retry_after_s),
        EngineError::Unavailable(_) => unavailable("UNAVAILABLE", 2),
        EngineError::Stopping => unavailable("STOPPING", 5),
        EngineError::Rejected(rejection) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, rejection.code(), rejection.to_string())
        }
    }
}

fn answer(report: &Report) -> Response {
    let account = report.account;
    let answer = Answer {
        received: report.received,
        accepted: account.accepted,
        duplicate: account.duplicate,
        quarantined: account.quarantined,
        rejected: account.rejected,
        position: report.position.to_string(),
        problems: report.problems.listed(),
        problems_omitted: report.problems.omitted(),
    };
    if report.received == 0 || account.rejected < report.received {
        return Json(answer).into_response();
    }
    let detail = "every reading has a problem, so nothing was kept; `problems` says what to mend";
    let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "NOTHING_KEPT", detail);
    if let Ok(serde_json::Value::Object(members)) = serde_json::to_value(&answer) {
        for (member, value) in members {
            problem = problem.with(&member, value);
        }
    }
    problem.into_response()
}
