//! Comparison of schemas: whether values of the older one are values of the newer one.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::model::{EnumSchema, Field, Geospatial, Schema, Semantic};
use super::super::units::unit;
use super::change::{Changes, Impact};
use super::numbers::primitive;

/// How deep names may nest; schemas that the standard allows stay far below.
const DEPTH_MAX: usize = 64;

/// Compares two schemas and notes what differs.
pub(super) fn compare_schemas(changes: &mut Changes, old: &Arc<Schema>, new: &Arc<Schema>) {
    Comparison { seen: HashSet::new() }.schemas(changes, old, new);
}

/// Pairs already compared, so that schemas that contain themselves come to an end.
struct Comparison {
    seen: HashSet<(*const Schema, *const Schema)>,
}

impl Comparison {
    fn schemas(&mut self, changes: &mut Changes, old: &Arc<Schema>, new: &Arc<Schema>) {
        let (Some(old), Some(new)) = (resolved(old), resolved(new)) else {
            return;
        };
        if Arc::ptr_eq(&old, &new) || !self.seen.insert((Arc::as_ptr(&old), Arc::as_ptr(&new))) {
            return;
        }
        if changes.depth() > DEPTH_MAX {
            let message = "The schemas nest too deeply to be compared.".to_owned();
            return changes.breaks(message, "compare the schemas by hand");
        }
        match (&*old, &*new) {
            (Schema::Enum(old), Schema::Enum(new)) => enums(changes, old, new),
            (Schema::Enum(old), _) if enum_fits(old, &new) => {
                changes.safe(format!("Any {} is allowed now.", new.kind_name()));
            }
            (Schema::Object { fields: old, .. }, Schema::Object { fields: new, .. }) => {
                self.fields(changes, old, new);
            }
            (Schema::Array { element: old, .. }, Schema::Array { element: new, .. }) => {
                changes.inside("elementSchema", |changes| self.schemas(changes, old, new));
            }
            (Schema::Map { value: old, .. }, Schema::Map { value: new, .. }) => {
                changes.inside("mapValue", |changes| self.schemas(changes, old, new));
            }
            (Schema::Geospatial(old), Schema::Geospatial(new)) => {
                geometries(changes, *old, *new);
            }
            (old, new) => primitives(changes, old, new),
        }
    }

    fn fields(&mut self, changes: &mut Changes, old: &[Field], new: &[Field]) {
        for field in old {
            let other = new.iter().find(|other| other.name == field.name);
            changes.inside(&field.name, |changes| match other {
                Some(other) => self.field(changes, field, other),
                None => changes.breaks(
                    "The field is gone, and values that have it are not valid.".to_owned(),
                    "keep the field",
                ),
            });
        }
        for field in new {
            if old.iter().any(|other| other.name == field.name) {
                continue;
            }
            changes.inside(&field.name, |changes| match field.required {
                true => changes.migrate(
                    "The field is new and required.".to_owned(),
                    "give it a value in each twin",
                ),
                false => changes.safe("The field is new.".to_owned()),
            });
        }
    }

    fn field(&mut self, changes: &mut Changes, old: &Field, new: &Field) {
        if new.required && !old.required {
            changes.migrate(
                "The field is required now.".to_owned(),
                "give it a value wherever it is absent",
            );
        }
        compare_semantics(changes, old.semantic, new.semantic);
        self.schemas(changes, &old.schema, &new.schema);
    }
}

/// What a reference to an outer schema refers to; the schema itself otherwise.
fn resolved(schema: &Arc<Schema>) -> Option<Arc<Schema>> {
    match &**schema {
        Schema::Recursive(recursive) => recursive.schema(),
        _ => Some(schema.clone()),
    }
}

/// Whether all values of a list are values of another schema.
fn enum_fits(old: &EnumSchema, new: &Schema) -> bool {
    match new {
        Schema::Integer | Schema::Long | Schema::Double => old.of_integers,
        Schema::String => !old.of_integers,
        _ => false,
    }
}

fn enums(changes: &mut Changes, old: &EnumSchema, new: &EnumSchema) {
    for value in &old.values {
        let same_value = new.values.iter().find(|other| other.value == value.value);
        let same_name = new.values.iter().find(|other| other.name == value.name);
        changes.inside(&value.name, |changes| match (same_value, same_name) {
            (Some(other), _) if other.name == value.name => {}
            (_, Some(_)) => changes.migrate(
                "The name stands for another value now.".to_owned(),
                "replace the older value by the newer one in each twin",
            ),
            (Some(other), None) => changes.migrate(
                format!("The value is called '{}' now.", other.name),
                "use the newer name in queries",
            ),
            (None, None) => changes.breaks(
                "The value is gone.".to_owned(),
                "keep the value, or give twins that have it another one first",
            ),
        });
    }
    for value in &new.values {
        let known = |other: &&super::super::model::EnumValue| {
            other.value == value.value || other.name == value.name
        };
        if old.values.iter().find(known).is_none() {
            changes.inside(&value.name, |changes| {
                changes.safe("The value is new.".to_owned());
            });
        }
    }
}

fn geometries(changes: &mut Changes, old: Geospatial, new: Geospatial) {
    let wraps = matches!(
        (old, new),
        (Geospatial::Point, Geospatial::MultiPoint)
            | (Geospatial::LineString, Geospatial::MultiLineString)
            | (Geospatial::Polygon, Geospatial::MultiPolygon)
    );
    let message = format!("The schema was {} and is {} now.", old.term(), new.term());
    if wraps {
        changes.migrate(message, "put each geometry into a list of one");
    } else if old != new {
        changes.breaks(message, "give the content another name, or keep its schema");
    }
}

fn primitives(changes: &mut Changes, old: &Schema, new: &Schema) {
    let (impact, mend) = primitive(old, new);
    if old.kind_name() != new.kind_name() {
        let message = format!("The schema was {} and is {} now.", old.kind_name(), new.kind_name());
        changes.note(impact, message, mend);
    }
}

/// Compares what two elements measure and in which unit.
pub(super) fn compare_semantics(
    changes: &mut Changes,
    old: Option<Semantic>,
    new: Option<Semantic>,
) {
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) => (old, new),
        (None, Some(new)) => {
            return changes.safe(format!("It is known now to be a {}.", new.type_name));
        }
        (Some(old), None) => {
            let message = format!("It is no longer known to be a {}.", old.type_name);
            return changes.migrate(message, "find the unit elsewhere, or keep the semantic type");
        }
        (None, None) => return,
    };
    if old.type_name != new.type_name {
        let message = format!("It was a {} and is a {} now.", old.type_name, new.type_name);
        let related = same_family(old.unit, new.unit);
        let impact = match related {
            true => Impact::NeedsMigration,
            false => Impact::Breaks,
        };
        changes.note(impact, message, "check that it still means the same");
    }
    if old.unit != new.unit {
        units(changes, old.unit, new.unit);
    }
}

fn units(changes: &mut Changes, old: Option<&str>, new: Option<&str>) {
    let name = |unit: Option<&str>| unit.unwrap_or("not given").to_owned();
    let message = format!("The unit was {} and is {} now.", name(old), name(new));
    match (old, new) {
        (None, _) => changes.safe(message),
        (_, None) => changes.migrate(message, "keep the unit"),
        _ if same_family(old, new) => {
            changes.migrate(message, "convert values to the newer unit");
        }
        _ => changes.breaks(message, "give the content another name, or keep its unit"),
    }
}

fn same_family(old: Option<&str>, new: Option<&str>) -> bool {
    let family = |name: Option<&str>| name.and_then(unit).map(|unit| unit.family);
    family(old).is_some() && family(old) == family(new)
}
