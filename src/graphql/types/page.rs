//! Pages: connections with `nodes`, `edges` and `pageInfo`, and their cursors.

use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldValue, Object, ResolverContext, Type};
use async_graphql::{Result, Value};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::graphql::args;
use crate::graphql::bounds::ReadBounds;
use crate::graphql::build::{Arg, count, field, many, object, one, optional_text, scalar, text};

/// One item of a page, with the cursor after which the next page starts.
pub struct Item<T> {
    /// The item.
    pub node: T,
    /// Its cursor, before encoding.
    pub cursor: String,
}

/// A page of nodes that were resolved already.
pub struct Page<T> {
    items: Vec<Arc<Item<T>>>,
    has_next: bool,
    /// How many items there are on all pages, when that was asked for.
    total: Option<usize>,
}

/// What of a page its info tells.
struct Info {
    has_next: bool,
    first: Option<String>,
    last: Option<String>,
}

impl<T> Page<T> {
    /// A page of at most `limit` of the items; give one more to tell whether there is a next page.
    pub fn new(mut items: Vec<Item<T>>, limit: usize, total: Option<usize>) -> Self {
        let has_next = items.len() > limit;
        items.truncate(limit);
        let items = items.into_iter().map(Arc::new).collect();
        Self { items, has_next, total }
    }
}

/// How many items a page has at most.
pub const FIRST: Arg = ("first", "Int", "How many at most.");
/// Where a page starts.
pub const AFTER: Arg = ("after", "String", "The `endCursor` of the page before.");

/// How many items are asked for.
///
/// # Errors
/// When `first` is not a number that is allowed.
pub fn first(ctx: &ResolverContext<'_>, bounds: &ReadBounds) -> Result<usize> {
    args::items(ctx, "first", bounds.page_items_default, bounds.page_items_max)
}

/// The cursor after which the page starts, decoded.
///
/// # Errors
/// When it is not one of ours.
pub fn after(ctx: &ResolverContext<'_>) -> Result<Option<String>> {
    let Some(encoded) = args::text(ctx, "after")? else {
        return Ok(None);
    };
    let decoded = URL_SAFE_NO_PAD.decode(encoded).ok();
    match decoded.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(cursor) => Ok(Some(cursor)),
        None => Err(not_ours().into()),
    }
}

/// The error of a cursor that this server never gave.
pub fn not_ours() -> crate::graphql::error::GraphqlError {
    args::wrong("after", "is no cursor of this server; give the `endCursor` of the page before")
}

/// The connection and edge types of a node type. `node` makes a node's value for a field of that type.
pub fn connection<T: Send + Sync + 'static>(
    node_type: &str,
    description: &str,
    node: fn(&T) -> FieldValue<'static>,
) -> Vec<Type> {
    let (connection, edge) = (format!("{node_type}Connection"), format!("{node_type}Edge"));
    let node_list = format!("[{node_type}!]!");
    let edge_list = format!("[{edge}!]!");
    let fields = vec![
        field::<Page<T>, _>("nodes", &node_list, move |page, _| {
            let nodes = page.items.iter().map(|item| node(&item.node));
            Ok(Some(FieldValue::list(nodes.collect::<Vec<_>>())))
        })
        .description("What is on the page."),
        field::<Page<T>, _>("edges", &edge_list, |page, _| many(page.items.iter().cloned()))
            .description("The same, each with its cursor."),
        page_info::<T>(),
        field::<Page<T>, _>("totalCount", "Long", |page, _| page.total.map_or(Ok(None), count))
            .description("How many there are on all pages; null where that is not counted."),
    ];
    vec![object(&connection, description, fields).into(), edge_type(&edge, node_type, node).into()]
}

fn edge_type<T: Send + Sync + 'static>(
    name: &str,
    node_type: &str,
    node: fn(&T) -> FieldValue<'static>,
) -> Object {
    let node_type = format!("{node_type}!");
    let fields = vec![
        field::<Arc<Item<T>>, _>("node", &node_type, move |item, _| Ok(Some(node(&item.node)))),
        field::<Arc<Item<T>>, _>("cursor", "String!", |item, _| {
            text(URL_SAFE_NO_PAD.encode(&item.cursor))
        }),
    ];
    object(name, "An item of a page, with its cursor.", fields)
}

fn page_info<T: Send + Sync + 'static>() -> Field {
    field::<Page<T>, _>("pageInfo", "PageInfo!", |page, _| {
        let cursor = |item: Option<&Arc<Item<T>>>| item.map(|i| URL_SAFE_NO_PAD.encode(&i.cursor));
        one(Info {
            has_next: page.has_next,
            first: cursor(page.items.first()),
            last: cursor(page.items.last()),
        })
    })
}

/// The type that all connections share.
pub fn types() -> Vec<Type> {
    let fields = vec![
        field::<Info, _>("hasNextPage", "Boolean!", |info, _| scalar(info.has_next)),
        field::<Info, _>("hasPreviousPage", "Boolean!", |_, _| scalar(Value::from(false)))
            .description("Always false: pages are read forwards."),
        field::<Info, _>("startCursor", "String", |info, _| optional_text(info.first.as_ref())),
        field::<Info, _>("endCursor", "String", |info, _| optional_text(info.last.as_ref())),
    ];
    vec![object("PageInfo", "Where a page begins and ends.", fields).into()]
}

/// Whether the document asks for `totalCount`, which may mean looking at everything.
pub fn wants_total(ctx: &ResolverContext<'_>) -> bool {
    ctx.look_ahead().field("totalCount").exists()
}
