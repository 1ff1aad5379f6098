//! A building becomes twins, relationships and bindings.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;

use super::classes::{Classes, Found};
use super::options::Options;
use super::points::{VALUE, is_measured};
use super::relationships::allowed;
use super::turtle::{Building, Edge, Entity, local, namespace, parse};
use crate::domain::command::{Bind, Command, PutTwin, Relate, TwinRef};
use crate::domain::fact::JsonMap;
use crate::domain::id::{ExternalId, StreamKey, abridged};
use crate::domain::time::Interval;
use crate::dtdl::{Catalogue, ContentKind, Dtmi};
use crate::sources::problem::{Item, Kind, Origin, Problem};
use crate::sources::text::Text;

type Items = Vec<Result<Item, Problem>>;

/// The items of a Turtle file: twins, then relationships, then bindings.
pub fn read(
    file: &Arc<str>,
    text: Text,
    options: &Options,
    catalogue: &Catalogue,
) -> impl Iterator<Item = Result<Item, Problem>> + Send + use<> {
    let chosen = options.classes.clone();
    let mut building = parse(file, text, &chosen);
    let problems = std::mem::take(&mut building.problems);
    let mut reader = Reader {
        file,
        options,
        catalogue,
        building: &building,
        models: HashMap::new(),
        items: problems.into_iter().map(Err).collect(),
    };
    reader.twins(chosen);
    reader.relationships();
    reader.bindings();
    reader.items.into_iter()
}

struct Reader<'a> {
    file: &'a Arc<str>,
    options: &'a Options,
    catalogue: &'a Catalogue,
    building: &'a Building,
    /// The entities that became twins.
    models: HashMap<&'a str, (ExternalId, Dtmi)>,
    items: Items,
}

impl<'a> Reader<'a> {
    fn twins(&mut self, chosen: HashMap<String, Dtmi>) {
        let classes =
            Classes { catalogue: self.catalogue, chosen, parents: &self.building.parents };
        // One note a class: how many of its entities took a more general model.
        let mut generalised: IndexMap<&Arc<str>, (u64, Dtmi, usize)> = IndexMap::new();
        for (iri, entity) in &self.building.entities {
            let Some((class, found)) = self.class_of(entity, &classes) else {
                self.unknown_class(iri, entity);
                continue;
            };
            if found.general {
                let noted = generalised.entry(class);
                noted.or_insert((entity.line, found.model.clone(), 0)).2 += 1;
            }
            self.twin(iri, entity, found.model);
        }
        for (class, (line, model, count)) in generalised {
            let class = local(class);
            let message = format!(
                "the catalogue has no model for the class `{class}`; {count} of it became `{model}`"
            );
            self.note(line, "GENERAL_MODEL", message);
        }
    }

    /// The first class that has a model, with the model.
    fn class_of<'e>(
        &mut self,
        entity: &'e Entity,
        classes: &Classes<'_>,
    ) -> Option<(&'e Arc<str>, Found)> {
        let mut found = entity.classes.iter().filter_map(|c| Some((c, classes.model(c)?)));
        let first = found.next()?;
        if entity.classes.len() > 1 {
            let all: Vec<&str> = entity.classes.iter().map(|class| local(class)).collect();
            let message = format!(
                "of the classes {} the first with a model counts: `{}`",
                all.join(", "),
                local(first.0)
            );
            self.note(entity.line, "SEVERAL_CLASSES", message);
        }
        Some(first)
    }

    fn unknown_class(&mut self, iri: &str, entity: &Entity) {
        let classes: Vec<&str> = entity.classes.iter().map(|class| local(class)).collect();
        let message = format!(
            "`{}` is a {}, for which the catalogue has no model; upload one, or name one under [models] in a declaration",
            abridged(local(iri)),
            classes.join(", ")
        );
        self.problem(entity.line, "UNKNOWN_CLASS", Kind::Twin, message);
    }

    fn twin(&mut self, iri: &'a Arc<str>, entity: &Entity, model: Dtmi) {
        let id = match ExternalId::new(&self.options.system, &self.options.scope, local(iri)) {
            Ok(id) => id,
            Err(e) => return self.problem(entity.line, "INVALID_ID", Kind::Twin, e.to_string()),
        };
        let command = PutTwin {
            id: None,
            identifiers: vec![id.clone()],
            model: Some(model.clone()),
            properties: self.label(entity, &model).into_iter().collect(),
            valid: Interval::ALWAYS,
            source: Some(self.options.system.as_str().into()),
        };
        self.models.insert(iri, (id, model));
        self.item(entity.line, Command::PutTwin(command));
    }

    /// The label as the property `name`, where the model has one.
    fn label(&self, entity: &Entity, model: &Dtmi) -> Option<(Arc<str>, serde_json::Value)> {
        let label = entity.label.as_deref()?;
        let content = self.catalogue.get(model)?.content("name")?;
        let named = matches!(content.kind, ContentKind::Property { .. });
        named.then(|| ("name".into(), label.into()))
    }

    fn relationships(&mut self) {
        let entities = &self.building.entities;
        let namespaces: HashSet<&str> = entities.keys().map(|iri| namespace(iri)).collect();
        let mut outside: IndexMap<&Arc<str>, (u64, usize)> = IndexMap::new();
        for edge in &self.building.edges {
            // Tags, units and quantities are no things of the building.
            if namespaces.contains(namespace(&edge.target)) {
                self.relationship(edge);
            } else {
                outside.entry(&edge.name).or_insert((edge.line, 0)).1 += 1;
            }
        }
        for (name, (line, count)) in outside {
            let message = format!(
                "{count} statements of `{name}` lead out of the building and were left out"
            );
            self.note(line, "LEFT_OUT", message);
        }
    }

    fn relationship(&mut self, edge: &'a Edge) {
        let end = |iri: &'a Arc<str>| self.models.get(iri.as_ref()).cloned().ok_or(iri);
        let (source, target) = match (end(&edge.source), end(&edge.target)) {
            (Ok(source), Ok(target)) => (source, target),
            (Err(missing), _) | (_, Err(missing)) => return self.undefined(edge, missing),
        };
        let Some(way) = allowed(self.catalogue, &edge.name, &source.1, &target.1) else {
            let message = format!(
                "neither `{}` nor `{}` has a relationship that says `{}` of the other",
                source.1, target.1, edge.name
            );
            return self.problem(edge.line, "NO_RELATIONSHIP", Kind::Relationship, message);
        };
        let (from, to) = if way.reversed { (target.0, source.0) } else { (source.0, target.0) };
        let command = Relate {
            source: TwinRef::External(from),
            name: way.name,
            target: TwinRef::External(to),
            key: "".into(),
            properties: JsonMap::new(),
            valid: Interval::ALWAYS,
            gives_way: true,
        };
        self.item(edge.line, Command::Relate(command));
    }

    fn undefined(&mut self, edge: &Edge, missing: &str) {
        let shown = abridged(local(missing));
        let why = if self.building.entities.contains_key(missing) {
            "could not be imported (see there)"
        } else if self.building.others.contains(missing) {
            "is of no class of Brick; name a model for its class under [models] in a declaration"
        } else {
            "is defined nowhere in the file"
        };
        let message = format!("`{}` leads to or from `{shown}`, which {why}", edge.name);
        self.problem(edge.line, "UNDEFINED_ENTITY", Kind::Relationship, message);
    }

    fn bindings(&mut self) {
        let Some(system) = &self.options.points else {
            return;
        };
        let mut measured: HashMap<&Dtmi, bool> = HashMap::new();
        let mut found = Vec::new();
        for (iri, entity) in &self.building.entities {
            let Some((id, model)) = self.models.get(iri.as_ref()) else {
                continue;
            };
            let numeric =
                *measured.entry(model).or_insert_with(|| is_measured(self.catalogue, model));
            if numeric {
                found.push((entity.line, self.binding(system, id)));
            }
        }
        for (line, binding) in found {
            match binding {
                Ok(command) => self.item(line, command),
                Err(e) => self.problem(line, "INVALID_ID", Kind::Binding, e),
            }
        }
    }

    fn binding(&self, system: &str, point: &ExternalId) -> Result<Command, String> {
        let device = ExternalId::new(system, &point.scope, &point.id);
        let stream = device.and_then(|device| StreamKey::new(device, &self.options.channel));
        Ok(Command::Bind(Bind {
            stream: stream.map_err(|e| e.to_string())?,
            twin: TwinRef::External(point.clone()),
            path: format!("{}/{}", VALUE.0, VALUE.1).into(),
            unit: None,
            valid: Interval::ALWAYS,
            replace: false,
            gives_way: true,
        }))
    }

    fn item(&mut self, line: u64, command: Command) {
        let origin = Origin::line(self.file, line);
        self.items.push(Ok(Item { origin, command }));
    }

    fn note(&mut self, line: u64, code: &'static str, message: String) {
        self.items.push(Err(Problem::note(Origin::line(self.file, line), code, message)));
    }

    fn problem(&mut self, line: u64, code: &'static str, kind: Kind, message: String) {
        let problem = Problem::error(Origin::line(self.file, line), code, message);
        self.items.push(Err(problem.about(kind)));
    }
}
