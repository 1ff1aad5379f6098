//! Twins and relationships of Azure Digital Twins.

use std::sync::Arc;

use serde_json::Value;

use super::documents::Ids;
use crate::domain::command::{Command, PutTwin, Relate, TwinRef};
use crate::domain::fact::{JsonMap, PropertyPath};
use crate::domain::id::{ExternalId, abridged, name};
use crate::domain::time::Interval;
use crate::dtdl::{Catalogue, ContentKind, Dtmi};
use crate::sources::problem::{Item, Kind, Origin, Problem, Remark};

/// Reads twins and relationships.
pub struct Reader<'a> {
    /// What their ids belong to.
    pub ids: Ids,
    /// The models.
    pub catalogue: &'a Catalogue,
}

/// What an element states, and what should be known about how it was read.
pub struct Stated {
    item: Item,
    remarks: Vec<Remark>,
}

impl Stated {
    /// All of it, in a list of items and problems.
    pub fn items(stated: Result<Self, Problem>) -> Vec<Result<Item, Problem>> {
        match stated {
            Ok(Self { item, remarks }) => {
                let problems: Vec<_> =
                    remarks.into_iter().map(|remark| Err(remark.at(&item.origin))).collect();
                problems.into_iter().chain([Ok(item)]).collect()
            }
            Err(problem) => vec![Err(problem)],
        }
    }
}

impl Reader<'_> {
    /// The twin that an object is.
    pub fn twin(&self, origin: &Origin, object: JsonMap) -> Result<Stated, Problem> {
        let wrong =
            |message| Problem::error(origin.clone(), "INVALID_TWIN", message).about(Kind::Twin);
        let id = self.id(&object, "$dtId").map_err(wrong)?;
        let model = object.get("$metadata").and_then(|m| m.get("$model")).and_then(Value::as_str);
        let model = model.ok_or_else(|| wrong("the twin has no $metadata.$model".to_owned()))?;
        let model = model.to_owned();
        self.twin_of(origin, id, &model, object).map_err(wrong)
    }

    /// A twin by its id and model, with what `object` says of its properties.
    ///
    /// # Errors
    /// When the model is none.
    pub fn twin_of(
        &self,
        origin: &Origin,
        id: ExternalId,
        model: &str,
        object: JsonMap,
    ) -> Result<Stated, String> {
        let model: Dtmi = model.parse().map_err(|e: crate::dtdl::DtmiError| e.to_string())?;
        let mut found = Properties { values: Vec::new(), remarks: Vec::new() };
        self.properties(&model, "", object, &mut found);
        let command = Command::PutTwin(PutTwin {
            id: None,
            source: Some(id.system.clone()),
            identifiers: vec![id],
            model: Some(model),
            properties: found.values,
            valid: Interval::ALWAYS,
        });
        Ok(Stated { item: Item { origin: origin.clone(), command }, remarks: found.remarks })
    }

    /// The relationship that an object is.
    pub fn relationship(&self, origin: &Origin, object: &JsonMap) -> Result<Stated, Problem> {
        let command = self.relate(object).map_err(|message| {
            let problem = Problem::error(origin.clone(), "INVALID_RELATIONSHIP", message);
            problem.about(Kind::Relationship)
        })?;
        Ok(Stated { item: Item { origin: origin.clone(), command }, remarks: Vec::new() })
    }

    fn relate(&self, object: &JsonMap) -> Result<Command, String> {
        let end = |field: &str| Ok::<_, String>(TwinRef::External(self.id(object, field)?));
        let called = object.get("$relationshipName").and_then(Value::as_str).unwrap_or_default();
        // The bulk form calls the source `$dtId`. The id tells parallel relationships apart, and two exports have the same.
        let key = object.get("$relationshipId").and_then(Value::as_str).unwrap_or_default();
        let properties = object.iter().filter(|(name, v)| !name.starts_with('$') && !v.is_null());
        Ok(Command::Relate(Relate {
            source: end(if object.contains_key("$sourceId") { "$sourceId" } else { "$dtId" })?,
            name: name("$relationshipName", called).map_err(|e| e.to_string())?,
            target: end("$targetId")?,
            key: key.into(),
            properties: properties.map(|(name, v)| (name.clone(), plain(v.clone()))).collect(),
            valid: Interval::ALWAYS,
            gives_way: true,
        }))
    }

    /// The external id at a field.
    pub fn id(&self, object: &JsonMap, field: &str) -> Result<ExternalId, String> {
        let id = object.get(field).and_then(Value::as_str).unwrap_or_default().trim();
        if id.is_empty() {
            return Err(format!("there is no {field}; it could not be found again"));
        }
        self.external(id)
    }

    /// The external id that a text is.
    ///
    /// # Errors
    /// When it cannot be one.
    pub fn external(&self, id: &str) -> Result<ExternalId, String> {
        ExternalId::new(&self.ids.system, &self.ids.scope, id).map_err(|e| e.to_string())
    }

    fn properties(&self, model: &Dtmi, within: &str, object: JsonMap, found: &mut Properties) {
        for (name, value) in object {
            if name.starts_with('$') || value.is_null() {
                continue;
            }
            let path = format!("{within}{name}");
            let interface = self.catalogue.get(model);
            let content = interface.and_then(|interface| interface.content(&name));
            match (content.map(|c| &c.kind), value) {
                (Some(ContentKind::Component { schema }), Value::Object(inner)) => {
                    self.properties(schema, &format!("{path}/"), inner, found);
                }
                (Some(ContentKind::Property { schema, .. }), value) => {
                    let value = plain(value);
                    match schema.validate(&value) {
                        Ok(()) => found.values.push((path.into(), value)),
                        Err(error) => found.lost("INVALID_VALUE", &path, &error.to_string()),
                    }
                }
                (Some(ContentKind::Component { .. }), _) => {
                    found.lost("INVALID_VALUE", &path, "it is a component, and so an object");
                }
                (Some(_), _) => found.lost("INVALID_VALUE", &path, "it is no property"),
                (None, _) if interface.is_some() => {
                    found.lost("UNKNOWN_PROPERTY", &path, "the model has no such property");
                }
                // Without its model the twin is refused as a whole.
                (None, value) => found.values.push((path.into(), plain(value))),
            }
        }
    }
}

struct Properties {
    values: Vec<(PropertyPath, Value)>,
    remarks: Vec<Remark>,
}

impl Properties {
    fn lost(&mut self, code: &'static str, path: &str, why: &str) {
        let message = format!("`{}` was left out: {why}", abridged(path));
        self.remarks.push(Remark::error(code, message));
    }
}

/// The value without what the service says about it.
fn plain(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let own = object.into_iter().filter(|(name, _)| !name.starts_with('$'));
            Value::Object(own.map(|(name, value)| (name, plain(value))).collect())
        }
        value => value,
    }
}

/// The text of a cell.
pub fn cell<'r>(row: &'r JsonMap, name: &str) -> Option<&'r str> {
    row.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// A relationship between two twins of one row of a workbook.
pub fn joined(source: ExternalId, name: &str, target: ExternalId) -> Result<Command, String> {
    let called: Arc<str> =
        crate::domain::id::name("the relationship", name).map_err(|e| e.to_string())?;
    Ok(Command::Relate(Relate {
        source: TwinRef::External(source),
        name: called,
        target: TwinRef::External(target),
        key: "".into(),
        properties: JsonMap::new(),
        valid: Interval::ALWAYS,
        gives_way: true,
    }))
}

impl Stated {
    /// What a command alone states.
    pub fn only(origin: &Origin, command: Command) -> Self {
        Self { item: Item { origin: origin.clone(), command }, remarks: Vec::new() }
    }
}
