//! Imports that wait in a server: looked at, committed, discarded.

use std::process::ExitCode;

use bytes::Bytes;
use clap::Args;
use http::StatusCode;
use serde_json::Value;

use super::client::{Answer, JSON};
use super::data::Where;
use super::output::{Failure, items, print, say, second, shown, text};
use super::progress::{Knows, Shown};
use super::table::table;

/// Why a server is needed.
pub(super) const WHY: &str = "a server looks at a staged import and keeps it";

/// What is done with imports that wait.
#[derive(Debug, Default, Args)]
#[group(multiple = false)]
pub(super) struct Staging {
    /// Only tell what the import would do; the server keeps it, to be committed or discarded
    #[arg(long)]
    pub(super) stage: bool,
    /// Do a staged import
    #[arg(long, value_name = "ID", conflicts_with = "files")]
    commit: Option<String>,
    /// Forget a staged import
    #[arg(long, value_name = "ID", conflicts_with = "files")]
    discard: Option<String>,
    /// List the imports that wait
    #[arg(long, conflicts_with = "files")]
    staged: bool,
}

impl Staging {
    /// Does what is asked of imports that wait, if something is.
    pub(super) async fn run(
        &self,
        place: &Where,
        as_json: bool,
    ) -> Option<Result<ExitCode, Failure>> {
        if let Some(id) = &self.commit {
            return Some(decide(place, id, "commit", as_json).await);
        }
        if let Some(id) = &self.discard {
            return Some(decide(place, id, "discard", as_json).await);
        }
        if self.staged {
            return Some(list(place, as_json).await);
        }
        None
    }
}

async fn decide(place: &Where, id: &str, what: &str, as_json: bool) -> Result<ExitCode, Failure> {
    // What is no id at all must not become another path.
    let id = id.parse::<uuid::Uuid>().map_err(|_| {
        Failure::Other(format!(
            "`{id}` is no staged import; `counterpart import --staged` lists them"
        ))
    })?;
    let mut client = place.server(WHY).await?;
    let path = format!("/imports/{id}/{what}");
    let knows = Knows::There(client.base().to_owned());
    let work = client.post(&path, JSON, accept(as_json), Bytes::new());
    let answer = Shown::new().during(knows, work).await?;
    if answer.status == StatusCode::NO_CONTENT {
        say(format_args!("{id} is forgotten."))?;
        return Ok(ExitCode::SUCCESS);
    }
    told(&answer)
}

async fn list(place: &Where, as_json: bool) -> Result<ExitCode, Failure> {
    let answer = place.server(WHY).await?.get("/imports").await?;
    if as_json || answer.status != StatusCode::OK {
        return told(&answer);
    }
    let found: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let rows: Vec<[String; 4]> = items(&shown(&found)).map(row).collect();
    say(match rows.is_empty() {
        true => "No import waits.".to_owned(),
        false => table(["IMPORT", "STAGED", "FILES", "WOULD MAKE"], rows),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn row(import: &Value) -> [String; 4] {
    let files: Vec<&str> = items(&import["files"]).map(text).collect();
    let preview = &import["preview"];
    let made = match (text(&import["damaged"]), import["inWork"].as_bool()) {
        ("", Some(true)) => "is in work".to_owned(),
        ("", _) => {
            format!("{} records, {} twins", preview["recordsCreated"], preview["twinsCreated"])
        }
        (reason, _) => reason.to_owned(),
    };
    [text(&import["id"]).to_owned(), second(text(&import["at"])), files.join("\n"), made]
}

/// The form of the answer that is printed.
pub(super) fn accept(as_json: bool) -> &'static str {
    if as_json { JSON } else { "text/plain" }
}

/// Prints a report; exit code 1 when not everything is or would be imported.
///
/// # Errors
/// When the server refuses as a whole, in its own words.
pub(super) fn told(answer: &Answer) -> Result<ExitCode, Failure> {
    let body = String::from_utf8_lossy(&answer.body);
    let parsed = serde_json::from_slice::<Value>(&answer.body);
    let (is_json, problem) = (parsed.is_ok(), parsed.unwrap_or_default());
    let status = answer.status;
    match (text(&problem["detail"]), status.is_success(), status) {
        ("", true, _) | ("", _, StatusCode::UNPROCESSABLE_ENTITY) if is_json => {
            print(body.trim_end())?;
        }
        ("", true, _) | ("", _, StatusCode::UNPROCESSABLE_ENTITY) => say(body.trim_end())?,
        ("", false, _) => {
            return Err(Failure::Other(format!("the server answered {status}: {}", body.trim())));
        }
        (detail, ..) => return Err(Failure::Other(detail.to_owned())),
    }
    let is_whole = matches!(status, StatusCode::OK | StatusCode::ACCEPTED);
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
