//! What differs between the state that the log gives and the one that the tables hold, in words.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::iter::Peekable;
use std::sync::Arc;

use crate::domain::fact::{FactKey, FactRow, JsonMap};
use crate::domain::id::Position;
use crate::domain::reading::Register;
use crate::domain::state::State;
use crate::domain::timeline::Fact;

/// Tells each difference to `found`; answers how many facts were compared.
pub(super) fn compare(
    logged: &State,
    kept: &State,
    found: &mut dyn FnMut(&dyn Fn() -> String),
) -> usize {
    let facts = facts(logged, kept, found);
    let models = |state: &State| -> BTreeSet<_> {
        let all = state.catalogue.iter();
        all.map(|i| (i.id.to_string(), i.source.clone())).collect()
    };
    let (ours, theirs) = (models(logged), models(kept));
    let changed = ours.symmetric_difference(&theirs).map(|(id, _)| id);
    for model in changed.collect::<BTreeSet<_>>() {
        found(&|| format!("model {model}: the log and the tables have different texts of it"));
    }
    let names: BTreeSet<_> = logged.systems.keys().chain(kept.systems.keys()).collect();
    for name in names {
        let (ours, theirs) = (logged.systems.get(name), kept.systems.get(name));
        if ours != theirs {
            found(&|| format!("system `{name}`: {}", sides(ours, theirs)));
        }
    }
    let names: BTreeSet<_> = logged.sources.keys().chain(kept.sources.keys()).collect();
    for name in names {
        let (ours, theirs) = (logged.sources.get(name), kept.sources.get(name));
        if ours != theirs {
            let text =
                |map: &Arc<JsonMap>| short(&serde_json::Value::from((**map).clone()).to_string());
            found(&|| format!("source `{name}`: {}", sides(ours.map(text), theirs.map(text))));
        }
    }
    streams(logged, kept, found);
    facts
}

fn streams(logged: &State, kept: &State, found: &mut dyn FnMut(&dyn Fn() -> String)) {
    let ids: BTreeSet<_> = logged.streams.iter().chain(kept.streams.iter()).map(|s| s.id).collect();
    for id in ids {
        let (ours, theirs) = (logged.streams.get(id), kept.streams.get(id));
        let (our_key, their_key) = (ours.map(|s| &s.key), theirs.map(|s| &s.key));
        if our_key != their_key {
            found(&|| format!("stream {id}: {}", sides(our_key, their_key)));
        } else if let (Some(ours), Some(theirs)) = (ours, theirs) {
            let (key, ours, theirs) = (&ours.key, &ours.register, &theirs.register);
            if (ours.latest(), ours.count) != (theirs.latest(), theirs.count) {
                let (ours, theirs) = (latest(ours), latest(theirs));
                found(&|| format!("stream {key}: {}", sides(Some(&ours), Some(&theirs))));
            }
        }
    }
}

fn latest(register: &Register) -> String {
    let count = register.count;
    match register.latest() {
        Some(kept) => {
            let reading = &kept.reading;
            format!("{} at {} is the latest of {count}", reading.value, reading.time)
        }
        None => format!("{count} readings and no latest"),
    }
}

/// Compares timeline by timeline, so that one row too few does not make all that follow differ.
fn facts(logged: &State, kept: &State, found: &mut dyn FnMut(&dyn Fn() -> String)) -> usize {
    let (mut ours, mut theirs) = (logged.rows().peekable(), kept.rows().peekable());
    let mut compared = 0;
    loop {
        let (our_key, their_key) = (ours.peek().map(key), theirs.peek().map(key));
        let Some(next) = our_key.iter().chain(&their_key).min().cloned() else {
            return compared;
        };
        let (ours, theirs) = (timeline(&mut ours, &next), timeline(&mut theirs, &next));
        compared += ours.len().max(theirs.len());
        if ours != theirs {
            let only = |rows: &[FactRow], others: &[FactRow]| {
                let only = rows.iter().filter(|row| !others.contains(row));
                let only: Vec<String> = only.map(shown).collect();
                (!only.is_empty()).then(|| only.join("; "))
            };
            let (our_only, their_only) = (only(&ours, &theirs), only(&theirs, &ours));
            let name = name(&next);
            found(&|| format!("{name}: {}", sides(our_only.as_ref(), their_only.as_ref())));
        }
    }
}

fn timeline(rows: &mut Peekable<impl Iterator<Item = FactRow>>, of: &FactKey) -> Vec<FactRow> {
    std::iter::from_fn(|| rows.next_if(|row| key(row) == *of)).collect()
}

fn sides(log: Option<impl Display>, tables: Option<impl Display>) -> String {
    let side = |side: Option<String>| side.unwrap_or_else(|| "nothing more".to_owned());
    let log = side(log.map(|text| text.to_string()));
    let tables = side(tables.map(|text| text.to_string()));
    format!("the log says {log}, the tables say {tables}")
}

fn key(row: &FactRow) -> FactKey {
    match row {
        FactRow::Twin(id, _) => FactKey::Twin(*id),
        FactRow::Property(id, path, fact) => {
            FactKey::Property(*id, path.clone(), fact.value.source.clone())
        }
        FactRow::Relationship(ends, _) => FactKey::Relationship(ends.id()),
        FactRow::Crosswalk(id, _) => FactKey::Crosswalk(id.clone()),
        FactRow::Binding(id, _) => FactKey::Binding(*id),
        FactRow::Record(key, _) => FactKey::Record(key.clone()),
        FactRow::Curation(fact) => FactKey::Curation(fact.value.key()),
    }
}

fn name(key: &FactKey) -> String {
    match key {
        FactKey::Twin(id) => format!("twin {id}"),
        FactKey::Property(id, path, source) => {
            let by = source.as_deref().unwrap_or("a client");
            format!("property `{path}` of twin {id} by {by}")
        }
        FactKey::Relationship(id) => format!("relationship {id}"),
        FactKey::Crosswalk(id) => format!("what `{id}` means"),
        FactKey::Binding(id) => format!("what stream {id} measures"),
        FactKey::Record(key) => format!("record `{key}`"),
        FactKey::Curation(key) => format!("{} {}", key.kind.as_str(), key.id),
    }
}

fn shown(row: &FactRow) -> String {
    match row {
        FactRow::Twin(_, fact) => told(fact, &fact.value.model),
        FactRow::Property(_, _, fact) => {
            let (value, source) = (&fact.value.value, fact.value.source.as_deref());
            told(fact, format!("{value} (by {})", source.unwrap_or("a client")))
        }
        FactRow::Relationship(ends, fact) => {
            let (source, name, target) = (ends.source, &ends.name, ends.target);
            let properties = serde_json::Value::Object(fact.value.clone());
            told(fact, format!("{source} {name} {target} {properties}"))
        }
        FactRow::Crosswalk(_, fact) => {
            let link = &fact.value;
            let (sure, by) = (link.confidence, &link.decider);
            told(fact, format!("twin {} ({}, {sure}, {by})", link.twin, link.reason))
        }
        FactRow::Binding(_, fact) => {
            let (binding, unit) = (&fact.value, fact.value.unit.as_deref().unwrap_or("its unit"));
            let factor = binding.conversion;
            told(fact, format!("`{}` of twin {} in {unit} {factor:?}", binding.path, binding.twin))
        }
        FactRow::Curation(fact) => {
            told(fact, serde_json::to_string(&fact.value).unwrap_or_default())
        }
        FactRow::Record(_, fact) => {
            told(fact, serde_json::to_string(&fact.value).unwrap_or_default())
        }
    }
}

fn told<T>(fact: &Fact<T>, value: impl Display) -> String {
    let (value, valid, from) = (short(&value.to_string()), fact.valid, fact.recorded_from);
    match fact.recorded_to {
        Position::LATEST => format!("{value} {valid}, by entry {from}"),
        to => format!("{value} {valid}, by entries {from} to {to}"),
    }
}

fn short(text: &str) -> String {
    const SHOWN: usize = 120;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
