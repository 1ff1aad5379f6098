//! The codes that errors carry, and what each means for an HTTP status.

use http::StatusCode;

/// What went wrong, as a stable word in `extensions.code`; clients may match on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The HTTP request or the JSON envelope is not a GraphQL request.
    BadRequest,
    /// The web page that opened the connection is not one of ours.
    ForbiddenOrigin,
    /// The HTTP method does not fit the operation.
    MethodNotAllowed,
    /// None of the media types in `Accept` can be served.
    NotAcceptable,
    /// The body took too long to arrive.
    RequestTimeout,
    /// The body is larger than the limit.
    PayloadTooLarge,
    /// The body is not `application/json`.
    UnsupportedMediaType,
    /// A list of operations was sent, and it is longer than allowed.
    BatchTooLong,
    /// The server holds as many streams as it may.
    TooManyConnections,

    /// Only a hash was sent; this server keeps no documents.
    PersistedQueryNotSupported,
    /// The document is not GraphQL.
    ParseFailed,
    /// The document does not fit the schema.
    ValidationFailed,
    /// The document has no operation of the requested name, or the name is missing.
    OperationNotFound,
    /// A subscription was sent over a transport that answers once.
    SubscriptionNeedsStream,
    /// A variable is missing, or is null and must not be.
    InvalidVariables,
    /// The variables hold more values, or nest deeper, than allowed.
    VariablesTooLarge,
    /// The document has more bytes or tokens than allowed.
    DocumentTooLarge,
    /// The document nests deeper than allowed.
    DocumentTooDeep,
    /// Fragments spread each other in a circle.
    FragmentCycle,
    /// More aliases than allowed.
    TooManyAliases,
    /// More directives than allowed.
    TooManyDirectives,
    /// More fields at the root of the operation than allowed.
    TooManyRootFields,
    /// More fields than allowed once fragments are expanded.
    TooManyFields,
    /// The page sizes multiply to more values than allowed.
    QueryTooCostly,
    /// Introspection walks in circles.
    IntrospectionTooDeep,
    /// One connection holds as many operations as it may.
    TooManySubscriptions,
    /// The operation ran out of time.
    Timeout,
    /// The answer does not fit into one message.
    ResponseTooLarge,

    /// A resolver refused an argument.
    BadUserInput,
    /// What was asked for does not exist.
    NotFound,
    /// The change contradicts what is already recorded.
    Conflict,
    /// The caller has to say who they are.
    Unauthenticated,
    /// The caller may not do this.
    Forbidden,
    /// A part of the server cannot answer now.
    Unavailable,
    /// A resolver failed without saying more.
    ExecutionFailed,
    /// A fault of ours.
    Internal,
}

impl ErrorCode {
    /// Every code there is.
    pub const ALL: [Self; 36] = [
        Self::BadRequest,
        Self::ForbiddenOrigin,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::RequestTimeout,
        Self::PayloadTooLarge,
        Self::UnsupportedMediaType,
        Self::BatchTooLong,
        Self::TooManyConnections,
        Self::PersistedQueryNotSupported,
        Self::ParseFailed,
        Self::ValidationFailed,
        Self::OperationNotFound,
        Self::SubscriptionNeedsStream,
        Self::InvalidVariables,
        Self::VariablesTooLarge,
        Self::DocumentTooLarge,
        Self::DocumentTooDeep,
        Self::FragmentCycle,
        Self::TooManyAliases,
        Self::TooManyDirectives,
        Self::TooManyRootFields,
        Self::TooManyFields,
        Self::QueryTooCostly,
        Self::IntrospectionTooDeep,
        Self::TooManySubscriptions,
        Self::Timeout,
        Self::ResponseTooLarge,
        Self::BadUserInput,
        Self::NotFound,
        Self::Conflict,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::Unavailable,
        Self::ExecutionFailed,
        Self::Internal,
    ];

    /// The code that is spelt like this.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == word)
    }

    /// The word in `extensions.code`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadRequest => "BAD_REQUEST",
            Self::ForbiddenOrigin => "FORBIDDEN_ORIGIN",
            Self::MethodNotAllowed => "METHOD_NOT_ALLOWED",
            Self::NotAcceptable => "NOT_ACCEPTABLE",
            Self::RequestTimeout => "REQUEST_TIMEOUT",
            Self::PayloadTooLarge => "PAYLOAD_TOO_LARGE",
            Self::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
            Self::BatchTooLong => "BATCH_TOO_LONG",
            Self::TooManyConnections => "TOO_MANY_CONNECTIONS",
            Self::PersistedQueryNotSupported => "PERSISTED_QUERY_NOT_SUPPORTED",
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::OperationNotFound => "OPERATION_NOT_FOUND",
            Self::SubscriptionNeedsStream => "SUBSCRIPTION_NEEDS_STREAM",
            Self::InvalidVariables => "INVALID_VARIABLES",
            Self::VariablesTooLarge => "VARIABLES_TOO_LARGE",
            Self::DocumentTooLarge => "DOCUMENT_TOO_LARGE",
            Self::DocumentTooDeep => "DOCUMENT_TOO_DEEP",
            Self::FragmentCycle => "FRAGMENT_CYCLE",
            Self::TooManyAliases => "TOO_MANY_ALIASES",
            Self::TooManyDirectives => "TOO_MANY_DIRECTIVES",
            Self::TooManyRootFields => "TOO_MANY_ROOT_FIELDS",
            Self::TooManyFields => "TOO_MANY_FIELDS",
            Self::QueryTooCostly => "QUERY_TOO_COSTLY",
            Self::IntrospectionTooDeep => "INTROSPECTION_TOO_DEEP",
            Self::TooManySubscriptions => "TOO_MANY_SUBSCRIPTIONS",
            Self::Timeout => "TIMEOUT",
            Self::ResponseTooLarge => "RESPONSE_TOO_LARGE",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::NotFound => "NOT_FOUND",
            Self::Conflict => "CONFLICT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::Unavailable => "UNAVAILABLE",
            Self::ExecutionFailed => "EXECUTION_FAILED",
            Self::Internal => "INTERNAL",
        }
    }

    /// The HTTP status of an answer that holds nothing but this error.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooManyConnections | Self::Timeout | Self::Unavailable => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::TooManySubscriptions => StatusCode::TOO_MANY_REQUESTS,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::ForbiddenOrigin | Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// Whether the request never became a GraphQL operation. Such an error keeps its HTTP status
    /// even for clients that accept only `application/json`, which otherwise get 200.
    pub const fn is_transport(self) -> bool {
        matches!(
            self,
            Self::BadRequest
                | Self::ForbiddenOrigin
                | Self::MethodNotAllowed
                | Self::NotAcceptable
                | Self::RequestTimeout
                | Self::PayloadTooLarge
                | Self::UnsupportedMediaType
                | Self::BatchTooLong
                | Self::TooManyConnections
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_by_its_own_word() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::from_word(code.as_str()), Some(code));
        }
    }
}
