//! Looking at everything without keeping the writer waiting.

use std::ops::ControlFlow;

use super::handle::Engine;
use crate::domain::view::{Scope, View};

/// What one bounded look at the state found.
#[derive(Debug)]
pub struct Look<P, T> {
    /// What was found.
    pub found: Vec<T>,
    /// Where the next look starts; `None` at the end.
    pub next: Option<P>,
}

impl Engine {
    /// Looks at everything, in looks that `look` bounds; between two, the writer and other requests get their turn.
    ///
    /// Ends early when `take` breaks. All looks are through one scope, so what is found is of one position.
    pub async fn sweep<P, T>(
        &self,
        scope: Scope,
        start: P,
        look: impl Fn(View<'_>, P) -> Look<P, T>,
        mut take: impl FnMut(T) -> ControlFlow<()>,
    ) {
        let mut next = Some(start);
        while let Some(from) = next {
            let seen = self.read(|state| look(View { state, scope }, from));
            if seen.found.into_iter().try_for_each(&mut take).is_break() {
                return;
            }
            next = seen.next;
            tokio::task::yield_now().await;
        }
    }
}
