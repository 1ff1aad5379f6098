//! Migrations: the same numbers and names for every backend, applied in order when a store is opened.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};

use crate::store::contract::StoreError;

/// The texts of a backend's migrations, oldest first. One that was released is never changed.
pub(crate) type Migrations = [(&'static str, &'static str)];

/// Brings the tables up to date. Tables of a newer version are left as they are.
pub(crate) async fn migrate<C: Migrate>(
    connection: &mut C,
    migrations: &'static Migrations,
    error_of: fn(sqlx::Error) -> StoreError,
) -> Result<(), StoreError> {
    let numbered = (1..).zip(migrations).map(|(version, (name, sql))| {
        Migration::new(version, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let migrator = Migrator::with_migrations(numbered.collect());
    let newest = migrations.len();
    migrator.run_direct(None, connection, false).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) => StoreError::Damaged(format!(
            "its tables are of a newer version (migration {version}; this program knows {newest}): \
             start the newer program, or restore a backup made by this one; nothing was changed"
        )),
        MigrateError::VersionMismatch(version) => StoreError::Damaged(format!(
            "its tables were made by another edition of migration {version}; nothing was changed"
        )),
        MigrateError::Dirty(version) => StoreError::Damaged(format!(
            "migration {version} was begun and not completed; restore a backup"
        )),
        MigrateError::Execute(error) => error_of(error),
        MigrateError::ExecuteMigration(error, version) => match error_of(error) {
            StoreError::Unavailable(reason) => {
                StoreError::Unavailable(format!("migration {version} failed: {reason}"))
            }
            StoreError::Locked(reason) => StoreError::Locked(reason),
            StoreError::Damaged(reason) | StoreError::Refused(reason) => {
                StoreError::Damaged(format!("migration {version} failed: {reason}"))
            }
        },
        other => StoreError::Damaged(format!("its tables cannot be brought up to date: {other}")),
    })
}
