//! Why the engine did not do what it was asked.

use crate::domain::rejection::Rejection;
use crate::store::StoreError;

/// Why the engine did not do what it was asked. Unless it says otherwise, nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// More is waiting than the queue takes.
    #[error(
        "the server is busy: {waiting} requests wait to be written; try again in {retry_after_s} s"
    )]
    Busy {
        /// How many requests wait.
        waiting: usize,
        /// When to try again, in seconds.
        retry_after_s: u32,
    },
    /// The store did not answer. Whether the request was kept is not known: send it again, duplicates are recognised.
    #[error(
        "the store is not available ({0}); the request may or may not have been kept, so send it again: what was kept is recognised"
    )]
    Unavailable(String),
    /// The server is stopping.
    #[error("the server is stopping; send the request again to its successor")]
    Stopping,
    /// The command cannot be done.
    #[error(transparent)]
    Rejected(#[from] Rejection),
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.to_string())
    }
}
