//! Decimals of figures as tools write them: exact for money, and wide enough for a month of tokens of a large company.

const NANO: i128 = 1_000_000_000;

/// Nine places; magnitude below 10¹⁸ as read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Decimal(i128);

impl Decimal {
    /// `-200.5`, `14200.00`, `300`: no sign but the minus, no grouping, at most nine decimals.
    pub fn read(text: &str) -> Option<Self> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !plain(whole) || !plain(fraction) || whole.len() > 18 || fraction.len() > 9 {
            return None;
        }
        let magnitude: i128 = format!("{whole}{fraction:0<9}").parse().ok()?;
        Some(Self(if negative { -magnitude } else { magnitude }))
    }

    pub fn whole(number: usize) -> Self {
        Self(i128::try_from(number).unwrap_or(i128::MAX / NANO).saturating_mul(NANO))
    }

    /// × 10⁹, without its sign.
    pub fn billionths(self) -> i128 {
        self.0.abs()
    }

    /// Divided and rounded half away from zero to `places` decimals; `None` for a division by zero or a result too large to hold.
    pub fn over(self, divisor: Self, places: u32) -> Option<Self> {
        let unit = 10_i128.pow(9_u32.saturating_sub(places));
        let scaled = divisor.0.checked_mul(unit)?.checked_abs().filter(|scaled| *scaled != 0)?;
        let dividend = self.0.checked_mul(NANO)?.checked_abs()?;
        let quotient = dividend.checked_add(scaled / 2)? / scaled;
        let negative = (self.0 < 0) != (divisor.0 < 0);
        Some(Self(if negative { -quotient } else { quotient } * unit))
    }

    /// With as many decimals as it has, at least `least`.
    pub fn write(self, least: usize) -> String {
        let (sign, magnitude) = (if self.0 < 0 { "-" } else { "" }, self.0.abs());
        let fraction = format!("{:09}", magnitude % NANO);
        let kept = fraction.trim_end_matches('0').len().max(least);
        let point = if kept == 0 { "" } else { "." };
        format!("{sign}{}{point}{}", magnitude / NANO, fraction.get(..kept).unwrap_or(&fraction))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn division_rounds_half_away_from_zero_and_by_zero_has_no_result() {
        let over =
            |a: &str, b: &str, places| Decimal::read(a).unwrap().over(Decimal::read(b).unwrap(), places).map(|result| result.write(0));
        assert_eq!(over("1", "8", 2).as_deref(), Some("0.13"));
        assert_eq!(over("-1", "8", 2).as_deref(), Some("-0.13"));
        assert_eq!(over("2", "3", 9).as_deref(), Some("0.666666667"));
        assert_eq!(over("1", "0", 2), None);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(nano in -1_000_000_000_000_000_000_i64..1_000_000_000_000_000_000, least in 0_usize..4) {
            let decimal = Decimal(nano.into());
            prop_assert_eq!(Decimal::read(&decimal.write(least)), Some(decimal));
        }
    }
}
