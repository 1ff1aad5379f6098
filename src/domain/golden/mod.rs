//! Golden values: what a twin's properties are, by all that systems and people say of it at one moment.
//!
//! Nothing of it is stored. Records stay where their systems put them, crosswalks say which twin they describe, and the
//! values are chosen when they are read; so links, merges, splits and corrections of the past move no data.

mod claims;
mod fit;
pub mod provenance;
mod read;
pub mod value;

pub use provenance::Provenance;
pub use value::{Described, Golden};
