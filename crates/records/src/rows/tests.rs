//! What no writer of ours writes is refused when it is read, on both databases.

use std::collections::BTreeSet;

use agent_bill_domain::ids::{NodeId, PersonId};
use agent_bill_domain::period::DateRange;
use agent_bill_domain::role::Role;
use jiff::civil::date;
use sqlx::{Executor, Row};

use super::*;
use crate::Backend;
use crate::scope::{ReadSettings, ScopeBind};
use crate::tables::{decisions, estimates, grants, rollup_runs, turns, usage_daily};
use crate::testing::{for_each_database, insert};

const STORY: &[&str] = &[
    "INSERT INTO nodes VALUES ('root', NULL, 0, 'Company', 'company')",
    "INSERT INTO node_closure VALUES ('root', 'root', 0)",
    "INSERT INTO people VALUES ('lea', 'Lea', 'lea@x.io', NULL)",
    "INSERT INTO grants VALUES ('lea', 'finops_lead', 'root'), ('lea', 'admin', 'root')",
    "INSERT INTO workloads (id, node_id, name, name_folded) VALUES ('w', 'root', 'app', 'app')",
    "INSERT INTO estimates (id, workload_id, from_month, unit, amount_nano, committed_by, committed_at)
       VALUES ('e', 'w', '2026-11', 'usd', 1, 'lea', '2026-11-01T00:00:00Z')",
    "INSERT INTO models VALUES ('m', 'M', 'p', '2026-01-01')",
    "INSERT INTO decisions (id, model_key, state, account_id, region, route, action_scope, rationale, decided_by, decided_at, effective_from)
       VALUES ('d', 'm', 'blocked', '*', '*', '*', 'inference_only', '', 'lea', '2026-11-01T00:00:00Z', '2026-11-01')",
    "INSERT INTO conversations VALUES ('c', 'lea', '2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z')",
    "INSERT INTO turns VALUES ('c', 1, 'key', 'holder', 'answered', '2026-11-01T00:00:00Z', '', 1)",
    "INSERT INTO rollup_runs VALUES ('r', '2026-11', '', '2026-11-02T00:00:00Z', 'replaced', '', '', 1, '', 0, 0, 0, 0, 0, '', 0, '')",
    "INSERT INTO usage_daily VALUES ('2026-11', '2026-11-01', '9', '1', 'us-east-1', 'native', 'k', 'usage', 'ut', '1K tokens', 'op', 'input', 'standard',
       'regional', 'runtime', 'default', 'm', '', 1, 0, 1, 1, 1, 1, 1, 1, '2026-11-01T00:00:00Z')",
    "INSERT INTO period_state VALUES ('2026-11', 'r', '2026-11-01', '', '')",
];

/// Writes what a check of the schema would refuse: on SQLite one connection does not look, on PostgreSQL the check goes.
async fn tamper(store: &Store, table: &str, column: &str, value: &str) {
    let mut connection = store.pool().acquire().await.unwrap();
    if store.backend() == Backend::Sqlite {
        connection.execute("PRAGMA ignore_check_constraints = 1").await.unwrap();
    } else {
        let drop = format!("ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_{column}_check");
        connection.execute(sqlx::AssertSqlSafe(drop)).await.unwrap();
    }
    let update = format!("UPDATE {table} SET {column} = '{value}'");
    connection.execute(sqlx::AssertSqlSafe(update)).await.unwrap();
    if store.backend() == Backend::Sqlite {
        connection.execute("PRAGMA ignore_check_constraints = 0").await.unwrap();
    }
}

fn lea() -> ScopeBind {
    ScopeBind::new(&PersonId::from("lea"), &BTreeSet::from([Role::FinopsLead, Role::Admin]))
}

async fn begin_again(store: &Store) -> Result<(), StoreError> {
    let turn = turns::NewTurn {
        conversation: "c".into(),
        request_key: "key".into(),
        holder: "another".into(),
        wall_now: "2026-11-02T00:00:00Z".into(),
        lease_until: "2026-11-02T00:01:00Z".into(),
        sight: String::new(),
        at: "2026-11-02T00:00:00Z".into(),
        question: "{}".into(),
    };
    turns::begin(store, &PersonId::from("lea"), &turn).await.map(|_| ())
}

/// The read that meets the column.
async fn read(store: &Store, table: &str) -> Result<(), StoreError> {
    match table {
        "decisions" => decisions::list_decisions(store, &lea()).await.map(|_| ()),
        "estimates" => {
            let month = "2026-11".parse().unwrap();
            estimates::list_estimates(store, &lea(), month).await.map(|_| ())
        }
        "usage_daily" => {
            let range = DateRange { from: date(2026, 11, 1), to: date(2026, 11, 30) };
            let settings = ReadSettings { net_cost: false, tag_keys: Vec::new() };
            let used = usage_daily::list_model_use(store, &lea(), &settings, range).await?;
            assert_eq!(used.len(), 1);
            Ok(())
        }
        "turns" => begin_again(store).await,
        "grants" => {
            let mut tx = store.begin_write().await?;
            tx.list_grants().await?;
            tx.list_grants_over(&PersonId::from("lea"), &NodeId::from("root")).await.map(|_| ())
        }
        "period_state" => rollup_runs::list_months(store).await.map(|_| ()),
        other => panic!("nothing reads {other} here"),
    }
}

#[tokio::test]
async fn a_word_or_date_that_nobody_wrote_is_corrupt_and_never_a_default() {
    for (table, column, value, kind) in [
        ("decisions", "state", "allowed", "decision state"),
        ("decisions", "route", "everywhere", "route"),
        ("decisions", "action_scope", "all", "action scope"),
        ("decisions", "effective_from", "tomorrow", "date"),
        ("decisions", "superseded_on", "", "date"),
        ("decisions", "decided_at", "2026-11", "timestamp"),
        ("estimates", "unit", "euros", "unit of an estimate"),
        ("turns", "state", "lost", "state of a turn"),
        ("usage_daily", "routing", "orbital", "routing"),
        ("usage_daily", "surface", "moon", "surface"),
        ("period_state", "billing_period", "2026-13", "month"),
    ] {
        for_each_database(|store| async move {
            insert(&store, STORY).await;
            read(&store, table).await.unwrap();
            tamper(&store, table, column, value).await;
            let error = read(&store, table).await.unwrap_err();
            let StoreError::Corrupt { what, value: told } = &error else { panic!("{table}.{column}: {error}") };
            assert_eq!((*what, told.as_str()), (kind, value), "{table}.{column} on {:?}", store.backend());
        })
        .await;
    }
}

#[tokio::test]
async fn an_unknown_role_is_corrupt_wherever_grants_are_read() {
    for_each_database(|store| async move {
        insert(&store, STORY).await;
        store.pool().execute("DELETE FROM grants WHERE role = 'admin'").await.unwrap();
        read(&store, "grants").await.unwrap();
        tamper(&store, "grants", "role", "emperor").await;
        assert!(matches!(read(&store, "grants").await, Err(StoreError::Corrupt { what: "role", .. })));
        let named = ScopeBind::of_text("lea", ",emperor,");
        assert!(matches!(grants::list_grants(&store, &named).await, Err(StoreError::Corrupt { what: "role", .. })));
        let listed = crate::people::list(&store).await;
        assert!(matches!(listed, Err(StoreError::Corrupt { what: "role", .. })));
    })
    .await;
}

#[tokio::test]
async fn an_unknown_bucket_or_reason_of_a_statement_is_corrupt() {
    for_each_database(|store| async move {
        let bucket =
            store.row("SELECT 'elsewhere' AS bucket", binds![], |row| row.word::<agent_bill_domain::attribution::Bucket>("bucket"));
        assert!(matches!(bucket.await, Err(StoreError::Corrupt { what: "bucket", .. })));
        let because = store.row("SELECT 'luck' AS because", binds![], |row| row.word::<agent_bill_tools::view::VisibleBecause>("because"));
        assert!(matches!(because.await, Err(StoreError::Corrupt { .. })));
    })
    .await;
}

#[tokio::test]
async fn every_kind_of_value_comes_back_as_it_was_bound() {
    for_each_database(|store| async move {
        let nothing: Option<&str> = None;
        let binds = binds!["p", "P", "p@x.io", nothing];
        store.execute("INSERT INTO people (id, name, email, sub) VALUES ($1, $2, $3, $4)", binds).await.unwrap();
        let sub = store.row("SELECT sub, id FROM people", binds![], |row| Ok((row.optional_text("sub")?, row.id::<PersonId>("id")?)));
        assert_eq!(sub.await.unwrap(), (None, PersonId::from("p")));
        let day = store.row("SELECT CAST($1 AS TEXT) AS day", binds![date(2026, 11, 30)], |row| row.date("day")).await.unwrap();
        assert_eq!(day, date(2026, 11, 30));
        let open = store.row("SELECT CAST($1 AS TEXT) AS day", binds![Date::MAX], |row| row.open_date("day")).await.unwrap();
        assert_eq!(open, None);
        let flag = store.pool().fetch_one("SELECT 1 AS flag").await.unwrap();
        assert!(flag.flag("flag").unwrap() && flag.try_get::<i64, _>("flag").is_ok());
    })
    .await;
}
