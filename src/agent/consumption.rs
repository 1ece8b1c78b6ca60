//! Agent Bill governs itself: every call of a model that consumes something is admitted against the limits before it is made, with its worst case,
//! and settled with what it consumed, however it ended.

use std::time::Instant;

use agent_bill_domain::ids::PersonId;
use agent_bill_domain::money::NanoUsd;
use agent_bill_facts::{Cited, Unit};

use super::AgentError;
use super::answer::TurnUsage;
use agent_bill_domain::clock::SharedClock;
use agent_bill_domain::consumption::ConsumptionLimits;
use agent_bill_model::{ModelUsage, Tariff, WorstCase};
use agent_bill_records::model_calls::{self, Admission, Cap, Caps, NewCall, Settled};
use agent_bill_records::{Store, StoreError};

#[derive(Clone)]
pub(super) struct Governor {
    store: Store,
    clock: SharedClock,
    limits: ConsumptionLimits,
}

/// Which limit was reached: the binding one, and who can change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    TurnUsd(NanoUsd),
    TurnTokens(i64),
    PersonDayUsd(NanoUsd),
    PersonDayTokens(i64),
    MonthUsd(NanoUsd),
    MonthTokens(i64),
}

impl Limit {
    pub const fn code(self) -> &'static str {
        match self {
            Self::TurnUsd(_) | Self::TurnTokens(_) => "turn_limit",
            Self::PersonDayUsd(_) | Self::PersonDayTokens(_) => "person_day_limit",
            Self::MonthUsd(_) | Self::MonthTokens(_) => "month_limit",
        }
    }

    /// The limit itself, as a figure the answer stands on.
    pub fn figure(self) -> Option<Cited> {
        let (value, unit, path) = match self {
            Self::TurnUsd(usd) => (usd.to_string(), Unit::Usd, "/turn_usd"),
            Self::TurnTokens(tokens) => (tokens.to_string(), Unit::Tokens, "/turn_tokens"),
            Self::PersonDayUsd(usd) => (usd.to_string(), Unit::Usd, "/person_day_usd"),
            Self::PersonDayTokens(tokens) => (tokens.to_string(), Unit::Tokens, "/person_day_tokens"),
            Self::MonthUsd(usd) => (usd.to_string(), Unit::Usd, "/month_usd"),
            Self::MonthTokens(tokens) => (tokens.to_string(), Unit::Tokens, "/month_tokens"),
        };
        Some(Cited { measure: "limit".to_owned(), ..Cited::plain(value, unit, "limits", path) })
    }

    /// For the asker; amounts are settings, not somebody's spend.
    pub fn sentence(self) -> String {
        let (of, amount) = match self {
            Self::TurnUsd(usd) => ("one answer", format!("${}", usd_text(usd))),
            Self::TurnTokens(tokens) => ("one answer", format!("{tokens} tokens")),
            Self::PersonDayUsd(usd) => ("you today", format!("${}", usd_text(usd))),
            Self::PersonDayTokens(tokens) => ("you today", format!("{tokens} tokens")),
            Self::MonthUsd(usd) => ("everybody this month", format!("${}", usd_text(usd))),
            Self::MonthTokens(tokens) => ("everybody this month", format!("{tokens} tokens")),
        };
        format!(
            "the limit of what Agent Bill itself may consume for {of} ({amount}) is reached; an Admin can change it in the configuration"
        )
    }
}

fn usd_text(usd: NanoUsd) -> String {
    let text = usd.to_string();
    text.strip_suffix(".00").map_or(text.clone(), str::to_owned)
}

/// A call that was admitted and has to be settled.
#[derive(Debug)]
pub(super) struct Admitted {
    id: String,
    at: Instant,
}

/// Whose call it is.
#[derive(Clone, Copy)]
pub(super) struct Caller<'a> {
    pub person: &'a PersonId,
    pub conversation: &'a str,
}

impl Governor {
    pub fn new(store: Store, clock: SharedClock, limits: ConsumptionLimits) -> Self {
        Self { store, clock, limits }
    }

    /// `Ok(Err(limit))` when the call would pass a limit.
    pub async fn admit(
        &self,
        caller: Caller<'_>,
        model: &str,
        worst: WorstCase,
        turn: &TurnUsage,
    ) -> Result<Result<Admitted, Limit>, AgentError> {
        if let Some(limit) = self.turn_limit(worst, turn) {
            return Ok(Err(limit));
        }
        let call = NewCall {
            id: ulid::Ulid::generate().to_string(),
            at: self.clock.now_text(),
            person: caller.person.clone(),
            conversation: caller.conversation.to_owned(),
            model: model.to_owned(),
            worst_tokens: worst.tokens,
            worst_cost: worst.cost,
        };
        let limits = &self.limits;
        let caps = Caps {
            person_day_usd: limits.person_day_usd,
            person_day_tokens: limits.person_day_tokens,
            month_usd: limits.month_usd,
            month_tokens: limits.month_tokens,
        };
        match model_calls::admit(&self.store, &call, &caps).await.map_err(|error| unavailable(&error))? {
            Admission::Admitted => Ok(Ok(Admitted { id: call.id, at: Instant::now() })),
            Admission::Refused(cap) => Ok(Err(match cap {
                Cap::PersonDayUsd => Limit::PersonDayUsd(limits.person_day_usd),
                Cap::PersonDayTokens => Limit::PersonDayTokens(limits.person_day_tokens),
                Cap::MonthUsd => Limit::MonthUsd(limits.month_usd),
                Cap::MonthTokens => Limit::MonthTokens(limits.month_tokens),
            })),
        }
    }

    fn turn_limit(&self, worst: WorstCase, turn: &TurnUsage) -> Option<Limit> {
        let spent = turn.input_tokens + turn.output_tokens + turn.cache_read_tokens + turn.cache_write_tokens;
        let cost = turn.cost_usd.unwrap_or(NanoUsd::ZERO) + worst.cost.unwrap_or(NanoUsd::ZERO);
        if cost > self.limits.turn_usd {
            Some(Limit::TurnUsd(self.limits.turn_usd))
        } else if spent.saturating_add(worst.tokens) > self.limits.turn_tokens {
            Some(Limit::TurnTokens(self.limits.turn_tokens))
        } else {
            None
        }
    }

    /// What is not settled keeps its worst case, so a failure here is logged and never lowers what was consumed.
    pub async fn settle(&self, admitted: &Admitted, usage: &ModelUsage, tariff: &Tariff, answered: bool, outcome: &str) {
        let settled = Settled {
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
            cache_read_tokens: usage.cache_read_tokens,
            cache_write_tokens: usage.cache_write_tokens,
            cost: tariff.price.map(|price| price.cost(usage)),
            estimated: usage.estimated,
            answered,
            outcome: outcome.to_owned(),
            duration_ms: i64::try_from(admitted.at.elapsed().as_millis()).unwrap_or(i64::MAX),
        };
        if let Err(error) = model_calls::settle(&self.store, &admitted.id, &settled).await {
            tracing::error!(error = &error as &dyn std::error::Error, "a call of the model could not be settled");
        }
    }
}

fn unavailable(error: &StoreError) -> AgentError {
    tracing::error!(error = error as &dyn std::error::Error, "the records could not be used");
    AgentError::Unavailable
}

impl TurnUsage {
    /// With one more call.
    pub(super) fn add(&mut self, usage: &ModelUsage, tariff: &Tariff) {
        let first = self.model_calls == 0;
        self.model_calls += 1;
        self.input_tokens += usage.input_tokens;
        self.output_tokens += usage.output_tokens;
        self.cache_read_tokens += usage.cache_read_tokens;
        self.cache_write_tokens += usage.cache_write_tokens;
        let cost = tariff.price.map(|price| price.cost(usage));
        self.cost_usd = if first { cost } else { self.cost_usd.zip(cost).map(|(sum, cost)| sum + cost) };
    }
}
