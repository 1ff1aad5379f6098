//! Test data that do not belong to the project.

use std::path::{Path, PathBuf};

/// A file of the shared test data, or `None` after saying plainly that the test is skipped.
pub fn shared(path: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let root = std::env::var_os("COUNTERPART_SHARED").map_or(beside, PathBuf::from);
    let file = root.join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("SKIPPED: the shared test data are not here: {}", file.display());
    None
}

/// The value of a variable that `tests/run` sets, or `None` after saying that the test is skipped.
pub fn service(variable: &str) -> Option<String> {
    let value = std::env::var(variable).ok();
    if value.is_none() {
        eprintln!("SKIPPED: {variable} is not set; tests/run starts the service and sets it");
    }
    value
}
