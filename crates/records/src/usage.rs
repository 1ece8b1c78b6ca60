//! A billing period as a whole: the only writer of what the bill says.
//!
//! A period is replaced in one transaction with everything that belongs to it (rows, callers, their tags, the run, the period's state). A process that
//! dies at any point therefore leaves the figures of before.

use agent_bill_domain::usage::{ModelRow, PrincipalRow, TagRow, UsageRow};
use sqlx::Executor;

use crate::tables::rollup_runs::StateRow;
pub use crate::tables::rollup_runs::{RunOutcome, RunRow, StandingPeriod};
pub use crate::tables::usage_daily::PeriodSum;
use crate::{Backend, Store, StoreError, WriteTx};

/// PostgreSQL only: one rollup writes at a time, readers go on. On SQLite the write lock does the same.
const LOCK_POSTGRES: &str = "LOCK TABLE usage_daily IN SHARE ROW EXCLUSIVE MODE";

/// Everything that replaces a period.
#[derive(Debug, Clone)]
pub struct PeriodLoad {
    pub run: RunRow,
    pub rows: Vec<UsageRow>,
    pub principals: Vec<PrincipalRow>,
    pub tags: Vec<TagRow>,
    pub models: Vec<ModelRow>,
    pub data_through: String,
    pub data_through_marketplace: String,
    pub health: String,
}

impl Store {
    /// Replaces the period's figures; returns the run's id.
    ///
    /// # Errors
    /// The database refused; then nothing has changed.
    pub async fn replace_period(&self, load: &PeriodLoad) -> Result<String, StoreError> {
        let mut tx = self.begin_rollup().await?;
        let period = &load.run.billing_period;
        tx.delete_state(period).await?;
        tx.replace_usage(period, &load.rows).await?;
        tx.replace_tags(period, &load.tags).await?;
        tx.put_principals(&load.principals).await?;
        tx.see_models(&load.models).await?;
        let run_id = tx.insert_run(&load.run).await?;
        let state = StateRow {
            period,
            run_id: &run_id,
            data_through: &load.data_through,
            data_through_marketplace: &load.data_through_marketplace,
            health: &load.health,
        };
        tx.insert_state(&state).await?;
        tx.commit().await?;
        Ok(run_id)
    }

    /// Records a run that changed no figures, and what an operator must look at (`None`: as before).
    ///
    /// # Errors
    /// The database refused.
    pub async fn record_run(&self, run: &RunRow, health: Option<&str>) -> Result<String, StoreError> {
        let mut tx = self.begin_rollup().await?;
        let run_id = tx.insert_run(run).await?;
        if let Some(health) = health {
            tx.set_health(&run.billing_period, health).await?;
        }
        tx.commit().await?;
        Ok(run_id)
    }

    pub(crate) async fn begin_rollup(&self) -> Result<WriteTx, StoreError> {
        let mut tx = self.begin_write().await?;
        if self.backend() == Backend::Postgres {
            tx.connection().execute(LOCK_POSTGRES).await?;
        }
        Ok(tx)
    }
}
