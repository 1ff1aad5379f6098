//! DTDL: models of twins, read, resolved, checked and linked; and the validation of values.

mod dtmi;
mod error;
mod policy;
mod text;

mod json;

mod metamodel;

mod check;
mod context;
mod graph;
mod link;
mod read;

mod build;
mod model;
mod value;

mod arena;
mod catalogue;
mod compat;
mod engine;
mod inspect;
mod json_schema;
mod lint;
mod report;
mod repository;
mod usage;

pub mod units;

pub use catalogue::{Catalogue, Upload};
pub use compat::{Change, Compatibility, Impact};
pub use dtmi::{DTMI_LENGTH_MAX, Dtmi, DtmiError, DtmiVersion};
pub use engine::{Document, FetchedDocument};
pub use error::{ERRORS_MAX, ModelError, ModelErrors, Place};
pub use inspect::{ElementRecord, RecordValue};
pub use lint::lint;
pub use model::{
    CommandPayload, Content, ContentKind, Cotype, CotypeValue, EnumSchema, EnumValue,
    EnumValueKind, Field, Geospatial, Interface, LanguageMap, NumberRange, RecursiveSchema, Schema,
    Semantic,
};
pub use policy::{Policy, UndefinedExtensions};
pub use report::{SourceText, render, render_warnings, to_json, to_sarif};
pub use repository::{identifier_at, repository_path};
pub use usage::{ModelUser, UseKind};
pub use value::ValueError;
