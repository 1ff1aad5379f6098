//! Arguments that several commands share.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

/// Where the data are.
#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
pub struct Place {
    /// Directory of the embedded SQLite store [default: ./counterpart-data]
    #[arg(long, value_name = "DIRECTORY")]
    pub data: Option<PathBuf>,
    /// PostgreSQL database, `postgres://user:password@host:port/name`
    #[arg(long, value_name = "URL", env = "COUNTERPART_DATABASE_URL", hide_env_values = true)]
    pub database: Option<String>,
}

/// The configuration file, and where the data are.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// TOML file; every setting has a default that works
    #[arg(long, value_name = "FILE", env = "COUNTERPART_CONFIG")]
    pub config: Option<PathBuf>,
    /// Where the data are.
    #[command(flatten)]
    pub place: Place,
}

/// Where to listen.
#[derive(Debug, Clone, Args)]
pub struct Listen {
    /// Address and port; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
}

impl Common {
    /// The configuration with the flags on top.
    ///
    /// # Errors
    /// When the file or the environment cannot be used.
    pub fn config(&self) -> Result<crate::config::Config, crate::config::ConfigError> {
        let mut config = crate::config::load(self.config.as_deref())?;
        if let Some(directory) = &self.place.data {
            config.database.directory = Some(directory.clone());
            config.database.url = None;
        }
        if let Some(url) = &self.place.database {
            config.database.url = Some(url.clone());
        }
        Ok(config)
    }
}
