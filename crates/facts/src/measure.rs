//! What a number of a result counts.

/// The unit that a field has by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    Usd,
    Tokens,
    Percent,
    /// A difference of two percentages.
    Points,
    Count,
    Days,
}

impl Measure {
    /// `spend_usd`, `output_tokens`, `used_percent`, `calls_count`, `age_days`; `None` for a field that is no number.
    #[must_use]
    pub fn of_field(name: &str) -> Option<Self> {
        match name.rsplit('_').next().unwrap_or(name) {
            "usd" => Some(Self::Usd),
            "tokens" => Some(Self::Tokens),
            "percent" => Some(Self::Percent),
            "count" => Some(Self::Count),
            "days" => Some(Self::Days),
            _ => None,
        }
    }

    /// As a message names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usd => "dollars",
            Self::Tokens => "tokens",
            Self::Percent => "percent",
            Self::Points => "percentage points",
            Self::Count => "a count",
            Self::Days => "days",
        }
    }
}
