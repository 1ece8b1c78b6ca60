//! The port to a language model and our message types. Vendor types stop at the adapters behind it: `planner` is built in, `bedrock` is Amazon's.

mod behaviour;
mod briefing;
mod chat_model;
mod message;
pub mod prompt;

pub use behaviour::Behaviour;
pub use briefing::{BriefNode, BriefWorkload, Briefing};
pub use chat_model::{
    ChatModel, ModelError, ModelFailure, ModelReply, ModelRequest, ModelUsage, Price, ReplySink, StopReason, Tariff, ToolChoice, WorstCase,
};
pub use message::{Block, Message, Speaker};
