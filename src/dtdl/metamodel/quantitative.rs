//! The semantic types and unit types, spelt out for DTDL v2 and for each edition of the
//! QuantitativeTypes extension; and IoT Central's, which use v2's units.

use super::class::{Class, ClassSet};
use super::limits::Limit;
use super::property::{Pattern, Shape};
use super::quantity::{Edition, QUANTITIES};
use super::supplemental::{
    ExtensionKind, Rule, SupplementalProperty, SupplementalType, SupplementalValue, TypeTest, bare,
    measured_classes,
};
use super::unit::FAMILIES;

/// One appearance of the units in the language.
#[derive(Clone, Copy)]
pub(crate) struct Appearance {
    /// The context that brings them.
    pub(crate) context: &'static str,
    /// Which units and types it has.
    pub(crate) edition: Edition,
    /// The number in `quantitativeTypes:v1`, or 0 for DTDL v2's.
    pub(crate) number: u8,
    /// The DTDL version that it belongs to.
    pub(crate) dtdl_version: u8,
}

/// DTDL v2's own, and the three editions of the extension.
pub(crate) const APPEARANCES: [Appearance; 4] = [
    Appearance { context: "dtmi:dtdl:context;2", edition: Edition::V2, number: 0, dtdl_version: 2 },
    Appearance {
        context: "dtmi:dtdl:extension:quantitativeTypes;1",
        edition: Edition::Q1,
        number: 1,
        dtdl_version: 3,
    },
    Appearance {
        context: "dtmi:dtdl:extension:quantitativeTypes;2",
        edition: Edition::Q1,
        number: 2,
        dtdl_version: 4,
    },
    Appearance {
        context: "dtmi:dtdl:extension:quantitativeTypes;3",
        edition: Edition::Q3,
        number: 3,
        dtdl_version: 4,
    },
];

impl Appearance {
    /// The identifier of a thing: `class`, `unit`, `unitprefix`, `property` or `enum`.
    pub(crate) fn id(self, sort: &str, name: &str) -> String {
        match (self.number, sort) {
            (0, "property") => format!("dtmi:dtdl:property:{name};2"),
            (0, "enum") => format!("dtmi:standard:class:{name};2"),
            (0, _) => format!("dtmi:standard:{sort}:{name};2"),
            (number, _) => format!("dtmi:dtdl:extension:quantitativeTypes:v{number}:{sort}:{name}"),
        }
    }

    /// The identifier of a property of units, as long as the tables live.
    pub(super) fn property(self, term: &str) -> Option<&'static str> {
        let id = self.id("property", term);
        super::registry::registry().property_id(&id)
    }

    fn versions(self) -> &'static [u8] {
        match self.dtdl_version {
            2 => &[2],
            3 => &[3],
            _ => &[4],
        }
    }

    fn unit_property(self, family: Option<&str>) -> SupplementalProperty {
        let value = match (self.number, family) {
            (0, family) => SupplementalValue::Element {
                class: Class::Unit,
                of_type: family.map(|family| self.id("class", family)),
                child_of: None,
            },
            (_, family) => SupplementalValue::Element {
                class: Class::EnumValue,
                of_type: None,
                child_of: family.map(|family| self.id("enum", family)),
            },
        };
        SupplementalProperty {
            id: self.id("property", "unit"),
            term: "unit",
            required: true,
            unique: false,
            instance_of: None,
            value,
        }
    }

    /// All supplemental types of this appearance.
    pub(super) fn types(self) -> Vec<SupplementalType> {
        let mut types = vec![self.quantitative_type()];
        for quantity in QUANTITIES.iter().filter(|quantity| quantity.since <= self.edition) {
            types.push(SupplementalType {
                parent: Some(self.id("class", "QuantitativeType")),
                on: measured_classes(self.number == 0),
                dtdl_versions: self.versions(),
                properties: vec![self.unit_property(Some(quantity.family))],
                ..bare(
                    self.id("class", quantity.name),
                    quantity.name,
                    self.context,
                    ExtensionKind::Semantic,
                )
            });
        }
        if self.number == 0 {
            types.extend(FAMILIES.iter().filter(|family| family.since <= self.edition).map(
                |family| {
                    let id = self.id("class", family.name);
                    bare(id, family.name, self.context, ExtensionKind::Unit)
                },
            ));
        }
        types.extend(self.unit_types());
        types
    }

    fn quantitative_type(self) -> SupplementalType {
        let rule = Rule::PropertyHasType {
            property: "schema",
            any: vec![TypeTest::Class(Class::NumericSchema)],
            names: "NumericSchema".to_owned(),
        };
        SupplementalType {
            parent: Some(format!("dtmi:dtdl:class:SemanticType;{}", self.dtdl_version)),
            is_abstract: true,
            on: measured_classes(self.number == 0),
            dtdl_versions: self.versions(),
            properties: vec![self.unit_property(None)],
            rules: vec![rule],
            ..bare(
                self.id("class", "QuantitativeType"),
                "QuantitativeType",
                self.context,
                ExtensionKind::Semantic,
            )
        }
    }

    /// The types that stand on units and prefixes themselves.
    fn unit_types(self) -> Vec<SupplementalType> {
        let mut types = Vec::new();
        let element = |term, required| SupplementalProperty {
            id: self.id("property", term),
            term,
            required,
            unique: false,
            instance_of: None,
            value: SupplementalValue::Element {
                class: if self.number == 0 { Class::Unit } else { Class::EnumValue },
                of_type: None,
                child_of: None,
            },
        };
        let (kind, on) = if self.number == 0 {
            (ExtensionKind::SemanticUnit, ClassSet::of(&[Class::Unit]))
        } else {
            (ExtensionKind::Adjunct, ClassSet::of(&[Class::EnumValue]))
        };
        for (term, properties) in [
            ("DecimalUnit", vec![element("baseUnit", true), element("prefix", false)]),
            ("BinaryUnit", vec![element("baseUnit", true), element("prefix", false)]),
            ("RatioUnit", vec![element("topUnit", true), element("bottomUnit", true)]),
        ] {
            types.push(SupplementalType {
                on: if term == "BinaryUnit" && self.number > 0 { ClassSet::ALL } else { on },
                dtdl_versions: match (term, self.number) {
                    ("BinaryUnit", 1) => &[2, 3],
                    ("BinaryUnit", 2..) => &[2, 3, 4],
                    _ => self.versions(),
                },
                properties,
                ..bare(self.id("class", term), term, self.context, kind)
            });
        }
        types.extend(self.symbol_types(on));
        types
    }

    fn symbol_types(self, on: ClassSet) -> Vec<SupplementalType> {
        let version = self.dtdl_version;
        let literal = |term, shape| SupplementalProperty {
            id: format!("dtmi:dtdl:property:{term};{version}"),
            term,
            required: true,
            unique: false,
            instance_of: None,
            value: SupplementalValue::Plain(shape),
        };
        let symbol =
            || literal("symbol", Shape::Text { length_max: Limit::NONE, pattern: Pattern::Any });
        let exponent = || literal("exponent", Shape::Integer { min: None, max: [None; 3] });
        let of = |term, kind, properties| SupplementalType {
            on,
            dtdl_versions: self.versions(),
            properties,
            ..bare(self.id("class", term), term, self.context, kind)
        };
        if self.number == 0 {
            let prefix = |term| of(term, ExtensionKind::UnitAttribute, vec![exponent(), symbol()]);
            vec![prefix("DecimalPrefix"), prefix("BinaryPrefix")]
        } else {
            vec![
                of("SymbolicUnit", ExtensionKind::Adjunct, vec![symbol()]),
                of("UnitPrefix", ExtensionKind::Adjunct, vec![exponent(), symbol()]),
            ]
        }
    }
}

/// The types of `dtmi:iotcentral:context;2`.
pub(super) fn central_types() -> Vec<SupplementalType> {
    let context = "dtmi:iotcentral:context;2";
    let of = |term: &'static str, properties, rule| SupplementalType {
        parent: Some("dtmi:dtdl:class:SemanticType;2".to_owned()),
        on: measured_classes(true),
        dtdl_versions: &[2],
        properties,
        rules: vec![rule],
        ..bare(format!("dtmi:iotcentral:class:{term};2"), term, context, ExtensionKind::Semantic)
    };
    let is = |ids: &[&str], names: &str| Rule::PropertyIs {
        property: "schema",
        any: ids.iter().map(|id| (*id).to_owned()).collect(),
        names: names.to_owned(),
    };
    let has = |classes: &[Class], names: &str| Rule::PropertyHasType {
        property: "schema",
        any: classes.iter().map(|class| TypeTest::Class(*class)).collect(),
        names: names.to_owned(),
    };
    let unit = |family| {
        vec![SupplementalProperty { required: false, ..APPEARANCES[0].unit_property(Some(family)) }]
    };
    let vector = || is(&["dtmi:iotcentral:schema:vector;2"], "vector");
    let places = [
        "dtmi:standard:schema:geospatial:point;2",
        "dtmi:standard:schema:geospatial:multiPoint;2",
        "dtmi:standard:schema:geospatial:lineString;2",
        "dtmi:standard:schema:geospatial:multiLineString;2",
        "dtmi:standard:schema:geospatial:polygon;2",
        "dtmi:standard:schema:geospatial:multiPolygon;2",
        "dtmi:iotcentral:schema:geopoint;2",
    ];
    let place_names = "point or multiPoint or lineString or multiLineString or polygon or multiPolygon or geopoint";
    vec![
        of("AccelerationVector", unit("AccelerationUnit"), vector()),
        of("VelocityVector", unit("VelocityUnit"), vector()),
        of(
            "Event",
            Vec::new(),
            has(&[Class::NumericSchema, Class::String], "NumericSchema or String"),
        ),
        of("State", Vec::new(), has(&[Class::Enum], "Enum")),
        of("Location", Vec::new(), is(&places, place_names)),
    ]
}
