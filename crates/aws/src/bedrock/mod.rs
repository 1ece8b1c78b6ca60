//! Amazon Bedrock through `ConverseStream` (or `Converse`, for models that cannot stream with tools). The only place that names its SDK.

mod assemble;
mod call;
mod capability;
mod client;
pub mod config;
mod document;
mod failure;
mod price;
mod request;
mod schema;
mod tag;
pub mod testing;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use aws_sdk_bedrockruntime::Client;
use aws_sdk_bedrockruntime::error::BuildError;
use aws_sdk_bedrockruntime::types::{GuardrailConfiguration, GuardrailStreamConfiguration, GuardrailStreamProcessingMode, GuardrailTrace};
use tokio::sync::OnceCell;

use agent_bill_model::{Block, ChatModel, ModelError, ModelFailure, ModelReply, ModelRequest, ModelUsage, ReplySink, Tariff, WorstCase};
use assemble::Piece;
use call::Call;
use capability::Capability;
use config::BedrockConfig;
use failure::{Failed, classify, classify_in_stream};
use price::price;
use request::{Shape, Wishes, shape};

/// The name under which the conversation stands in the provider's invocation log.
const METADATA_CONVERSATION: &str = "agent-bill-conversation";
/// How long the counts of a whole message are waited for.
const COUNTS_WAIT: Duration = Duration::from_secs(2);
/// Less than this much time left is not worth another try.
const WORTH_A_TRY: Duration = Duration::from_secs(3);

pub struct BedrockModel {
    /// Made at the first call: environment and profile are read then.
    client: OnceCell<Client>,
    config: BedrockConfig,
    capability: Capability,
    tariff: Tariff,
}

impl BedrockModel {
    /// Asks nobody for anything yet; the first call shows whether the credentials are good.
    #[must_use]
    pub fn new(config: &BedrockConfig) -> Self {
        let told_by = config.base_model.as_deref().unwrap_or(&config.model_id);
        let capability = Capability::of(told_by);
        let tariff = Tariff {
            price: price(config, told_by),
            most_output_tokens: i64::from(config.max_output_tokens),
            burndown: capability.burndown,
        };
        Self { client: OnceCell::new(), config: config.clone(), capability, tariff }
    }

    async fn client(&self) -> &Client {
        self.client.get_or_init(|| client::connect(&self.config, None)).await
    }

    fn wishes(&self) -> Wishes {
        Wishes {
            max_output_tokens: self.config.max_output_tokens,
            temperature_permille: self.config.temperature_permille,
            prompt_cache: self.config.prompt_cache,
            strict_tools: self.config.strict_tools,
        }
    }

    /// One call, which the SDK may have tried several times before its first byte.
    async fn attempt(&self, request: &ModelRequest<'_>, call: &mut Call<'_>) -> Result<ModelReply, Failed> {
        let shape = shape(request, self.capability, self.wishes()).map_err(|error| unbuildable(&error))?;
        call.input_tokens = shape.estimated_tokens;
        let reply =
            if self.capability.stream_tools { self.stream(request, shape, call).await } else { self.whole(request, shape, call).await };
        reply.map(|mut reply| {
            reply.behaviour = call.tag.behaviour;
            for block in &mut reply.blocks {
                if let Block::Text { text } = block {
                    let (behaviour, rest) = tag::strip(text);
                    reply.behaviour = reply.behaviour.or(behaviour);
                    *text = rest;
                }
            }
            reply
        })
    }

    async fn stream(&self, request: &ModelRequest<'_>, shape: Shape, call: &mut Call<'_>) -> Result<ModelReply, Failed> {
        let operation = self
            .client()
            .await
            .converse_stream()
            .model_id(&self.config.model_id)
            .set_system(Some(shape.system))
            .set_messages(Some(shape.messages))
            .tool_config(shape.tools)
            .inference_config(shape.inference)
            .set_guardrail_config(self.stream_guardrail())
            .request_metadata(METADATA_CONVERSATION, request.conversation)
            .send();
        let mut output = within(request.deadline, None, operation).await?.map_err(|error| classify(&error))?;
        call.began = true;
        let idle = Duration::from_secs(self.config.idle_seconds);
        loop {
            // Once the message is whole only what was counted is missing: it is not worth failing for.
            let whole = call.assembler.is_complete();
            let wait = if whole { COUNTS_WAIT } else { idle };
            let event = match within(request.deadline, Some(wait), output.stream.recv()).await {
                Ok(Ok(Some(event))) => event,
                Ok(Ok(None)) => break,
                Ok(Err(_)) | Err(_) if whole => break,
                Ok(Err(error)) => return Err(classify_in_stream(&error)),
                Err(late) => return Err(late),
            };
            let piece = call.assembler.take(event);
            call.output_bytes = call.assembler.bytes();
            match piece {
                Piece::Text(text) => call.show(&text).await,
                Piece::NextText(text) => {
                    call.show_rest().await;
                    call.sink.text("\n\n").await;
                    call.tag.next_text();
                    call.show(&text).await;
                }
                Piece::Other(bytes) => {
                    call.progressed = true;
                    call.sink.other(bytes);
                }
                Piece::Nothing => {}
            }
        }
        call.show_rest().await;
        let estimate = call.estimate();
        std::mem::take(&mut call.assembler).finish(&ids_of(request), estimate).map_err(|error| Failed { error, once_more: true })
    }

    async fn whole(&self, request: &ModelRequest<'_>, shape: Shape, call: &mut Call<'_>) -> Result<ModelReply, Failed> {
        let operation = self
            .client()
            .await
            .converse()
            .model_id(&self.config.model_id)
            .set_system(Some(shape.system))
            .set_messages(Some(shape.messages))
            .tool_config(shape.tools)
            .inference_config(shape.inference)
            .set_guardrail_config(self.guardrail())
            .request_metadata(METADATA_CONVERSATION, request.conversation)
            .send();
        let output = within(request.deadline, None, operation).await?.map_err(|error| classify(&error))?;
        call.began = true;
        let message = output.output.as_ref().and_then(|output| output.as_message().ok());
        let reply = assemble::whole(message, &output.stop_reason, output.usage.as_ref(), &ids_of(request), call.estimate())
            .map_err(|error| Failed { error, once_more: false })?;
        for (at, text) in reply.blocks.iter().filter_map(Block::text).enumerate() {
            if at > 0 {
                call.show_rest().await;
                call.sink.text("\n\n").await;
                call.tag.next_text();
            }
            call.show(text).await;
        }
        call.show_rest().await;
        Ok(reply)
    }

    fn stream_guardrail(&self) -> Option<GuardrailStreamConfiguration> {
        self.config.guardrail.as_ref().map(|guardrail| {
            GuardrailStreamConfiguration::builder()
                .guardrail_identifier(&guardrail.id)
                .guardrail_version(&guardrail.version)
                .trace(GuardrailTrace::Disabled)
                // Nothing may be shown before the guardrail has read it.
                .stream_processing_mode(GuardrailStreamProcessingMode::Sync)
                .build()
        })
    }

    fn guardrail(&self) -> Option<GuardrailConfiguration> {
        self.config.guardrail.as_ref().map(|guardrail| {
            GuardrailConfiguration::builder()
                .guardrail_identifier(&guardrail.id)
                .guardrail_version(&guardrail.version)
                .trace(GuardrailTrace::Disabled)
                .build()
        })
    }
}

#[async_trait]
impl ChatModel for BedrockModel {
    fn name(&self) -> &str {
        &self.config.model_id
    }

    fn tariff(&self) -> Option<&Tariff> {
        Some(&self.tariff)
    }

    fn worst_case(&self, request: &ModelRequest<'_>) -> WorstCase {
        let (input, output) = (request::estimate(request), self.tariff.most_output_tokens);
        // Everything written to the cache is the dearest a prompt can be.
        let usage = ModelUsage { cache_write_tokens: input, output_tokens: output, ..ModelUsage::default() };
        WorstCase { tokens: input.saturating_add(output), cost: self.tariff.price.map(|price| price.cost(&usage)) }
    }

    fn context_tokens(&self) -> usize {
        self.capability.context_tokens
    }

    async fn converse(&self, request: &ModelRequest<'_>, sink: &mut dyn ReplySink) -> Result<ModelReply, ModelFailure> {
        let mut call = Call::new(sink);
        self.attempt(request, &mut call).await.map_err(|failed| {
            let time_left = request.deadline.saturating_duration_since(Instant::now());
            let may_repeat = failed.once_more && !call.progressed && time_left >= WORTH_A_TRY;
            ModelFailure { error: failed.error, usage: call.spent(failed), may_repeat }
        })
    }
}

/// Waits for `future` until the deadline, and no longer than `most`.
async fn within<F: std::future::Future>(deadline: Instant, most: Option<Duration>, future: F) -> Result<F::Output, Failed> {
    let left = deadline.saturating_duration_since(Instant::now());
    let wait = most.map_or(left, |most| most.min(left));
    tokio::time::timeout(wait, future).await.map_err(|_| Failed { error: ModelError::TimedOut, once_more: false })
}

fn unbuildable(error: &BuildError) -> Failed {
    tracing::error!(%error, "a request could not be built");
    Failed { error: ModelError::Rejected, once_more: false }
}

fn ids_of(request: &ModelRequest<'_>) -> HashSet<String> {
    let blocks = request.messages.iter().flat_map(|message| &message.blocks);
    blocks.filter_map(|block| if let Block::ToolUse { id, .. } = block { Some(id.clone()) } else { None }).collect()
}

#[cfg(test)]
mod tests;
