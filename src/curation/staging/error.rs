//! Why an import could not be staged or committed.

use super::pack::STAGED_BYTES_MAX;
use super::shelf::{STAGED_DAYS_MAX, STAGED_MAX, StagedId};
use crate::engine::{EngineError, PREVIEW_COMMANDS_MAX};
use crate::store::StoreError;

/// Why an import could not be staged or committed.
#[derive(Debug, thiserror::Error)]
pub enum StagingError {
    /// There is none of that name.
    #[error(
        "no staged import is `{0}`: it was committed, discarded, or waited more than {STAGED_DAYS_MAX} days; `counterpart \
         import --staged` lists those that wait; stage it again"
    )]
    Unknown(StagedId),
    /// Somebody else commits or discards it.
    #[error("the staged import `{0}` is being committed or discarded already")]
    InWork(StagedId),
    /// No more wait.
    #[error(
        "{STAGED_MAX} imports wait already; commit or discard one (`counterpart import --staged` lists them)"
    )]
    Full,
    /// Its files are more than is kept of one.
    #[error(
        "the files are more than {STAGED_BYTES_MAX} bytes, packed, which is the most that a staged import may have; stage \
         them in parts, or import them without staging"
    )]
    TooLarge,
    /// It is more than is looked at together.
    #[error(
        "{statements} statements, with {decided} that the matching makes of them, are more than the \
         {PREVIEW_COMMANDS_MAX} that can be staged at once; stage the file in parts, or import it without staging"
    )]
    TooMany {
        /// How many statements the files hold.
        statements: usize,
        /// What the matching makes of them.
        decided: usize,
    },
    /// A file could not be read once more.
    #[error("`{file}` cannot be read: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// Nobody waits for the answer any more, and nobody would learn its name.
    #[error("nobody waits for the answer any more, so the import is not kept; stage it again")]
    Abandoned,
    /// The second reading found something else than the first, or the engine did not answer all: a fault of ours.
    #[error(
        "{statements} statements were read and {outcomes} outcomes found, which is a fault of this program; nothing is \
         staged; stage it again, and report it if that does not help"
    )]
    Uneven {
        /// How many statements were read.
        statements: usize,
        /// How many were answered.
        outcomes: usize,
    },
    /// What was kept of it cannot be read: a fault of ours.
    #[error("the staged import `{id}` cannot be read ({reason}); discard it, and stage it again")]
    Damaged {
        /// Which.
        id: StagedId,
        /// Why.
        reason: String,
    },
    /// It was begun, and broke off.
    #[error("{0}; what was done stays and will be found unchanged: commit it again")]
    BrokeOff(String),
    /// The engine did not take it.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<StoreError> for StagingError {
    fn from(error: StoreError) -> Self {
        Self::Engine(error.into())
    }
}
