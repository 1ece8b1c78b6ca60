//! The record of every attempt to load a billing period, and the run whose figures stand for each (`period_state`).

use agent_bill_domain::period::Month;
use agent_bill_domain::words;
use agent_bill_tools::view::MonthState;
use jiff::civil::Date;
use sqlx::any::AnyRow;

use super::Table;
use crate::rows::{Columns, binds};
use crate::{Store, StoreError, WriteTx};

const STANDING: &str = "SELECT s.run_id, r.fingerprint, r.message, s.health FROM period_state s JOIN rollup_runs r ON r.id = s.run_id
     WHERE s.billing_period = $1";
const FIRST_PRINCIPAL: &str =
    "SELECT COALESCE(MIN(r.first_principal_on), '') AS first_on FROM period_state s JOIN rollup_runs r ON r.id = s.run_id
     WHERE r.first_principal_on <> '' AND s.billing_period <> $1";
const COUNT: &str = "SELECT COUNT(*) AS runs FROM rollup_runs WHERE billing_period = $1";
const INSERT: &str = "INSERT INTO rollup_runs (id, billing_period, started_at, finished_at, outcome, message, fingerprint, has_principal_column,
       first_principal_on, invoiced, lines_read, lines_bedrock, unblended_nano, other_nano, unknown_usage_types, safety_net_lines, parser_version)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
const DELETE_STATE: &str = "DELETE FROM period_state WHERE billing_period = $1";
const INSERT_STATE: &str =
    "INSERT INTO period_state (billing_period, run_id, data_through, data_through_marketplace, health) VALUES ($1, $2, $3, $4, $5)";
const SET_HEALTH: &str = "UPDATE period_state SET health = $2 WHERE billing_period = $1";
const MONTHS: &str =
    "SELECT s.billing_period, s.data_through, s.data_through_marketplace, s.health, r.id AS run_id, r.finished_at, r.invoiced,
            r.has_principal_column, r.first_principal_on
     FROM period_state s JOIN rollup_runs r ON r.id = s.run_id ORDER BY s.billing_period";

pub(super) const TABLE: Table =
    Table::new("rollup_runs", &[STANDING, FIRST_PRINCIPAL, COUNT, INSERT, DELETE_STATE, INSERT_STATE, SET_HEALTH, MONTHS]);

words! {
    /// How a run ended.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum RunOutcome: "outcome of a run" {
        Replaced = "replaced",
        Unchanged = "unchanged",
        Kept = "kept",
        Failed = "failed",
    }
}

/// The record of one attempt to load a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    pub billing_period: String,
    pub started_at: String,
    pub finished_at: String,
    pub outcome: RunOutcome,
    pub message: String,
    pub fingerprint: String,
    pub has_principal_column: bool,
    pub first_principal_on: String,
    pub invoiced: bool,
    pub lines_read: i64,
    pub lines_bedrock: i64,
    pub unblended_nano: i64,
    pub other_nano: i64,
    /// JSON array.
    pub unknown_usage_types: String,
    pub safety_net_lines: i64,
    pub parser_version: String,
}

/// A new row of `period_state`.
#[derive(Debug, Clone)]
pub(crate) struct StateRow<'r> {
    pub(crate) period: &'r str,
    pub(crate) run_id: &'r str,
    pub(crate) data_through: &'r str,
    pub(crate) data_through_marketplace: &'r str,
    pub(crate) health: &'r str,
}

/// What stands for a period now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingPeriod {
    pub run_id: String,
    pub fingerprint: String,
    /// What was to be said about these figures when they were loaded.
    pub message: String,
    pub health: String,
    /// Distinct UTC days with any line.
    pub days: i64,
    pub rows: i64,
}

/// What the store knows of one loaded month, before the clock turns it into settled and provisional days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoadedMonth {
    pub(crate) state: MonthState,
    /// Last day with Marketplace-billed usage.
    pub(crate) marketplace_through: Option<Date>,
    pub(crate) first_principal_on: Option<Date>,
}

/// The loaded months, oldest first: dates and notes, the same for everybody.
///
/// # Errors
/// When the database fails.
pub(crate) async fn list_months(store: &Store) -> Result<Vec<LoadedMonth>, StoreError> {
    Ok(store.rows(MONTHS, binds![], loaded_month).await?.into_iter().flatten().collect())
}

/// `None` for a period that was loaded and holds no usage yet: nothing of it is through.
fn loaded_month(row: &AnyRow) -> Result<Option<LoadedMonth>, StoreError> {
    let month: Month = row.month("billing_period")?;
    let Some(data_through) = row.optional_date("data_through")? else { return Ok(None) };
    Ok(Some(LoadedMonth {
        state: MonthState {
            month,
            is_final: row.flag("invoiced")?,
            data_through,
            has_principal_column: row.flag("has_principal_column")?,
            health: row.text("health")?,
            run_id: row.text("run_id")?,
            loaded_at: row.text("finished_at")?,
        },
        marketplace_through: row.optional_date("data_through_marketplace")?,
        first_principal_on: row.optional_date("first_principal_on")?,
    }))
}

impl Store {
    /// For the rollup.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn standing_period(&self, period: &str) -> Result<Option<StandingPeriod>, StoreError> {
        let standing = self.find_row(STANDING, binds![period], |row| {
            Ok(StandingPeriod {
                run_id: row.text("run_id")?,
                fingerprint: row.text("fingerprint")?,
                message: row.text("message")?,
                health: row.text("health")?,
                days: 0,
                rows: 0,
            })
        });
        let Some(standing) = standing.await? else { return Ok(None) };
        let (days, rows) = self.count_usage(period).await?;
        Ok(Some(StandingPeriod { days, rows, ..standing }))
    }

    /// First day with a principal in any loaded period but `period`; empty when there is none. For the rollup.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn first_principal_outside(&self, period: &str) -> Result<String, StoreError> {
        self.row(FIRST_PRINCIPAL, binds![period], |row| row.text("first_on")).await
    }
}

impl WriteTx {
    /// Ids count the runs of a period: `2026-11-3`.
    pub(crate) async fn insert_run(&mut self, run: &RunRow) -> Result<String, StoreError> {
        let runs = self.row(COUNT, binds![&run.billing_period], |row| row.int("runs")).await?;
        let id = format!("{}-{}", run.billing_period, runs + 1);
        let binds = binds![
            &id,
            &run.billing_period,
            &run.started_at,
            &run.finished_at,
            run.outcome.key(),
            &run.message,
            &run.fingerprint,
            run.has_principal_column,
            &run.first_principal_on,
            run.invoiced,
            run.lines_read,
            run.lines_bedrock,
            run.unblended_nano,
            run.other_nano,
            &run.unknown_usage_types,
            run.safety_net_lines,
            &run.parser_version,
        ];
        self.execute(INSERT, binds).await?;
        Ok(id)
    }

    pub(crate) async fn delete_state(&mut self, period: &str) -> Result<(), StoreError> {
        self.execute(DELETE_STATE, binds![period]).await?;
        Ok(())
    }

    pub(crate) async fn insert_state(&mut self, row: &StateRow<'_>) -> Result<(), StoreError> {
        let binds = binds![row.period, row.run_id, row.data_through, row.data_through_marketplace, row.health];
        self.execute(INSERT_STATE, binds).await?;
        Ok(())
    }

    pub(crate) async fn set_health(&mut self, period: &str, health: &str) -> Result<(), StoreError> {
        self.execute(SET_HEALTH, binds![period, health]).await?;
        Ok(())
    }
}
