//! The size of a document once its fragments are expanded, without expanding them.
//!
//! Each fragment is measured once and remembered, and sums saturate, so the work is linear in the
//! document however often its fragments spread each other.

use std::collections::HashMap;

use async_graphql::parser::types::{
    ExecutableDocument, Field, FragmentDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Pos, Positioned, Value, Variables};

use super::config::GraphqlLimits;
use crate::graphql::error::{ErrorCode, GraphqlError};

/// The arguments that say how long a list may be.
const PAGE_ARGUMENTS: [&str; 2] = ["first", "last"];

/// The lists of the introspection schema that lead back to types, and so to each other.
const TYPE_LISTS: [&str; 5] = ["types", "fields", "inputFields", "interfaces", "possibleTypes"];

/// `types { fields { … } }` is what tools send; one more level lists every type per field.
const TYPE_LISTS_DEPTH_MAX: u32 = 2;

/// How often one operation may list all types: once, and once more under an alias.
const TYPE_LISTINGS_MAX: u64 = 2;

/// Refuses a document whose operations are too large, or whose fragments form a circle.
pub(super) fn measure(
    document: &ExecutableDocument,
    variables: &Variables,
    limits: &GraphqlLimits,
) -> Result<(), GraphqlError> {
    let mut measurer = Measurer {
        document,
        variables,
        limits,
        fragments: HashMap::with_capacity(document.fragments.len()),
        aliases: 0,
    };
    let mut total: u64 = 0;
    for (_, operation) in in_order(document.operations.iter(), |(_, operation)| operation.pos) {
        let size = measurer.selection_set(&operation.node.selection_set, 1)?;
        total = total.saturating_add(size.selections);
        measurer.check_total(total, operation.pos)?;
        measurer.check_operation(size, operation.pos)?;
    }
    // The executor also validates fragments that nothing spreads, so they count too.
    for (name, fragment) in in_order(document.fragments.iter(), |(_, fragment)| fragment.pos) {
        let size = measurer.fragment(name, fragment, 0)?;
        total = total.saturating_add(size.selections);
        measurer.check_total(total, fragment.pos)?;
    }
    Ok(())
}

/// The maps of a document have no order, and the same document shall give the same error.
fn in_order<T>(items: impl Iterator<Item = T>, position: impl Fn(&T) -> Pos) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_by_key(position);
    items
}

/// What a selection set amounts to; sums saturate.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    /// Everything selected, at any depth.
    selections: u64,
    /// The same, with each list multiplied by its page size.
    cost: u64,
    /// Fields of the set itself, not below them.
    surface: u64,
    /// Selection sets inside each other, this one included.
    depth: usize,
    /// Lists of [`TYPE_LISTS`] inside each other.
    type_lists_depth: u32,
    /// Fields called `types`, which matter only below `__schema`.
    types_fields: u64,
    /// The `types` fields below a `__schema`.
    type_listings: u64,
}

impl Size {
    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.cost = self.cost.saturating_add(other.cost);
        self.surface = self.surface.saturating_add(other.surface);
        self.depth = self.depth.max(other.depth);
        self.type_lists_depth = self.type_lists_depth.max(other.type_lists_depth);
        self.types_fields = self.types_fields.saturating_add(other.types_fields);
        self.type_listings = self.type_listings.saturating_add(other.type_listings);
    }

    /// This set, seen from the fragment that wraps it.
    fn wrapped(mut self) -> Self {
        self.selections = self.selections.saturating_add(1);
        self.cost = self.cost.saturating_add(1);
        self
    }
}

enum Fragment {
    UnderWay,
    Measured(Size),
}

struct Measurer<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    limits: &'a GraphqlLimits,
    fragments: HashMap<&'a str, Fragment>,
    aliases: u64,
}

impl<'a> Measurer<'a> {
    fn check_operation(&self, size: Size, position: Pos) -> Result<(), GraphqlError> {
        let checks = [
            (
                ErrorCode::TooManyRootFields,
                "fields at the root of the operation",
                size.surface,
                self.limits.root_fields_max as u64,
                "send several operations, or use a list argument",
            ),
            (
                ErrorCode::QueryTooCostly,
                "values that the page sizes (first, last) add up to",
                size.cost,
                self.limits.cost_max,
                "ask for smaller pages and follow the cursors",
            ),
            (
                ErrorCode::IntrospectionTooDeep,
                "listings of all types",
                size.type_listings,
                TYPE_LISTINGS_MAX,
                "list the types once",
            ),
        ];
        for (code, what, found, limit, mend) in checks {
            if found > limit {
                return Err(GraphqlError::over_limit(code, what, found, limit, mend).at(position));
            }
        }
        Ok(())
    }

    /// `level` is the number of selection sets around and including this one. It bounds the
    /// recursion, which a chain of fragments would otherwise make as long as the document.
    fn selection_set(
        &mut self,
        set: &'a Positioned<SelectionSet>,
        level: usize,
    ) -> Result<Size, GraphqlError> {
        self.check_depth(level, set.pos)?;
        let mut size = Size::default();
        for selection in &set.node.items {
            size.add(match &selection.node {
                Selection::Field(field) => self.field(field, level)?,
                Selection::InlineFragment(inline) => {
                    self.selection_set(&inline.node.selection_set, level + 1)?.wrapped()
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    match self.document.fragments.get(name) {
                        Some(fragment) => self.fragment(name, fragment, level)?.wrapped(),
                        // Validation has a better word for a fragment that does not exist.
                        None => Size::default().wrapped(),
                    }
                }
            });
        }
        size.depth += 1;
        self.check_depth(level + size.depth - 1, set.pos)?;
        Ok(size)
    }

    fn field(&mut self, field: &'a Positioned<Field>, level: usize) -> Result<Size, GraphqlError> {
        if field.node.alias.is_some() {
            self.count_alias(field.pos)?;
        }
        let inner = if field.node.selection_set.node.items.is_empty() {
            Size::default()
        } else {
            self.selection_set(&field.node.selection_set, level + 1)?
        };
        let name = field.node.name.node.as_str();
        let mut size = Size {
            selections: inner.selections.saturating_add(1),
            cost: inner.cost.saturating_mul(self.page_size(&field.node)).saturating_add(1),
            surface: 1,
            type_lists_depth: inner.type_lists_depth + u32::from(TYPE_LISTS.contains(&name)),
            types_fields: inner.types_fields.saturating_add(u64::from(name == "types")),
            ..inner
        };
        if matches!(name, "__schema" | "__type") {
            check_introspection(inner.type_lists_depth, field.pos)?;
            size.type_listings = size.type_listings.saturating_add(inner.types_fields);
        }
        Ok(size)
    }

    fn fragment(
        &mut self,
        name: &'a Name,
        fragment: &'a Positioned<FragmentDefinition>,
        level: usize,
    ) -> Result<Size, GraphqlError> {
        match self.fragments.get(name.as_str()) {
            Some(Fragment::Measured(size)) => return Ok(*size),
            Some(Fragment::UnderWay) => {
                return Err(GraphqlError::new(
                    ErrorCode::FragmentCycle,
                    format!("the fragment {name} spreads itself, directly or through others"),
                )
                .at(fragment.pos));
            }
            None => {}
        }
        self.fragments.insert(name.as_str(), Fragment::UnderWay);
        let size = self.selection_set(&fragment.node.selection_set, level + 1)?;
        self.fragments.insert(name.as_str(), Fragment::Measured(size));
        Ok(size)
    }

    /// What the field's page arguments allow, 1 where there are none.
    fn page_size(&self, field: &Field) -> u64 {
        PAGE_ARGUMENTS
            .iter()
            .filter_map(|name| {
                let argument = field.get_argument(name)?.node.clone();
                let value = argument.into_const_with(|name| self.variable(&name).ok_or(()));
                value.ok().as_ref().and_then(as_u64)
            })
            .max()
            .unwrap_or(1)
            .max(1)
    }

    /// The value sent, or the largest default that any operation declares.
    fn variable(&self, name: &Name) -> Option<Value> {
        if let Some(value) = self.variables.get(name) {
            return Some(value.clone());
        }
        self.document
            .operations
            .iter()
            .flat_map(|(_, operation)| &operation.node.variable_definitions)
            .filter(|definition| definition.node.name.node == *name)
            .filter_map(|definition| Some(&definition.node.default_value.as_ref()?.node))
            .max_by_key(|value| as_u64(value))
            .cloned()
    }

    fn count_alias(&mut self, position: Pos) -> Result<(), GraphqlError> {
        self.aliases += 1;
        let limit = self.limits.aliases_max as u64;
        if self.aliases <= limit {
            return Ok(());
        }
        Err(GraphqlError::new(
            ErrorCode::TooManyAliases,
            format!(
                "the document has more than {limit} aliases; use a list argument, or send several \
                 operations"
            ),
        )
        .at(position))
    }

    fn check_depth(&self, depth: usize, position: Pos) -> Result<(), GraphqlError> {
        if depth <= self.limits.depth_max {
            return Ok(());
        }
        Err(GraphqlError::new(
            ErrorCode::DocumentTooDeep,
            format!(
                "selections are nested more than {} deep; ask for fewer levels, or in several \
                 operations",
                self.limits.depth_max
            ),
        )
        .at(position))
    }

    fn check_total(&self, total: u64, position: Pos) -> Result<(), GraphqlError> {
        if total <= self.limits.selections_max {
            return Ok(());
        }
        Err(GraphqlError::over_limit(
            ErrorCode::TooManyFields,
            "fields once fragments are expanded",
            total,
            self.limits.selections_max,
            "spread fewer fragments, or send several operations",
        )
        .at(position))
    }
}

fn as_u64(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        _ => None,
    }
}

fn check_introspection(type_lists_depth: u32, position: Pos) -> Result<(), GraphqlError> {
    if type_lists_depth <= TYPE_LISTS_DEPTH_MAX {
        return Ok(());
    }
    Err(GraphqlError::over_limit(
        ErrorCode::IntrospectionTooDeep,
        "lists of types and fields inside each other",
        type_lists_depth.into(),
        TYPE_LISTS_DEPTH_MAX.into(),
        "ask for the types once and join them by name",
    )
    .at(position))
}
