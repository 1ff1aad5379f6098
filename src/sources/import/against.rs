//! A declaration against the models: whether the properties that it maps are there.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use rapidfuzz::distance::jaro_winkler;
use serde_json::json;
use toml::de::{DeTable, DeValue};

use crate::dtdl::{Catalogue, Content, ContentKind, Dtmi, Interface, Schema};
use crate::sources::declaration::{Declaration, Declared, Format, PropertyField};
use crate::sources::problem::{Origin, Problem};
use crate::sources::reading::converted;

/// From which likeness on a name is thought to be meant, from 0 to 1.
const ALIKE_MIN: f64 = 0.75;
/// Most names of properties that a problem lists.
const LISTED_MAX: usize = 20;

/// A declaration, and where it stands.
pub struct DeclarationText<'a> {
    /// The name of its file.
    pub file: &'a str,
    /// Its TOML.
    pub toml: &'a str,
}

/// What is wrong with the properties that a declaration itself maps, by the models that it maps to, each at its line. What only
/// its format maps is left out where a model does not have it, so nothing is wrong with that.
pub fn against(
    declaration: &Declaration,
    text: &DeclarationText<'_>,
    catalogue: &Catalogue,
) -> Vec<Problem> {
    let mut found = Vec::new();
    let has_tables = declaration.tables.keys().any(|name| !name.is_empty());
    for (name, table) in &declaration.tables {
        let section: &[&str] = if has_tables { &["tables", name] } else { &[] };
        let is_flat = is_flat(declaration.format);
        let mut section =
            Section { text, catalogue, is_flat, path: section.to_vec(), found: &mut found };
        section.look(&table.declared, &table.own);
        for second in &table.also {
            let len = section.path.len();
            section.path.extend(["also", &second.name]);
            section.look(&second.table.declared, &second.table.own);
            section.path.truncate(len);
        }
    }
    found
}

/// Whether the rows of a format have cells, of which none can hold an object or a list.
fn is_flat(format: Format) -> bool {
    matches!(format, Format::Csv | Format::Xlsx | Format::Cobie)
}

/// A part of a declaration that tells of one thing.
struct Section<'a, 'f> {
    text: &'a DeclarationText<'a>,
    catalogue: &'a Catalogue,
    is_flat: bool,
    /// The keys that lead to it.
    path: Vec<&'a str>,
    found: &'f mut Vec<Problem>,
}

impl<'a> Section<'a, '_> {
    fn look(&mut self, declared: &'a Declared, own: &'a Declared) {
        let models: BTreeSet<&Dtmi> =
            declared.model.iter().chain(declared.models.values()).collect();
        let (known, unknown): (Vec<&Dtmi>, Vec<&Dtmi>) =
            models.into_iter().partition(|model| self.catalogue.get(model).is_some());
        for model in unknown {
            let message = format!(
                "`{model}` is not among the models given, so its properties were not looked at; correct the DTMI, or \
                 name its file with --models"
            );
            let origin = self.origin_of_model(declared, model);
            self.found.push(Problem::note(origin, "UNKNOWN_MODEL", message));
        }
        for (path, field) in own.properties.iter().filter(|_| !known.is_empty()) {
            let faults: Vec<String> = known
                .iter()
                .filter_map(|model| fault(self.catalogue, model, path, field, self.is_flat).err())
                .collect();
            let Some(first) = faults.first() else { continue };
            let origin = self.origin(&["properties", path]);
            self.found.push(match known.len() - faults.len() {
                0 => Problem::error(origin, "UNKNOWN_PROPERTY", first),
                // A list of several kinds of things may well have a column that only some of them fill.
                fit => {
                    let message = format!(
                        "{first} ({fit} of the {} models have it; rows of the others should leave the field empty)",
                        known.len()
                    );
                    Problem::note(origin, "UNKNOWN_PROPERTY", message)
                }
            });
        }
    }

    fn origin_of_model(&self, declared: &Declared, model: &Dtmi) -> Origin {
        let of_type = declared.models.iter().find(|(_, of)| *of == model);
        match of_type {
            Some((name, _)) if declared.model.as_ref() != Some(model) => {
                self.origin(&["models", name])
            }
            _ => self.origin(&["model"]),
        }
    }

    /// Where a key stands: its line, else the whole file, as when the format says it.
    fn origin(&self, keys: &[&str]) -> Origin {
        let file: Arc<str> = self.text.file.into();
        let path: Vec<&str> = self.path.iter().chain(keys).copied().collect();
        match place(self.text.toml, &path) {
            Some((line, column)) => Origin::column(&file, line, column),
            None => Origin::file(&file),
        }
    }
}

/// The line and the column of the last of nested keys, both from 1.
fn place(toml: &str, keys: &[&str]) -> Option<(u64, u64)> {
    let parsed = DeTable::parse(toml).ok()?;
    let mut table = parsed.get_ref();
    let (last, sections) = keys.split_last()?;
    for section in sections {
        let (_, inner) = table.iter().find(|(key, _)| key.get_ref() == section)?;
        let DeValue::Table(inner) = inner.get_ref() else { return None };
        table = inner;
    }
    let (key, _) = table.iter().find(|(key, _)| key.get_ref() == last)?;
    let before = toml.get(..key.span().start)?;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next()?.chars().count() + 1;
    Some((line as u64, column as u64))
}

/// Why rows cannot state a property of a model.
fn fault(
    catalogue: &Catalogue,
    model: &Dtmi,
    path: &str,
    field: &PropertyField,
    is_flat: bool,
) -> Result<(), String> {
    let content = content(catalogue, model, path)?;
    let kind = match &content.kind {
        ContentKind::Property { schema, .. } => match &**schema {
            Schema::Object { .. } | Schema::Array { .. } | Schema::Map { .. } if is_flat => {
                return Err(format!(
                    "`{path}` of {model} is of several parts, which the cell of a table cannot hold; leave it out"
                ));
            }
            _ => None,
        },
        ContentKind::Telemetry { .. } => Some("telemetry, which comes as readings"),
        ContentKind::Relationship { .. } => {
            Some("a relationship; write it under `[relationships]`")
        }
        ContentKind::Component { .. } => {
            Some("a component; name a property in it, as `component/property`")
        }
        ContentKind::Command { .. } => Some("a command, which no file can state"),
    };
    if let Some(kind) = kind {
        return Err(format!("`{path}` of {model} is no property, but {kind}"));
    }
    match field {
        PropertyField::Plain(_) => Ok(()),
        PropertyField::WithUnit(with) => {
            converted(content, &with.unit, json!(1)).map(drop).map_err(|e| format!("{e} ({model})"))
        }
    }
}

/// What a path leads to, through components.
fn content<'c>(catalogue: &'c Catalogue, model: &Dtmi, path: &str) -> Result<&'c Content, String> {
    let missing = || format!("{model} is not among the models given");
    let mut interface = catalogue.get(model).ok_or_else(missing)?;
    let mut steps = path.split('/').peekable();
    while let Some(step) = steps.next() {
        let found = interface.content(step).ok_or_else(|| unknown(interface, path, step))?;
        match (&found.kind, steps.peek()) {
            (_, None) => return Ok(found),
            (ContentKind::Component { schema }, Some(_)) => {
                interface = catalogue.get(schema).ok_or_else(missing)?;
            }
            (_, Some(_)) => {
                return Err(format!(
                    "`{step}` of {} has no parts; write it without `/`",
                    interface.id
                ));
            }
        }
    }
    Err(unknown(interface, path, path))
}

/// That a model has no such property, and which may be meant.
fn unknown(interface: &Interface, path: &str, step: &str) -> String {
    let names = interface.contents().iter().filter(|content| {
        matches!(content.kind, ContentKind::Property { .. } | ContentKind::Component { .. })
    });
    let names: Vec<&str> = names.map(|content| &*content.name).collect();
    let lower = step.to_lowercase();
    let scorer = jaro_winkler::BatchComparator::new(lower.chars());
    let alike = names.iter().map(|name| (scorer.similarity(name.to_lowercase().chars()), name));
    let nearest = alike.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(alike, _)| *alike >= ALIKE_MIN);
    let mut message = format!("{} has no property `{path}`", interface.id);
    // Writing to a string cannot fail.
    let _ = match (nearest, names.len()) {
        (Some((_, name)), _) => write!(message, "; did you mean `{name}`?"),
        (None, 0) => write!(message, "; it has none"),
        (None, count) => {
            let listed = names[..count.min(LISTED_MAX)].join(", ");
            let more = if count > LISTED_MAX { ", …" } else { "" };
            write!(message, "; it has: {listed}{more}")
        }
    };
    message
}
