//! Configuration: defaults, then a TOML file, then the environment, then flags.

mod coverage;
mod ingest;
mod limits;
mod load;
mod matching;
mod mqtt;
mod roles;
mod server;
mod store;
mod survivorship;
mod telemetry_identity;

pub use coverage::Coverage;
pub use ingest::Ingest;
pub use limits::Limits;
pub use load::{Config, ConfigError, load};
pub use matching::Matching;
pub use mqtt::Mqtt;
pub use roles::{Places, RoleRoots};
pub use server::Server;
pub use store::Database;
pub use survivorship::Survivorship;
pub use telemetry_identity::TelemetryIdentity;
