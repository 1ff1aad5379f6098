//! What an import did, for people and for programs.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::settled::Settled;
use super::target::ModelsReport;
use crate::domain::command::Command;
use crate::domain::rejection::Rejection;
use crate::sources::limits::PROBLEMS_LISTED_MAX;
use crate::sources::problem::{Kind, Origin, Problem, Severity};
use crate::sources::text::printable;

/// How many things of one kind there were, and what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Read from files; what is neither changed, unchanged nor rejected was not reached.
    pub read: u64,
    /// New, or now different.
    pub changed: u64,
    /// The same as before.
    pub unchanged: u64,
    /// Not imported; the problems say why.
    pub rejected: u64,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How many files were given.
    pub files: usize,
    /// What became of the models.
    pub models: ModelsReport,
    /// What became of all else, by kind.
    pub kinds: BTreeMap<Kind, Counts>,
    /// What matching made of the records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matching: Option<Settled>,
    /// The first problems; `errors` and `notes` count all.
    pub problems: Vec<Problem>,
    /// How many things could not be imported.
    pub errors: u64,
    /// How many things were imported in a way that should be known.
    pub notes: u64,
    /// Why the import stopped before its end, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
}

impl Report {
    /// The counts of all kinds together.
    pub fn total(&self) -> Counts {
        let add = |sum: Counts, one: &Counts| Counts {
            read: sum.read + one.read,
            changed: sum.changed + one.changed,
            unchanged: sum.unchanged + one.unchanged,
            rejected: sum.rejected + one.rejected,
        };
        self.kinds.values().fold(Counts::default(), add)
    }

    /// Whether everything was imported.
    pub fn is_complete(&self) -> bool {
        self.errors == 0 && self.stopped.is_none() && self.refused() == 0
    }

    /// How many decisions of the matching could not be carried out.
    fn refused(&self) -> usize {
        self.matching.as_ref().map_or(0, |matching| matching.refused.len())
    }

    /// Whether a command is done before records are matched.
    pub fn is_before_matching(command: &Command) -> bool {
        Kind::of(command) <= Kind::Record
    }

    /// Takes up what became of something that was read: how many changes it made.
    pub(super) fn outcome(
        &mut self,
        kind: Kind,
        origin: Origin,
        outcome: Result<usize, Rejection>,
    ) {
        let counts = self.kinds.entry(kind).or_default();
        match outcome {
            Ok(0) => counts.unchanged += 1,
            Ok(_) => counts.changed += 1,
            // Most likely it is done already: a swap leaves nothing at the old device.
            Err(Rejection::UnknownTwin { .. }) if kind == Kind::End => counts.unchanged += 1,
            Err(rejection @ Rejection::NothingToSwap(_)) => {
                counts.unchanged += 1;
                self.problem(Problem::note(origin, rejection.code(), rejection.to_string()));
            }
            Err(rejection) => {
                let problem = Problem::error(origin, rejection.code(), rejection.to_string());
                self.rejected(kind, problem);
            }
        }
    }

    /// Takes up a problem; one that tells of which kind it is counts as one read and rejected.
    pub(super) fn problem(&mut self, problem: Problem) {
        match problem.severity {
            Severity::Error => self.errors += 1,
            Severity::Note => self.notes += 1,
        }
        if let (Severity::Error, Some(kind)) = (problem.severity, problem.kind) {
            let counts = self.kinds.entry(kind).or_default();
            counts.read += 1;
            counts.rejected += 1;
        }
        self.list(problem);
    }

    /// Takes up that a thing that was read was rejected.
    pub(super) fn rejected(&mut self, kind: Kind, problem: Problem) {
        self.errors += 1;
        self.kinds.entry(kind).or_default().rejected += 1;
        self.list(problem.about(kind));
    }

    /// Takes up that a part of something that was read is lost.
    pub(super) fn lost(&mut self, kind: Kind, problem: Problem) {
        self.rejected(kind, problem);
    }

    /// Takes up that everything was reached: what was read is what something became of.
    pub(super) fn all_reached(&mut self) {
        for counts in self.kinds.values_mut() {
            counts.read = counts.changed + counts.unchanged + counts.rejected;
        }
    }

    fn list(&mut self, problem: Problem) {
        // Errors go before notes where there is not room for all.
        if self.problems.len() < PROBLEMS_LISTED_MAX {
            self.problems.push(problem);
        } else if problem.severity == Severity::Error
            && let Some(note) = self.problems.iter().rposition(|p| p.severity == Severity::Note)
        {
            self.problems[note] = problem;
        }
    }
}

impl Report {
    /// Writes what was found, without what became of it in the end.
    ///
    /// # Errors
    /// When the formatter fails.
    pub fn write_found(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.models != ModelsReport::default() {
            let ModelsReport { added, unchanged } = self.models;
            writeln!(f, "models: {} read: {added} new, {unchanged} unchanged", added + unchanged)?;
        }
        for (kind, counts) in &self.kinds {
            let Counts { read, changed, unchanged, rejected } = counts;
            let name = kind.plural();
            write!(f, "{name}: {read} read: {changed} new or changed, {unchanged} unchanged")?;
            match rejected {
                0 => writeln!(f)?,
                _ => writeln!(f, ", {rejected} rejected")?,
            }
        }
        if let Some(matching) = self.matching.as_ref().filter(|m| **m != Settled::default()) {
            writeln!(f, "{matching}")?;
        }
        for problem in &self.problems {
            writeln!(f, "{problem}")?;
        }
        let hidden = (self.errors + self.notes).saturating_sub(self.problems.len() as u64);
        if hidden > 0 {
            writeln!(f, "… and {hidden} more")?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_found(f)?;
        match &self.stopped {
            Some(reason) => write!(f, "stopped: {}", printable(reason)),
            None if self.errors > 0 => write!(f, "{} problems; all else was imported", self.errors),
            None if self.refused() > 0 => {
                write!(f, "everything was kept, but not all that was matched could be linked")
            }
            None => write!(f, "everything was imported"),
        }
    }
}
