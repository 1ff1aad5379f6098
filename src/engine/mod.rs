//! The engine: one writer, and readers that never wait for a disk.

mod apart;
mod compare;
mod coverage;
mod decide;
mod decisions;
mod error;
mod handle;
mod migrate;
mod models;
mod options;
mod prepare;
mod preview;
mod read;
mod recovery;
pub(crate) mod shared;
mod sweep;
mod verify;
mod work;
mod writer;

pub use coverage::{Claimed, CoverageCounts, Dispute, GapsOf};
pub use decisions::Decision;
pub use error::EngineError;
pub use handle::Engine;
pub use migrate::MigrationPage;
pub use models::{NewerVersion, Planned, TOUCHED_LISTED_MAX, Touched, TouchedBinding};
pub use options::EngineOptions;
pub use preview::{IN_WRITER_COMMANDS_MAX, PREVIEW_COMMANDS_MAX, READINGS_COUNTED_MAX};
pub use read::Measured;
pub use recovery::{Recovered, recover};
pub use shared::Committed;
pub use sweep::Look;
pub use verify::{Verification, verify};
pub use work::{Outcome, Preview, Receipt};
