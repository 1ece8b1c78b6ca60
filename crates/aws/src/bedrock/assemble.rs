//! A reply put together from the events of a stream. Pure: it is fed events and read at the end.

use std::collections::{BTreeMap, HashSet};

use aws_sdk_bedrockruntime::types::{
    CacheTtl, ContentBlock, ContentBlockDelta, ContentBlockStart, ConverseStreamOutput, ReasoningContentBlock, ReasoningContentBlockDelta,
    StopReason as SdkStop, TokenUsage,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::document::to_value;
use agent_bill_model::{Block, ModelError, ModelReply, ModelUsage, StopReason};

/// A block while its pieces arrive.
#[derive(Debug)]
enum Open {
    Text(String),
    Tool { id: String, name: String, input: String },
    Reasoning { text: String, signature: Option<String> },
    Redacted(Vec<u8>),
}

/// What one event brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    /// The first piece of a further text; the answer sets texts apart by a blank line.
    NextText(String),
    /// So many bytes of something that is not shown.
    Other(usize),
    Nothing,
}

#[derive(Debug, Default)]
pub(super) struct Assembler {
    blocks: BTreeMap<i32, Open>,
    stop: Option<SdkStop>,
    usage: Option<ModelUsage>,
    bytes: usize,
}

impl Assembler {
    pub fn take(&mut self, event: ConverseStreamOutput) -> Piece {
        let piece = match event {
            ConverseStreamOutput::ContentBlockStart(start) => self.start(start.content_block_index, start.start),
            ConverseStreamOutput::ContentBlockDelta(delta) => self.delta(delta.content_block_index, delta.delta),
            ConverseStreamOutput::MessageStop(stop) => {
                self.stop = Some(stop.stop_reason);
                Piece::Nothing
            }
            ConverseStreamOutput::Metadata(metadata) => {
                self.usage = metadata.usage.as_ref().map(usage_of);
                Piece::Nothing
            }
            // The role is always the assistant's, a block ends where the next begins, and what we do not know is for a later version of us.
            _ => Piece::Nothing,
        };
        self.bytes += match &piece {
            Piece::Text(text) | Piece::NextText(text) => text.len(),
            Piece::Other(bytes) => *bytes,
            Piece::Nothing => 0,
        };
        piece
    }

    /// Bytes of output so far.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn is_complete(&self) -> bool {
        self.stop.is_some()
    }

    fn start(&mut self, index: i32, start: Option<ContentBlockStart>) -> Piece {
        if let Some(ContentBlockStart::ToolUse(tool)) = start {
            self.blocks.insert(index, Open::Tool { id: tool.tool_use_id, name: tool.name.clone(), input: String::new() });
            return Piece::Other(tool.name.len());
        }
        Piece::Nothing
    }

    fn delta(&mut self, index: i32, delta: Option<ContentBlockDelta>) -> Piece {
        match delta {
            Some(ContentBlockDelta::Text(text)) => {
                // A text block has no start of its own.
                let is_text = |open: &Open| matches!(open, Open::Text(whole) if !whole.trim().is_empty());
                let next = !self.blocks.contains_key(&index) && self.blocks.values().any(is_text);
                if let Open::Text(whole) = self.blocks.entry(index).or_insert_with(|| Open::Text(String::new())) {
                    whole.push_str(&text);
                }
                if next { Piece::NextText(text) } else { Piece::Text(text) }
            }
            Some(ContentBlockDelta::ToolUse(piece)) => {
                if let Some(Open::Tool { input, .. }) = self.blocks.get_mut(&index) {
                    input.push_str(&piece.input);
                }
                Piece::Other(piece.input.len())
            }
            Some(ContentBlockDelta::ReasoningContent(piece)) => self.reasoning(index, piece),
            _ => Piece::Nothing,
        }
    }

    fn reasoning(&mut self, index: i32, piece: ReasoningContentBlockDelta) -> Piece {
        let thought = || Open::Reasoning { text: String::new(), signature: None };
        match piece {
            ReasoningContentBlockDelta::Text(more) => {
                if let Open::Reasoning { text, .. } = self.blocks.entry(index).or_insert_with(thought) {
                    text.push_str(&more);
                }
                Piece::Other(more.len())
            }
            ReasoningContentBlockDelta::Signature(more) => {
                if let Open::Reasoning { signature, .. } = self.blocks.entry(index).or_insert_with(thought) {
                    signature.get_or_insert_with(String::new).push_str(&more);
                }
                Piece::Other(0)
            }
            ReasoningContentBlockDelta::RedactedContent(more) => {
                if let Open::Redacted(bytes) = self.blocks.entry(index).or_insert_with(|| Open::Redacted(Vec::new())) {
                    bytes.extend_from_slice(more.as_ref());
                }
                Piece::Other(more.as_ref().len())
            }
            _ => Piece::Nothing,
        }
    }

    /// The reply, with what the provider counted or `estimate` when it did not say. `known` holds the ids of tool calls made before.
    ///
    /// # Errors
    /// `BrokenOff` when the stream ended before the message did.
    pub fn finish(self, known: &HashSet<String>, estimate: ModelUsage) -> Result<ModelReply, ModelError> {
        let stop = self.stop.ok_or(ModelError::BrokenOff)?;
        let mut reply = ModelReply { blocks: Vec::new(), stop: stop_of(&stop), behaviour: None, usage: self.usage.unwrap_or(estimate) };
        let mut ids = known.clone();
        let mut cut_off = false;
        for open in self.blocks.into_values() {
            match open {
                Open::Text(text) if text.trim().is_empty() => {}
                Open::Text(text) => reply.blocks.push(Block::Text { text }),
                Open::Reasoning { text, signature } => reply.blocks.push(Block::Reasoning { text, signature }),
                Open::Redacted(bytes) => reply.blocks.push(Block::RedactedReasoning { data: STANDARD.encode(bytes) }),
                Open::Tool { id, name, input } => match tool_use(&id, name, &input, &mut ids) {
                    Some(block) => reply.blocks.push(block),
                    // Cut off in the middle of a call: what is whole can still be used.
                    None if reply.stop == StopReason::MaxTokens => cut_off = true,
                    None => reply.stop = StopReason::Malformed,
                },
            }
        }
        if cut_off && !reply.blocks.iter().any(|block| matches!(block, Block::ToolUse { .. })) {
            // What stands before a call that was meant is no answer.
            reply.stop = StopReason::Malformed;
        }
        Ok(reply)
    }
}

/// The reply of `Converse`, which comes whole.
pub(super) fn whole(
    message: Option<&aws_sdk_bedrockruntime::types::Message>,
    stop: &SdkStop,
    usage: Option<&TokenUsage>,
    known: &HashSet<String>,
    estimate: ModelUsage,
) -> Result<ModelReply, ModelError> {
    let mut assembler = Assembler { stop: Some(stop.clone()), usage: usage.map(usage_of), ..Assembler::default() };
    for (index, block) in (0_i32..).zip(message.map(|message| message.content.as_slice()).unwrap_or_default()) {
        let open = match block {
            ContentBlock::Text(text) => Open::Text(text.clone()),
            ContentBlock::ToolUse(tool) => {
                Open::Tool { id: tool.tool_use_id.clone(), name: tool.name.clone(), input: to_value(&tool.input).to_string() }
            }
            ContentBlock::ReasoningContent(ReasoningContentBlock::ReasoningText(thought)) => {
                Open::Reasoning { text: thought.text.clone(), signature: thought.signature.clone() }
            }
            ContentBlock::ReasoningContent(ReasoningContentBlock::RedactedContent(bytes)) => Open::Redacted(bytes.as_ref().to_vec()),
            _ => continue,
        };
        assembler.blocks.insert(index, open);
    }
    assembler.finish(known, estimate)
}

/// A call that can be run and sent back: a block that cannot be sent back would break the conversation for good.
fn tool_use(id: &str, name: String, input: &str, ids: &mut HashSet<String>) -> Option<Block> {
    let input = if input.trim().is_empty() { json!({}) } else { serde_json::from_str::<Value>(input).ok()? };
    let plain = |text: &str, also: &[char]| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-' || also.contains(&c));
    let fits = (1..=64).contains(&id.len()) && plain(id, &['.', ':']) && (1..=64).contains(&name.len()) && plain(&name, &[]);
    if !input.is_object() || !fits {
        return None;
    }
    Some(Block::ToolUse { id: unused(id, ids), name, input })
}

/// `id`, or a variant of it when the conversation has it already.
fn unused(id: &str, ids: &mut HashSet<String>) -> String {
    let mut candidate = id.to_owned();
    let mut count = 1_u32;
    while !ids.insert(candidate.clone()) {
        count += 1;
        let stem: String = id.chars().take(52).collect();
        candidate = format!("{stem}-{count}");
    }
    candidate
}

fn stop_of(stop: &SdkStop) -> StopReason {
    match stop {
        SdkStop::ToolUse => StopReason::ToolUse,
        SdkStop::MaxTokens => StopReason::MaxTokens,
        SdkStop::GuardrailIntervened => StopReason::GuardrailIntervened,
        SdkStop::ContentFiltered => StopReason::ContentFiltered,
        SdkStop::MalformedModelOutput | SdkStop::MalformedToolUse => StopReason::Malformed,
        SdkStop::ModelContextWindowExceeded => StopReason::ContextExceeded,
        // A reason we do not know ends the message like any other; what it holds is looked at all the same.
        _ => StopReason::EndTurn,
    }
}

fn usage_of(usage: &TokenUsage) -> ModelUsage {
    let hour: i64 =
        usage.cache_details().iter().filter(|detail| *detail.ttl() == CacheTtl::OneHour).map(|detail| i64::from(detail.input_tokens)).sum();
    let written = i64::from(usage.cache_write_input_tokens.unwrap_or(0)).max(0);
    ModelUsage {
        input_tokens: i64::from(usage.input_tokens).max(0),
        output_tokens: i64::from(usage.output_tokens).max(0),
        cache_read_tokens: i64::from(usage.cache_read_input_tokens.unwrap_or(0)).max(0),
        cache_write_tokens: written,
        cache_write_1h_tokens: hour.clamp(0, written),
        estimated: false,
    }
}
