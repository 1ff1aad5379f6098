//! What a row tells of one thing, by its table's declaration, becomes a statement.

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
use crate::sources::rows::{Event, Row};

/// Reads what the rows of one table tell of one thing.
pub struct ThingReader<'a> {
    source: Arc<Declaration>,
    /// The number of the table.
    at: usize,
    /// The number of the thing among the further ones of the table; none for the row's own.
    second: Option<usize>,
    catalogue: &'a Catalogue,
    times: Times,
    /// The names of identity fields, in the order of the declaration.
    identity: Vec<Arc<str>>,
    /// The paths of properties, in the order of the declaration.
    paths: Vec<PropertyPath>,
    /// The moment from which on a thing is gone when its row does not say since when.
    today: Timestamp,
}

impl<'a> ThingReader<'a> {
    /// Reads the row's own thing as the table declares it, or a further one.
    pub fn new(
        source: &Arc<Declaration>,
        (at, second): (usize, Option<usize>),
        catalogue: &'a Catalogue,
        moments: Moments,
    ) -> Self {
        let declared = &table_of(source, at, second).declared;
        Self {
            at,
            second,
            identity: declared.identity.keys().map(|name| name.as_str().into()).collect(),
            paths: declared.properties.keys().map(|path| path.as_str().into()).collect(),
            times: Times::new(&declared.read, moments),
            today: moments.today(),
            source: source.clone(),
            catalogue,
        }
    }

    fn table(&self) -> &Table {
        table_of(&self.source, self.at, self.second)
    }

    /// Whether the row has an id of the thing.
    pub fn has_key(&self, fields: &JsonMap) -> bool {
        self.table().key.0.iter().all(|field| self.one(field, fields).is_some())
    }

    /// Whether the row says that the thing is there.
    pub fn is_there(&self, fields: &JsonMap) -> bool {
        let field = self.table().declared.only_if.as_ref();
        field.is_none_or(|field| self.value(field, fields).is_some())
    }

    /// What the row states of its own thing.
    ///
    /// # Errors
    /// What is wrong with the row, and how to mend it.
    pub fn read(&self, row: &Row, remarks: &mut Vec<Remark>) -> Result<Statement, String> {
        let fields = &row.fields;
        let key = self.key(fields, remarks)?;
        if row.event.is_some_and(|event| event.gone) {
            // What a row was before it went is mostly told in part.
            let at = row.event.and_then(|event| event.at).unwrap_or(self.today);
            return Ok(self.end(row, key, Interval::ALWAYS, at, self.kind(fields)?));
        }
        let record = self.record(fields, key, remarks)?;
        let (valid, gone, only_end) = self.holds(fields, record.stated)?;
        if !self.is_there(fields) {
            let since = row.event.map(|event| event.at).unwrap_or_default();
            let from = Some(valid.from).filter(|from| *from > Timestamp::MIN);
            let at = since.or(from).or(record.stated).unwrap_or(self.today);
            let event = row.event.map(|event| Event { gone: true, ..event });
            let held = Interval::since(at);
            return Ok(Statement { event, ..self.end(row, record.key, held, at, record.kind) });
        }
        let attributes = fields.clone();
        Ok(Statement {
            ids: self.ids(fields)?,
            references: self.references(fields, &record)?,
            record: PutRecord { attributes, valid, ..record },
            origin: row.origin.clone(),
            gone,
            span: valid,
            only_end,
            event: row.event,
            second: None,
        })
    }

    /// What the row states of a further thing. It is there from the row on, and does not go with it; `stated` is when
    /// the row was touched, which says nothing of a thing beside it.
    ///
    /// # Errors
    /// What is wrong with the row, and how to mend it.
    pub fn beside(
        &self,
        row: &Row,
        valid: Interval,
        remarks: &mut Vec<Remark>,
    ) -> Result<Statement, String> {
        let fields = &row.fields;
        let key = self.key(fields, &mut Vec::new())?;
        let record = PutRecord { stated: None, ..self.record(fields, key, remarks)? };
        Ok(Statement {
            ids: self.ids(fields)?,
            references: self.references(fields, &record)?,
            record: PutRecord { attributes: self.named(fields), valid, ..record },
            origin: row.origin.clone(),
            gone: None,
            span: Interval::ALWAYS,
            only_end: false,
            event: row.event,
            second: self.second,
        })
    }

    /// When what the row says of its own thing holds.
    ///
    /// # Errors
    /// When it ends before it begins, or a moment cannot be read.
    pub fn valid(&self, row: &Row) -> Result<Interval, String> {
        let since = row.event.and_then(|event| event.at).map(Interval::since);
        since.map_or_else(|| self.holds(&row.fields, None).map(|(valid, ..)| valid), Ok)
    }

    /// What is kept of the row, but its attributes and when it holds.
    fn record(
        &self,
        fields: &JsonMap,
        key: ExternalId,
        remarks: &mut Vec<Remark>,
    ) -> Result<PutRecord, String> {
        let model = self.model(fields)?;
        Ok(PutRecord {
            kind: self.kind(fields)?,
            attributes: JsonMap::new(),
            claims: self.claims(fields, model.as_ref(), remarks)?,
            identity: self.identity(fields),
            model,
            stated: self.stated(fields, remarks),
            references: Vec::new(),
            valid: Interval::ALWAYS,
            is_change: false,
            key,
        })
    }

    /// The fields of the row that tell of a further thing, and no others: rows that differ in the rest say the same.
    fn named(&self, fields: &JsonMap) -> JsonMap {
        let declared = self.table().declared.told_by();
        let tops = declared.iter().flat_map(|field| field.tops());
        let named = tops.filter_map(|name| fields.get_key_value(name));
        named.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// That the thing is gone, and nothing else.
    fn end(
        &self,
        row: &Row,
        key: ExternalId,
        valid: Interval,
        at: Timestamp,
        kind: Arc<str>,
    ) -> Statement {
        let record = PutRecord {
            key,
            kind,
            attributes: row.fields.clone(),
            claims: BTreeMap::new(),
            identity: BTreeMap::new(),
            model: None,
            stated: None,
            references: Vec::new(),
            valid,
            is_change: false,
        };
        Statement {
            origin: row.origin.clone(),
            record,
            ids: Vec::new(),
            references: Vec::new(),
            gone: Some(Interval::since(at)),
            span: Interval::ALWAYS,
            only_end: true,
            event: row.event,
            second: None,
        }
    }

    /// The scope of what the row says of the thing.
    fn own_scope(&self, fields: &JsonMap) -> Result<String, String> {
        let scope = self.scope(self.table().declared.scope.as_ref(), fields)?;
        let second = self.second.map(|at| &self.source.tables[self.at].also[at]);
        Ok(match second.and_then(|second| second.scope.as_deref()) {
            None => scope,
            Some(name) if scope.is_empty() => name.to_owned(),
            Some(name) => format!("{scope}/{name}"),
        })
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
        external(&self.source.system, &self.own_scope(fields)?, &id)
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
        let second = self.second.map(|at| self.source.tables[self.at].also[at].name.clone());
        let kind = told.or(second).unwrap_or_else(|| self.source.name.clone());
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
                    // A further thing refers to what the row's own would refer to.
                    (None, None) if self.second.is_some() => {
                        let own = &self.source.tables[self.at].declared;
                        self.scope(own.scope.as_ref(), fields)?
                    }
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
    pub fn allows(&self, model: Option<&Dtmi>, relationship: &str) -> bool {
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

fn table_of(source: &Declaration, at: usize, second: Option<usize>) -> &Table {
    let table = &source.tables[at];
    second.map_or(table, |second| &table.also[second].table)
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
