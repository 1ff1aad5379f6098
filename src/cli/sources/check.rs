//! `counterpart sources check`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli::declarations::Declarations;
use crate::cli::files::found;
use crate::cli::output::{Failure, print, say};
use crate::clock::{Clock, SystemClock};
use crate::dtdl::{Catalogue, Document};
use crate::sources::import::{against, check};
use crate::sources::text::Input;

/// Show how files would be read by a declaration.
#[derive(Debug, Args)]
pub struct Check {
    /// The declaration (TOML)
    #[arg(value_name = "DECLARATION")]
    declaration: PathBuf,
    /// The source's files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Models by which values are read, and which have to have the properties that the declaration maps: files,
    /// or folders to search for .json files
    #[arg(long, value_name = "PATH")]
    models: Vec<PathBuf>,
    /// How many records of each file are shown
    #[arg(long, value_name = "COUNT", default_value_t = 3)]
    first: usize,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    /// Checks, prints the result; exit code 1 when something could not be imported.
    ///
    /// # Errors
    /// When a file cannot be read, or the declaration or a model cannot be used.
    pub fn run(&self) -> Result<ExitCode, Failure> {
        let declarations = Declarations::read(std::slice::from_ref(&self.declaration))?;
        let catalogue = catalogue(&self.models)?;
        let inputs: Vec<Input> = self.files.iter().map(|path| Input::file(path)).collect();
        let now = SystemClock.now();
        let mut checked = check(&inputs, &declarations.parsed, &catalogue, now, self.first);
        if !self.models.is_empty() {
            let texts = declarations.with_texts();
            let found = texts.flat_map(|(declared, text)| against(declared, &text, &catalogue));
            found.for_each(|problem| checked.problem(problem));
        }
        if self.json {
            let json = serde_json::to_string_pretty(&checked);
            print(json.map_err(|e| Failure::Other(e.to_string()))?)?;
        } else {
            say(&checked)?;
        }
        Ok(if checked.errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn catalogue(paths: &[PathBuf]) -> Result<Catalogue, Failure> {
    let mut texts = Vec::new();
    for path in found(paths)? {
        let text = std::fs::read_to_string(&path).map_err(|e| Failure::file(&path, e))?;
        texts.push((path.display().to_string(), text));
    }
    let documents: Vec<Document<'_>> =
        texts.iter().map(|(name, text)| Document { name, text }).collect();
    let upload = Catalogue::empty().plan(&documents);
    let upload = upload.map_err(|errors| Failure::Other(errors.to_string()))?;
    Ok(Catalogue::empty().with(&upload))
}
