//! `Coverage`: what is missing, doubtful or about to end, now. Its lists are fields in `coverage_lists`.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Result;
use async_graphql::dynamic::{Field, ResolverContext, Type};

use super::coverage_lists::{
    assets_without_device, claimed_twice, devices_without_asset, disagreements, ending, quarantined,
};
use super::page;
use crate::domain::time::Timestamp;
use crate::graphql::args::{self, wrong};
use crate::graphql::build::{Arg, Later, input, object, one, slow_field};
use crate::graphql::scope::{Reader, reader};

/// The board: from when on something is a gap.
pub struct Coverage {
    /// How everything is read.
    pub at: Arc<Reader>,
    /// Devices that reported since then are live.
    pub live_since: Timestamp,
    /// Mappings that end before are about to.
    pub ends_until: Timestamp,
}

/// The arguments.
pub const ARGUMENTS: &[Arg] = &[
    ("liveWithinHours", "Float", "Devices that reported within so many hours are live."),
    ("endingWithinDays", "Float", "Mappings that end within so many days are about to end."),
];

/// The type.
pub fn types() -> Vec<Type> {
    let paged = |field: Field| {
        let arguments = [page::FIRST, page::AFTER];
        arguments.iter().fold(field, |field, (name, ty, description)| {
            field.argument(input(name, ty, description))
        })
    };
    let fields = vec![
        paged(slow_field("assetsWithoutDevice", "CoverageGapConnection!", assets_without_device))
            .description(
                "Assets that no stream measures and no device is related to, or whose devices have not reported for long.",
            ),
        paged(slow_field("devicesWithoutAsset", "CoverageGapConnection!", devices_without_asset))
            .description(
                "Devices that measure nothing but themselves, and that no relationship joins to an asset.",
            ),
        paged(slow_field("quarantinedStreams", "StreamConnection!", quarantined))
            .argument(input(
                "by",
                "QuarantineOrder",
                "Most readings first, if left out.",
            ))
            .description("Streams that report what nobody has mapped."),
        paged(slow_field("idsClaimedTwice", "ClaimedIdConnection!", claimed_twice))
            .description("Serials, MACs and the like that records of several unrelated twins claim."),
        paged(slow_field("endingMappings", "EndingMappingConnection!", ending))
            .description("Ids and streams that soon mean nothing any more, soonest first."),
        paged(slow_field("disagreements", "PropertyProvenanceConnection!", disagreements))
            .description("Properties of which sources state different values, and no steward has decided."),
    ];
    let description = "What is missing, doubtful or about to end, now. Each list counts all its items in `totalCount`.";
    vec![object("Coverage", description, fields).into()]
}

/// The board of the present.
pub fn board(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let at = reader(&ctx).await?;
        let rules = at.engine.read(|state| state.rules.coverage.clone());
        let live_within = duration(&ctx, "liveWithinHours", 3_600.0)?.unwrap_or(rules.live_within);
        let ending = duration(&ctx, "endingWithinDays", 86_400.0)?.unwrap_or(rules.ending_within);
        let now = at.scope.moment;
        one(Coverage {
            at,
            live_since: now.plus_nanos(-nanos(live_within)),
            ends_until: now.plus_nanos(nanos(ending)),
        })
    })
}

fn duration(ctx: &ResolverContext<'_>, name: &str, unit_s: f64) -> Result<Option<Duration>> {
    let number = args::number(ctx, name)?;
    let duration = number.map(|number| Duration::try_from_secs_f64(number * unit_s)).transpose();
    duration.map_err(|_| wrong(name, "is no number from 0 on").into())
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}
