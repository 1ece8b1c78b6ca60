//! Turns what was loaded, and when, into what may be said of it today.

use agent_bill_domain::permission::Action;
use agent_bill_domain::projection::settled_through;
use agent_bill_tools::view::{Freshness, FreshnessView, ViewError};
use async_trait::async_trait;
use jiff::civil::Date;

use super::view::{ScopedView, unavailable};
use crate::tables::rollup_runs::{self, LoadedMonth};
use crate::tables::usage_daily;

#[async_trait]
impl FreshnessView for ScopedView {
    /// The same for everybody. The share of cost with a principal is for company-wide roles; health notes are for them and under `ImportOrganisation`.
    async fn freshness(&self) -> Result<Freshness, ViewError> {
        let months = rollup_runs::list_months(&self.store).await.map_err(unavailable("freshness"))?;
        let sees_company = self.scope.company_wide();
        let coverage = match months.last() {
            Some(newest) if sees_company => {
                usage_daily::principal_coverage(&self.store, newest.state.month).await.map_err(unavailable("coverage"))?
            }
            _ => None,
        };
        Ok(describe(months, self.clock.today(), coverage, sees_company || self.scope.may(Action::ImportOrganisation)))
    }
}

/// `coverage` is a figure of the whole company and `None` for everybody else; health notes go to operators and company-wide roles.
fn describe(loaded: Vec<LoadedMonth>, today: Date, coverage: Option<i64>, sees_health: bool) -> Freshness {
    let data_through = loaded.iter().map(|month| month.state.data_through).max();
    // Where Marketplace-billed models were used in the newest month, its last days take a day longer to settle.
    let marketplace = loaded.last().is_some_and(|month| month.marketplace_through.is_some());
    let first_principal_on = loaded.iter().filter_map(|month| month.first_principal_on).min();
    let months = loaded
        .into_iter()
        .map(|month| {
            let mut state = month.state;
            if !sees_health {
                state.health.clear();
            }
            state
        })
        .collect();
    Freshness {
        data_through,
        settled_through: data_through.map(|through| settled_through(today, through, marketplace)),
        first_principal_on,
        months,
        principal_coverage_permille: coverage,
    }
}
