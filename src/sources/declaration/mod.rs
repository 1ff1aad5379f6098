//! The declaration of a source: one TOML file that says how its files are read.

mod declared;
mod field;
mod preset;
mod source;
mod words;

pub use declared::{
    Also, Authority, BrickOptions, Declared, Direction, Format, Gone, IdField, PropertyField,
    PropertyWithUnit, ReadOptions, RelationshipField, ScopedId, Times, Trust, Twins,
};
pub use field::Field;
pub use source::{Declaration, Relation, Second, Table, base_name};
pub use words::{Delimiter, EncodingName, Key, Pattern, Share, Span, TextOrField, Told, ZoneName};
