//! Readings over MQTT 5, acknowledged to the broker only when they are on disk.
//!
//! MQTT 5 rather than 3.1.1: the client says how many messages may be on their way (Receive Maximum), how
//! large they may be, how long the broker keeps its session, and that kept messages are not repeated at
//! each subscription. QoS 1: the broker sends again what was not acknowledged, and readings with a time
//! of their own are then recognised. A reading without a time counts as measured when received, so a
//! repetition of it is a second reading.

mod backoff;
mod commit;
mod link;
mod options;
mod service;
mod status;

pub use options::{InvalidMqtt, MqttOptions, Secret};
pub use service::MqttService;
pub use status::{ConnectionState, MqttStatus};
