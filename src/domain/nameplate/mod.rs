//! What devices say of themselves: which of their channels are a nameplate, and what stands on it.

mod identifier;
mod index;
mod report;
mod rules;

pub use identifier::{NAMING, identifier};
pub use index::{Line, Nameplates};
pub use report::SelfReport;
pub use rules::NameplateRules;
