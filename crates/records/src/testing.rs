//! Runs one story on both databases. PostgreSQL is started by `scripts/test-postgres`; when it cannot be had the story fails, it is never skipped.
//!
//! Used by unit tests, by the integration binary and by the evals; no command reaches it.
#![expect(clippy::expect_used, clippy::panic, reason = "a test harness fails by panicking")]

use std::future::Future;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use sqlx::{Connection, Executor};

use super::{Backend, Store};

/// Runs `story` on a fresh, migrated SQLite database, then on a fresh, migrated PostgreSQL schema.
///
/// # Panics
/// When the story does, or when a database cannot be had.
pub async fn for_each_database<F, Fut>(story: F)
where
    F: Fn(Store) -> Fut,
    Fut: Future<Output = ()>,
{
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let fresh = FreshDatabase::create(backend).await;
        story(fresh.store.clone()).await;
        fresh.remove().await;
    }
}

/// A database of one's own, migrated and empty.
pub struct FreshDatabase {
    pub store: Store,
    /// Opens the same database once more, as another process would.
    pub url: String,
    name: String,
    directory: Option<PathBuf>,
}

impl FreshDatabase {
    /// # Panics
    /// When the database cannot be had.
    pub async fn create(backend: Backend) -> Self {
        let name = format!("story_{}", ulid::Ulid::generate().to_string().to_lowercase());
        let (url, directory) = match backend {
            Backend::Sqlite => {
                let directory = std::env::temp_dir().join(format!("agent-bill-{name}"));
                std::fs::create_dir(&directory).expect("a temporary directory");
                (format!("sqlite:{}", directory.join("story.db").display()), Some(directory))
            }
            Backend::Postgres => {
                administer(format!("CREATE SCHEMA {name}")).await;
                (format!("{}&options[search_path]={name}", postgres_url()), None)
            }
        };
        let store = Store::open_with(&url, 6).await.expect("a fresh database opens");
        store.migrate().await.expect("a fresh database migrates");
        Self { store, url, name, directory }
    }

    /// Closes and deletes it.
    pub async fn remove(self) {
        self.store.close().await;
        match &self.directory {
            Some(directory) => std::fs::remove_dir_all(directory).expect("the temporary directory can be removed"),
            None => administer(format!("DROP SCHEMA {} CASCADE", self.name)).await,
        }
    }
}

/// Writes rows for a story as they are, around every rule.
///
/// # Panics
/// When a statement fails.
pub async fn insert(store: &Store, statements: &[&'static str]) {
    for statement in statements {
        store.pool().execute(*statement).await.expect("the rows of the story can be written");
    }
}

/// Writes rows made up by a generator as they are, around every rule, in one transaction.
///
/// # Panics
/// When a statement fails.
pub async fn insert_generated(store: &Store, statements: Vec<String>) {
    let mut tx = store.begin_write().await.expect("a transaction begins");
    for statement in statements {
        tx.connection().execute(sqlx::raw_sql(sqlx::AssertSqlSafe(statement))).await.expect("the generated rows can be written");
    }
    tx.commit().await.expect("the generated rows can be committed");
}

/// `statement` names only identifiers made by this module.
async fn administer(statement: String) {
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(postgres_url()).await.expect("the test PostgreSQL answers");
    connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(statement))).await.expect("the statement runs");
    connection.close().await.expect("the connection closes");
}

/// The address of the private server, started on first use.
fn postgres_url() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/test-postgres");
        let output = Command::new(script).output().expect("scripts/test-postgres can be run");
        if !output.status.success() {
            panic!("store tests need PostgreSQL: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    })
}

/// Runs a statement that only a test needs: tampering, or a record whose own way in is not what is tested.
///
/// # Panics
/// When the database refuses it.
pub async fn execute(store: &Store, statement: &'static str) {
    store.pool().execute(statement).await.expect("the statement runs");
}
