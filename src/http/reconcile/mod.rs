//! `/reconcile`: the Reconciliation Service API 0.2 of the W3C community group, which OpenRefine speaks.

mod answer;
mod extend;
mod manifest;
mod preview;
mod query;
mod router;
mod suggest;

pub(super) use router::router;
