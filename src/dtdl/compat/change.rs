//! The report: one entry for each difference that matters.

use super::super::dtmi::Dtmi;

/// What a difference asks of those who hold data of the older interface.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Impact {
    /// Data stay valid and clients go on as they are.
    Safe,
    /// Data can be carried over by a rule, which the change names.
    NeedsMigration,
    /// Data may be lost, or clients must be changed.
    Breaks,
}

/// One difference.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Change {
    /// The element, as a path of names from the interface: `thermostat/setpoint/schema`. Empty
    /// for the interface itself.
    pub element: String,
    /// What it asks for.
    pub impact: Impact,
    /// What is different, in a sentence.
    pub message: String,
    /// What to do; empty where nothing need be done.
    pub mend: String,
}

/// All differences between two interfaces that matter to data and clients. Names and
/// descriptions for people are not compared.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Compatibility {
    /// The interface that the twins have.
    pub from: Dtmi,
    /// The interface that they would get.
    pub to: Dtmi,
    /// The differences: those of the interface first, then by content in the order of the older
    /// interface, then what is new.
    pub changes: Vec<Change>,
}

impl Compatibility {
    /// The gravest impact of all; `Safe` if nothing differs.
    pub fn impact(&self) -> Impact {
        gravest(&self.changes)
    }
}

/// The gravest impact of these; `Safe` if there are none.
pub(super) fn gravest(changes: &[Change]) -> Impact {
    let impacts = changes.iter().map(|change| change.impact);
    impacts.max().unwrap_or(Impact::Safe)
}

/// The differences as they are found, and where the comparison is.
#[derive(Default)]
pub(super) struct Changes {
    path: Vec<String>,
    pub(super) found: Vec<Change>,
}

impl Changes {
    /// Notes a difference of the element where the comparison is.
    pub(super) fn note(&mut self, impact: Impact, message: String, mend: &str) {
        self.found.push(Change {
            element: self.path.join("/"),
            impact,
            message,
            mend: mend.to_owned(),
        });
    }

    pub(super) fn safe(&mut self, message: String) {
        self.note(Impact::Safe, message, "");
    }

    pub(super) fn migrate(&mut self, message: String, mend: &str) {
        self.note(Impact::NeedsMigration, message, mend);
    }

    pub(super) fn breaks(&mut self, message: String, mend: &str) {
        self.note(Impact::Breaks, message, mend);
    }

    /// Goes on one step deeper.
    pub(super) fn inside(&mut self, step: &str, work: impl FnOnce(&mut Changes)) {
        self.path.push(step.to_owned());
        work(self);
        self.path.pop();
    }

    pub(super) fn depth(&self) -> usize {
        self.path.len()
    }
}
