//! `Resolution`: what an external id means, and the asset that it is about.

use std::sync::Arc;

use async_graphql::dynamic::Type;

use super::external_id::IdLink;
use super::twin::{list, optional};
use crate::domain::graph::Direction;
use crate::domain::id::{ExternalId, TwinId};
use crate::domain::role::Role;
use crate::domain::view::View;
use crate::graphql::build::{Answer, field, object, one};
use crate::graphql::scope::Reader;

/// Most assets that are listed for a place.
const ASSETS_MAX: usize = 1_000;

/// The type.
pub fn types() -> Vec<Type> {
    let fields = vec![
        field::<IdLink, _>("twin", "Twin", |r, _| optional(&r.at, Some(r.link.value.twin)))
            .description("The twin that the id means."),
        field::<IdLink, _>("link", "ExternalIdLink!", |r, _| one(r.clone()))
            .description("Why we think so, since when."),
        field::<IdLink, _>("asset", "Twin", |r, _| optional(&r.at, asset(r)))
            .description("The asset that it is about: the twin itself, else the first of `assets` that something measures."),
        field::<IdLink, _>("assets", "[Twin!]!", |r, _| list(&r.at, assets(r)))
            .description("All assets that it is about: the twin itself with what stands there or is part of it, or what a device measures."),
        field::<IdLink, _>("devices", "[Twin!]!", |r, _| list(&r.at, devices(r)))
            .description("The twin itself if it is a device, else the devices that measure its assets."),
        field::<IdLink, _>("locationPath", "[Twin!]!", |r, _| {
            let of = asset(r).unwrap_or(r.link.value.twin);
            list(&r.at, r.at.view(|view| view.places(of)))
        })
        .description("The places around the asset, outermost first."),
    ];
    vec![object("Resolution", "What an external id means.", fields).into()]
}

/// What an external id means; null when it means nothing.
pub fn resolve(at: &Arc<Reader>, external: ExternalId) -> Answer {
    let link = at.view(|view| {
        let link = view.resolve(&external)?;
        view.twin(link.value.twin).map(|_| link.clone())
    });
    link.map_or(Ok(None), |link| one(IdLink { external, link, at: at.clone() }))
}

/// The assets that an id is about, nearest first.
fn assets(found: &IdLink) -> Vec<TwinId> {
    let twin = found.link.value.twin;
    found.at.view(|view| match view.role(twin) {
        Some(Role::Asset) => std::iter::once(twin).chain(assets_inside(&view, twin)).collect(),
        Some(Role::Location) => assets_inside(&view, twin),
        Some(Role::Device) | None => view.measured_by(twin),
    })
}

/// The one asset to show: that which was named, else the first that something measures.
fn asset(found: &IdLink) -> Option<TwinId> {
    let assets = assets(found);
    found.at.view(|view| {
        let named = assets.iter().find(|asset| **asset == found.link.value.twin);
        let measured = assets.iter().find(|asset| !view.bindings(**asset).is_empty());
        named.or(measured).or(assets.first()).copied()
    })
}

/// The assets that stand at a place or position, with what stands at those; not those in other
/// places inside it.
fn assets_inside(view: &View<'_>, outer: TwinId) -> Vec<TwinId> {
    let mut assets: Vec<TwinId> = Vec::new();
    let mut next = Some(outer);
    let mut looked_at = 0;
    while let Some(outer) = next.filter(|_| assets.len() < ASSETS_MAX) {
        for id in directly_inside(view, outer) {
            if view.role(id) == Some(Role::Asset) && !assets.contains(&id) {
                assets.push(id);
            }
        }
        next = assets.get(looked_at).copied();
        looked_at += 1;
    }
    assets.truncate(ASSETS_MAX);
    assets
}

fn directly_inside(view: &View<'_>, outer: TwinId) -> Vec<TwinId> {
    let rules = &view.state.rules.places;
    let named = |names: &[String], name: &str| names.iter().any(|known| known == name);
    let into = view.edges(outer, Direction::Incoming).into_iter();
    let up = into.filter(|edge| named(&rules.up, &edge.ends.name)).map(|edge| edge.ends.source);
    let out = view.edges(outer, Direction::Outgoing).into_iter();
    let down = out.filter(|edge| named(&rules.down, &edge.ends.name)).map(|edge| edge.ends.target);
    // Ids of twins are in order of creation, those of relationships in none.
    let mut inside: Vec<TwinId> = up.chain(down).collect();
    inside.sort_unstable();
    inside
}

fn devices(found: &IdLink) -> Vec<TwinId> {
    let id = found.link.value.twin;
    if found.at.view(|view| view.role(id)) == Some(Role::Device) {
        return vec![id];
    }
    let assets = assets(found);
    found.at.view(|view| {
        let mut devices: Vec<TwinId> = Vec::new();
        for device in assets.iter().flat_map(|asset| view.devices_of(*asset)) {
            if !devices.contains(&device) {
                devices.push(device);
            }
        }
        devices
    })
}
