//! Limits of what comes in, each named with its unit.

use std::time::Duration;

/// Limits on the content of one message, whatever the protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeLimits {
    /// Most readings in one message or request body; more refuses it whole.
    pub message_readings_max: usize,
    /// Longest text value, in bytes.
    pub text_bytes_max: usize,
    /// Longest object or array as a value, in bytes of compact JSON.
    pub json_bytes_max: usize,
    /// Deepest nesting of an object or array as a value.
    pub json_depth_max: usize,
    /// Most problems that one answer lists; the rest are counted.
    pub problems_max: usize,
    /// How far ahead of the server's clock an event time may be.
    pub future_skew: Duration,
}

impl Default for DecodeLimits {
    fn default() -> Self {
        Self {
            message_readings_max: 50_000,
            text_bytes_max: 64 * 1024,
            json_bytes_max: 64 * 1024,
            json_depth_max: 16,
            problems_max: 100,
            future_skew: Duration::from_secs(5 * 60),
        }
    }
}
