//! What a decision would change, as a query asks for it and as text.

use std::fmt::Write;

use serde_json::Value;

use super::name::{key, twin};
use crate::cli::output::{items, text};

/// Twins, ids and streams that are listed, each; more are counted.
const LISTED_MAX: usize = 10;

/// The fields of an `Impact` that are shown.
pub(super) const FIELDS: &str = "twinCount twins { id effect twin { displayName } }
  idCount ids { system scope id validFrom validTo before { displayName } beforeId after { displayName } afterId }
  streamCount streams { system scope device channel validFrom validTo beforePath afterPath afterId readings }
  relationshipCount propertyCount recordCount verdictCount taskCount";

/// An impact as text, indented.
pub(super) fn human(impact: &Value) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    for moved in items(&impact["twins"]).take(LISTED_MAX) {
        let effect = text(&moved["effect"]).to_lowercase();
        let _ = writeln!(out, "  {effect:<8} twin {}", named(&moved["twin"], &moved["id"]));
    }
    rest(&mut out, impact, "twin");
    for moved in items(&impact["ids"]).take(LISTED_MAX) {
        let before = named(&moved["before"], &moved["beforeId"]);
        let after = named(&moved["after"], &moved["afterId"]);
        let _ = writeln!(out, "  moves    id {}{}", key(moved), times(moved));
        let _ = writeln!(out, "             from {before}\n             to   {after}");
    }
    rest(&mut out, impact, "id");
    for moved in items(&impact["streams"]).take(LISTED_MAX) {
        let (device, channel) = (text(&moved["device"]), text(&moved["channel"]));
        let (readings, times) = (&moved["readings"], times(moved));
        let _ = writeln!(out, "  moves    stream {device}/{channel}: {readings} readings{times}");
    }
    rest(&mut out, impact, "stream");
    for (field, what) in [
        ("relationshipCount", "relationships"),
        ("propertyCount", "properties"),
        ("recordCount", "records"),
        ("verdictCount", "verdicts"),
        ("taskCount", "tasks"),
    ] {
        if impact[field].as_u64().unwrap_or_default() > 0 {
            let _ = writeln!(out, "  changes  {what}: {}", impact[field]);
        }
    }
    if out.is_empty() {
        out.push_str("  nothing\n");
    }
    out.trim_end().to_owned()
}

fn rest(out: &mut String, impact: &Value, what: &str) {
    let count = impact[format!("{what}Count")].as_u64().unwrap_or_default() as usize;
    if count > LISTED_MAX {
        let _ = writeln!(out, "           … and {} more {what}s", count - LISTED_MAX);
    }
}

fn named(shown: &Value, id: &Value) -> String {
    match (twin(shown), text(id)) {
        ("", "") => "nothing".to_owned(),
        ("", id) => id.to_owned(),
        (name, id) => format!("{name} ({id})"),
    }
}

fn times(moved: &Value) -> String {
    match (text(&moved["validFrom"]), text(&moved["validTo"])) {
        ("", "") => String::new(),
        (from, "") => format!(", since {from}"),
        ("", to) => format!(", until {to}"),
        (from, to) => format!(", from {from} to {to}"),
    }
}
