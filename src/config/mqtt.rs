//! The MQTT broker to take readings from.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::ingest::mapping::{InvalidPattern, TopicMapping};
use crate::ingest::mqtt::{MqttOptions, Secret};

/// One broker. Without a URL, none is connected to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mqtt {
    /// `mqtt://host:1883`, or `mqtts://host:8883` for TLS.
    pub url: Option<String>,
    /// The name of the session that the broker keeps; each server needs its own.
    pub client_id: String,
    /// The user name, where the broker asks for one.
    pub username: Option<String>,
    /// The password.
    #[serde(skip_serializing)]
    pub password: Option<String>,
    /// Certificates to trust, as PEM; without it those of the machine.
    pub ca_file: Option<PathBuf>,
    /// The system of the devices on this broker.
    pub system: String,
    /// Which topics are read: patterns with `{device}`, `{channel}` and `{scope}` in place of levels.
    pub topics: Vec<String>,
}

impl Default for Mqtt {
    fn default() -> Self {
        Self {
            url: None,
            client_id: "counterpart".to_owned(),
            username: None,
            password: None,
            ca_file: None,
            system: "mqtt".to_owned(),
            topics: vec![
                "counterpart/{device}/{channel}".to_owned(),
                "counterpart/{device}".to_owned(),
            ],
        }
    }
}

impl Mqtt {
    /// Options of the adapter, if a broker is configured.
    ///
    /// # Errors
    /// When a topic pattern is not one.
    pub fn options(&self) -> Result<Option<MqttOptions>, InvalidPattern> {
        let Some(url) = &self.url else {
            return Ok(None);
        };
        let patterns = self.topics.iter().map(|topic| TopicMapping::new(topic, &self.system));
        Ok(Some(MqttOptions {
            url: url.clone(),
            client_id: self.client_id.clone(),
            username: self.username.clone(),
            password: self.password.clone().map(Secret),
            ca_file: self.ca_file.clone(),
            subscriptions: patterns.collect::<Result<_, _>>()?,
            ..MqttOptions::default()
        }))
    }
}
