use agent_bill_model::{ModelError, ModelUsage, ReplySink};

use super::assemble::Assembler;
use super::failure::Failed;
use super::request::estimate_tokens;
use super::tag::TagReader;

/// One attempt at a call: what came so far, and where it goes.
pub(super) struct Call<'s> {
    pub sink: &'s mut dyn ReplySink,
    pub assembler: Assembler,
    pub tag: TagReader,
    pub input_tokens: i64,
    pub output_bytes: usize,
    /// The service accepted the request and began to reply.
    pub began: bool,
    /// Something of the reply arrived.
    pub progressed: bool,
}

impl<'s> Call<'s> {
    pub fn new(sink: &'s mut dyn ReplySink) -> Self {
        Self {
            sink,
            assembler: Assembler::default(),
            tag: TagReader::default(),
            input_tokens: 0,
            output_bytes: 0,
            began: false,
            progressed: false,
        }
    }

    pub async fn show(&mut self, text: &str) {
        self.progressed = true;
        let text = self.tag.take(text);
        if !text.is_empty() {
            self.sink.text(&text).await;
        }
    }

    pub async fn show_rest(&mut self) {
        let rest = self.tag.finish();
        if !rest.is_empty() {
            self.sink.text(&rest).await;
        }
    }

    /// What a reply consumed when the provider does not say.
    pub fn estimate(&self) -> ModelUsage {
        ModelUsage {
            input_tokens: self.input_tokens,
            output_tokens: estimate_tokens(self.output_bytes),
            estimated: true,
            ..ModelUsage::default()
        }
    }

    /// What a failed attempt consumed: nothing when the service refused it before it began. One that timed out may have been worked on.
    pub fn spent(&self, failed: Failed) -> ModelUsage {
        if self.began || failed.error == ModelError::TimedOut { self.estimate() } else { ModelUsage::default() }
    }
}
