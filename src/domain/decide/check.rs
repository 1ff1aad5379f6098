//! Checks that several commands share: finding twins, and what their models allow.

use std::sync::Arc;

use crate::domain::command::TwinRef;
use crate::domain::fact::{Existence, PropertyPath};
use crate::domain::id::{ExternalId, Position, TwinId};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::{Interval, Timestamp};
use crate::domain::timeline::Fact;
use crate::dtdl::{Content, ContentKind, Dtmi, Interface};

/// Sees all that stands, whether committed already or decided a moment before.
pub const KNOWN: Position = Position::LATEST_KNOWN;

/// The moment of an interval at which its subject is looked up.
///
/// An interval without a start is looked up at its end, or now-and-ever when it has none either.
pub fn anchor(valid: Interval) -> Timestamp {
    match (valid.from, valid.to) {
        (Timestamp::MIN, Timestamp::MAX) => Timestamp(i64::MAX - 1),
        (Timestamp::MIN, to) => Timestamp(to.0 - 1),
        (from, _) => from,
    }
}

/// The twin that is meant at `moment`, whether it exists then or not. The id of a twin that was merged
/// away means the one that it is.
pub fn twin_id(state: &State, twin: &TwinRef, moment: Timestamp) -> Result<TwinId, Rejection> {
    let unknown = |at| Rejection::UnknownTwin { twin: twin.clone(), at };
    match twin {
        TwinRef::Id(id) => match state.graph.twin(state.curations.current(*id, KNOWN)) {
            Some(node) if !node.existence.is_empty() => Ok(node.id),
            _ => Err(unknown(None)),
        },
        TwinRef::External(external) => match state.crosswalks.timeline(external) {
            Some(timeline) if timeline.known(KNOWN).next().is_some() => timeline
                .at(moment, KNOWN)
                .map(|link| link.value.twin)
                .ok_or_else(|| unknown(Some(moment))),
            _ => Err(unknown(None)),
        },
    }
}

/// The twin that is meant, with its existence at the start of `valid` or, when it starts later, at its first moment inside.
pub fn existing<'a>(
    state: &'a State,
    twin: &TwinRef,
    valid: Interval,
) -> Result<(TwinId, &'a Fact<Existence>), Rejection> {
    let id = twin_id(state, twin, anchor(valid))?;
    let node = state.graph.twin(id);
    let existence = node.and_then(|node| {
        let spans = node.existence.spans(KNOWN);
        spans.into_iter().find(|f| f.valid.overlaps(&valid))
    });
    existence
        .map(|fact| (id, fact))
        .ok_or_else(|| Rejection::UnknownTwin { twin: twin.clone(), at: Some(anchor(valid)) })
}

/// The model of that id.
pub fn model<'a>(state: &'a State, id: &Dtmi) -> Result<&'a Arc<Interface>, Rejection> {
    state
        .catalogue
        .get(id)
        .ok_or_else(|| Rejection::UnknownModel { model: id.clone(), similar: nearest(state, id) })
}

/// A model whose id differs only in case or version, or ends alike.
fn nearest(state: &State, id: &Dtmi) -> Option<Dtmi> {
    let bare = |dtmi: &Dtmi| {
        let text = dtmi.as_str();
        text.split(';').next().unwrap_or(text).to_ascii_lowercase()
    };
    let last = |text: &str| text.rsplit(':').next().unwrap_or(text).to_owned();
    let wanted = bare(id);
    let of_same_name = || state.catalogue.iter().find(|i| last(&bare(&i.id)) == last(&wanted));
    let same = state.catalogue.iter().find(|i| bare(&i.id) == wanted);
    same.or_else(of_same_name).map(|i| i.id.clone())
}

/// What a path inside a model leads to.
pub fn content<'a>(
    state: &'a State,
    model_id: &Dtmi,
    path: &str,
    wanted: &'static str,
) -> Result<&'a Content, Rejection> {
    let mut interface = model(state, model_id)?;
    let mut steps = path.split('/').peekable();
    while let Some(step) = steps.next() {
        let found = interface.content(step);
        match (found.map(|c| &c.kind), steps.peek()) {
            (Some(ContentKind::Component { schema, .. }), Some(_)) => {
                interface = model(state, schema)?;
            }
            (Some(_), None) => {
                if let Some(content) = found {
                    return Ok(content);
                }
            }
            _ => break,
        }
    }
    Err(unknown_content(interface, path, wanted))
}

/// The rejection of a name that a model does not have.
pub fn unknown_content(interface: &Interface, path: &str, wanted: &'static str) -> Rejection {
    const SHOWN: usize = 20;
    let fits = |kind: &ContentKind| match kind {
        ContentKind::Relationship { .. } => wanted == "relationship",
        ContentKind::Property { .. } => wanted != "relationship",
        ContentKind::Telemetry { .. } => wanted == "telemetry or property",
        ContentKind::Component { .. } => wanted != "relationship",
        ContentKind::Command { .. } => false,
    };
    let names: Vec<&str> =
        interface.contents().iter().filter(|c| fits(&c.kind)).map(|c| c.name.as_ref()).collect();
    let mut known = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        known.push_str(", …");
    }
    if known.is_empty() {
        known.push_str("none");
    }
    Rejection::UnknownContent { model: interface.id.clone(), wanted, path: path.to_owned(), known }
}

/// Checks that `value` may stand at a property of the model.
pub fn property_value(
    state: &State,
    model_id: &Dtmi,
    path: &PropertyPath,
    value: &serde_json::Value,
) -> Result<(), Rejection> {
    let found = content(state, model_id, path, "property")?;
    let ContentKind::Property { schema, .. } = &found.kind else {
        return Err(unknown_content(model(state, model_id)?, path, "property"));
    };
    schema.validate(value).map_err(|error| Rejection::InvalidValue {
        path: path.to_string(),
        problem: error.to_string(),
    })
}

/// The twin that several external ids mean at `moment`; they must agree.
pub fn agreed_twin(
    state: &State,
    ids: &[ExternalId],
    moment: Timestamp,
) -> Result<Option<TwinId>, Rejection> {
    let mut agreed: Option<(&ExternalId, TwinId)> = None;
    for id in ids {
        let Some(link) = state.crosswalks.at(id, moment, KNOWN) else {
            continue;
        };
        match agreed {
            None => agreed = Some((id, link.value.twin)),
            Some((_, twin)) if twin == link.value.twin => {}
            Some((first, one)) => {
                return Err(Rejection::AmbiguousTwin {
                    first: Box::new(first.clone()),
                    one,
                    second: Box::new(id.clone()),
                    other: link.value.twin,
                });
            }
        }
    }
    Ok(agreed.map(|(_, twin)| twin))
}
