//! Record linkage: learning, blocking, weights, clusters, the index.

mod blocking;
mod clusters;
mod index;
mod learning;
mod people;
mod presets;
mod settings;
mod weights;
