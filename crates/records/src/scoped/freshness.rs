//! How current the loaded data is. The dates are the same for everybody; what is a figure of the company goes to company-wide roles only.

use agent_bill_domain::money::permille;
use agent_bill_domain::period::Month;
use agent_bill_tools::facts::MonthState;
use jiff::civil::Date;
use sqlx::Row;

use super::date;
use crate::{Store, StoreError};

pub const MONTHS: &str =
    "SELECT s.billing_period, s.data_through, s.data_through_marketplace, s.health, r.id AS run_id, r.finished_at, r.invoiced,
            r.has_principal_column, r.first_principal_on
     FROM period_state s JOIN rollup_runs r ON r.id = s.run_id ORDER BY s.billing_period";

/// `$1`: billing period. Usage cost with a principal, and all usage cost.
pub const COVERAGE: &str = "SELECT CAST(COALESCE(SUM(CASE WHEN principal_key <> '' THEN unblended_nano ELSE 0 END), 0) AS BIGINT) AS named,
            CAST(COALESCE(SUM(unblended_nano), 0) AS BIGINT) AS whole
     FROM usage_daily WHERE billing_period = $1 AND line_kind = 'usage'";

pub const STATEMENTS: &[&str] = &[MONTHS, COVERAGE];

/// What the store knows of one loaded month, before the clock turns it into settled and provisional days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedMonth {
    pub state: MonthState,
    /// Last day with Marketplace-billed usage.
    pub marketplace_through: Option<Date>,
    pub first_principal_on: Option<Date>,
}

/// # Errors
/// When the database fails.
pub async fn list_months(store: &Store) -> Result<Vec<LoadedMonth>, StoreError> {
    let rows = sqlx::query(MONTHS).fetch_all(store.pool()).await?;
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.try_get::<String, _>(column);
            let optional_day = |text: String| if text.is_empty() { Ok(None) } else { date(&text).map(Some) };
            let month: Month = text("billing_period")?.parse().map_err(|_| StoreError::corrupt("month", ""))?;
            // A period may be loaded and hold no usage yet; then nothing of it is through.
            let through = optional_day(text("data_through")?)?;
            Ok(through.map(|data_through| -> Result<LoadedMonth, StoreError> {
                Ok(LoadedMonth {
                    state: MonthState {
                        month,
                        is_final: row.try_get::<i64, _>("invoiced")? == 1,
                        data_through,
                        has_principal_column: row.try_get::<i64, _>("has_principal_column")? == 1,
                        health: text("health")?,
                        run_id: text("run_id")?,
                        loaded_at: text("finished_at")?,
                    },
                    marketplace_through: optional_day(text("data_through_marketplace")?)?,
                    first_principal_on: optional_day(text("first_principal_on")?)?,
                })
            }))
        })
        .filter_map(|month: Result<_, StoreError>| month.transpose())
        .map(|month| month.and_then(|loaded| loaded))
        .collect()
}

/// Share of a month's usage cost that names a principal, in tenths of a percent.
///
/// # Errors
/// When the database fails.
pub async fn principal_coverage(store: &Store, month: Month) -> Result<Option<i64>, StoreError> {
    let row = sqlx::query(COVERAGE).bind(month.to_string()).fetch_one(store.pool()).await?;
    Ok(permille(row.try_get("named")?, row.try_get("whole")?))
}
