//! The columns of a table that the mapping speaks of.

use indexmap::IndexMap;

use crate::domain::id::abridged;
use crate::dtdl::Dtmi;
use crate::sources::limits::CSV_COLUMNS_MAX;
use crate::sources::mapping::CsvMapping;

/// A mapping with its columns found and its models read.
#[derive(Debug)]
pub struct Columns {
    /// The system of the rows' ids.
    pub system: String,
    /// The scope of the rows' ids.
    pub scope: String,
    /// The id.
    pub id: usize,
    /// The model of rows whose type has none.
    pub model: Option<Dtmi>,
    /// The type.
    pub model_column: Option<usize>,
    /// The model of each type.
    pub models: IndexMap<String, Dtmi>,
    /// From when on the row holds.
    pub from: Option<usize>,
    /// From when on it does not.
    pub to: Option<usize>,
    /// Further ids, by system.
    pub ids: Vec<(String, usize)>,
    /// Properties, by path.
    pub properties: Vec<(String, usize)>,
    /// Relationships.
    pub relationships: Vec<Reference>,
}

/// A column that refers to another twin.
#[derive(Debug)]
pub struct Reference {
    /// The name of the relationship.
    pub name: String,
    /// The column.
    pub column: usize,
    /// The system of the other twin's id.
    pub system: String,
    /// The scope of the other twin's id.
    pub scope: String,
}

impl Columns {
    /// Finds the columns in the header.
    ///
    /// # Errors
    /// When a column is missing or stands twice, there are too many, or a model is no DTMI.
    pub fn find(header: &[String], mapping: &CsvMapping) -> Result<Self, String> {
        if header.len() > CSV_COLUMNS_MAX {
            let found = header.len();
            return Err(format!(
                "the header has {found} columns, at most {CSV_COLUMNS_MAX} are read"
            ));
        }
        let column = |name: &String| index(header, name);
        let optional = |name: &Option<String>| name.as_ref().map(column).transpose();
        let named = |names: &IndexMap<String, String>| {
            let found = names.iter().map(|(key, name)| Ok((key.clone(), column(name)?)));
            found.collect::<Result<Vec<_>, String>>()
        };
        let models = mapping.models.iter().map(|(kind, text)| Ok((kind.clone(), model(text)?)));
        Ok(Self {
            system: mapping.system.clone(),
            scope: mapping.scope.clone(),
            id: column(&mapping.id)?,
            model: mapping.model.as_deref().map(model).transpose()?,
            model_column: optional(&mapping.model_column)?,
            models: models.collect::<Result<_, String>>()?,
            from: optional(&mapping.from)?,
            to: optional(&mapping.to)?,
            ids: named(&mapping.ids)?,
            properties: named(&mapping.properties)?,
            relationships: references(header, mapping)?,
        })
    }
}

fn references(header: &[String], mapping: &CsvMapping) -> Result<Vec<Reference>, String> {
    let reference = |name: &String, to: &crate::sources::mapping::RelationshipMapping| {
        let own = to.system.is_none();
        let scope = to.scope.clone().or_else(|| own.then(|| mapping.scope.clone()));
        Ok(Reference {
            name: name.clone(),
            column: index(header, &to.column)?,
            system: to.system.clone().unwrap_or_else(|| mapping.system.clone()),
            scope: scope.unwrap_or_default(),
        })
    };
    mapping.relationships.iter().map(|(name, to)| reference(name, to)).collect()
}

fn index(header: &[String], name: &str) -> Result<usize, String> {
    let mut found = (0..header.len()).filter(|at| header[*at].trim() == name);
    match (found.next(), found.next()) {
        (Some(at), None) => Ok(at),
        (Some(_), Some(_)) => {
            Err(format!("the column `{name}` stands twice in the header; which one is meant?"))
        }
        (None, _) => {
            let known: Vec<String> = header.iter().take(20).map(|h| abridged(h)).collect();
            Err(format!(
                "the mapping names the column `{name}`; the header has: {}",
                known.join(", ")
            ))
        }
    }
}

fn model(text: &str) -> Result<Dtmi, String> {
    text.parse::<Dtmi>().map_err(|e| e.to_string())
}
