//! What Agent Bill itself may consume, and which of its limits stops it first.

use serde::{Deserialize, Serialize};

use crate::money::{NanoUsd, deserialize_usd, scale};

/// Dollars at list price and tokens: consumed, or allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Consumption {
    pub usd: NanoUsd,
    pub tokens: i64,
}

impl Consumption {
    /// Whether nothing is left of `limit`, in dollars or in tokens.
    #[must_use]
    pub fn reaches(&self, limit: &Self) -> bool {
        self.usd >= limit.usd || self.tokens >= limit.tokens
    }
}

/// What may be consumed at most; a limit of zero allows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentLimits {
    /// One question.
    pub turn: Consumption,
    /// One person on one UTC day.
    pub person_day: Consumption,
    /// Everybody in one UTC month.
    pub month: Consumption,
}

/// A limit over several questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentLimit {
    PersonDay,
    Month,
}

impl AgentLimits {
    /// The limit that stops a person first: the one of which less is left. Dollars and tokens are made comparable by counting both in days of one
    /// person.
    #[must_use]
    pub fn binding(&self, person_day: &Consumption, month: &Consumption) -> AgentLimit {
        if self.left(&self.month, month) < self.left(&self.person_day, person_day) { AgentLimit::Month } else { AgentLimit::PersonDay }
    }

    /// Millionths of a person's day that are left of `limit`, by the scarcer of dollars and tokens.
    fn left(&self, limit: &Consumption, used: &Consumption) -> i64 {
        let part = |limit: i64, used: i64, day: i64| scale(1_000_000, limit.saturating_sub(used).max(0), day.max(1));
        let usd = part(limit.usd.0, used.usd.0, self.person_day.usd.0);
        usd.min(part(limit.tokens, used.tokens, self.person_day.tokens))
    }
}

/// What Agent Bill itself may consume, at list price; at a limit the planner answers and says so. A call counts with its worst case until it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsumptionLimits {
    #[serde(deserialize_with = "deserialize_usd")]
    pub turn_usd: NanoUsd,
    pub turn_tokens: i64,
    /// One person on one UTC day.
    #[serde(deserialize_with = "deserialize_usd")]
    pub person_day_usd: NanoUsd,
    pub person_day_tokens: i64,
    /// Everybody in one UTC month.
    #[serde(deserialize_with = "deserialize_usd")]
    pub month_usd: NanoUsd,
    pub month_tokens: i64,
}

impl ConsumptionLimits {
    /// The same limits for the rules that judge them.
    #[must_use]
    pub const fn allowed(&self) -> AgentLimits {
        AgentLimits {
            turn: Consumption { usd: self.turn_usd, tokens: self.turn_tokens },
            person_day: Consumption { usd: self.person_day_usd, tokens: self.person_day_tokens },
            month: Consumption { usd: self.month_usd, tokens: self.month_tokens },
        }
    }
}

impl Default for ConsumptionLimits {
    fn default() -> Self {
        Self {
            turn_usd: NanoUsd::from_usd(1),
            turn_tokens: 400_000,
            person_day_usd: NanoUsd::from_usd(5),
            person_day_tokens: 4_000_000,
            month_usd: NanoUsd::from_usd(500),
            month_tokens: 400_000_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(usd: i64, tokens: i64) -> Consumption {
        Consumption { usd: NanoUsd::from_usd(usd), tokens }
    }

    fn limits() -> AgentLimits {
        AgentLimits { turn: of(1, 100), person_day: of(5, 1_000), month: of(500, 100_000) }
    }

    #[test]
    fn the_limit_with_less_left_binds() {
        for (day, month, binding) in [
            (of(0, 0), of(0, 0), AgentLimit::PersonDay),
            (of(1, 0), of(400, 0), AgentLimit::PersonDay),
            (of(1, 0), of(497, 0), AgentLimit::Month),
            (of(4, 0), of(498, 0), AgentLimit::PersonDay),
            (of(1, 10), of(1, 99_950), AgentLimit::Month),
            (of(0, 0), of(500, 0), AgentLimit::Month),
            (of(5, 0), of(500, 0), AgentLimit::PersonDay),
        ] {
            assert_eq!(limits().binding(&day, &month), binding, "{day:?} {month:?}");
        }
    }

    #[test]
    fn a_limit_of_zero_binds_at_once_and_one_without_bounds_never_overflows() {
        let closed = AgentLimits { month: of(0, 1), ..limits() };
        assert_eq!(closed.binding(&of(0, 0), &of(0, 0)), AgentLimit::Month);
        assert!(of(0, 0).reaches(&closed.month));
        let open = AgentLimits { month: Consumption { usd: NanoUsd(i64::MAX), tokens: i64::MAX }, ..limits() };
        assert_eq!(open.binding(&of(5, 0), &of(400, 0)), AgentLimit::PersonDay);
    }

    #[test]
    fn either_unit_alone_reaches_a_limit() {
        assert!(of(5, 0).reaches(&of(5, 10)));
        assert!(of(0, 10).reaches(&of(5, 10)));
        assert!(!of(4, 9).reaches(&of(5, 10)));
    }
}
