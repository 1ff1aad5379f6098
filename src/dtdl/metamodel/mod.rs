//! The metamodel: what DTDL v2, v3 and v4 and their extensions are made of, as tables.

mod class;
mod extension;
mod limits;
mod property;
mod quantitative;
mod quantity;
mod registry;
mod standard;
mod supplemental;
mod unit;

pub(crate) use class::{Class, ClassSet};
pub(crate) use limits::{
    ELEMENTS_MAX, EXTENDS_COUNT_MAX, EXTENDS_DEPTH_MAX, ID_LENGTH_MAX, INTERFACE_BYTES_MAX,
    INTERFACE_ID_LENGTH_MAX, Limit, Limits, SCHEMA_DEPTH_MAX,
};
pub(crate) use property::{Elements, Pattern, PropertyDef, Shape};
pub(crate) use quantity::QUANTITIES;
pub(crate) use registry::{Context, registry};
pub(crate) use standard::{StandardElement, standard_element};
pub(crate) use supplemental::{
    ExtensionKind, Rule, SupplementalProperty, SupplementalType, SupplementalValue, TypeTest,
};
pub(crate) use unit::FAMILIES;
