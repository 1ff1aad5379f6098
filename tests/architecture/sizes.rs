//! Files and functions stay short.

use crate::sources;

/// Most lines of a file.
const FILE_LINES_MAX: usize = 600;

#[test]
fn no_file_is_longer_than_the_law_allows() {
    let long: Vec<String> = sources::all()
        .iter()
        .map(|file| (file.path.clone(), file.text.lines().count()))
        .filter(|(_, lines)| *lines > FILE_LINES_MAX)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "files over {FILE_LINES_MAX} lines:\n{}", long.join("\n"));
}

#[test]
fn nothing_is_left_undone() {
    let marks = ["TO\u{44}O", "FIXM\u{45}", "unimplemented!", "todo!("];
    let mut left = Vec::new();
    for file in sources::all() {
        for (number, line) in file.text.lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark)) {
                left.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    assert!(left.is_empty(), "left behind:\n{}", left.join("\n"));
}
