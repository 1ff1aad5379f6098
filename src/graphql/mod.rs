//! GraphQL, typed by the models: the schema, its resolvers, and the transports around them.

mod error_code;

pub mod error;

pub mod field_errors;

pub mod limits;

pub mod transport;

mod builtin;
mod describe;
mod names;
mod served;

mod bounds;
mod scope;
mod world;

mod args;
mod build;
mod refusal;

mod types;

mod mutation;
mod query;
mod subscription;

mod demand;
mod schema;
mod service;

pub use bounds::ReadBounds;
pub use limits::GraphqlLimits;
pub use names::{ModelNames, Names};
pub use schema::sdl;
pub use served::{Served, Wanted};
pub use service::{SchemaFailed, SchemaService};
pub use transport::{ExampleOperation, GraphqlService, TransportOptions};
