//! Supplemental types as they are at run time: the extension tables, spelt out per edition.

use super::class::{Class, ClassSet};
use super::extension::{Extension, MEASURED_CLASSES, PropertyRow, RuleRow, TypeRow};
use super::property::Shape;

/// Where a type comes in the language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ExtensionKind {
    /// Part of the language itself: the types of types, and `Alias`.
    Intrinsic,
    /// Says what a value measures.
    Semantic,
    /// Stands beside a class and adds to it.
    Adjunct,
    /// A kind of unit (DTDL v2): itself the class of elements.
    Unit,
    /// A kind of unit prefix (DTDL v2): itself the class of elements.
    UnitAttribute,
    /// Says how a unit relates to others (DTDL v2).
    SemanticUnit,
}

/// A type of an extension, in one edition.
pub(crate) struct SupplementalType {
    /// Its identifier.
    pub(crate) id: String,
    /// Its term.
    pub(crate) term: &'static str,
    /// The context that brings it.
    pub(crate) context: String,
    /// Where it comes in the language.
    pub(crate) kind: ExtensionKind,
    /// The identifier of the type of which it is a kind.
    pub(crate) parent: Option<String>,
    /// Whether it only stands for its kinds.
    pub(crate) is_abstract: bool,
    /// The classes on whose elements it may stand.
    pub(crate) on: ClassSet,
    /// The DTDL versions in which it may stand.
    pub(crate) dtdl_versions: &'static [u8],
    /// Types that must stand beside it.
    pub(crate) needs: Vec<String>,
    /// Types that must not.
    pub(crate) excludes: Vec<String>,
    /// A type that admits it on other classes.
    pub(crate) or_beside: Option<String>,
    /// The properties that it brings.
    pub(crate) properties: Vec<SupplementalProperty>,
    /// What it demands.
    pub(crate) rules: Vec<Rule>,
}

/// A property that a supplemental type brings.
pub(crate) struct SupplementalProperty {
    /// Its identifier.
    pub(crate) id: String,
    /// Its term.
    pub(crate) term: &'static str,
    /// Whether it must be present.
    pub(crate) required: bool,
    /// Whether its values must differ among the elements of one property.
    pub(crate) unique: bool,
    /// The property whose schema its value must conform to.
    pub(crate) instance_of: Option<&'static str>,
    /// What values it takes.
    pub(crate) value: SupplementalValue,
}

/// What values a supplemental property takes.
pub(crate) enum SupplementalValue {
    /// A literal or an identifier.
    Plain(Shape),
    /// One element of this class; of this supplemental type; defined in this element.
    Element { class: Class, of_type: Option<String>, child_of: Option<String> },
}

/// A type to test an element for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum TypeTest {
    /// A material class.
    Class(Class),
    /// A supplemental type, by identifier.
    Supplemental(String),
}

/// A demand of a supplemental type. See `RuleRow` for what each means.
pub(crate) enum Rule {
    PropertyHasType { property: &'static str, any: Vec<TypeTest>, names: String },
    PropertyIs { property: &'static str, any: Vec<String>, names: String },
    ParentHasType { property: &'static str, any: Vec<String>, names: String },
    AloneIn { property: &'static str },
    BesideIn { property: &'static str, other: String },
    NamesSibling { by: String, any: ClassSet, names: String, other_than: Option<String> },
    NamesSiblingProperty { by: String, path: String },
    SchemaOfSiblingProperty { by: String, path: String },
}

/// Whether a text is an identifier, as opposed to a term.
fn is_id(text: &str) -> bool {
    text.starts_with("dtmi:")
}

/// The part of an edition that stands in identifiers: `v3:` of the DTDL extensions.
fn type_id(extension: &Extension, edition: u8, name: &str) -> String {
    if is_id(name) {
        name.to_owned()
    } else if extension.type_prefix.is_empty() {
        format!("{}:v{edition}:{name}", extension.context)
    } else {
        format!("{}{name}{}", extension.type_prefix, extension.type_suffix)
    }
}

/// The types of one edition of an extension.
pub(super) fn types_of(extension: &Extension, edition: u8) -> Vec<SupplementalType> {
    let rows = extension.types.iter();
    let here = rows.filter(|row| row.editions.0 <= edition && edition <= row.editions.1);
    here.map(|row| supplemental_type(extension, edition, row)).collect()
}

fn supplemental_type(extension: &Extension, edition: u8, row: &TypeRow) -> SupplementalType {
    let id = type_id(extension, edition, row.name);
    let ids = |names: &[&str]| names.iter().map(|name| type_id(extension, edition, name)).collect();
    let properties = row.properties.iter().filter(|property| property.since <= edition);
    let versions = (extension.dtdl_versions)(edition);
    let adjunct = if versions == [3] { 3 } else { 4 };
    SupplementalType {
        term: row.name,
        context: format!("{};{edition}", extension.context),
        kind: ExtensionKind::Adjunct,
        parent: Some(format!("dtmi:dtdl:class:AdjunctType;{adjunct}")),
        is_abstract: false,
        on: ClassSet::of(row.on),
        dtdl_versions: versions,
        needs: ids(row.needs),
        excludes: ids(row.excludes),
        or_beside: row.or_beside.map(|name| type_id(extension, edition, name)),
        properties: properties
            .map(|property| supplemental_property(extension, &id, property))
            .collect(),
        rules: row.rules.iter().map(|rule| build_rule(extension, edition, &id, rule)).collect(),
        id,
    }
}

fn property_id(extension: &Extension, type_id: &str, name: &str) -> String {
    match extension.property_prefix {
        Some(prefix) => format!("{prefix}{name}{}", extension.type_suffix),
        None => format!("{type_id}:{name}"),
    }
}

fn supplemental_property(
    extension: &Extension,
    type_id: &str,
    row: &PropertyRow,
) -> SupplementalProperty {
    SupplementalProperty {
        id: property_id(extension, type_id, row.name),
        term: row.name,
        required: row.required,
        unique: row.unique,
        instance_of: row.instance_of,
        value: SupplementalValue::Plain(row.shape),
    }
}

fn build_rule(extension: &Extension, edition: u8, own_id: &str, row: &RuleRow) -> Rule {
    let id = |name: &str| type_id(extension, edition, name);
    let test = |name: &&str| match Class::of_name(name) {
        Some(class) => TypeTest::Class(class),
        None => TypeTest::Supplemental(id(name)),
    };
    // The property that names a sibling is that of ValueAnnotation, in the same edition.
    let annotates = format!("dtmi:dtdl:extension:annotation:v{edition}:ValueAnnotation:annotates");
    let own_property = |name: &str| format!("{own_id}:{name}");
    match *row {
        RuleRow::PropertyHasType(property, names) => Rule::PropertyHasType {
            property,
            any: names.iter().map(test).collect(),
            names: names.join(" or "),
        },
        RuleRow::ParentHasType(property, names) => Rule::ParentHasType {
            property,
            any: names.iter().map(|name| id(name)).collect(),
            names: names.join(" or "),
        },
        RuleRow::AloneIn(property) => Rule::AloneIn { property },
        RuleRow::BesideIn(property, other) => Rule::BesideIn { property, other: id(other) },
        RuleRow::NamesSibling(classes) => Rule::NamesSibling {
            by: annotates,
            any: ClassSet::of(classes),
            names: ClassSet::of(classes).names(),
            other_than: own_id.ends_with(":ValueAnnotation").then(|| own_id.to_owned()),
        },
        RuleRow::NamesSiblingProperty(path) => {
            Rule::NamesSiblingProperty { by: annotates, path: own_property(path) }
        }
        RuleRow::SchemaOfSiblingProperty(path) => {
            Rule::SchemaOfSiblingProperty { by: annotates, path: own_property(path) }
        }
    }
}

/// A type with nothing but its place in the language.
pub(super) fn bare(
    id: String,
    term: &'static str,
    context: &str,
    kind: ExtensionKind,
) -> SupplementalType {
    SupplementalType {
        id,
        term,
        context: context.to_owned(),
        kind,
        parent: None,
        is_abstract: false,
        on: ClassSet::default(),
        dtdl_versions: &[],
        needs: Vec::new(),
        excludes: Vec::new(),
        or_beside: None,
        properties: Vec::new(),
        rules: Vec::new(),
    }
}

/// The types of the language itself: `Alias` and the abstract types of types.
pub(super) fn intrinsic_types() -> Vec<SupplementalType> {
    let mut types = Vec::new();
    for version in [2_u8, 3, 4] {
        let context = format!("dtmi:dtdl:context;{version}");
        let named = |term| {
            bare(
                format!("dtmi:dtdl:class:{term};{version}"),
                term,
                &context,
                ExtensionKind::Intrinsic,
            )
        };
        types.push(SupplementalType { is_abstract: true, ..named("SemanticType") });
        types.push(SupplementalType { is_abstract: true, ..named("SemanticUnit") });
        if version >= 3 {
            types.push(SupplementalType { is_abstract: true, ..named("AdjunctType") });
            let property = SupplementalProperty {
                id: format!("dtmi:dtdl:property:aliasFor;{version}"),
                term: "aliasFor",
                required: true,
                unique: false,
                instance_of: None,
                value: SupplementalValue::Element {
                    class: Class::Entity,
                    of_type: None,
                    child_of: None,
                },
            };
            types.push(SupplementalType {
                on: ClassSet::ALL,
                dtdl_versions: if version == 3 { &[3] } else { &[4] },
                properties: vec![property],
                ..named("Alias")
            });
        }
    }
    types
}

/// The classes on which a semantic type may stand in DTDL v2.
pub(super) const MEASURED_IN_V2: ClassSet = ClassSet::of(&[Class::Property, Class::Telemetry]);

/// The classes on which a semantic type may stand in an edition of QuantitativeTypes.
pub(super) fn measured_classes(v2: bool) -> ClassSet {
    if v2 { MEASURED_IN_V2 } else { MEASURED_CLASSES }
}
