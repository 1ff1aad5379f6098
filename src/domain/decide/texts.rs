//! What a command brings along is kept for ever and in every store, so it is bounded and exact.

use crate::domain::command::{Command, PutRecord};
use crate::domain::curation::Proposal;
use crate::domain::id::name;
use crate::domain::reconcile::asset::sheet::check_field;
use crate::domain::rejection::Rejection;

/// Longest title of a system, in bytes.
const TITLE_BYTES_MAX: usize = 512;
/// Longest reason of a link or decision, in bytes.
const REASON_BYTES_MAX: usize = 4096;
/// Most fields that a record is matched by.
const IDENTITY_FIELDS_MAX: usize = 256;
/// Most things that a record refers to.
const REFERENCES_MAX: usize = 10_000;
/// Longest text of a field that a record is matched by, in bytes.
const IDENTITY_BYTES_MAX: usize = 16_384;
/// Most tasks that one command raises.
const PROPOSALS_MAX: usize = 10_000;
/// Most comparisons and alternatives that a task shows, each.
const SHOWN_MAX: usize = 100;
/// Most ids that one command gives a twin.
const IDENTIFIERS_MAX: usize = 1_000;

/// Checks the texts and numbers of a command.
pub fn check(command: &Command) -> Result<(), Rejection> {
    match command {
        Command::DeclareSystem(c) => prose("title", &c.title, TITLE_BYTES_MAX),
        Command::LinkId(c) => reason(&c.reason),
        Command::PutRecord(c) => record(c),
        Command::MergeTwins(c) => reason(&c.reason),
        Command::SplitTwin(c) => reason(&c.reason),
        Command::Judge(c) => reason(&c.reason),
        Command::Withdraw(c) => reason(&c.reason),
        Command::ApproveTask(c) => reason(&c.reason),
        Command::RejectTask(c) => reason(&c.reason),
        Command::Undo(c) => reason(&c.reason),
        Command::RaiseTasks(proposals) => proposals_fit(proposals),
        Command::DeclareSource(c) => {
            name("the source", &c.name)?;
            c.declaration.iter().try_for_each(|(path, value)| exact(path, value))
        }
        Command::Relate(c) => {
            word("the key", &c.key)?;
            c.properties.iter().try_for_each(|(path, value)| exact(path, value))
        }
        Command::SetProperties(c) => properties(&c.properties, c.source.as_deref()),
        Command::PutTwin(c) => {
            if c.identifiers.len() > IDENTIFIERS_MAX {
                return Err(Rejection::Invalid(format!(
                    "the twin is given {} ids at once, at most {IDENTIFIERS_MAX} are accepted; \
                     link the others after it",
                    c.identifiers.len()
                )));
            }
            properties(&c.properties, c.source.as_deref())
        }
        Command::UploadModels(_)
        | Command::DeleteTwin(_)
        | Command::Refer(_)
        | Command::Unrelate(_)
        | Command::UnlinkId(_)
        | Command::Bind(_)
        | Command::CloseTask(_)
        | Command::Unbind(_)
        | Command::SwapDevice(_)
        | Command::RetractRecord(_) => Ok(()),
        Command::CommissionModel(_) | Command::DeleteModels(_) | Command::MigrateTwins(_) => Ok(()),
    }
}

fn properties(
    values: &[(impl AsRef<str>, serde_json::Value)],
    source: Option<&str>,
) -> Result<(), Rejection> {
    word("the source", source.unwrap_or_default())?;
    values.iter().try_for_each(|(path, value)| exact(path.as_ref(), value))
}

fn reason(text: &str) -> Result<(), Rejection> {
    prose("reason", text, REASON_BYTES_MAX)
}

fn proposals_fit(proposals: &[Proposal]) -> Result<(), Rejection> {
    if proposals.len() > PROPOSALS_MAX {
        return Err(Rejection::Invalid(format!(
            "{} tasks are raised at once, at most {PROPOSALS_MAX} are accepted; send the others after them",
            proposals.len()
        )));
    }
    for proposal in proposals {
        let id = &proposal.record;
        let alternatives = proposal.alternatives.iter().map(|a| a.probability);
        let sure = std::iter::once(proposal.probability).chain(alternatives);
        if let Some(wrong) = sure.into_iter().find(|p| !(0.0..=1.0).contains(p)) {
            let problem = format!("the probability {wrong} is not between 0 and 1");
            return Err(Rejection::InvalidValue { path: id.to_string(), problem });
        }
        if proposal.weights.len() > SHOWN_MAX || proposal.alternatives.len() > SHOWN_MAX {
            let problem = format!("more than {SHOWN_MAX} comparisons or alternatives");
            return Err(Rejection::InvalidValue { path: id.to_string(), problem });
        }
        for weight in &proposal.weights {
            name("the comparison", &weight.comparison)?;
            let texts = [&weight.left, &weight.right].into_iter().flatten();
            let long = texts.into_iter().any(|text| text.len() > IDENTITY_BYTES_MAX);
            if long || !weight.weight.is_finite() {
                let problem = format!(
                    "the comparison `{}` has a text over {IDENTITY_BYTES_MAX} bytes, or no finite weight",
                    weight.comparison
                );
                return Err(Rejection::InvalidValue { path: id.to_string(), problem });
            }
        }
    }
    Ok(())
}

fn record(command: &PutRecord) -> Result<(), Rejection> {
    word("the kind", &command.kind)?;
    if command.identity.len() > IDENTITY_FIELDS_MAX {
        return Err(Rejection::Invalid(format!(
            "record `{}` has {} fields to match by; at most {IDENTITY_FIELDS_MAX} are accepted",
            command.key,
            command.identity.len()
        )));
    }
    if command.references.len() > REFERENCES_MAX {
        return Err(Rejection::Invalid(format!(
            "record `{}` refers to {} things; at most {REFERENCES_MAX} are accepted",
            command.key,
            command.references.len()
        )));
    }
    for reference in &command.references {
        name("the relationship", &reference.name)?;
    }
    for (field, text) in &command.identity {
        check_field(field).map_err(Rejection::Invalid)?;
        if text.len() > IDENTITY_BYTES_MAX {
            let problem = format!(
                "is {} bytes long; at most {IDENTITY_BYTES_MAX} are accepted to match by",
                text.len()
            );
            return Err(Rejection::InvalidValue { path: field.to_string(), problem });
        }
    }
    command.claims.iter().try_for_each(|(path, value)| {
        name("the property", path)?;
        exact(path, value)
    })
}

/// A name, or nothing.
fn word(what: &'static str, text: &str) -> Result<(), Rejection> {
    if !text.is_empty() {
        name(what, text)?;
    }
    Ok(())
}

/// A text for people: of bounded length, without control characters except line breaks and tabs.
fn prose(path: &str, text: &str, bytes_max: usize) -> Result<(), Rejection> {
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let problem = if text.len() > bytes_max {
        format!("is {} bytes long; at most {bytes_max} are accepted", text.len())
    } else if let Some((at, c)) = text.char_indices().find(|(_, c)| is_control(*c)) {
        let code = c as u32;
        format!("holds the control character U+{code:04X} at byte {at}; remove it at the source")
    } else {
        return Ok(());
    };
    let path = path.to_owned();
    Err(Rejection::InvalidValue { path, problem })
}

/// Whole numbers beyond `i64` would come back rounded to doubles.
fn exact(path: &str, value: &serde_json::Value) -> Result<(), Rejection> {
    match value {
        serde_json::Value::Number(number) if number.is_u64() && !number.is_i64() => {
            let problem = format!(
                "the whole number {number} is beyond 64 bits with a sign and would be rounded; \
                 write {number}.0 if a double is meant"
            );
            let path = path.to_owned();
            Err(Rejection::InvalidValue { path, problem })
        }
        serde_json::Value::Array(items) => items.iter().try_for_each(|item| exact(path, item)),
        serde_json::Value::Object(map) => map.values().try_for_each(|item| exact(path, item)),
        _ => Ok(()),
    }
}
