//! What Agent Bill itself consumed, on behalf of one person: the own calls, and everybody's where a live grant lets a role see them. The id of a
//! conversation leaves the database for its owner only.

use agent_bill_domain::consumption::Consumption;
use agent_bill_domain::period::Month;
use agent_bill_domain::tokens::TokenCounts;
use agent_bill_tools::view::{AgentUsageQuery, AgentUsageSum, UsageBy};
use jiff::civil::Date;
use sqlx::any::AnyRow;

use crate::rows::{Columns, day_of};
use crate::scope::ScopeBind;
use crate::scope::sql::scope_cte;
use crate::{Store, StoreError};

/// `$3`/`$4` first and last day, `$5` what to sum by, `$6` 1 for the own calls alone. `$2` holds the roles that see everybody's.
pub(super) const SUMS: &str = concat!(
    scope_cte!(),
    ", seen AS (
       SELECT CASE $5 WHEN 'model' THEN m.model WHEN 'person' THEN m.person_id WHEN 'day' THEN m.usage_day
                      WHEN 'conversation' THEN CASE WHEN m.person_id = $1 THEN m.conversation_id ELSE '' END ELSE '' END AS value,
              m.state AS state, m.estimated AS estimated, m.priced AS priced, m.input_tokens AS input_tokens,
              m.output_tokens AS output_tokens, m.cache_read_tokens AS cache_read_tokens, m.cache_write_tokens AS cache_write_tokens,
              m.total_tokens AS total_tokens, m.cost_nano_usd AS cost
       FROM model_calls m
       WHERE m.usage_day >= $3 AND m.usage_day <= $4
         AND (m.person_id = $1 OR ($6 = 0 AND EXISTS (SELECT 1 FROM mine)))
     ),
     sums AS (
       SELECT s.value AS value, COUNT(*) AS calls, SUM(CASE WHEN s.state = 'failed' THEN 1 ELSE 0 END) AS failed,
              SUM(CASE WHEN s.state = 'running' THEN 1 ELSE 0 END) AS running, SUM(s.estimated) AS estimated,
              SUM(1 - s.priced) AS unpriced, SUM(s.input_tokens) AS input_tokens, SUM(s.output_tokens) AS output_tokens,
              SUM(s.cache_read_tokens) AS cache_read_tokens, SUM(s.cache_write_tokens) AS cache_write_tokens,
              SUM(s.total_tokens) AS total_tokens, SUM(s.cost) AS cost
       FROM seen s GROUP BY s.value
     )
     SELECT u.value AS value, COALESCE(p.name, '') AS person, COALESCE(c.created_at, '') AS started_at,
            CAST(u.calls AS BIGINT) AS calls, CAST(u.failed AS BIGINT) AS failed, CAST(u.running AS BIGINT) AS running,
            CAST(u.estimated AS BIGINT) AS estimated, CAST(u.unpriced AS BIGINT) AS unpriced,
            CAST(u.input_tokens AS BIGINT) AS input_tokens, CAST(u.output_tokens AS BIGINT) AS output_tokens,
            CAST(u.cache_read_tokens AS BIGINT) AS cache_read_tokens, CAST(u.cache_write_tokens AS BIGINT) AS cache_write_tokens,
            CAST(u.total_tokens AS BIGINT) AS total_tokens, CAST(u.cost AS BIGINT) AS cost
     FROM sums u LEFT JOIN people p ON $5 = 'person' AND p.id = u.value
     LEFT JOIN conversations c ON $5 = 'conversation' AND c.id = u.value AND c.person_id = $1
     ORDER BY u.value"
);

/// `$3` today, `$4`/`$5` first and last day of the month. What everybody used is read for the rule that judges the limits; whether it may be shown
/// is said beside it.
pub(super) const USED: &str = concat!(
    scope_cte!(),
    " SELECT CASE WHEN EXISTS (SELECT 1 FROM mine) THEN 1 ELSE 0 END AS sees_everybody,
             CAST(COALESCE(SUM(CASE WHEN m.person_id = $1 AND m.usage_day = $3 THEN m.cost_nano_usd ELSE 0 END), 0) AS BIGINT) AS day_cost,
             CAST(COALESCE(SUM(CASE WHEN m.person_id = $1 AND m.usage_day = $3 THEN m.total_tokens ELSE 0 END), 0) AS BIGINT) AS day_tokens,
             CAST(COALESCE(SUM(m.cost_nano_usd), 0) AS BIGINT) AS month_cost,
             CAST(COALESCE(SUM(m.total_tokens), 0) AS BIGINT) AS month_tokens
      FROM model_calls m WHERE m.usage_day >= $4 AND m.usage_day <= $5"
);

/// How far the limits are used up. `month` is everybody's and may be shown only when `sees_everybody`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Used {
    pub(crate) sees_everybody: bool,
    pub(crate) person_day: Consumption,
    pub(crate) month: Consumption,
}

/// `scope` holds the roles that see everybody's use, and no others.
///
/// # Errors
/// When the database fails.
pub(crate) async fn list_sums(store: &Store, scope: &ScopeBind, query: &AgentUsageQuery) -> Result<Vec<AgentUsageSum>, StoreError> {
    let binds = scope.binds().and(query.range.from).and(query.range.to).and(query.by.key()).and(query.only_mine);
    store.rows(SUMS, binds, |row| sum(row, query.by)).await
}

fn sum(row: &AnyRow, by: UsageBy) -> Result<AgentUsageSum, StoreError> {
    Ok(AgentUsageSum {
        // A person is told by name; the id stays here.
        value: row.text(if by == UsageBy::Person { "person" } else { "value" })?,
        started_on: row.optional_text("started_at")?.as_deref().map(day_of).transpose()?,
        calls: row.int("calls")?,
        failed: row.int("failed")?,
        running: row.int("running")?,
        estimated: row.int("estimated")?,
        unpriced: row.int("unpriced")?,
        tokens: TokenCounts {
            input_tokens: row.int("input_tokens")?,
            output_tokens: row.int("output_tokens")?,
            cache_read_tokens: row.int("cache_read_tokens")?,
            cache_write_tokens: row.int("cache_write_tokens")?,
        },
        total_tokens: row.int("total_tokens")?,
        cost: row.nano_usd("cost")?,
    })
}

/// `scope` as in [`list_sums`].
///
/// # Errors
/// When the database fails.
pub(crate) async fn get_used(store: &Store, scope: &ScopeBind, today: Date) -> Result<Used, StoreError> {
    let month = Month::of(today).range();
    store
        .row(USED, scope.binds().and(today).and(month.from).and(month.to), |row| {
            Ok(Used {
                sees_everybody: row.flag("sees_everybody")?,
                person_day: Consumption { usd: row.nano_usd("day_cost")?, tokens: row.int("day_tokens")? },
                month: Consumption { usd: row.nano_usd("month_cost")?, tokens: row.int("month_tokens")? },
            })
        })
        .await
}

#[cfg(test)]
mod tests;
