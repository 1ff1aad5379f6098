//! What devices say of themselves in their readings, and how far it is taken for evidence of what they are.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::curation::Pace;
use crate::domain::nameplate::NameplateRules;
use crate::domain::reconcile::asset::sheet::FIELD_NAMES;

/// Devices that tell their serial number, maker or address in a channel are matched by it, like records.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TelemetryIdentity {
    /// Whether they are.
    pub enabled: bool,
    /// By identity field, the names of the channels that tell it, the surest first. Case, and what is neither letter nor
    /// digit, make no difference; `/`, `.`, `:` and the like part a name.
    pub channels: BTreeMap<String, Vec<String>>,
    /// Words that may stand before these names, as in `Properties/Serial Number`. After another word a name is of a part
    /// of the device, and says nothing of the device itself.
    pub groups: Vec<String>,
    /// The identity field that the device's own id is; none if empty. Ids that are unique only in a scope are no evidence.
    pub device_id: String,
    /// Longest text that is taken, in bytes.
    pub text_bytes_max: usize,
    /// Most devices that are matched so; what further ones say is kept like any reading, and not matched.
    pub devices_max: usize,
    /// A server matches them when none has said anything new for so many milliseconds; with 0 they are matched with the
    /// next import only.
    pub match_after_ms: u64,
    /// ... or when the first of them has waited for so many.
    pub match_within_ms: u64,
}

impl Default for TelemetryIdentity {
    fn default() -> Self {
        let NameplateRules { device_id, text_bytes_max, devices_max, .. } =
            NameplateRules::default();
        let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        let channels = NameplateRules::default_channels();
        Self {
            enabled: true,
            channels: channels.map(|(field, names)| (field.to_owned(), owned(names))).collect(),
            groups: owned(NameplateRules::default_groups().collect()),
            device_id: device_id.map(|field| field.to_string()).unwrap_or_default(),
            text_bytes_max,
            devices_max,
            match_after_ms: 3_000,
            match_within_ms: 30_000,
        }
    }
}

impl TelemetryIdentity {
    /// What is wrong with it, if anything.
    pub(super) fn problem(&self) -> Option<String> {
        let (after, within) = (self.match_after_ms, self.match_within_ms);
        if after > within {
            return Some(format!(
                "telemetry_identity.match_after_ms is {after} and match_within_ms is {within}; no device waits longer \
                 than `match_within_ms`, so raise that, or lower `match_after_ms`"
            ));
        }
        let known = self.device_id.is_empty() || FIELD_NAMES.contains(&self.device_id.as_str());
        (!known).then(|| {
            format!(
                "telemetry_identity.device_id is `{}`, which is no identity field; name one of {}, or nothing (\"\")",
                self.device_id,
                FIELD_NAMES.join(", ")
            )
        })
    }

    /// When devices are matched by themselves, if they are.
    pub fn pace(&self) -> Option<Pace> {
        let (after, within) = (self.match_after_ms, self.match_within_ms);
        let (after, within) = (Duration::from_millis(after), Duration::from_millis(within));
        (self.enabled && !after.is_zero()).then_some(Pace { after, within })
    }

    /// The rules for the domain.
    pub fn rules(&self) -> NameplateRules {
        if !self.enabled {
            return NameplateRules::none();
        }
        let channels = self.channels.iter();
        let channels = channels
            .map(|(field, names)| (field.as_str(), names.iter().map(String::as_str).collect()));
        let mut rules = NameplateRules::new(channels, self.groups.iter().map(String::as_str));
        rules.device_id = Some(self.device_id.as_str()).filter(|f| !f.is_empty()).map(Into::into);
        rules.text_bytes_max = self.text_bytes_max;
        rules.devices_max = self.devices_max;
        rules
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_device_waits_longer_than_the_longest_time() {
        let mut identity = TelemetryIdentity::default();
        assert!(identity.problem().is_none() && identity.pace().is_some());
        identity.match_after_ms = identity.match_within_ms + 1;
        let problem = identity.problem().expect("a problem");
        assert!(problem.contains("match_within_ms"), "{problem}");
        identity.match_after_ms = 0;
        assert!(identity.problem().is_none() && identity.pace().is_none());
    }
}
