//! What matching made of records that meant nothing.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::id::ExternalId;
use crate::sources::text::printable;

/// Most records that a report names of one kind.
const NAMED_MAX: usize = 100;

/// What became of records that meant nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Settled {
    /// Records with something to match them by.
    pub records: usize,
    /// Linked to a twin that there was.
    pub matched: usize,
    /// Twins that were made, of one record or of several.
    pub created: usize,
    /// Linked to a twin that was made for another record.
    pub merged: usize,
    /// Ids whose meaning changed: the record describes another thing than before.
    pub changed_meaning: usize,
    /// Doubtful pairs that wait for a person, those of earlier runs too.
    pub doubtful: usize,
    /// Of these, raised now.
    pub raised: usize,
    /// Records that fit no twin and can be none, for want of a model.
    pub without_model: usize,
    /// The first of those.
    pub named_without_model: Vec<String>,
    /// Commands that were refused, with the reason; the first of them.
    pub refused: Vec<String>,
}

impl Settled {
    /// Takes up a record that can be no twin.
    pub fn has_no_model(&mut self, key: &ExternalId) {
        self.without_model += 1;
        if self.named_without_model.len() < NAMED_MAX {
            self.named_without_model.push(key.to_string());
        }
    }

    /// Takes up a refusal.
    pub fn was_refused(&mut self, reason: String) {
        if self.refused.len() < NAMED_MAX {
            self.refused.push(reason);
        }
    }
}

impl fmt::Display for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "matching: {} records: {} joined a twin, {} new twins, {} more joined those",
            self.records, self.matched, self.created, self.merged
        )?;
        if self.changed_meaning > 0 {
            writeln!(f, "  {} ids changed their meaning", self.changed_meaning)?;
        }
        if self.without_model > 0 {
            let named = self.named_without_model.join(", ");
            let named = printable(&named);
            let hint = "say `model` or `models` in the source's declaration";
            writeln!(
                f,
                "  {} fit no twin and have no model ({hint}): {named}",
                self.without_model
            )?;
        }
        for reason in &self.refused {
            writeln!(f, "  refused: {}", printable(reason))?;
        }
        write!(f, "  {} doubtful pairs wait for review, {} of them new", self.doubtful, self.raised)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_older_version_told_is_read() {
        let told = json!({ "records": 8, "matched": 3, "created": 4, "refused": [] });
        let read: Settled = serde_json::from_value(told).unwrap();
        let expected = Settled { records: 8, matched: 3, created: 4, ..Settled::default() };
        assert_eq!(read, expected);
    }
}
