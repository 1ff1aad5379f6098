//! Streams that measure a twin under another model.

use std::sync::Arc;

use super::plan::{KNOWN, shared};
use super::request::{Migration, Subject, TwinPlan};
use crate::domain::change::Change;
use crate::domain::fact::Binding;
use crate::domain::id::TwinId;
use crate::domain::state::State;
use crate::domain::time::Interval;
use crate::domain::unit;
use crate::dtdl::{Content, ContentKind, Impact};

/// What becomes of a binding.
enum Fate {
    Stays(Option<String>),
    Becomes(Binding, String),
    Lost(String),
}

/// Looks at each binding that measures the twin in the span.
pub(super) fn plan(
    state: &State,
    migration: &Migration,
    twin: TwinId,
    span: Interval,
    plan: &mut TwinPlan,
) {
    for stream in state.streams.of_twin(twin) {
        for fact in stream.bindings.known(KNOWN).filter(|fact| fact.value.twin == twin) {
            let Some(valid) = shared(fact.valid, span) else {
                continue;
            };
            let (path, key) = (&fact.value.path, &stream.key);
            let told = |message: String| format!("the stream `{key}`: {message}");
            match fate(state, migration, &fact.value) {
                Fate::Stays(None) => {}
                Fate::Stays(Some(message)) => plan.adjust(Subject::Binding, path, told(message)),
                Fate::Becomes(binding, message) => {
                    plan.adjust(Subject::Binding, path, told(message));
                    plan.changes.push(Change::Bound { stream: stream.id, valid, binding });
                }
                Fate::Lost(message) => {
                    let change = Change::Unbound { stream: stream.id, valid };
                    plan.lose(migration, Subject::Binding, path, told(message), change);
                }
            }
        }
    }
}

fn fate(state: &State, migration: &Migration, binding: &Binding) -> Fate {
    let (to, path) = (&migration.to, &binding.path);
    let measured = |content: &&Arc<Content>| {
        matches!(content.kind, ContentKind::Property { .. } | ContentKind::Telemetry { .. })
    };
    let new = state.catalogue.content_at(to, path).filter(measured);
    let Some(new) = new else {
        return Fate::Lost(format!("`{to}` has no telemetry or property of that path"));
    };
    let old = state.catalogue.content_at(&migration.from, path);
    let Some(old) = old.filter(|old| !Arc::ptr_eq(old, new)) else {
        return Fate::Stays(None);
    };
    let schemas = (old.schema().map(|s| s.kind_name()), new.schema().map(|s| s.kind_name()));
    let (before, after) = (schemas.0.unwrap_or_default(), schemas.1.unwrap_or_default());
    let impact = old.schema_impact(new);
    if impact == Impact::Breaks {
        return Fate::Lost(format!(
            "its readings were {before} and would have to be {after}, which does not hold them"
        ));
    }
    match converted(binding, old, new) {
        Err(problem) => Fate::Lost(problem),
        Ok(Some((binding, message))) => Fate::Becomes(binding, message),
        Ok(None) if before != after => {
            Fate::Stays(Some(format!("its readings were {before} and are {after} now")))
        }
        Ok(None) => Fate::Stays(None),
    }
}

/// The binding with the conversion to the newer unit, if that is another one. Readings of a stream
/// without a unit were taken to be in the older unit, and still are.
fn converted(
    binding: &Binding,
    old: &Content,
    new: &Content,
) -> Result<Option<(Binding, String)>, String> {
    let unit_of = |content: &Content| content.semantic().and_then(|semantic| semantic.unit);
    let (Some(before), Some(after)) = (unit_of(old), unit_of(new)) else {
        return Ok(None);
    };
    if before == after {
        return Ok(None);
    }
    let stream_unit = binding.unit.as_deref().unwrap_or(before);
    let conversion = unit::conversion(stream_unit, after)
        .map_err(|error| format!("the unit was {before} and is {after} now: {error}"))?;
    let unit = Some(Arc::from(stream_unit));
    let next = Binding { twin: binding.twin, path: binding.path.clone(), unit, conversion };
    Ok(Some((
        next,
        format!(
            "the unit was {before} and is {after} now; its readings in {stream_unit} are converted"
        ),
    )))
}
