//! Readings in bulk: one array a column, which the server unnests.

use sqlx::postgres::PgArguments;
use sqlx::{Arguments, Postgres, Row};

use super::connection::{Session, within};
use super::error::error_of;
use super::value::Columns;
use crate::store::batch::Candidate;
use crate::store::contract::StoreError;

/// Most rows of one statement.
const CHUNK_ROWS: usize = 16_384;

const INSERT: &str = "INSERT INTO reading \
    (stream, time, sequence, fingerprint, position, kind, quality, whole, number, bytes) \
    SELECT * FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], \
    $6::smallint[], $7::smallint[], $8::bigint[], $9::double precision[], $10::bytea[]) \
    ON CONFLICT (stream, time, sequence, fingerprint) DO NOTHING";

/// Finds the rows that came with this batch: they have its position. The inner query is one look into the
/// primary key a row, whatever the planner thinks of arrays.
const FIND: &str = "SELECT c.place FROM \
    UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) WITH ORDINALITY \
    AS c (stream, time, sequence, fingerprint, position, place) WHERE c.position = ( \
    SELECT r.position FROM reading AS r WHERE r.stream = c.stream AND r.time = c.time \
    AND r.sequence = c.sequence AND r.fingerprint = c.fingerprint)";

/// Inserts the candidates that the table does not hold, and tells which those were.
pub(super) async fn insert(
    session: &mut Session,
    rows: &[Candidate<'_>],
) -> Result<Vec<bool>, StoreError> {
    let mut new = vec![false; rows.len()];
    for (chunk, new) in rows.chunks(CHUNK_ROWS).zip(new.chunks_mut(CHUNK_ROWS)) {
        let mut arguments = keys(chunk)?;
        add_values(&mut arguments, chunk)?;
        let deadline = session.deadline();
        let inserting =
            sqlx::query_with::<Postgres, _>(INSERT, arguments).execute(session.inner()?);
        let inserted = within(deadline, inserting).await?.rows_affected();
        if inserted == chunk.len() as u64 {
            new.fill(true);
        } else if inserted > 0 {
            find(session, chunk, new).await?;
        }
    }
    Ok(new)
}

async fn find(
    session: &mut Session,
    chunk: &[Candidate<'_>],
    new: &mut [bool],
) -> Result<(), StoreError> {
    let deadline = session.deadline();
    let finding = sqlx::query_with::<Postgres, _>(FIND, keys(chunk)?).fetch_all(session.inner()?);
    for row in within(deadline, finding).await? {
        let place: i64 = row.try_get(0).map_err(error_of)?;
        // Ordinals count from 1.
        let place = usize::try_from(place - 1).ok().and_then(|place| new.get_mut(place));
        *place.ok_or_else(|| StoreError::Damaged("a reading in no place was found".into()))? = true;
    }
    Ok(())
}

fn keys(chunk: &[Candidate<'_>]) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    let columns: [Vec<i64>; 5] = [
        chunk.iter().map(|c| i64::from(c.reading.stream.0)).collect(),
        chunk.iter().map(|c| c.reading.time.0).collect(),
        chunk.iter().map(|c| c.reading.sequence.cast_signed()).collect(),
        chunk.iter().map(|c| c.order.2).collect(),
        chunk.iter().map(|c| c.position.0.cast_signed()).collect(),
    ];
    for column in columns {
        add(&mut arguments, column)?;
    }
    Ok(arguments)
}

fn add_values(arguments: &mut PgArguments, chunk: &[Candidate<'_>]) -> Result<(), StoreError> {
    let values: Vec<Columns<'_>> = chunk.iter().map(|c| (&c.reading.value).into()).collect();
    let kinds: Vec<i16> = chunk.iter().map(|c| i16::from(c.reading.value.kind())).collect();
    let qualities: Vec<i16> = chunk.iter().map(|c| i16::from(c.reading.quality.code())).collect();
    add(arguments, kinds)?;
    add(arguments, qualities)?;
    add(arguments, values.iter().map(|v| v.whole).collect::<Vec<Option<i64>>>())?;
    add(arguments, values.iter().map(|v| v.number).collect::<Vec<Option<f64>>>())?;
    add(arguments, values.iter().map(|v| v.bytes).collect::<Vec<Option<&[u8]>>>())
}

fn add<'q, T>(arguments: &mut PgArguments, column: T) -> Result<(), StoreError>
where
    T: sqlx::Encode<'q, Postgres> + sqlx::Type<Postgres>,
{
    arguments.add(column).map_err(|error| error_of(sqlx::Error::Encode(error)))
}
