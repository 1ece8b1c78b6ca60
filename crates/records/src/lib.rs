//! The records: SQLite by default, PostgreSQL for more than one replica, behind one handle and one set of SQL texts.
//!
//! Nothing else names sqlx. Every statement is a named constant with `$n` placeholders and is listed in [`statements`], and a test prepares each of
//! them on both databases. What a write decides it decides inside a [`WriteTx`], so that what it checked still holds when it commits.

pub mod acts;
mod backend;
mod bulk;
pub mod import;
mod migrate;
pub mod org;
mod rows;
pub mod scope;
mod tables;
pub mod testing;
pub mod usage;

pub use backend::{Backend, Store, WriteTx};
pub use tables::{audit_log as audit, claims, conversations, model_calls, people, turns};

/// What went wrong with the records. The text never holds SQL, connection strings or rows.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("`{0}` is not a database address; use sqlite:PATH or postgres://USER@HOST/DATABASE")]
    UnknownScheme(String),
    #[error("an in-memory SQLite database cannot be shared by connections; use sqlite:PATH")]
    InMemory,
    #[error("the database cannot be reached; check `database_url` and that the database is up")]
    Unreachable(#[source] sqlx::Error),
    #[error("the database is not set up for this version; run `agent-bill migrate`")]
    NotMigrated,
    #[error("the database cannot be migrated")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    #[error("a record that must be unique exists already")]
    Conflict(#[source] sqlx::Error),
    #[error("a record refers to another one that does not exist, or is still referred to")]
    Dangling(#[source] sqlx::Error),
    #[error("another process has taken this over")]
    Lost,
    #[error("a stored {what} cannot be read: `{value}`")]
    Corrupt { what: &'static str, value: String },
    #[error("the database refused a statement")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(cause) if cause.is_unique_violation() => Self::Conflict(error),
            sqlx::Error::Database(cause) if cause.is_foreign_key_violation() => Self::Dangling(error),
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => Self::Unreachable(error),
            _ => Self::Database(error),
        }
    }
}

impl StoreError {
    /// A stored text that should have parsed.
    pub(crate) fn corrupt(what: &'static str, value: &str) -> Self {
        Self::Corrupt { what, value: value.chars().take(60).collect() }
    }
}

/// Every SQL text of the store that both databases share, by table.
#[must_use]
pub fn statements() -> Vec<(&'static str, Vec<&'static str>)> {
    let tables = tables::TABLES.iter().map(|table| (table.name, table.statements().collect()));
    tables.chain([("migrate", migrate::ALL_STATEMENTS.to_vec())]).collect()
}

#[cfg(test)]
mod tests;
