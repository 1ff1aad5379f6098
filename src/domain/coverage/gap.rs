//! A twin without a counterpart.

use crate::domain::id::TwinId;
use crate::domain::time::Timestamp;

/// A twin without a counterpart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The asset or device.
    pub twin: TwinId,
    /// What is missing.
    pub missing: Missing,
    /// The event time of the latest reading of its devices, or of the device itself.
    pub last: Option<Timestamp>,
}

/// What a twin is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// An asset that no stream measures and no device is related to.
    Device,
    /// An asset whose devices have not reported for longer than is allowed.
    Readings,
    /// A device that measures nothing but itself and is related to no asset.
    Asset,
}
