//! The mapping file: how tables and foreign ontologies become twins. TOML.
//!
//! ```toml
//! [[csv]]
//! file = "equipment.csv"           # which file; left out: every CSV file
//! delimiter = ";"                  # left out: a comma
//! system = "cmms"                  # the system that issues the ids, and that says all this
//! scope = "P07"                    # where they are unique; left out: in the whole system
//! id = "assetnum"                  # the column with the id
//! model = "dtmi:com:example:Pump;1"
//! model_column = "type"            # or: the column with the type …
//! models = { PUMP = "dtmi:com:example:Pump;1" } # … and the model of each; `model` for the others
//! from = "installed"               # columns with moments; left out: always
//! to = "scrapped"
//! ids = { erp = "serial" }         # further ids: system and column
//! properties = { serialNumber = "serial", name = "description" }
//! relationships = { locatedIn = { column = "location", system = "mes" } }
//!
//! [brick]
//! system = "brick"                 # the system of the entities' ids; this is the default
//! scope = "ebu3b"                  # left out: none
//! points = "bms"                   # the system whose devices the points are; left out: no bindings
//! channel = "value"                # the channel of each point; this is the default
//! classes = { Weather = "dtmi:org:brickschema:schema:Brick:Weather_Station;1" }
//! ```

use indexmap::IndexMap;
use serde::Deserialize;

/// A mapping file.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// How CSV files are read; the first that fits a file counts.
    pub csv: Vec<CsvMapping>,
    /// How Brick files are read.
    pub brick: BrickMapping,
}

/// How a CSV file is read.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CsvMapping {
    /// The name of the file; without one, every file fits.
    pub file: Option<String>,
    /// What separates cells; a comma if left out.
    pub delimiter: Option<char>,
    /// The system that issues the ids.
    pub system: String,
    /// Where in the system the ids are unique.
    #[serde(default)]
    pub scope: String,
    /// The column with the id.
    pub id: String,
    /// The model of all rows, or of those whose type has none.
    pub model: Option<String>,
    /// The column with the type.
    pub model_column: Option<String>,
    /// The model of each type.
    #[serde(default)]
    pub models: IndexMap<String, String>,
    /// The column with the moment from which on a row holds.
    pub from: Option<String>,
    /// The column with the moment from which on it does not.
    pub to: Option<String>,
    /// Further ids: the column of each system's.
    #[serde(default)]
    pub ids: IndexMap<String, String>,
    /// The column of each property.
    #[serde(default)]
    pub properties: IndexMap<String, String>,
    /// The column of each relationship.
    #[serde(default)]
    pub relationships: IndexMap<String, RelationshipMapping>,
}

/// A column that refers to another twin.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelationshipMapping {
    /// The column with the other twin's id.
    pub column: String,
    /// The system of that id; the row's own if left out.
    pub system: Option<String>,
    /// The scope of that id; the row's own if the system is left out, else none.
    pub scope: Option<String>,
}

/// How Brick files are read.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BrickMapping {
    /// The system of the entities' ids.
    pub system: String,
    /// The scope of the entities' ids.
    pub scope: String,
    /// The system whose devices the points are; without one, points are not bound.
    pub points: Option<String>,
    /// The channel of each point's readings.
    pub channel: String,
    /// The model of a class, before our own rules.
    pub classes: IndexMap<String, String>,
}

impl Default for BrickMapping {
    fn default() -> Self {
        Self {
            system: "brick".to_owned(),
            scope: String::new(),
            points: None,
            channel: "value".to_owned(),
            classes: IndexMap::new(),
        }
    }
}

impl Mapping {
    /// The mapping that a TOML text is.
    ///
    /// # Errors
    /// What is wrong, with its place.
    pub fn parse(toml: &str) -> Result<Self, String> {
        toml::from_str(toml).map_err(|e| e.to_string())
    }

    /// How a CSV file of this name is read.
    pub fn csv_for(&self, file: &str) -> Option<&CsvMapping> {
        let base = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let base = base.strip_suffix(".gz").unwrap_or(base);
        self.csv.iter().find(|csv| csv.file.as_deref().is_none_or(|name| name == base))
    }
}
