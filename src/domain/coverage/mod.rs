//! Coverage: what is missing, doubtful or about to end in the mapping of assets, devices and ids. A file a gap.
//!
//! Each function looks at one thing, so that whoever looks at all of them can do so in bounded looks.

mod assets;
mod claimed;
mod devices;
mod ending;
mod gap;
mod rules;

pub use claimed::{ClaimedField, fingerprints, same_thing};
pub use ending::Ending;
pub use gap::{Gap, Missing};
pub use rules::CoverageRules;
