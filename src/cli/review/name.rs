//! How records and twins are named on the command line and in tables.

use serde_json::{Value, json};

use crate::cli::output::text;
use crate::domain::id::TwinId;

/// The fields of a record's key in a query.
pub(super) const KEY: &str = "system scope id";

/// The key of a record: `erp:44710-07`, or with its scope `erp/100:44710-07`.
pub(super) fn key(record: &Value) -> String {
    let (system, scope) = (text(&record["system"]), text(&record["scope"]));
    let id = text(&record["id"]);
    if scope.is_empty() { format!("{system}:{id}") } else { format!("{system}/{scope}:{id}") }
}

/// What people call a twin, if there is one.
pub(super) fn twin(twin: &Value) -> &str {
    text(&twin["displayName"])
}

/// A record's key as input, from `system:id` or `system/scope:id`: as tables show it.
///
/// # Errors
/// When it is of another form.
pub(super) fn record_input(named: &str) -> Result<Value, String> {
    let (place, id) = named
        .split_once(':')
        .filter(|(place, id)| !place.is_empty() && !id.is_empty())
        .ok_or_else(|| {
            format!("`{named}` is no id of a system; write SYSTEM:ID or SYSTEM/SCOPE:ID")
        })?;
    let (system, scope) =
        place.split_once('/').map_or((place, None), |(s, scope)| (s, Some(scope)));
    Ok(json!({ "system": system, "id": id, "scope": scope }))
}

/// A twin as input, from its own id or `system:id`.
///
/// # Errors
/// When it is of another form.
pub(super) fn twin_input(named: &str) -> Result<Value, String> {
    if named.parse::<TwinId>().is_ok() {
        return Ok(json!({ "id": named }));
    }
    let record = record_input(named);
    let record = record.map_err(|_| format!("`{named}` is no twin; write its id, or SYSTEM:ID"))?;
    Ok(json!({ "externalId": record }))
}
