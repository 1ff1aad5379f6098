//! The import: files in any order become commands in the right one.

mod against;
mod check;
mod counted;
mod here;
mod report;
mod run;
mod settled;
mod target;

pub use against::{DeclarationText, against};
pub use check::{Checked, CheckedFile, Sample, check};
pub use here::{Here, kept_in};
pub use report::{Counts, Report};
pub use run::import;
pub use settled::Settled;
pub use target::{ImportTarget, ModelsReport, Outcome, model_problems};
