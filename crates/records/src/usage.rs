//! What the bill says: the only writer of the usage tables.
//!
//! A billing period is replaced whole, in one transaction with everything that belongs to it (rows, callers, their tags, the run, the period's state).
//! A process that dies at any point therefore leaves the figures of before.

mod rows;

use agent_bill_domain::usage::{CallsRow, TagRow, UsageRow};
use sqlx::{AssertSqlSafe, Row};

pub use rows::{PeriodLoad, PeriodSum, RunOutcome, RunRow, StandingPeriod};

use super::{Backend, Store, StoreError, WriteTx};

const STANDING: &str = "SELECT s.run_id, r.fingerprint, r.message, s.health FROM period_state s JOIN rollup_runs r ON r.id = s.run_id
     WHERE s.billing_period = $1";
const STANDING_DAYS: &str = "SELECT COUNT(DISTINCT usage_date) AS days, COUNT(*) AS row_count FROM usage_daily WHERE billing_period = $1";
const FIRST_PRINCIPAL: &str =
    "SELECT COALESCE(MIN(r.first_principal_on), '') AS first_on FROM period_state s JOIN rollup_runs r ON r.id = s.run_id
     WHERE r.first_principal_on <> '' AND s.billing_period <> $1";
const RUN_COUNT: &str = "SELECT COUNT(*) AS runs FROM rollup_runs WHERE billing_period = $1";
const DELETE_STATE: &str = "DELETE FROM period_state WHERE billing_period = $1";
const DELETE_USAGE: &str = "DELETE FROM usage_daily WHERE billing_period = $1";
const DELETE_TAGS: &str = "DELETE FROM principal_tags WHERE billing_period = $1";
const INSERT_RUN: &str = "INSERT INTO rollup_runs (id, billing_period, started_at, finished_at, outcome, message, fingerprint, has_principal_column,
       first_principal_on, invoiced, lines_read, lines_bedrock, unblended_nano, other_nano, unknown_usage_types, safety_net_lines, parser_version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
const INSERT_STATE: &str =
    "INSERT INTO period_state (billing_period, run_id, data_through, data_through_marketplace, health) VALUES ($1, $2, $3, $4, $5)";
const SET_HEALTH: &str = "UPDATE period_state SET health = $2 WHERE billing_period = $1";
const UPSERT_PRINCIPAL: &str = "INSERT INTO principals (principal_key, account_id, kind, name, name_folded, broad_reason) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (principal_key) DO UPDATE SET broad_reason = CASE WHEN excluded.broad_reason <> '' THEN excluded.broad_reason ELSE principals.broad_reason END";
const UPSERT_MODEL: &str = "INSERT INTO models (model_key, name, provider, first_seen_on) VALUES ($1, $2, $3, $4)
     ON CONFLICT (model_key) DO UPDATE SET first_seen_on = CASE WHEN excluded.first_seen_on < models.first_seen_on THEN excluded.first_seen_on ELSE models.first_seen_on END";
const DELETE_CALLS: &str = "DELETE FROM invocation_counts WHERE account_id = $1 AND region = $2 AND usage_date = $3 AND source = $4";
const INSERT_CALLS: &str = "INSERT INTO invocation_counts (usage_date, account_id, region, principal_key, model_key, calls, source)
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
const SUMS: &str =
    "SELECT usage_date, line_kind, account_id, region, channel, principal_key, model_key, token_class, tier, routing, surface,
       CAST(SUM(unblended_nano) AS BIGINT) AS nano, CAST(SUM(tokens) AS BIGINT) AS tokens, CAST(SUM(lines) AS BIGINT) AS lines
     FROM usage_daily WHERE billing_period = $1
     GROUP BY usage_date, line_kind, account_id, region, channel, principal_key, model_key, token_class, tier, routing, surface
     ORDER BY usage_date, line_kind, account_id, region, channel, principal_key, model_key, token_class, tier, routing, surface";

pub(super) const STATEMENTS: &[&str] = &[
    STANDING,
    STANDING_DAYS,
    FIRST_PRINCIPAL,
    RUN_COUNT,
    DELETE_STATE,
    DELETE_USAGE,
    DELETE_TAGS,
    INSERT_RUN,
    INSERT_STATE,
    SET_HEALTH,
    UPSERT_PRINCIPAL,
    UPSERT_MODEL,
    DELETE_CALLS,
    INSERT_CALLS,
    SUMS,
];

/// PostgreSQL only: one rollup writes at a time, readers go on. On SQLite the write lock does the same.
const LOCK_POSTGRES: &str = "LOCK TABLE usage_daily IN SHARE ROW EXCLUSIVE MODE";

const USAGE_COLUMNS: &str = "billing_period, usage_date, payer_account_id, account_id, region, channel, principal_key, line_kind, usage_type, pricing_unit,
  operation, token_class, tier, routing, surface, context, model_key, profile_arn, has_principal_data, unit_suspect, unblended_nano, net_nano,
  public_nano, tokens, lines, sessions, last_usage_end";
const USAGE_WIDTH: usize = 27;
const TAG_COLUMNS: &str = "billing_period, principal_key, tag_key, tag_value, tag_value_folded";
const TAG_WIDTH: usize = 5;
/// Rows per INSERT; with 27 columns well below either database's limit of parameters.
const ROWS_PER_STATEMENT: usize = 200;

impl Store {
    /// # Errors
    /// The database cannot be read.
    pub async fn standing_period(&self, period: &str) -> Result<Option<StandingPeriod>, StoreError> {
        let Some(state) = sqlx::query(STANDING).bind(period.to_owned()).fetch_optional(self.pool()).await? else { return Ok(None) };
        let days = sqlx::query(STANDING_DAYS).bind(period.to_owned()).fetch_one(self.pool()).await?;
        Ok(Some(StandingPeriod {
            run_id: state.try_get("run_id")?,
            fingerprint: state.try_get("fingerprint")?,
            message: state.try_get("message")?,
            health: state.try_get("health")?,
            days: days.try_get("days")?,
            rows: days.try_get("row_count")?,
        }))
    }

    /// First day with a principal in any loaded period but `period`; empty when there is none.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn first_principal_outside(&self, period: &str) -> Result<String, StoreError> {
        let row = sqlx::query(FIRST_PRINCIPAL).bind(period.to_owned()).fetch_one(self.pool()).await?;
        Ok(row.try_get("first_on")?)
    }

    /// Replaces the period's figures; returns the run's id.
    ///
    /// # Errors
    /// The database refused; then nothing has changed.
    pub async fn replace_period(&self, load: &PeriodLoad) -> Result<String, StoreError> {
        let mut tx = self.begin_rollup().await?;
        let period = &load.run.billing_period;
        for statement in [DELETE_STATE, DELETE_USAGE, DELETE_TAGS] {
            sqlx::query(statement).bind(period.clone()).execute(tx.connection()).await?;
        }
        insert_usage(&mut tx, period, &load.rows).await?;
        insert_tags(&mut tx, period, &load.tags).await?;
        for principal in &load.principals {
            sqlx::query(UPSERT_PRINCIPAL)
                .bind(principal.principal_key.clone())
                .bind(principal.account_id.clone())
                .bind(principal.kind)
                .bind(principal.name.clone())
                .bind(principal.name_folded.clone())
                .bind(principal.broad_reason)
                .execute(tx.connection())
                .await?;
        }
        for model in &load.models {
            sqlx::query(UPSERT_MODEL)
                .bind(model.model_key.clone())
                .bind(model.name.clone())
                .bind(model.provider.clone())
                .bind(model.first_seen_on.clone())
                .execute(tx.connection())
                .await?;
        }
        let run_id = insert_run(&mut tx, &load.run).await?;
        sqlx::query(INSERT_STATE)
            .bind(period.clone())
            .bind(run_id.clone())
            .bind(load.data_through.clone())
            .bind(load.data_through_marketplace.clone())
            .bind(load.health.clone())
            .execute(tx.connection())
            .await?;
        tx.commit().await?;
        Ok(run_id)
    }

    /// Records a run that changed no figures, and what an operator must look at (`None`: as before).
    ///
    /// # Errors
    /// The database refused.
    pub async fn record_run(&self, run: &RunRow, health: Option<&str>) -> Result<String, StoreError> {
        let mut tx = self.begin_rollup().await?;
        let run_id = insert_run(&mut tx, run).await?;
        if let Some(health) = health {
            sqlx::query(SET_HEALTH).bind(run.billing_period.clone()).bind(health.to_owned()).execute(tx.connection()).await?;
        }
        tx.commit().await?;
        Ok(run_id)
    }

    /// Replaces the counts of every (account, region, day) that occurs in `rows`.
    ///
    /// # Errors
    /// The database refused; then nothing has changed.
    pub async fn replace_invocation_counts(&self, source: &str, rows: &[CallsRow]) -> Result<(), StoreError> {
        let mut tx = self.begin_rollup().await?;
        let places: std::collections::BTreeSet<_> = rows.iter().map(|row| (&row.account_id, &row.region, &row.usage_date)).collect();
        for (account, region, day) in places {
            let delete = sqlx::query(DELETE_CALLS).bind(account.clone()).bind(region.clone()).bind(day.clone());
            delete.bind(source.to_owned()).execute(tx.connection()).await?;
        }
        for row in rows {
            sqlx::query(INSERT_CALLS)
                .bind(row.usage_date.clone())
                .bind(row.account_id.clone())
                .bind(row.region.clone())
                .bind(row.principal_key.clone())
                .bind(row.model_key.clone())
                .bind(row.calls)
                .bind(source.to_owned())
                .execute(tx.connection())
                .await?;
        }
        tx.commit().await
    }

    /// The period's sums, for reconciliation with figures from elsewhere.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn period_sums(&self, period: &str) -> Result<Vec<PeriodSum>, StoreError> {
        let rows = sqlx::query(SUMS).bind(period.to_owned()).fetch_all(self.pool()).await?;
        rows.iter()
            .map(|row| {
                Ok(PeriodSum {
                    usage_date: row.try_get("usage_date")?,
                    line_kind: row.try_get("line_kind")?,
                    account_id: row.try_get("account_id")?,
                    region: row.try_get("region")?,
                    channel: row.try_get("channel")?,
                    principal_key: row.try_get("principal_key")?,
                    model_key: row.try_get("model_key")?,
                    token_class: row.try_get("token_class")?,
                    tier: row.try_get("tier")?,
                    routing: row.try_get("routing")?,
                    surface: row.try_get("surface")?,
                    nano: row.try_get("nano")?,
                    tokens: row.try_get("tokens")?,
                    lines: row.try_get("lines")?,
                })
            })
            .collect()
    }

    async fn begin_rollup(&self) -> Result<WriteTx, StoreError> {
        let mut tx = self.begin_write().await?;
        if self.backend() == Backend::Postgres {
            sqlx::query(LOCK_POSTGRES).execute(tx.connection()).await?;
        }
        Ok(tx)
    }
}

/// Ids count the runs of a period: `2026-11-3`.
async fn insert_run(tx: &mut WriteTx, run: &RunRow) -> Result<String, StoreError> {
    let count = sqlx::query(RUN_COUNT).bind(run.billing_period.clone()).fetch_one(tx.connection()).await?;
    let runs: i64 = count.try_get("runs")?;
    let id = format!("{}-{}", run.billing_period, runs + 1);
    sqlx::query(INSERT_RUN)
        .bind(id.clone())
        .bind(run.billing_period.clone())
        .bind(run.started_at.clone())
        .bind(run.finished_at.clone())
        .bind(run.outcome.key())
        .bind(run.message.clone())
        .bind(run.fingerprint.clone())
        .bind(i64::from(run.has_principal_column))
        .bind(run.first_principal_on.clone())
        .bind(i64::from(run.invoiced))
        .bind(run.lines_read)
        .bind(run.lines_bedrock)
        .bind(run.unblended_nano)
        .bind(run.other_nano)
        .bind(run.unknown_usage_types.clone())
        .bind(run.safety_net_lines)
        .bind(run.parser_version.clone())
        .execute(tx.connection())
        .await?;
    Ok(id)
}

async fn insert_usage(tx: &mut WriteTx, period: &str, rows: &[UsageRow]) -> Result<(), StoreError> {
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        let sql = values(tx.backend(), "usage_daily", USAGE_COLUMNS, USAGE_WIDTH, chunk.len());
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for row in chunk {
            query = query
                .bind(period.to_owned())
                .bind(row.usage_date.clone())
                .bind(row.payer_account_id.clone())
                .bind(row.account_id.clone())
                .bind(row.region.clone())
                .bind(row.channel)
                .bind(row.principal_key.clone())
                .bind(row.line_kind)
                .bind(row.usage_type.clone())
                .bind(row.pricing_unit.clone())
                .bind(row.operation.clone())
                .bind(row.token_class)
                .bind(row.tier)
                .bind(row.routing)
                .bind(row.surface)
                .bind(row.context)
                .bind(row.model_key.clone())
                .bind(row.profile_arn.clone())
                .bind(i64::from(row.has_principal_data))
                .bind(i64::from(row.unit_suspect))
                .bind(row.unblended_nano)
                .bind(row.net_nano)
                .bind(row.public_nano)
                .bind(row.tokens)
                .bind(row.lines)
                .bind(row.sessions)
                .bind(row.last_usage_end.clone());
        }
        query.execute(tx.connection()).await?;
    }
    Ok(())
}

async fn insert_tags(tx: &mut WriteTx, period: &str, rows: &[TagRow]) -> Result<(), StoreError> {
    for chunk in rows.chunks(ROWS_PER_STATEMENT) {
        let sql = values(tx.backend(), "principal_tags", TAG_COLUMNS, TAG_WIDTH, chunk.len());
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for row in chunk {
            query = query
                .bind(period.to_owned())
                .bind(row.principal_key.clone())
                .bind(row.tag_key.clone())
                .bind(row.tag_value.clone())
                .bind(row.tag_value_folded.clone());
        }
        query.execute(tx.connection()).await?;
    }
    Ok(())
}

/// An INSERT of `rows` × `width` placeholders. SQLite looks numbered ones up one by one, which makes large statements many times slower, so it
/// gets plain ones.
fn values(backend: Backend, table: &'static str, columns: &'static str, width: usize, rows: usize) -> String {
    let mut sql = format!("INSERT INTO {table} ({columns}) VALUES ");
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            if column > 0 {
                sql.push(',');
            }
            match backend {
                Backend::Sqlite => sql.push('?'),
                Backend::Postgres => sql.push_str(&format!("${}", row * width + column + 1)),
            }
        }
        sql.push(')');
    }
    sql
}
