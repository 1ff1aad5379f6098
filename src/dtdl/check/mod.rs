//! Checks that need the whole model: circles, depths, counts, names, and the demands of types.

mod found;

mod contained;
mod extends;
mod names;
mod rules;
mod schemas;
mod siblings;
mod values;

mod run;

use found::{Found, at_element, at_property};

pub(crate) use run::check_model;
