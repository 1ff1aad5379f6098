//! Building: from checked elements to the models that the rest of the server uses.

mod contents;
mod interfaces;
mod schemas;
mod source;

pub(crate) use interfaces::Builder;
pub(crate) use schemas::SchemaBuilder;
