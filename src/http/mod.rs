//! HTTP: the server, all routes on one page, and how errors look.

mod body;
mod descriptors;
mod dtmi;
mod guard;
mod health;
mod import;
mod measured;
mod methods;
mod progress;
mod reconcile;
mod router;
mod server;
mod staged;

pub use guard::Guard;
pub use import::{BUNDLE_TYPE, Bundle, BundledFile, BundledSource};
pub use progress::{ImportProgress, Progress};
pub use router::{Routes, router};
pub use server::{ServerOptions, listen, serve};
