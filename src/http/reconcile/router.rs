//! The routes of the reconciliation service.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value};

use super::query::{BATCH_QUERIES_MAX, batch};
use super::suggest::{self, Prefix, SUGGESTIONS_MAX};
use super::{answer, extend, manifest, preview};
use crate::curation::Curator;
use crate::domain::id::{TwinId, abridged};
use crate::http::body;
use crate::http::methods::{only_get, only_get_or_post};
use crate::problem::Problem;

/// Largest body.
const BODY: body::Size = body::Size { bytes_max: 1 << 20, advice: "send fewer queries at once" };
/// When to ask again while the store does not answer, in seconds.
const RETRY_AFTER_S: u32 = 5;

/// `/reconcile` and what belongs to it.
pub fn router(curation: Curator) -> Router {
    Router::new()
        .route("/reconcile", get(by_get).post(by_post).fallback(only_get_or_post))
        .route("/reconcile/suggest/{what}", get(suggestions).fallback(only_get))
        .route("/reconcile/properties", get(proposals).fallback(only_get))
        .route("/reconcile/preview/{id}", get(previewed).fallback(only_get))
        .with_state(curation)
}

async fn by_get(
    State(curation): State<Curator>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let form = Form::read(query.unwrap_or_default().as_bytes());
    if form == Form::default() {
        return Ok(Json(manifest::manifest(curation.engine(), &headers)).into_response());
    }
    form.answer(&curation).await
}

async fn by_post(
    State(curation): State<Curator>,
    headers: HeaderMap,
    mut request: Body,
) -> Result<Response, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        let detail = "send a form: application/x-www-form-urlencoded with `queries` or `extend`";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Problem::new(status, "UNSUPPORTED_CONTENT_TYPE", detail));
    }
    let form = body::read(&mut request, &headers, BODY).await;
    Form::read(&form?).answer(&curation).await
}

/// What a client may send.
#[derive(Debug, Default, PartialEq)]
struct Form {
    queries: Option<String>,
    extend: Option<String>,
}

impl Form {
    fn read(encoded: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(encoded) {
            match &*name {
                "queries" => form.queries = Some(value.into_owned()),
                "extend" => form.extend = Some(value.into_owned()),
                _ => {}
            }
        }
        form
    }

    async fn answer(self, curation: &Curator) -> Result<Response, Problem> {
        curation.caught_up(curation.engine().head()).await;
        if let Some(extend) = self.extend {
            return Ok(Json(extend::extend(curation, &extend).await?).into_response());
        }
        let queries = self.queries.ok_or_else(|| {
            bad_request("QUERY_MISSING", "send `queries` or `extend`, as a form or in the URL")
        })?;
        let mut results = Map::new();
        for (id, query) in batch(&queries)? {
            let candidates = answer::candidates(curation, &query).await;
            results.insert(id, serde_json::json!({"result": candidates}));
            // Other requests on this thread get their turn.
            tokio::task::yield_now().await;
        }
        Ok(Json(Value::Object(results)).into_response())
    }
}

async fn suggestions(
    State(curation): State<Curator>,
    Path(what): Path<String>,
    Query(params): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Problem> {
    let prefix = Prefix {
        text: params.get("prefix").cloned().unwrap_or_default(),
        skip: number(&params, "cursor")?.unwrap_or_default(),
    };
    Ok(Json(match what.as_str() {
        "entity" => suggest::entities(&curation, &prefix),
        "type" => suggest::types(&curation, &prefix),
        "property" => suggest::properties(&curation, &prefix),
        other => {
            let detail =
                format!("nothing suggests `{}`; there are entity, type, property", abridged(other));
            return Err(Problem::new(StatusCode::NOT_FOUND, "NO_SUCH_ROUTE", detail));
        }
    }))
}

async fn proposals(
    State(curation): State<Curator>,
    Query(params): Query<HashMap<String, String>>,
) -> Result<Json<Value>, Problem> {
    let of_type = params.get("type").map(String::as_str).unwrap_or_default();
    let limit = number(&params, "limit")?.unwrap_or(SUGGESTIONS_MAX);
    Ok(Json(suggest::proposals(&curation, of_type, limit)))
}

async fn previewed(
    State(curation): State<Curator>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let twin = id.parse::<TwinId>().ok();
    let page = twin.and_then(|twin| preview::page(&curation, twin)).ok_or_else(|| {
        let detail = format!("no twin is `{}`", abridged(&id));
        Problem::new(StatusCode::NOT_FOUND, "NO_SUCH_TWIN", detail)
    })?;
    // The page shows data of others: it may run nothing.
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");
    Ok(([(header::CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response())
}

fn number(params: &HashMap<String, String>, name: &str) -> Result<Option<usize>, Problem> {
    let parsed = params.get(name).map(|text| text.parse::<usize>()).transpose();
    parsed.map_err(|_| bad_request("INVALID_QUERY", format!("`{name}` must be a whole number")))
}

pub(super) fn bad_request(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, code, detail)
}

pub(super) fn batch_too_large(count: usize) -> Problem {
    let detail = format!(
        "{count} are too many at once; send at most {BATCH_QUERIES_MAX} queries, or 1000 ids with 100 properties"
    );
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "BATCH_TOO_LARGE", detail)
}

pub(super) fn unavailable(reason: &str) -> Problem {
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", reason);
    problem.retry_after(RETRY_AFTER_S)
}
