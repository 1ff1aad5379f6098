//! Memory that requests may hold together: whoever wants more waits a little, then is sent away.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const UNIT_BYTES: usize = 1024;

/// A number of bytes that leases share.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    units: Arc<Semaphore>,
    wait: Duration,
}

/// There was no room in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

impl Budget {
    /// A budget; `wait` is how long a lease waits for room.
    pub(super) fn new(bytes: usize, wait: Duration) -> Self {
        let units = bytes.div_ceil(UNIT_BYTES).min(Semaphore::MAX_PERMITS);
        Self { units: Arc::new(Semaphore::new(units)), wait }
    }

    /// A lease of nothing yet.
    pub(super) fn lease(&self) -> Lease {
        Lease { budget: self.clone(), permit: None }
    }
}

/// A part of the budget; it goes back when dropped.
#[derive(Debug)]
pub(super) struct Lease {
    budget: Budget,
    permit: Option<OwnedSemaphorePermit>,
}

impl Lease {
    /// Makes the lease at least `bytes` long.
    pub(super) async fn grow_to(&mut self, bytes: usize) -> Result<(), Full> {
        let held = self.permit.as_ref().map_or(0, |p| p.num_permits());
        let more = bytes.div_ceil(UNIT_BYTES).saturating_sub(held);
        if more == 0 {
            return Ok(());
        }
        let more = u32::try_from(more).map_err(|_| Full)?;
        let acquired = self.budget.units.clone().acquire_many_owned(more);
        let permit = tokio::time::timeout(self.budget.wait, acquired)
            .await
            .map_err(|_| Full)?
            .map_err(|_| Full)?;
        match &mut self.permit {
            Some(held) => held.merge(permit),
            none => *none = Some(permit),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_budget_sends_away_and_a_returned_lease_makes_room() {
        let budget = Budget::new(4096, Duration::from_millis(10));
        let (mut one, mut other) = (budget.lease(), budget.lease());
        assert_eq!(one.grow_to(3000).await, Ok(()));
        assert_eq!(one.grow_to(3072).await, Ok(()));
        assert_eq!(other.grow_to(1025).await, Err(Full));
        drop(one);
        assert_eq!(other.grow_to(4096).await, Ok(()));
    }
}
