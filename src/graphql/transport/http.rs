//! GraphQL over HTTP: one request, one answer (or one event stream).

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderValue, Method, StatusCode, Uri, header};

use super::answer::Answer;
use super::envelope::{Envelope, Envelopes};
use super::negotiate::{Accepted, Form};
use super::operation::{self, Operation};
use super::router::Transport;
use super::service::Caller;
use super::{body, graphiql, sse, ws};
use crate::graphql::error::{ErrorCode, GraphqlError};
use crate::graphql::limits::GraphqlLimits;

/// Serves `/graphql`: whatever the client's headers ask for.
pub(super) async fn graphql(State(transport): State<Arc<Transport>>, request: Request) -> Response {
    if ws::is_upgrade(request.headers()) {
        return ws::upgrade(State(transport), request).await;
    }
    let accepted = Accepted::from_headers(request.headers());
    if request.method() == Method::GET && accepted.prefers_html() && !has_query(request.uri()) {
        return graphiql::response(&transport.page);
    }
    let form = accepted.answer_form();
    let form = form.or(accepted.event_stream().then_some(Form::EventStream));
    serve(&transport, request, form, accepted.event_stream()).await
}

/// Serves `/graphql/stream`: always as an event stream.
pub(super) async fn event_stream(
    State(transport): State<Arc<Transport>>,
    request: Request,
) -> Response {
    serve(&transport, request, Some(Form::EventStream), true).await
}

fn has_query(uri: &Uri) -> bool {
    uri.query().is_some_and(|query| query.split('&').any(|part| part.starts_with("query=")))
}

async fn serve(
    transport: &Arc<Transport>,
    request: Request,
    form: Option<Form>,
    may_stream: bool,
) -> Response {
    let Some(form) = form else {
        let error = GraphqlError::new(
            ErrorCode::NotAcceptable,
            "answers come as application/graphql-response+json, application/json or \
             text/event-stream; accept one of them",
        );
        return respond(&error.into(), Form::Json);
    };
    let is_get = request.method() == Method::GET;
    let (envelopes, caller) = match read(request, &transport.limits).await {
        Ok(read) => read,
        Err(error) => return refuse(transport, error, form),
    };
    let mut response = match envelopes {
        Envelopes::One(envelope) => {
            serve_one(transport, envelope, &caller, form, may_stream, is_get).await
        }
        Envelopes::Batch(envelopes) => serve_batch(transport, envelopes, &caller).await,
    };
    if is_get {
        // Live data: a cached answer would be a wrong one.
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::VARY, HeaderValue::from_static("accept"));
    }
    response
}

async fn serve_one(
    transport: &Arc<Transport>,
    envelope: Envelope,
    caller: &Arc<Caller>,
    form: Form,
    may_stream: bool,
    is_get: bool,
) -> Response {
    let operation = match Operation::prepare(envelope, caller, &transport.limits) {
        Ok(operation) => operation,
        Err(error) => return refuse(transport, error, form),
    };
    match operation.kind {
        OperationType::Mutation if is_get => refuse(transport, mutation_over_get(), form),
        OperationType::Subscription if may_stream => {
            sse::respond(transport, operation::answers(transport, operation))
        }
        OperationType::Subscription => refuse(transport, needs_stream(), form),
        OperationType::Query | OperationType::Mutation if form == Form::EventStream => {
            sse::respond(transport, operation::answers(transport, operation))
        }
        OperationType::Query | OperationType::Mutation => {
            respond(&operation::execute(transport, operation).await, form)
        }
    }
}

/// One after the other, so that a batch costs no more at a time than a single request.
async fn serve_batch(
    transport: &Transport,
    envelopes: Vec<Envelope>,
    caller: &Arc<Caller>,
) -> Response {
    let mut body = vec![b'['];
    for envelope in envelopes {
        let answer = match Operation::prepare(envelope, caller, &transport.limits) {
            Ok(operation) if operation.kind == OperationType::Subscription => needs_stream().into(),
            Ok(operation) => operation::execute(transport, operation).await,
            Err(error) => error.into(),
        };
        if body.len() > 1 {
            body.push(b',');
        }
        body.extend(answer.to_json());
    }
    body.push(b']');
    json_response(StatusCode::OK, Form::Json, body)
}

/// Reads the parameters of a GET or POST.
async fn read(
    request: Request,
    limits: &GraphqlLimits,
) -> Result<(Envelopes, Arc<Caller>), GraphqlError> {
    let (parts, body) = request.into_parts();
    let envelopes = match parts.method {
        Method::GET => Envelopes::One(Envelope::from_uri(&parts.uri, limits)?),
        Method::POST => {
            let bytes = body::read(&parts.headers, body, limits).await?;
            Envelopes::from_body(&bytes, limits)?
        }
        _ => {
            return Err(GraphqlError::new(
                ErrorCode::MethodNotAllowed,
                "GraphQL is served over GET (queries) and POST",
            ));
        }
    };
    let caller = Caller { headers: parts.headers, connection_params: None };
    Ok((envelopes, Arc::new(caller)))
}

fn mutation_over_get() -> GraphqlError {
    GraphqlError::new(ErrorCode::MethodNotAllowed, "mutations change things, so they go over POST")
}

fn needs_stream() -> GraphqlError {
    GraphqlError::new(
        ErrorCode::SubscriptionNeedsStream,
        "a subscription needs a stream: open a WebSocket (graphql-transport-ws), or accept \
         text/event-stream",
    )
}

/// An event stream carries GraphQL errors as events, because browsers hide the body of any status
/// but 200; errors of the HTTP request itself keep their status.
fn refuse(transport: &Arc<Transport>, error: GraphqlError, form: Form) -> Response {
    let is_transport = error.code().is_transport();
    let answer = Answer::from(error);
    match form {
        Form::EventStream if is_transport => respond(&answer, Form::Json),
        Form::EventStream => sse::respond_once(transport, answer),
        Form::Json | Form::GraphqlResponse => respond(&answer, form),
    }
}

/// Writes one answer. A mutation that comes over GET never runs, so it always gets its 405.
pub(super) fn respond(answer: &Answer, form: Form) -> Response {
    let status = match form {
        Form::GraphqlResponse => answer.status(),
        Form::Json | Form::EventStream => answer.legacy_status(),
    };
    let mut response = json_response(status, form, answer.to_json());
    let headers = response.headers_mut();
    headers.extend(answer.headers.clone());
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
    }
    if let Some(seconds) = answer.retry_after_seconds {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn json_response(status: StatusCode, form: Form, body: Vec<u8>) -> Response {
    let content_type = match form {
        Form::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        Form::Json | Form::EventStream => "application/json; charset=utf-8",
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
