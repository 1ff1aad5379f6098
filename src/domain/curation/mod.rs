//! Decisions about identity: verdicts, redirects of merged twins, tasks for people, and what was undone.

mod command;
mod decision;
mod fact;
mod index;
mod task;
mod verdict;

pub use command::{
    ApproveTask, CloseTask, Judge, MergeTwins, RejectTask, SplitInto, SplitTwin, Undo, Withdraw,
};
pub use decision::{Conflict, Decided, DecisionId, DecisionKind, Subject, decisions_of};
pub use fact::{Curation, CurationKey, CurationKind, Redirect, Undone};
pub use index::Curations;
pub use task::{Alternative, Candidate, Proposal, Task, Weight};
pub use verdict::{Judgement, Pair, Verdict};
