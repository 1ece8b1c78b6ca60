use opentelemetry::trace::SpanKind;
use opentelemetry_sdk::trace::SpanData;

use super::super::tests::{attribute, exported};
use super::*;

const CALL: ChatCall<'_> = ChatCall {
    provider: Provider::Bedrock,
    model: "eu.anthropic.claude-sonnet-4-6",
    max_tokens: Some(2_000),
    conversation: "conversation-1",
    server: Some(("bedrock-runtime.eu-central-1.amazonaws.com", 443)),
};

fn only(work: impl FnOnce()) -> SpanData {
    let (mut spans, _) = exported(work);
    assert_eq!(spans.len(), 1);
    spans.remove(0)
}

fn text(span: &SpanData, key: &str) -> String {
    attribute(span, key).map(|value| value.to_string()).unwrap_or_default()
}

#[test]
fn a_turn_holds_its_calls_of_the_model_and_of_tools() {
    let (spans, _) = exported(|| {
        let turn = invoke_agent_span("conversation-1");
        turn.in_scope(|| {
            record_chat(&chat_span(&CALL), &ChatOutcome::default());
            record_tool(&tool_span("estimate_status", "call-1"), "ok", None);
        });
        record_turn(&turn, &TurnOutcome { model: CALL.model, behaviour: "answer", fallback: None, error: None });
    });
    let names: Vec<&str> = spans.iter().map(|span| span.name.as_ref()).collect();
    assert_eq!(names, ["chat eu.anthropic.claude-sonnet-4-6", "execute_tool estimate_status", "invoke_agent agent-bill"]);
    let turn = &spans[2];
    assert!(spans.iter().all(|span| span.span_context.trace_id() == turn.span_context.trace_id()));
    assert!(spans[..2].iter().all(|span| span.parent_span_id == turn.span_context.span_id()));
    assert_eq!(turn.span_kind, SpanKind::Internal);
    assert_eq!(text(turn, "gen_ai.operation.name"), "invoke_agent");
    assert_eq!(text(turn, "gen_ai.agent.name"), "agent-bill");
    assert_eq!(text(turn, "gen_ai.conversation.id"), "conversation-1");
    assert_eq!(text(turn, "agent_bill.behaviour"), "answer");
    assert_eq!(attribute(turn, "agent_bill.fallback"), None);
}

#[test]
fn a_call_of_the_model_is_described_as_the_conventions_say() {
    let span = only(|| {
        let span = chat_span(&CALL);
        let usage = TokenUsage { input_tokens: 100, output_tokens: 20, cache_read_tokens: 1_000, cache_write_tokens: 300 };
        let outcome = ChatOutcome {
            usage,
            finish_reason: Some("tool_use"),
            first_chunk: Some(Duration::from_millis(250)),
            cost: Some(NanoUsd(2_500_000)),
            error: None,
        };
        record_chat(&span, &outcome);
    });
    assert_eq!(span.span_kind, SpanKind::Client);
    for (key, value) in [
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "aws.bedrock"),
        ("gen_ai.request.model", "eu.anthropic.claude-sonnet-4-6"),
        ("gen_ai.request.stream", "true"),
        ("gen_ai.request.max_tokens", "2000"),
        ("gen_ai.conversation.id", "conversation-1"),
        ("server.address", "bedrock-runtime.eu-central-1.amazonaws.com"),
        ("server.port", "443"),
        ("gen_ai.usage.input_tokens", "1400"),
        ("gen_ai.usage.output_tokens", "20"),
        ("gen_ai.usage.cache_read.input_tokens", "1000"),
        ("gen_ai.usage.cache_write.input_tokens", "300"),
        ("gen_ai.usage.cache_creation.input_tokens", "300"),
        ("gen_ai.response.finish_reasons", "[\"tool_use\"]"),
        ("gen_ai.response.time_to_first_chunk", "0.25"),
        ("agent_bill.model.cost", "0.0025"),
    ] {
        assert_eq!(text(&span, key), value, "{key}");
    }
    assert_eq!((attribute(&span, "error.type"), &span.status), (None, &Status::Unset));
    assert!(matches!(attribute(&span, "gen_ai.response.finish_reasons"), Some(Value::Array(_))));
}

#[test]
fn a_call_that_failed_names_its_error() {
    let span = only(|| record_chat(&chat_span(&CALL), &ChatOutcome { error: Some("throttled"), ..ChatOutcome::default() }));
    assert_eq!(text(&span, "error.type"), "throttled");
    assert_eq!(text(&span, "gen_ai.response.finish_reasons"), "[\"error\"]");
    assert_eq!(span.status, Status::error("throttled"));
}

#[test]
fn the_planner_is_a_model_inside_the_process() {
    let span = only(|| {
        let call = ChatCall { provider: Provider::Planner, model: "planner", max_tokens: None, conversation: "", server: None };
        drop(chat_span(&call));
    });
    assert_eq!((span.name.as_ref(), &span.span_kind), ("chat planner", &SpanKind::Internal));
    assert_eq!(text(&span, "gen_ai.provider.name"), "agent-bill");
    assert_eq!((attribute(&span, "gen_ai.conversation.id"), attribute(&span, "server.address")), (None, None));
}

#[test]
fn a_tool_that_failed_is_an_error_and_one_that_refused_is_not() {
    let (spans, _) = exported(|| {
        record_tool(&tool_span("estimate_status", "call-1"), "failed", Some("failed"));
        record_tool(&tool_span("estimate_status", "call-2"), "role_denied", None);
    });
    assert_eq!((text(&spans[0], "error.type").as_str(), &spans[0].status), ("failed", &Status::error("failed")));
    assert_eq!((attribute(&spans[1], "error.type"), &spans[1].status), (None, &Status::Unset));
    assert_eq!(text(&spans[1], "agent_bill.tool.outcome"), "role_denied");
    assert_eq!(
        (text(&spans[1], "gen_ai.tool.name").as_str(), text(&spans[1], "gen_ai.tool.type").as_str()),
        ("estimate_status", "function")
    );
    assert_eq!(text(&spans[1], "gen_ai.tool.call.id"), "call-2");
}

#[test]
fn an_arn_is_shortened_to_what_names_no_account() {
    for (model, label) in [
        ("eu.anthropic.claude-sonnet-4-6", "eu.anthropic.claude-sonnet-4-6"),
        ("amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"),
        ("arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/abc123def456", "abc123def456"),
        ("arn:aws:bedrock:eu-central-1:111122223333:inference-profile/eu.amazon.nova-pro-v1:0", "eu.amazon.nova-pro-v1:0"),
        ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "amazon.nova-pro-v1:0"),
        ("arn:aws:bedrock:us-east-1:111122223333:something", "unknown"),
    ] {
        assert_eq!(model_label(model), label, "{model}");
    }
}

#[test]
fn content_goes_nowhere_unless_it_is_switched_on() {
    let question = "am I within my estimate?";
    let (spans, log) = exported(|| {
        let (chat, tool) = (chat_span(&CALL), tool_span("estimate_status", "call-1"));
        record_content(&chat, question, question);
        record_tool_content(&tool, question, question);
        chat.in_scope(|| tracing::info!("inside"));
    });
    assert!(!captures_content());
    assert!(!format!("{spans:?}").contains(question) && !log.contains(question));
}

#[test]
fn content_that_is_switched_on_goes_to_the_collector_and_not_into_a_log() {
    let (spans, log) = exported(|| {
        let span = chat_span(&CALL);
        content::record(true, &span, [(key::INPUT_MESSAGES, "the question"), (key::OUTPUT_MESSAGES, "the answer")]);
        span.in_scope(|| tracing::info!("inside"));
    });
    assert_eq!(text(&spans[0], "gen_ai.input.messages"), "the question");
    assert_eq!(text(&spans[0], "gen_ai.output.messages"), "the answer");
    assert!(log.contains("inside") && !log.contains("the question") && !log.contains("the answer"), "{log}");
}
