//! Money is an integer of nano-USD. Floating point only appears where AWS itself stores it, and is converted once, on ingest.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Nano-USD per USD.
pub const NANO: i64 = 1_000_000_000;

/// An amount in nano-USD (10⁻⁹ USD). The range is ± 9.2 billion USD; arithmetic beyond it panics rather than wraps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct NanoUsd(pub i64);

impl NanoUsd {
    pub const ZERO: Self = Self(0);

    #[must_use]
    pub const fn from_usd(usd: i64) -> Self {
        Self(usd * NANO)
    }

    #[must_use]
    pub const fn from_cents(cents: i64) -> Self {
        Self(cents * (NANO / 100))
    }

    /// The one conversion from the bill's doubles: rounded half to even at the ninth decimal. `None` when not finite or out of range.
    #[must_use]
    pub fn from_f64(usd: f64) -> Option<Self> {
        let nano = (usd * 1e9).round_ties_even();
        // 2^63 as f64; anything at or beyond it does not fit.
        if !nano.is_finite() || nano.abs() >= 9_223_372_036_854_775_808.0 {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "range checked above")]
        Some(Self(nano as i64))
    }

    /// For display, charts and model input only; never to be summed.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "display only")]
        let nano = self.0 as f64;
        nano / 1e9
    }

    /// `self × numerator ÷ denominator`, rounded half away from zero; zero when the denominator is zero.
    #[must_use]
    pub fn scale(self, numerator: i64, denominator: i64) -> Self {
        Self(scale(self.0, numerator, denominator))
    }

    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }

    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }
}

/// `value × numerator ÷ denominator` in 128 bits, rounded half away from zero; zero when the denominator is zero.
#[must_use]
pub fn scale(value: i64, numerator: i64, denominator: i64) -> i64 {
    if denominator == 0 {
        return 0;
    }
    let product = i128::from(value) * i128::from(numerator);
    let denominator = i128::from(denominator);
    let half = denominator.abs() / 2;
    let signed_half = if (product < 0) == (denominator < 0) { half } else { -half };
    let signed_half = if denominator < 0 { -signed_half } else { signed_half };
    let rounded = (product + signed_half) / denominator;
    i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX })
}

/// `part ÷ whole` in tenths of a percent, rounded; `None` when the whole is zero.
#[must_use]
pub fn permille(part: i64, whole: i64) -> Option<i64> {
    (whole != 0).then(|| scale(1000, part, whole))
}

impl Add for NanoUsd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for NanoUsd {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for NanoUsd {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for NanoUsd {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for NanoUsd {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for NanoUsd {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

/// Exact decimal with two to nine fractional digits: `14200.00`, `0.006875`.
impl fmt::Display for NanoUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let fraction = format!("{:09}", magnitude % 1_000_000_000);
        let mut kept = fraction.trim_end_matches('0').len();
        kept = kept.max(2);
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{}", magnitude / 1_000_000_000, fraction.get(..kept).unwrap_or(&fraction))
    }
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not an amount in USD; write it like 1500 or 1500.25")]
pub struct ParseMoneyError(String);

impl std::str::FromStr for NanoUsd {
    type Err = ParseMoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseMoneyError(text.chars().take(40).collect());
        let trimmed = text.trim();
        let (negative, digits) = trimmed.strip_prefix('-').map_or((false, trimmed), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) || fraction.len() > 9 {
            return Err(error());
        }
        let whole: i64 = whole.parse().map_err(|_| error())?;
        let fraction: i64 = format!("{fraction:0<9}").parse().map_err(|_| error())?;
        let nano = whole.checked_mul(NANO).and_then(|nano| nano.checked_add(fraction)).ok_or_else(error)?;
        Ok(Self(if negative { -nano } else { nano }))
    }
}

/// On the wire money is a decimal string, so that no reader turns it into a float by accident.
impl Serialize for NanoUsd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NanoUsd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for NanoUsd {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Usd".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "amount in USD, exact decimal" })
    }
}

/// For configuration: an amount may be written `5`, `0.5` or `"0.50"`.
///
/// # Errors
/// It is none of these.
pub fn deserialize_usd<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NanoUsd, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Whole(i64),
        Fraction(f64),
        Text(String),
    }
    let read = match Written::deserialize(deserializer)? {
        Written::Whole(usd) => usd.to_string().parse().ok(),
        Written::Fraction(usd) => NanoUsd::from_f64(usd),
        Written::Text(text) => text.parse().ok(),
    };
    read.ok_or_else(|| serde::de::Error::custom("not an amount in USD; write it like 5 or 0.50"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn doubles_of_the_bill_round_half_to_even_at_the_ninth_decimal() {
        assert_eq!(NanoUsd::from_f64(11.2), Some(NanoUsd(11_200_000_000)));
        assert_eq!(NanoUsd::from_f64(0.000_000_000_5), Some(NanoUsd(0)));
        assert_eq!(NanoUsd::from_f64(f64::NAN), None);
        assert_eq!(NanoUsd::from_f64(1e12), None);
    }

    #[test]
    fn an_amount_with_more_than_nine_decimals_or_signs_in_odd_places_is_refused() {
        for bad in ["", "1.", ".5", "1.0000000001", "--1", "1,000", "1e3", "99999999999"] {
            assert!(bad.parse::<NanoUsd>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_exactly(nano in -9_000_000_000_000_000_000_i64..9_000_000_000_000_000_000) {
            prop_assert_eq!(NanoUsd(nano).to_string().parse::<NanoUsd>(), Ok(NanoUsd(nano)));
        }

        #[test]
        fn scaling_is_within_half_a_nano_of_the_exact_ratio(v in -1_000_000_000_i64..1_000_000_000, n in -1000_i64..1000, d in 1_i64..1000) {
            let exact = i128::from(v) * i128::from(n);
            let error = (i128::from(scale(v, n, d)) * i128::from(d) - exact).abs();
            prop_assert!(error * 2 <= i128::from(d));
        }
    }
}
