//! `counterpart review decisions`

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::name::{key, twin};
use crate::cli::data::Where;
use crate::cli::output::{Failure, Format, items, second, text};
use crate::cli::table::table;

/// Subjects of a decision that are shown.
const SUBJECTS_MAX: usize = 3;

/// List what was decided.
#[derive(Debug, Args)]
pub struct Decisions {
    /// How many at most
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    limit: usize,
    #[command(flatten)]
    place: Where,
    /// What the result looks like
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

const DECISIONS: &str = "query($first: Int) {
  decisions(first: $first) {
    nodes {
      id recordedAt actor kind reason undoneBy
      subjects {
        twinId twin { displayName } record { system scope id }
        stream { device channel } taskId decisionId
      }
    }
  }
}";

impl Decisions {
    /// Lists.
    ///
    /// # Errors
    /// When the data cannot be reached.
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let found = self.place.ask_once(DECISIONS, json!({ "first": self.limit })).await?;
        self.format.tell(&found, human)
    }
}

fn human(found: &Value) -> String {
    let rows: Vec<[String; 5]> = items(&found["nodes"]).map(row).collect();
    if rows.is_empty() {
        return "Nothing was decided yet.".to_owned();
    }
    table(["DECISION", "WHEN, WHO", "WHAT", "ABOUT", "WHY"], rows)
}

fn row(decision: &Value) -> [String; 5] {
    let kind = text(&decision["kind"]).to_lowercase().replace('_', " ");
    let what = match text(&decision["undoneBy"]) {
        "" => kind,
        by => format!("{kind} (undone by {by})"),
    };
    // A task is an id that says nothing; the records that it was about say all.
    let has_records = items(&decision["subjects"]).any(|subject| !subject["record"].is_null());
    let subjects = items(&decision["subjects"]);
    let subjects = subjects.filter(|subject| !has_records || subject["taskId"].is_null());
    let subjects: Vec<String> = subjects.map(subject).collect();
    let mut about = subjects.iter().take(SUBJECTS_MAX).cloned().collect::<Vec<_>>().join("\n");
    if subjects.len() > SUBJECTS_MAX {
        about.push_str(&format!("\n… {} more", subjects.len() - SUBJECTS_MAX));
    }
    let when = second(text(&decision["recordedAt"]));
    let who = text(&decision["actor"]);
    let reason = text(&decision["reason"]).to_owned();
    [text(&decision["id"]).to_owned(), format!("{when}\n{who}"), what, about, reason]
}

fn subject(subject: &Value) -> String {
    if !subject["record"].is_null() {
        return key(&subject["record"]);
    }
    if !subject["stream"].is_null() {
        let stream = &subject["stream"];
        return format!("{}/{}", text(&stream["device"]), text(&stream["channel"]));
    }
    match (text(&subject["twinId"]), text(&subject["taskId"]), text(&subject["decisionId"])) {
        ("", "", decision) => format!("decision {decision}"),
        ("", task, _) => format!("task {task}"),
        (id, ..) => match twin(&subject["twin"]) {
            "" => format!("twin {id}"),
            name => format!("twin {name}"),
        },
    }
}
