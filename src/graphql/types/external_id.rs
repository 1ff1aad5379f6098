//! `ExternalIdLink`: what a system calls a twin, when, and why we think so.

use async_graphql::dynamic::{ResolverContext, Type};

use super::twin::{TwinAt, optional};
use crate::domain::fact::Link;
use crate::domain::id::ExternalId;
use crate::domain::timeline::Fact;
use crate::graphql::args;
use crate::graphql::build::{Answer, field, many, moment, object, scalar, text, text_field};
use crate::graphql::scope::Reader;
use std::sync::Arc;

/// An external id with its meaning.
#[derive(Clone)]
pub struct IdLink {
    /// The id.
    pub external: ExternalId,
    /// What it means.
    pub link: Fact<Link>,
    /// How it was read.
    pub at: Arc<Reader>,
}

/// The type.
pub fn types() -> Vec<Type> {
    let fields = vec![
        text_field::<IdLink>("system", "String!", |l| &l.external.system)
            .description("The system that issues the id."),
        text_field::<IdLink>("scope", "String!", |l| &l.external.scope)
            .description("Where in the system it is unique; empty for all of it."),
        text_field::<IdLink>("id", "String!", |l| &l.external.id)
            .description("The id, exactly as the system writes it."),
        field::<IdLink, _>("twin", "Twin", |l, _| optional(&l.at, Some(l.link.value.twin))),
        field::<IdLink, _>("validFrom", "DateTime", |l, _| moment(l.link.valid.from))
            .description("Since when it means the twin; null for always."),
        field::<IdLink, _>("validTo", "DateTime", |l, _| moment(l.link.valid.to))
            .description("Until when; null for no end."),
        text_field::<IdLink>("reason", "String!", |l| &l.link.value.reason)
            .description("Why we think so."),
        field::<IdLink, _>("confidence", "Float!", |l, _| scalar(l.link.value.confidence))
            .description("How sure, from 0 to 1."),
        text_field::<IdLink>("decider", "String!", |l| &l.link.value.decider)
            .description("Who decided: a person, a rule, an import."),
        field::<IdLink, _>("recordedAt", "LogPosition!", |l, _| {
            text(l.link.recorded_from.to_string())
        })
        .description("The entry of the log that says so."),
    ];
    vec![object("ExternalIdLink", "That an external id means a twin.", fields).into()]
}

/// The ids of a twin.
pub fn of_twin(twin: &TwinAt, ctx: &ResolverContext<'_>) -> Answer {
    let system = args::text(ctx, "system")?;
    let links: Vec<IdLink> = twin.at.view(|view| {
        let all = view.external_ids(twin.id).into_iter();
        let wanted = all.filter(|(id, _)| system.is_none_or(|system| *id.system == *system));
        wanted
            .map(|(external, link)| IdLink {
                external: external.clone(),
                link: link.clone(),
                at: twin.at.clone(),
            })
            .collect()
    });
    many(links)
}
