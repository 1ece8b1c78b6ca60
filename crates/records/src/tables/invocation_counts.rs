//! Calls by principal, model, account, Region and day, from a source other than the bill.

use std::collections::{BTreeMap, BTreeSet};

use agent_bill_domain::ids::{AccountId, ModelKey, PrincipalKey};
use agent_bill_domain::period::DateRange;
use agent_bill_domain::usage::CallsRow;
use jiff::civil::Date;

use super::Table;
use crate::rows::{Columns, binds};
use crate::{Store, StoreError};

const DELETE: &str = "DELETE FROM invocation_counts WHERE account_id = $1 AND region = $2 AND usage_date = $3 AND source = $4";
const INSERT: &str = "INSERT INTO invocation_counts (usage_date, account_id, region, principal_key, model_key, calls, source)
     VALUES ($1, $2, $3, $4, $5, $6, $7)";
/// `$1`/`$2` first and last day. Read for findings that are already in scope.
const COUNT: &str = "SELECT principal_key, model_key, account_id, region, usage_date, CAST(SUM(calls) AS BIGINT) AS calls
     FROM invocation_counts WHERE usage_date >= $1 AND usage_date <= $2
     GROUP BY principal_key, model_key, account_id, region, usage_date";

pub(super) const TABLE: Table = Table::new("invocation_counts", &[DELETE, INSERT, COUNT]);

/// Logged calls by principal, model, account, Region and day.
pub(crate) type CallCounts = BTreeMap<(PrincipalKey, ModelKey, AccountId, String), BTreeMap<Date, i64>>;

/// # Errors
/// When the database fails.
pub(crate) async fn count_calls(store: &Store, range: DateRange) -> Result<CallCounts, StoreError> {
    let rows = store.rows(COUNT, binds![range.from, range.to], |row| {
        let key = (row.id("principal_key")?, row.id("model_key")?, row.id("account_id")?, row.text("region")?);
        Ok((key, row.date("usage_date")?, row.int("calls")?))
    });
    let mut counts = CallCounts::new();
    for (key, day, calls) in rows.await? {
        *counts.entry(key).or_default().entry(day).or_default() += calls;
    }
    Ok(counts)
}

impl Store {
    /// Replaces the counts of every (account, region, day) that occurs in `rows`.
    ///
    /// # Errors
    /// The database refused; then nothing has changed.
    pub async fn replace_invocation_counts(&self, source: &str, rows: &[CallsRow]) -> Result<(), StoreError> {
        let mut tx = self.begin_rollup().await?;
        let places: BTreeSet<_> = rows.iter().map(|row| (&row.account_id, &row.region, &row.usage_date)).collect();
        for (account, region, day) in places {
            tx.execute(DELETE, binds![account, region, day, source]).await?;
        }
        for row in rows {
            let place = binds![&row.usage_date, &row.account_id, &row.region];
            tx.execute(INSERT, place.and(&row.principal_key).and(&row.model_key).and(row.calls).and(source)).await?;
        }
        tx.commit().await
    }
}
