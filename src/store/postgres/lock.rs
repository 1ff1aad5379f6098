//! The lock that takes a schema for one process: an advisory lock of the session that writes. When that
//! session ends, for whatever reason, the lock is free and nobody can write without taking it again.

use std::time::Duration;

use sqlx::SqlSafeStr;

use super::connection::Session;
use crate::store::contract::StoreError;
use crate::store::relational::{Cells, Connection};

/// The key: a hash that is the same for every process on this schema.
const KEY: &str = "hashtextextended('counterpart:' || current_schema(), 0)";

const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(200);

/// Takes the lock. A session that was just lost may hold it for some moments more, so it is tried for 2 s.
pub(super) async fn take(session: &mut Session) -> Result<(), StoreError> {
    for _ in 0..TRIES {
        if try_once(session).await? {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(StoreError::Locked(format!(
        "{} writes to this schema; stop it, or give this one another database or schema",
        holder(session).await.unwrap_or_else(|_| "another process".to_owned())
    )))
}

async fn try_once(session: &mut Session) -> Result<bool, StoreError> {
    let sql = format!("SELECT CASE WHEN pg_try_advisory_lock({KEY}) THEN 1 ELSE 0 END::bigint");
    let mut taken = false;
    let take = &mut |row: &<Session as Connection>::Row| {
        taken = row.maybe_int(0)? == Some(1);
        Ok(())
    };
    session.each(crate::store::relational::assembled(sql), &[], take).await?;
    Ok(taken)
}

/// Who holds it, as far as the server tells.
async fn holder(session: &mut Session) -> Result<String, StoreError> {
    let sql = "SELECT coalesce(a.application_name, 'another process') \
        || ' at ' || coalesce(host(a.client_addr), 'the server itself') \
        || ' (session ' || l.pid || ')' \
        FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid \
        WHERE l.locktype = 'advisory' AND l.granted AND l.database = \
        (SELECT oid FROM pg_database WHERE datname = current_database())";
    let mut holder = "another process".to_owned();
    let take = &mut |row: &<Session as Connection>::Row| {
        row.text(0)?.clone_into(&mut holder);
        Ok(())
    };
    session.each(sql.into_sql_str(), &[], take).await?;
    Ok(holder)
}
