//! What is asked of a migration, and what is found about a twin.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::domain::change::Change;
use crate::domain::fact::PropertyPath;
use crate::domain::id::TwinId;
use crate::domain::time::Timestamp;
use crate::dtdl::Dtmi;

/// From one model to another.
#[derive(Debug, Clone)]
pub struct Migration {
    /// The model that twins have.
    pub from: Dtmi,
    /// The model that they get: most often a newer version.
    pub to: Dtmi,
    /// Since when. Before, they keep the older model.
    pub at: Timestamp,
    /// The twins that are meant to migrate, in whatever batches; all of the model if `None`.
    pub selected: Option<Arc<BTreeSet<TwinId>>>,
    /// Other models whose twins migrate too, before or after: relationships are judged as if that
    /// were done.
    pub together: Vec<(Dtmi, Dtmi)>,
    /// Properties, telemetry and relationships, by path or name, that may be lost.
    pub drop: BTreeSet<PropertyPath>,
}

impl Migration {
    /// Whether a twin is meant.
    pub fn selects(&self, twin: TwinId) -> bool {
        self.selected.as_ref().is_none_or(|selected| selected.contains(&twin))
    }

    /// The model that a twin has when all is done.
    pub fn model_after<'a>(&'a self, twin: TwinId, model: &'a Dtmi) -> &'a Dtmi {
        if *model == self.from && self.selects(twin) {
            return &self.to;
        }
        let mut others = self.together.iter();
        others.find(|(from, _)| from == model).map_or(model, |(_, to)| to)
    }
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The value of a property.
    Property,
    /// A stream that measures something of the twin.
    Binding,
    /// A relationship from or to the twin.
    Relationship,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It is carried over, by a rule that the message tells.
    Adjusted,
    /// It is lost, and the migration is refused unless that is allowed.
    Lost,
    /// It is lost, which is allowed.
    Dropped,
}

/// Something of a twin that does not fit its new model as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub subject: Subject,
    /// The path of the property or telemetry, or the name of the relationship.
    pub path: PropertyPath,
    /// What becomes of it.
    pub effect: Effect,
    /// Why, in a sentence.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path, self.message)
    }
}

/// What a migration does to one twin.
#[derive(Debug, Clone, Default)]
pub struct TwinPlan {
    /// What does not fit as it is. Empty: the twin fits.
    pub findings: Vec<Finding>,
    /// The changes that do it.
    pub changes: Vec<Change>,
}

impl TwinPlan {
    /// What would be lost without leave.
    pub fn losses(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.effect == Effect::Lost)
    }

    /// Notes what is carried over.
    pub(super) fn adjust(&mut self, subject: Subject, path: &PropertyPath, message: String) {
        let (path, effect) = (path.clone(), Effect::Adjusted);
        self.findings.push(Finding { subject, path, effect, message });
    }

    /// Notes a loss, and the change that makes it if it is allowed.
    pub(super) fn lose(
        &mut self,
        migration: &Migration,
        subject: Subject,
        path: &PropertyPath,
        message: String,
        change: Change,
    ) {
        let allowed = migration.drop.contains(path);
        let effect = if allowed { Effect::Dropped } else { Effect::Lost };
        self.findings.push(Finding { subject, path: path.clone(), effect, message });
        self.changes.push(change);
    }
}
