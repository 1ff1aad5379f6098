//! Devices as records: what they say of themselves in their readings, over time.

mod described;
mod heard;
mod overlay;
mod runs;
mod spoken;

pub use described::{Described, described, described_by, fingerprint};
pub use heard::Heard;
pub use overlay::overlay;
pub use spoken::{Spoken, Told};
