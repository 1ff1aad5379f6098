//! Arguments that several commands share.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

/// Names the database where no flag does: with its password it should not be on a command line.
const DATABASE_URL: &str = "COUNTERPART_DATABASE_URL";

/// Where the data are.
#[derive(Debug, Clone, Args)]
#[group(multiple = false)]
pub struct Place {
    /// Directory of the embedded SQLite store [default: ./counterpart-data]
    #[arg(long, value_name = "DIRECTORY")]
    pub data: Option<PathBuf>,
    /// PostgreSQL database, `postgres://user:password@host:port/name` [env: COUNTERPART_DATABASE_URL]
    #[arg(long, value_name = "URL")]
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
        // Not by `clap`: a flag on the command line goes before the environment and is no contradiction to it.
        let named = || std::env::var(DATABASE_URL).ok().filter(|_| self.place.data.is_none());
        if let Some(url) = self.place.database.clone().or_else(named) {
            config.database.url = Some(url);
        }
        Ok(config)
    }
}
