//! What SQLite's errors mean.

use crate::store::contract::StoreError;

const CORRUPT: i32 = 11;
const CONSTRAINT: i32 = 19;
const MISMATCH: i32 = 20;
const NOT_A_DATABASE: i32 = 26;
const INTERRUPT: i32 = 9;

/// The contract's word for an error. Extended codes keep the primary one in their low byte.
pub(super) fn error_of(error: sqlx::Error) -> StoreError {
    let primary = error
        .as_database_error()
        .and_then(|e| e.code())
        .and_then(|code| code.parse::<i32>().ok())
        .map(|code| code & 0xff);
    let text = || match error.as_database_error() {
        Some(database) => database.message().to_owned(),
        None => error.to_string(),
    };
    match primary {
        Some(CONSTRAINT | MISMATCH) => StoreError::Refused(text()),
        Some(CORRUPT | NOT_A_DATABASE) => {
            StoreError::Damaged(format!("{}; restore a backup", text()))
        }
        Some(INTERRUPT) => StoreError::Unavailable("a read took too long and was stopped".into()),
        Some(code) => StoreError::Unavailable(format!("{} (SQLite code {code})", text())),
        None => StoreError::Unavailable(text()),
    }
}
