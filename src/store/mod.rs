//! Stores: one contract, and a folder a backend.

mod batch;
mod contract;
mod fact;
mod faulty;
mod memory;
mod open;
pub mod postgres;
mod relational;
pub mod sqlite;

pub use contract::{
    Append, Checkpoint, Head, Inserted, LogStore, ModelEvent, ModelRow, ReadingHistory, Snapshot,
    SnapshotStore, StagedRow, StagedStore, Store, StoreError, Window,
};
pub use faulty::{FaultyStore, When};
pub use memory::MemoryStore;
pub use open::{Location, open};
