//! `/imports`: staged imports are looked at, committed and discarded.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::curation::{Curator, StagedImport, StagingError};
use crate::domain::id::abridged;
use crate::engine::EngineError;
use crate::problem::Problem;

/// When to try again while the engine does not take anything, in seconds.
const RETRY_AFTER_S: u32 = 5;

/// `/imports` and what is done to one of them.
pub(super) fn router(curator: Curator) -> Router {
    Router::new()
        .route("/imports", get(list))
        .route("/imports/{id}/commit", post(commit))
        .route("/imports/{id}/discard", post(discard))
        .with_state(curator)
}

async fn list(State(curator): State<Curator>) -> Json<Value> {
    Json(curator.staged().iter().map(|import| shown(import)).collect())
}

async fn commit(
    State(curator): State<Curator>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let report = curator.commit(parsed(&id)?, "import").await.map_err(problem)?;
    let status = if report.is_complete() { StatusCode::OK } else { StatusCode::MULTI_STATUS };
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

/// What a staged import would do; 422 when nothing of it could be read.
pub(super) fn answer(import: &Arc<StagedImport>) -> Response {
    let status = match import.staged.report.stopped {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::ACCEPTED,
    };
    (status, Json(shown(import))).into_response()
}

/// A failure as an answer.
pub(super) fn problem(error: StagingError) -> Problem {
    let detail = error.to_string();
    match error {
        StagingError::Unknown(_) => Problem::new(StatusCode::NOT_FOUND, "NO_SUCH_IMPORT", detail),
        StagingError::Engine(EngineError::Rejected(rejection)) => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, rejection.code(), detail)
        }
        StagingError::Engine(_) => {
            let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", detail);
            problem.retry_after(RETRY_AFTER_S)
        }
    }
}
