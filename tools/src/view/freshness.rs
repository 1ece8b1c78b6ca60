//! How current and how final the data is.

use agent_bill_domain::period::Month;
use async_trait::async_trait;
use jiff::civil::Date;

use super::ViewError;

/// Reads what is loaded.
#[async_trait]
pub trait FreshnessView: Send + Sync {
    /// The same for everybody, but for the share of cost with a principal and the health notes.
    async fn freshness(&self) -> Result<Freshness, ViewError>;
}

/// How current and how final the data is; the same for everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Freshness {
    /// Last UTC day with usage in the loaded data; `None` when nothing was ever loaded.
    pub data_through: Option<Date>,
    /// Last UTC day that is no longer provisional (48 h after the day's end; 72 h where Marketplace-billed models are in use).
    pub settled_through: Option<Date>,
    /// First day with any principal in the data.
    pub first_principal_on: Option<Date>,
    /// Loaded billing periods, oldest first.
    pub months: Vec<MonthState>,
    /// Share of Bedrock usage cost in the newest month that carries a principal, in tenths of a percent.
    pub principal_coverage_permille: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthState {
    pub month: Month,
    /// Every usage line carries an invoice id.
    pub is_final: bool,
    pub data_through: Date,
    pub has_principal_column: bool,
    /// Empty, or what an operator must look at.
    pub health: String,
    pub run_id: String,
    pub loaded_at: String,
}
