//! Ingestion through its public surfaces: real sockets, a real broker, a whole engine.

mod bench;
mod broker;
mod gate;
mod harness;
mod http;
mod mqtt;
mod staging;
