//! Marks the changes that a decision about identity makes, so that the log tells it as one.

use crate::domain::change::Change;
use crate::domain::command::Command;
use crate::domain::curation::{Decided, DecisionKind, Subject};
use crate::domain::id::TwinId;

/// Puts the mark in front of the changes, or completes the one that stands there.
pub fn marked(command: &Command, mut changes: Vec<Change>) -> Vec<Change> {
    if changes.is_empty() {
        return changes;
    }
    if !matches!(changes[0], Change::Decided(_)) {
        let Some(decided) = of(command, &changes) else {
            return changes;
        };
        changes.insert(0, Change::Decided(Box::new(decided)));
    }
    let count = changes.len() - 1;
    if let Change::Decided(decided) = &mut changes[0] {
        decided.changes = count;
    }
    changes
}

fn of(command: &Command, changes: &[Change]) -> Option<Decided> {
    let none = "".into();
    Some(match command {
        Command::LinkId(c) => {
            let mut subjects = vec![Subject::Id(c.external.clone())];
            subjects.extend(twin(changes).map(Subject::Twin));
            Decided::new(DecisionKind::Link, &c.reason, subjects)
        }
        Command::UnlinkId(c) => {
            Decided::new(DecisionKind::Unlink, &none, vec![Subject::Id(c.external.clone())])
        }
        Command::Bind(c) => {
            let mut subjects = vec![Subject::Stream(c.stream.clone())];
            subjects.extend(twin(changes).map(Subject::Twin));
            Decided::new(DecisionKind::Bind, &none, subjects)
        }
        Command::Unbind(c) => {
            Decided::new(DecisionKind::Unbind, &none, vec![Subject::Stream(c.stream.clone())])
        }
        Command::SwapDevice(c) => {
            let subjects = vec![Subject::Id(c.old.clone()), Subject::Id(c.new.clone())];
            Decided::new(DecisionKind::Swap, &none, subjects)
        }
        Command::Withdraw(c) => Decided::new(DecisionKind::Withdraw, &c.reason, pair(&c.pair)),
        Command::Undo(c) => {
            let subjects = c.decisions().into_iter().map(Subject::Decision).collect();
            Decided::new(DecisionKind::Undo, &c.reason, subjects)
        }
        // These mark themselves.
        Command::MergeTwins(_)
        | Command::SplitTwin(_)
        | Command::Judge(_)
        | Command::ApproveTask(_)
        | Command::RejectTask(_) => return None,
        // These state what is so, and decide nothing about identity.
        Command::UploadModels(_)
        | Command::CommissionModel(_)
        | Command::DeleteModels(_)
        | Command::MigrateTwins(_)
        | Command::DeclareSystem(_)
        | Command::PutTwin(_)
        | Command::SetProperties(_)
        | Command::DeleteTwin(_)
        | Command::Relate(_)
        | Command::Refer(_)
        | Command::Unrelate(_)
        | Command::PutRecord(_)
        | Command::RetractRecord(_)
        | Command::RaiseTasks(_)
        | Command::CloseTask(_)
        | Command::DeclareSource(_) => return None,
    })
}

fn pair(pair: &crate::domain::curation::Pair) -> Vec<Subject> {
    vec![Subject::Id(pair.first().clone()), Subject::Id(pair.second().clone())]
}

fn twin(changes: &[Change]) -> Option<TwinId> {
    changes.iter().find_map(|change| match change {
        Change::Linked { link, .. } => Some(link.twin),
        Change::Bound { binding, .. } => Some(binding.twin),
        _ => None,
    })
}
