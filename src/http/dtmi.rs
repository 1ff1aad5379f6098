//! `GET /dtmi/…` and `/metadata.json`: the models, in the layout of a device models repository.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};

use super::methods::only_get;
use crate::domain::id::abridged;
use crate::dtdl::identifier_at;
use crate::engine::Engine;
use crate::problem::Problem;

/// `GET /dtmi/com/example/thermostat-1.json` answers the text of
/// `dtmi:com:example:Thermostat;1`, so that tools that resolve models from a repository can
/// resolve them from this server; `…/thermostat-1.expanded.json` a list of it and all that it
/// needs. `GET /metadata.json` tells that there are such lists.
pub fn router(engine: Engine) -> Router {
    Router::new()
        .route("/dtmi/{*path}", get(get_model).fallback(only_get))
        .route("/metadata.json", get(get_metadata).fallback(only_get))
        .with_state(engine)
}

async fn get_metadata(State(engine): State<Engine>) -> Response {
    let models = engine.catalogue().len();
    let features = serde_json::json!({ "expanded": true });
    Json(serde_json::json!({ "totalModelCount": models, "features": features })).into_response()
}

async fn get_model(
    State(engine): State<Engine>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let path = uri.path().trim_start_matches('/');
    let expanded = path.strip_suffix(".expanded.json").map(|stem| format!("{stem}.json"));
    let plain = expanded.as_deref().unwrap_or(path);
    let id = identifier_at(plain).ok_or_else(|| no_path_of_a_model(path))?;
    let catalogue = engine.catalogue();
    let model = catalogue.find_in_any_case(id.as_str());
    let model = model.ok_or_else(|| no_such_model(id.as_str()))?;
    let text = match expanded {
        None => model.source.to_string(),
        Some(_) => {
            let needed = catalogue.with_needed(std::slice::from_ref(&model.id));
            let texts: Vec<&str> = needed.iter().map(|model| model.source.as_ref()).collect();
            format!("[{}]", texts.join(",\n"))
        }
    };
    Ok(answer(text, &headers))
}

/// The text, or that it is what the caller has.
fn answer(text: String, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", blake3::hash(text.as_bytes()).to_hex());
    let known = headers.get_all(header::IF_NONE_MATCH);
    let is_known = known.iter().any(|known| names(known, &tag));
    // Who keeps a copy asks each time whether it is still good.
    let about = [(header::ETAG, tag), (header::CACHE_CONTROL, "no-cache".to_owned())];
    if is_known {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    let content_type = [(header::CONTENT_TYPE, "application/json")];
    (about, content_type, text).into_response()
}

/// Whether `If-None-Match` names this tag.
fn names(header: &HeaderValue, tag: &str) -> bool {
    let mut tags = header.to_str().unwrap_or_default().split(',');
    tags.any(|given| {
        let given = given.trim();
        given == "*" || given.strip_prefix("W/").unwrap_or(given) == tag
    })
}

fn no_path_of_a_model(path: &str) -> Problem {
    let detail = format!(
        "`/{}` is no path of a model; that of `dtmi:com:example:Thermostat;1` is \
         `/dtmi/com/example/thermostat-1.json`",
        abridged(path)
    );
    Problem::new(StatusCode::NOT_FOUND, "NO_SUCH_MODEL", detail)
}

fn no_such_model(id: &str) -> Problem {
    let detail = format!(
        "no model is `{}`, in whatever case; GraphQL's `models` lists those that there are",
        abridged(id)
    );
    Problem::new(StatusCode::NOT_FOUND, "NO_SUCH_MODEL", detail)
}
