//! Reading a table, row by row.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use csv::{ByteRecord, ErrorKind, ReaderBuilder};

use super::columns::Columns;
use super::row::Table;
use crate::dtdl::Catalogue;
use crate::sources::limits::LINE_BYTES_MAX;
use crate::sources::mapping::CsvMapping;
use crate::sources::moment::Moments;
use crate::sources::problem::{Item, Origin, Problem};
use crate::sources::text::Text;

/// The items of a table.
///
/// # Errors
/// When the header does not fit the mapping: then no row can be read.
pub fn read<'a>(
    file: &Arc<str>,
    text: Text,
    mapping: &CsvMapping,
    catalogue: &'a Catalogue,
    moments: Moments,
) -> Result<impl Iterator<Item = Result<Item, Problem>> + Send + use<'a>, Problem> {
    let taken = Arc::new(AtomicUsize::new(0));
    let metered = Metered { inner: text, taken: taken.clone() };
    let delimiter = mapping.delimiter.map_or(Ok(b','), u8::try_from);
    let broken = |message: String| Problem::error(Origin::line(file, 1), "INVALID_CSV", message);
    let delimiter =
        delimiter.map_err(|_| broken("the delimiter must be one ASCII character".to_owned()))?;
    let mut reader = ReaderBuilder::new().delimiter(delimiter).from_reader(metered);
    let header = reader.byte_headers().map_err(|e| broken(e.to_string()))?;
    let header: Option<Vec<String>> =
        header.iter().map(|h| text_of(h).map(str::to_owned)).collect();
    let header = header
        .ok_or_else(|| broken("the header is not UTF-8; save the file as UTF-8".to_owned()))?;
    let columns = Columns::find(&header, mapping).map_err(broken)?;
    Ok(Rows {
        reader,
        taken,
        file: file.clone(),
        table: Table { columns, catalogue, moments },
        pending: VecDeque::new(),
        ended: false,
    })
}

struct Rows<'a> {
    reader: csv::Reader<Metered>,
    taken: Arc<AtomicUsize>,
    file: Arc<str>,
    table: Table<'a>,
    /// What is left of the row that was read last.
    pending: VecDeque<Item>,
    ended: bool,
}

impl Rows<'_> {
    /// Reads a row; answers whether there was one.
    fn row(&mut self) -> Result<bool, Problem> {
        self.taken.store(0, Ordering::Relaxed);
        let mut record = ByteRecord::new();
        if !self.reader.read_byte_record(&mut record).map_err(|e| self.failed(&e))? {
            return Ok(false);
        }
        let origin = Origin::line(&self.file, record.position().map_or(0, csv::Position::line));
        let cells: Option<Vec<&str>> = record.iter().map(text_of).collect();
        let Some(cells) = cells else {
            let message = "the row is not UTF-8; save the file as UTF-8";
            return Err(Problem::error(origin, "NOT_UTF8", message));
        };
        let commands = self.table.commands(&cells);
        let commands = commands.map_err(|e| Problem::error(origin.clone(), "INVALID_ROW", e))?;
        self.pending
            .extend(commands.into_iter().map(|command| Item { origin: origin.clone(), command }));
        Ok(true)
    }

    /// The problem that an error is; after one of the file itself nothing more is read.
    fn failed(&self, error: &csv::Error) -> Problem {
        let line = error.position().map_or(0, csv::Position::line);
        let origin = Origin::line(&self.file, line);
        match error.kind() {
            ErrorKind::UnequalLengths { expected_len, len, .. } => {
                let message = format!(
                    "the row has {len} cells, the header {expected_len}; is a delimiter missing or a quote open?"
                );
                Problem::error(origin, "INVALID_ROW", message)
            }
            _ => {
                let message = format!("the rest of the file cannot be read: {error}");
                Problem::error(origin, "NOT_READABLE", message)
            }
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Item, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.pending.pop_front() {
                return Some(Ok(item));
            }
            if self.ended {
                return None;
            }
            match self.row() {
                Ok(true) => {}
                Ok(false) => self.ended = true,
                Err(problem) => {
                    self.ended = problem.code == "NOT_READABLE";
                    return Some(Err(problem));
                }
            }
        }
    }
}

fn text_of(cell: &[u8]) -> Option<&str> {
    std::str::from_utf8(cell).ok().map(str::trim)
}

/// Fails where one record takes more than is accepted: an open quote would swallow the whole file.
struct Metered {
    inner: Text,
    taken: Arc<AtomicUsize>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.fill_buf()?.read(buffer)?;
        self.inner.consume(count);
        // A chunk may end many records; only the chunks that none of them ended in add up.
        let taken = self.taken.fetch_add(count, Ordering::Relaxed) + count;
        if taken > LINE_BYTES_MAX + buffer.len() {
            let message =
                format!("a record is longer than {LINE_BYTES_MAX} bytes; is a quote open?");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(count)
    }
}
