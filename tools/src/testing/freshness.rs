use async_trait::async_trait;
use jiff::civil::{Date, date};

use super::{FakeView, day};
use crate::view::{Freshness, FreshnessView, MonthState, ViewError};

pub fn freshness() -> Freshness {
    let month = |text: &str, is_final: bool, data_through: Date| MonthState {
        month: text.parse().unwrap(),
        is_final,
        data_through,
        has_principal_column: true,
        health: String::new(),
        run_id: format!("run-{text}"),
        loaded_at: "2026-11-22T06:00:00Z".to_owned(),
    };
    Freshness {
        data_through: Some(day(21)),
        settled_through: Some(day(20)),
        first_principal_on: Some(date(2026, 9, 1)),
        months: vec![
            month("2026-09", true, date(2026, 9, 30)),
            month("2026-10", true, date(2026, 10, 31)),
            month("2026-11", false, day(21)),
        ],
        principal_coverage_permille: None,
    }
}

#[async_trait]
impl FreshnessView for FakeView {
    async fn freshness(&self) -> Result<Freshness, ViewError> {
        Ok(self.freshness.clone())
    }
}
