//! Texts that tell one unit from another.

use crate::domain::reconcile::normalise::asset::{mac, reference, serial};

/// Fields that name a unit, the one that tells most first.
pub const NAMING: [&str; 3] = ["serial", "mac", "uuid"];

/// What a field names a unit by, in one form for all spellings of it; nothing for a filler such as `N/A`.
///
/// For fields that are not among [`NAMING`] there is nothing, ever.
pub fn identifier(field: &str, text: &str) -> Option<String> {
    match field {
        "serial" => serial::canonical(text).map(|found| serial::folded(&found)),
        "mac" => mac::parse(text).map(|bits| format!("{bits:012x}")),
        "uuid" => reference::uuid(text).map(|bits| format!("{bits:032x}")),
        _ => None,
    }
}
