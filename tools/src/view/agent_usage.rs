//! What Agent Bill itself consumed.

use agent_bill_domain::consumption::{AgentLimit, Consumption};
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::DateRange;
use agent_bill_domain::tokens::TokenCounts;
use agent_bill_domain::words;
use async_trait::async_trait;
use jiff::civil::Date;

use super::ViewError;

/// Reads our own consumption.
#[async_trait]
pub trait AgentUsageView: Send + Sync {
    /// What Agent Bill itself consumed: the asker's own calls, or everybody's where a role allows it.
    async fn agent_usage(&self, query: AgentUsageQuery) -> Result<AgentUsage, ViewError>;
}

words! {
    /// What the calls of language models are summed by.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum UsageBy: "grouping" {
        Model = "model",
        Person = "person",
        Conversation = "conversation",
        Day = "day",
        Total = "total",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentUsageQuery {
    pub range: DateRange,
    pub by: UsageBy,
    /// Only the asker's own calls, also for those who may see everybody's.
    pub only_mine: bool,
}

/// The calls of language models that the asker may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentUsage {
    /// Everybody's calls rather than only the asker's own.
    pub everybody: bool,
    pub sums: Vec<AgentUsageSum>,
    pub limits: LimitUse,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentUsageSum {
    /// Model as configured, name of a person, id of one of the asker's own conversations, or day. Empty for the total, and for what the
    /// conversations of other people come to together.
    pub value: String,
    /// First day of a conversation of the asker's own.
    pub started_on: Option<Date>,
    pub calls: i64,
    pub failed: i64,
    /// Not ended, or never will: such a call counts with its worst case.
    pub running: i64,
    /// Calls whose tokens the provider did not count, running ones included.
    pub estimated: i64,
    /// Calls of models without a known price.
    pub unpriced: i64,
    pub tokens: TokenCounts,
    /// What counts against the limits: all kinds of tokens, and the worst case of calls that have not ended.
    pub total_tokens: i64,
    /// At list price.
    pub cost: NanoUsd,
}

/// How far the limits are used up now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitUse {
    /// The asker's own, today.
    pub person_day: Consumption,
    /// Everybody's this month; only for those who may see it.
    pub month: Option<Consumption>,
    /// The limit that stops the asker first.
    pub binding: AgentLimit,
}
