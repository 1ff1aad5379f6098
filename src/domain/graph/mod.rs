//! The graph of twins and relationships, each a set of timelines, on petgraph.

mod edge;
mod store;
mod traverse;
mod twin;

pub use edge::Edge;
pub use store::Graph;
pub use traverse::{Direction, Reached, Walk};
pub use twin::{Statement, TwinNode};
