//! Tables of text.

use std::io::BufRead;
use std::sync::Arc;

use csv::{ByteRecord, ErrorKind, ReaderBuilder};
use serde_json::Value;

use super::header::Header;
use super::metered::Metered;
use super::row::{Row, Rows};
use crate::domain::fact::JsonMap;
use crate::sources::declaration::{Declared, Delimiter, Field};
use crate::sources::problem::{Origin, Problem};
use crate::sources::text::Text;

/// How a table of text is read.
pub struct Table<'a> {
    /// What the declaration itself says.
    pub own: &'a Declared,
    /// All that is declared.
    pub declared: &'a Declared,
    /// Whether columns take the declared names also when they drifted.
    pub is_loose: bool,
    /// The table, where a source has several.
    pub name: Option<Arc<str>>,
}

/// The rows of a table.
///
/// # Errors
/// When the header does not fit the declaration: then no row can be read.
pub fn rows(file: &Arc<str>, text: Text, table: &Table<'_>) -> Result<Rows, Problem> {
    let read = &table.declared.read;
    let before = read.header_row.unwrap_or(1).saturating_sub(1);
    let text = without_first(file, text, before)?;
    let delimiter = read.delimiter.as_ref().map_or(b',', Delimiter::byte);
    let mut found = CsvRows {
        reader: ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .from_reader(Metered::new(text, before)),
        delimiter,
        file: file.clone(),
        table: table.name.clone(),
        header: Header { names: Vec::new(), remarks: Vec::new() },
        record: ByteRecord::new(),
        ended: false,
    };
    found.head(table)?;
    let remarks = std::mem::take(&mut found.header.remarks);
    let line = Origin::line(file, before + 1);
    let remarks = remarks.into_iter().map(move |remark| Err(remark.at(&line)));
    Ok(Box::new(remarks.chain(found)))
}

/// The text without the lines before its header: they may hold anything, titles and blank lines too.
fn without_first(file: &Arc<str>, mut text: Text, lines: u64) -> Result<Text, Problem> {
    let failed = |message: String| Problem::error(Origin::file(file), "INVALID_CSV", message);
    for _ in 0..lines {
        let passed = text.skip_until(b'\n').map_err(|error| failed(error.to_string()))?;
        if passed == 0 {
            break;
        }
    }
    let is_over = text.fill_buf().map_err(|error| failed(error.to_string()))?.is_empty();
    if lines > 0 && is_over {
        return Err(failed(format!("the file ends before its header, row {}", lines + 1)));
    }
    Ok(text)
}

/// From so many delimiters in a row on, one line with as many is a row.
const TELLING_DELIMITERS: usize = 3;

struct CsvRows {
    reader: csv::Reader<Metered>,
    delimiter: u8,
    file: Arc<str>,
    table: Option<Arc<str>>,
    header: Header,
    record: ByteRecord,
    ended: bool,
}

impl CsvRows {
    fn head(&mut self, table: &Table<'_>) -> Result<(), Problem> {
        let mut record = ByteRecord::new();
        let found = self.reader.read_byte_record(&mut record);
        let origin = self.origin(record.position());
        let broken = |message: String| Problem::error(origin.clone(), "INVALID_CSV", message);
        found.map_err(|e| broken(e.to_string()))?;
        let cells: Option<Vec<String>> =
            record.iter().map(|h| text_of(h).map(str::to_owned)).collect();
        let cells = cells.ok_or_else(|| broken(format!("the header is not UTF-8; {SAVE}")))?;
        let loose: Vec<&Field> = if table.is_loose { table.declared.fields() } else { Vec::new() };
        self.header = Header::new(&cells, table.own, &loose).map_err(broken)?;
        Ok(())
    }

    /// Reads a row; `None` where the table ends.
    fn row(&mut self) -> Result<Option<Row>, Problem> {
        loop {
            self.reader.get_mut().record_begins();
            let begins = self.reader.position().clone();
            let mut record = std::mem::take(&mut self.record);
            let found =
                self.reader.read_byte_record(&mut record).map_err(|e| self.failed(&e, &begins))?;
            let row = found.then(|| self.row_of(&record)).transpose();
            self.record = record;
            match row? {
                // A row of nothing but blanks is filling.
                Some(row) if row.fields.is_empty() => {}
                row => return Ok(row),
            }
        }
    }

    fn row_of(&mut self, record: &ByteRecord) -> Result<Row, Problem> {
        let origin = self.origin(record.position());
        let mut fields = JsonMap::new();
        for (name, cell) in self.header.names.iter().zip(record) {
            let Some(cell) = text_of(cell) else {
                let message = format!("the row is not UTF-8; {SAVE}");
                return Err(Problem::error(origin, "NOT_UTF8", message));
            };
            let swallowed = self.rows_in(cell);
            if swallowed > 0 {
                let message = format!(
                    "a quoted cell of this row goes on over {swallowed} lines that look like rows; none of them was read: close the quote"
                );
                return Err(Problem::error(origin, "OPEN_QUOTE", message));
            }
            if let Some(name) = name.as_ref().filter(|_| !cell.trim().is_empty()) {
                fields.insert(name.clone(), Value::from(cell));
            }
        }
        Ok(Row { table: self.table.clone(), ..Row::new(origin, fields) })
    }

    /// How many lines of a cell look like rows of this table. People write several lines into a cell, but not with
    /// just as many delimiters as the table has; where that are few, it takes several such lines to tell.
    fn rows_in(&self, cell: &str) -> usize {
        let wanted = self.header.names.len().saturating_sub(1);
        let is_row =
            |line: &&str| line.bytes().filter(|byte| *byte == self.delimiter).count() == wanted;
        let rows = cell.lines().skip(1).filter(is_row).count();
        let enough = if wanted >= TELLING_DELIMITERS { 1 } else { 3 };
        if wanted > 0 && rows >= enough { rows } else { 0 }
    }

    fn origin(&mut self, at: Option<&csv::Position>) -> Origin {
        let line = at.map_or(0, |at| self.reader.get_mut().line_at(at.byte()));
        Origin::line(&self.file, line)
    }

    /// The problem that an error is, of the record that begins there; after one of the file itself nothing more is read.
    fn failed(&mut self, error: &csv::Error, begins: &csv::Position) -> Problem {
        let origin = self.origin(error.position().or(Some(begins)));
        match error.kind() {
            ErrorKind::UnequalLengths { expected_len, len, .. } => {
                let message = format!(
                    "the row has {len} cells, the header {expected_len}; is a delimiter missing or a quote open?"
                );
                Problem::error(origin, "INVALID_ROW", message)
            }
            _ => {
                let message = format!("the file cannot be read from here on: {error}");
                Problem::error(origin, "NOT_READABLE", message)
            }
        }
    }
}

impl Iterator for CsvRows {
    type Item = Result<Row, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = self.row();
        self.ended = match &row {
            Ok(row) => row.is_none(),
            Err(problem) => problem.code == "NOT_READABLE",
        };
        row.transpose()
    }
}

const SAVE: &str =
    "save the file as UTF-8, or declare its encoding, such as encoding = \"windows-1252\"";

fn text_of(cell: &[u8]) -> Option<&str> {
    std::str::from_utf8(cell).ok()
}
