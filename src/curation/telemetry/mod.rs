//! Devices as records: what they say of themselves in their readings, over time.

mod described;
mod heard;
mod overlay;
mod runs;

pub use described::{described, described_by};
pub use heard::Heard;
pub use overlay::overlay;
