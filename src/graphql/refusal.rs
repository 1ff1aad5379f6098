//! What the engine refuses, as GraphQL errors with stable codes.

use std::time::Duration;

use async_graphql::{Error, ErrorExtensionValues};

use super::error::GraphqlError;
use crate::domain::rejection::Rejection;
use crate::engine::EngineError;

/// How long to wait before asking a store again that does not answer.
const STORE_RETRY: Duration = Duration::from_secs(1);

/// The GraphQL error of a refusal. A rejection's own code is in `extensions.code`.
pub fn refused(error: EngineError) -> Error {
    let message = error.to_string();
    match error {
        EngineError::Rejected(rejection) => rejected(&rejection),
        EngineError::Busy { retry_after_s, .. } => {
            let pause = Duration::from_secs(retry_after_s.into());
            GraphqlError::unavailable(message, pause).into()
        }
        EngineError::Unavailable(_) | EngineError::Stopping => {
            GraphqlError::unavailable(message, STORE_RETRY).into()
        }
    }
}

/// The GraphQL error of a rejection.
pub fn rejected(rejection: &Rejection) -> Error {
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", rejection.code());
    let mut error = Error::new(rejection.to_string());
    error.extensions = Some(extensions);
    error
}
