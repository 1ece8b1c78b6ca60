//! What a number counts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Usd,
    Tokens,
    Percent,
    /// A difference of two percentages.
    Points,
    Count,
    Days,
    /// One amount by another of its unit.
    Ratio,
    /// A day or a month.
    Date,
}

impl Unit {
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
            Self::Ratio => "a plain number",
            Self::Date => "a date",
        }
    }
}
