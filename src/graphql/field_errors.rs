//! Failed fields become `null`, and their errors say where.
//!
//! async-graphql 7.2 with a dynamic schema leaves a field that failed out of the data, gives its
//! error no path, does not carry a failed non-null field up to its parent, and loses errors below
//! the root of a subscription. This extension does what the specification asks for.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextRequest, NextResolve, NextSubscribe,
    ResolveInfo,
};
use async_graphql::{
    PathSegment, QueryPathNode, QueryPathSegment, Response, ServerError, ServerResult, Value,
};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use parking_lot::Mutex;

/// Register it when the schema is built: `Schema::build(…).extension(FieldErrors)`.
#[derive(Debug, Clone, Copy, Default)]
pub struct FieldErrors;

impl ExtensionFactory for FieldErrors {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Collector::default())
    }
}

/// The errors of one operation.
#[derive(Default)]
struct Collector {
    failures: Arc<Failures>,
}

#[derive(Default)]
struct Failures {
    /// Spares the lock for the many fields of operations without an error.
    any: AtomicBool,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    errors: Vec<ServerError>,
    /// Paths whose value must be null because a non-null field below them failed.
    nulled: HashSet<String>,
}

#[async_trait]
impl Extension for Collector {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let response = next.run(ctx).await;
        self.failures.finish(response)
    }

    fn subscribe<'s>(
        &self,
        ctx: &ExtensionContext<'_>,
        stream: BoxStream<'s, Response>,
        next: NextSubscribe<'_>,
    ) -> BoxStream<'s, Response> {
        let failures = Arc::clone(&self.failures);
        next.run(ctx, stream).map(move |response| failures.finish(response)).boxed()
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let node = info.path_node;
        let is_nullable = !info.return_type.ends_with('!');
        match next.run(ctx, info).await {
            Ok(value) if !self.failures.is_nulled(node) => Ok(value),
            Ok(_) => Ok(self.failures.null(node, is_nullable)),
            Err(error) => {
                self.failures.record(error, node);
                Ok(self.failures.null(node, is_nullable))
            }
        }
    }
}

impl Failures {
    fn record(&self, mut error: ServerError, node: &QueryPathNode<'_>) {
        if error.path.is_empty() {
            error.path = path(node);
        }
        self.any.store(true, Ordering::Release);
        self.found.lock().errors.push(error);
    }

    fn is_nulled(&self, node: &QueryPathNode<'_>) -> bool {
        self.any.load(Ordering::Acquire) && self.found.lock().nulled.contains(&key(Some(node)))
    }

    /// The value of a failed field; where it may not be null, its parent may not stay either.
    fn null(&self, node: &QueryPathNode<'_>, is_nullable: bool) -> Option<Value> {
        if !is_nullable {
            self.found.lock().nulled.insert(key(node.parent));
        }
        Some(Value::Null)
    }

    /// Moves what was collected into a response, so that a subscription's next event starts anew.
    fn finish(&self, mut response: Response) -> Response {
        if !self.any.swap(false, Ordering::AcqRel) {
            return response;
        }
        let found = std::mem::take(&mut *self.found.lock());
        if found.nulled.contains(&key(None)) {
            response.data = Value::Null;
        }
        response.errors.extend(found.errors);
        response
    }
}

fn path(node: &QueryPathNode<'_>) -> Vec<PathSegment> {
    let mut path: Vec<_> = std::iter::successors(Some(node), |node| node.parent)
        .map(|node| match node.segment {
            QueryPathSegment::Name(name) => PathSegment::Field(name.to_owned()),
            QueryPathSegment::Index(index) => PathSegment::Index(index),
        })
        .collect();
    path.reverse();
    path
}

/// A path as text, leaf first; names cannot look like indexes. The root is empty.
fn key(node: Option<&QueryPathNode<'_>>) -> String {
    let mut key = String::new();
    for node in std::iter::successors(node, |node| node.parent) {
        // Writing into a string cannot fail.
        let _ = match node.segment {
            QueryPathSegment::Name(name) => write!(key, "{name}/"),
            QueryPathSegment::Index(index) => write!(key, "{index}/"),
        };
    }
    key
}

#[cfg(test)]
mod tests {
    use async_graphql::dynamic::{
        Field, FieldFuture, FieldValue, Object, Schema, Subscription, SubscriptionField,
        SubscriptionFieldFuture, TypeRef,
    };
    use futures_util::stream;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::graphql::error::GraphqlError;

    fn fail<'a>() -> FieldFuture<'a> {
        FieldFuture::new(async {
            Err::<Option<Value>, _>(GraphqlError::not_found("no such thing").into())
        })
    }

    /// `good` gives 1; `may` fails and is nullable; `must` fails and is not; `a`, `list` and
    /// `strict` lead to more of the same.
    fn node(name: &str) -> Object {
        let item = || FieldValue::owned_any(0_u8);
        Object::new(name)
            .field(Field::new("good", TypeRef::named_nn("Int"), |_| {
                FieldFuture::from_value(Some(Value::from(1)))
            }))
            .field(Field::new("may", TypeRef::named("Int"), |_| fail()))
            .field(Field::new("must", TypeRef::named_nn("Int"), |_| fail()))
            .field(Field::new("a", TypeRef::named("Node"), move |_| {
                FieldFuture::Value(Some(item()))
            }))
            .field(Field::new("list", TypeRef::named_list("Node"), move |_| {
                FieldFuture::Value(Some(FieldValue::list([item(), item()])))
            }))
            .field(Field::new("strict", TypeRef::named_nn_list_nn("Node"), move |_| {
                FieldFuture::Value(Some(FieldValue::list([item(), item()])))
            }))
    }

    fn schema() -> Schema {
        let events = SubscriptionField::new("events", TypeRef::named("Node"), |_| {
            SubscriptionFieldFuture::new(async {
                Ok(stream::iter([0_u8, 1]).map(|n| Ok(FieldValue::owned_any(n))))
            })
        });
        Schema::build("Query", None, Some("Subscription"))
            .register(node("Query"))
            .register(node("Node"))
            .register(Subscription::new("Subscription").field(events))
            .extension(FieldErrors)
            .finish()
            .expect("the schema is sound")
    }

    async fn ask(query: &str) -> (Json, Vec<Json>) {
        let response = schema().execute(query).await;
        let data = response.data.into_json().expect("values are JSON");
        let paths = response.errors.iter().map(|error| json!(error.path));
        (data, paths.collect())
    }

    #[tokio::test]
    async fn a_nullable_field_that_failed_is_null_and_its_error_says_where() {
        assert_eq!(
            ask("{ may good list { may good } }").await,
            (
                json!({"may": null, "good": 1, "list": [
                    {"may": null, "good": 1}, {"may": null, "good": 1},
                ]}),
                vec![json!(["may"]), json!(["list", 0, "may"]), json!(["list", 1, "may"])]
            )
        );
    }

    #[tokio::test]
    async fn a_non_null_field_that_failed_takes_its_parent_along() {
        assert_eq!(
            ask("{ good a { good must } }").await,
            (json!({"good": 1, "a": null}), vec![json!(["a", "must"])])
        );
        let (data, _) = ask("{ list { must } }").await;
        assert_eq!(data, json!({"list": [null, null]}));
        let (data, _) = ask("{ a { strict { must } } }").await;
        assert_eq!(data, json!({"a": null}));
        let (data, paths) = ask("{ good must }").await;
        assert_eq!((data, paths), (json!(null), vec![json!(["must"])]));
    }

    #[tokio::test]
    async fn an_operation_without_errors_is_unchanged() {
        let (data, paths) = ask("{ good a { good } }").await;
        assert_eq!(data, json!({"good": 1, "a": {"good": 1}}));
        assert!(paths.is_empty());
    }

    #[tokio::test]
    async fn each_event_of_a_subscription_carries_its_own_errors_and_the_next_still_comes() {
        let events: Vec<_> =
            schema().execute_stream("subscription { events { good may } }").collect().await;
        assert_eq!(events.len(), 2);
        for event in events {
            assert_eq!(
                event.data.into_json().expect("values are JSON"),
                json!({"events": {"good": 1, "may": null}})
            );
            assert_eq!(event.errors.len(), 1);
        }
    }
}
