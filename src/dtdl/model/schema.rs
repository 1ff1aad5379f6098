//! Schemas: what values may be.

use std::sync::{Arc, OnceLock, Weak};

use super::super::dtmi::Dtmi;
use super::content::{Cotype, Semantic};
use super::language::LanguageMap;

/// What a value may be (DTDL v2 to v4, "Schemas"). Values are JSON; see [`Schema::validate`].
#[derive(Clone, Debug)]
pub enum Schema {
    /// `true` or `false`.
    Boolean,
    /// A whole number of 8 bits with a sign (v4).
    Byte,
    /// Bytes, as a base64 string (v4, RFC 4648 section 4).
    Bytes,
    /// A full-date of RFC 3339, as a string.
    Date,
    /// A date-time of RFC 3339, as a string.
    DateTime,
    /// A decimal number of any precision, as a string (v4).
    Decimal,
    /// A number of IEEE 754 double precision.
    Double,
    /// A duration of ISO 8601, as a string.
    Duration,
    /// A number of IEEE 754 single precision.
    Float,
    /// A whole number of 32 bits with a sign.
    Integer,
    /// A whole number of 64 bits with a sign.
    Long,
    /// A whole number of 16 bits with a sign (v4).
    Short,
    /// A string.
    String,
    /// A full-time of RFC 3339, as a string.
    Time,
    /// A whole number of 8 bits without a sign (v4).
    UnsignedByte,
    /// A whole number of 32 bits without a sign (v4).
    UnsignedInteger,
    /// A whole number of 64 bits without a sign (v4).
    UnsignedLong,
    /// A whole number of 16 bits without a sign (v4).
    UnsignedShort,
    /// A UUID of RFC 9562, as a string (v4).
    Uuid,
    /// One of a list of values.
    Enum(EnumSchema),
    /// A JSON object with these fields; others are not allowed, and all may be absent unless
    /// the Requirement extension says otherwise.
    Object {
        /// The identifier, if the schema has one.
        id: Option<Dtmi>,
        /// The fields, in the order of the model.
        fields: Box<[Field]>,
    },
    /// A JSON array, all of whose elements have one schema.
    Array {
        /// The identifier, if the schema has one.
        id: Option<Dtmi>,
        /// The schema of each element.
        element: Arc<Schema>,
    },
    /// A JSON object with any names, all of whose values have one schema.
    Map {
        /// The identifier, if the schema has one.
        id: Option<Dtmi>,
        /// What the names are called.
        key_name: Arc<str>,
        /// What the values are called.
        value_name: Arc<str>,
        /// The schema of each value.
        value: Arc<Schema>,
    },
    /// A geometry of GeoJSON (RFC 7946 section 3.1).
    Geospatial(Geospatial),
    /// A schema inside which this stands (v4 allows schemas to contain themselves).
    Recursive(RecursiveSchema),
}

/// The kinds of geometry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Geospatial {
    /// One position.
    Point,
    /// Several positions.
    MultiPoint,
    /// A line of two or more positions.
    LineString,
    /// Several lines.
    MultiLineString,
    /// Linear rings, the first the outer one.
    Polygon,
    /// Several polygons.
    MultiPolygon,
}

/// One of a list of values.
#[derive(Clone, PartialEq, Debug)]
pub struct EnumSchema {
    /// The identifier, if the schema has one.
    pub id: Option<Dtmi>,
    /// Whether the values are whole numbers; otherwise they are strings.
    pub of_integers: bool,
    /// The values, in the order of the model.
    pub values: Box<[EnumValue]>,
}

/// One value of a list.
#[derive(Clone, PartialEq, Debug)]
pub struct EnumValue {
    /// The name, for programs.
    pub name: Arc<str>,
    /// The value, as it is in data.
    pub value: EnumValueKind,
    /// The name, for people.
    pub display_name: LanguageMap,
    /// The description.
    pub description: LanguageMap,
}

/// A value of a list, as it is in data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum EnumValueKind {
    /// A whole number of 32 bits.
    Integer(i32),
    /// A string.
    String(Arc<str>),
}

/// A field of an object schema.
#[derive(Clone, Debug)]
pub struct Field {
    /// The name in data.
    pub name: Arc<str>,
    /// What its values may be.
    pub schema: Arc<Schema>,
    /// Whether it must be present (`Required` of the Requirement extension).
    pub required: bool,
    /// What it measures, if the model says so.
    pub semantic: Option<Semantic>,
    /// The name, for people.
    pub display_name: LanguageMap,
    /// The description.
    pub description: LanguageMap,
    /// Types of other extensions that stand on it.
    pub cotypes: Box<[Cotype]>,
}

/// A reference to a schema inside which it stands.
#[derive(Clone, Debug)]
pub struct RecursiveSchema {
    /// The identifier of that schema.
    pub id: Dtmi,
    pub(crate) target: Arc<OnceLock<Weak<Schema>>>,
}

impl RecursiveSchema {
    /// The schema itself, as long as the model that it belongs to is held.
    pub fn schema(&self) -> Option<Arc<Schema>> {
        self.target.get()?.upgrade()
    }
}

/// The whole numbers that an integral schema holds, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NumberRange {
    /// The least.
    pub min: i128,
    /// The greatest.
    pub max: i128,
}

impl Schema {
    /// The range of whole numbers that the schema holds; `None` if it is not integral.
    pub fn integer_range(&self) -> Option<NumberRange> {
        let (min, max) = match self {
            Schema::Byte => (i128::from(i8::MIN), i128::from(i8::MAX)),
            Schema::Short => (i128::from(i16::MIN), i128::from(i16::MAX)),
            Schema::Integer => (i128::from(i32::MIN), i128::from(i32::MAX)),
            Schema::Long => (i128::from(i64::MIN), i128::from(i64::MAX)),
            Schema::UnsignedByte => (0, i128::from(u8::MAX)),
            Schema::UnsignedShort => (0, i128::from(u16::MAX)),
            Schema::UnsignedInteger => (0, i128::from(u32::MAX)),
            Schema::UnsignedLong => (0, i128::from(u64::MAX)),
            _ => return None,
        };
        Some(NumberRange { min, max })
    }

    /// Whether values are numbers (decimals too, although they are strings in JSON).
    pub fn is_numeric(&self) -> bool {
        matches!(self, Schema::Double | Schema::Float | Schema::Decimal)
            || self.integer_range().is_some()
    }

    /// The identifier, for schemas that the model names.
    pub fn id(&self) -> Option<&Dtmi> {
        match self {
            Schema::Enum(schema) => schema.id.as_ref(),
            Schema::Object { id, .. } | Schema::Array { id, .. } | Schema::Map { id, .. } => {
                id.as_ref()
            }
            Schema::Recursive(schema) => Some(&schema.id),
            _ => None,
        }
    }

    /// The name that DTDL has for the kind of schema: `double`, `Enum`, `point`.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Schema::Boolean => "boolean",
            Schema::Byte => "byte",
            Schema::Bytes => "bytes",
            Schema::Date => "date",
            Schema::DateTime => "dateTime",
            Schema::Decimal => "decimal",
            Schema::Double => "double",
            Schema::Duration => "duration",
            Schema::Float => "float",
            Schema::Integer => "integer",
            Schema::Long => "long",
            Schema::Short => "short",
            Schema::String => "string",
            Schema::Time => "time",
            Schema::UnsignedByte => "unsignedByte",
            Schema::UnsignedInteger => "unsignedInteger",
            Schema::UnsignedLong => "unsignedLong",
            Schema::UnsignedShort => "unsignedShort",
            Schema::Uuid => "uuid",
            Schema::Enum(_) => "Enum",
            Schema::Object { .. } => "Object",
            Schema::Array { .. } => "Array",
            Schema::Map { .. } => "Map",
            Schema::Geospatial(kind) => kind.term(),
            Schema::Recursive(_) => "Recursive",
        }
    }
}

impl Geospatial {
    /// The term of the schema: `point`.
    pub fn term(self) -> &'static str {
        match self {
            Geospatial::Point => "point",
            Geospatial::MultiPoint => "multiPoint",
            Geospatial::LineString => "lineString",
            Geospatial::MultiLineString => "multiLineString",
            Geospatial::Polygon => "polygon",
            Geospatial::MultiPolygon => "multiPolygon",
        }
    }

    /// The value of `type` in GeoJSON: `Point`.
    pub fn type_name(self) -> &'static str {
        match self {
            Geospatial::Point => "Point",
            Geospatial::MultiPoint => "MultiPoint",
            Geospatial::LineString => "LineString",
            Geospatial::MultiLineString => "MultiLineString",
            Geospatial::Polygon => "Polygon",
            Geospatial::MultiPolygon => "MultiPolygon",
        }
    }

    /// How many arrays stand around the positions.
    pub fn array_depth(self) -> usize {
        match self {
            Geospatial::Point => 0,
            Geospatial::MultiPoint | Geospatial::LineString => 1,
            Geospatial::MultiLineString | Geospatial::Polygon => 2,
            Geospatial::MultiPolygon => 3,
        }
    }

    pub(crate) fn of_term(term: &str) -> Option<Geospatial> {
        let all = [
            Geospatial::Point,
            Geospatial::MultiPoint,
            Geospatial::LineString,
            Geospatial::MultiLineString,
            Geospatial::Polygon,
            Geospatial::MultiPolygon,
        ];
        all.into_iter().find(|kind| kind.term() == term)
    }
}
