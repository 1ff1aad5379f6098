//! The files that a command is given.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::output::Failure;

/// The files themselves, and the .json and .json.gz files below folders, each once and in order.
///
/// # Errors
/// When one cannot be opened, or a folder holds no such file: a pipeline that looks at nothing is
/// set up wrongly.
pub fn found(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut search = Search::default();
    for path in paths {
        let before = search.visited.len();
        search.visit(path)?;
        let is_empty = !search.found.iter().any(|file| file.starts_with(path));
        if path.is_dir() && search.visited.len() > before && is_empty {
            let path = path.display();
            return Err(Failure::Other(format!("there is no .json file below `{path}`")));
        }
    }
    for file in &search.found {
        std::fs::File::open(file).map_err(|e| Failure::file(file, e))?;
    }
    Ok(search.found)
}

#[derive(Default)]
struct Search {
    found: Vec<PathBuf>,
    /// Files and folders that were visited, by whatever path: a file given twice would define
    /// its models twice, and a link to a folder above would never end.
    visited: HashSet<PathBuf>,
}

impl Search {
    fn visit(&mut self, path: &Path) -> Result<(), Failure> {
        let failed = |error| Failure::file(path, error);
        if !self.visited.insert(path.canonicalize().map_err(failed)?) {
            return Ok(());
        }
        if !path.is_dir() {
            self.found.push(path.to_owned());
            return Ok(());
        }
        let entries: Result<Vec<_>, _> = std::fs::read_dir(path).map_err(failed)?.collect();
        let mut inside: Vec<_> = entries.map_err(failed)?.iter().map(|e| e.path()).collect();
        inside.sort();
        let wanted = inside.iter().filter(|entry| is_wanted(entry));
        wanted.into_iter().try_for_each(|entry| self.visit(entry))
    }
}

/// Whether what a folder contains is looked at: hidden things are not models, and expanded files
/// of a repository repeat what its other files define.
fn is_wanted(entry: &Path) -> bool {
    let name = entry.file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with('.') {
        return false;
    }
    let plain = name.strip_suffix(".gz").unwrap_or(&name);
    entry.is_dir() || (plain.ends_with(".json") && !plain.ends_with(".expanded.json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_means_the_json_files_in_it_and_below() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("b")).unwrap();
        for name in ["c.json", "b/a.json", "readme.md", "d.ttl"] {
            std::fs::write(path(name), "").unwrap();
        }
        let given = [path("d.ttl"), folder.path().to_owned()];
        let expected = [path("d.ttl"), path("b/a.json"), path("c.json")];
        assert_eq!(found(&given).ok(), Some(expected.to_vec()));
    }

    #[test]
    fn what_is_not_there_or_holds_nothing_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(found(&[folder.path().to_owned()]).is_err());
        assert!(found(&[folder.path().join("absent.json")]).is_err());
    }
}
