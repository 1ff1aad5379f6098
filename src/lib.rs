//! Counterpart: a digital twin and master-data reconciliation server.
//!
//! The folders are the stages of a reading's journey; `ARCHITECTURE.md` is the map.

pub mod dtdl;

pub mod domain;

pub mod clock;

pub mod store;

pub mod engine;

pub mod feed;

pub mod problem;

pub mod ingest;

pub mod sources;

pub mod curation;

pub mod graphql;

pub mod http;

pub mod config;

pub mod observe;

pub mod app;

pub mod cli;
