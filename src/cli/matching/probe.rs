//! `counterpart match probe`

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::data::Where;
use crate::cli::output::{Failure, Format, items, text};
use crate::cli::review::waterfall;
use crate::cli::table::table;

/// Find the twins that a thing may be, by what is known of it.
///
/// For example: counterpart match probe serial=44710-07 manufacturer=KSB
#[derive(Debug, Args)]
pub struct Probe {
    /// What is known: serial, manufacturer, model, mac, tag, location …
    #[arg(value_name = "FIELD=TEXT", value_parser = field, required_unless_present = "text")]
    known: Vec<(String, String)>,
    /// A name or an id, or how it begins
    #[arg(long)]
    text: Option<String>,
    /// The system that says so; one has mostly one record of a thing
    #[arg(long, value_name = "NAME")]
    system: Option<String>,
    /// Only twins of this model and its subtypes; may be given several times
    #[arg(long, value_name = "DTMI")]
    model: Vec<String>,
    /// How many at most
    #[arg(long, value_name = "COUNT", default_value_t = 5)]
    limit: usize,
    #[command(flatten)]
    place: Where,
    /// What the result looks like
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

fn field(text: &str) -> Result<(String, String), String> {
    let (name, value) =
        text.split_once('=').ok_or("write FIELD=TEXT, for example serial=44710-07")?;
    Ok((name.to_owned(), value.to_owned()))
}

const CANDIDATES: &str =
    "query($text: String, $known: [IdentityFieldInput!], $system: String, $models: [String!], $first: Int) {
  candidates(text: $text, known: $known, system: $system, models: $models, first: $first) {
    probability
    twin { id displayName model { id } externalIds { system scope id } }
    weights { comparison outcome left right weight }
  }
}";

impl Probe {
    /// Finds, and says why.
    ///
    /// # Errors
    /// When the data cannot be reached.
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let known = self.known.iter().map(|(name, value)| json!({ "name": name, "value": value }));
        let models = Some(&self.model).filter(|models| !models.is_empty());
        let variables = json!({
            "text": self.text, "known": known.collect::<Vec<_>>(), "system": self.system,
            "models": models, "first": self.limit,
        });
        let found = self.place.ask_once(CANDIDATES, variables).await?;
        self.format.tell(&found, human)
    }
}

fn human(found: &Value) -> String {
    let Some(best) = items(found).next() else {
        return "No twin is like that.".to_owned();
    };
    let rows = items(found).map(|candidate| {
        let twin = &candidate["twin"];
        let percent = 100.0 * candidate["probability"].as_f64().unwrap_or_default();
        let ids = items(&twin["externalIds"])
            .map(|id| format!("{}:{}", text(&id["system"]), text(&id["id"])));
        let (id, name) = (text(&twin["id"]).to_owned(), text(&twin["displayName"]).to_owned());
        [format!("{percent:.0} %"), id, name, ids.collect::<Vec<_>>().join("\n")]
    });
    let listed = table(["SAME?", "TWIN", "NAME", "IDS"], rows);
    if items(&best["weights"]).next().is_none() {
        return listed;
    }
    let name = text(&best["twin"]["displayName"]);
    format!("{listed}\n\nWhy {name}:\n{}", waterfall(&best["weights"]))
}
