//! The types that extensions add: what they may stand on, and what they bring and demand.

use super::class::{Class, ClassSet};
use super::limits::Limit;
use super::property::{Pattern, Shape};

/// What an extension's types are made of.
pub(crate) struct Extension {
    /// The context that brings it, without the version: `dtmi:dtdl:extension:mqtt`.
    pub(crate) context: &'static str,
    /// Its first and last edition.
    pub(crate) editions: (u8, u8),
    /// How identifiers of types begin, with `{e}` for the edition.
    pub(crate) type_prefix: &'static str,
    /// How they end.
    pub(crate) type_suffix: &'static str,
    /// How identifiers of properties begin; `None` for the type's identifier.
    pub(crate) property_prefix: Option<&'static str>,
    /// The DTDL versions on which each edition may stand.
    pub(crate) dtdl_versions: fn(u8) -> &'static [u8],
    /// Its types.
    pub(crate) types: &'static [TypeRow],
}

/// One type of an extension, over a range of editions.
pub(crate) struct TypeRow {
    /// The term.
    pub(crate) name: &'static str,
    /// The first and last edition that has the type in this form.
    pub(crate) editions: (u8, u8),
    /// The classes of elements on which it may stand.
    pub(crate) on: &'static [Class],
    /// Types that must stand beside it: a term of the same extension, or a whole identifier.
    pub(crate) needs: &'static [&'static str],
    /// Types that must not stand beside it.
    pub(crate) excludes: &'static [&'static str],
    /// A type that admits this one on elements of other classes, where both stand.
    pub(crate) or_beside: Option<&'static str>,
    /// The properties that it brings.
    pub(crate) properties: &'static [PropertyRow],
    /// What it demands of the element's properties and surroundings.
    pub(crate) rules: &'static [RuleRow],
}

/// One property that a type brings.
pub(crate) struct PropertyRow {
    /// The term.
    pub(crate) name: &'static str,
    /// The first edition that has it.
    pub(crate) since: u8,
    /// Whether it must be present.
    pub(crate) required: bool,
    /// Whether its values must differ among the elements of one property.
    pub(crate) unique: bool,
    /// The property whose schema its value must conform to.
    pub(crate) instance_of: Option<&'static str>,
    /// What values it takes.
    pub(crate) shape: Shape,
}

/// One demand of a type. Types are named by class, by a term of the extension, or in full.
pub(crate) enum RuleRow {
    /// Values of the property must have one of these types.
    PropertyHasType(&'static str, &'static [&'static str]),
    /// The element may stand in this property only of elements that have one of these types.
    ParentHasType(&'static str, &'static [&'static str]),
    /// No other element of the same property may have this type.
    AloneIn(&'static str),
    /// Some other element of the same property must have that type.
    BesideIn(&'static str, &'static str),
    /// The property names a sibling, which must be one of these, and must not have this type.
    NamesSibling(&'static [Class]),
    /// The properties name a sibling and one of its extension properties, and no other sibling
    /// may name the same.
    NamesSiblingProperty(&'static str),
    /// The schema must equal that of the sibling's property that is named.
    SchemaOfSiblingProperty(&'static str),
}

const V3: &[u8] = &[3];
const V4: &[u8] = &[4];
const V3_V4: &[u8] = &[3, 4];

fn v3_then_both(edition: u8) -> &'static [u8] {
    if edition == 1 { V3 } else { V3_V4 }
}

fn both(_: u8) -> &'static [u8] {
    V3_V4
}

const fn plain(name: &'static str, editions: (u8, u8), on: &'static [Class]) -> TypeRow {
    TypeRow {
        name,
        editions,
        on,
        needs: &[],
        excludes: &[],
        or_beside: None,
        properties: &[],
        rules: &[],
    }
}

const fn text(name: &'static str, required: bool, pattern: Pattern) -> PropertyRow {
    let shape = Shape::Text { length_max: Limit::NONE, pattern };
    PropertyRow { name, since: 1, required, unique: false, instance_of: None, shape }
}

const fn text_128(name: &'static str, pattern: Pattern) -> PropertyRow {
    let length_max = Limit::versions(128, 128, 128);
    PropertyRow { shape: Shape::Text { length_max, pattern }, ..text(name, true, pattern) }
}

const fn number(name: &'static str, required: bool) -> PropertyRow {
    PropertyRow {
        shape: Shape::Number,
        instance_of: Some("schema"),
        ..text(name, required, Pattern::Any)
    }
}

const fn standard(
    name: &'static str,
    editions: u8,
    versions: fn(u8) -> &'static [u8],
) -> Extension {
    Extension {
        context: name,
        editions: (1, editions),
        type_prefix: "",
        type_suffix: "",
        property_prefix: None,
        dtdl_versions: versions,
        types: &[],
    }
}

const VALUES: &[Class] = &[Class::Property, Class::Telemetry];
const MEASURED: &[Class] = &[
    Class::CommandRequest,
    Class::CommandResponse,
    Class::Field,
    Class::MapValue,
    Class::Property,
    Class::Telemetry,
];
const REQUIRED_V1: &str = "dtmi:dtdl:extension:requirement:v1:Required";
const NUMERIC: RuleRow = RuleRow::PropertyHasType("schema", &["NumericSchema"]);

/// All extensions but QuantitativeTypes, whose types are a table of their own.
pub(crate) static EXTENSIONS: &[Extension] = &[
    Extension {
        types: &[TypeRow {
            properties: &[text("annotates", true, Pattern::Any)],
            rules: &[RuleRow::NamesSibling(VALUES)],
            ..plain("ValueAnnotation", (1, 2), VALUES)
        }],
        ..standard("dtmi:dtdl:extension:annotation", 2, v3_then_both)
    },
    Extension {
        types: &[plain("Historized", (1, 2), VALUES)],
        ..standard("dtmi:dtdl:extension:historization", 2, v3_then_both)
    },
    Extension { types: MQTT, ..standard("dtmi:dtdl:extension:mqtt", 4, v3_then_both) },
    Extension { types: OVERRIDING, ..standard("dtmi:dtdl:extension:overriding", 2, v3_then_both) },
    Extension {
        types: &[
            plain("Required", (1, 1), &[Class::Field]),
            plain("Required", (2, 2), &[Class::Field, Class::Property]),
        ],
        ..standard("dtmi:dtdl:extension:requirement", 2, both)
    },
    Extension {
        context: "dtmi:iotoperations:context",
        editions: (4, 4),
        type_prefix: "dtmi:iotoperations:class:",
        type_suffix: ";4",
        property_prefix: Some("dtmi:iotoperations:property:"),
        dtdl_versions: |_| V4,
        types: OPERATIONS,
    },
];

const OVERRIDING: &[TypeRow] = &[
    TypeRow {
        editions: (1, 1),
        needs: &["dtmi:dtdl:extension:annotation:v1:ValueAnnotation"],
        ..OVERRIDE
    },
    TypeRow {
        editions: (2, 2),
        needs: &["dtmi:dtdl:extension:annotation:v2:ValueAnnotation"],
        ..OVERRIDE
    },
];

const OVERRIDE: TypeRow = TypeRow {
    properties: &[PropertyRow {
        shape: Shape::Identifier { length_max: Limit::NONE },
        ..text("overrides", true, Pattern::Any)
    }],
    rules: &[
        RuleRow::NamesSiblingProperty("overrides"),
        RuleRow::NamesSibling(VALUES),
        RuleRow::SchemaOfSiblingProperty("overrides"),
    ],
    ..plain("Override", (1, 2), &[Class::Property])
};

const INDEX: &[PropertyRow] = &[PropertyRow {
    shape: Shape::Integer { min: Some(1), max: [None; 3] },
    unique: true,
    ..text("index", true, Pattern::Any)
}];

const fn result_field(
    name: &'static str,
    editions: (u8, u8),
    rules: &'static [RuleRow],
) -> TypeRow {
    TypeRow { excludes: &[REQUIRED_V1], rules, ..plain(name, editions, &[Class::Field]) }
}

const MQTT: &[TypeRow] = &[
    TypeRow {
        needs: &["Idempotent"],
        properties: &[PropertyRow { shape: Shape::Duration, ..text("ttl", true, Pattern::Any) }],
        ..plain("Cacheable", (1, 4), &[Class::Command])
    },
    plain("Idempotent", (1, 4), &[Class::Command]),
    TypeRow {
        properties: INDEX,
        ..plain("Indexed", (1, 3), &[Class::EnumValue, Class::Field, Class::Telemetry])
    },
    TypeRow {
        properties: INDEX,
        ..plain(
            "Indexed",
            (4, 4),
            &[Class::EnumValue, Class::Field, Class::Property, Class::Telemetry],
        )
    },
    TypeRow {
        properties: &[
            text("payloadFormat", true, Pattern::Any),
            text("commandTopic", false, Pattern::Topic),
            text("telemetryTopic", false, Pattern::Topic),
            PropertyRow { since: 2, ..text("cmdServiceGroupId", false, Pattern::TopicLabel) },
            PropertyRow { since: 2, ..text("telemServiceGroupId", false, Pattern::TopicLabel) },
            PropertyRow { since: 4, ..text("propertyTopic", false, Pattern::Topic) },
        ],
        ..plain("Mqtt", (1, 4), &[Class::Interface])
    },
    TypeRow {
        rules: &[RuleRow::PropertyHasType("schema", &["Object"])],
        ..plain("Transparent", (2, 4), &[Class::CommandRequest, Class::CommandResponse])
    },
    plain("Error", (3, 4), &[Class::Object]),
    TypeRow {
        rules: &[
            RuleRow::ParentHasType("fields", &["Error"]),
            RuleRow::AloneIn("fields"),
            RuleRow::PropertyHasType("schema", &["String"]),
        ],
        ..plain("ErrorMessage", (3, 4), &[Class::Field])
    },
    result_field(
        "ErrorResult",
        (3, 4),
        &[
            RuleRow::ParentHasType("fields", &["Result"]),
            RuleRow::AloneIn("fields"),
            RuleRow::PropertyHasType("schema", &["Error"]),
        ],
    ),
    result_field(
        "NormalResult",
        (3, 4),
        &[RuleRow::ParentHasType("fields", &["Result"]), RuleRow::AloneIn("fields")],
    ),
    TypeRow {
        rules: &[RuleRow::PropertyHasType("fields", &["NormalResult", "ErrorResult"])],
        ..plain("Result", (3, 3), &[Class::Object])
    },
    TypeRow {
        rules: &[RuleRow::PropertyHasType(
            "fields",
            &["NormalResult", "ErrorResult", "ErrorCode", "ErrorInfo"],
        )],
        ..plain("Result", (4, 4), &[Class::Object])
    },
    TypeRow {
        rules: &[
            RuleRow::ParentHasType("fields", &["Result", "Error"]),
            RuleRow::AloneIn("fields"),
            RuleRow::PropertyHasType("schema", &["Enum"]),
        ],
        ..plain("ErrorCode", (4, 4), &[Class::Field])
    },
    TypeRow {
        rules: &[
            RuleRow::ParentHasType("fields", &["Result", "Error"]),
            RuleRow::AloneIn("fields"),
            RuleRow::BesideIn("fields", "ErrorCode"),
            RuleRow::PropertyHasType("schema", &["Object"]),
        ],
        ..plain("ErrorInfo", (4, 4), &[Class::Field])
    },
    TypeRow {
        or_beside: Some("PropertyValue"),
        rules: &[RuleRow::PropertyHasType("schema", &["Map"])],
        ..plain("Fragmented", (4, 4), &[Class::Property])
    },
    TypeRow { excludes: &[REQUIRED_V1], ..plain("Indirect", (4, 4), &[Class::Field]) },
    TypeRow {
        rules: &[RuleRow::PropertyHasType("fields", &["PropertyValue", "ReadError", "WriteError"])],
        ..plain("PropertyResult", (4, 4), &[Class::Object])
    },
    result_field(
        "PropertyValue",
        (4, 4),
        &[RuleRow::ParentHasType("fields", &["PropertyResult"]), RuleRow::AloneIn("fields")],
    ),
    result_field("ReadError", (4, 4), PROPERTY_ERROR),
    result_field("WriteError", (4, 4), PROPERTY_ERROR),
];

const PROPERTY_ERROR: &[RuleRow] = &[
    RuleRow::ParentHasType("fields", &["PropertyResult"]),
    RuleRow::AloneIn("fields"),
    RuleRow::PropertyHasType("schema", &["Error"]),
];

const OPERATIONS: &[TypeRow] = &[
    TypeRow {
        excludes: &["Event"],
        properties: &[text_128("ontology", Pattern::Any)],
        ..plain("Composite", (4, 4), &[Class::Interface])
    },
    TypeRow {
        properties: &[text_128("typeRef", Pattern::Any)],
        ..plain(
            "Congruence",
            (4, 4),
            &[Class::Array, Class::Enum, Class::Interface, Class::Map, Class::Object],
        )
    },
    plain("Detail", (4, 4), &[Class::Object]),
    plain("Event", (4, 4), &[Class::Interface]),
    TypeRow {
        properties: &[text_128("group", Pattern::Name)],
        ..plain("GroupMember", (4, 4), &[Class::Command])
    },
    TypeRow {
        excludes: &["HasComponent"],
        ..plain("HasCapability", (4, 4), &[Class::Relationship])
    },
    plain("HasComponent", (4, 4), &[Class::Relationship]),
    TypeRow {
        properties: &[number("maximum", false), number("minimum", false)],
        rules: &[NUMERIC],
        ..plain("Limited", (4, 4), MEASURED)
    },
    TypeRow {
        properties: &[PropertyRow {
            shape: Shape::Integer { min: None, max: [None; 3] },
            ..text("decimalPlaces", true, Pattern::Any)
        }],
        rules: &[NUMERIC],
        ..plain("Precise", (4, 4), MEASURED)
    },
    TypeRow {
        properties: &[text_128("namespace", Pattern::Any)],
        ..plain(
            "Qualified",
            (4, 4),
            &[
                Class::Command,
                Class::Component,
                Class::Field,
                Class::Property,
                Class::Relationship,
                Class::Telemetry,
            ],
        )
    },
    TypeRow {
        properties: &[number("scaleFactor", true)],
        rules: &[NUMERIC],
        ..plain("ScaledStatically", (4, 4), MEASURED)
    },
    TypeRow {
        rules: &[RuleRow::ParentHasType("fields", &["Detail"]), RuleRow::AloneIn("fields")],
        ..plain("Subject", (4, 4), &[Class::Field])
    },
];

/// The classes on which the semantic types of the QuantitativeTypes extension may stand.
pub(crate) const MEASURED_CLASSES: ClassSet = ClassSet::of(MEASURED);
