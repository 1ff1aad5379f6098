//! What a row states, and the commands that it is.

use crate::domain::command::{
    Command, DeleteTwin, LinkId, PutRecord, PutTwin, Refer, RetractRecord, TwinRef,
};
use crate::domain::fact;
use crate::domain::id::ExternalId;
use crate::domain::time::Interval;
use crate::sources::declaration::Twins;
use crate::sources::problem::Origin;
use crate::sources::rows::Event;

/// What a row states.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Where it stands.
    pub origin: Origin,
    /// What the system says of the thing, and when.
    pub record: PutRecord,
    /// Further ids of the thing that are certain.
    pub ids: Vec<ExternalId>,
    /// Other things that it refers to.
    pub references: Vec<Reference>,
    /// When the system does not have the thing any more; what it says holds before.
    pub gone: Option<Interval>,
    /// Since when and until when the thing is there without a gap: its rows of other times are of the
    /// same twin.
    pub span: Interval,
    /// Whether only its end is known, and nothing of what it was.
    pub only_end: bool,
    /// What happened, in a stream of changes.
    pub event: Option<Event>,
    /// Which of the further things of its row it is about; none for the row's own.
    pub second: Option<usize>,
}

/// Another thing that a row refers to.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// The name of the relationship.
    pub name: std::sync::Arc<str>,
    /// The other thing.
    pub other: ExternalId,
    /// Whether the relationship leads from the other thing to this one.
    pub is_incoming: bool,
    /// Whether it leads to the whole of which this thing is a part.
    pub is_parent: bool,
}

impl Statement {
    /// The commands that it is: its twin if it makes it itself, its relationships, its record, its end.
    pub fn commands(mut self, twins: Twins) -> Vec<Command> {
        let key = self.record.key.clone();
        let is_change = self.event.is_some_and(|event| event.at.is_some());
        self.record.is_change = is_change;
        self.record.references = self.references.iter().map(Reference::kept).collect();
        let makes = twins == Twins::FromId;
        let mut commands = Vec::new();
        if !self.only_end {
            if makes {
                commands.extend(self.twin());
            } else {
                // The record's key means a twin when matching has been.
                commands.extend(self.ids.iter().map(|id| self.certain(id)));
            }
            commands.extend(self.references.iter().map(|reference| self.relation(reference)));
            commands.push(Command::PutRecord(self.record));
        }
        if let Some(valid) = self.gone {
            commands.push(Command::RetractRecord(RetractRecord {
                key: key.clone(),
                valid,
                is_change,
            }));
            // Where the thing comes again, the twin that it was has ended with what was said of it.
            if makes && valid == Interval::since(valid.from) {
                let twin = TwinRef::External(key);
                commands.push(Command::DeleteTwin(DeleteTwin { twin, at: valid.from }));
            }
        }
        commands
    }

    /// The twin, with its ids. What is said of it stays on the record, from which the twin takes it.
    fn twin(&self) -> Vec<Command> {
        let (key, valid) = (&self.record.key, self.record.valid);
        let mut put = PutTwin {
            id: None,
            identifiers: vec![key.clone()],
            model: self.record.model.clone(),
            properties: Vec::new(),
            valid: self.span,
            source: Some(key.system.clone()),
        };
        if self.span == valid {
            put.identifiers.extend(self.ids.iter().cloned());
            return vec![Command::PutTwin(put)];
        }
        // Where other rows speak of other times, the twin is there for all of them, and further ids
        // have each its time.
        let link = |external: &ExternalId| {
            Command::LinkId(LinkId {
                external: external.clone(),
                twin: TwinRef::External(key.clone()),
                valid,
                reason: "imported".into(),
                confidence: 1.0,
                replace: false,
            })
        };
        std::iter::once(Command::PutTwin(put)).chain(self.ids.iter().map(link)).collect()
    }

    /// A further id of the twin that the record turns out to mean.
    fn certain(&self, id: &ExternalId) -> Command {
        Command::LinkId(LinkId {
            external: id.clone(),
            twin: TwinRef::External(self.record.key.clone()),
            valid: self.record.valid,
            reason: format!("stated by {}", self.record.key).into(),
            confidence: 1.0,
            replace: false,
        })
    }

    fn relation(&self, reference: &Reference) -> Command {
        Command::Refer(Refer {
            record: self.record.key.clone(),
            reference: reference.kept(),
            valid: self.record.valid,
        })
    }
}

impl Reference {
    /// What is kept of it on the record.
    fn kept(&self) -> fact::Reference {
        let (name, other) = (self.name.clone(), self.other.clone());
        fact::Reference { name, other, is_incoming: self.is_incoming }
    }
}
