//! Tables for people, within 100 columns.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

use crate::sources::text::printable_lines;

/// Widest line of a table.
const COLUMNS_MAX: u16 = 100;
/// Heads of columns with ids that people copy: these stay whole.
const UNBROKEN: [&str; 3] = ["TASK", "TWIN", "IMPORT"];

/// A table with a head; cells that do not fit go on in the next line.
pub fn table<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(COLUMNS_MAX).set_header(head);
    for row in rows {
        table.add_row(row.map(|cell| printable_lines(&cell).into_owned()));
    }
    for (column, name) in table.column_iter_mut().zip(head) {
        column.set_padding((0, 2));
        if UNBROKEN.contains(&name) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    let lines = table.to_string();
    let lines: Vec<&str> = lines.lines().map(str::trim_end).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_nothing_is_lost() {
        let long = "word ".repeat(60);
        let shown =
            table(["A", "B"], [["1".to_owned(), long], ["\u{1b}[2J".to_owned(), "x".repeat(150)]]);
        assert!(shown.lines().all(|line| line.chars().count() <= 100), "{shown}");
        assert_eq!(shown.matches("word").count(), 60);
        assert_eq!(shown.matches('x').count(), 150);
        assert!(!shown.contains('\u{1b}'), "{shown}");
    }
}
