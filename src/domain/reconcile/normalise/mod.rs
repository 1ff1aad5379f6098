//! Normalisers: raw text to what is compared. A file each, and a line in the list.

pub mod asset;
mod date;
mod digits;
mod identifier;
mod phonetic;
mod rest;
mod text;

pub use date::date;
pub use digits::{digits, number};
pub use identifier::identifier;
pub use phonetic::soundex;
pub use rest::rest;
pub use text::{fold, letters, text, unaccent};

use super::registry::Normaliser;

/// All generic normalisers by the name that settings use.
pub(super) const ALL: &[(&str, Normaliser)] = &[
    ("date", date),
    ("digits", digits),
    ("fold", fold),
    ("identifier", identifier),
    ("letters", letters),
    ("number", number),
    ("rest", rest),
    ("soundex", soundex),
    ("text", text),
    ("unaccent", unaccent),
];
