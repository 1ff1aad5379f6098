//! `/imports`: staged imports are looked at, committed and discarded.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::import::ACTOR;
use super::methods::{only_get, only_post};
use crate::curation::{Curator, StagedImport, StagingError, Waiting};
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

async fn list(State(curator): State<Curator>) -> Result<Json<Value>, Problem> {
    let waiting = curator.staged().await.map_err(problem)?;
    Ok(Json(waiting.iter().map(shown).collect()))
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
    curator.discard(parsed(&id)?).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

fn parsed(id: &str) -> Result<uuid::Uuid, Problem> {
    id.parse().map_err(|_| {
        let detail =
            format!("`{}` is no name of a staged import; GET /imports lists them", abridged(id));
        Problem::new(StatusCode::NOT_FOUND, "NO_SUCH_IMPORT", detail)
    })
}

fn shown(import: &Waiting) -> Value {
    let mut shown = json!({
        "id": import.id,
        "at": import.at.to_string(),
        "files": import.files,
        "inWork": import.in_work,
    });
    match &import.damaged {
        None => shown["preview"] = json!(import.preview),
        Some(reason) => shown["damaged"] = json!(reason),
    }
    shown
}

/// Whether the asker is a person.
pub(super) fn wants_text(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.starts_with("text/plain"))
}

/// What a staged import would do; 207 when some of it could not be imported, 422 when it could not be read to its end.
pub(super) fn answer(import: &StagedImport, as_text: bool) -> Result<Response, Problem> {
    let report = &import.staged.report;
    let status = match (&report.stopped, report.is_complete()) {
        (Some(_), _) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, false) => StatusCode::MULTI_STATUS,
        (None, true) => StatusCode::ACCEPTED,
    };
    if as_text {
        return Ok((status, format!("{import}\n")).into_response());
    }
    let waiting = import.waiting().map_err(problem)?;
    Ok((status, Json(shown(&waiting))).into_response())
}

/// A failure as an answer.
pub(super) fn problem(error: StagingError) -> Problem {
    let detail = error.to_string();
    match error {
        StagingError::Unknown(_) => Problem::new(StatusCode::NOT_FOUND, "NO_SUCH_IMPORT", detail),
        StagingError::InWork(_) => Problem::new(StatusCode::CONFLICT, "IMPORT_IN_WORK", detail),
        StagingError::Full => Problem::new(StatusCode::CONFLICT, "TOO_MANY_STAGED", detail),
        StagingError::TooMany { .. } | StagingError::TooLarge => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "TOO_MUCH_TO_STAGE", detail)
        }
        StagingError::Unreadable { .. } => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "NOT_READABLE", detail)
        }
        StagingError::Damaged { .. } | StagingError::Uneven { .. } => {
            tracing::error!(error = %detail, "a staged import failed by a fault of ours");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", detail)
        }
        StagingError::Abandoned => {
            Problem::new(StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT", detail)
        }
        StagingError::Engine(EngineError::Rejected(rejection)) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, rejection.code(), detail)
        }
        StagingError::Engine(_) | StagingError::BrokeOff(_) => {
            let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", detail);
            problem.retry_after(RETRY_AFTER_S)
        }
    }
}
