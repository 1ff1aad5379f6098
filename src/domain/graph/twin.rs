//! A node of the graph.

use std::sync::Arc;

use crate::domain::fact::{Existence, PropertyPath, PropertyValue};
use crate::domain::id::{ExternalId, Position, TwinId};
use crate::domain::timeline::Timeline;

/// A twin with all that was ever said of it.
#[derive(Debug)]
pub struct TwinNode {
    /// Its id.
    pub id: TwinId,
    /// When it exists, as what.
    pub existence: Timeline<Existence>,
    /// What was said of its properties, sorted by path and source.
    statements: Vec<Statement>,
    /// The ids by which records are kept that are, or were, about it.
    records: Vec<ExternalId>,
    /// Whether several sources stated something of it.
    several_sources: bool,
}

/// What one author ever said of one property of the twin itself.
#[derive(Debug)]
pub struct Statement {
    /// The property.
    pub path: PropertyPath,
    /// The system that said so; `None` for what persons and clients said.
    pub source: Option<Arc<str>>,
    /// What, when.
    pub timeline: Timeline<PropertyValue>,
}

impl TwinNode {
    /// A twin of which nothing is known yet.
    pub fn new(id: TwinId) -> Self {
        let (existence, statements, records) = (Timeline::default(), Vec::new(), Vec::new());
        Self { id, existence, statements, records, several_sources: false }
    }

    /// What one author said of a property.
    pub fn statement(&self, path: &str, source: Option<&str>) -> Option<&Timeline<PropertyValue>> {
        let at = self.find(path, source).ok()?;
        Some(&self.statements[at].timeline)
    }

    /// What one author said of a property, made when there is nothing.
    pub fn statement_mut(
        &mut self,
        path: &PropertyPath,
        source: Option<&Arc<str>>,
    ) -> &mut Timeline<PropertyValue> {
        let at = match self.find(path, source.map(|source| &**source)) {
            Ok(at) => at,
            Err(at) => {
                let of_another =
                    |said: &Statement| said.source.is_some() && said.source.as_ref() != source;
                self.several_sources |= source.is_some() && self.statements.iter().any(of_another);
                let (path, source) = (path.clone(), source.cloned());
                let timeline = Timeline::default();
                self.statements.insert(at, Statement { path, source, timeline });
                at
            }
        };
        &mut self.statements[at].timeline
    }

    /// What all authors said of a property; persons and clients first.
    pub fn statements_of(&self, path: &str) -> &[Statement] {
        let from = self.statements.partition_point(|held| *held.path < *path);
        let rest = &self.statements[from..];
        &rest[..rest.partition_point(|held| *held.path == *path)]
    }

    /// Takes back what the entry at `position` did to what one author said of a property.
    pub(in crate::domain) fn roll_back_statement(
        &mut self,
        path: &str,
        source: Option<&str>,
        position: Position,
    ) {
        let Ok(at) = self.find(path, source) else {
            return;
        };
        self.statements[at].timeline.roll_back(position);
        if self.statements[at].timeline.is_empty() {
            self.statements.remove(at);
            let mut sources = self.statements.iter().filter_map(|said| said.source.as_ref());
            let first = sources.next();
            self.several_sources = sources.any(|source| Some(source) != first);
        }
    }

    /// Whether nothing was ever said of it.
    pub(super) fn is_empty(&self) -> bool {
        self.existence.is_empty() && self.statements.is_empty()
    }

    /// All that was said of the twin itself, by property and author.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Whether sources may disagree about it: records are kept that are about it, or several sources stated values.
    ///
    /// If not, a property has the value that a steward stated, else what its one source did.
    pub fn is_disputable(&self) -> bool {
        self.several_sources || !self.records.is_empty()
    }

    /// The ids by which records are kept that are, or were at some time, about it.
    pub fn records(&self) -> &[ExternalId] {
        &self.records
    }

    /// Notes that a record of that id is, at some time, about it.
    pub fn note_record(&mut self, key: &ExternalId) {
        if let Err(at) = self.records.binary_search(key) {
            self.records.insert(at, key.clone());
        }
    }

    /// Forgets that a record of that id is about it.
    pub(in crate::domain) fn forget_record(&mut self, key: &ExternalId) {
        self.records.retain(|held| held != key);
    }

    fn find(&self, path: &str, source: Option<&str>) -> Result<usize, usize> {
        self.statements.binary_search_by(|held| {
            let by_path = (*held.path).cmp(path);
            by_path.then_with(|| held.source.as_deref().cmp(&source))
        })
    }
}
