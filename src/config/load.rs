//! The whole configuration, and where it comes from.

use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

use super::coverage::Coverage;
use super::ingest::Ingest;
use super::limits::Limits;
use super::matching::Matching;
use super::mqtt::Mqtt;
use super::roles::{Places, RoleRoots};
use super::server::Server;
use super::store::Database;
use super::survivorship::Survivorship;
use super::telemetry_identity::TelemetryIdentity;
use crate::domain::rejection::Rejection;
use crate::domain::role::Roles;
use crate::domain::state::Rules;
use crate::graphql::ReadBounds;
use crate::graphql::limits::GraphqlLimits;

/// Variables of the environment that configure the server start so; `__` stands between the parts of a name.
pub const ENVIRONMENT_PREFIX: &str = "COUNTERPART_";

/// Everything that can be configured. Every part has a default that works.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub server: Server,
    /// Where data are kept.
    pub database: Database,
    /// Which models are assets, locations and devices.
    pub roles: RoleRoots,
    /// How places nest.
    pub places: Places,
    /// When records are linked, and when a person is asked.
    pub matching: Matching,
    /// What devices say of themselves.
    pub telemetry_identity: TelemetryIdentity,
    /// Which of several sources' values survives.
    pub survivorship: Survivorship,
    /// The coverage board.
    pub coverage: Coverage,
    /// Readings, whatever the protocol.
    pub ingest: Ingest,
    /// The MQTT broker to take readings from.
    pub mqtt: Mqtt,
    /// Limits on GraphQL documents and connections.
    pub graphql: GraphqlLimits,
    /// How much one field of an answer may read.
    pub reads: ReadBounds,
    /// All other limits.
    pub limits: Limits,
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there.
    #[error("there is no configuration file `{0}`; create it, or leave out --config")]
    Missing(PathBuf),
    /// Something in it is wrong.
    #[error("the configuration cannot be used: {0}")]
    Invalid(Box<figment::Error>),
    /// A rule in it makes no sense.
    #[error("the configuration cannot be used: {0}")]
    Role(#[from] Box<Rejection>),
}

/// Reads the configuration: defaults, the file if one is named, the environment.
///
/// # Errors
/// When the file is missing, or anything in it or in the environment is unknown or of the wrong type.
pub fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
    let mut figment = Figment::from(Serialized::defaults(Config::default()));
    if let Some(file) = file {
        if !file.is_file() {
            return Err(ConfigError::Missing(file.to_owned()));
        }
        figment = figment.merge(Toml::file_exact(file));
    }
    // `COUNTERPART_LOG` and the like have no section; what has one and is misspelt is refused.
    let environment =
        Env::prefixed(ENVIRONMENT_PREFIX).split("__").filter(|key| key.as_str().contains('.'));
    figment.merge(environment).extract().map_err(|e| ConfigError::Invalid(Box::new(e)))
}

impl Config {
    /// The rules of the domain that are configured.
    ///
    /// # Errors
    /// When a model in them is no DTMI, or a number makes no sense.
    pub fn rules(&self) -> Result<Rules, ConfigError> {
        let problem = self.matching.problem().or_else(|| self.telemetry_identity.problem());
        if let Some(problem) = problem {
            return Err(ConfigError::Role(Box::new(Rejection::Invalid(problem))));
        }
        Ok(Rules {
            roles: Roles::new(self.roles.roots().map_err(Box::new)?),
            places: self.places.rules(),
            survivorship: self.survivorship.rules().map_err(Box::new)?,
            coverage: self.coverage.rules(),
            nameplate: self.telemetry_identity.rules(),
            streams_max: self.limits.streams,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_setting_is_refused_by_name() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("counterpart.toml");
        std::fs::write(&file, "[server]\nlissten = \"127.0.0.1:1\"\n").unwrap();
        let error = load(Some(&file)).unwrap_err().to_string();
        assert!(error.contains("lissten"), "{error}");
    }

    #[test]
    fn the_defaults_are_usable() {
        let config = load(None).unwrap();
        assert!(config.rules().is_ok());
    }
}
