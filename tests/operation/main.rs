//! The worst that users, networks, disks and databases do to the running program.

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod arrivals;
mod bodies;
mod commands;
mod coverage;
mod database_gone;
mod disk_full;
mod documents;
mod floods;
mod import;
mod nameplates;
mod nameplates_alone;
mod pages;
mod plant;
mod probe;
mod raw;
mod reconcile;
mod slow_clients;
mod staging;
mod steward;
mod stopping;
mod tampering;
mod values;
mod variables;
