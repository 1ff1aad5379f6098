//! The elements that the language itself defines: primitive schemas, command types, geospatial
//! schemas, units. They enter a model when something refers to them.

use super::class::Class;
use super::quantitative::{APPEARANCES, Appearance};
use super::quantity::PREFIXES;
use super::unit::{FAMILIES, Unit};

/// A primitive schema.
pub(crate) struct Primitive {
    /// The term.
    pub(crate) name: &'static str,
    /// The class.
    pub(crate) class: Class,
    /// The DTDL version that brought it.
    pub(crate) since: u8,
    /// The description that the standard gives the element.
    pub(crate) description: &'static str,
}

const fn primitive_row(
    name: &'static str,
    class: Class,
    since: u8,
    description: &'static str,
) -> Primitive {
    Primitive { name, class, since, description }
}

/// The primitive schemas.
#[rustfmt::skip]
pub(crate) static PRIMITIVES: &[Primitive] = &[
    primitive_row("boolean", Class::Boolean, 2, "a boolean value"),
    primitive_row("byte", Class::Byte, 4, "a signed integral numeric value that is expressible in 1 byte"),
    primitive_row("bytes", Class::Bytes, 4, "an array of bytes"),
    primitive_row("date", Class::Date, 2, "a date in ISO 8601 format, per [RFC 3339](https://tools.ietf.org/html/rfc3339)"),
    primitive_row("dateTime", Class::DateTime, 2, "a date and time in ISO 8601 format, per [RFC 3339](https://tools.ietf.org/html/rfc3339)"),
    primitive_row("decimal", Class::Decimal, 4, "a string of decimal digits with an optional decimal point and fractional component, optionally preceded by a sign"),
    primitive_row("double", Class::Double, 2, "a finite numeric value that is expressible in IEEE 754 double-precision floating point format, conformant with the numeric range of xsd:double"),
    primitive_row("duration", Class::Duration, 2, "a duration in ISO 8601 format"),
    primitive_row("float", Class::Float, 2, "a finite numeric value that is expressible in IEEE 754 single-precision floating point format, conformant with the numeric range of xsd:float"),
    primitive_row("integer", Class::Integer, 2, "a signed integral numeric value that is expressible in 4 bytes"),
    primitive_row("long", Class::Long, 2, "a signed integral numeric value that is expressible in 8 bytes"),
    primitive_row("short", Class::Short, 4, "a signed integral numeric value that is expressible in 2 bytes"),
    primitive_row("string", Class::String, 2, "a UTF8 string"),
    primitive_row("time", Class::Time, 2, "a time in ISO 8601 format, per [RFC 3339](https://tools.ietf.org/html/rfc3339)"),
    primitive_row("unsignedByte", Class::UnsignedByte, 4, "an unsigned integral numeric value that is expressible in 1 byte"),
    primitive_row("unsignedInteger", Class::UnsignedInteger, 4, "an unsigned integral numeric value that is expressible in 4 bytes"),
    primitive_row("unsignedLong", Class::UnsignedLong, 4, "an unsigned integral numeric value that is expressible in 8 bytes"),
    primitive_row("unsignedShort", Class::UnsignedShort, 4, "an unsigned integral numeric value that is expressible in 2 bytes"),
    primitive_row("uuid", Class::Uuid, 4, "a UUID string per RFC 9562"),
];

/// A geospatial schema: an object with a type and coordinates (GeoJSON, RFC 7946 section 3.1).
pub(crate) struct Geospatial {
    /// The term.
    pub(crate) name: &'static str,
    /// The value of `type`.
    pub(crate) type_value: &'static str,
    /// The schema of `coordinates`.
    pub(crate) coordinates: &'static str,
}

/// The geospatial schemas.
#[rustfmt::skip]
pub(crate) static GEOSPATIAL: &[Geospatial] = &[
    Geospatial { name: "point", type_value: "Point", coordinates: "position" },
    Geospatial { name: "multiPoint", type_value: "MultiPoint", coordinates: "positionArray" },
    Geospatial { name: "lineString", type_value: "LineString", coordinates: "lineStringCoordinateArray" },
    Geospatial { name: "multiLineString", type_value: "MultiLineString", coordinates: "lineStringCoordinateArrayArray" },
    Geospatial { name: "polygon", type_value: "Polygon", coordinates: "polygonCoordinateArray" },
    Geospatial { name: "multiPolygon", type_value: "MultiPolygon", coordinates: "polygonCoordinateArrayArray" },
];

/// Arrays that coordinates are made of: name, and what each element is.
static COORDINATES: &[(&str, &str)] = &[
    ("positionArray", "position"),
    ("lineStringCoordinateArray", "position"),
    ("lineStringCoordinateArrayArray", "lineStringCoordinateArray"),
    ("linearRingCoordinateArray", "position"),
    ("polygonCoordinateArray", "linearRingCoordinateArray"),
    ("polygonCoordinateArrayArray", "polygonCoordinateArray"),
];

/// A standard element, and the standard elements that it refers to.
#[derive(Debug, PartialEq)]
pub(crate) struct StandardElement {
    /// Its identifier.
    pub(crate) id: String,
    /// Its class.
    pub(crate) class: Class,
    /// The DTDL version that it is written in.
    pub(crate) dtdl_version: u8,
    /// Its name, if its class has names.
    pub(crate) name: Option<String>,
    /// The element in which it is defined.
    pub(crate) child_of: Option<String>,
    /// The supplemental types that it has.
    pub(crate) of_types: Vec<String>,
    /// The term for it, if it is a primitive schema.
    pub(crate) term: Option<&'static str>,
    /// What it is, in the words of the standard, if it is a primitive schema.
    pub(crate) description: Option<&'static str>,
    /// Its string value, for values of enumerations.
    pub(crate) value: Option<&'static str>,
    /// What it refers to: property and identifier.
    pub(crate) refers_to: Vec<(&'static str, String)>,
}

/// The element of this identifier, if the language defines one.
///
/// Primitive schemas of later versions are aliases of those of the version that brought them,
/// and come back as those.
pub(crate) fn standard_element(id: &str) -> Option<StandardElement> {
    if let Some(rest) = id.strip_prefix("dtmi:dtdl:instance:Schema:") {
        return primitive(rest);
    }
    if let Some(rest) = id.strip_prefix("dtmi:dtdl:instance:CommandType:") {
        let (name, version) = rest.split_once(';')?;
        let known = matches!(name, "asynchronous" | "synchronous");
        return known.then_some(bare(id, Class::CommandType, parse_version(version)?));
    }
    if let Some(rest) = id.strip_prefix("dtmi:standard:schema:") {
        return standard_schema(id, rest);
    }
    if let Some(rest) = id.strip_prefix("dtmi:iotcentral:schema:") {
        return central_schema(id, rest);
    }
    APPEARANCES.iter().find_map(|appearance| quantitative_element(*appearance, id))
}

fn parse_version(text: &str) -> Option<u8> {
    text.parse().ok().filter(|version| (2..=4).contains(version))
}

fn bare(id: &str, class: Class, dtdl_version: u8) -> StandardElement {
    StandardElement {
        id: id.to_owned(),
        class,
        dtdl_version,
        name: None,
        child_of: None,
        of_types: Vec::new(),
        description: None,
        term: None,
        value: None,
        refers_to: Vec::new(),
    }
}

fn primitive(rest: &str) -> Option<StandardElement> {
    let (name, version) = rest.split_once(';')?;
    let row = PRIMITIVES.iter().find(|row| row.name == name)?;
    let known = parse_version(version)? >= row.since;
    known.then(|| StandardElement {
        term: Some(row.name),
        description: Some(row.description),
        ..bare(&primitive_id(name, row.since), row.class, row.since)
    })
}

fn primitive_id(name: &str, version: u8) -> String {
    format!("dtmi:dtdl:instance:Schema:{name};{version}")
}

fn standard_schema(id: &str, rest: &str) -> Option<StandardElement> {
    let (path, version) = rest.split_once(';')?;
    let version = parse_version(version)?;
    if path == "scaledDecimal" && version == 4 {
        return Some(scaled_decimal(id));
    }
    if let Some(field) = path.strip_prefix("scaledDecimal:_fields:__") {
        let (_, schema) = SCALED_DECIMAL.iter().find(|(name, _)| *name == field)?;
        return Some(field_element(id, field, primitive_id(schema, 4), version));
    }
    if let Some(kind) = path.strip_prefix("geospatial").and_then(|path| path.strip_suffix("Type")) {
        let row = GEOSPATIAL.iter().find(|row| row.type_value == kind)?;
        return Some(StandardElement {
            refers_to: vec![
                ("valueSchema", primitive_id("string", 2)),
                ("enumValues", geospatial_id(&format!("enumValue:{}", row.name), version)),
            ],
            ..bare(id, Class::Enum, version)
        });
    }
    geospatial_element(id, path.strip_prefix("geospatial:")?, version)
}

fn geospatial_id(path: &str, version: u8) -> String {
    format!("dtmi:standard:schema:geospatial:{path};{version}")
}

fn geospatial_element(id: &str, path: &str, version: u8) -> Option<StandardElement> {
    let row = |name: &str| GEOSPATIAL.iter().find(|row| row.name == name);
    if path == "position" {
        let refers_to = vec![("elementSchema", primitive_id("double", 2))];
        return Some(StandardElement { refers_to, ..bare(id, Class::Array, version) });
    }
    if let Some((_, element)) = COORDINATES.iter().find(|(name, _)| *name == path) {
        let refers_to = vec![("elementSchema", geospatial_id(element, version))];
        return Some(StandardElement { refers_to, ..bare(id, Class::Array, version) });
    }
    if let Some(name) = path.strip_prefix("enumValue:") {
        let value = Some(row(name)?.type_value);
        return Some(StandardElement {
            value,
            name: Some(name.to_owned()),
            ..bare(id, Class::EnumValue, version)
        });
    }
    if let Some((name, field)) = path.split_once(':') {
        let row = row(name)?;
        let schema = match field {
            "type" => format!("dtmi:standard:schema:geospatial{}Type;{version}", row.type_value),
            "coordinates" => geospatial_id(row.coordinates, version),
            _ => return None,
        };
        return Some(field_element(id, field, schema, version));
    }
    let name = row(path)?.name;
    let fields = ["type", "coordinates"]
        .map(|field| ("fields", geospatial_id(&format!("{name}:{field}"), version)));
    Some(StandardElement { refers_to: fields.to_vec(), ..bare(id, Class::Object, version) })
}

fn field_element(id: &str, name: &str, schema: String, version: u8) -> StandardElement {
    StandardElement {
        name: Some(name.to_owned()),
        refers_to: vec![("schema", schema)],
        ..bare(id, Class::Field, version)
    }
}

/// The fields of a scaled decimal, and their schemas.
const SCALED_DECIMAL: [(&str, &str); 2] = [("value", "decimal"), ("scale", "short")];

fn scaled_decimal(id: &str) -> StandardElement {
    let field =
        |name: &str| ("fields", format!("dtmi:standard:schema:scaledDecimal:_fields:__{name};4"));
    let refers_to = SCALED_DECIMAL.iter().map(|(name, _)| field(name)).collect();
    StandardElement { refers_to, ..bare(id, Class::Object, 4) }
}

fn central_schema(id: &str, rest: &str) -> Option<StandardElement> {
    let path = rest.strip_suffix(";2")?;
    let fields = |name: &str| match name {
        "vector" => Some(["x", "y", "z"]),
        "geopoint" => Some(["lon", "lat", "alt"]),
        _ => None,
    };
    if let Some((name, field)) = path.split_once(':') {
        let known = fields(name)?.contains(&field);
        return known.then(|| field_element(id, field, primitive_id("double", 2), 2));
    }
    let refers_to =
        fields(path)?.map(|field| ("fields", format!("dtmi:iotcentral:schema:{path}:{field};2")));
    Some(StandardElement { refers_to: refers_to.to_vec(), ..bare(id, Class::Object, 2) })
}

fn quantitative_element(appearance: Appearance, id: &str) -> Option<StandardElement> {
    let stem = appearance.id("", "");
    let (start, end) =
        stem.split_once("::").map_or((stem.as_str(), ""), |(start, end)| (start, end));
    let rest = id.strip_prefix(start)?.strip_prefix(':')?.strip_suffix(end)?;
    let (sort, name) = rest.split_once(':')?;
    match sort {
        "unit" => {
            let families = FAMILIES.iter().filter(|family| family.since <= appearance.edition);
            let (family, unit) = families
                .flat_map(|family| family.units.iter().map(move |unit| (family.name, unit)))
                .find(|(_, unit)| unit.name == name && unit.since <= appearance.edition)?;
            Some(unit_element(appearance, id, family, unit))
        }
        "unitprefix" => prefix_element(appearance, id, name),
        "enum" => enumeration(appearance, id, name),
        _ => None,
    }
}

fn unit_element(appearance: Appearance, id: &str, family: &str, unit: &Unit) -> StandardElement {
    let is_v2 = appearance.number == 0;
    let mut refers_to = Vec::new();
    let mut types = vec![if is_v2 { family } else { "SymbolicUnit" }];
    // DTDL v2's kilowattHour stands alone: the watt-hour came with the extension.
    if let Some((base, prefix)) = unit.scaled.filter(|_| !(is_v2 && unit.name == "kilowattHour")) {
        types.push(if family.starts_with("Data") { "BinaryUnit" } else { "DecimalUnit" });
        refers_to.push(("baseUnit", appearance.id("unit", base)));
        if !prefix.is_empty() {
            refers_to.push(("prefix", appearance.id("unitprefix", prefix)));
        }
    }
    if let Some((top, bottom)) = unit.ratio {
        types.push("RatioUnit");
        refers_to.push(("topUnit", appearance.id("unit", top)));
        refers_to.push(("bottomUnit", appearance.id("unit", bottom)));
    }
    StandardElement {
        name: Some(unit.name.to_owned()),
        child_of: (!is_v2).then(|| appearance.id("enum", family)),
        of_types: types.into_iter().map(|name| appearance.id("class", name)).collect(),
        refers_to: refers_to
            .into_iter()
            .filter_map(|(term, target)| Some((appearance.property(term)?, target)))
            .collect(),
        ..bare(id, if is_v2 { Class::Unit } else { Class::EnumValue }, appearance.dtdl_version)
    }
}

fn prefix_element(appearance: Appearance, id: &str, name: &str) -> Option<StandardElement> {
    let is_v2 = appearance.number == 0;
    let spelt = if is_v2 && name == "deka" { "deca" } else { name };
    let row = PREFIXES.iter().find(|row| row.name == spelt)?;
    let family = if row.binary { "BinaryPrefix" } else { "DecimalPrefix" };
    Some(StandardElement {
        name: Some(name.to_owned()),
        child_of: (!is_v2).then(|| appearance.id("enum", family)),
        of_types: vec![appearance.id("class", if is_v2 { family } else { "UnitPrefix" })],
        ..bare(
            id,
            if is_v2 { Class::UnitAttribute } else { Class::EnumValue },
            appearance.dtdl_version,
        )
    })
}

fn enumeration(appearance: Appearance, id: &str, name: &str) -> Option<StandardElement> {
    let mut refers_to = vec![("valueSchema", primitive_id("string", 2))];
    let values = |sort: &str, names: Vec<&'static str>| {
        names.into_iter().map(|name| ("enumValues", appearance.id(sort, name))).collect::<Vec<_>>()
    };
    let binary = name == "BinaryPrefix";
    if binary || name == "DecimalPrefix" {
        let rows = PREFIXES.iter().filter(|row| row.binary == binary);
        refers_to.extend(values("unitprefix", rows.map(|row| row.name).collect()));
    } else {
        let family = FAMILIES
            .iter()
            .find(|family| family.name == name && family.since <= appearance.edition)?;
        let units = family.units.iter().filter(|unit| unit.since <= appearance.edition);
        refers_to.extend(values("unit", units.map(|unit| unit.name).collect()));
    }
    Some(StandardElement { refers_to, ..bare(id, Class::Enum, appearance.dtdl_version) })
}
