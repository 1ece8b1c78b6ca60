//! Projection: where a month will end, from the days whose figures no longer move.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::money::NanoUsd;
use crate::period::{DateRange, Month, days_between};

/// Below this many settled days nothing is projected.
pub const MIN_SETTLED_DAYS: i64 = 3;
/// The rate is the mean of at most this many of the last settled days.
pub const MAX_RATE_DAYS: i64 = 14;

/// Hours after the end of a day during which AWS still adds usage to it.
const PROVISIONAL_DAYS: i64 = 2;
const PROVISIONAL_DAYS_MARKETPLACE: i64 = 3;

/// The last day of loaded data that is no longer provisional at the beginning of `today` (UTC): the day ended at least 48 h ago, or 72 h where
/// models billed through AWS Marketplace are in use. Never beyond `data_through`.
#[must_use]
pub fn settled_through(today: Date, data_through: Date, marketplace: bool) -> Date {
    let age = if marketplace { PROVISIONAL_DAYS_MARKETPLACE } else { PROVISIONAL_DAYS };
    data_through.min(today.saturating_sub((age + 1).days()))
}

/// A projection to the end of the month, with everything needed to say how it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Projection {
    pub settled: NanoUsd,
    pub settled_days: i64,
    /// Days the rate is the mean of, and their sum.
    pub rate_days: i64,
    pub rate_sum: NanoUsd,
    pub remaining_days: i64,
    pub projected: NanoUsd,
}

impl Projection {
    /// How it was made, in one sentence. The day counts in it are small whole numbers; no amount is spelled out.
    #[must_use]
    pub fn method(&self) -> String {
        format!(
            "settled spend plus the mean of the last {} settled days for each of the remaining {} days",
            self.rate_days, self.remaining_days
        )
    }
}

/// Projects `month` from spend per day (unsorted; days without an entry count as zero, several entries of a day add up).
///
/// `from` is the first day that counts, for example the first day of a claim: the days before it are no days of zero spend. Only days from the
/// later of `from` and the first of the month up to `settled_through` count. `None` below [`MIN_SETTLED_DAYS`], and for a month that is over.
#[must_use]
pub fn project(daily: &[(Date, NanoUsd)], month: Month, from: Date, settled_through: Date) -> Option<Projection> {
    let settled_range = DateRange { from: from.max(month.first()), to: settled_through };
    let settled_days = settled_range.days();
    let remaining_days = days_between(settled_through, month.last())?;
    if settled_days < MIN_SETTLED_DAYS || remaining_days <= 0 {
        return None;
    }
    let rate_days = settled_days.min(MAX_RATE_DAYS);
    let rate_range = DateRange { from: settled_through.saturating_sub((rate_days - 1).days()), to: settled_through };
    let sum = |range: DateRange| daily.iter().filter(|(day, _)| range.contains(*day)).map(|(_, amount)| *amount).sum::<NanoUsd>();
    let settled = sum(settled_range);
    let rate_sum = sum(rate_range);
    let projected = settled + rate_sum.scale(remaining_days, rate_days);
    Some(Projection { settled, settled_days, rate_days, rate_sum, remaining_days, projected })
}

/// The same for tokens: where their count will end by the same arithmetic.
#[must_use]
pub fn project_tokens(daily: &[(Date, i64)], month: Month, from: Date, settled_through: Date) -> Option<i64> {
    let counted: Vec<(Date, NanoUsd)> = daily.iter().map(|(day, tokens)| (*day, NanoUsd(*tokens))).collect();
    project(&counted, month, from, settled_through).map(|projection| projection.projected.0)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn november() -> Month {
        Month::of(date(2026, 11, 1))
    }

    fn even(days: i8, cents: i64) -> Vec<(Date, NanoUsd)> {
        (1..=days).map(|day| (date(2026, 11, day), NanoUsd::from_cents(cents))).collect()
    }

    #[test]
    fn on_monday_the_23rd_friday_is_settled_and_thursday_where_marketplace_models_are_used() {
        let (today, through) = (date(2026, 11, 23), date(2026, 11, 21));
        assert_eq!(settled_through(today, through, false), date(2026, 11, 20));
        assert_eq!(settled_through(today, through, true), date(2026, 11, 19));
        assert_eq!(settled_through(today, date(2026, 10, 31), true), date(2026, 10, 31));
    }

    #[test]
    fn ten_dollars_a_day_project_to_three_hundred_in_november() {
        let projection = project(&even(21, 1000), november(), date(2026, 11, 1), date(2026, 11, 20)).unwrap();
        assert_eq!(projection.projected, NanoUsd::from_usd(300));
        assert_eq!((projection.settled_days, projection.rate_days, projection.remaining_days), (20, 14, 10));
    }

    #[test]
    fn the_rate_looks_at_the_last_fourteen_days_only() {
        let mut daily = even(20, 0);
        for (day, amount) in &mut daily {
            if *day >= date(2026, 11, 7) {
                *amount = NanoUsd::from_usd(10);
            }
        }
        let projection = project(&daily, november(), date(2026, 11, 1), date(2026, 11, 20)).unwrap();
        assert_eq!(projection.projected, NanoUsd::from_usd(140 + 100));
    }

    #[test]
    fn nothing_is_projected_from_two_settled_days_or_for_a_month_that_is_over() {
        assert_eq!(project(&even(30, 100), november(), date(2026, 11, 1), date(2026, 11, 2)), None);
        assert!(project(&even(30, 100), november(), date(2026, 11, 1), date(2026, 11, 3)).is_some());
        assert_eq!(project(&even(30, 100), november(), date(2026, 11, 1), date(2026, 11, 30)), None);
        assert_eq!(project(&even(30, 100), november(), date(2026, 11, 19), date(2026, 11, 20)), None);
    }

    #[test]
    fn days_before_the_claim_do_not_lower_the_rate() {
        let daily: Vec<_> = (16..=20).map(|day| (date(2026, 11, day), NanoUsd::from_usd(10))).collect();
        let projection = project(&daily, november(), date(2026, 11, 16), date(2026, 11, 20)).unwrap();
        assert_eq!(projection.projected, NanoUsd::from_usd(150));
    }

    proptest! {
        #[test]
        fn a_projection_is_never_below_what_is_settled(cents in proptest::collection::vec(0_i64..1_000_000, 30), settled in 3_i8..30) {
            let daily: Vec<_> = (1_i8..).zip(&cents).map(|(day, cents)| (date(2026, 11, day), NanoUsd::from_cents(*cents))).collect();
            let projection = project(&daily, november(), date(2026, 11, 1), date(2026, 11, settled)).unwrap();
            prop_assert!(projection.projected >= projection.settled);
            let most = cents.iter().max().copied().unwrap_or(0);
            prop_assert!(projection.projected <= projection.settled + NanoUsd::from_cents(most * projection.remaining_days));
        }
    }
}
