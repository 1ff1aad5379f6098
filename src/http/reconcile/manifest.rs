//! What the service says of itself.

use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use super::answer::kind;
use super::query::BATCH_QUERIES_MAX;
use crate::domain::role::Role;
use crate::engine::Engine;

/// Where ids of twins are unique: a name, not a place to go to.
const IDENTIFIER_SPACE: &str = "urn:counterpart:twin";
/// Where types come from: they are DTDL interfaces.
const SCHEMA_SPACE: &str = "dtmi:dtdl:class:Interface;3";
/// Most types that are offered at first sight; `suggest` finds the others.
const DEFAULT_TYPES_MAX: usize = 20;
const PREVIEW_WIDTH: u32 = 480;
const PREVIEW_HEIGHT: u32 = 260;

/// The service manifest.
pub fn manifest(engine: &Engine, headers: &HeaderMap) -> Value {
    let url = base_url(headers);
    let suggest = |what: &str| json!({"service_url": url, "service_path": format!("/reconcile/suggest/{what}")});
    json!({
        "versions": ["0.1", "0.2"],
        "name": "Counterpart: assets, locations and devices",
        "identifierSpace": IDENTIFIER_SPACE,
        "schemaSpace": SCHEMA_SPACE,
        "serviceVersion": env!("CARGO_PKG_VERSION"),
        "defaultTypes": default_types(engine),
        "batchSize": BATCH_QUERIES_MAX,
        "view": {"url": format!("{url}/reconcile/preview/{{{{id}}}}")},
        "preview": {
            "url": format!("{url}/reconcile/preview/{{{{id}}}}"),
            "width": PREVIEW_WIDTH,
            "height": PREVIEW_HEIGHT,
        },
        "suggest": {
            "entity": suggest("entity"),
            "property": suggest("property"),
            "type": suggest("type"),
        },
        "extend": {
            "propose_properties": {"service_url": url, "service_path": "/reconcile/properties"},
            "property_settings": [],
        },
    })
}

/// The most general models of assets, locations and devices that have twins.
fn default_types(engine: &Engine) -> Vec<Value> {
    engine.read(|state| {
        let roles = [Role::Asset, Role::Location, Role::Device];
        let of_role = |role| {
            let used = state.catalogue.iter().filter(move |i| {
                state.role_of_model(&i.id) == Some(role)
                    && state.graph.of_model(&i.id).is_some_and(|twins| !twins.is_empty())
            });
            used.map(|interface| kind(&state.catalogue, &interface.id))
        };
        roles.into_iter().flat_map(of_role).take(DEFAULT_TYPES_MAX).collect()
    })
}

/// How the client reached this server; clients call back where this says.
fn base_url(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme =
        text("x-forwarded-proto").filter(|s| ["http", "https"].contains(s)).unwrap_or("http");
    let host = text(header::HOST.as_str()).unwrap_or("localhost");
    format!("{scheme}://{host}")
}
