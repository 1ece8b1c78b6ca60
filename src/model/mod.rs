//! The port to a language model and our message types. Vendor types stop at the adapters behind it: `planner` is built in, `bedrock` is Amazon's.

pub mod bedrock;
mod briefing;
mod message;
pub mod planner;
mod port;
pub mod prompt;

pub use briefing::{BriefNode, BriefWorkload, Briefing};
pub use message::{Block, Message, Speaker};
pub use port::{
    ChatModel, ModelError, ModelFailure, ModelReply, ModelRequest, ModelUsage, Price, ReplySink, StopReason, Tariff, ToolChoice, WorstCase,
};
