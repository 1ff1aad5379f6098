//! How to reach a broker, and the limits of what comes from it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use rumqttc::Transport;
use rumqttc::v5::MqttOptions as ClientOptions;

use crate::domain::id::{InvalidId, abridged};
use crate::ingest::mapping::TopicMapping;

/// A password: it does not show in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// How to reach a broker, and the limits of what comes from it.
#[derive(Debug, Clone)]
pub struct MqttOptions {
    /// `mqtt://host:1883`, or `mqtts://host:8883` for TLS.
    pub url: String,
    /// The name of the session that the broker keeps; each server needs its own.
    pub client_id: String,
    /// The user name, where the broker asks for one.
    pub username: Option<String>,
    /// The password.
    pub password: Option<Secret>,
    /// Certificates to trust, as PEM; without it those of the machine.
    pub ca_file: Option<PathBuf>,
    /// The name of this source in metrics and the audit trail.
    pub source: String,
    /// Which topics are read, and what they say; the first that fits a topic explains it.
    pub subscriptions: Vec<TopicMapping>,
    /// Largest packet that the broker may send, in bytes.
    pub packet_bytes_max: u32,
    /// Most messages that the broker may send without an acknowledgement.
    ///
    /// Brokers have a limit of their own as well: mosquitto's `max_inflight_messages` is 20.
    pub receive_max: u16,
    /// Most bytes of messages that wait to be kept; beyond it the connection is not read.
    pub waiting_bytes_max: usize,
    /// Most messages that share one commit.
    pub batch_messages_max: usize,
    /// How long a batch waits for more messages, in case there are few.
    pub batch_wait: Duration,
    /// How often the broker hears from us when nothing happens; at least 5 s.
    pub keep_alive: Duration,
    /// How long the broker keeps the session, and what comes for it, while we are away.
    pub session_expiry: Duration,
    /// How long to wait before the second attempt to connect, or to keep a batch; doubles from there.
    pub retry_wait_min: Duration,
    /// Longest wait between attempts.
    pub retry_wait_max: Duration,
}

impl Default for MqttOptions {
    fn default() -> Self {
        Self {
            url: "mqtt://localhost:1883".to_owned(),
            client_id: "counterpart".to_owned(),
            username: None,
            password: None,
            ca_file: None,
            source: "mqtt".to_owned(),
            subscriptions: Vec::new(),
            packet_bytes_max: 1024 * 1024,
            receive_max: 1000,
            waiting_bytes_max: 32 * 1024 * 1024,
            batch_messages_max: 5_000,
            batch_wait: Duration::from_millis(2),
            keep_alive: Duration::from_secs(30),
            session_expiry: Duration::from_secs(7 * 24 * 3600),
            retry_wait_min: Duration::from_millis(250),
            retry_wait_max: Duration::from_secs(30),
        }
    }
}

/// Options that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum InvalidMqtt {
    /// The URL is not one of a broker.
    #[error("`{url}` is no broker's URL: {problem}; write mqtt://host:1883 or mqtts://host:8883")]
    Url {
        /// The URL without what may be secret.
        url: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Nothing would be read.
    #[error("no topic is mapped; add a subscription such as counterpart/{{device}}/{{channel}}")]
    NoSubscription,
    /// A number out of range.
    #[error("`{setting}` {problem}")]
    Setting {
        /// The setting.
        setting: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The source cannot be a name.
    #[error(transparent)]
    Source(#[from] InvalidId),
    /// The certificates cannot be read.
    #[error("`{path}` cannot be read: {error}; it holds the certificates to trust")]
    Certificates {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

impl MqttOptions {
    /// The client's options.
    pub(super) fn to_client(&self) -> Result<ClientOptions, InvalidMqtt> {
        self.check()?;
        let (host, port, is_tls) = self.address()?;
        let mut client = ClientOptions::new(&self.client_id, host, port);
        client.set_clean_start(false);
        client.set_manual_acks(true);
        client.set_keep_alive(self.keep_alive);
        client.set_receive_maximum(Some(self.receive_max));
        client.set_max_packet_size(Some(self.packet_bytes_max));
        let expiry = u32::try_from(self.session_expiry.as_secs()).unwrap_or(u32::MAX);
        client.set_session_expiry_interval(Some(expiry));
        if let Some(username) = &self.username {
            let password = self.password.as_ref().map_or("", |secret| &secret.0);
            client.set_credentials(username, password);
        }
        if is_tls {
            client.set_transport(self.tls()?);
        }
        Ok(client)
    }

    fn check(&self) -> Result<(), InvalidMqtt> {
        let setting = |setting, problem| Err(InvalidMqtt::Setting { setting, problem });
        if self.subscriptions.is_empty() {
            return Err(InvalidMqtt::NoSubscription);
        }
        if self.client_id.is_empty() {
            return setting("client_id", "is empty, so the broker could keep no session; give one");
        }
        if self.receive_max == 0 || self.batch_messages_max == 0 {
            return setting("receive_max or batch_messages_max", "is 0; give at least 1");
        }
        if self.keep_alive < Duration::from_secs(5) {
            return setting("keep_alive", "is less than 5 s");
        }
        if self.waiting_bytes_max < self.packet_bytes_max as usize {
            return setting("waiting_bytes_max", "is less than packet_bytes_max");
        }
        Ok(())
    }

    fn address(&self) -> Result<(String, u16, bool), InvalidMqtt> {
        let invalid = |problem| InvalidMqtt::Url {
            url: abridged(self.url.rsplit('@').next().unwrap_or_default()),
            problem,
        };
        let (scheme, rest) = self.url.split_once("://").ok_or(invalid("it has no scheme"))?;
        let is_tls = match scheme {
            "mqtt" | "tcp" => false,
            "mqtts" | "ssl" => true,
            _ => return Err(invalid("the scheme is neither mqtt nor mqtts")),
        };
        if rest.contains('@') {
            return Err(invalid("it holds a user; set username and password by themselves"));
        }
        let authority: http::uri::Authority = rest
            .trim_end_matches('/')
            .parse()
            .map_err(|_| invalid("host and port cannot be read"))?;
        let default_port = if is_tls { 8883 } else { 1883 };
        let port = authority.port_u16().unwrap_or(default_port);
        Ok((authority.host().to_owned(), port, is_tls))
    }

    fn tls(&self) -> Result<Transport, InvalidMqtt> {
        // Whoever was first has installed the same provider: there is only one in the build.
        drop(rustls::crypto::ring::default_provider().install_default());
        let Some(path) = &self.ca_file else {
            return Ok(Transport::tls_with_default_config());
        };
        let ca = std::fs::read(path)
            .map_err(|error| InvalidMqtt::Certificates { path: path.clone(), error })?;
        Ok(Transport::tls(ca, None, None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(url: &str) -> MqttOptions {
        MqttOptions {
            url: url.to_owned(),
            password: Some(Secret("hunter2".to_owned())),
            subscriptions: vec![TopicMapping::new("{device}", "mqtt").unwrap()],
            ..MqttOptions::default()
        }
    }

    #[test]
    fn a_url_names_host_port_and_whether_to_encrypt() {
        let table = [
            ("mqtt://broker", Some(("broker", 1883, false))),
            ("mqtts://broker/", Some(("broker", 8883, true))),
            ("mqtt://10.0.0.1:2883", Some(("10.0.0.1", 2883, false))),
            ("mqtt://[::1]:2883", Some(("[::1]", 2883, false))),
            ("broker:1883", None),
            ("http://broker", None),
            ("mqtt://me:secret@broker", None),
            ("mqtt://", None),
        ];
        for (url, expected) in table {
            let address = options(url).address();
            let address = address.as_ref().ok();
            let address = address.map(|(host, port, tls)| (host.as_str(), *port, *tls));
            assert_eq!(address, expected, "{url}");
        }
    }

    #[test]
    fn a_password_shows_neither_in_logs_nor_in_errors() {
        assert!(!format!("{:?}", options("mqtt://b")).contains("hunter2"));
        let error = options("mqtt://me:secret@broker").to_client().unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn options_that_cannot_work_are_refused_before_connecting() {
        let no_topic = MqttOptions { subscriptions: Vec::new(), ..options("mqtt://b") };
        let no_id = MqttOptions { client_id: String::new(), ..options("mqtt://b") };
        let hasty = MqttOptions { keep_alive: Duration::from_secs(1), ..options("mqtt://b") };
        for bad in [no_topic, no_id, hasty] {
            assert!(bad.to_client().is_err());
        }
    }
}
