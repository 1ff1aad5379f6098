//! `counterpart review approve`, `reject` and `undo`.

use std::fmt::Write;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::changes;
use crate::cli::data::Where;
use crate::cli::output::{Failure, Format, items, text};

/// How a decision is made.
#[derive(Debug, Args)]
pub(super) struct How {
    /// Why; it is kept with the decision
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Only tell what the decision would change
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    place: Where,
    /// What the result looks like
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// Decide that a doubtful pair is the same thing.
#[derive(Debug, Args)]
pub struct Approve {
    /// The task, by its id
    task: String,
    /// Since when the two are one, in RFC 3339 [default: always]
    #[arg(long, value_name = "MOMENT")]
    from: Option<String>,
    #[command(flatten)]
    how: How,
}

/// Decide that a doubtful pair is two things.
#[derive(Debug, Args)]
pub struct Reject {
    /// The task, by its id
    task: String,
    #[command(flatten)]
    how: How,
}

/// Take a decision back.
#[derive(Debug, Args)]
pub struct Undo {
    /// The decision, as `review decisions` names it; or an entry of the log: then all that it decided
    decision: String,
    #[command(flatten)]
    how: How,
}

impl Approve {
    /// Approves, or tells what that would change.
    ///
    /// # Errors
    /// When it is refused.
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let input = json!({ "task": self.task, "validFrom": self.from });
        self.how.decide("approveTask", input).await
    }
}

impl Reject {
    /// Rejects, or tells what that would change.
    ///
    /// # Errors
    /// When it is refused.
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        self.how.decide("rejectTask", json!({ "task": self.task })).await
    }
}

impl Undo {
    /// Takes it back, or tells what that would change.
    ///
    /// # Errors
    /// When it is refused.
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        self.how.decide("undo", json!({ "decision": self.decision })).await
    }
}

impl How {
    /// Decides by the mutation of that name.
    ///
    /// # Errors
    /// When it is refused.
    pub(super) async fn decide(
        self,
        mutation: &str,
        mut input: Value,
    ) -> Result<ExitCode, Failure> {
        input["reason"] = json!(self.reason);
        let type_name = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let document = format!(
            "mutation($input: {type_name}!, $dryRun: Boolean) {{
  {mutation}(input: $input, dryRun: $dryRun) {{
    changed decision position twin {{ id displayName }}
    conflicts {{ path validFrom validTo kept lost }}
    impact {{ {} }}
  }}
}}",
            changes::FIELDS
        );
        let variables = json!({ "input": input, "dryRun": self.dry_run });
        let done = self.place.ask_once(&document, variables).await?;
        self.format.tell(&done, human)
    }
}

fn human(done: &Value) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    for conflict in items(&done["conflicts"]) {
        let (path, kept, lost) = (text(&conflict["path"]), &conflict["kept"], &conflict["lost"]);
        let _ = writeln!(out, "both state {path}: {kept} stands, {lost} does not");
    }
    if !done["impact"].is_null() {
        let changes = changes::human(&done["impact"]);
        let _ = write!(out, "Nothing was done. It would change:\n{changes}");
        return out;
    }
    out.push_str(&match (done["changed"] == true, text(&done["decision"])) {
        (false, _) => "It was so already.".to_owned(),
        (true, "") => "Done.".to_owned(),
        (true, id) => format!("Decision {id}; `counterpart review undo {id}` takes it back."),
    });
    out
}
