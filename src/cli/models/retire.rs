//! `counterpart models decommission`, `recommission` and `delete`.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::data::Where;
use crate::cli::output::{Failure, say, text};
use crate::sources::text::printable;

/// A model of the catalogue.
#[derive(Debug, Args)]
pub struct One {
    /// Its DTMI
    id: String,
    #[command(flatten)]
    place: Where,
}

/// Take models from the catalogue that no twin ever had and no other model needs, all or none.
#[derive(Debug, Args)]
pub struct Delete {
    /// Their DTMIs; they may use each other
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    #[command(flatten)]
    place: Where,
    /// Only tell what stands in the way
    #[arg(long)]
    dry_run: bool,
}

impl One {
    /// Lets the model have no new twins, or lets it have them again.
    ///
    /// # Errors
    /// When the model is not known.
    pub(super) async fn run(self, decommission: bool) -> Result<ExitCode, Failure> {
        let field = if decommission { "decommissionModel" } else { "recommissionModel" };
        let document = format!("mutation($id: ID!) {{ {field}(id: $id) {{ changed }} }}");
        let mut catalogue = self.place.open().await?;
        let done = catalogue.ask(&document, json!({ "id": self.id })).await;
        catalogue.close().await;
        let id = &self.id;
        say(match (decommission, done?["changed"] == true) {
            (true, true) => format!("{id} gets no new twins from now on; its twins stay."),
            (true, false) => format!("{id} was decommissioned already."),
            (false, true) => format!("{id} is in use again."),
            (false, false) => format!("{id} is in use."),
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

const DELETE: &str = "mutation($ids: [ID!]!, $dryRun: Boolean) {
  deleteModels(ids: $ids, dryRun: $dryRun) { ids useCount uses { message } }
}";

impl Delete {
    /// Deletes; exit code 1 when something stands in the way.
    ///
    /// # Errors
    /// When a model is not known, or is used.
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let mut catalogue = self.place.open().await?;
        let variables = json!({ "ids": self.ids, "dryRun": self.dry_run });
        let done = catalogue.ask(DELETE, variables).await;
        catalogue.close().await;
        let done = done?;
        let uses: Vec<&Value> = done["uses"].as_array().into_iter().flatten().collect();
        for found in &uses {
            say(printable(text(&found["message"])))?;
        }
        let count = done["ids"].as_array().map_or(0, Vec::len);
        if !uses.is_empty() {
            say(format_args!(
                "{} uses stand in the way; nothing would be deleted.",
                done["useCount"]
            ))?;
            return Ok(ExitCode::FAILURE);
        }
        let verb = if self.dry_run { "would be" } else { "are" };
        say(format_args!("{count} models {verb} deleted."))?;
        Ok(ExitCode::SUCCESS)
    }
}
