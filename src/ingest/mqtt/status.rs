//! Whether the broker is reached, for readiness and metrics.

use std::sync::Arc;

use metrics::{Gauge, gauge};
use parking_lot::Mutex;

/// Whether the broker is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionState {
    /// Not yet.
    Connecting,
    /// Connected and subscribed.
    Connected,
    /// Not any more, or not with what was asked; we keep trying.
    Lost(String),
    /// We stopped.
    Stopped,
}

/// What a service tells about itself. Cloning it is cheap.
#[derive(Clone)]
pub struct MqttStatus {
    state: Arc<Mutex<ConnectionState>>,
    connected: Gauge,
    waiting: Gauge,
}

impl MqttStatus {
    pub(super) fn new(source: &str) -> Self {
        let source = source.to_owned();
        Self {
            state: Arc::new(Mutex::new(ConnectionState::Connecting)),
            connected: gauge!("counterpart_mqtt_connected", "source" => source.clone()),
            waiting: gauge!("counterpart_mqtt_waiting_messages", "source" => source),
        }
    }

    /// The state of the connection.
    pub fn connection(&self) -> ConnectionState {
        self.state.lock().clone()
    }

    /// Whether the broker is reached.
    pub fn is_connected(&self) -> bool {
        *self.state.lock() == ConnectionState::Connected
    }

    pub(super) fn set(&self, state: ConnectionState) {
        let connected = state == ConnectionState::Connected;
        self.connected.set(if connected { 1.0 } else { 0.0 });
        *self.state.lock() = state;
    }

    pub(super) fn set_waiting(&self, messages: usize) {
        self.waiting.set(messages as f64);
    }
}
