//! Where to listen, and how patient to be.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

/// The HTTP server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port. Only this machine reaches the default.
    pub listen: SocketAddr,
    /// Most connections at once; further ones wait to be accepted.
    pub connections: usize,
    /// Origins (`https://plant.example`) of web pages, beside this server's own, that may use it.
    pub allowed_origins: Vec<String>,
    /// Names (`plant.example`) by which it is reached through a proxy on this machine. Only a
    /// server on a loopback address asks: it knows its own names, and no other is its own.
    pub allowed_hosts: Vec<String>,
    /// A request's headers must be complete within this many milliseconds.
    pub header_timeout_ms: u64,
    /// On shutdown, requests are taken for this many milliseconds more while `/readyz` already says
    /// no, so that a load balancer can look elsewhere.
    pub drain_ms: u64,
    /// After that, requests under way get this many milliseconds to finish.
    pub grace_ms: u64,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            connections: 10_000,
            allowed_origins: Vec::new(),
            allowed_hosts: Vec::new(),
            header_timeout_ms: 10_000,
            drain_ms: 0,
            grace_ms: 10_000,
        }
    }
}
