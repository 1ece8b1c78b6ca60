//! Commits to a monthly estimate of a workload, in dollars or in tokens per kind. A new one never erases the one before it.

use std::fmt;

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::Month;
use agent_bill_domain::permission::Action;
use agent_bill_domain::tokens::TokenCounts;
use async_trait::async_trait;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::act::{Act, Applied, Checked, Context};
use super::refusal::ActError;
use crate::tables::estimates::EstimateRow;

/// Dollars, tokens, or dollars with the tokens they were derived from; with dollars the estimate is in dollars.
#[derive(Debug, Clone, Default, clap::Args, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetEstimate {
    /// Name or id of the workload
    #[arg(long)]
    pub workload: String,
    /// First month it holds for, until a later one replaces it; the current one when left out
    #[arg(long = "month", value_name = "YYYY-MM")]
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub from_month: Option<Month>,
    /// Dollars a month; token options beside it say what they were derived from
    #[arg(long = "usd", value_name = "AMOUNT")]
    #[serde(default)]
    pub amount_usd: Option<NanoUsd>,
    #[command(flatten)]
    #[serde(default)]
    pub tokens: ExpectedTokens,
}

/// Tokens a month, per kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::Args, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedTokens {
    #[arg(long = "input", value_name = "TOKENS")]
    pub input_tokens: Option<i64>,
    #[arg(long = "output", value_name = "TOKENS")]
    pub output_tokens: Option<i64>,
    #[arg(long = "cache-read", value_name = "TOKENS")]
    pub cache_read_tokens: Option<i64>,
    #[arg(long = "cache-write", value_name = "TOKENS")]
    pub cache_write_tokens: Option<i64>,
}

impl ExpectedTokens {
    /// `None` when no kind is given; a kind left out beside others is none of it.
    fn counts(&self) -> Option<TokenCounts> {
        let kinds = [self.input_tokens, self.output_tokens, self.cache_read_tokens, self.cache_write_tokens];
        let [input_tokens, output_tokens, cache_read_tokens, cache_write_tokens] = kinds.map(|kind| kind.unwrap_or(0));
        kinds.iter().any(Option::is_some).then_some(TokenCounts { input_tokens, output_tokens, cache_read_tokens, cache_write_tokens })
    }
}

impl From<TokenCounts> for ExpectedTokens {
    fn from(counts: TokenCounts) -> Self {
        Self {
            input_tokens: Some(counts.input_tokens),
            output_tokens: Some(counts.output_tokens),
            cache_read_tokens: Some(counts.cache_read_tokens),
            cache_write_tokens: Some(counts.cache_write_tokens),
        }
    }
}

#[derive(Debug, Serialize)]
pub struct EstimateEffects {
    #[serde(skip)]
    workload_name: String,
    #[serde(skip)]
    from_month: Month,
}

/// An estimate that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EstimateSet {
    pub id: String,
    pub from_month: Month,
}

impl fmt::Display for EstimateSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: in force from {} on", self.id, self.from_month)
    }
}

/// No workload spends more in a month, and the sum over ninety of them still fits what an amount can hold.
const MOST_USD: NanoUsd = NanoUsd::from_usd(100_000_000);
/// Of each kind in a month: a thousand times what the largest ones use.
const MOST_TOKENS: i64 = 1_000_000_000_000_000;

fn is_plausible(tokens: &TokenCounts) -> bool {
    [tokens.input_tokens, tokens.output_tokens, tokens.cache_read_tokens, tokens.cache_write_tokens].into_iter().all(|count| count <= MOST_TOKENS)
}

#[async_trait]
impl Act for SetEstimate {
    const EVENT: &'static str = "estimate.set";
    const COMMAND: [&'static str; 2] = ["estimate", "set"];
    const ABOUT: &'static str =
        "Set a workload's monthly estimate, in dollars (--usd) or in tokens per kind; earlier ones stay on record";

    type Effects = EstimateEffects;
    type Outcome = EstimateSet;

    fn permissions(&self, _today: Date) -> &'static [Action] {
        &[Action::SetEstimate]
    }

    fn validate(&self, today: Date) -> Result<(), ActError> {
        let tokens = self.tokens.counts();
        if self.amount_usd.is_none() && tokens.is_none() {
            return Err(ActError::AmountMissing);
        }
        if self.amount_usd.is_some_and(|amount| amount <= NanoUsd::ZERO) {
            return Err(ActError::NotPositive("the amount"));
        }
        if tokens.is_some_and(|tokens| !is_countable(&tokens)) {
            return Err(ActError::NotPositive("the number of tokens"));
        }
        if self.amount_usd.is_some_and(|amount| amount > MOST_USD) || tokens.is_some_and(|tokens| !is_plausible(&tokens)) {
            return Err(ActError::TooMuch);
        }
        match self.from_month {
            Some(month) if month < Month::of(today) => Err(ActError::MonthIsOver(month)),
            _ => Ok(()),
        }
    }

    async fn check(&self, context: &mut Context<'_>) -> Result<Checked<Self>, ActError> {
        let workload = context.workload(Action::SetEstimate, &self.workload).await?;
        let from_month = self.from_month.unwrap_or_else(|| Month::of(context.today()));
        let act = Self { workload: workload.id.0, from_month: Some(from_month), ..self.clone() };
        Ok(Checked { act, effects: EstimateEffects { workload_name: workload.name, from_month } })
    }

    async fn apply(checked: &Checked<Self>, context: &mut Context<'_>) -> Result<Applied<EstimateSet>, ActError> {
        let Checked { act, effects } = checked;
        let id = context.next_id("estimate").await?;
        let row = EstimateRow {
            id: &id,
            workload: &act.workload.as_str().into(),
            from_month: effects.from_month,
            amount: act.amount_usd,
            tokens: act.tokens.counts(),
            committed_by: context.actor.author()?,
            committed_at: &context.now_text(),
        };
        context.tx.insert_estimate(&row).await?;
        Ok(Applied { subject: id.clone(), outcome: EstimateSet { id, from_month: effects.from_month } })
    }

    fn preview(checked: &Checked<Self>) -> String {
        let estimate = match (checked.act.amount_usd, checked.act.tokens.counts()) {
            (Some(amount), _) => format!("{amount} USD"),
            (None, tokens) => format!("{} tokens", tokens.unwrap_or_default().total()),
        };
        format!("{} may use {estimate} a month from {} on", checked.effects.workload_name, checked.effects.from_month)
    }
}

/// No kind negative, at least one above zero, and a sum that can be counted.
fn is_countable(tokens: &TokenCounts) -> bool {
    let kinds = [tokens.input_tokens, tokens.output_tokens, tokens.cache_read_tokens, tokens.cache_write_tokens];
    let sum = kinds.iter().try_fold(0_i64, |sum, count| sum.checked_add(*count));
    kinds.iter().all(|count| *count >= 0) && sum.is_some_and(|sum| sum > 0)
}
