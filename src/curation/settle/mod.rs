//! Records that mean no twin yet are decided: joined to a twin, made a new one, or put before a person.

mod plan;

pub use plan::{Meaning, Pair, Plan, Subject, plan};
