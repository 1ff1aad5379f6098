//! What PostgreSQL's errors mean.

use crate::store::contract::StoreError;

/// The contract's word for an error, by the class of its SQLSTATE.
pub(super) fn error_of(error: sqlx::Error) -> StoreError {
    let Some(database) = error.as_database_error() else {
        return StoreError::Unavailable(error.to_string());
    };
    let code = database.code().unwrap_or_default().into_owned();
    let text = format!("{} (SQLSTATE {code})", database.message());
    match code.get(..2) {
        // Integrity constraints, and data that the columns do not take.
        Some("23" | "22") => StoreError::Refused(text),
        // Corruption, and tables or columns that are not there.
        Some("XX" | "42") if code != "42501" => StoreError::Damaged(text),
        _ => StoreError::Unavailable(text),
    }
}
