//! `twins`: finding twins by model, role, place, ids and property values.

use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dynamic::{ResolverContext, Type};

use super::page::{self, Item, Page};
use super::property_filter::PropertyFilter;
use super::twin::{self, TwinAt};
use crate::domain::id::TwinId;
use crate::domain::naming::display_name;
use crate::domain::role::Role;
use crate::domain::view::View;
use crate::dtdl::Dtmi;
use crate::graphql::args::{self, Fields, wrong};
use crate::graphql::bounds::ReadBounds;
use crate::graphql::build::{Answer, Arg, input_object, one};
use crate::graphql::scope::Reader;

/// What is looked for; a twin must satisfy all of it.
pub struct Search {
    model: Option<Dtmi>,
    role: Option<Role>,
    in_location: Option<TwinId>,
    external_system: Option<String>,
    name_contains: Option<String>,
    properties: Vec<PropertyFilter>,
}

/// Which part of the found twins is wanted.
pub struct Slice {
    /// How many at most.
    pub limit: usize,
    /// After which cursor.
    pub after: Option<String>,
    /// Whether all are to be counted.
    pub total: bool,
}

/// The connection of twins, and the filters.
pub fn types() -> Vec<Type> {
    let twin_filter = input_object(
        "TwinFilter",
        "What twins must satisfy; all of it.",
        &[
            ("properties", "[PropertyFilter!]", "Master-data values, all of them."),
            ("externalSystem", "String", "It has an id of this system."),
            ("inLocation", "ID", "It is in this place, or in a place inside it."),
            ("nameContains", "String", "Its display name holds this text, whatever the case."),
        ],
    );
    let node = |twin: &TwinAt| {
        let value = twin.at.view(|view| twin::value(&twin.at, &view, twin.id));
        // It existed when the page was made, and a scope never changes.
        value.unwrap_or(async_graphql::dynamic::FieldValue::NULL)
    };
    let connection = page::connection("Twin", "A page of twins, in order of their ids.", node);
    let filters = [twin_filter.into(), super::property_filter::input_type()];
    filters.into_iter().chain(connection).collect()
}

/// The arguments of `twins`.
pub const ARGUMENTS: &[Arg] = &[
    ("model", "String", "Only twins of this model or a subtype: a DTMI or a type's name."),
    ("role", "Role", "Only assets, locations or devices."),
    ("filter", "TwinFilter", "Only twins that satisfy this."),
    page::FIRST,
    page::AFTER,
];

impl Search {
    /// What the arguments ask for.
    ///
    /// # Errors
    /// When one of them cannot be understood.
    pub fn new(ctx: &ResolverContext<'_>, model: Option<Dtmi>) -> Result<Self> {
        let filter = args::optional_object(ctx, "filter");
        let filter = filter.as_ref();
        let lower = |text: &str| text.to_lowercase();
        Ok(Self {
            model,
            role: role(ctx)?,
            in_location: filter.map(in_location).transpose()?.flatten(),
            external_system: text(filter, "externalSystem")?.map(str::to_owned),
            name_contains: text(filter, "nameContains")?.map(lower),
            properties: filter.map(PropertyFilter::all).transpose()?.unwrap_or_default(),
        })
    }

    /// A page of the twins that fit.
    ///
    /// # Errors
    /// When the cursor is not one of ours.
    pub async fn page(&self, at: &Arc<Reader>, bounds: &ReadBounds, slice: Slice) -> Answer {
        let after = slice.after.map(|cursor| cursor.parse::<TwinId>());
        let after = after.transpose().map_err(|_| page::not_ours())?;
        let mut items = Vec::new();
        let mut total = 0;
        let candidates = at.view(|view| self.candidates(&view));
        for chunk in candidates.chunks(bounds.scan_chunk_twins.max(1)) {
            at.view(|view| {
                for id in chunk.iter().filter(|id| self.fits(&view, **id)) {
                    total += 1;
                    if after.is_none_or(|after| *id > after) && items.len() <= slice.limit {
                        let node = TwinAt { id: *id, at: at.clone() };
                        items.push(Item { node, cursor: id.to_string() });
                    }
                }
            });
            if items.len() > slice.limit && !slice.total {
                break;
            }
            // The writer, and other requests on this thread, get their turn.
            tokio::task::yield_now().await;
        }
        one(Page::new(items, slice.limit, slice.total.then_some(total)))
    }

    /// Twins that may fit, in order of their ids.
    fn candidates(&self, view: &View<'_>) -> Vec<TwinId> {
        let graph = &view.state.graph;
        let Some(model) = &self.model else {
            return graph.ids().keys().copied().collect();
        };
        let subtypes = view.state.catalogue.subtypes(model).map(|subtype| &subtype.id);
        let models = std::iter::once(model).chain(subtypes);
        let twins = models.filter_map(|model| graph.of_model(model)).flatten();
        let mut found: Vec<TwinId> = twins.copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn fits(&self, view: &View<'_>, id: TwinId) -> bool {
        let Some((_, existence)) = view.twin(id) else {
            return false;
        };
        let is = &existence.value.model;
        self.model.as_ref().is_none_or(|model| view.state.catalogue.is_a(is, model))
            && self.role.is_none_or(|role| view.state.role_of_model(is) == Some(role))
            && self.properties.iter().all(|filter| filter.admits(view, id))
            && self.external_system.as_ref().is_none_or(|system| has_id_of(view, id, system))
            && self
                .name_contains
                .as_ref()
                .is_none_or(|text| display_name(view, id).to_lowercase().contains(text.as_str()))
            && self.in_location.is_none_or(|place| view.places(id).contains(&place))
    }
}

fn has_id_of(view: &View<'_>, id: TwinId, system: &str) -> bool {
    view.external_ids(id).iter().any(|(external, _)| *external.system == *system)
}

fn text<'a>(filter: Option<&'a Fields<'_>>, name: &str) -> Result<Option<&'a str>> {
    filter.map_or(Ok(None), |filter| args::text(filter, name))
}

fn in_location(filter: &Fields<'_>) -> Result<Option<TwinId>> {
    let Some(text) = args::text(filter, "inLocation")? else {
        return Ok(None);
    };
    let parsed = text.parse();
    parsed.map(Some).map_err(|_| wrong("inLocation", "is not the id of a twin").into())
}

/// The role that is asked for.
fn role(ctx: &ResolverContext<'_>) -> Result<Option<Role>> {
    match args::item(ctx, "role")? {
        None => Ok(None),
        Some("ASSET") => Ok(Some(Role::Asset)),
        Some("LOCATION") => Ok(Some(Role::Location)),
        Some("DEVICE") => Ok(Some(Role::Device)),
        Some(other) => Err(wrong("role", &format!("`{other}` is no role")).into()),
    }
}
