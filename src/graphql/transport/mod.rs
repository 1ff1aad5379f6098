//! The wire around the executor: GraphQL over HTTP, `graphql-transport-ws` and server-sent events.
//!
//! async-graphql's own axum integration runs mutations over GET, takes any content type, has no
//! caps, and differs from the protocols in many small ways, so these layers are ours.

pub mod actor;

mod service;

mod router;

mod answer;
mod body;
mod envelope;
mod json;
mod negotiate;
mod operation;
mod origin;

mod http;
mod sse;
mod ws;
mod ws_message;
mod ws_output;

mod graphiql;

pub use router::router;
pub use service::{Caller, ExampleOperation, GraphqlService, TransportOptions};
