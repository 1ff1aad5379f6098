//! Values of properties for entities that were reconciled.

use serde_json::{Map, Value, json};

use super::router::{bad_request, batch_too_large, unavailable};
use super::suggest::ID_OF;
use crate::curation::Curator;
use crate::domain::id::TwinId;
use crate::domain::view::View;
use crate::problem::Problem;

/// Most entities in one request.
const ENTITIES_MAX: usize = 1_000;
/// Most properties in one request.
const PROPERTIES_MAX: usize = 100;

/// The values of the properties that the query asks for.
///
/// # Errors
/// What is wrong with the query.
pub async fn extend(curation: &Curator, text: &str) -> Result<Value, Problem> {
    let (ids, properties) = read(text)?;
    let mut rows = Map::new();
    for id in ids {
        let values = match id.parse::<TwinId>() {
            Ok(twin) => values(curation, twin, &properties).await?,
            Err(_) => properties.iter().map(|p| (p.clone(), json!([]))).collect(),
        };
        rows.insert(id, Value::Object(values));
    }
    let meta: Vec<Value> = properties.iter().map(|p| json!({"id": p, "name": p})).collect();
    Ok(json!({"meta": meta, "rows": rows}))
}

fn read(text: &str) -> Result<(Vec<String>, Vec<String>), Problem> {
    let wrong = || {
        let detail = "`extend` must be JSON such as \
            {\"ids\": [\"…\"], \"properties\": [{\"id\": \"serialNumber\"}]}";
        bad_request("INVALID_QUERY", detail)
    };
    let query: Value = serde_json::from_str(text).map_err(|_| wrong())?;
    let list = |name: &str| query.get(name).and_then(Value::as_array).ok_or_else(wrong);
    let (ids, properties) = (list("ids")?, list("properties")?);
    if ids.len() > ENTITIES_MAX || properties.len() > PROPERTIES_MAX {
        return Err(batch_too_large(ids.len().max(properties.len())));
    }
    let ids: Option<Vec<String>> = ids.iter().map(|id| id.as_str().map(str::to_owned)).collect();
    let properties: Option<Vec<String>> =
        properties.iter().map(|p| p.get("id")?.as_str().map(str::to_owned)).collect();
    Ok((ids.ok_or_else(wrong)?, properties.ok_or_else(wrong)?))
}

/// Master data, ids and the latest measurements of one twin.
async fn values(
    curation: &Curator,
    twin: TwinId,
    properties: &[String],
) -> Result<Map<String, Value>, Problem> {
    let scope = curation.engine().scope(None, None);
    // Who reconciled with a twin that was merged since gets what it became.
    let twin = curation.engine().read(|state| View { state, scope }.current(twin));
    let measured = curation.engine().measured(twin, scope).await;
    let measured = measured.map_err(|error| unavailable(&error.to_string()))?;
    Ok(curation.engine().read(|state| {
        let view = View { state, scope };
        let found = properties.iter().map(|property| {
            let values = match property.strip_prefix(ID_OF) {
                Some(system) => ids_of(&view, twin, system),
                None => {
                    let known = view.property(twin, property).map(|fact| fact.value.clone());
                    let latest = || Some(measured.get(property.as_str())?.value.to_json());
                    known.or_else(latest).map(cell).into_iter().collect()
                }
            };
            (property.clone(), Value::Array(values))
        });
        found.collect()
    }))
}

fn ids_of(view: &View<'_>, twin: TwinId, system: &str) -> Vec<Value> {
    let ids = view.external_ids(twin).into_iter();
    ids.filter(|(external, _)| *external.system == *system)
        .map(|(external, _)| json!({"str": external.id}))
        .collect()
}

/// A value as the specification writes it in a cell.
fn cell(value: Value) -> Value {
    match value {
        Value::String(text) => json!({"str": text}),
        Value::Bool(flag) => json!({"bool": flag}),
        Value::Number(number) if number.is_f64() => json!({"float": number}),
        Value::Number(number) => json!({"int": number}),
        other => json!({"str": other.to_string()}),
    }
}
