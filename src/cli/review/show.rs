//! `counterpart review show`

use std::collections::BTreeSet;
use std::fmt::Write;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};

use super::changes;
use super::list::candidate;
use super::name::{KEY, key, twin};
use crate::cli::data::{Data, Where};
use crate::cli::output::{Failure, Format, items, text};
use crate::cli::table::table;

/// Bits of weight for each block of a bar.
const BITS_A_BLOCK: f64 = 1.0;
/// Longest bar, in blocks.
const BLOCKS_MAX: usize = 20;

/// Show a doubtful pair.
#[derive(Debug, Args)]
pub struct Show {
    /// The task, by its id
    task: String,
    #[command(flatten)]
    place: Where,
    /// What the result looks like
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

impl Show {
    /// Shows it; exit code 1 when there is no such task.
    ///
    /// # Errors
    /// When the data cannot be reached.
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let mut data = self.place.open().await?;
        let found = look(&mut data, &self.task).await;
        data.close().await;
        let (task, approval) = found?;
        if task.is_null() {
            return Err(Failure::Other(format!(
                "no task `{}` is open: it was decided, or never raised; `counterpart review list` lists those that are",
                self.task
            )));
        }
        self.format.tell(&whole(task, approval), human)
    }
}

/// The task, and what an approval would change or why it would be refused.
async fn look(data: &mut Data, task: &str) -> Result<(Value, Result<Value, String>), Failure> {
    let document = format!(
        "query($task: ID!) {{
  task(id: $task) {{
    id probability worth raised validFrom validTo
    record {{ {KEY} record {{ ...said }} reported {{ ...reported }} twin {{ id displayName }} }}
    candidateRecord {{ {KEY} record {{ ...said }} reported {{ ...reported }} }}
    candidateTwin {{ id displayName externalIds {{ {KEY} }} sourceRecords {{ {KEY} ...said }} }}
    weights {{ comparison outcome left right weight }}
    alternatives {{ probability record {{ {KEY} }} twin {{ id displayName }} }}
  }}
}}
fragment said on SourceRecord {{ kind modelId identity claims validFrom validTo }}
fragment reported on SelfReport {{ field text channel eventTime }}"
    );
    let found = data.ask(&document, json!({ "task": task })).await?;
    if found.is_null() {
        return Ok((found, Ok(Value::Null)));
    }
    // A refusal is an answer, too.
    let document = format!(
        "query($task: ID!) {{ task(id: $task) {{ ifApproved {{ {} }} }} }}",
        changes::FIELDS
    );
    let approval = match data.ask(&document, json!({ "task": task })).await {
        Ok(approval) => Ok(approval["ifApproved"].clone()),
        Err(Failure::Other(reason)) => Err(reason),
        Err(failure) => return Err(failure),
    };
    Ok((found, approval))
}

fn whole(mut task: Value, approval: Result<Value, String>) -> Value {
    match approval {
        Ok(impact) => task["ifApproved"] = impact,
        Err(reason) => task["refusal"] = reason.into(),
    }
    task
}

fn human(task: &Value) -> String {
    let mut out = String::new();
    let percent = 100.0 * task["probability"].as_f64().unwrap_or_default();
    let (record, other) = (key(&task["record"]), candidate(task));
    // Writing to a string cannot fail.
    let _ =
        writeln!(out, "Is {record} the same thing as {other}? {percent:.0} % by its weights.\n");
    let _ = match (text(&task["validFrom"]), text(&task["validTo"])) {
        ("", "") => Ok(()),
        (from, "") => writeln!(out, "The question is about the time since {from}.\n"),
        ("", to) => writeln!(out, "The question is about the time until {to}.\n"),
        (from, to) => writeln!(out, "The question is about the time from {from} to {to}.\n"),
    };
    let _ = writeln!(out, "{}\n", sides(task));
    let _ = writeln!(out, "{}\n", waterfall(&task["weights"]));
    let alternatives: Vec<&Value> = items(&task["alternatives"]).collect();
    if !alternatives.is_empty() {
        let rows = alternatives.iter().map(|other| {
            let probability = 100.0 * other["probability"].as_f64().unwrap_or_default();
            let key = if other["record"].is_null() { String::new() } else { key(&other["record"]) };
            [format!("{probability:.0} %"), key, twin(&other["twin"]).to_owned()]
        });
        let _ = writeln!(out, "{}\n", table(["SAME?", "OR RECORD", "OR TWIN"], rows));
    }
    let id = text(&task["id"]);
    let _ = match text(&task["refusal"]) {
        "" => {
            let impact = changes::human(&task["ifApproved"]);
            writeln!(out, "An approval would change:\n{impact}")
        }
        reason => writeln!(out, "An approval would be refused: {reason}"),
    };
    let _ = write!(out, "\nDecide with: counterpart review approve|reject {id}");
    out
}

/// Both records field by field.
fn sides(task: &Value) -> String {
    let left = &task["record"];
    // A twin without a named record is shown by what its first record says.
    let right = match &task["candidateRecord"] {
        Value::Null => items(&task["candidateTwin"]["sourceRecords"]).next(),
        record => Some(record),
    };
    let nothing = Value::Null;
    let right = right.unwrap_or(&nothing);
    let right_said = if right["record"].is_null() { right } else { &right["record"] };
    let (mut a, mut b) = (said(&left["record"]), said(right_said));
    add_reported(&mut a, &left["reported"]);
    add_reported(&mut b, &right["reported"]);
    let names: BTreeSet<&String> = a.iter().chain(&b).map(|(name, _)| name).collect();
    let value = |side: &[(String, String)], name: &String| {
        side.iter().find(|(own, _)| own == name).map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let mut rows = vec![
        ["record".to_owned(), key(left), String::new(), key(right)],
        [
            "means".to_owned(),
            twin(&left["twin"]).to_owned(),
            String::new(),
            twin(&task["candidateTwin"]).to_owned(),
        ],
    ];
    rows.extend(names.into_iter().map(|name| {
        let (left, right) = (value(&a, name), value(&b, name));
        let mark = mark(task, &left, &right);
        [name.clone(), left, mark.to_owned(), right]
    }));
    table(["FIELD", "RECORD", "", "CANDIDATE"], rows)
}

/// How two values compare, as far as their comparison tells.
fn mark(task: &Value, left: &str, right: &str) -> &'static str {
    if left.is_empty() || right.is_empty() {
        return "";
    }
    if left.eq_ignore_ascii_case(right) {
        return "=";
    }
    let compared = items(&task["weights"])
        .find(|weight| text(&weight["left"]) == left && text(&weight["right"]) == right);
    match compared.and_then(|weight| weight["weight"].as_f64()) {
        Some(weight) if weight > 0.0 => "≈",
        Some(_) => "≠",
        None => "",
    }
}

/// What a record says of a thing: by what it is matched, and what it claims.
fn said(record: &Value) -> Vec<(String, String)> {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut all = Vec::new();
    for (name, field) in
        [("kind", "kind"), ("its model", "modelId"), ("since", "validFrom"), ("until", "validTo")]
    {
        let value = text(&record[field]);
        if !value.is_empty() {
            all.push((name.to_owned(), value.to_owned()));
        }
    }
    for part in ["identity", "claims"] {
        for (name, value) in record[part].as_object().into_iter().flatten() {
            if !all.iter().any(|(known, _)| known == name) {
                all.push((name.clone(), plain(value)));
            }
        }
    }
    all
}

/// What the device of a record's id says of itself, beside what the record says.
fn add_reported(said: &mut Vec<(String, String)>, reports: &Value) {
    for report in items(reports) {
        let (field, text) = (text(&report["field"]), text(&report["text"]).to_owned());
        let held = said.iter().find(|(name, _)| name == field);
        match held.map(|(_, own)| own.eq_ignore_ascii_case(&text)) {
            Some(true) => {}
            Some(false) => said.push((format!("{field}, reported"), text)),
            None => said.push((field.to_owned(), text)),
        }
    }
    if items(reports).next().is_some() && !said.iter().any(|(name, _)| name == "kind") {
        said.push(("kind".to_owned(), "a device, by its own report".to_owned()));
    }
}

/// What each comparison says, and what that comes to so far.
pub(in crate::cli) fn waterfall(weights: &Value) -> String {
    let mut sum = 0.0;
    let rows = items(weights).map(|step| {
        let weight = step["weight"].as_f64().unwrap_or_default();
        sum += weight;
        let blocks = (weight.abs() / BITS_A_BLOCK).ceil() as usize;
        let block = if weight < 0.0 { "░" } else { "█" };
        [
            text(&step["comparison"]).to_owned(),
            text(&step["outcome"]).to_owned(),
            text(&step["left"]).to_owned(),
            text(&step["right"]).to_owned(),
            format!("{weight:+.1}"),
            format!("{sum:+.1}"),
            block.repeat(blocks.min(BLOCKS_MAX)),
        ]
    });
    table(["COMPARISON", "FOUND", "RECORD", "CANDIDATE", "BITS", "SUM", ""], rows)
}
