//! `/imports`: staged imports are looked at, committed and discarded.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::import::ACTOR;
use super::methods::{only_get, only_post};
use crate::curation::{Curator, StagedImport, StagingError};
use crate::domain::id::abridged;
use crate::engine::EngineError;
use crate::graphql::transport::actor::actor;
use crate::problem::Problem;

/// When to try again while the engine does not take anything, in seconds.
const RETRY_AFTER_S: u32 = 5;

/// `/imports` and what is done to one of them.
pub(super) fn router(curator: Curator) -> Router {
    Router::new()
        .route("/imports", get(list).fallback(only_get))
        .route("/imports/{id}/commit", post(commit).fallback(only_post))
        .route("/imports/{id}/discard", post(discard).fallback(only_post))
        .with_state(curator)
}

async fn list(State(curator): State<Curator>) -> Json<Value> {
    Json(curator.staged().iter().map(|import| shown(import)).collect())
}

async fn commit(
    State(curator): State<Curator>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let actor = actor(&headers).unwrap_or(ACTOR);
    let report = curator.commit(parsed(&id)?, actor).await.map_err(problem)?;
    let status = if report.is_complete() { StatusCode::OK } else { StatusCode::MULTI_STATUS };
    if wants_text(&headers) {
        return Ok((status, format!("{report}\n")).into_response());
    }
    Ok((status, Json(report)).into_response())
}

async fn discard(
    State(curator): State<Curator>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    curator.discard(parsed(&id)?).map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

fn parsed(id: &str) -> Result<uuid::Uuid, Problem> {
    id.parse().map_err(|_| {
        let detail =
            format!("`{}` is no name of a staged import; GET /imports lists them", abridged(id));
        Problem::new(StatusCode::NOT_FOUND, "NO_SUCH_IMPORT", detail)
    })
}

fn shown(import: &StagedImport) -> Value {
    json!({
        "id": import.id,
        "at": import.at.to_string(),
        "files": import.files,
        "preview": import.staged,
    })
}

/// Whether the asker is a person.
pub(super) fn wants_text(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.starts_with("text/plain"))
}

/// What a staged import would do; 207 when some of it could not be imported, 422 when it could not be read to its end.
pub(super) fn answer(import: &Arc<StagedImport>, as_text: bool) -> Response {
    let report = &import.staged.report;
    let status = match (&report.stopped, report.is_complete()) {
        (Some(_), _) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, false) => StatusCode::MULTI_STATUS,
        (None, true) => StatusCode::ACCEPTED,
    };
    if as_text {
        return (status, format!("{import}\n")).into_response();
    }
    (status, Json(shown(import))).into_response()
}

/// A failure as an answer.
pub(super) fn problem(error: StagingError) -> Problem {
    let detail = error.to_string();
    match error {
        StagingError::Unknown(_) => Problem::new(StatusCode::NOT_FOUND, "NO_SUCH_IMPORT", detail),
        StagingError::TooMany { .. } => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "TOO_MUCH_TO_STAGE", detail)
        }
        StagingError::Engine(EngineError::Rejected(rejection)) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, rejection.code(), detail)
        }
        StagingError::Engine(_) => {
            let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", detail);
            problem.retry_after(RETRY_AFTER_S)
        }
    }
}
