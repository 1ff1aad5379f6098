//! A row, by its table's declaration: what it states of its own thing, and of further ones.

use std::sync::Arc;

use super::reader::ThingReader;
use super::statement::{Reference, Statement};
use crate::dtdl::Catalogue;
use crate::sources::declaration::{Declaration, Direction, Table};
use crate::sources::moment::Moments;
use crate::sources::problem::Remark;
use crate::sources::rows::Row;

/// Reads the rows of one table.
pub struct RowReader<'a> {
    source: Arc<Declaration>,
    /// The number of the table.
    at: usize,
    own: ThingReader<'a>,
    also: Vec<ThingReader<'a>>,
}

/// What a row tells.
pub struct Told {
    /// Of its own thing; none where it tells only of others. The error is what is wrong with the row, and how to mend it.
    pub own: Result<Option<Statement>, String>,
    /// Of further things.
    pub also: Vec<Statement>,
    /// What should be known about how it was read.
    pub remarks: Vec<Remark>,
}

impl<'a> RowReader<'a> {
    /// Reads as the table of that name declares; none where there is no such table.
    pub fn new(
        source: &Arc<Declaration>,
        table: &str,
        catalogue: &'a Catalogue,
        moments: Moments,
    ) -> Option<Self> {
        let (name, table) = source.table(table)?;
        let at = source.tables.get_index_of(name)?;
        let thing = |second| ThingReader::new(source, (at, second), catalogue, moments);
        let also = (0..table.also.len()).map(|second| thing(Some(second))).collect();
        Some(Self { own: thing(None), also, at, source: source.clone() })
    }

    fn table(&self) -> &Table {
        &self.source.tables[self.at]
    }

    /// What the row states.
    pub fn read(&self, mut row: Row) -> Told {
        let mut remarks = std::mem::take(&mut row.remarks);
        let also = self.further(&row, &mut remarks);
        // A row without an id of its own may be there for what else it tells.
        let is_silent = !self.also.is_empty() && !self.own.has_key(&row.fields);
        let is_end = row.event.is_some_and(|event| event.gone);
        if is_silent && (is_end || also.iter().any(Option::is_some)) {
            return Told { own: Ok(None), also: also.into_iter().flatten().collect(), remarks };
        }
        let own = self.own.read(&row, &mut remarks).map(|mut own| {
            let related = self.related(&own, &also);
            own.references.extend(related);
            Some(own)
        });
        Told { own, also: also.into_iter().flatten().collect(), remarks }
    }

    /// What the row states of each further thing; none where it does not tell of it.
    fn further(&self, row: &Row, remarks: &mut Vec<Remark>) -> Vec<Option<Statement>> {
        let is_told = |thing: &ThingReader<'_>| {
            let is_end = row.event.is_some_and(|event| event.gone);
            !is_end && thing.has_key(&row.fields) && thing.is_there(&row.fields)
        };
        let mut read = |(thing, name): (&ThingReader<'_>, &str)| {
            let read = || thing.beside(row, self.own.valid(row)?, remarks);
            let found = is_told(thing).then(read)?;
            let told = found.map_err(|message| {
                let message = format!("in `also.{name}`: {message}");
                remarks.push(Remark::error("INVALID_ROW", message));
            });
            told.ok()
        };
        let names = self.table().also.iter().map(|second| second.name.as_str());
        self.also.iter().zip(names).map(&mut read).collect()
    }

    /// How the row's own thing is related to the further ones.
    fn related(&self, own: &Statement, also: &[Option<Statement>]) -> Vec<Reference> {
        let relations = self.table().also.iter().map(|second| second.relation.as_ref());
        let of = |(told, relation): (&Option<Statement>, _)| {
            let (told, relation): (&Statement, &crate::sources::declaration::Relation) =
                (told.as_ref()?, relation?);
            let is_incoming = relation.direction == Direction::Incoming;
            let from = if is_incoming { told } else { own };
            let fits =
                relation.is_own || self.own.allows(from.record.model.as_ref(), &relation.name);
            fits.then(|| Reference {
                name: relation.name.clone(),
                other: told.record.key.clone(),
                is_incoming,
                is_parent: relation.is_parent,
            })
        };
        match own.only_end {
            true => Vec::new(),
            false => also.iter().zip(relations).filter_map(of).collect(),
        }
    }
}
