//! The handle on the database, and the transaction that writes.

use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{Any, AnyConnection, AnyPool, ConnectOptions, Connection, Executor, Transaction};

use super::StoreError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A pool of connections to the records; cloning shares it.
#[derive(Debug, Clone)]
pub struct Store {
    pool: AnyPool,
    backend: Backend,
}

/// How long SQLite waits for another writer, and how long a caller waits for a free connection.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Each connection of SQLite: readers do not block the writer, and foreign keys hold.
const SQLITE_CONNECTION: &str =
    "PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;";

/// SQLite must take the write lock before it reads what it decides on: a later upgrade of a read lock fails instead of waiting.
const BEGIN_SQLITE: &str = "BEGIN IMMEDIATE";
const BEGIN_POSTGRES: &str = "BEGIN";
/// One writer of governance records at a time, as on SQLite. Readers and the rollup are not held up.
const SERIALISE_POSTGRES: &str = "LOCK TABLE audit_log IN SHARE ROW EXCLUSIVE MODE";

impl Store {
    /// Opens `sqlite:PATH` (created when missing) or `postgres://…`. Does not migrate.
    ///
    /// # Errors
    /// [`StoreError::UnknownScheme`], [`StoreError::InMemory`], [`StoreError::Unreachable`].
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_with(url, 10).await
    }

    pub(super) async fn open_with(url: &str, connections: u32) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let scheme = url.split(':').next().unwrap_or_default();
        let (backend, url) = match scheme {
            "sqlite" if url.contains(":memory:") || url.contains("mode=memory") => return Err(StoreError::InMemory),
            "sqlite" if url.contains('?') => (Backend::Sqlite, url.to_owned()),
            "sqlite" => (Backend::Sqlite, format!("{url}?mode=rwc")),
            "postgres" | "postgresql" => (Backend::Postgres, url.to_owned()),
            other => return Err(StoreError::UnknownScheme(other.chars().take(20).collect())),
        };
        let options: AnyConnectOptions = url.parse().map_err(StoreError::Unreachable)?;
        let options = options
            .log_statements(tracing::log::LevelFilter::Off)
            .log_slow_statements(tracing::log::LevelFilter::Warn, Duration::from_secs(1));
        let mut pool = AnyPoolOptions::new().max_connections(connections).acquire_timeout(BUSY_TIMEOUT);
        if backend == Backend::Sqlite {
            pool = pool.after_connect(|connection, _| {
                Box::pin(async move { connection.execute(sqlx::raw_sql(SQLITE_CONNECTION)).await.map(|_| ()) })
            });
        }
        // The pool would retry a refused connection until its timeout; an operator wants to know at once.
        let probe = AnyConnection::connect_with(&options).await.map_err(StoreError::Unreachable)?;
        probe.close().await.map_err(StoreError::Unreachable)?;
        Ok(Self { pool: pool.connect_lazy_with(options), backend })
    }

    #[must_use]
    pub fn backend(&self) -> Backend {
        self.backend
    }

    pub(super) fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.pool.execute("SELECT 1").await.map(|_| ()).map_err(StoreError::Unreachable)
    }

    /// A transaction that writes. On SQLite it waits here for the one write lock, so that nothing read inside it can go stale.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`], or the write lock was not free in time.
    pub async fn begin_write(&self) -> Result<WriteTx, StoreError> {
        let begin = match self.backend {
            Backend::Sqlite => BEGIN_SQLITE,
            Backend::Postgres => BEGIN_POSTGRES,
        };
        Ok(WriteTx { inner: self.pool.begin_with(begin).await?, backend: self.backend })
    }

    /// One consistent read over several statements; SQLite readers do not wait for the writer.
    pub(super) async fn begin_read(&self) -> Result<WriteTx, StoreError> {
        let begin = match self.backend {
            Backend::Sqlite => "BEGIN DEFERRED",
            Backend::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        Ok(WriteTx { inner: self.pool.begin_with(begin).await?, backend: self.backend })
    }

    /// A write of the organisation or of governance: one at a time on either database, because it checks what is there and ends in an audit event.
    ///
    /// # Errors
    /// As [`Store::begin_write`].
    pub async fn begin_serialised(&self) -> Result<WriteTx, StoreError> {
        let mut tx = self.begin_write().await?;
        if self.backend == Backend::Postgres {
            tx.connection().execute(SERIALISE_POSTGRES).await?;
        }
        Ok(tx)
    }

    /// Waits until every connection is closed; for tests and shutdown.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// A transaction in progress; dropping it rolls back.
pub struct WriteTx {
    inner: Transaction<'static, Any>,
    backend: Backend,
}

impl WriteTx {
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.backend
    }

    pub(super) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.inner
    }

    /// # Errors
    /// The database refused the commit; nothing was written.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.inner.commit().await?)
    }

    /// # Errors
    /// The connection broke; the database then rolls back by itself.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.inner.rollback().await?)
    }
}
