//! The built-in model: a deterministic planner that reads a question, calls tools and words the answer without any language model.
//!
//! It is a small semantic parser, not a list of sentences: a message is folded (`text`), names in scope, models and periods are found in it (`names`,
//! `models`, `period`), what remains is read by its vocabulary (`lexicon`, `topic`) into a frame (`parse`, `frame`), completed from the
//! conversation (`understand`), turned into tool calls (`plan`), and answered from typed results (`compose`). It keeps no state: every call
//! reads the whole conversation again.

mod compose;
mod frame;
mod injection;
mod lexicon;
mod models;
mod names;
mod parse;
mod period;
mod plan;
#[cfg(test)]
mod tests;
mod text;
mod turn;
mod typo;
mod understand;
mod wording;

use async_trait::async_trait;

use agent_bill_model::{ChatModel, ModelFailure, ModelReply, ModelRequest, ReplySink};

/// The name answers are signed with.
pub const NAME: &str = "planner";

#[derive(Debug, Clone, Copy, Default)]
pub struct Planner;

impl Planner {
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

#[async_trait]
impl ChatModel for Planner {
    fn name(&self) -> &str {
        NAME
    }

    fn writes_freely(&self) -> bool {
        false
    }

    async fn converse(&self, request: &ModelRequest<'_>, sink: &mut dyn ReplySink) -> Result<ModelReply, ModelFailure> {
        let reply = turn::reply(request);
        for text in reply.blocks.iter().filter_map(agent_bill_model::Block::text) {
            sink.text(text).await;
        }
        Ok(reply)
    }
}
