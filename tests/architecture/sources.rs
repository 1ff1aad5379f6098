//! Reads the crate's own source files.

use std::fs;
use std::path::Path;

/// A source file of the crate.
pub struct SourceFile {
    /// Path below `src/`, with `/` between its parts.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl SourceFile {
    /// The stage that the file belongs to: its first folder, or its own name.
    pub fn stage(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The lines that are product code: those before the file's unit tests.
    pub fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate();
        lines.take_while(|(_, line)| line.trim() != "#[cfg(test)]").map(|(n, line)| (n + 1, line))
    }
}

/// All files below `src/`, by path.
pub fn all() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &root, &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(files.len() > 50, "the sources were not found below {}", root.display());
    files
}

fn collect(root: &Path, directory: &Path, files: &mut Vec<SourceFile>) {
    let entries = fs::read_dir(directory).expect("the directory can be read");
    for path in entries.map(|entry| entry.expect("the entry can be read").path()) {
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(SourceFile { path: relative(root, &path), text: read(&path) });
        }
    }
}

fn relative(root: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(root).expect("the file is below src");
    inside.to_string_lossy().replace('\\', "/")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("the file can be read")
}
