//! From an envelope to a checked operation, and from there to answers.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use async_graphql::Request;
use async_graphql::parser::types::OperationType;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};

use super::answer::Answer;
use super::envelope::Envelope;
use super::router::Transport;
use super::service::Caller;
use crate::graphql::error::{ErrorCode, GraphqlError};
use crate::graphql::limits::{GraphqlLimits, check_document};

/// An operation whose document is parsed and within the limits.
pub(super) struct Operation {
    pub kind: OperationType,
    request: Request,
}

impl Operation {
    /// Parses and checks the document, once; the executor gets the result.
    pub(super) fn prepare(
        envelope: Envelope,
        caller: &Arc<Caller>,
        limits: &GraphqlLimits,
    ) -> Result<Self, GraphqlError> {
        let checked = check_document(
            &envelope.query,
            envelope.operation_name.as_deref(),
            &envelope.variables,
            limits,
        )
        .inspect_err(|error| {
            metrics::counter!("counterpart_graphql_refused_total", "code" => error.code().as_str())
                .increment(1);
        })?;
        let mut request =
            Request::new(envelope.query).variables(envelope.variables).data(Arc::clone(caller));
        request.operation_name = envelope.operation_name;
        request.extensions.0 = envelope.extensions;
        request.set_parsed_query(checked.document);
        Ok(Self { kind: checked.operation_type, request })
    }
}

/// Runs a query or a mutation: within its time, and without a panic reaching the connection.
pub(super) async fn execute(transport: &Transport, operation: Operation) -> Answer {
    let Operation { kind, request } = operation;
    let limits = &transport.limits;
    let work = AssertUnwindSafe(async { transport.service.execute(request).await }).catch_unwind();
    match tokio::time::timeout(limits.request_timeout(), work).await {
        Ok(Ok(response)) => Answer::from_response(response, limits),
        Ok(Err(_)) => Answer::from(panicked()),
        Err(_) => Answer::from(timed_out(kind, limits)),
    }
}

/// Runs any operation as a stream of answers; a query or mutation gives one.
pub(super) fn answers(
    transport: &Arc<Transport>,
    operation: Operation,
) -> BoxStream<'static, Answer> {
    let transport = Arc::clone(transport);
    if operation.kind != OperationType::Subscription {
        return stream::once(async move { execute(&transport, operation).await }).boxed();
    }
    let responses = stream::once(async move {
        let responses = transport.service.subscribe(operation.request);
        responses.map(move |response| Answer::from_response(response, &transport.limits))
    });
    AssertUnwindSafe(responses.flatten())
        .catch_unwind()
        .map(|answer| answer.unwrap_or_else(|_| Answer::from(panicked())))
        .boxed()
}

fn panicked() -> GraphqlError {
    GraphqlError::internal("a resolver panicked")
}

fn timed_out(kind: OperationType, limits: &GraphqlLimits) -> GraphqlError {
    let after = format!("no answer within {} ms", limits.request_timeout_ms);
    let message = if kind == OperationType::Mutation {
        format!("{after}; the change may or may not have been made, so read it back")
    } else {
        format!("{after}; ask for less, or again later")
    };
    GraphqlError::new(ErrorCode::Timeout, message)
}
