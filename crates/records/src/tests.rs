use sqlx::{Executor, SqlSafeStr};

use super::testing::{FreshDatabase, for_each_database};
use super::*;

#[tokio::test]
async fn every_statement_can_be_prepared_on_both_databases() {
    for_each_database(|store| async move {
        for (module, statements) in statements() {
            for statement in statements {
                if let Err(error) = store.pool().prepare(statement.into_sql_str()).await {
                    panic!("{module} on {:?}: {error}\n{statement}", store.backend());
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn migrating_twice_changes_nothing_and_an_unmigrated_database_is_refused() {
    for_each_database(|store| async move {
        store.require_migrated().await.unwrap();
        store.migrate().await.unwrap();
        store.require_migrated().await.unwrap();
        store.pool().execute("DELETE FROM _sqlx_migrations WHERE version = 5").await.unwrap();
        assert!(matches!(store.require_migrated().await, Err(StoreError::NotMigrated)));
    })
    .await;
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing() {
    for_each_database(|store| async move {
        let mut tx = store.begin_write().await.unwrap();
        tx.connection().execute("INSERT INTO levels (position, label) VALUES (1, 'Unit')").await.unwrap();
        drop(tx);
        let rows = sqlx::query("SELECT position FROM levels").fetch_all(store.pool()).await.unwrap();
        assert!(rows.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_serialised_write_waits_for_the_one_before_it_while_readers_go_on() {
    for_each_database(|store| async move {
        let first = store.begin_serialised().await.unwrap();
        let second = tokio::spawn({
            let store = store.clone();
            async move { store.begin_serialised().await.map(|_| ()) }
        });
        store.pool().execute("SELECT sequence FROM audit_log").await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        assert!(!second.is_finished(), "{:?}", store.backend());
        first.commit().await.unwrap();
        second.await.unwrap().unwrap();
    })
    .await;
}

#[tokio::test]
async fn foreign_keys_hold_on_both_databases() {
    for_each_database(|store| async move {
        let error = store.pool().execute("INSERT INTO grants (person_id, role, node_id) VALUES ('p', 'admin', 'n')").await.unwrap_err();
        assert!(matches!(StoreError::from(error), StoreError::Dangling(_)));
    })
    .await;
}

#[tokio::test]
async fn an_address_that_cannot_work_says_what_to_write() {
    for (url, part) in
        [("mysql://x", "use sqlite:PATH"), ("sqlite::memory:", "use sqlite:PATH"), ("postgres://nobody@127.0.0.1:1/x", "cannot be reached")]
    {
        let error = tokio::time::timeout(std::time::Duration::from_secs(60), Store::open(url)).await.unwrap().unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[tokio::test]
async fn a_second_handle_on_the_same_database_sees_what_the_first_committed() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let fresh = FreshDatabase::create(backend).await;
        fresh.store.pool().execute("INSERT INTO levels (position, label) VALUES (1, 'Unit')").await.unwrap();
        let other = Store::open(&fresh.url).await.unwrap();
        assert_eq!(sqlx::query("SELECT label FROM levels").fetch_all(other.pool()).await.unwrap().len(), 1);
        other.close().await;
        fresh.remove().await;
    }
}
