//! What the bill says, one row per day and key: written by whole billing period, read inside a scope.

mod model_use;
mod principal_days;
mod spend;
mod unclaimed;

use agent_bill_domain::ids::PrincipalKey;
use agent_bill_domain::money::permille;
use agent_bill_domain::period::{DateRange, Month};
use agent_bill_domain::usage::UsageRow;
use sqlx::AssertSqlSafe;

pub(crate) use model_use::{ModelUse, list_model_use};
pub(crate) use principal_days::trace_claimed_principal;
pub(crate) use spend::list_spend;
pub(crate) use unclaimed::list_unclaimed;

use super::Table;
use crate::bulk::{ROWS_PER_STATEMENT, insert_of_many};
use crate::rows::{Binds, Columns, binds};
use crate::scope::{ReadSettings, ScopeBind};
use crate::{Store, StoreError, WriteTx};

const DELETE: &str = "DELETE FROM usage_daily WHERE billing_period = $1";
const COUNT: &str = "SELECT COUNT(DISTINCT usage_date) AS days, COUNT(*) AS row_count FROM usage_daily WHERE billing_period = $1";
const IS_BILLED: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) AS found FROM (SELECT 1 AS one FROM usage_daily WHERE principal_key = $1 LIMIT 1) billed";
/// `$1`: billing period. Usage cost with a principal, and all usage cost.
const COVERAGE: &str = "SELECT CAST(COALESCE(SUM(CASE WHEN principal_key <> '' THEN unblended_nano ELSE 0 END), 0) AS BIGINT) AS named,
            CAST(COALESCE(SUM(unblended_nano), 0) AS BIGINT) AS whole
     FROM usage_daily WHERE billing_period = $1 AND line_kind = 'usage'";
const SUMS: &str =
    "SELECT usage_date, line_kind, account_id, region, channel, principal_key, model_key, token_class, tier, routing, surface,
       CAST(SUM(unblended_nano) AS BIGINT) AS nano, CAST(SUM(tokens) AS BIGINT) AS tokens, CAST(SUM(lines) AS BIGINT) AS lines
     FROM usage_daily WHERE billing_period = $1
     GROUP BY usage_date, line_kind, account_id, region, channel, principal_key, model_key, token_class, tier, routing, surface
     ORDER BY usage_date, line_kind, account_id, region, channel, principal_key, model_key, token_class, tier, routing, surface";

pub(super) const TABLE: Table = Table::new(
    "usage_daily",
    &[
        DELETE,
        COUNT,
        IS_BILLED,
        COVERAGE,
        SUMS,
        spend::SPEND,
        unclaimed::UNCLAIMED,
        model_use::MODEL_USE,
        principal_days::CLAIMED_PRINCIPAL_DAYS,
    ],
)
.migrated_by(&[
    (3, "usage", include_str!("../../../../../migrations/0003_usage.sql")),
    (7, "usage_by_date", include_str!("../../../../../migrations/0007_usage_by_date.sql")),
]);

const COLUMNS: &str = "billing_period, usage_date, payer_account_id, account_id, region, channel, principal_key, line_kind, usage_type, pricing_unit,
  operation, token_class, tier, routing, surface, context, model_key, profile_arn, has_principal_data, unit_suspect, unblended_nano, net_nano,
  public_nano, tokens, lines, sessions, last_usage_end";
const WIDTH: usize = 27;

/// One sum of a period, at the grain in which it can be compared with a ledger kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PeriodSum {
    pub usage_date: String,
    pub line_kind: String,
    pub account_id: String,
    pub region: String,
    pub channel: String,
    pub principal_key: String,
    pub model_key: String,
    pub token_class: String,
    pub tier: String,
    pub routing: String,
    pub surface: String,
    pub nano: i64,
    pub tokens: i64,
    pub lines: i64,
}

/// The filters of a read over usage, in the order of the binds `$3` to `$12`.
#[derive(Debug, Clone)]
struct UsageBinds<'a> {
    range: DateRange,
    dimensions: [&'static str; 2],
    model: &'a str,
    account: &'a str,
    region: &'a str,
    node: &'a str,
}

impl<'a> UsageBinds<'a> {
    fn over(range: DateRange) -> Self {
        Self { range, dimensions: ["none", "none"], model: "", account: "", region: "", node: "" }
    }

    /// `$1` to `$12`.
    fn binds(&self, scope: &ScopeBind, settings: &ReadSettings) -> Binds {
        let [first, second] = self.dimensions;
        let shared = scope.binds().and(self.range.from).and(self.range.to).and(first).and(second);
        let filtered = shared.and(self.model).and(self.account).and(self.region).and(self.node);
        filtered.and(settings.metric()).and(settings.tag_keys_bind())
    }
}

/// Share of a month's usage cost that names a principal, in tenths of a percent. A figure of the whole company.
///
/// # Errors
/// When the database fails.
pub(crate) async fn principal_coverage(store: &Store, month: Month) -> Result<Option<i64>, StoreError> {
    store.row(COVERAGE, binds![month], |row| Ok(permille(row.int("named")?, row.int("whole")?))).await
}

impl Store {
    /// Distinct UTC days with any line, and rows.
    pub(super) async fn count_usage(&self, period: &str) -> Result<(i64, i64), StoreError> {
        self.row(COUNT, binds![period], |row| Ok((row.int("days")?, row.int("row_count")?))).await
    }

    /// The period's sums, for reconciliation with figures from elsewhere. For the operator of this machine only.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn period_sums(&self, period: &str) -> Result<Vec<PeriodSum>, StoreError> {
        self.rows(SUMS, binds![period], |row| {
            Ok(PeriodSum {
                usage_date: row.text("usage_date")?,
                line_kind: row.text("line_kind")?,
                account_id: row.text("account_id")?,
                region: row.text("region")?,
                channel: row.text("channel")?,
                principal_key: row.text("principal_key")?,
                model_key: row.text("model_key")?,
                token_class: row.text("token_class")?,
                tier: row.text("tier")?,
                routing: row.text("routing")?,
                surface: row.text("surface")?,
                nano: row.int("nano")?,
                tokens: row.int("tokens")?,
                lines: row.int("lines")?,
            })
        })
        .await
    }
}

impl WriteTx {
    /// Whether the bill names this principal at all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_billed(&mut self, principal: &PrincipalKey) -> Result<bool, StoreError> {
        self.row(IS_BILLED, binds![principal], |row| Ok(row.int("found")? > 0)).await
    }

    pub(crate) async fn replace_usage(&mut self, period: &str, rows: &[UsageRow]) -> Result<(), StoreError> {
        self.execute(DELETE, binds![period]).await?;
        for chunk in rows.chunks(ROWS_PER_STATEMENT) {
            let sql = insert_of_many(self.backend(), "usage_daily", COLUMNS, WIDTH, chunk.len());
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
            query.execute(self.connection()).await?;
        }
        Ok(())
    }
}
