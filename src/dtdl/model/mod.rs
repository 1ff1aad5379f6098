//! Models as the rest of the server uses them: interfaces, their contents, and schemas.

mod content;
mod interface;
mod language;
mod schema;

pub use content::{CommandPayload, Content, ContentKind, Cotype, CotypeValue, Semantic};
pub use interface::Interface;
pub use language::LanguageMap;
pub use schema::{
    EnumSchema, EnumValue, EnumValueKind, Field, Geospatial, NumberRange, RecursiveSchema, Schema,
};
