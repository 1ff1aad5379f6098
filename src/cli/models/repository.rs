//! Device models repositories on disk.

use std::io::ErrorKind;
use std::path::PathBuf;

use super::files::text_of;
use crate::cli::output::Failure;
use crate::dtdl::{Dtmi, FetchedDocument, repository_path};

/// Folders in which each model has its place: `dtmi/com/example/thermostat-1.json`.
pub(super) struct Repositories {
    roots: Vec<PathBuf>,
    fetched: Vec<FetchedDocument>,
    failure: Option<Failure>,
}

impl Repositories {
    /// The repositories in these folders; the first that has a model counts.
    ///
    /// # Errors
    /// When one is not a folder.
    pub(super) fn open(roots: &[PathBuf]) -> Result<Self, Failure> {
        if let Some(root) = roots.iter().find(|root| !root.is_dir()) {
            let root = root.display();
            let message = format!("`{root}` is no folder, so no model can be resolved from it");
            return Err(Failure::Other(message));
        }
        Ok(Self { roots: roots.to_vec(), fetched: Vec::new(), failure: None })
    }

    /// The documents of those models that there are.
    pub(super) fn fetch(&mut self, missing: &[Dtmi]) -> Vec<FetchedDocument> {
        let mut paths: Vec<String> = missing.iter().map(repository_path).collect();
        // Elements of one model have one file.
        paths.sort();
        paths.dedup();
        let new: Vec<_> = paths.iter().filter_map(|path| self.read(path)).collect();
        self.fetched.extend(new.iter().cloned());
        new
    }

    /// All documents that were fetched.
    ///
    /// # Errors
    /// When one is there and could not be read.
    pub(super) fn fetched(self) -> Result<Vec<FetchedDocument>, Failure> {
        self.failure.map_or(Ok(self.fetched), Err)
    }

    fn read(&mut self, path: &str) -> Option<FetchedDocument> {
        for root in &self.roots {
            let file = root.join(path);
            let name = file.display().to_string();
            if self.fetched.iter().any(|known| known.name == name) {
                return None;
            }
            match text_of(&file) {
                Ok(text) => {
                    let text = text.into();
                    return Some(FetchedDocument { name, text });
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => {
                    self.failure.get_or_insert(Failure::file(&file, error));
                }
            }
        }
        None
    }
}
