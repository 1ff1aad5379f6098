//! The statements of a file.

use std::collections::VecDeque;
use std::sync::Arc;

use super::known::{Known, RowId};
use super::row_reader::{RowReader, Told};
use super::statement::Statement;
use crate::domain::time::Interval;
use crate::dtdl::Catalogue;
use crate::sources::declaration::Declaration;
use crate::sources::limits::SEGMENTS_MAX;
use crate::sources::moment::Moments;
use crate::sources::problem::{Kind, Origin, Problem};
use crate::sources::rows::{Row, Rows, open};
use crate::sources::text::Input;

/// A source whose files are being read.
#[derive(Clone)]
pub struct Source<'a> {
    /// Its declaration.
    pub declaration: Arc<Declaration>,
    /// What is known of its files.
    pub known: Arc<Known>,
    /// The models.
    pub catalogue: &'a Catalogue,
    /// How relative moments are read.
    pub moments: Moments,
}

/// The statements of a source's file, with the problems among them. `number` is the file's among
/// the source's files, the same at each reading.
///
/// # Errors
/// When nothing of the file can be read.
pub fn statements<'a>(
    source: &Source<'a>,
    input: &Input,
    number: u32,
) -> Result<Statements<'a>, Problem> {
    let rows = open(&source.declaration, input)?;
    Ok(Statements {
        source: source.clone(),
        rows,
        reader: None,
        file: input.name().clone(),
        number,
        read: 0,
        is_empty: true,
        segments: Vec::new(),
        pending: VecDeque::new(),
        ended: false,
    })
}

/// See [`statements`].
pub struct Statements<'a> {
    source: Source<'a>,
    rows: Rows,
    /// The reader of the table that the last row was of.
    reader: Option<(Arc<str>, RowReader<'a>)>,
    file: Arc<str>,
    number: u32,
    /// Rows that were read.
    read: u64,
    /// Whether nothing at all was found.
    is_empty: bool,
    /// Rows of one key that stand together, to be put in the order of time.
    segments: Vec<(RowId, Statement)>,
    pending: VecDeque<Result<Statement, Problem>>,
    ended: bool,
}

impl Statements<'_> {
    fn take(&mut self, found: Result<Row, Problem>) {
        self.is_empty = false;
        let row = match found {
            Ok(row) => row,
            Err(problem) => return self.pending.push_back(Err(problem)),
        };
        self.read += 1;
        let id = (self.number, self.read);
        let Some(row) = self.source.known.looked_up(row) else {
            return;
        };
        let origin = row.origin.clone();
        let told = match self.told(row) {
            Ok(told) => told,
            Err(message) => return self.refuse(origin, message),
        };
        // Of a row that is lost the reason is enough.
        let is_lost = told.own.is_err() && told.also.is_empty();
        let remarks = told.remarks.into_iter().filter(|_| !is_lost);
        self.pending.extend(remarks.map(|remark| Err(remark.at(&origin))));
        for statement in told.also {
            self.pending.extend(self.source.known.judge(id, statement).transpose());
        }
        match told.own {
            Ok(statement) => statement.into_iter().for_each(|statement| self.add(id, statement)),
            Err(message) => self.refuse(origin, message),
        }
    }

    fn refuse(&mut self, origin: Origin, message: String) {
        let problem = Problem::error(origin, "INVALID_ROW", message);
        self.pending.push_back(Err(problem.about(Kind::Record)));
    }

    fn told(&mut self, row: Row) -> Result<Told, String> {
        let name = row.table.clone().unwrap_or_default();
        let is_same = self.reader.as_ref().is_some_and(|(table, _)| *table == name);
        if !is_same {
            let Source { declaration, catalogue, moments, .. } = &self.source;
            let reader = RowReader::new(declaration, &name, catalogue, *moments);
            self.reader = reader.map(|reader| (name.clone(), reader));
        }
        match &self.reader {
            Some((_, reader)) => Ok(reader.read(row)),
            None => Err(format!("the table `{name}` is not declared")),
        }
    }

    fn add(&mut self, id: RowId, statement: Statement) {
        let same = self.segments.first().is_some_and(|(_, first)| {
            first.record.key == statement.record.key && self.segments.len() < SEGMENTS_MAX
        });
        if !same {
            self.flush();
        }
        self.segments.push((id, statement));
    }

    /// Judges the rows of one key: each holds until the next begins.
    fn flush(&mut self) {
        let mut segments = std::mem::take(&mut self.segments);
        if segments.len() > 1 && segments.iter().all(|(_, s)| s.event.is_none()) {
            segments.sort_by_key(|(id, s)| (s.record.valid.from, *id));
            for at in 1..segments.len() {
                let next = segments[at].1.record.valid.from;
                let valid = &mut segments[at - 1].1.record.valid;
                if let Some(until) = Interval::new(valid.from, valid.to.min(next)) {
                    *valid = until;
                }
            }
        }
        for (id, statement) in segments {
            let judged = self.source.known.judge(id, statement);
            self.pending.extend(judged.transpose());
        }
    }
}

impl Iterator for Statements<'_> {
    type Item = Result<Statement, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(found) = self.pending.pop_front() {
                return Some(found);
            }
            if self.ended {
                return None;
            }
            match self.rows.next() {
                Some(found) => self.take(found),
                None => {
                    self.ended = true;
                    self.flush();
                    if self.is_empty {
                        let origin = Origin::file(&self.file);
                        let note = Problem::note(origin, "EMPTY", "the file has no rows");
                        return Some(Err(note));
                    }
                }
            }
        }
    }
}
