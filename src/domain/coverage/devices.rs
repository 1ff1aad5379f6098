//! Devices without an asset.

use super::assets::latest;
use super::{Gap, Missing};
use crate::domain::id::TwinId;
use crate::domain::role::Role;
use crate::domain::view::View;

impl View<'_> {
    /// What a device misses, if it is one: it measures nothing but itself, and no relationship joins it to an asset.
    pub fn device_gap(&self, twin: TwinId) -> Option<Gap> {
        (self.role(twin)? == Role::Device).then_some(())?;
        if !self.measured_by(twin).is_empty() || !self.related_of(twin, Role::Asset).is_empty() {
            return None;
        }
        let last = latest(&self.device_streams(twin));
        Some(Gap { twin, missing: Missing::Asset, last })
    }
}
