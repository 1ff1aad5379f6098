//! Readings in: a file a protocol, and the path that they share.

mod limits;
mod problem;

mod scalar;
mod structure;

mod object;

mod item;

mod envelope;

mod source;

mod intake;

mod body;
mod budget;

pub mod http;

pub mod mapping;

pub mod mqtt;

pub use envelope::{BodyFault, Decoded, Format, decode};
pub use intake::{Intake, IntakeError, IntakeOptions, Report};
pub use item::{Context, Item};
pub use limits::DecodeLimits;
pub use problem::{Code, Fault, FieldFault, ItemProblem, Place, Problems};
pub use source::Source;
