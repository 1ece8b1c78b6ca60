//! Estimates: how what was used, or is projected, stands against what was committed to.

use schemars::JsonSchema;

use crate::money::{permille, scale};

words! {
    /// How far a value lies from its estimate. The same bands colour spend cards.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
    pub enum Band: "band" {
        Under = "under",
        /// Within ± 2 %.
        OnTrack = "on_track",
        /// Over by at most 10 %.
        Over = "over",
        /// Over by more than 10 %.
        FarOver = "far_over",
        /// No estimate, or too few settled days.
        Unknown = "unknown",
    }
}

words! {
    /// What an estimate is committed in.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
    pub enum EstimateUnit: "unit of an estimate" {
        Usd = "usd",
        Tokens = "tokens",
    }
}

impl Band {
    /// The band of `value` against `estimate`, both in the estimate's unit (nano-USD or tokens). The edges belong to the milder band.
    /// Anything above an estimate of zero is far over; a negative estimate is no estimate.
    #[must_use]
    pub fn of(value: i64, estimate: i64) -> Self {
        if estimate < 0 {
            return Self::Unknown;
        }
        let estimate = i128::from(estimate);
        let over = i128::from(value) - estimate;
        if over.abs() * 50 <= estimate {
            Self::OnTrack
        } else if over < 0 {
            Self::Under
        } else if over * 10 <= estimate {
            Self::Over
        } else {
            Self::FarOver
        }
    }

    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Under => "under the estimate",
            Self::OnTrack => "on the estimate",
            Self::Over => "over the estimate by up to 10 %",
            Self::FarOver => "over the estimate by more than 10 %",
            Self::Unknown => "not measurable",
        }
    }
}

/// What an even use of `estimate` would have reached after `elapsed_days` of a month of `month_days`.
#[must_use]
pub fn expected_by_now(estimate: i64, elapsed_days: i64, month_days: i64) -> i64 {
    scale(estimate, elapsed_days.clamp(0, month_days.max(0)), month_days)
}

/// `actual ÷ expected` in tenths of a percent: 2000 is twice the pace. `None` when nothing was expected yet.
#[must_use]
pub fn pace_permille(actual: i64, expected: i64) -> Option<i64> {
    (expected > 0).then(|| permille(actual, expected)).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_edges_of_two_and_ten_percent_belong_to_the_milder_band() {
        let bands: Vec<Band> = [979, 980, 1000, 1020, 1021, 1100, 1101].into_iter().map(|value| Band::of(value, 1000)).collect();
        assert_eq!(bands, [Band::Under, Band::OnTrack, Band::OnTrack, Band::OnTrack, Band::Over, Band::Over, Band::FarOver]);
    }

    #[test]
    fn any_spend_on_an_estimate_of_zero_is_far_over() {
        assert_eq!(Band::of(1, 0), Band::FarOver);
        assert_eq!(Band::of(0, 0), Band::OnTrack);
        assert_eq!(Band::of(5, -1), Band::Unknown);
    }

    #[test]
    fn twice_the_even_pace_is_two_hundred_percent() {
        let expected = expected_by_now(3_000_000, 20, 30);
        assert_eq!(expected, 2_000_000);
        assert_eq!(pace_permille(4_000_000, expected), Some(2000));
        assert_eq!(pace_permille(1, 0), None);
    }

    proptest! {
        #[test]
        fn more_spend_never_lowers_the_band(estimate in 0_i64..i64::MAX / 4, a in 0_i64..i64::MAX / 4, more in 0_i64..i64::MAX / 4) {
            prop_assert!(Band::of(a, estimate) <= Band::of(a + more, estimate));
        }
    }
}
