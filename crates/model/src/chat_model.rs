//! One call of a model: what goes in, what comes out, and how it fails.

use std::time::Instant;

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::words;
use agent_bill_tools::ToolSpec;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Block, Briefing, Message};
use crate::Behaviour;

/// One call of the model.
pub struct ModelRequest<'a> {
    pub briefing: &'a Briefing,
    /// Begins and ends with a user message; speakers alternate.
    pub messages: &'a [Message],
    pub tools: &'a [&'a ToolSpec],
    pub tool_choice: ToolChoice,
    /// Said with the last message: that a limit is reached, that a reply could not be read. Not part of the conversation.
    pub nudge: Option<&'a str>,
    /// An opaque name of the conversation, for the provider's invocation log.
    pub conversation: &'a str,
    /// The call must have ended by then.
    pub deadline: Instant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToolChoice {
    Auto,
    /// Look something up before answering, where the model can be told so.
    Required,
    /// The loop's limits are reached: answer from what is known, call nothing.
    None,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ModelReply {
    /// Text, tool-use and reasoning blocks. With any tool use the text is an aside; without, it is the answer.
    pub blocks: Vec<Block>,
    pub stop: StopReason,
    /// What kind of answer this is, when the model can say so itself.
    pub behaviour: Option<Behaviour>,
    pub usage: ModelUsage,
}

words! {
    /// Why a reply ended, as the service writes it.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum StopReason: "stop reason" {
        EndTurn = "end_turn",
        ToolUse = "tool_use",
        /// Cut off at the most output tokens; an unfinished tool call was dropped.
        MaxTokens = "max_tokens",
        /// The organisation's guardrail stopped the message or the answer.
        GuardrailIntervened = "guardrail_intervened",
        /// The provider's own content filter did.
        ContentFiltered = "content_filtered",
        /// The model wrote a tool call or an answer that cannot be read.
        Malformed = "malformed",
        /// The conversation is longer than the model can read.
        ContextExceeded = "context_exceeded",
    }
}

/// Tokens one call consumed; zero for the planner. `input` excludes what was read from or written to the prompt cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ModelUsage {
    pub input_tokens: i64,
    pub output_tokens: i64,
    pub cache_read_tokens: i64,
    /// All cache writes, those for an hour included.
    pub cache_write_tokens: i64,
    pub cache_write_1h_tokens: i64,
    /// The provider did not say; counted from the size of what was sent and received.
    pub estimated: bool,
}

impl ModelUsage {
    #[must_use]
    pub const fn total_tokens(&self) -> i64 {
        self.input_tokens.saturating_add(self.output_tokens).saturating_add(self.cache_read_tokens).saturating_add(self.cache_write_tokens)
    }
}

/// List prices per million tokens, and how large one reply can get: what the governor of our own spend needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tariff {
    /// `None` when no price is known: such calls are limited by tokens only.
    pub price: Option<Price>,
    pub most_output_tokens: i64,
    /// Quota tokens that an output token uses up (the service counts input and cache writes once, cache reads not at all).
    pub burndown: i64,
}

impl Tariff {
    /// What a call counts against the provider's quota at settlement.
    #[must_use]
    pub const fn quota_tokens(&self, usage: &ModelUsage) -> i64 {
        usage.input_tokens.saturating_add(usage.cache_write_tokens).saturating_add(usage.output_tokens.saturating_mul(self.burndown))
    }
}

/// What a call may consume at most, as far as can be told before it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WorstCase {
    pub tokens: i64,
    /// `None` when no price is known.
    pub cost: Option<NanoUsd>,
}

/// Per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    pub input: NanoUsd,
    pub output: NanoUsd,
    pub cache_read: NanoUsd,
    pub cache_write: NanoUsd,
    pub cache_write_1h: NanoUsd,
}

impl Price {
    /// Tokens × price, each class rounded to the nano-dollar.
    #[must_use]
    pub fn cost(&self, usage: &ModelUsage) -> NanoUsd {
        let short_writes = usage.cache_write_tokens.saturating_sub(usage.cache_write_1h_tokens);
        [
            (self.input, usage.input_tokens),
            (self.output, usage.output_tokens),
            (self.cache_read, usage.cache_read_tokens),
            (self.cache_write, short_writes),
            (self.cache_write_1h, usage.cache_write_1h_tokens),
        ]
        .into_iter()
        .map(|(price, tokens)| price.scale(tokens, 1_000_000))
        .fold(NanoUsd::ZERO, |sum, cost| sum + cost)
    }
}

/// Why a call gave no reply. Texts are for the asker: no ids, no secrets, no provider's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    #[error("Amazon Bedrock is limiting requests right now")]
    Throttled,
    #[error("the model did not answer in time")]
    TimedOut,
    #[error("Amazon Bedrock refused access to the model; an engineer has to check model access and the service's role")]
    AccessDenied,
    #[error("the AWS credentials of the service are not valid, or no longer; an engineer has to renew them")]
    BadCredentials,
    #[error("no AWS credentials were found")]
    NoCredentials,
    #[error("the configured model does not exist in this Region")]
    ModelNotFound,
    #[error("Amazon Bedrock did not accept the request")]
    Rejected,
    #[error("the model's answer broke off")]
    BrokenOff,
    #[error("the model wrote something that cannot be read")]
    Malformed,
    #[error("the conversation is too long for the model")]
    ContextExceeded,
    #[error("Amazon Bedrock is not available right now")]
    Unavailable,
}

impl ModelError {
    /// A stable word for logs, metrics and clients.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::TimedOut => "timed_out",
            Self::AccessDenied => "access_denied",
            Self::BadCredentials => "bad_credentials",
            Self::NoCredentials => "no_credentials",
            Self::ModelNotFound => "model_not_found",
            Self::Rejected => "rejected",
            Self::BrokenOff => "broken_off",
            Self::Malformed => "malformed",
            Self::ContextExceeded => "context_exceeded",
            Self::Unavailable => "unavailable",
        }
    }
}

/// A call that gave no reply, and what it consumed all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct ModelFailure {
    pub error: ModelError,
    pub usage: ModelUsage,
    /// Nothing of a reply arrived, and the same call may succeed the next time.
    pub may_repeat: bool,
}

impl From<ModelError> for ModelFailure {
    fn from(error: ModelError) -> Self {
        Self { error, usage: ModelUsage::default(), may_repeat: false }
    }
}

/// Receives a reply while it is produced. Awaited, so a slow listener slows the model down instead of filling memory.
#[async_trait]
pub trait ReplySink: Send {
    /// A piece of text.
    async fn text(&mut self, delta: &str);

    /// Something that is not text arrived: so many bytes of reasoning or of a tool's input.
    fn other(&mut self, _bytes: usize) {}
}

#[async_trait]
pub trait ChatModel: Send + Sync {
    /// The name an answer is signed with: `planner`, or a Bedrock model id.
    fn name(&self) -> &str;

    /// What a call costs; `None` for a model that consumes nothing.
    fn tariff(&self) -> Option<&Tariff> {
        None
    }

    /// The most tokens that the call may consume, prompt and reply together; 0 for a model that consumes nothing.
    fn worst_case(&self, _request: &ModelRequest<'_>) -> WorstCase {
        WorstCase::default()
    }

    /// Whether it words its answers itself, so that names in them have to be checked like figures.
    fn writes_freely(&self) -> bool {
        true
    }

    /// How much it can read at once, in tokens.
    fn context_tokens(&self) -> usize {
        usize::MAX
    }

    /// Dropping the future closes the connection to the provider.
    async fn converse(&self, request: &ModelRequest<'_>, sink: &mut dyn ReplySink) -> Result<ModelReply, ModelFailure>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_costs_each_class_of_tokens_at_its_own_price() {
        let usd = |text: &str| text.parse::<NanoUsd>().unwrap();
        let price =
            Price { input: usd("3"), output: usd("15"), cache_read: usd("0.3"), cache_write: usd("3.75"), cache_write_1h: usd("6") };
        let usage = ModelUsage {
            input_tokens: 1_000,
            output_tokens: 200,
            cache_read_tokens: 10_000,
            cache_write_tokens: 3_000,
            cache_write_1h_tokens: 1_000,
            estimated: false,
        };
        assert_eq!(price.cost(&usage), usd("0.0225"));
        assert_eq!(usage.total_tokens(), 14_200);
    }
}
