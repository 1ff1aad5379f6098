//! One row becomes commands.

use super::columns::{Columns, Reference};
use super::value::{shown, typed};
use crate::domain::command::{Command, PutTwin, Relate, TwinRef};
use crate::domain::fact::JsonMap;
use crate::domain::id::{ExternalId, name};
use crate::domain::time::Interval;
use crate::dtdl::{Catalogue, Dtmi};
use crate::sources::moment::Moments;

/// What is the same for all rows.
pub struct Table<'a> {
    /// The columns.
    pub columns: Columns,
    /// The models, for the types of values.
    pub catalogue: &'a Catalogue,
    /// How moments are read.
    pub moments: Moments,
}

impl Table<'_> {
    /// The commands of a row: its twin, then its relationships.
    ///
    /// # Errors
    /// What is wrong with the row, and how to mend it.
    pub fn commands(&self, cells: &[&str]) -> Result<Vec<Command>, String> {
        let columns = &self.columns;
        if cells[columns.id].is_empty() {
            return Err("the row has no id; it could not be found again".to_owned());
        }
        let id = external(&columns.system, &columns.scope, cells[columns.id])?;
        let valid = self.valid(cells)?;
        let mut commands = vec![self.twin(&id, cells, valid)?];
        for reference in &columns.relationships {
            commands.extend(relationship(&id, reference, cells[reference.column], valid)?);
        }
        Ok(commands)
    }

    fn twin(&self, id: &ExternalId, cells: &[&str], valid: Interval) -> Result<Command, String> {
        let mut identifiers = vec![id.clone()];
        for (system, column) in filled(&self.columns.ids, cells) {
            identifiers.push(external(system, "", column)?);
        }
        let model = self.model(cells)?;
        let property = |(path, cell): (&str, &str)| {
            let value = typed(self.catalogue, model.as_ref(), path, cell);
            (path.into(), value)
        };
        Ok(Command::PutTwin(PutTwin {
            id: None,
            identifiers,
            properties: filled(&self.columns.properties, cells).map(property).collect(),
            model,
            valid,
            source: Some(name("the system", &self.columns.system).map_err(|e| e.to_string())?),
        }))
    }

    fn model(&self, cells: &[&str]) -> Result<Option<Dtmi>, String> {
        let columns = &self.columns;
        let Some(column) = columns.model_column else {
            return Ok(columns.model.clone());
        };
        let by_type = columns.models.get(cells[column]).or(columns.model.as_ref());
        by_type.cloned().map(Some).ok_or_else(|| {
            format!(
                "the mapping has no model for the type {}; add it to `models`",
                shown(cells[column])
            )
        })
    }

    fn valid(&self, cells: &[&str]) -> Result<Interval, String> {
        let moment = |column: Option<usize>| column.map(|at| cells[at]).filter(|c| !c.is_empty());
        self.moments.interval(moment(self.columns.from), moment(self.columns.to))
    }
}

fn relationship(
    source: &ExternalId,
    reference: &Reference,
    cell: &str,
    valid: Interval,
) -> Result<Option<Command>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    let target = external(&reference.system, &reference.scope, cell)?;
    Ok(Some(Command::Relate(Relate {
        source: TwinRef::External(source.clone()),
        name: reference.name.as_str().into(),
        target: TwinRef::External(target),
        key: "".into(),
        properties: JsonMap::new(),
        valid,
    })))
}

/// The cells that are not empty, by what they mean.
fn filled<'a>(
    columns: &'a [(String, usize)],
    cells: &'a [&str],
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let cells = columns.iter().map(|(key, at)| (key.as_str(), cells[*at]));
    cells.filter(|(_, cell)| !cell.is_empty())
}

fn external(system: &str, scope: &str, id: &str) -> Result<ExternalId, String> {
    ExternalId::new(system, scope, id).map_err(|e| e.to_string())
}
