//! DTDL against the reference cases, the published ontologies, and hostile input.

#[path = "dtdl/cases.rs"]
mod cases;
#[path = "dtdl/compat.rs"]
mod compat;
#[path = "dtdl/fuzz.rs"]
mod fuzz;
#[path = "dtdl/hostile.rs"]
mod hostile;
#[path = "dtdl/instances.rs"]
mod instances;
#[path = "dtdl/judge.rs"]
mod judge;
#[path = "dtdl/lints.rs"]
mod lints;
#[path = "dtdl/ontologies.rs"]
mod ontologies;
#[path = "dtdl/probes.rs"]
mod probes;
#[path = "dtdl/shared.rs"]
mod shared;
