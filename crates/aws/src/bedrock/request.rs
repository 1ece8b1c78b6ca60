//! Our request as Converse takes it. Every shape here follows a rule of the service; the loopback peer of the tests enforces them.

use aws_sdk_bedrockruntime::error::BuildError;
use aws_sdk_bedrockruntime::types::{
    AnyToolChoice, CachePointBlock, CachePointType, ContentBlock, ConversationRole, InferenceConfiguration, Message as SdkMessage,
    ReasoningContentBlock, ReasoningTextBlock, SystemContentBlock, Tool, ToolChoice as SdkToolChoice, ToolConfiguration, ToolInputSchema,
    ToolResultBlock, ToolResultContentBlock, ToolResultStatus, ToolSpecification, ToolUseBlock,
};
use aws_smithy_types::Blob;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::capability::Capability;
use super::document::to_document;
use super::schema::lower;
use agent_bill_model::{Block, Message, ModelRequest, Speaker, ToolChoice, prompt};

/// What a call sends, apart from the model id.
pub(super) struct Shape {
    pub system: Vec<SystemContentBlock>,
    pub messages: Vec<SdkMessage>,
    pub tools: ToolConfiguration,
    pub inference: InferenceConfiguration,
    /// Rough size of the prompt, for what the provider does not tell when a call fails.
    pub estimated_tokens: i64,
}

/// Which of the optional parts a deployment wants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wishes {
    pub max_output_tokens: i32,
    pub temperature_permille: Option<u16>,
    pub prompt_cache: bool,
    pub strict_tools: bool,
}

/// Letters of English text and JSON per token, cautiously low: an estimate that errs, errs upward.
const CHARS_PER_TOKEN: usize = 3;

pub(super) fn estimate_tokens(chars: usize) -> i64 {
    i64::try_from(chars.div_ceil(CHARS_PER_TOKEN)).unwrap_or(i64::MAX)
}

pub(super) fn shape(request: &ModelRequest<'_>, capability: Capability, wishes: Wishes) -> Result<Shape, BuildError> {
    let prompt = prompt::system(request.briefing);
    let tools: Vec<(Value, &str, &str)> =
        request.tools.iter().map(|spec| (lower(&spec.input_schema), spec.name, spec.description)).collect();
    let tools_chars: usize =
        tools.iter().map(|(schema, name, description)| schema.to_string().len() + name.len() + description.len()).sum();
    let cached = Checkpoints::of(capability, wishes, tools_chars, prompt.fixed.len());
    let mut messages = messages(request)?;
    if cached.messages {
        checkpoint_last(&mut messages)?;
    }
    let mut system = vec![SystemContentBlock::Text(prompt.fixed.to_owned())];
    if cached.system {
        system.push(SystemContentBlock::CachePoint(cache_point()?));
    }
    let estimated_tokens = estimate_prompt(request, tools_chars + prompt.fixed.len() + prompt.personal.len());
    system.push(SystemContentBlock::Text(prompt.personal));
    Ok(Shape {
        system,
        messages,
        tools: tool_configuration(tools, request.tool_choice, capability, wishes, cached.tools)?,
        inference: inference(capability, wishes),
        estimated_tokens,
    })
}

/// What the prompt of a call takes at most.
pub(super) fn estimate(request: &ModelRequest<'_>) -> i64 {
    let prompt = prompt::system(request.briefing);
    let tools: usize =
        request.tools.iter().map(|spec| spec.name.len() + spec.description.len() + spec.input_schema.to_string().len()).sum();
    estimate_prompt(request, tools + prompt.fixed.len() + prompt.personal.len())
}

fn estimate_prompt(request: &ModelRequest<'_>, fixed_chars: usize) -> i64 {
    estimate_tokens(fixed_chars + request.messages.iter().map(chars_of).sum::<usize>())
}

/// Where checkpoints stand: after the tools, after the fixed system text, after the last message. Nothing personal precedes the first two, so
/// that everybody shares them; one below the model's minimum would not be cached and is left out.
struct Checkpoints {
    tools: bool,
    system: bool,
    messages: bool,
}

impl Checkpoints {
    fn of(capability: Capability, wishes: Wishes, tools_chars: usize, system_chars: usize) -> Self {
        let points = if wishes.prompt_cache { capability.cache_points } else { 0 };
        // Four characters a token: a checkpoint too many costs nothing, one too few costs the cache.
        let reaches = |chars: usize| chars / 4 >= capability.cache_min_tokens;
        Self {
            tools: points >= 3 && reaches(tools_chars),
            system: points >= 1 && reaches(tools_chars + system_chars),
            messages: points >= 2,
        }
    }
}

fn cache_point() -> Result<CachePointBlock, BuildError> {
    CachePointBlock::builder().r#type(CachePointType::Default).build()
}

fn checkpoint_last(messages: &mut [SdkMessage]) -> Result<(), BuildError> {
    if let Some(last) = messages.last_mut() {
        last.content.push(ContentBlock::CachePoint(cache_point()?));
    }
    Ok(())
}

fn inference(capability: Capability, wishes: Wishes) -> InferenceConfiguration {
    let temperature = wishes.temperature_permille.filter(|_| capability.temperature).map(|permille| f32::from(permille) / 1000.0);
    InferenceConfiguration::builder().max_tokens(wishes.max_output_tokens).set_temperature(temperature).build()
}

fn tool_configuration(
    tools: Vec<(Value, &str, &str)>,
    choice: ToolChoice,
    capability: Capability,
    wishes: Wishes,
    checkpoint: bool,
) -> Result<ToolConfiguration, BuildError> {
    let mut configuration = ToolConfiguration::builder();
    for (schema, name, description) in tools {
        let specification = ToolSpecification::builder()
            .name(name)
            .description(description)
            .input_schema(ToolInputSchema::Json(to_document(&schema)))
            .set_strict((wishes.strict_tools && capability.strict_tools).then_some(true))
            .build()?;
        configuration = configuration.tools(Tool::ToolSpec(specification));
    }
    if checkpoint {
        configuration = configuration.tools(Tool::CachePoint(cache_point()?));
    }
    // There is no "none": the tools must stay while the history holds tool blocks, and the prompt says that none may be called.
    if choice == ToolChoice::Required && capability.forced_tool_choice {
        configuration = configuration.tool_choice(SdkToolChoice::Any(AnyToolChoice::builder().build()));
    }
    configuration.build()
}

fn messages(request: &ModelRequest<'_>) -> Result<Vec<SdkMessage>, BuildError> {
    let last = request.messages.len().saturating_sub(1);
    let mut converted = Vec::with_capacity(request.messages.len());
    for (at, message) in request.messages.iter().enumerate() {
        let mut content = Vec::with_capacity(message.blocks.len());
        for block in &message.blocks {
            content.extend(content_block(block)?);
        }
        if let Some(nudge) = request.nudge.filter(|_| at == last) {
            content.push(ContentBlock::Text(nudge.to_owned()));
        }
        let role = match message.speaker {
            Speaker::User => ConversationRole::User,
            Speaker::Assistant => ConversationRole::Assistant,
        };
        converted.push(SdkMessage::builder().role(role).set_content(Some(content)).build()?);
    }
    Ok(converted)
}

/// `None` for a blank text, which the service refuses.
fn content_block(block: &Block) -> Result<Option<ContentBlock>, BuildError> {
    Ok(Some(match block {
        Block::Text { text } if text.trim().is_empty() => return Ok(None),
        Block::Text { text } => ContentBlock::Text(text.clone()),
        Block::ToolUse { id, name, input } => {
            ContentBlock::ToolUse(ToolUseBlock::builder().tool_use_id(id).name(name).input(to_document(input)).build()?)
        }
        Block::ToolResult { id, failed, result } => {
            let status = if *failed { ToolResultStatus::Error } else { ToolResultStatus::Success };
            let content = ToolResultContentBlock::Json(to_document(&as_object(result)));
            ContentBlock::ToolResult(ToolResultBlock::builder().tool_use_id(id).status(status).content(content).build()?)
        }
        Block::Reasoning { text, signature } => {
            let text = ReasoningTextBlock::builder().text(text).set_signature(signature.clone()).build()?;
            ContentBlock::ReasoningContent(ReasoningContentBlock::ReasoningText(text))
        }
        Block::RedactedReasoning { data } => {
            let bytes = STANDARD.decode(data).unwrap_or_default();
            ContentBlock::ReasoningContent(ReasoningContentBlock::RedactedContent(Blob::new(bytes)))
        }
    }))
}

/// A tool result is an object without the member name that the service keeps for itself.
fn as_object(result: &Value) -> Value {
    fn clean(value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(clean).collect(),
            Value::Object(members) => {
                let rename = |name: &String| if name == "__type" { "type".to_owned() } else { name.clone() };
                Value::Object(members.iter().map(|(name, member)| (rename(name), clean(member))).collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }
    match clean(result) {
        Value::Object(members) if members.is_empty() => json!({ "result": "empty" }),
        Value::Object(members) => Value::Object(members),
        other => json!({ "result": other }),
    }
}

fn chars_of(message: &Message) -> usize {
    message
        .blocks
        .iter()
        .map(|block| match block {
            Block::Text { text } | Block::Reasoning { text, .. } => text.len(),
            Block::ToolUse { input, name, .. } => name.len() + input.to_string().len(),
            Block::ToolResult { result, .. } => result.to_string().len(),
            Block::RedactedReasoning { data } => data.len(),
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_result_is_an_object_without_the_reserved_member() {
        assert_eq!(as_object(&json!([1])), json!({ "result": [1] }));
        assert_eq!(as_object(&json!({})), json!({ "result": "empty" }));
        assert_eq!(as_object(&json!({ "a": [{ "__type": 1 }] })), json!({ "a": [{ "type": 1 }] }));
    }

    #[test]
    fn checkpoints_stand_only_where_the_model_would_cache() {
        let wishes = Wishes { max_output_tokens: 1, temperature_permille: None, prompt_cache: true, strict_tools: false };
        let sonnet = Capability::of("anthropic.claude-sonnet-4-6");
        let placed = |capability, wishes, tools, system| {
            let points = Checkpoints::of(capability, wishes, tools, system);
            (points.tools, points.system, points.messages)
        };
        assert_eq!(placed(sonnet, wishes, 5_000, 5_000), (true, true, true));
        assert_eq!(placed(sonnet, wishes, 3_000, 2_000), (false, true, true));
        assert_eq!(placed(sonnet, wishes, 300, 200), (false, false, true));
        assert_eq!(placed(Capability::of("amazon.nova-pro-v1:0"), wishes, 5_000, 5_000), (false, true, true));
        assert_eq!(placed(Capability::of("meta.llama3-3-70b-instruct-v1:0"), wishes, 5_000, 5_000), (false, false, false));
        assert_eq!(placed(sonnet, Wishes { prompt_cache: false, ..wishes }, 5_000, 5_000), (false, false, false));
    }

    #[test]
    fn what_everybody_shares_is_cached_by_families_with_a_minimum_of_up_to_1024_tokens() {
        let registry = agent_bill_tools::registry::registry();
        let spec = |tool: &std::sync::Arc<dyn agent_bill_tools::contract::AnyTool>| {
            let spec = tool.spec();
            lower(&spec.input_schema).to_string().len() + spec.name.len() + spec.description.len()
        };
        let tools: usize = registry.iter().map(spec).sum();
        let system = prompt::system(&agent_bill_model::Briefing::default()).fixed.len();
        let wishes = Wishes { max_output_tokens: 1, temperature_permille: None, prompt_cache: true, strict_tools: false };
        for (model, expected) in [
            ("anthropic.claude-opus-5", (true, true)),
            ("anthropic.claude-sonnet-4-6", (true, true)),
            // A minimum of 4,096: there, only what stands before the last message is.
            ("anthropic.claude-haiku-4-5-20251001-v1:0", (false, false)),
        ] {
            let points = Checkpoints::of(Capability::of(model), wishes, tools, system);
            assert_eq!(
                (points.tools, points.system, points.messages),
                (expected.0, expected.1, true),
                "{model}: {tools} + {system} characters"
            );
        }
    }
}
