//! `Reading`: one measurement, and `history`: those of a property through every stream that it had.

use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dynamic::{FieldValue, ResolverContext, Type};

use super::page::{self, Item, Page};
use super::scalars::quality_item;
use super::stream::StreamAt;
use super::twin::TwinAt;
use crate::domain::id::StreamId;
use crate::domain::reading::{ReadingOrder, Recorded};
use crate::domain::time::{Interval, Timestamp};
use crate::domain::value::Value;
use crate::domain::view::Candidate;
use crate::graphql::args;
use crate::graphql::build::{Arg, Later, field, json, object, one, parent, scalar, text};
use crate::graphql::refusal::refused;
use crate::graphql::scope::Reader;
use crate::graphql::world::World;
use crate::store::Window;

/// A reading as the property has it.
#[derive(Clone)]
pub struct ReadingAt {
    recorded: Recorded,
    value: Value,
    at: Arc<Reader>,
}

/// Where a page of history starts: after this reading of this stream.
type Cursor = (ReadingOrder, StreamId);

/// The type and its connection.
pub fn types() -> Vec<Type> {
    let fields = vec![
        field::<ReadingAt, _>("eventTime", "DateTime!", |r, _| {
            text(r.recorded.reading.time.to_string())
        })
        .description("When it was measured."),
        field::<ReadingAt, _>("value", "JSON!", |r, _| scalar(json(&r.value.to_json())?))
            .description("The value, in the property's unit."),
        field::<ReadingAt, _>("number", "Float", |r, _| r.value.as_f64().map_or(Ok(None), scalar))
            .description("The value, when it is a number."),
        field::<ReadingAt, _>("quality", "Quality!", |r, _| {
            quality_item(r.recorded.reading.quality)
        }),
        field::<ReadingAt, _>("stream", "Stream!", |r, _| {
            one(StreamAt { id: r.recorded.reading.stream, at: r.at.clone() })
        }),
        field::<ReadingAt, _>("recordedAt", "LogPosition!", |r, _| {
            text(r.recorded.position.to_string())
        })
        .description("The entry of the log that brought it."),
    ];
    let reading = object("Reading", "One measurement.", fields);
    let node = |reading: &ReadingAt| FieldValue::owned_any(reading.clone());
    let connection = page::connection("Reading", "A page of readings, oldest first.", node);
    std::iter::once(reading.into()).chain(connection).collect()
}

/// The arguments of `history`.
pub const HISTORY_ARGUMENTS: &[Arg] = &[
    ("path", "String!", "The property or telemetry."),
    ("from", "DateTime", "The first moment; from the beginning if left out."),
    ("to", "DateTime", "The first moment after; up to `asOf` or the latest if left out."),
    page::FIRST,
    page::AFTER,
];

/// The readings of a property, oldest first.
pub fn history(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let twin = parent::<TwinAt>(&ctx)?;
        let bounds = &ctx.data::<Arc<World>>()?.bounds;
        let path = args::required_text(&ctx, "path")?;
        let most = bounds.history_readings_max;
        let limit = args::items(&ctx, "first", bounds.page_items_default, most)?;
        let from = args::moment(&ctx, "from")?.unwrap_or(Timestamp::MIN);
        let to = args::moment(&ctx, "to")?.unwrap_or(Timestamp::MAX);
        let after = page::after(&ctx)?.map(|text| decoded(&text)).transpose()?;
        let mut windows = twin.at.view(|view| view.candidates(twin.id));
        windows.retain_mut(|window| window.path.as_ref() == path && clip(window, from, to));
        windows.sort_by_key(|window| window.times.from);
        let readings = read(&twin.at, &windows, after, limit + 1).await?;
        one(Page::new(readings, limit, None))
    })
}

/// Narrows a window; false when nothing of it is left.
fn clip(window: &mut Candidate, from: Timestamp, to: Timestamp) -> bool {
    let left = Interval::new(window.times.from.max(from), window.times.to.min(to));
    left.is_some_and(|times| {
        window.times = times;
        true
    })
}

/// The first readings of the windows, which are in order of their start. Windows of several streams
/// may overlap, so a reading counts only when no later window can hold an earlier one.
async fn read(
    at: &Arc<Reader>,
    windows: &[Candidate],
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<Item<ReadingAt>>> {
    let mut found: Vec<(Cursor, ReadingAt)> = Vec::new();
    for window in windows {
        let full = found.get(limit - 1);
        if full.is_some_and(|((order, _), _)| order.0 < window.times.from) {
            break;
        }
        found.extend(read_window(at, window, after, limit).await?);
        found.sort_by_key(|(cursor, _)| *cursor);
        found.truncate(limit);
    }
    let items = found.into_iter().map(|(cursor, node)| Item { node, cursor: encoded(&cursor) });
    Ok(items.collect())
}

async fn read_window(
    at: &Arc<Reader>,
    window: &Candidate,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<(Cursor, ReadingAt)>> {
    // Of readings with the same order, those of streams up to the cursor's were given already.
    let after = after.map(|((time, sequence, print), stream)| {
        let print = if window.stream <= stream { print } else { print.saturating_sub(1) };
        (time, sequence, print)
    });
    let asked = Window { stream: window.stream, times: window.times, known: at.scope.known };
    let readings = at.engine.store().readings(asked, after, limit).await;
    let readings = readings.map_err(|error| refused(error.into()))?;
    let converted = readings.into_iter().map(|recorded| {
        let raw = &recorded.reading.value;
        let value = window.conversion.map_or_else(|| raw.clone(), |c| c.apply(raw));
        let cursor = (recorded.reading.order(), window.stream);
        (cursor, ReadingAt { recorded, value, at: at.clone() })
    });
    Ok(converted.collect())
}

fn encoded(((time, sequence, print), stream): &Cursor) -> String {
    format!("{} {sequence} {print} {stream}", time.0)
}

fn decoded(text: &str) -> Result<Cursor> {
    let mut parts = text.split(' ');
    let mut part = || parts.next().unwrap_or_default();
    let parsed = (|| {
        let time = Timestamp(part().parse().ok()?);
        let order = (time, part().parse().ok()?, part().parse().ok()?);
        Some((order, part().parse().ok()?))
    })();
    parsed.ok_or_else(|| page::not_ours().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_text_and_back() {
        let cursor = ((Timestamp(-5), 7, i64::MIN), StreamId(3));
        assert_eq!(decoded(&encoded(&cursor)).ok(), Some(cursor));
        assert!(decoded("1 2 x 3").is_err());
    }
}
