//! The classes of DTDL elements, and which is a kind of which (the metamodel of v2, v3, v4).

/// A material class: what an element is. Abstract classes are the types of properties only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[rustfmt::skip]
pub(crate) enum Class {
    Entity, NamedEntity, Interface,
    Content, Command, Component, Property, Relationship, Telemetry,
    SchemaField, CommandPayload, CommandRequest, CommandResponse, Field, MapValue, MapKey, EnumValue,
    CommandType,
    Schema, ComplexSchema, Array, Enum, Map, Object,
    PrimitiveSchema, Boolean, Bytes, String, Uuid,
    NumericSchema, Byte, Decimal, Double, Float, Integer, Long, Short,
    UnsignedByte, UnsignedInteger, UnsignedLong, UnsignedShort,
    TemporalSchema, Date, DateTime, Duration, Time,
    LatentType, NamedLatentType, Unit, UnitAttribute,
}

/// One row of the class table.
struct Row {
    class: Class,
    name: &'static str,
    parent: Option<Class>,
    /// The first DTDL version that has the class; all have it from there on.
    since: u8,
    kind: Kind,
}

/// How a class may be used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Only the type of properties.
    Abstract,
    /// The type of elements.
    Concrete,
    /// The type of elements that the language defines, and models only refer to.
    Standard,
    /// The type of elements only through an extension's type.
    Latent,
}

use Kind::{Abstract, Concrete, Latent, Standard};

macro_rules! rows {
    ($($class:ident < $parent:ident $since:literal $kind:ident,)*) => {
        &[
            Row { class: Class::Entity, name: "Entity", parent: None, since: 2, kind: Abstract },
            $(Row {
                class: Class::$class,
                name: stringify!($class),
                parent: Some(Class::$parent),
                since: $since,
                kind: $kind,
            },)*
        ]
    };
}

/// The class table, in the order of `Class`.
static ROWS: &[Row] = rows! {
    NamedEntity < Entity 2 Abstract,
    Interface < Entity 2 Concrete,
    Content < NamedEntity 2 Abstract,
    Command < Content 2 Concrete,
    Component < Content 2 Concrete,
    Property < Content 2 Concrete,
    Relationship < Content 2 Concrete,
    Telemetry < Content 2 Concrete,
    SchemaField < NamedEntity 2 Abstract,
    CommandPayload < SchemaField 2 Concrete,
    CommandRequest < CommandPayload 3 Concrete,
    CommandResponse < CommandPayload 3 Concrete,
    Field < SchemaField 2 Concrete,
    MapValue < SchemaField 2 Concrete,
    MapKey < NamedEntity 2 Concrete,
    EnumValue < NamedEntity 2 Concrete,
    CommandType < Entity 2 Standard,
    Schema < Entity 2 Abstract,
    ComplexSchema < Schema 2 Abstract,
    Array < ComplexSchema 2 Concrete,
    Enum < ComplexSchema 2 Concrete,
    Map < ComplexSchema 2 Concrete,
    Object < ComplexSchema 2 Concrete,
    PrimitiveSchema < Schema 2 Abstract,
    Boolean < PrimitiveSchema 2 Standard,
    Bytes < PrimitiveSchema 4 Standard,
    String < PrimitiveSchema 2 Standard,
    Uuid < PrimitiveSchema 4 Standard,
    NumericSchema < PrimitiveSchema 2 Abstract,
    Byte < NumericSchema 4 Standard,
    Decimal < NumericSchema 4 Standard,
    Double < NumericSchema 2 Standard,
    Float < NumericSchema 2 Standard,
    Integer < NumericSchema 2 Standard,
    Long < NumericSchema 2 Standard,
    Short < NumericSchema 4 Standard,
    UnsignedByte < NumericSchema 4 Standard,
    UnsignedInteger < NumericSchema 4 Standard,
    UnsignedLong < NumericSchema 4 Standard,
    UnsignedShort < NumericSchema 4 Standard,
    TemporalSchema < PrimitiveSchema 2 Abstract,
    Date < TemporalSchema 2 Standard,
    DateTime < TemporalSchema 2 Standard,
    Duration < TemporalSchema 2 Standard,
    Time < TemporalSchema 2 Standard,
    LatentType < Entity 3 Latent,
    NamedLatentType < NamedEntity 3 Latent,
    Unit < Entity 2 Latent,
    UnitAttribute < NamedEntity 2 Latent,
};

/// A set of classes.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ClassSet(u64);

impl ClassSet {
    /// The set of these classes.
    pub(crate) const fn of(classes: &[Class]) -> ClassSet {
        let mut bits = 0;
        let mut at = 0;
        while at < classes.len() {
            bits |= 1 << classes[at] as u64;
            at += 1;
        }
        ClassSet(bits)
    }

    /// Every class there is.
    pub(crate) const ALL: ClassSet = ClassSet(u64::MAX);

    /// Whether the class is in the set.
    pub(crate) const fn has(self, class: Class) -> bool {
        self.0 & (1 << class as u64) != 0
    }

    /// The names of the classes, by name: `Property or Telemetry`.
    pub(crate) fn names(self) -> String {
        let concrete = ROWS.iter().filter(|row| self.has(row.class) && row.kind != Abstract);
        let mut names: Vec<_> = concrete.map(|row| row.name).collect();
        names.sort_unstable();
        names.join(" or ")
    }
}

impl Class {
    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }

    /// The name that DTDL gives the class, as in `@type`.
    pub(crate) fn name(self) -> &'static str {
        self.row().name
    }

    /// The class of which this one is directly a kind.
    pub(crate) fn parent(self) -> Option<Class> {
        self.row().parent
    }

    /// This class, and those of which it is a kind.
    pub(crate) fn lineage(self) -> impl Iterator<Item = Class> {
        std::iter::successors(Some(self), |class| class.parent())
    }

    /// Whether this class is, or is a kind of, the other.
    pub(crate) fn is_a(self, other: Class) -> bool {
        self.lineage().any(|class| class == other)
    }

    /// Whether elements of models of this DTDL version may have this class as their `@type`.
    pub(crate) fn is_concrete_in(self, dtdl_version: u8) -> bool {
        self.row().kind == Concrete && self.row().since <= dtdl_version
    }

    /// The class with this name, in whatever version, also when abstract.
    pub(crate) fn of_name(name: &str) -> Option<Class> {
        let row = ROWS.iter().find(|row| row.name == name)?;
        Some(row.class)
    }

    /// The class that an `@type` value names, as a term or as `dtmi:dtdl:class:Name;2`, and the
    /// version in its identifier.
    pub(crate) fn of_type_string(text: &str) -> Option<(Class, Option<u8>)> {
        let Some(rest) = text.strip_prefix("dtmi:dtdl:class:") else {
            return Some((Class::of_name(text)?, None));
        };
        let (name, version) = rest.split_once(';')?;
        let class = Class::of_name(name)?;
        let version = version.parse().ok()?;
        (class.row().since..=4).contains(&version).then_some((class, Some(version)))
    }

    /// All classes that a DTDL version has.
    pub(crate) fn all_in(dtdl_version: u8) -> impl Iterator<Item = Class> {
        ROWS.iter().filter(move |row| row.since <= dtdl_version).map(|row| row.class)
    }

    /// The instantiable classes of this version that are a kind of this class, by name.
    pub(crate) fn concrete_names(self, dtdl_version: u8) -> String {
        let kinds = ROWS.iter().filter(|row| {
            row.class.is_a(self) && row.kind != Abstract && row.since <= dtdl_version
        });
        let mut names: Vec<_> = kinds.map(|row| row.name).collect();
        names.sort_unstable();
        names.join(" or ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_enum() {
        for (position, row) in ROWS.iter().enumerate() {
            assert_eq!(row.class as usize, position, "{}", row.name);
        }
    }

    #[test]
    fn a_double_is_a_schema_and_not_a_content() {
        assert!(Class::Double.is_a(Class::Schema) && Class::Double.is_a(Class::NumericSchema));
        assert!(!Class::Double.is_a(Class::Content));
    }
}
