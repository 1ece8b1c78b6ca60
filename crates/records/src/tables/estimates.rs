//! Estimates: what a workload is expected to use a month, in force until a later one replaces it.

use agent_bill_domain::estimate::EstimateUnit;
use agent_bill_domain::ids::{PersonId, WorkloadId};
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::Month;
use agent_bill_domain::tokens::TokenCounts;
use agent_bill_tools::view::EstimateFact;
use sqlx::any::AnyRow;

use super::{Table, hold};
use crate::rows::{Columns, binds};
use crate::scope::ScopeBind;
use crate::scope::sql::scope_cte;
use crate::{Store, StoreError, WriteTx};

const INSERT: &str = "INSERT INTO estimates (id, workload_id, from_month, unit, amount_nano, input_tokens, output_tokens,
            cache_read_tokens, cache_write_tokens, committed_by, committed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

/// `$3`: the month. The last commitment made among those for the latest month not after it.
const IN_FORCE: &str = concat!(
    scope_cte!(),
    " SELECT e.workload_id, e.unit, e.amount_nano, e.input_tokens, e.output_tokens, e.cache_read_tokens, e.cache_write_tokens,
             e.from_month, e.committed_at, p.name AS committed_by
      FROM estimates e JOIN workloads w ON w.id = e.workload_id JOIN scope_nodes s ON s.node_id = w.node_id
      JOIN people p ON p.id = e.committed_by
      WHERE e.from_month <= $3
        AND NOT EXISTS (SELECT 1 FROM estimates l WHERE l.workload_id = e.workload_id AND l.from_month <= $3
                        AND (l.from_month > e.from_month
                             OR (l.from_month = e.from_month AND l.committed_at > e.committed_at)
                             OR (l.from_month = e.from_month AND l.committed_at = e.committed_at AND l.id > e.id)))
      ORDER BY e.workload_id"
);

pub(super) const TABLE: Table =
    Table::new("estimates", &[INSERT, IN_FORCE]).holding(&[hold!("workloads": "estimates" in "estimates" by "workload_id")]);

/// A new row of `estimates`: dollars, tokens per kind, or dollars with tokens beside them.
#[derive(Debug, Clone)]
pub struct EstimateRow<'r> {
    pub id: &'r str,
    pub workload: &'r WorkloadId,
    pub from_month: Month,
    /// `None`: the estimate is in tokens.
    pub amount: Option<NanoUsd>,
    pub tokens: Option<TokenCounts>,
    pub committed_by: &'r PersonId,
    pub committed_at: &'r str,
}

/// The estimates in force in `month`.
///
/// # Errors
/// When the database fails.
pub(crate) async fn list_estimates(store: &Store, scope: &ScopeBind, month: Month) -> Result<Vec<EstimateFact>, StoreError> {
    store.rows(IN_FORCE, scope.binds().and(month), estimate).await
}

fn estimate(row: &AnyRow) -> Result<EstimateFact, StoreError> {
    let kinds = ["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"].map(|column| row.optional_int(column));
    let [input, output, cache_read, cache_write] = kinds;
    let kinds = [input?, output?, cache_read?, cache_write?];
    let [input, output, cache_read, cache_write] = kinds.map(|kind| kind.unwrap_or(0));
    let counts = TokenCounts { input_tokens: input, output_tokens: output, cache_read_tokens: cache_read, cache_write_tokens: cache_write };
    Ok(EstimateFact {
        workload: row.id("workload_id")?,
        unit: row.word("unit")?,
        amount: row.optional_int("amount_nano")?.map(NanoUsd),
        tokens: kinds.iter().any(Option::is_some).then_some(counts),
        from_month: row.month("from_month")?,
        committed_by: row.text("committed_by")?,
        committed_on: row.day("committed_at")?,
    })
}

impl WriteTx {
    /// # Errors
    /// When the database fails.
    pub async fn insert_estimate(&mut self, row: &EstimateRow<'_>) -> Result<(), StoreError> {
        let unit = if row.amount.is_some() { EstimateUnit::Usd } else { EstimateUnit::Tokens };
        let binds = binds![
            row.id,
            row.workload,
            row.from_month,
            unit.key(),
            row.amount.map(|amount| amount.0),
            row.tokens.map(|tokens| tokens.input_tokens),
            row.tokens.map(|tokens| tokens.output_tokens),
            row.tokens.map(|tokens| tokens.cache_read_tokens),
            row.tokens.map(|tokens| tokens.cache_write_tokens),
            row.committed_by,
            row.committed_at,
        ];
        self.execute(INSERT, binds).await?;
        Ok(())
    }
}
