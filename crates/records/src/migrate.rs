//! The schema: the migrations of the tables, one portable set, compiled in.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use crate::rows::{Columns, binds};
use crate::tables::migrations;
use crate::{Store, StoreError};

const APPLIED_COUNT: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) AS applied, CAST(COALESCE(MAX(version), 0) AS BIGINT) AS newest FROM _sqlx_migrations";

pub(super) const ALL_STATEMENTS: &[&str] = &[APPLIED_COUNT];

impl Store {
    /// Brings the schema up to date; does nothing when it is.
    ///
    /// # Errors
    /// [`StoreError::Migrate`]: a migration failed, or the database was migrated by a newer version.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let migrations = migrations()
            .into_iter()
            .map(|(version, name, sql)| Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false))
            .collect();
        Migrator::with_migrations(migrations).run(self.pool()).await.map_err(StoreError::Migrate)
    }

    /// Refuses a database whose schema is older or newer than this program.
    ///
    /// # Errors
    /// [`StoreError::NotMigrated`].
    pub async fn require_migrated(&self) -> Result<(), StoreError> {
        let found = self.row(APPLIED_COUNT, binds![], |row| Ok((row.int("applied")?, row.int("newest")?)));
        let (applied, newest) = found.await.map_err(|_| StoreError::NotMigrated)?;
        let expected = i64::try_from(migrations().len()).unwrap_or(i64::MAX);
        if applied == expected && newest == expected { Ok(()) } else { Err(StoreError::NotMigrated) }
    }
}
