//! The cells of a sheet become rows.

use std::collections::HashSet;
use std::sync::Arc;

use calamine::{DataRef, ExcelDateTime};
use serde_json::Value;

use super::header::Header;
use super::row::Row;
use crate::domain::fact::JsonMap;
use crate::sources::declaration::{Declared, Field};
use crate::sources::limits::COLUMNS_MAX;
use crate::sources::problem::{Origin, Problem, Remark};

/// How a sheet is read.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// What the declaration itself says.
    pub own: Declared,
    /// All that is declared.
    pub declared: Declared,
    /// Whether columns take the declared names also when they drifted.
    pub is_loose: bool,
    /// The table, where a source has several.
    pub table: Option<Arc<str>>,
}

/// Puts cells together to rows, one sheet at a time.
pub struct SheetReader {
    file: Arc<str>,
    name: Arc<str>,
    sheet: Sheet,
    header: Option<Header>,
    /// The row that is being put together, from 0.
    at: Option<u32>,
    cells: Vec<(u32, Value)>,
    remarks: Vec<Remark>,
    /// Columns whose formulas were told of.
    formulas: HashSet<u32>,
    over: bool,
}

type Found = Vec<Result<Row, Problem>>;

impl SheetReader {
    /// Reads a sheet.
    pub fn new(file: &Arc<str>, name: &str, sheet: Sheet) -> Self {
        Self {
            file: file.clone(),
            name: name.into(),
            sheet,
            header: None,
            at: None,
            cells: Vec::new(),
            remarks: Vec::new(),
            formulas: HashSet::new(),
            over: false,
        }
    }

    /// Whether nothing more is to be read.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Takes a cell; answers what was complete before it.
    pub fn cell(&mut self, at: (u32, u32), value: &DataRef<'_>, is_formula: bool) -> Found {
        let found = if self.at == Some(at.0) { Vec::new() } else { self.end() };
        self.at = Some(at.0);
        if is_formula {
            self.formula(at, value);
        }
        match value {
            DataRef::Error(error) => {
                let message =
                    format!("the cell {} holds {error}, which was left out", cell_name(at));
                self.remarks.push(Remark::error("ERROR_CELL", message));
            }
            value => self.cells.extend(json(value).map(|value| (at.1, value))),
        }
        found
    }

    /// What the row that was put together is.
    pub fn end(&mut self) -> Found {
        let Some(at) = self.at.take() else {
            return Vec::new();
        };
        let cells = std::mem::take(&mut self.cells);
        let remarks = std::mem::take(&mut self.remarks);
        let origin = Origin::row(&self.file, &self.name, u64::from(at) + 1);
        let first = self.sheet.declared.read.header_row.unwrap_or(0);
        let is_early = u64::from(at) + 1 < first;
        if is_early || (cells.is_empty() && remarks.is_empty()) {
            return Vec::new();
        }
        let Some(header) = &self.header else {
            return self.head(origin, &cells);
        };
        let mut fields = JsonMap::new();
        for (column, value) in cells {
            let name = header.names.get(column as usize).and_then(Option::as_ref);
            if let Some(name) = name {
                fields.insert(name.clone(), value);
            }
        }
        if fields.is_empty() && remarks.is_empty() {
            return Vec::new();
        }
        vec![Ok(Row { table: self.sheet.table.clone(), remarks, ..Row::new(origin, fields) })]
    }

    fn head(&mut self, origin: Origin, cells: &[(u32, Value)]) -> Found {
        let last = cells.iter().map(|(column, _)| *column as usize).max().unwrap_or_default();
        // One more than is accepted is enough to be refused, however far out a cell stands.
        let mut names = vec![String::new(); (last + 1).min(COLUMNS_MAX + 1)];
        for (column, value) in cells {
            if let Some(name) = names.get_mut(*column as usize) {
                *name = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            }
        }
        let declared = &self.sheet.declared;
        let loose: Vec<&Field> = if self.sheet.is_loose { declared.fields() } else { Vec::new() };
        match Header::new(&names, &self.sheet.own, &loose) {
            Ok(mut header) => {
                let remarks = std::mem::take(&mut header.remarks);
                self.header = Some(header);
                remarks.into_iter().map(|remark| Err(remark.at(&origin))).collect()
            }
            Err(message) => {
                self.over = true;
                vec![Err(Problem::error(origin, "INVALID_HEADER", message))]
            }
        }
    }

    fn formula(&mut self, at: (u32, u32), value: &DataRef<'_>) {
        if *value == DataRef::Empty {
            let message = format!(
                "the formula in {} has no stored value; open the workbook and save it",
                cell_name(at)
            );
            self.remarks.push(Remark::error("FORMULA", message));
        } else if self.header.is_some() && self.formulas.insert(at.1) {
            let message = format!(
                "{} is a formula; its stored value is taken, and those of further formulas in the column",
                cell_name(at)
            );
            self.remarks.push(Remark::note("FORMULA", message));
        }
    }
}

/// The value of a cell; none when it says nothing.
fn json(value: &DataRef<'_>) -> Option<Value> {
    match value {
        DataRef::Int(number) => Some(Value::from(*number)),
        DataRef::Float(number) => Some(number_of(*number)),
        DataRef::String(text) => said(text),
        DataRef::SharedString(text) => said(text),
        DataRef::Bool(truth) => Some(Value::Bool(*truth)),
        DataRef::DateTime(moment) => Some(Value::from(moment_of(moment))),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => said(text),
        DataRef::Error(_) | DataRef::Empty => None,
    }
}

fn said(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(|| Value::from(text))
}

/// Workbooks have only doubles: what is whole is meant as such.
fn number_of(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() <= EXACT {
        return Value::from(number as i64);
    }
    Value::from(number)
}

/// The date, the time, or both, in ISO 8601; durations in hours.
fn moment_of(moment: &ExcelDateTime) -> String {
    let serial = moment.as_f64();
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let time = match milli {
        0 => format!("{hour:02}:{minute:02}:{second:02}"),
        _ => format!("{hour:02}:{minute:02}:{second:02}.{milli:03}"),
    };
    if moment.is_duration() {
        let seconds = (serial * 86_400.0).round();
        return format!("PT{seconds}S");
    }
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (0.0..1.0).contains(&serial) {
        time
    } else if serial.fract() == 0.0 {
        date
    } else {
        format!("{date}T{time}")
    }
}

/// The name of a cell, such as `B7`.
fn cell_name((row, column): (u32, u32)) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        letters.push(b'A' + (rest % 26) as u8);
        match rest / 26 {
            0 => break,
            more => rest = more - 1,
        }
    }
    letters.reverse();
    format!("{}{}", String::from_utf8_lossy(&letters), row + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_the_names_that_people_see() {
        for (column, name) in [(0, "A1"), (25, "Z1"), (26, "AA1"), (701, "ZZ1"), (702, "AAA1")] {
            assert_eq!(cell_name((0, column)), name);
        }
    }

    #[test]
    fn numbers_stay_what_they_are() {
        assert_eq!(number_of(10_004_055.0), Value::from(10_004_055));
        assert_eq!(number_of(0.5), Value::from(0.5));
        assert_eq!(number_of(1e300), Value::from(1e300));
    }
}
