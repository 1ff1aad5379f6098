//! Declarations of sources on the command line.

use std::path::PathBuf;
use std::sync::Arc;

use super::output::Failure;
use crate::http::BundledSource;
use crate::sources::declaration::Declaration;
use crate::sources::import::DeclarationText;

/// Declarations that were read and understood.
pub struct Declarations {
    /// What they declare.
    pub parsed: Vec<Arc<Declaration>>,
    texts: Vec<(String, String)>,
}

impl Declarations {
    /// Reads and checks the files.
    ///
    /// # Errors
    /// When one cannot be read, or declares something wrong.
    pub fn read(files: &[PathBuf]) -> Result<Self, Failure> {
        let mut found = Self { parsed: Vec::new(), texts: Vec::new() };
        for path in files {
            let text = std::fs::read_to_string(path).map_err(|e| Failure::file(path, e))?;
            let name = path.display().to_string();
            let declaration = Declaration::parse(&text).map_err(|e| {
                Failure::Other(format!("the declaration {name} cannot be used: {e}"))
            })?;
            found.parsed.push(Arc::new(declaration));
            found.texts.push((name, text));
        }
        Ok(found)
    }

    /// Each with the text that it is of.
    pub fn with_texts(&self) -> impl Iterator<Item = (&Declaration, DeclarationText<'_>)> {
        let texts = self.texts.iter().map(|(file, toml)| DeclarationText { file, toml });
        self.parsed.iter().map(AsRef::as_ref).zip(texts)
    }

    /// The same, for a server.
    pub fn bundled(&self) -> Vec<BundledSource> {
        let texts = self.texts.iter();
        texts
            .map(|(name, text)| BundledSource { name: name.clone(), content: text.clone() })
            .collect()
    }
}
