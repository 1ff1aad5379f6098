//! A row, by its table's declaration, becomes a statement.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::statement::{Reference, Statement};
use super::times::Times;
use super::value::{converted, property, typed};
use crate::domain::command::PutRecord;
use crate::domain::fact::{JsonMap, PropertyPath};
use crate::domain::id::{ExternalId, abridged, name};
use crate::domain::time::{Interval, Timestamp};
use crate::dtdl::{Catalogue, ContentKind, Dtmi};
use crate::sources::declaration::{
    Declaration, Direction, Field, PropertyField, Table, TextOrField, Twins,
};
use crate::sources::moment::Moments;
use crate::sources::problem::Remark;
use crate::sources::rows::Row;

/// Reads the rows of one table.
pub struct RowReader<'a> {
    source: Arc<Declaration>,
    /// The number of the table.
    at: usize,
    catalogue: &'a Catalogue,
    times: Times,
    /// The names of identity fields, in the order of the declaration.
    identity: Vec<Arc<str>>,
    /// The paths of properties, in the order of the declaration.
    paths: Vec<PropertyPath>,
    /// The moment from which on a thing is gone when its row does not say since when.
    today: Timestamp,
}

impl<'a> RowReader<'a> {
    /// Reads as the table of that name declares; none where there is no such table.
    pub fn new(
        source: &Arc<Declaration>,
        table: &str,
        catalogue: &'a Catalogue,
        moments: Moments,
    ) -> Option<Self> {
        let (name, table) = source.table(table)?;
        let names = table.declared.identity.keys();
        let paths = table.declared.properties.keys();
        Some(Self {
            at: source.tables.get_index_of(name)?,
            identity: names.map(|name| name.as_str().into()).collect(),
            paths: paths.map(|path| path.as_str().into()).collect(),
            times: Times::new(&table.declared.read, moments),
            today: moments.today(),
            source: source.clone(),
            catalogue,
        })
    }

    fn table(&self) -> &Table {
        &self.source.tables[self.at]
    }

    /// What the row states, and what should be known about how it was read.
    ///
    /// # Errors
    /// What is wrong with the row, and how to mend it.
    pub fn read(&self, row: Row) -> Result<(Statement, Vec<Remark>), String> {
        let mut remarks = row.remarks;
        let fields = &row.fields;
        let key = self.key(fields, &mut remarks)?;
        if row.event.is_some_and(|event| event.gone) {
            // What a row was before it went is mostly told in part.
            let kind = self.kind(fields)?;
            return Ok((self.end(Row { remarks: Vec::new(), ..row }, key, kind), remarks));
        }
        let mut record = PutRecord {
            kind: self.kind(fields)?,
            attributes: JsonMap::new(),
            claims: BTreeMap::new(),
            identity: self.identity(fields),
            model: self.model(fields)?,
            stated: self.stated(fields, &mut remarks),
            valid: Interval::ALWAYS,
            key,
        };
        record.claims = self.claims(fields, record.model.as_ref(), &mut remarks)?;
        let (valid, gone, only_end) = self.holds(fields, record.stated)?;
        record.valid = valid;
        let mut statement = Statement {
            ids: self.ids(fields)?,
            references: self.references(fields, &record)?,
            record,
            origin: row.origin,
            gone,
            span: valid,
            only_end,
            event: row.event,
        };
        statement.record.attributes = row.fields;
        Ok((statement, remarks))
    }

    /// That the thing is gone, and nothing else.
    fn end(&self, row: Row, key: ExternalId, kind: Arc<str>) -> Statement {
        let record = PutRecord {
            key,
            kind,
            attributes: row.fields,
            claims: BTreeMap::new(),
            identity: BTreeMap::new(),
            model: None,
            stated: None,
            valid: Interval::ALWAYS,
        };
        let at = row.event.and_then(|event| event.at).unwrap_or(self.today);
        Statement {
            origin: row.origin,
            record,
            ids: Vec::new(),
            references: Vec::new(),
            gone: Some(Interval::since(at)),
            span: Interval::ALWAYS,
            only_end: true,
            event: row.event,
        }
    }

    /// The texts at a field that say something, trimmed.
    fn texts<'r>(&'r self, field: &'r Field, fields: &'r JsonMap) -> impl Iterator<Item = String> {
        let texts = field.of(fields).filter_map(|value| self.text(value));
        texts.take(1).flatten()
    }

    fn one(&self, field: &Field, fields: &JsonMap) -> Option<String> {
        self.texts(field, fields).next()
    }

    /// The value at a field that says something.
    fn value<'r>(&self, field: &'r Field, fields: &'r JsonMap) -> Option<&'r Value> {
        field.of(fields).find(|value| self.text(value).is_some() || value.is_object())
    }

    /// The texts of a value, of which a list has several; none where nothing is said.
    fn text(&self, value: &Value) -> Option<Vec<String>> {
        let texts: Vec<String> = match value {
            Value::String(text) => vec![text.trim().to_owned()],
            Value::Number(number) => vec![number.to_string()],
            Value::Bool(truth) => vec![truth.to_string()],
            Value::Array(items) => items.iter().filter_map(|v| self.text(v)).flatten().collect(),
            Value::Null | Value::Object(_) => Vec::new(),
        };
        let empty = self.table().declared.read.empty.as_deref().unwrap_or_default();
        let says = |text: &String| !text.is_empty() && !empty.contains(text);
        let texts: Vec<String> = texts.into_iter().filter(says).collect();
        (!texts.is_empty()).then_some(texts)
    }

    fn key(&self, fields: &JsonMap, remarks: &mut Vec<Remark>) -> Result<ExternalId, String> {
        let declared = &self.table().declared;
        let mut id = declared.key_prefix.clone().unwrap_or_default();
        for (number, field) in self.table().key.0.iter().enumerate() {
            let Some(part) = self.one(field, fields) else {
                return Err(format!("the row has no id in {field}; it could not be found again"));
            };
            let raw = field.of(fields).next().and_then(Value::as_str);
            if raw.is_some_and(|raw| raw.trim().len() < raw.len() && raw.trim() == part) {
                let message =
                    format!("blanks at the ends of the id `{}` were left out", abridged(&part));
                remarks.push(Remark::note("TRIMMED_ID", message));
            }
            if number > 0 {
                id.push_str(declared.separator.as_deref().unwrap_or("/"));
            }
            id.push_str(&part);
        }
        external(&self.source.system, &self.scope(declared.scope.as_ref(), fields)?, &id)
    }

    fn scope(&self, scope: Option<&TextOrField>, fields: &JsonMap) -> Result<String, String> {
        match scope {
            None => Ok(String::new()),
            Some(TextOrField::Fixed(scope)) => Ok(scope.clone()),
            Some(TextOrField::Told(told)) => self.one(&told.field, fields).ok_or_else(|| {
                format!(
                    "the row has no scope of its id in {}; the id alone is not unique",
                    told.field
                )
            }),
        }
    }

    fn kind(&self, fields: &JsonMap) -> Result<Arc<str>, String> {
        let told = match &self.table().declared.kind {
            Some(TextOrField::Fixed(kind)) => Some(kind.clone()),
            Some(TextOrField::Told(told)) => self.one(&told.field, fields),
            None => None,
        };
        let kind = told.unwrap_or_else(|| self.source.name.clone());
        name("the kind", &kind).map_err(|e| e.to_string())
    }

    fn model(&self, fields: &JsonMap) -> Result<Option<Dtmi>, String> {
        let declared = &self.table().declared;
        let Some(field) = &declared.model_field else {
            return Ok(declared.model.clone());
        };
        let told = self.one(field, fields);
        let by_type = told.as_ref().and_then(|told| declared.models.get(told));
        let model = by_type.or(declared.model.as_ref()).cloned();
        // Whoever decides by matching may do without a model.
        if model.is_none() && self.source.twins() == Twins::FromId {
            let told = abridged(&told.unwrap_or_default());
            return Err(format!("there is no model for the type `{told}`; add it to `models`"));
        }
        Ok(model)
    }

    fn identity(&self, fields: &JsonMap) -> BTreeMap<Arc<str>, Arc<str>> {
        let declared = self.table().declared.identity.values().zip(&self.identity);
        declared
            .filter_map(|(field, name)| {
                let mut texts = self.texts(field, fields);
                let first = texts.next()?;
                let all = texts.fold(first, |all, next| format!("{all} {next}"));
                Some((name.clone(), all.into()))
            })
            .collect()
    }

    fn stated(&self, fields: &JsonMap, remarks: &mut Vec<Remark>) -> Option<Timestamp> {
        let value = self.value(self.table().declared.times.stated.as_ref()?, fields)?;
        match self.times.moment(value) {
            Ok(moment) => moment,
            Err(problem) => {
                let message = format!("the moment of the last change was left out: {problem}");
                remarks.push(Remark::error("INVALID_TIME", message));
                None
            }
        }
    }

    fn claims(
        &self,
        fields: &JsonMap,
        model: Option<&Dtmi>,
        remarks: &mut Vec<Remark>,
    ) -> Result<BTreeMap<PropertyPath, Value>, String> {
        let mut claims = BTreeMap::new();
        for (declared, key) in self.table().declared.properties.values().zip(&self.paths) {
            let path: &str = key;
            let Some(value) = self.value(declared.field(), fields) else {
                continue;
            };
            let model = model.filter(|model| self.catalogue.get(model).is_some());
            let content = model.and_then(|model| property(self.catalogue, model, path));
            // What only the format proposes is left out where the model has no such property.
            let is_own = self.table().own.properties.contains_key(path);
            if model.is_some() && content.is_none() && !is_own {
                continue;
            }
            let mut value = typed(content, value);
            if let (PropertyField::WithUnit(with), Some(content)) = (declared, content) {
                value = converted(content, &with.unit, value)?;
            }
            if let Some(ContentKind::Property { schema, .. }) = content.map(|c| &c.kind)
                && let Err(error) = schema.validate(&value)
            {
                let message = format!("`{path}` was left out: {error}");
                remarks.push(Remark::error("INVALID_VALUE", message));
                continue;
            }
            claims.insert(key.clone(), value);
        }
        Ok(claims)
    }

    fn ids(&self, fields: &JsonMap) -> Result<Vec<ExternalId>, String> {
        let mut ids = Vec::new();
        for (system, declared) in &self.table().declared.ids {
            let (field, scope) = declared.parts();
            for id in self.texts(field, fields) {
                ids.push(external(system, &self.scope(Some(&scope), fields)?, &id)?);
            }
        }
        Ok(ids)
    }

    fn references(&self, fields: &JsonMap, record: &PutRecord) -> Result<Vec<Reference>, String> {
        let mut references = Vec::new();
        for (relationship, declared) in &self.table().declared.relationships {
            let is_own = self.table().own.relationships.contains_key(relationship);
            if !is_own && !self.allows(record.model.as_ref(), relationship) {
                continue;
            }
            for text in self.texts(&declared.field, fields) {
                let scope = match (&declared.system, &declared.scope) {
                    (None, None) => record.key.scope.to_string(),
                    (_, scope) => self.scope(scope.as_ref(), fields)?,
                };
                let system = declared.system.as_ref().unwrap_or(&self.source.system);
                let other = external(system, &scope, &format!("{}{text}", declared.prefix))?;
                references.push(Reference {
                    name: name("the relationship", relationship).map_err(|e| e.to_string())?,
                    other,
                    is_incoming: declared.direction == Direction::Incoming,
                    is_parent: declared.parent,
                });
            }
        }
        Ok(references)
    }

    /// Whether the model has the relationship, as far as it is known.
    fn allows(&self, model: Option<&Dtmi>, relationship: &str) -> bool {
        model.and_then(|model| self.catalogue.get(model)).is_none_or(|interface| {
            let content = interface.content(relationship);
            content.is_some_and(|c| matches!(c.kind, ContentKind::Relationship { .. }))
        })
    }

    /// When what the row says holds, when the thing is gone, and whether only that is known.
    fn holds(
        &self,
        fields: &JsonMap,
        stated: Option<Timestamp>,
    ) -> Result<(Interval, Option<Interval>, bool), String> {
        let times = &self.table().declared.times;
        let moment = |field: &Option<Field>| match field {
            Some(field) => match self.value(field, fields) {
                Some(value) => self.times.moment(value),
                None => Ok(None),
            },
            None => Ok(None),
        };
        let from = moment(&times.from)?.unwrap_or(Timestamp::MIN);
        let mut to = moment(&times.to)?.unwrap_or(Timestamp::MAX);
        if times.to_is_last_day == Some(true) {
            to = self.times.after_day_of(to);
        }
        let valid = Interval::new(from, to).ok_or_else(|| {
            format!("the row holds from {from} to {to}; it must begin before it ends")
        })?;
        for gone in self.table().declared.gone.iter().flatten() {
            let said = self.value(&gone.field, fields);
            if !said.is_some_and(|said| gone.values.iter().any(|value| same(said, value))) {
                continue;
            }
            let since = moment(&gone.since)?.or(stated);
            let end = Interval::since(since.unwrap_or(self.today).max(from));
            let before = since.and_then(|since| Interval::new(from, since.min(to)));
            return Ok((before.unwrap_or(valid), Some(end), before.is_none()));
        }
        Ok((valid, None, false))
    }
}

/// Whether a field says what is declared, whatever it is written as.
fn same(said: &Value, declared: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => text.trim().to_owned(),
        value => value.to_string(),
    };
    text(said) == text(declared)
}

fn external(system: &str, scope: &str, id: &str) -> Result<ExternalId, String> {
    ExternalId::new(system, scope, id).map_err(|e| e.to_string())
}

/// The key of a row as one text, to tell whether two rows are of one thing.
pub fn key_text(source: &Declaration, row: &JsonMap) -> Option<String> {
    let (_, table) = source.table("")?;
    let scope = table.declared.scope.iter().filter_map(|scope| match scope {
        TextOrField::Told(told) => Some(&told.field),
        TextOrField::Fixed(_) => None,
    });
    let fields = scope.chain(&table.key.0);
    let parts = fields.map(|field| field.of(row).next().map(ToString::to_string));
    parts.collect::<Option<Vec<_>>>().map(|parts| parts.join("\u{1f}"))
}
