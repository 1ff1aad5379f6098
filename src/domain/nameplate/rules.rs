//! Which channels tell what of the device itself.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::domain::reading::{Quality, Reading};
use crate::domain::value::Value;

/// Most groups that stand before a channel's name, as in `Properties/Device Info/Serial Number`.
const GROUPS_DEEP_MAX: usize = 4;

/// What stands between the parts of a channel's name.
const SEPARATORS: [char; 6] = ['/', '.', ':', '|', '\\', '>'];

/// The names of channels that tell of the device, by identity field, the surer name first: as people write them, and as
/// OPC UA for Devices (nameplate of IVendorNameplateType), LwM2M (object 3) and Sparkplug (birth properties) have them.
const CHANNELS: [(&str, &[&str]); 9] = [
    ("serial", &["serialNumber", "serialNo", "serialNr", "serial", "sn", "3/0/2"]),
    ("manufacturer", &["manufacturer", "manufacturerName", "vendor", "vendorName", "3/0/0"]),
    (
        "model",
        &[
            "model",
            "modelNumber",
            "modelNo",
            "modelName",
            "productCode",
            "deviceModel",
            "hwModel",
            "hardwareModel",
            "3/0/1",
        ],
    ),
    (
        "mac",
        &[
            "mac",
            "macAddress",
            "macAddr",
            "hwAddr",
            "hardwareAddress",
            "physicalAddress",
            "ethernetMac",
        ],
    ),
    ("uuid", &["uuid", "deviceUuid", "guid"]),
    ("hostname", &["hostname", "host"]),
    ("ip", &["ip", "ipAddress", "ipAddr", "ipv4", "ipv4Address"]),
    ("firmware", &["firmware", "firmwareVersion", "fwVersion", "softwareRevision", "3/0/3"]),
    ("object_type", &["deviceType", "deviceClass", "productType"]),
];

/// Words that stand before the names: what follows is of the device itself, and not of a part of it.
const GROUPS: [&str; 18] = [
    "properties",
    "property",
    "device",
    "deviceInfo",
    "deviceInformation",
    "nodeInfo",
    "info",
    "identification",
    "identity",
    "nameplate",
    "metadata",
    "meta",
    "attributes",
    "system",
    "systemInfo",
    "hardware",
    "hardwareInfo",
    "nodeControl",
];

/// Longest text that is taken, in bytes.
const TEXT_BYTES_MAX: usize = 128;
/// Most devices that are matched by what they say of themselves.
const DEVICES_MAX: usize = 100_000;

/// Which channels tell what of the device itself. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct NameplateRules {
    /// Field and rank, by the parts of a name.
    channels: Arc<HashMap<String, (Arc<str>, usize)>>,
    groups: Arc<HashSet<String>>,
    /// The identity field that a device's own id is, if it is one.
    pub device_id: Option<Arc<str>>,
    /// Longest text that is taken, in bytes.
    pub text_bytes_max: usize,
    /// Most devices that are matched by what they say of themselves; others' words are not.
    pub devices_max: usize,
}

impl Default for NameplateRules {
    fn default() -> Self {
        let names = Self::default_channels();
        let mut rules = Self::none();
        rules.channels = Arc::new(by_name(names));
        rules.groups = Arc::new(Self::default_groups().map(key).collect());
        rules.device_id = Some("client_id".into());
        rules
    }
}

impl NameplateRules {
    /// Rules by which nothing tells of a device.
    pub fn none() -> Self {
        Self {
            channels: Arc::default(),
            groups: Arc::default(),
            device_id: None,
            text_bytes_max: TEXT_BYTES_MAX,
            devices_max: DEVICES_MAX,
        }
    }

    /// Rules by these names of channels, by identity field, and by the words that may stand before them.
    pub fn new<'a>(
        channels: impl IntoIterator<Item = (&'a str, Vec<&'a str>)>,
        groups: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let channels = Arc::new(by_name(channels));
        let groups = Arc::new(groups.into_iter().map(key).collect());
        Self { channels, groups, ..Self::none() }
    }

    /// The names that count unless others are configured.
    pub fn default_channels() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
        CHANNELS.into_iter().map(|(field, names)| (field, names.to_vec()))
    }

    /// The words that may stand before them unless others are configured.
    pub fn default_groups() -> impl Iterator<Item = &'static str> {
        GROUPS.into_iter()
    }

    /// The identity field that a channel tells, and the rank of its name: the least is the surest.
    ///
    /// Case, and what is neither letter nor digit, make no difference.
    pub fn field_of(&self, channel: &str) -> Option<(Arc<str>, usize)> {
        if self.channels.is_empty() {
            return None;
        }
        let parts = parts(channel);
        for skipped in 0..=GROUPS_DEEP_MAX {
            let found = self.channels.get(&parts.get(skipped..)?.join("/"));
            if found.is_some() {
                return found.cloned();
            }
            parts.get(skipped).filter(|part| self.groups.contains(*part))?;
        }
        None
    }

    /// What a reading says, if it is a text of a nameplate: not too long, with nothing in it that cannot be seen.
    pub fn text_of(&self, reading: &Reading) -> Option<Arc<str>> {
        if reading.quality == Quality::Bad {
            return None;
        }
        let text: Arc<str> = match &reading.value {
            Value::Text(text) => text.trim().into(),
            Value::Integer(number) => number.to_string().into(),
            Value::Boolean(_) | Value::Double(_) | Value::Json(_) => return None,
        };
        let fits = !text.is_empty() && text.len() <= self.text_bytes_max;
        (fits && !text.chars().any(char::is_control)).then_some(text)
    }
}

/// The parts of a name in lower case, letters and digits only.
fn parts(name: &str) -> Vec<String> {
    let bare = |part: &str| -> String {
        part.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    name.split(SEPARATORS).map(bare).filter(|part| !part.is_empty()).collect()
}

fn key(name: &str) -> String {
    parts(name).join("/")
}

fn by_name<'a>(
    channels: impl IntoIterator<Item = (&'a str, Vec<&'a str>)>,
) -> HashMap<String, (Arc<str>, usize)> {
    let mut all = HashMap::new();
    for (field, names) in channels {
        let field: Arc<str> = field.into();
        for (rank, name) in names.into_iter().enumerate() {
            all.entry(key(name)).or_insert((field.clone(), rank));
        }
    }
    all.remove("");
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_every_spelling_and_only_as_the_devices_own() {
        let rules = NameplateRules::default();
        let field = |channel: &str| rules.field_of(channel).map(|(field, _)| field.to_string());
        for (channel, expected) in [
            ("serialNumber", Some("serial")),
            ("SERIAL_NUMBER", Some("serial")),
            ("Properties/Serial Number", Some("serial")),
            ("/3/0/2", Some("serial")),
            ("Identification.SerialNumber", Some("serial")),
            ("Node Info/Hardware/mac-address", Some("mac")),
            ("vendor", Some("manufacturer")),
            ("ip", Some("ip")),
            ("pump1/serialNumber", None),
            ("properties", None),
            ("temperature", None),
            ("302", None),
            ("", None),
            ("///", None),
        ] {
            assert_eq!(field(channel).as_deref(), expected, "{channel}");
        }
        assert!(NameplateRules::none().field_of("serial").is_none());
    }
}
