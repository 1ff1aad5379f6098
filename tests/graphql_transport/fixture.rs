//! A server with a small dynamic schema, and clients for it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_graphql::dynamic::{
    Field, FieldFuture, FieldValue, InputValue, Object, Schema, Subscription, SubscriptionField,
    SubscriptionFieldFuture, TypeRef,
};
use async_graphql::{Request, Response, Value};
use counterpart::graphql::error::GraphqlError;
use counterpart::graphql::field_errors::FieldErrors;
use counterpart::graphql::limits::GraphqlLimits;
use counterpart::graphql::transport::{
    Caller, ExampleOperation, GraphqlService, TransportOptions, router,
};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;

/// A running server; it stops when dropped.
pub struct Server {
    pub address: SocketAddr,
    pub shutdown: CancellationToken,
    /// How many subscriptions are under way.
    pub streams: Arc<AtomicI64>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// Starts a server with other limits than the default.
    pub async fn with(change: impl FnOnce(&mut GraphqlLimits)) -> Self {
        let mut limits = GraphqlLimits::default();
        change(&mut limits);
        let shutdown = CancellationToken::new();
        let streams = Arc::new(AtomicI64::new(0));
        let options = TransportOptions {
            limits,
            examples: vec![ExampleOperation {
                title: "Say hello".to_owned(),
                document: "{ hello }".to_owned(),
                variables: String::new(),
            }],
            allowed_origins: vec!["https://grafana.example".to_owned()],
            shutdown: shutdown.clone(),
        };
        let app = router(Arc::new(Service(schema(&streams))), options);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let task = tokio::spawn(async move {
            axum::serve(listener, app).await.expect("the server runs");
        });
        Self { address, shutdown, streams, task }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Posts a body as `application/json`, accepting the same.
    pub async fn post(&self, body: &Json) -> reqwest::Response {
        self.post_accepting("application/json", body).await
    }

    pub async fn post_accepting(&self, accept: &str, body: &Json) -> reqwest::Response {
        reqwest::Client::new()
            .post(self.url("/graphql"))
            .header("accept", accept)
            .json(body)
            .send()
            .await
            .expect("an answer")
    }

    /// Posts a document and reads the answer.
    pub async fn ask(&self, query: &str) -> Json {
        self.post(&json!({ "query": query })).await.json().await.expect("JSON")
    }

    /// Waits until this many subscriptions are under way.
    pub async fn wait_for_streams(&self, expected: i64) {
        for _ in 0..1_000 {
            if self.streams.load(Ordering::SeqCst) == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let found = self.streams.load(Ordering::SeqCst);
        panic!("{found} subscriptions are under way, not {expected}");
    }
}

/// The code of an answer's first error.
pub fn code(answer: &Json) -> &str {
    answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or_else(|| panic!("an error with a code, not {answer}"))
}

struct Service(Schema);

impl GraphqlService for Service {
    fn execute(&self, request: Request) -> BoxFuture<'static, Response> {
        let schema = self.0.clone();
        async move { schema.execute(request).await }.boxed()
    }

    fn subscribe(&self, request: Request) -> BoxStream<'static, Response> {
        self.0.execute_stream(request)
    }
}

fn schema(streams: &Arc<AtomicI64>) -> Schema {
    Schema::build("Query", Some("Mutation"), Some("Subscription"))
        .register(query())
        .register(node())
        .register(mutation())
        .register(subscription(streams))
        .extension(FieldErrors)
        .disable_suggestions()
        .finish()
        .expect("the schema is sound")
}

fn query() -> Object {
    Object::new("Query")
        .field(Field::new("hello", TypeRef::named_nn(TypeRef::STRING), |_| {
            FieldFuture::from_value(Some(Value::from("world")))
        }))
        .field(
            Field::new("echo", TypeRef::named(TypeRef::INT), |ctx| {
                let value = ctx.args.try_get("n").and_then(|n| n.i64());
                FieldFuture::new(async move { Ok(Some(Value::from(value?))) })
            })
            .argument(InputValue::new("n", TypeRef::named_nn(TypeRef::INT))),
        )
        .field(Field::new("missing", TypeRef::named(TypeRef::INT), |_| {
            FieldFuture::new(async {
                Err::<Option<Value>, _>(GraphqlError::not_found("no twin has the id T1").into())
            })
        }))
        .field(Field::new("panics", TypeRef::named(TypeRef::INT), |_| {
            FieldFuture::new(async {
                panic!("a resolver's fault") as async_graphql::Result<Option<Value>>
            })
        }))
        .field(Field::new("never", TypeRef::named(TypeRef::INT), |_| {
            FieldFuture::new(std::future::pending::<async_graphql::Result<Option<Value>>>())
        }))
        .field(Field::new("large", TypeRef::named(TypeRef::STRING), |_| {
            FieldFuture::from_value(Some(Value::from("x".repeat(100_000))))
        }))
        .field(Field::new("token", TypeRef::named(TypeRef::STRING), |ctx| {
            let caller = ctx.data::<Arc<Caller>>().cloned();
            FieldFuture::new(async move { Ok(token(&*caller?)) })
        }))
        .field(Field::new("node", TypeRef::named_nn("Node"), |_| {
            FieldFuture::Value(Some(FieldValue::owned_any(0_u8)))
        }))
}

/// Where a caller may put a token: a header, or the payload of `connection_init`.
fn token(caller: &Caller) -> Option<Value> {
    let header = caller.headers.get("x-token");
    if let Some(token) = header.and_then(|value| value.to_str().ok()) {
        return Some(Value::from(token));
    }
    match &caller.connection_params {
        Some(Value::Object(payload)) => payload.get("token").cloned(),
        _ => None,
    }
}

fn node() -> Object {
    Object::new("Node")
        .field(Field::new("id", TypeRef::named_nn(TypeRef::ID), |_| {
            FieldFuture::from_value(Some(Value::from("n")))
        }))
        .field(
            Field::new("children", TypeRef::named_nn_list_nn("Node"), |_| {
                FieldFuture::Value(Some(FieldValue::list([FieldValue::owned_any(0_u8)])))
            })
            .argument(InputValue::new("first", TypeRef::named(TypeRef::INT))),
        )
}

fn mutation() -> Object {
    Object::new("Mutation")
        .field(Field::new("touch", TypeRef::named_nn(TypeRef::INT), |_| {
            FieldFuture::from_value(Some(Value::from(1)))
        }))
        .field(Field::new("stuck", TypeRef::named(TypeRef::INT), |_| {
            FieldFuture::new(std::future::pending::<async_graphql::Result<Option<Value>>>())
        }))
}

fn subscription(streams: &Arc<AtomicI64>) -> Subscription {
    let for_count = Arc::clone(streams);
    let for_flood = Arc::clone(streams);
    let for_silence = Arc::clone(streams);
    Subscription::new("Subscription")
        .field(
            SubscriptionField::new("count", TypeRef::named_nn(TypeRef::INT), move |ctx| {
                let to = ctx.args.try_get("to").and_then(|to| to.i64());
                let open = Open::new(&for_count);
                SubscriptionFieldFuture::new(async move {
                    let to = to?;
                    Ok(stream::iter(1..=to).map(move |n| {
                        let _ = &open;
                        Ok(Value::from(n))
                    }))
                })
            })
            .argument(InputValue::new("to", TypeRef::named_nn(TypeRef::INT))),
        )
        .field(SubscriptionField::new("flood", TypeRef::named_nn(TypeRef::STRING), move |_| {
            let open = Open::new(&for_flood);
            SubscriptionFieldFuture::new(async move {
                Ok(stream::repeat("x".repeat(10_000)).map(move |text| {
                    let _ = &open;
                    Ok(Value::from(text))
                }))
            })
        }))
        .field(SubscriptionField::new("silence", TypeRef::named_nn(TypeRef::INT), move |_| {
            let open = Open::new(&for_silence);
            SubscriptionFieldFuture::new(async move {
                Ok(stream::pending::<()>().map(move |()| {
                    let _ = &open;
                    Ok(Value::from(0))
                }))
            })
        }))
}

/// Counts a subscription for as long as its stream lives.
struct Open(Arc<AtomicI64>);

impl Open {
    fn new(counter: &Arc<AtomicI64>) -> Self {
        counter.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(counter))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
