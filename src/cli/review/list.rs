//! `counterpart review list`

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::name::{key, twin};
use crate::cli::data::Where;
use crate::cli::output::{Failure, Format, items, text};
use crate::cli::table::table;

/// List the review queue.
#[derive(Debug, Args)]
pub struct List {
    /// In which order
    #[arg(long, value_enum, default_value_t = Order::Worth)]
    order: Order,
    /// Only pairs whose record is of this system
    #[arg(long, value_name = "NAME")]
    system: Option<String>,
    /// How many at most
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    limit: usize,
    #[command(flatten)]
    place: Where,
    /// What the result looks like
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

/// In which order pairs are listed.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Order {
    /// What a decision is worth, most first.
    Worth,
    /// How probable the pair is, most first.
    Probability,
    /// When it was raised, oldest first.
    Raised,
}

const TASKS: &str = "query($order: TaskOrder, $system: String, $first: Int) {
  tasks(order: $order, system: $system, first: $first) {
    totalCount
    nodes {
      id probability worth raised
      record { system scope id twin { id displayName } }
      candidateRecord { system scope id }
      candidateTwin { id displayName }
    }
  }
}";

impl List {
    /// Lists.
    ///
    /// # Errors
    /// When the data cannot be reached.
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let order = match self.order {
            Order::Worth => "WORTH",
            Order::Probability => "PROBABILITY",
            Order::Raised => "RAISED",
        };
        let variables = json!({ "order": order, "system": self.system, "first": self.limit });
        let found = self.place.ask_once(TASKS, variables).await?;
        self.format.tell(&found, human)
    }
}

fn human(found: &Value) -> String {
    if found["totalCount"] == 0 {
        return "No doubtful pair waits for a decision.".to_owned();
    }
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    let rows = items(&found["nodes"]).map(|task| {
        [
            text(&task["id"]).to_owned(),
            format!("{:.0} %", 100.0 * number(&task["probability"])),
            format!("{:.2}", number(&task["worth"])),
            key(&task["record"]),
            candidate(task),
        ]
    });
    let listed = table(["TASK", "SAME?", "WORTH", "RECORD", "MAY BE"], rows);
    let shown = items(&found["nodes"]).count();
    let total = &found["totalCount"];
    format!("{listed}\n\n{shown} of {total}; `counterpart review show TASK` tells more of one.")
}

/// What the record may describe, in a few words.
pub(super) fn candidate(task: &Value) -> String {
    let name = twin(&task["candidateTwin"]);
    if task["candidateRecord"].is_null() {
        return name.to_owned();
    }
    let key = key(&task["candidateRecord"]);
    if name.is_empty() { key } else { format!("{key} ({name})") }
}
