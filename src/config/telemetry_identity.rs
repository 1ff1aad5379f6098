//! What devices say of themselves in their readings, and how far it is taken for evidence of what they are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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
        }
    }
}

impl TelemetryIdentity {
    /// What is wrong with it, if anything.
    pub(super) fn problem(&self) -> Option<String> {
        let known = self.device_id.is_empty() || FIELD_NAMES.contains(&self.device_id.as_str());
        (!known).then(|| {
            format!(
                "telemetry_identity.device_id is `{}`, which is no identity field; name one of {}, or nothing (\"\")",
                self.device_id,
                FIELD_NAMES.join(", ")
            )
        })
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
