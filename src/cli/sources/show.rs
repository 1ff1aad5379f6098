//! `counterpart sources list` and `show`

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::data::Where;
use crate::cli::output::{Failure, Format, items, print, say, text};
use crate::cli::table::table;

/// List the sources that were declared.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    place: Where,
    /// What the result looks like
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// Show the declaration of a source, as it was stated last.
#[derive(Debug, Args)]
pub struct Show {
    /// The source
    name: String,
    #[command(flatten)]
    place: Where,
    /// What the result looks like
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

const SOURCES: &str = "query { sources { name declaration } }";

impl List {
    /// Lists.
    ///
    /// # Errors
    /// When the data cannot be reached.
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let found = self.place.ask_once(SOURCES, json!({})).await?;
        self.format.tell(&found, human)
    }
}

impl Show {
    /// Shows it; exit code 1 when there is none of that name.
    ///
    /// # Errors
    /// When the data cannot be reached.
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let found = self.place.ask_once(SOURCES, json!({})).await?;
        let source = items(&found).find(|source| text(&source["name"]) == self.name);
        let source = source.ok_or_else(|| {
            let names: Vec<&str> = items(&found).map(|source| text(&source["name"])).collect();
            let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            Failure::Other(format!("no source is declared as `{}`; there are: {known}", self.name))
        })?;
        match self.format {
            Format::Human => say(toml_of(&source["declaration"])?)?,
            Format::Json => print(format_args!("{source:#}"))?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn human(found: &Value) -> String {
    let rows: Vec<[String; 5]> = items(found).map(row).collect();
    if rows.is_empty() {
        return "No source was declared yet; `counterpart import --source FILE` does it."
            .to_owned();
    }
    table(["SOURCE", "SYSTEM", "FORMAT", "TWINS", "TRUST"], rows)
}

fn row(source: &Value) -> [String; 5] {
    let declaration = &source["declaration"];
    let authority = match &declaration["authority"] {
        Value::Object(detailed) => {
            detailed.get("default").map_or_else(String::new, Value::to_string)
        }
        Value::Null => String::new(),
        plain => plain.to_string(),
    };
    let word = |field: &str| text(&declaration[field]).to_owned();
    let twins = match text(&declaration["twins"]) {
        "" => "from-id".to_owned(),
        twins => twins.to_owned(),
    };
    [text(&source["name"]).to_owned(), word("system"), word("format"), twins, authority]
}

/// A declaration as it is written.
fn toml_of(declaration: &Value) -> Result<String, Failure> {
    let toml = toml::to_string_pretty(&without_nulls(declaration));
    toml.map(|text| text.trim_end().to_owned()).map_err(|e| Failure::Other(e.to_string()))
}

/// TOML has no null: what is not said is left out.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let said = fields.iter().filter(|(_, value)| !value.is_null());
            said.map(|(name, value)| (name.clone(), without_nulls(value))).collect()
        }
        Value::Array(all) => all.iter().map(without_nulls).collect(),
        plain => plain.clone(),
    }
}
