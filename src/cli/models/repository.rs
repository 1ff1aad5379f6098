//! Device models repositories: folders, and servers that offer the same layout over HTTP.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::files::text_of;
use super::remote::Remote;
use crate::cli::output::Failure;
use crate::dtdl::{Document, Dtmi, FetchedDocument, repository_path};

/// Repositories in which each model has its place: `dtmi/com/example/thermostat-1.json`.
pub(super) struct Repositories {
    roots: Vec<Root>,
    fetched: Vec<FetchedDocument>,
    failure: Option<Failure>,
}

enum Root {
    Folder(PathBuf),
    Server(Box<Remote>),
}

impl Repositories {
    /// The repositories in these folders and at these URLs; the first that has a model counts.
    ///
    /// # Errors
    /// When one is not a folder, or cannot be asked.
    pub(super) fn open(roots: &[String], own: &[Document<'_>]) -> Result<Self, Failure> {
        let open = |root: &String| -> Result<Root, Failure> {
            if root.contains("://") {
                return Ok(Root::Server(Box::new(Remote::open(root, own)?)));
            }
            match Path::new(root) {
                folder if folder.is_dir() => Ok(Root::Folder(folder.to_owned())),
                _ => Err(Failure::Other(format!(
                    "`{root}` is no folder, so no model can be resolved from it"
                ))),
            }
        };
        let roots = roots.iter().map(open).collect::<Result<_, _>>()?;
        Ok(Self { roots, fetched: Vec::new(), failure: None })
    }

    /// The documents of those models that there are.
    pub(super) fn fetch(&mut self, missing: &[Dtmi]) -> Vec<FetchedDocument> {
        let mut paths: Vec<String> = missing.iter().map(repository_path).collect();
        // Elements of one model have one file.
        paths.sort();
        paths.dedup();
        let mut new = Vec::new();
        for root in &mut self.roots {
            let found = match root {
                Root::Folder(folder) => in_folder(folder, &mut paths, &self.fetched),
                Root::Server(server) => server.fetch(&mut paths),
            };
            match found {
                Ok(found) => new.extend(found),
                Err(failure) => {
                    self.failure.get_or_insert(failure);
                }
            }
        }
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
}

/// Reads what a folder has of the paths, and leaves the others.
fn in_folder(
    root: &Path,
    paths: &mut Vec<String>,
    fetched: &[FetchedDocument],
) -> Result<Vec<FetchedDocument>, Failure> {
    let mut found = Vec::new();
    let mut failure = None;
    paths.retain(|path| {
        let file = root.join(path);
        let name = file.display().to_string();
        if fetched.iter().any(|known| known.name == name) {
            return false;
        }
        match text_of(&file) {
            Ok(text) => {
                found.push(FetchedDocument { name, text: text.into() });
                false
            }
            Err(error) if error.kind() == ErrorKind::NotFound => true,
            Err(error) => {
                failure.get_or_insert(Failure::file(&file, error));
                true
            }
        }
    });
    failure.map_or(Ok(found), Err)
}
