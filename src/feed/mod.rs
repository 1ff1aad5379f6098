//! The feed: what happens to twins, live and resumable from any position.

mod event;
mod hub;
mod subscribe;

pub use event::{Interest, TwinChange, TwinEvent, events_of};
pub use hub::Feed;
pub use subscribe::FeedError;
