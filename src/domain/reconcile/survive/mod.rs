//! Survivorship: which of the values that sources state is a twin's own. A rule is a file, and a line in [`rule`].

pub mod claim;
pub mod measure;
pub mod trust;

mod authority;
mod greatest;
mod least;
mod longest;
mod most_complete;
mod most_frequent;
mod most_recent;

pub mod rule;

pub mod choose;
pub mod policy;

mod same;

pub use choose::{Reason, Verdict, choose};
pub use claim::{Author, Claim, Identity, UNIDENTIFIED, Values};
pub use measure::Measure;
pub use policy::{Group, Paths, Plan, PropertyRules, Survivorship};
pub use rule::Rule;
pub use same::same_value;
pub use trust::{Trust, UNTOLD};
