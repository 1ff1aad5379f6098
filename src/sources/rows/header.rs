//! The names of a table's columns.

use std::collections::HashMap;

use crate::domain::id::abridged;
use crate::sources::declaration::{Declared, Field};
use crate::sources::limits::COLUMNS_MAX;
use crate::sources::problem::Remark;

/// The names of a table's columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// One for each column; none where the header is empty.
    pub names: Vec<Option<String>>,
    /// What should be known about how it was read.
    pub remarks: Vec<Remark>,
}

impl Header {
    /// The header that these cells are. `own` names columns that must be there; `loose` are names
    /// that columns take also when they differ in case, blanks, hyphens or underscores.
    ///
    /// # Errors
    /// When a column is missing or stands twice, or there are too many.
    pub fn new(cells: &[String], own: &Declared, loose: &[&Field]) -> Result<Self, String> {
        if cells.len() > COLUMNS_MAX {
            let found = cells.len();
            return Err(format!("the header has {found} columns, at most {COLUMNS_MAX} are read"));
        }
        let mut header = Self { names: Vec::with_capacity(cells.len()), remarks: Vec::new() };
        let mut counts: HashMap<String, usize> = HashMap::new();
        for cell in cells {
            let name = header.drifted(cell.trim(), cells, loose);
            let count = counts.entry(name.clone()).or_insert(0);
            *count += 1;
            header.names.push(match (name.is_empty(), *count) {
                (true, _) => None,
                (false, 1) => Some(name),
                (false, count) => Some(format!("{name} ({count})")),
            });
        }
        for field in own.fields() {
            required(field, cells, &counts)?;
        }
        for (name, count) in counts.iter().filter(|(name, count)| **count > 1 && !name.is_empty()) {
            let message = format!(
                "the column `{}` stands {count} times; numbers tell them apart",
                abridged(name)
            );
            header.remarks.push(Remark::note("COLUMN_TWICE", message));
        }
        Ok(header)
    }

    /// The name that a column is read as.
    fn drifted(&mut self, cell: &str, cells: &[String], loose: &[&Field]) -> String {
        let names = || loose.iter().flat_map(|field| field.columns());
        if cell.is_empty() || names().any(|name| name == cell) {
            return cell.to_owned();
        }
        let meant = names().find(|name| {
            bare(name) == bare(cell) && !cells.iter().any(|other| other.trim() == *name)
        });
        let Some(meant) = meant else {
            return cell.to_owned();
        };
        let message = format!("the column `{cell}` is read as `{meant}`");
        self.remarks.push(Remark::note("COLUMN_RENAMED", message));
        meant.to_owned()
    }
}

fn bare(name: &str) -> String {
    let kept = name.chars().filter(|c| !matches!(c, ' ' | '_' | '-'));
    kept.collect::<String>().to_lowercase()
}

fn required(
    field: &Field,
    cells: &[String],
    counts: &HashMap<String, usize>,
) -> Result<(), String> {
    let mut known = field.columns().filter_map(|name| counts.get(name).map(|n| (name, *n)));
    match known.next() {
        Some((_, 1)) => Ok(()),
        Some((name, _)) => {
            Err(format!("the column `{name}` stands twice in the header; which one is meant?"))
        }
        None if field.columns().next().is_none() => Ok(()),
        None => {
            let shown: Vec<String> = cells.iter().take(20).map(|h| abridged(h.trim())).collect();
            let shown = shown.join(", ");
            Err(format!("the declaration names the column {field}; the header has: {shown}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(cells: &[&str], loose: &[&Field]) -> Header {
        let cells: Vec<String> = cells.iter().map(|cell| (*cell).to_owned()).collect();
        Header::new(&cells, &Declared::default(), loose).unwrap()
    }

    #[test]
    fn columns_that_stand_twice_are_told_apart() {
        let found = header(&["a", "", "a"], &[]);
        assert_eq!(found.names, [Some("a".to_owned()), None, Some("a (2)".to_owned())]);
        assert_eq!(found.remarks[0].code, "COLUMN_TWICE");
    }

    #[test]
    fn names_that_drifted_are_read_as_what_they_mean() {
        let serial = Field::new("SerialNumber").unwrap();
        let found = header(&["Serial Number", "other"], &[&serial]);
        assert_eq!(found.names[0].as_deref(), Some("SerialNumber"));
        assert_eq!(found.remarks[0].code, "COLUMN_RENAMED");
        let found = header(&["Serial Number", "SerialNumber"], &[&serial]);
        assert_eq!(found.names[0].as_deref(), Some("Serial Number"));
    }
}
