//! The properties of the material classes: what values they take, how many, how long.

use std::sync::LazyLock;

use super::class::{Class, ClassSet};
use super::limits::Limit;

/// A character pattern that text must have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pattern {
    /// Anything.
    Any,
    /// A letter, then letters, digits and underscores, not ending with an underscore.
    Name,
    /// MQTT: labels or `{tokens}` between slashes.
    Topic,
    /// MQTT: one label.
    TopicLabel,
}

/// What values a property takes.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// A string.
    Text { length_max: Limit, pattern: Pattern },
    /// A string, or strings by language.
    LangText { length_max: Limit },
    /// `true` or `false`.
    Bool,
    /// A whole number of 32 bits; `max` only where a version limits it.
    Integer { min: Option<i32>, max: [Option<i32>; 3] },
    /// A number.
    Number,
    /// A duration of ISO 8601.
    Duration,
    /// A string, number or boolean, as the surroundings require.
    Literal,
    /// A DTMI that need not be resolved; with a longest length.
    Identifier { length_max: Limit },
    /// Other elements, inline or by reference.
    Elements(Elements),
    /// Set by the language, never by a model.
    Reserved,
}

/// What elements a property refers to.
#[derive(Clone, Copy)]
pub(crate) struct Elements {
    /// The class of the elements, per version from v2.
    pub(crate) class: [Class; 3],
    /// Whether there may be more than one.
    pub(crate) plural: bool,
    /// The most of them.
    pub(crate) count_max: Limit,
    /// The fewest of them, per version from v2.
    pub(crate) count_min: [u8; 3],
    /// Whether inline elements must have an `@id`.
    pub(crate) id_required: bool,
    /// Whether inline elements must have an `@type`; if not, the class is inferred.
    pub(crate) type_required: bool,
    /// Whether elements of older DTDL versions may stand here.
    pub(crate) older_versions: bool,
    /// Whether the elements' `name` makes part of the identifiers of unnamed elements.
    pub(crate) by_name: bool,
    /// Properties of the elements that must differ among them.
    pub(crate) unique: &'static [&'static str],
    /// The only standard elements that may be referred to, by name; empty for any.
    pub(crate) values: &'static [&'static str],
}

/// One property of one class (and of the classes that are a kind of it).
pub(crate) struct PropertyDef {
    /// The name of the property.
    pub(crate) name: &'static str,
    /// The classes that declare it.
    pub(crate) owners: ClassSet,
    /// The first DTDL version that has it.
    pub(crate) since: u8,
    /// Whether it must be present.
    pub(crate) required: bool,
    /// What values it takes.
    pub(crate) shape: Shape,
}

const ONE: Elements = Elements {
    class: [Class::Schema; 3],
    plural: false,
    count_max: Limit::NONE,
    count_min: [0; 3],
    id_required: false,
    type_required: true,
    older_versions: false,
    by_name: false,
    unique: &[],
    values: &[],
};

const REQUIRED_ONE: Elements = Elements { count_min: [1; 3], ..ONE };

const MANY: Elements = Elements { plural: true, ..ONE };

const fn optional(owner: Class, name: &'static str, shape: Shape) -> PropertyDef {
    PropertyDef { name, owners: ClassSet::of(&[owner]), since: 2, required: false, shape }
}

const fn required(owner: Class, name: &'static str, shape: Shape) -> PropertyDef {
    PropertyDef { required: true, ..optional(owner, name, shape) }
}

const TEXT_512: Limit = Limit::versions(512, 512, 512);
const NAME_LENGTH_MAX: Limit = Limit([64, 512, 512, 512, 512]);

static PROPERTIES: &[PropertyDef] = &[
    optional(Class::Entity, "comment", Shape::Text { length_max: TEXT_512, pattern: Pattern::Any }),
    optional(
        Class::Entity,
        "description",
        Shape::LangText { length_max: Limit([512, 512, 512, 2048, 4096]) },
    ),
    optional(
        Class::Entity,
        "displayName",
        Shape::LangText { length_max: Limit::versions(64, 512, 512) },
    ),
    optional(Class::Entity, "languageMajorVersion", Shape::Reserved),
    required(
        Class::NamedEntity,
        "name",
        Shape::Text { length_max: NAME_LENGTH_MAX, pattern: Pattern::Name },
    ),
    optional(
        Class::Interface,
        "contents",
        Shape::Elements(Elements {
            class: [Class::Content; 3],
            count_max: Limit::versions(300, 0, 0),
            older_versions: true,
            by_name: true,
            unique: &["name"],
            ..MANY
        }),
    ),
    optional(
        Class::Interface,
        "extends",
        Shape::Elements(Elements {
            class: [Class::Interface; 3],
            count_max: Limit::versions(2, 0, 0),
            id_required: true,
            older_versions: true,
            ..MANY
        }),
    ),
    optional(
        Class::Interface,
        "schemas",
        Shape::Elements(Elements { class: [Class::ComplexSchema; 3], id_required: true, ..MANY }),
    ),
    optional(
        Class::Command,
        "commandType",
        Shape::Elements(Elements {
            class: [Class::CommandType; 3],
            id_required: true,
            values: &["asynchronous", "synchronous"],
            ..ONE
        }),
    ),
    optional(
        Class::Command,
        "request",
        Shape::Elements(Elements {
            class: [Class::CommandPayload, Class::CommandRequest, Class::CommandRequest],
            type_required: false,
            ..ONE
        }),
    ),
    optional(
        Class::Command,
        "response",
        Shape::Elements(Elements {
            class: [Class::CommandPayload, Class::CommandResponse, Class::CommandResponse],
            type_required: false,
            ..ONE
        }),
    ),
    PropertyDef { since: 4, ..optional(Class::CommandPayload, "nullable", Shape::Bool) },
    required(
        Class::Component,
        "schema",
        Shape::Elements(Elements {
            class: [Class::Interface; 3],
            id_required: true,
            older_versions: true,
            ..REQUIRED_ONE
        }),
    ),
    PropertyDef {
        owners: ClassSet::of(&[Class::Property, Class::Telemetry, Class::SchemaField]),
        ..required(
            Class::Property,
            "schema",
            Shape::Elements(Elements { older_versions: true, ..REQUIRED_ONE }),
        )
    },
    required(
        Class::MapKey,
        "schema",
        Shape::Elements(Elements {
            class: [Class::String; 3],
            id_required: true,
            older_versions: true,
            values: &["string"],
            ..REQUIRED_ONE
        }),
    ),
    PropertyDef {
        owners: ClassSet::of(&[Class::Property, Class::Relationship]),
        ..optional(Class::Property, "writable", Shape::Bool)
    },
    optional(
        Class::Relationship,
        "minMultiplicity",
        Shape::Integer { min: Some(0), max: [Some(0); 3] },
    ),
    optional(
        Class::Relationship,
        "maxMultiplicity",
        Shape::Integer { min: Some(1), max: [Some(500), None, None] },
    ),
    optional(
        Class::Relationship,
        "properties",
        Shape::Elements(Elements {
            class: [Class::Property; 3],
            count_max: Limit::versions(300, 0, 0),
            older_versions: true,
            by_name: true,
            unique: &["name"],
            ..MANY
        }),
    ),
    optional(
        Class::Relationship,
        "target",
        Shape::Identifier { length_max: Limit::versions(2048, 2048, 2048) },
    ),
    required(
        Class::Array,
        "elementSchema",
        Shape::Elements(Elements { older_versions: true, ..REQUIRED_ONE }),
    ),
    required(
        Class::Enum,
        "valueSchema",
        Shape::Elements(Elements {
            class: [Class::PrimitiveSchema; 3],
            id_required: true,
            older_versions: true,
            values: &["integer", "string"],
            ..REQUIRED_ONE
        }),
    ),
    optional(
        Class::Enum,
        "enumValues",
        Shape::Elements(Elements {
            class: [Class::EnumValue; 3],
            count_max: Limit::versions(100, 0, 0),
            count_min: [1, 0, 0],
            type_required: false,
            by_name: true,
            unique: &["name", "enumValue"],
            ..MANY
        }),
    ),
    required(Class::EnumValue, "enumValue", Shape::Literal),
    required(
        Class::Map,
        "mapKey",
        Shape::Elements(Elements {
            class: [Class::MapKey; 3],
            type_required: false,
            ..REQUIRED_ONE
        }),
    ),
    required(
        Class::Map,
        "mapValue",
        Shape::Elements(Elements {
            class: [Class::MapValue; 3],
            type_required: false,
            ..REQUIRED_ONE
        }),
    ),
    optional(
        Class::Object,
        "fields",
        Shape::Elements(Elements {
            class: [Class::Field; 3],
            count_max: Limit::versions(30, 0, 0),
            count_min: [1, 0, 0],
            type_required: false,
            by_name: true,
            unique: &["name"],
            ..MANY
        }),
    ),
    optional(Class::Unit, "symbol", Shape::Text { length_max: Limit::NONE, pattern: Pattern::Any }),
];

/// The properties of each class in each version, so that reading need not search the table.
static BY_CLASS: LazyLock<Vec<[Vec<&'static PropertyDef>; 3]>> = LazyLock::new(|| {
    let of = |class: Class, version: u8| {
        let owned = |def: &&PropertyDef| {
            def.since <= version && class.lineage().any(|class| def.owners.has(class))
        };
        PROPERTIES.iter().filter(owned).collect()
    };
    Class::all_in(4).map(|class| [of(class, 2), of(class, 3), of(class, 4)]).collect()
});

impl Class {
    /// The property of this name that elements of this class have in this DTDL version.
    pub(crate) fn property(self, name: &str, dtdl_version: u8) -> Option<&'static PropertyDef> {
        self.properties(dtdl_version).iter().find(|def| def.name == name).copied()
    }

    /// All properties that elements of this class have in this DTDL version.
    pub(crate) fn properties(self, dtdl_version: u8) -> &'static [&'static PropertyDef] {
        &BY_CLASS[self as usize][usize::from(dtdl_version - 2)]
    }
}

impl PropertyDef {
    /// Whether the property must be present in this DTDL version.
    pub(crate) fn is_required_in(&self, dtdl_version: u8) -> bool {
        match self.shape {
            Shape::Elements(elements) => {
                self.required || elements.count_min[usize::from(dtdl_version - 2)] > 0
            }
            _ => self.required,
        }
    }
}
