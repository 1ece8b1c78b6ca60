//! The adapter against the loopback Bedrock: what it sends is valid by botocore's model and the service's rules, and whatever comes back ends in a
//! defined outcome.

use std::time::{Duration, Instant};

use agent_bill_tools::ToolSpec;
use agent_bill_tools::registry::registry;
use serde_json::{Value, json};

use super::config::{BedrockConfig, GuardrailConfig};
use super::testing::{Script, model};
use agent_bill_model::Behaviour;
use agent_bill_model::{
    Block, Briefing, ChatModel, Message, ModelError, ModelFailure, ModelReply, ModelRequest, ReplySink, Speaker, StopReason, ToolChoice,
};

/// Keeps what was passed on.
#[derive(Default)]
struct Kept {
    text: String,
    pieces: usize,
    other: usize,
}

#[async_trait::async_trait]
impl ReplySink for Kept {
    async fn text(&mut self, delta: &str) {
        self.text.push_str(delta);
        self.pieces += 1;
    }

    fn other(&mut self, bytes: usize) {
        self.other += bytes;
    }
}

async fn call_with(
    config: &BedrockConfig,
    messages: &[Message],
    choice: ToolChoice,
    seconds: u64,
) -> (Result<ModelReply, ModelFailure>, Kept) {
    let tools = registry();
    let specs: Vec<&ToolSpec> = tools.iter().map(|tool| tool.spec()).collect();
    let request = ModelRequest {
        briefing: &Briefing { person: "Ann".to_owned(), roles: vec!["Finance".to_owned()], ..Briefing::default() },
        messages,
        tools: &specs,
        tool_choice: choice,
        nudge: (choice == ToolChoice::None).then_some("[Agent Bill] answer now"),
        conversation: "c1",
        deadline: Instant::now() + Duration::from_secs(seconds),
    };
    let mut kept = Kept::default();
    let reply = model(config).await.converse(&request, &mut kept).await;
    (reply, kept)
}

async fn call(script: &Script, messages: &[Message]) -> (Result<ModelReply, ModelFailure>, Kept) {
    call_with(&script.config(), messages, ToolChoice::Auto, 20).await
}

fn question() -> Vec<Message> {
    vec![Message::user("What did we spend?")]
}

fn after_a_tool() -> Vec<Message> {
    let thought = Block::Reasoning { text: "hm".to_owned(), signature: Some("sig".to_owned()) };
    let used = Block::ToolUse { id: "t1".to_owned(), name: "spend".to_owned(), input: json!({}) };
    let result = Block::ToolResult { id: "t1".to_owned(), failed: false, result: json!({ "total_usd": "5.00" }) };
    vec![
        Message::user("What did we spend?"),
        Message { speaker: Speaker::Assistant, blocks: vec![thought, used] },
        Message { speaker: Speaker::User, blocks: vec![result] },
    ]
}

fn says(text: &str) -> Value {
    json!({ "blocks": [{ "text": text }], "stop": "end_turn", "chunk_chars": 4 })
}

fn error(kind: &str, status: u16) -> Value {
    json!({ "error": { "type": kind, "status": status, "message": "no" } })
}

fn fault(kind: &Value, after_events: usize) -> Value {
    let mut fault = json!({ "after_events": after_events });
    fault.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
    json!({ "blocks": [{ "text": "We spent nothing at all on anything." }], "stop": "end_turn", "chunk_chars": 4, "fault": fault })
}

#[tokio::test]
async fn a_text_is_streamed_piece_by_piece_without_its_label() {
    let usage = json!({ "inputTokens": 11, "outputTokens": 7, "totalTokens": 30, "cacheReadInputTokens": 5, "cacheWriteInputTokens": 7,
        "cacheDetails": [{ "ttl": "1h", "inputTokens": 3 }] });
    let script =
        Script::playing(&[json!({ "blocks": [{ "text": "<assume>Month to date: nothing." }], "stop": "end_turn", "chunk_chars": 3,
        "usage": usage, "padding": true, "unknown_events": true })])
        .await;
    let (reply, kept) = call(&script, &question()).await;
    let reply = reply.unwrap();
    assert_eq!(reply.blocks, [Block::Text { text: "Month to date: nothing.".to_owned() }]);
    assert_eq!(
        (reply.stop, reply.behaviour, kept.text.as_str()),
        (StopReason::EndTurn, Some(Behaviour::Assume), "Month to date: nothing.")
    );
    assert!(kept.pieces > 4, "{}", kept.pieces);
    let counted = reply.usage;
    assert_eq!((counted.input_tokens, counted.output_tokens, counted.cache_read_tokens), (11, 7, 5));
    assert_eq!((counted.cache_write_tokens, counted.cache_write_1h_tokens, counted.estimated), (7, 3, false));
    let requests = script.valid_requests().await;
    let body = &requests[0]["body"];
    assert_eq!(requests[0]["auth"], "sigv4");
    assert_eq!(body["inferenceConfig"]["maxTokens"], 2_000);
    assert_eq!(body["requestMetadata"], json!({ "agent-bill-conversation": "c1" }));
    let system = body["system"].as_array().unwrap();
    assert!(system[0]["text"].as_str().unwrap().starts_with("You are Agent Bill") && system[1]["cachePoint"].is_object());
    assert!(!system[0].to_string().contains("Ann") && system[2]["text"].as_str().unwrap().contains("\"person\": \"Ann\""));
    assert!(body["toolConfig"]["tools"].as_array().unwrap().last().unwrap()["cachePoint"].is_object());
    assert!(body["messages"][0]["content"][1]["cachePoint"].is_object());
}

#[tokio::test]
async fn tool_calls_arrive_in_fragments_and_thoughts_go_back_unchanged() {
    let thought = json!({ "reasoning": { "text": "first look", "signature": "c2ln" } });
    let tools = [
        json!({ "tool": { "id": "tooluse_1", "name": "spend", "input": { "period": "2026-10", "limit": 5 } }, "fragments": 6 }),
        json!({ "tool": { "id": "tooluse_2", "name": "whoami", "input": {} } }),
    ];
    let script = Script::playing(&[
        json!({ "blocks": [thought, { "redacted": "c2VjcmV0" }, tools[0], tools[1]], "stop": "tool_use", "chunk_chars": 5 }),
        says("<answer>Fine."),
    ])
    .await;
    let (reply, kept) = call(&script, &question()).await;
    let reply = reply.unwrap();
    assert_eq!(reply.stop, StopReason::ToolUse);
    assert!(kept.text.is_empty() && kept.other > 20);
    assert_eq!(reply.blocks[0], Block::Reasoning { text: "first look".to_owned(), signature: Some("c2ln".to_owned()) });
    assert_eq!(reply.blocks[1], Block::RedactedReasoning { data: "c2VjcmV0".to_owned() });
    let spend = Block::ToolUse { id: "tooluse_1".to_owned(), name: "spend".to_owned(), input: json!({ "period": "2026-10", "limit": 5 }) };
    assert_eq!(reply.blocks[2], spend);
    assert_eq!(reply.blocks[3], Block::ToolUse { id: "tooluse_2".to_owned(), name: "whoami".to_owned(), input: json!({}) });
    let results =
        ["tooluse_1", "tooluse_2"].map(|id| Block::ToolResult { id: id.to_owned(), failed: false, result: json!({ "x": [1, 2.5, null] }) });
    let mut messages = question();
    messages.push(Message { speaker: Speaker::Assistant, blocks: reply.blocks });
    messages.push(Message { speaker: Speaker::User, blocks: results.to_vec() });
    let (reply, _) = call(&script, &messages).await;
    assert_eq!(reply.unwrap().behaviour, Some(Behaviour::Answer));
    // The peer compares what comes back with what it sent.
    assert_eq!(script.valid_requests().await.len(), 2);
}

#[tokio::test]
async fn the_same_conversation_is_the_same_bytes_so_that_the_prompt_cache_is_hit() {
    let script = Script::playing(&[says("Fine."), says("Fine."), says("Fine.")]).await;
    for _ in 0..3 {
        assert!(call(&script, &after_a_tool()).await.0.is_ok());
    }
    let bodies: Vec<String> =
        script.valid_requests().await.iter().map(|request| request["body_text"].as_str().unwrap().to_owned()).collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]));
}

#[tokio::test]
async fn model_ids_profiles_and_arns_reach_the_service_as_they_are() {
    for id in [
        "anthropic.claude-haiku-4-5-20251001-v1:0",
        "eu.anthropic.claude-sonnet-4-6",
        "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/a1b2c3d4e5f6",
    ] {
        let script = Script::playing(&[says("Fine.")]).await;
        let config = BedrockConfig { model_id: id.to_owned(), ..script.config() };
        assert!(call_with(&config, &question(), ToolChoice::Auto, 20).await.0.is_ok(), "{id}");
        let requests = script.valid_requests().await;
        assert_eq!(requests[0]["model_id"], id);
        assert!(!requests[0]["path"].as_str().unwrap().contains(':'));
    }
}

#[tokio::test]
async fn each_family_gets_only_the_fields_it_takes() {
    let shapes = [
        ("global.anthropic.claude-sonnet-4-6", "/converse-stream", true, true, true),
        ("us.anthropic.claude-opus-4-7", "/converse-stream", false, false, false),
        ("us.anthropic.claude-opus-5-5", "/converse-stream", false, false, true),
        ("us.amazon.nova-pro-v1:0", "/converse-stream", true, true, true),
        ("us.meta.llama3-3-70b-instruct-v1:0", "/converse", true, false, false),
        ("some.model-nobody-knows-v1:0", "/converse-stream", false, false, false),
    ];
    for (id, path, temperature, forced, cached) in shapes {
        let script = Script::playing(&[says("<answer>Fine.")]).await;
        let config = BedrockConfig { model_id: id.to_owned(), ..script.config() };
        let (reply, kept) = call_with(&config, &question(), ToolChoice::Required, 20).await;
        assert_eq!((reply.unwrap().behaviour, kept.text.as_str()), (Some(Behaviour::Answer), "Fine."), "{id}");
        let request = script.valid_requests().await.remove(0);
        assert!(request["path"].as_str().unwrap().ends_with(path), "{id}");
        let body = &request["body"];
        assert_eq!(body["inferenceConfig"].get("temperature").is_some(), temperature, "{id}");
        assert_eq!(body["toolConfig"].get("toolChoice").is_some(), forced, "{id}");
        // The system checkpoint counts: the fixed prompt and the tools are longer than most minima.
        assert_eq!(body["system"].to_string().contains("cachePoint"), cached, "{id}");
    }
}

#[tokio::test]
async fn a_forced_answer_keeps_the_tools_and_says_that_none_may_be_called() {
    let script = Script::playing(&[says("Fine.")]).await;
    let (reply, _) = call_with(&script.config(), &after_a_tool(), ToolChoice::None, 20).await;
    assert!(reply.is_ok());
    let body = script.valid_requests().await.remove(0)["body"].clone();
    assert!(body["toolConfig"]["tools"].as_array().unwrap().len() > 5);
    let last = body["messages"].as_array().unwrap().last().unwrap()["content"].clone();
    assert!(last[0]["toolResult"].is_object() && last[1]["text"].as_str().unwrap().contains("answer now"));
}

#[tokio::test]
async fn every_stop_reason_of_the_service_is_understood() {
    for (stop, meaning) in [
        ("end_turn", StopReason::EndTurn),
        ("stop_sequence", StopReason::EndTurn),
        ("max_tokens", StopReason::MaxTokens),
        ("guardrail_intervened", StopReason::GuardrailIntervened),
        ("content_filtered", StopReason::ContentFiltered),
        ("malformed_model_output", StopReason::Malformed),
        ("malformed_tool_use", StopReason::Malformed),
        ("model_context_window_exceeded", StopReason::ContextExceeded),
    ] {
        let script = Script::playing(&[json!({ "blocks": [{ "text": "Fine." }], "stop": stop })]).await;
        assert_eq!(call(&script, &question()).await.0.unwrap().stop, meaning, "{stop}");
    }
}

#[tokio::test]
async fn a_call_that_was_cut_off_or_cannot_be_read_is_never_sent_back() {
    let cut = json!({ "blocks": [{ "text": "Looking" }, { "tool": { "id": "t", "name": "spend", "input": {} }, "raw_input": "{\"period\": \"2026" }] });
    let with_stop = |stop: &str| {
        let mut reply = cut.clone();
        reply["stop"] = json!(stop);
        reply
    };
    let script = Script::playing(&[with_stop("max_tokens"), with_stop("tool_use")]).await;
    let reply = call(&script, &question()).await.0.unwrap();
    assert_eq!((reply.stop, reply.blocks.len()), (StopReason::Malformed, 1), "what stands before a call is no answer");
    assert_eq!(call(&script, &question()).await.0.unwrap().stop, StopReason::Malformed);
}

#[tokio::test]
async fn the_sdk_retries_what_it_knows_and_nothing_else() {
    for (kind, status, meaning, tries) in [
        ("ThrottlingException", 429, ModelError::Throttled, 3),
        ("ModelNotReadyException", 429, ModelError::Throttled, 3),
        ("ServiceUnavailableException", 503, ModelError::Unavailable, 3),
        ("InternalServerException", 500, ModelError::Unavailable, 3),
        ("ModelTimeoutException", 408, ModelError::TimedOut, 1),
        ("ModelErrorException", 424, ModelError::BrokenOff, 1),
        ("ValidationException", 400, ModelError::Rejected, 1),
        ("AccessDeniedException", 403, ModelError::AccessDenied, 1),
        ("ResourceNotFoundException", 404, ModelError::ModelNotFound, 1),
        ("ServiceQuotaExceededException", 400, ModelError::Throttled, 1),
    ] {
        let script = Script::with(json!({ "replies": [error(kind, status)], "when_exhausted": "repeat_last" })).await;
        let failure = call(&script, &question()).await.0.unwrap_err();
        assert_eq!((failure.error, script.valid_requests().await.len()), (meaning, tries), "{kind}");
        assert_eq!(failure.may_repeat, kind.starts_with("ModelTimeout") || kind.starts_with("ModelError"), "{kind}");
        assert_eq!(failure.usage.total_tokens() > 0, meaning == ModelError::TimedOut, "{kind}: what was refused consumed nothing");
    }
}

#[tokio::test]
async fn a_call_may_be_made_once_more_only_while_nothing_of_its_reply_arrived() {
    for first in [error("ModelTimeoutException", 408), fault(&json!({ "kind": "close" }), 0)] {
        let script = Script::playing(&[first]).await;
        assert!(call(&script, &question()).await.0.unwrap_err().may_repeat);
    }
    let script = Script::playing(&[error("ThrottlingException", 429), says("Fine.")]).await;
    assert_eq!(call(&script, &question()).await.1.text, "Fine.", "the SDK's own retry");
    let broken = json!({ "kind": "exception", "exception": "modelStreamErrorException", "message": "no", "originalStatusCode": 500 });
    let script = Script::playing(&[fault(&broken, 3), says("Fine.")]).await;
    let (failure, kept) = call(&script, &question()).await;
    let failure = failure.unwrap_err();
    assert_eq!((failure.error, failure.may_repeat), (ModelError::BrokenOff, false));
    assert!(!kept.text.is_empty() && script.valid_requests().await.len() == 1, "never after text was shown");
}

#[tokio::test]
async fn a_stream_that_breaks_ends_in_a_defined_outcome_with_what_it_consumed() {
    for (kind, meaning) in [
        (json!({ "kind": "reset" }), ModelError::BrokenOff),
        (json!({ "kind": "cut_frame" }), ModelError::BrokenOff),
        (json!({ "kind": "bad_crc" }), ModelError::BrokenOff),
        (json!({ "kind": "close" }), ModelError::BrokenOff),
        (json!({ "kind": "no_message_stop" }), ModelError::BrokenOff),
        (json!({ "kind": "exception", "exception": "throttlingException", "message": "no" }), ModelError::Throttled),
        (json!({ "kind": "exception", "exception": "serviceUnavailableException", "message": "no" }), ModelError::Unavailable),
        (json!({ "kind": "exception", "exception": "internalServerException", "message": "no" }), ModelError::Unavailable),
        (json!({ "kind": "exception", "exception": "validationException", "message": "no" }), ModelError::Rejected),
    ] {
        let script = Script::playing(&[fault(&kind, 4)]).await;
        let failure = call(&script, &question()).await.0.unwrap_err();
        assert_eq!(failure.error, meaning, "{kind}");
        assert!(
            failure.usage.estimated && failure.usage.input_tokens > 500 && failure.usage.output_tokens > 0,
            "{kind}: {:?}",
            failure.usage
        );
    }
}

#[tokio::test]
async fn a_reply_whose_count_got_lost_is_whole_and_estimated() {
    let mut silent = says("Fine, as far as the records go.");
    silent["chunk_chars"] = json!(100);
    silent["fault"] = json!({ "kind": "silence", "after_events": 4 });
    for lost in [fault(&json!({ "kind": "no_metadata" }), 0), silent] {
        let script = Script::playing(&[lost]).await;
        let reply = call(&script, &question()).await.0.unwrap();
        assert!(reply.usage.estimated && reply.usage.output_tokens > 5 && reply.usage.input_tokens > 500);
    }
}

#[tokio::test]
async fn several_texts_are_set_apart_as_the_answer_sets_them_apart() {
    let script =
        Script::playing(&[json!({ "blocks": [{ "text": "<assume>One." }, { "text": "<answer> Two." }], "stop": "end_turn" })]).await;
    let (reply, kept) = call(&script, &question()).await;
    assert_eq!(kept.text, "One.\n\nTwo.");
    assert_eq!(reply.unwrap().behaviour, Some(Behaviour::Assume));
}

#[tokio::test]
async fn silence_ends_at_the_idle_limit_or_the_deadline_and_the_connection_is_closed() {
    let silent = fault(&json!({ "kind": "silence" }), 3);
    let script = Script::playing(std::slice::from_ref(&silent)).await;
    let started = Instant::now();
    let idle = BedrockConfig { idle_seconds: 1, ..script.config() };
    assert_eq!(call_with(&idle, &question(), ToolChoice::Auto, 20).await.0.unwrap_err().error, ModelError::TimedOut);
    assert!(started.elapsed() < Duration::from_secs(5));
    let hanging = Script::playing(&[json!({ "error": { "hang": true } })]).await;
    let started = Instant::now();
    let failure = call_with(&hanging.config(), &question(), ToolChoice::Auto, 1).await.0.unwrap_err();
    assert_eq!(failure.error, ModelError::TimedOut);
    assert!(started.elapsed() < Duration::from_secs(3));
    for script in [script, hanging] {
        assert_eq!(closed(&script).await, "disconnected");
    }
}

/// The outcome of the only request, once the peer has noticed it.
async fn closed(script: &Script) -> String {
    for _ in 0..50 {
        let outcome = script.record().await["requests"][0]["outcome"].clone();
        if let Some(outcome) = outcome.as_str() {
            return outcome.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    "still open".to_owned()
}

#[tokio::test]
async fn dropping_a_call_closes_the_stream() {
    let slow = json!({ "blocks": [{ "text": "word ".repeat(400) }], "stop": "end_turn", "chunk_chars": 4, "delay_ms": 30 });
    let script = Script::playing(&[slow]).await;
    let config = script.config();
    let left = tokio::time::timeout(Duration::from_millis(400), call_with(&config, &question(), ToolChoice::Auto, 20)).await;
    assert!(left.is_err());
    assert_eq!(closed(&script).await, "disconnected");
    assert!(script.record().await["requests"][0]["events_sent"].as_u64().unwrap() < 100);
}

#[tokio::test]
async fn a_guardrail_is_sent_with_every_call_when_one_is_configured() {
    for id in ["global.anthropic.claude-sonnet-4-6", "us.meta.llama3-3-70b-instruct-v1:0"] {
        let script = Script::playing(&[says("Fine.")]).await;
        let guardrail = GuardrailConfig { id: "gr1234567890".to_owned(), version: "3".to_owned() };
        let config = BedrockConfig { model_id: id.to_owned(), guardrail: Some(guardrail), ..script.config() };
        assert!(call_with(&config, &question(), ToolChoice::Auto, 20).await.0.is_ok());
        let sent = script.valid_requests().await.remove(0)["body"]["guardrailConfig"].clone();
        assert_eq!((sent["guardrailIdentifier"].as_str(), sent["guardrailVersion"].as_str()), (Some("gr1234567890"), Some("3")));
    }
}

#[tokio::test]
async fn without_a_server_the_failure_says_so_quickly() {
    let config = BedrockConfig {
        endpoint_url: Some("http://127.0.0.1:9".to_owned()),
        region: Some("us-east-1".to_owned()),
        ..BedrockConfig::default()
    };
    let (reply, _) = call_with(&config, &question(), ToolChoice::Auto, 20).await;
    assert_eq!(reply.unwrap_err().error, ModelError::Unavailable);
}

#[test]
fn prices_follow_the_route_and_a_configured_price_wins() {
    let of =
        |id: &str| super::price(&BedrockConfig::default(), id).map(|price| (price.input.to_string(), price.cache_write_1h.to_string()));
    assert_eq!(of("global.anthropic.claude-sonnet-4-6"), Some(("3.00".to_owned(), "6.00".to_owned())));
    assert_eq!(of("eu.anthropic.claude-sonnet-4-6"), Some(("3.30".to_owned(), "6.60".to_owned())));
    assert_eq!(of("some.model-nobody-knows-v1:0"), None);
}

#[tokio::test]
async fn a_first_byte_that_does_not_come_is_waited_for_once() {
    let script = Script::with(json!({ "replies": [{ "error": { "hang": true } }], "when_exhausted": "repeat_last" })).await;
    let config = BedrockConfig { first_byte_seconds: 1, ..script.config() };
    let failure = call_with(&config, &question(), ToolChoice::Auto, 20).await.0.unwrap_err();
    assert_eq!((failure.error, script.valid_requests().await.len()), (ModelError::TimedOut, 1));
    assert!(failure.usage.estimated && failure.usage.input_tokens > 500, "it may have been worked on");
}
