//! The schema: one portable set of migrations, compiled in.

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Row, SqlSafeStr};

use super::{Store, StoreError};

const MIGRATIONS: [(i64, &str, &str); 7] = [
    (1, "organisation", include_str!("../../../migrations/0001_organisation.sql")),
    (2, "governance", include_str!("../../../migrations/0002_governance.sql")),
    (3, "usage", include_str!("../../../migrations/0003_usage.sql")),
    (4, "conversations", include_str!("../../../migrations/0004_conversations.sql")),
    (5, "model_calls", include_str!("../../../migrations/0005_model_calls.sql")),
    (6, "turns", include_str!("../../../migrations/0006_turns.sql")),
    (7, "usage_by_date", include_str!("../../../migrations/0007_usage_by_date.sql")),
];

const APPLIED_COUNT: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) AS applied, CAST(COALESCE(MAX(version), 0) AS BIGINT) AS newest FROM _sqlx_migrations";

pub(super) const ALL_STATEMENTS: &[&str] = &[APPLIED_COUNT];

impl Store {
    /// Brings the schema up to date; does nothing when it is.
    ///
    /// # Errors
    /// [`StoreError::Migrate`]: a migration failed, or the database was migrated by a newer version.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let migrations = MIGRATIONS
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
        let row = sqlx::query(APPLIED_COUNT).fetch_one(self.pool()).await.map_err(|_| StoreError::NotMigrated)?;
        let applied: i64 = row.try_get("applied")?;
        let newest: i64 = row.try_get("newest")?;
        let expected = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
        if applied == expected && newest == expected { Ok(()) } else { Err(StoreError::NotMigrated) }
    }
}
