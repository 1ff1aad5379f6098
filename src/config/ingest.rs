//! Readings in: over HTTP and MQTT.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ingest::http::HttpOptions;
use crate::ingest::{DecodeLimits, IntakeOptions};

/// What comes in, whatever the protocol.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ingest {
    /// The system of devices whose reading names none.
    pub default_system: String,
    /// How far ahead of this machine's clock an event time may be, in milliseconds.
    pub future_skew_ms: u64,
    /// Most readings in one message or body.
    pub message_readings: usize,
    /// Longest text as a value, in bytes.
    pub text_bytes: usize,
    /// Longest object or array as a value, in bytes.
    pub json_bytes: usize,
    /// Longest body of `POST /ingest`, in bytes after decompression.
    pub body_bytes: usize,
    /// Memory that all bodies may hold together, in bytes.
    pub in_flight_bytes: usize,
    /// How long a body may take to arrive, in milliseconds.
    pub body_deadline_ms: u64,
}

impl Default for Ingest {
    fn default() -> Self {
        let (limits, http) = (DecodeLimits::default(), HttpOptions::default());
        Self {
            default_system: "http".to_owned(),
            future_skew_ms: millis(limits.future_skew),
            message_readings: limits.message_readings_max,
            text_bytes: limits.text_bytes_max,
            json_bytes: limits.json_bytes_max,
            body_bytes: http.body_bytes_max,
            in_flight_bytes: http.in_flight_bytes_max,
            body_deadline_ms: millis(http.body_deadline),
        }
    }
}

impl Ingest {
    /// Options of the path that all protocols share.
    pub fn intake(&self) -> IntakeOptions {
        IntakeOptions {
            limits: DecodeLimits {
                message_readings_max: self.message_readings,
                text_bytes_max: self.text_bytes,
                json_bytes_max: self.json_bytes,
                future_skew: Duration::from_millis(self.future_skew_ms),
                ..DecodeLimits::default()
            },
            default_system: Some(self.default_system.as_str().into()),
            ..IntakeOptions::default()
        }
    }

    /// Options of `POST /ingest`.
    pub fn http(&self) -> HttpOptions {
        HttpOptions {
            body_bytes_max: self.body_bytes,
            in_flight_bytes_max: self.in_flight_bytes,
            body_deadline: Duration::from_millis(self.body_deadline_ms),
            ..HttpOptions::default()
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
