//! What formats say of themselves: each is a declaration that others build on.

use super::declared::{Declared, Format};

/// What a format's files say in fields of fixed names.
///
/// # Errors
/// Never, unless one of our own files is wrong.
pub(super) fn preset(format: Format) -> Result<Declared, String> {
    let toml = match format {
        Format::SapEquipment => include_str!("presets/sap-equipment.toml"),
        Format::SapFunctionalLocation => include_str!("presets/sap-functional-location.toml"),
        Format::MaximoAsset => include_str!("presets/maximo-asset.toml"),
        Format::MaximoLocation => include_str!("presets/maximo-location.toml"),
        Format::ServicenowCmdbCi => include_str!("presets/servicenow-cmdb-ci.toml"),
        Format::Cobie => include_str!("presets/cobie.toml"),
        Format::B2mml => include_str!("presets/b2mml.toml"),
        Format::Csv
        | Format::Xlsx
        | Format::Json
        | Format::Ndjson
        | Format::Debezium
        | Format::Adt
        | Format::Brick => "",
    };
    toml::from_str(toml).map_err(|e| e.to_string())
}
