//! Values of properties under another model.

use std::sync::Arc;

use super::plan::{KNOWN, shared};
use super::request::{Migration, Subject, TwinPlan};
use crate::domain::change::Change;
use crate::domain::fact::{PropertyPath, PropertyValue};
use crate::domain::id::TwinId;
use crate::domain::state::State;
use crate::domain::time::Interval;
use crate::domain::unit;
use crate::domain::value::Value;
use crate::dtdl::{Content, ContentKind, Schema};

/// How deep schemas are looked into; the standard allows far less.
const DEPTH_MAX: usize = 64;

/// What becomes of a value.
enum Fate {
    Stays,
    Becomes(serde_json::Value, String),
    Lost(String),
}

/// Looks at each value that the twin has in the span.
pub(super) fn plan(
    state: &State,
    migration: &Migration,
    twin: TwinId,
    span: Interval,
    plan: &mut TwinPlan,
) {
    let Some(node) = state.graph.twin(twin) else {
        return;
    };
    for said in node.statements() {
        let (path, timeline) = (&said.path, &said.timeline);
        let old = state.catalogue.content_at(&migration.from, path);
        let new = state.catalogue.content_at(&migration.to, path);
        for fact in timeline.known(KNOWN) {
            let Some(valid) = shared(fact.valid, span) else {
                continue;
            };
            match fate(migration, old, new, &fact.value.value) {
                Fate::Stays => {}
                Fate::Becomes(value, message) => {
                    plan.adjust(Subject::Property, path, message);
                    let value = PropertyValue { value, source: fact.value.source.clone() };
                    plan.changes.push(asserted(twin, path, valid, value));
                }
                Fate::Lost(message) => {
                    let (path, source) = (path.clone(), said.source.clone());
                    let change = Change::PropertyRetracted { twin, path, valid, source };
                    plan.lose(migration, Subject::Property, &said.path, message, change);
                }
            }
        }
    }
}

fn asserted(twin: TwinId, path: &PropertyPath, valid: Interval, value: PropertyValue) -> Change {
    Change::PropertyAsserted { twin, path: path.clone(), valid, value }
}

fn fate(
    migration: &Migration,
    old: Option<&Arc<Content>>,
    new: Option<&Arc<Content>>,
    value: &serde_json::Value,
) -> Fate {
    let to = &migration.to;
    let Some(new) = new else {
        return Fate::Lost(format!("`{to}` has no such property"));
    };
    let ContentKind::Property { schema, .. } = &new.kind else {
        return Fate::Lost(format!("in `{to}` it is no property"));
    };
    let unit_of = |content: &Content| content.semantic().and_then(|semantic| semantic.unit);
    let converted = match (old.and_then(|old| unit_of(old)), unit_of(new)) {
        (Some(old), Some(new)) if old != new => match convert(value, schema, old, new) {
            Ok(converted) => Some((converted, format!("{value} {old} is told in {new}"))),
            Err(problem) => return Fate::Lost(problem),
        },
        _ => None,
    };
    let nested = old.and_then(|old| old.schema()).and_then(|old| units(old, schema, 0));
    if let Some(problem) = nested {
        return Fate::Lost(problem);
    }
    match schema.validate(converted.as_ref().map_or(value, |(converted, _)| converted)) {
        Err(error) => Fate::Lost(format!("the value does not fit: {error}")),
        Ok(()) => converted.map_or(Fate::Stays, |(value, told)| Fate::Becomes(value, told)),
    }
}

/// A number in another unit; whole where the schema holds only whole numbers and nothing is lost.
fn convert(
    value: &serde_json::Value,
    schema: &Schema,
    old: &str,
    new: &str,
) -> Result<serde_json::Value, String> {
    let cannot = |why: &str| format!("its unit is {new} now, and {value} {old} {why}");
    let number = value.as_f64().ok_or_else(|| cannot("is no number that can be converted"))?;
    let conversion = unit::conversion(old, new).map_err(|error| cannot(&error.to_string()))?;
    let Some(conversion) = conversion else {
        return Ok(value.clone());
    };
    let held = Value::double(number).ok_or_else(|| cannot("is not finite"))?;
    let converted = conversion.apply(&held).as_f64().unwrap_or(number);
    if schema.integer_range().is_none() {
        return Ok(converted.into());
    }
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    if converted.fract() == 0.0 && converted.abs() <= EXACT_MAX {
        return Ok((converted as i64).into());
    }
    Err(cannot(&format!("is {converted}, which is not whole")))
}

/// The first field of an object whose unit changes: values inside objects are not converted.
fn units(old: &Schema, new: &Schema, depth: usize) -> Option<String> {
    if depth > DEPTH_MAX {
        return None;
    }
    match (old, new) {
        (Schema::Object { fields: old, .. }, Schema::Object { fields: new, .. }) => {
            old.iter().find_map(|old| {
                let new = new.iter().find(|new| new.name == old.name)?;
                let unit = |semantic: Option<crate::dtdl::Semantic>| semantic.and_then(|s| s.unit);
                let (before, after) = (unit(old.semantic), unit(new.semantic));
                if before != after {
                    let shown = |unit: Option<&'static str>| unit.unwrap_or("not given");
                    let (name, before, after) = (&old.name, shown(before), shown(after));
                    return Some(format!(
                        "the unit of its field `{name}` was {before} and is {after} now"
                    ));
                }
                units(&old.schema, &new.schema, depth + 1)
            })
        }
        (Schema::Array { element: old, .. }, Schema::Array { element: new, .. })
        | (Schema::Map { value: old, .. }, Schema::Map { value: new, .. }) => {
            units(old, new, depth + 1)
        }
        _ => None,
    }
}
