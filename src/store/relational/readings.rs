//! Readings of the past.

use super::cell::{Cell, Cells};
use super::connection::Connection;
use super::table::assembled;
use super::value;
use crate::domain::reading::{ReadingOrder, Recorded};
use crate::domain::time::Timestamp;
use crate::store::contract::{StoreError, Window};

/// [`ReadingOrder`] in columns. Sequences are unsigned: the negative half of the column comes last.
const ORDER: [&str; 4] = ["time", "sequence < 0", "sequence", "fingerprint"];

/// The greatest reading inside the window.
pub(super) async fn latest<C: Connection>(
    connection: &mut C,
    window: Window,
) -> Result<Option<Recorded>, StoreError> {
    let order = ORDER.map(|column| format!("{column} DESC")).join(", ");
    let sql = format!("{} ORDER BY {order} LIMIT 1", select::<C>(window));
    Ok(fetch(connection, sql, window, Vec::new()).await?.pop())
}

/// Up to `limit` readings inside the window, ascending, after `after`.
pub(super) async fn page<C: Connection>(
    connection: &mut C,
    mut window: Window,
    after: Option<ReadingOrder>,
    limit: usize,
) -> Result<Vec<Recorded>, StoreError> {
    let mut sql = select::<C>(window);
    let mut cells = vec![Cell::from(i64::try_from(limit).unwrap_or(i64::MAX))];
    if let Some((time, sequence, fingerprint)) = after {
        // So that the search in the index starts there; SQLite takes only one bound from below.
        window.times.from = window.times.from.max(time);
        sql.push_str(&format!(" AND ({}) > ($6, $7, $8, $9)", ORDER.join(", ")));
        cells.extend([
            Cell::from(time),
            Cell::Flag(sequence.cast_signed() < 0),
            Cell::from(sequence),
            Cell::from(fingerprint),
        ]);
    }
    sql.push_str(&format!(" ORDER BY {} LIMIT $5", ORDER.join(", ")));
    fetch(connection, sql, window, cells).await
}

/// How many readings are inside the window, at most `max`.
pub(super) async fn count<C: Connection>(
    connection: &mut C,
    window: Window,
    max: u64,
) -> Result<u64, StoreError> {
    let sql = format!("SELECT count(*) FROM (SELECT 1 {} LIMIT $5) found", within(window));
    let mut cells = window_cells(window);
    cells.push(i64::try_from(max).unwrap_or(i64::MAX).into());
    let mut count = 0;
    let take = &mut |row: &C::Row| {
        count = row.int(0)?.cast_unsigned();
        Ok(())
    };
    connection.each(assembled(sql), &cells, take).await?;
    Ok(count)
}

/// The readings of the window; `$1` to `$4` are its stream, times and position.
fn select<C: Connection>(window: Window) -> String {
    format!("SELECT {} {}", value::selected::<C>(), within(window))
}

fn within(window: Window) -> String {
    // An interval without end holds the last moment too.
    let before_end = if window.times.to == Timestamp::MAX { "<=" } else { "<" };
    format!(
        "FROM reading \
         WHERE stream = $1 AND time >= $2 AND time {before_end} $3 AND position <= $4"
    )
}

fn window_cells(window: Window) -> Vec<Cell<'static>> {
    vec![
        Cell::from(window.stream),
        window.times.from.into(),
        window.times.to.into(),
        window.known.into(),
    ]
}

async fn fetch<C: Connection>(
    connection: &mut C,
    sql: String,
    window: Window,
    more: Vec<Cell<'_>>,
) -> Result<Vec<Recorded>, StoreError> {
    let mut cells = window_cells(window);
    cells.extend(more);
    let mut found = Vec::new();
    let take = &mut |row: &C::Row| {
        found.extend(value::reading_at::<C>(row, 0, window.stream)?);
        Ok(())
    };
    connection.each(assembled(sql), &cells, take).await?;
    Ok(found)
}
