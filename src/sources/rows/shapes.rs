//! How the records of single systems become plain rows.

use serde_json::Value;

use super::json::Shape;
use super::json::as_it_is;
use crate::domain::fact::JsonMap;
use crate::sources::declaration::Format;

/// The shape of a format's records.
pub fn shape(format: Format) -> Shape {
    match format {
        Format::SapEquipment | Format::SapFunctionalLocation => odata,
        Format::MaximoAsset | Format::MaximoLocation => maximo,
        Format::ServicenowCmdbCi => servicenow,
        Format::Csv
        | Format::Xlsx
        | Format::Json
        | Format::Ndjson
        | Format::Cobie
        | Format::B2mml
        | Format::Debezium
        | Format::Adt
        | Format::Brick => as_it_is,
    }
}

/// Without what OData says about the message: metadata, tags and links that were not followed.
fn odata(fields: JsonMap) -> JsonMap {
    let is_deferred = |value: &Value| value.get("__deferred").is_some();
    let is_envelope = |name: &str| name == "__metadata" || name.contains('@');
    fields.into_iter().filter(|(name, v)| !is_envelope(name) && !is_deferred(v)).collect()
}

/// Without the prefixes of the older API, and without links and row stamps.
fn maximo(fields: JsonMap) -> JsonMap {
    let plain = |name: String| name.strip_prefix("spi:").map(str::to_owned).unwrap_or(name);
    let is_envelope = |name: &str| matches!(name, "href" | "_rowstamp" | "localref");
    let fields = fields.into_iter().filter(|(name, _)| !name.starts_with("rdf:"));
    fields.map(|(name, v)| (plain(name), v)).filter(|(name, _)| !is_envelope(name)).collect()
}

/// A reference, or a field with its display value, becomes its value, and `<field>.display` beside it.
fn servicenow(fields: JsonMap) -> JsonMap {
    let mut plain = JsonMap::new();
    for (name, value) in fields {
        let Value::Object(mut parts) = value else {
            plain.insert(name, value);
            continue;
        };
        if let Some(shown) = parts.remove("display_value")
            && parts.get("value") != Some(&shown)
        {
            plain.insert(format!("{name}.display"), shown);
        }
        plain.insert(name, parts.remove("value").unwrap_or(Value::Null));
    }
    plain
}
