//! A list that can grow while what is in it is borrowed.

use std::cell::OnceCell;

/// Batches of values, added one after the other. What was added stays where it is, so that the
/// documents fetched in one round of resolving can be borrowed while the next is fetched.
pub(crate) struct Arena<T> {
    batch: OnceCell<Vec<T>>,
    next: OnceCell<Box<Arena<T>>>,
}

impl<T> Arena<T> {
    /// An empty arena.
    pub(crate) fn new() -> Arena<T> {
        Arena { batch: OnceCell::new(), next: OnceCell::new() }
    }

    /// Adds a batch, and gives it back to borrow.
    pub(crate) fn add(&self, values: Vec<T>) -> &[T] {
        let mut at = self;
        while at.batch.get().is_some() {
            at = at.next.get_or_init(|| Box::new(Arena::new()));
        }
        at.batch.get_or_init(|| values)
    }
}
