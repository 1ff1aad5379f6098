//! What stands in a declaration's TOML, and how one builds on another.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field::Field;
use super::words::{Delimiter, EncodingName, Key, Pattern, Share, Span, TextOrField, ZoneName};
use crate::dtdl::Dtmi;

/// The format of a source's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A table of text.
    Csv,
    /// A workbook.
    Xlsx,
    /// JSON documents with an array of records.
    Json,
    /// A JSON record a line.
    Ndjson,
    /// SAP equipment, from OData v2 or v4.
    SapEquipment,
    /// SAP functional locations, from OData v2 or v4.
    SapFunctionalLocation,
    /// Maximo assets, from its JSON API.
    MaximoAsset,
    /// Maximo locations, from its JSON API.
    MaximoLocation,
    /// ServiceNow configuration items, from its table API.
    ServicenowCmdbCi,
    /// COBie, as a workbook or a CSV file for each sheet.
    Cobie,
    /// ISA-95 equipment in XML.
    B2mml,
    /// Change events.
    Debezium,
    /// Azure Digital Twins: graphs as JSON, NDJSON or workbook.
    Adt,
    /// Brick buildings in Turtle.
    Brick,
}

/// Whether records make their twins themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Twins {
    /// The key decides: the twin that it means, or a new one.
    #[default]
    FromId,
    /// Only records are kept; matching decides which twin each describes.
    Match,
}

macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $(
                $(#[$field_doc])*
                #[serde(skip_serializing_if = "is_default")]
                pub $field: $type,
            )*
        }

        impl Layer for $name {
            fn over(self, base: Self) -> Self {
                Self { $($field: Layer::over(self.$field, base.$field),)* }
            }
        }
    };
}

section! {
    /// A declaration, as it is written.
    Declared {
        /// The source's name; its system's if left out.
        name: Option<String>,
        /// The system's name for people.
        title: Option<String>,
        /// The system that issues the ids, and that says all this.
        system: Option<String>,
        /// Where in the system the ids are unique; left out: in the whole system.
        scope: Option<TextOrField>,
        /// The format of the files.
        format: Option<Format>,
        /// Which files; left out: all whose names end as the format's do.
        files: Option<Vec<Pattern>>,
        /// The kind of thing that a record describes, in the system's words.
        kind: Option<TextOrField>,
        /// Whether records make their twins themselves.
        twins: Option<Twins>,
        /// The field with the id, or several.
        key: Option<Key>,
        /// What stands between several.
        separator: Option<String>,
        /// What is put before the id, where things of several tables share a system.
        key_prefix: Option<String>,
        /// The model of all rows, or of those whose type has none.
        model: Option<Dtmi>,
        /// The field with the type.
        model_field: Option<Field>,
        /// The model of each type.
        models: IndexMap<String, Dtmi>,
        /// A field without which the row does not tell of the thing: it is not there, or not any more.
        only_if: Option<Field>,
        /// How files are read.
        read: ReadOptions,
        /// The field of each property.
        properties: IndexMap<String, PropertyField>,
        /// The field of each identity field.
        identity: IndexMap<String, Field>,
        /// Further ids of the twin that are certain: the field of each system's.
        ids: IndexMap<String, IdField>,
        /// The field of each relationship.
        relationships: IndexMap<String, RelationshipField>,
        /// Further things that each row tells of, by names of their own.
        also: IndexMap<String, Also>,
        /// The fields with moments.
        times: Times,
        /// Which rows say that the thing is gone.
        gone: Option<Vec<Gone>>,
        /// How far the source is trusted.
        authority: Option<Authority>,
        /// How points of Brick buildings are bound.
        brick: BrickOptions,
        /// Tables of one file that are read in different ways, by the names of their sheets.
        tables: IndexMap<String, Declared>,
    }
}

section! {
    /// A further thing that each row tells of, such as the place where a machine stands.
    Also {
        /// The field with its id, or several; a row in which it says nothing does not tell of the thing.
        key: Option<Key>,
        /// What stands between several.
        separator: Option<String>,
        /// What is put before the id.
        key_prefix: Option<String>,
        /// Where in the system its ids are unique; left out: in the scope of the row's own, under the section's name.
        scope: Option<TextOrField>,
        /// The kind of thing; the section's name if left out.
        kind: Option<TextOrField>,
        /// Its model, or that of types without one.
        model: Option<Dtmi>,
        /// The field with its type.
        model_field: Option<Field>,
        /// The model of each type.
        models: IndexMap<String, Dtmi>,
        /// A field without which the row does not tell of it.
        only_if: Option<Field>,
        /// How the row's own thing is related to it, while the row says so.
        relationship: Option<String>,
        /// Which way that runs.
        direction: Option<Direction>,
        /// Whether that leads to the whole of which the row's own thing is a part.
        parent: Option<bool>,
        /// The field of each property.
        properties: IndexMap<String, PropertyField>,
        /// The field of each identity field.
        identity: IndexMap<String, Field>,
        /// Further ids that are certain.
        ids: IndexMap<String, IdField>,
        /// The field of each relationship of its own.
        relationships: IndexMap<String, RelationshipField>,
    }
}

section! {
    /// How files are read.
    ReadOptions {
        /// What separates the cells of a CSV line; a comma if left out.
        delimiter: Option<Delimiter>,
        /// The encoding; UTF-8 if left out. A byte order mark tells it too.
        encoding: Option<EncodingName>,
        /// The sheet of a workbook; the first if left out.
        sheet: Option<String>,
        /// The row with the names of the columns, counted from 1.
        header_row: Option<u64>,
        /// JSON pointers to the array of records.
        records: Option<Field>,
        /// Texts that mean nothing, such as `n/a`.
        empty: Option<Vec<String>>,
        /// The time zone of moments without an offset; UTC if left out.
        time_zone: Option<ZoneName>,
        /// How moments are written: as in C's `strftime`, or `seconds` since 1970.
        time_format: Option<String>,
    }
}

section! {
    /// The fields with moments.
    Times {
        /// From when on the row holds.
        from: Option<Field>,
        /// Until when it holds.
        to: Option<Field>,
        /// Whether `to` is the last day on which it holds, instead of the moment from which on it does not.
        to_is_last_day: Option<bool>,
        /// When the source last touched the row.
        stated: Option<Field>,
    }
}

/// How far the source is trusted: one number, or more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "trust is a number from 0 to 1, or a table of `default`, `properties`, `authoritative`, `halfLife` and `staleAfter`"
)]
pub enum Authority {
    /// From 0 to 1, in everything, for ever.
    Plain(Share),
    /// More.
    Detailed(Box<Trust>),
}

/// How far the source is trusted in what, and for how long.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trust {
    /// From 0 to 1.
    #[serde(skip_serializing_if = "is_default")]
    pub default: Option<Share>,
    /// For single properties, from 0 to 1.
    #[serde(skip_serializing_if = "is_default")]
    pub properties: IndexMap<String, Share>,
    /// Properties in which this source decides whatever others say: the same as 1 for each.
    #[serde(skip_serializing_if = "is_default")]
    pub authoritative: Vec<String>,
    /// After how long without a word of it trust is half.
    #[serde(rename = "halfLife", alias = "half_life", skip_serializing_if = "is_default")]
    pub half_life: Option<Span>,
    /// After how long without a word of it there is no trust left.
    #[serde(rename = "staleAfter", alias = "stale_after", skip_serializing_if = "is_default")]
    pub stale_after: Option<Span>,
}

section! {
    /// How points of Brick buildings are bound.
    BrickOptions {
        /// The system whose devices the points are; without one, points are not bound.
        points: Option<String>,
        /// The channel of each point's readings; `value` if left out.
        channel: Option<String>,
    }
}

/// The field of a property.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "a property is filled by the name of a field, or by `{ field = ..., unit = ... }`"
)]
pub enum PropertyField {
    /// The value stands there as it is.
    Plain(Field),
    /// It has a unit.
    WithUnit(PropertyWithUnit),
}

/// A field whose numbers are converted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertyWithUnit {
    /// The field.
    pub field: Field,
    /// The unit of its numbers: a DTDL name or a UCUM code.
    pub unit: String,
}

/// The field of a further id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "an id is the name of a field, or `{ field = ..., scope = ... }`")]
pub enum IdField {
    /// Unique in its whole system.
    Plain(Field),
    /// Unique in a scope.
    Scoped(ScopedId),
}

/// A further id with its scope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopedId {
    /// The field.
    pub field: Field,
    /// Where in the system the id is unique.
    #[serde(default)]
    pub scope: TextOrField,
}

/// Which way a relationship runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// From the row's twin to the other.
    #[default]
    Outgoing,
    /// From the other twin to the row's.
    Incoming,
}

/// A field that refers to another twin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelationshipField {
    /// The field with the other twin's id.
    pub field: Field,
    /// The system of that id; the row's own if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The scope of that id; the row's own if the system is left out, else none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<TextOrField>,
    /// What is put before the field's text.
    #[serde(default, skip_serializing_if = "is_default")]
    pub prefix: String,
    /// Which way the relationship runs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub direction: Direction,
    /// Whether it leads to the whole of which the row's thing is a part; then it may not run in a circle.
    #[serde(default, skip_serializing_if = "is_default")]
    pub parent: bool,
}

/// Rows that say that the thing is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gone {
    /// The field that says so.
    pub field: Field,
    /// What it then says.
    pub values: Vec<Value>,
    /// The field with the moment since when; the last change if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Field>,
}

/// What can be laid over another of its kind.
pub(super) trait Layer {
    /// What `self` says, and where it says nothing, what `base` says.
    fn over(self, base: Self) -> Self;
}

impl<T> Layer for Option<T> {
    fn over(self, base: Self) -> Self {
        self.or(base)
    }
}

macro_rules! by_key {
    ($($value:ty),*) => {
        $(impl Layer for IndexMap<String, $value> {
            fn over(self, mut base: Self) -> Self {
                base.extend(self);
                base
            }
        })*
    };
}
by_key!(Dtmi, PropertyField, Field, IdField, RelationshipField);

macro_rules! by_key_in_layers {
    ($($section:ty),*) => {
        $(impl Layer for IndexMap<String, $section> {
            fn over(self, mut base: Self) -> Self {
                for (name, section) in self {
                    let below = base.get(&name).cloned().unwrap_or_default();
                    base.insert(name, section.over(below));
                }
                base
            }
        })*
    };
}
by_key_in_layers!(Declared, Also);

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl PropertyField {
    /// The field.
    pub fn field(&self) -> &Field {
        match self {
            Self::Plain(field) => field,
            Self::WithUnit(with) => &with.field,
        }
    }
}

impl IdField {
    /// The field, and the scope of its ids.
    pub fn parts(&self) -> (&Field, TextOrField) {
        match self {
            Self::Plain(field) => (field, TextOrField::default()),
            Self::Scoped(id) => (&id.field, id.scope.clone()),
        }
    }
}

impl Declared {
    /// All fields that it names.
    pub fn fields(&self) -> Vec<&Field> {
        let mut found = self.told_by();
        found.extend([&self.times.from, &self.times.to, &self.times.stated].into_iter().flatten());
        found.extend(self.gone.iter().flatten().map(|gone| &gone.field));
        for also in self.also.values() {
            found.extend(also.key.iter().flat_map(|key| &key.0));
            found.extend(told(also.scope.as_ref()).chain(told(also.kind.as_ref())));
            found.extend(also.model_field.iter().chain(&also.only_if));
            found.extend(also.properties.values().map(PropertyField::field));
            found.extend(also.identity.values());
            found.extend(also.ids.values().map(|id| id.parts().0));
            found.extend(also.relationships.values().map(|r| &r.field));
        }
        found
    }

    /// The fields that tell of the thing, but not when.
    pub fn told_by(&self) -> Vec<&Field> {
        let mut found: Vec<&Field> = self.key.iter().flat_map(|key| &key.0).collect();
        found.extend(told(self.scope.as_ref()).chain(told(self.kind.as_ref())));
        found.extend(self.model_field.iter().chain(&self.only_if));
        found.extend(self.properties.values().map(PropertyField::field));
        found.extend(self.identity.values());
        found.extend(self.ids.values().map(|id| id.parts().0));
        found.extend(self.relationships.values().map(|r| &r.field));
        found
    }

    /// What a section beside it says, read as rows of this are.
    pub(super) fn beside(&self, also: Also) -> Self {
        Self {
            twins: self.twins,
            read: self.read.clone(),
            times: self.times.clone(),
            scope: also.scope.or_else(|| self.scope.clone()),
            kind: also.kind,
            key: also.key,
            separator: also.separator,
            key_prefix: also.key_prefix,
            model: also.model,
            model_field: also.model_field,
            models: also.models,
            only_if: also.only_if,
            properties: also.properties,
            identity: also.identity,
            ids: also.ids,
            relationships: also.relationships,
            ..Self::default()
        }
    }
}

fn told(text: Option<&TextOrField>) -> impl Iterator<Item = &Field> {
    let field = match text {
        Some(TextOrField::Told(told)) => Some(&told.field),
        Some(TextOrField::Fixed(_)) | None => None,
    };
    field.into_iter()
}
