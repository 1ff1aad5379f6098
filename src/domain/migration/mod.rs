//! What becomes of a twin that gets another model: found before it is done, and done as found.

mod bindings;
mod plan;
mod relationships;
mod request;
mod values;

pub use plan::{plan, spans};
pub use request::{Effect, Finding, Migration, Subject, TwinPlan};
