//! Turns what was loaded, and when, into what may be said of it today.

use agent_bill_domain::projection::settled_through;
use agent_bill_tools::facts::Freshness;
use jiff::civil::Date;

use crate::tables::rollup_runs::LoadedMonth;

/// `coverage` is a figure of the whole company and `None` for everybody else; health notes go to operators and company-wide roles.
pub(super) fn describe(loaded: Vec<LoadedMonth>, today: Date, coverage: Option<i64>, sees_health: bool) -> Freshness {
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
