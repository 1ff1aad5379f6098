//! Time and ids, passed in wherever they are needed: the only place that asks the machine for them.

use uuid::Uuid;

use crate::domain::decide::IdSource;
use crate::domain::time::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
    fn now(&self) -> Timestamp {
        let nanos = jiff::Timestamp::now().as_nanosecond();
        Timestamp(i64::try_from(nanos).unwrap_or(i64::MAX))
    }
}

/// Time-ordered random ids.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl IdSource for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
    fn next(&mut self) -> Uuid {
        Uuid::now_v7()
    }
}
