//! Readings in bulk: many rows a statement, in few sizes, so that statements are prepared once.

use std::ops::Range;

use super::connection::Session;
use super::value;
use crate::store::batch::Candidate;
use crate::store::contract::StoreError;
use crate::store::relational::{Cell, Cells, Connection, assembled, chunk_rows};

const COLUMNS: usize = 8;

/// Inserts the candidates that the table does not hold, and tells which those were.
pub(super) async fn insert(
    session: &mut Session,
    rows: &[Candidate<'_>],
) -> Result<Vec<bool>, StoreError> {
    let mut new = vec![false; rows.len()];
    let mut start = 0;
    while start < rows.len() {
        let range = start..start + chunk_rows(rows.len() - start);
        start = range.end;
        let chunk = &rows[range.clone()];
        let inserted = session.run(assembled(insert_of(chunk.len())), &cells(chunk)).await?;
        if inserted == chunk.len() as u64 {
            new[range].fill(true);
        } else if inserted > 0 {
            find(session, rows, range, &mut new).await?;
        }
    }
    Ok(new)
}

fn insert_of(rows: usize) -> String {
    format!(
        "INSERT INTO reading \
         (stream, time, sequence, fingerprint, kind, quality, value, position) VALUES {} \
         ON CONFLICT (stream, time, sequence, fingerprint) DO NOTHING",
        Session::placeholders(rows, COLUMNS)
    )
}

fn cells<'a>(rows: &[Candidate<'a>]) -> Vec<Cell<'a>> {
    let mut cells = Vec::with_capacity(rows.len() * COLUMNS);
    for row in rows {
        let (time, sequence, fingerprint) = row.order;
        cells.extend([
            row.reading.stream.into(),
            time.into(),
            sequence.into(),
            fingerprint.into(),
            i64::from(row.reading.value.kind()).into(),
            i64::from(row.reading.quality.code()).into(),
            value::cell(&row.reading.value),
            row.position.into(),
        ]);
    }
    cells
}

/// Of a chunk that was inserted in part, finds the rows that came with this batch: they have its position.
async fn find(
    session: &mut Session,
    rows: &[Candidate<'_>],
    range: Range<usize>,
    new: &mut [bool],
) -> Result<(), StoreError> {
    let sql = format!(
        "WITH candidate (place, stream, time, sequence, fingerprint, position) AS (VALUES {}) \
         SELECT place FROM candidate AS c WHERE c.position = ( \
         SELECT r.position FROM reading AS r WHERE r.stream = c.stream AND r.time = c.time \
         AND r.sequence = c.sequence AND r.fingerprint = c.fingerprint)",
        Session::placeholders(range.len(), 6)
    );
    let mut cells: Vec<Cell<'_>> = Vec::with_capacity(range.len() * 6);
    for (place, row) in range.clone().zip(&rows[range]) {
        let (time, sequence, fingerprint) = row.order;
        cells.extend([
            (place as u64).into(),
            row.reading.stream.into(),
            time.into(),
            sequence.into(),
            fingerprint.into(),
            row.position.into(),
        ]);
    }
    let take = &mut |row: &<Session as Connection>::Row| {
        let place = usize::try_from(row.int(0)?).ok().and_then(|place| new.get_mut(place));
        *place.ok_or_else(|| StoreError::Damaged("a reading in no place was found".into()))? = true;
        Ok(())
    };
    session.each(assembled(sql), &cells, take).await
}
