//! The result of a check, in its formats.

use serde_json::{Value, json};

use crate::dtdl::{
    ModelError, ModelErrors, SourceText, render, render_warnings, to_json, to_sarif,
};

/// What a check found.
pub(super) struct Checked<'a> {
    /// How many files were to be checked.
    pub(super) files: usize,
    /// How many more came from repositories.
    pub(super) fetched: usize,
    /// How many interfaces all of them have; 0 when something is wrong.
    pub(super) interfaces: usize,
    /// What is wrong.
    pub(super) errors: ModelErrors,
    /// What is valid, but not recommended.
    pub(super) warnings: Vec<ModelError>,
    /// The texts of all files.
    pub(super) sources: Vec<SourceText<'a>>,
}

/// Text for people.
pub(super) fn human(checked: &Checked<'_>) -> String {
    let mut out = String::new();
    if !checked.warnings.is_empty() {
        out = render_warnings(&checked.warnings, &checked.sources);
    }
    if !checked.errors.0.is_empty() {
        out.push_str(render(&checked.errors, &checked.sources).trim_end());
        return out;
    }
    let (files, fetched) = (counted(checked.files, "file"), checked.fetched);
    let verb = if checked.files + fetched == 1 { "is" } else { "are" };
    let further = match fetched {
        0 => String::new(),
        _ => format!(" and {fetched} more of the repository"),
    };
    let interfaces = counted(checked.interfaces, "interface");
    format!("{out}{files}{further}, with {interfaces}, {verb} valid.")
}

/// A JSON object.
pub(super) fn json(checked: &Checked<'_>) -> String {
    pretty(&json!({
        "valid": checked.errors.0.is_empty(),
        "files": checked.files,
        "fetched": checked.fetched,
        "interfaces": checked.interfaces,
        "errors": to_json(&checked.errors.0),
        "warnings": to_json(&checked.warnings),
    }))
}

/// A SARIF log.
pub(super) fn sarif(checked: &Checked<'_>) -> String {
    pretty(&to_sarif(&checked.errors.0, &checked.warnings))
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
