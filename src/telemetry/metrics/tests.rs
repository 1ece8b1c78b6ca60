use std::collections::BTreeSet;

use prometheus::{Registry, TextEncoder};

use super::*;

/// What a scrape shows after some work.
fn scraped(work: impl FnOnce(&Instruments)) -> String {
    let registry = Registry::new();
    let reader = exposition::reader_of(registry.clone()).unwrap();
    let provider = SdkMeterProvider::builder().with_resource(resource()).with_reader(reader).build();
    work(&Instruments::new(&provider.meter(SERVICE)));
    TextEncoder::new().encode_to_string(&registry.gather()).unwrap()
}

fn assert_lines(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.lines().any(|found| found == *line), "{line}\nis not in\n{text}");
    }
}

const CHAT: ChatMeasured<'_> = ChatMeasured {
    provider: Provider::Bedrock,
    model: "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/abc123def456",
    duration: Duration::from_millis(1_500),
    first_chunk: Some(Duration::from_millis(300)),
    usage: TokenUsage { input_tokens: 100, output_tokens: 20, cache_read_tokens: 1_000, cache_write_tokens: 300 },
    quota_tokens: 500,
    cost: Some(NanoUsd(2_500_000)),
    error: None,
};

#[test]
fn a_call_of_the_model_is_counted_by_the_conventions_of_before_and_after_their_move() {
    let text = scraped(|instruments| {
        instruments.chat(&CHAT);
        instruments.chat(&ChatMeasured {
            error: Some("throttled"),
            usage: TokenUsage::default(),
            quota_tokens: 0,
            cost: None,
            first_chunk: None,
            ..CHAT
        });
    });
    let base = r#"gen_ai_operation_name="chat",gen_ai_provider_name="aws.bedrock",gen_ai_request_model="abc123def456""#;
    assert_lines(
        &text,
        &[
            &format!("gen_ai_client_token_usage_sum{{{base},gen_ai_token_type=\"input\"}} 1400"),
            &format!("gen_ai_client_token_usage_sum{{{base},gen_ai_token_type=\"output\"}} 20"),
            &format!("gen_ai_client_operation_duration_seconds_sum{{{base}}} 1.5"),
            &format!("gen_ai_client_operation_duration_seconds_count{{error_type=\"throttled\",{base}}} 1"),
            &format!("gen_ai_client_operation_time_to_first_chunk_seconds_sum{{{base}}} 0.3"),
            &format!("gen_ai_client_inference_duration_seconds_sum{{{base}}} 1.5"),
            &format!("gen_ai_client_inference_time_to_first_chunk_seconds_count{{{base}}} 1"),
            &format!("gen_ai_client_inference_usage_input_tokens_total{{{base},gen_ai_token_modality=\"text\"}} 1400"),
            &format!("gen_ai_client_inference_usage_output_tokens_total{{{base},gen_ai_token_modality=\"text\"}} 20"),
            &format!("gen_ai_client_inference_usage_cache_read_input_tokens_total{{{base},gen_ai_token_modality=\"text\"}} 1000"),
            &format!("gen_ai_client_inference_usage_cache_write_input_tokens_total{{{base},gen_ai_token_modality=\"text\"}} 300"),
            "agent_bill_model_cost_usd_total{model=\"abc123def456\"} 0.0025",
            "agent_bill_model_quota_tokens_total{model=\"abc123def456\"} 500",
        ],
    );
    assert!(!text.contains("111122223333"), "no account");
}

#[test]
fn the_planner_has_a_duration_and_no_tokens() {
    let text = scraped(|instruments| instruments.chat(&ChatMeasured { provider: Provider::Planner, model: "planner", ..CHAT }));
    assert!(text.contains(r#"gen_ai_provider_name="agent-bill",gen_ai_request_model="planner""#), "{text}");
    assert!(!text.contains("token") && !text.contains("cost"), "{text}");
}

#[test]
fn a_turn_is_counted_with_its_kind_of_answer_and_its_fallback() {
    let turn = TurnMeasured { model: "planner", behaviour: "answer", fallback: None, duration: Duration::from_millis(700), error: None };
    let text = scraped(|instruments| {
        instruments.turn(&turn);
        instruments.turn(&TurnMeasured { fallback: Some("person_day_limit"), ..turn });
        instruments.turn(&TurnMeasured { behaviour: CANCELLED, error: Some(CANCELLED), ..turn });
    });
    assert_lines(
        &text,
        &[
            r#"agent_bill_turns_total{behaviour="answer",fallback="none",model="planner"} 1"#,
            r#"agent_bill_turns_total{behaviour="answer",fallback="person_day_limit",model="planner"} 1"#,
            r#"agent_bill_turn_duration_seconds_sum{behaviour="answer",fallback="none",model="planner"} 0.7"#,
            r#"agent_bill_fallbacks_total{reason="person_day_limit"} 1"#,
            r#"gen_ai_invoke_agent_duration_seconds_count{gen_ai_agent_name="agent-bill"} 2"#,
            r#"gen_ai_invoke_agent_duration_seconds_count{error_type="cancelled",gen_ai_agent_name="agent-bill"} 1"#,
        ],
    );
}

#[test]
fn checks_tools_and_limits_are_counted() {
    let tool = ToolMeasured { name: "estimate_status", outcome: "ok", duration: Duration::from_millis(50), error: None };
    let text = scraped(|instruments| {
        for result in [AnswerCheck::Passed, AnswerCheck::Passed, AnswerCheck::Corrected, AnswerCheck::Withheld] {
            instruments.answer_check(result);
        }
        instruments.tool(&tool);
        instruments.tool(&ToolMeasured { outcome: "failed", error: Some("failed"), ..tool });
        instruments.limit_refusals.add(1, &[KeyValue::new("limit", "month_usd")]);
    });
    assert_lines(
        &text,
        &[
            r#"agent_bill_answer_checks_total{result="passed"} 2"#,
            r#"agent_bill_answer_checks_total{result="corrected"} 1"#,
            r#"agent_bill_answer_checks_total{result="withheld"} 1"#,
            r#"agent_bill_tool_calls_total{outcome="ok",tool="estimate_status"} 1"#,
            r#"agent_bill_tool_calls_total{outcome="failed",tool="estimate_status"} 1"#,
            r#"gen_ai_execute_tool_duration_seconds_sum{gen_ai_tool_name="estimate_status",gen_ai_tool_type="function"} 0.05"#,
            r#"agent_bill_limit_refusals_total{limit="month_usd"} 1"#,
        ],
    );
}

#[test]
fn exchanges_are_counted_by_route_and_status_also_when_nobody_waits_for_the_answer() {
    let text = scraped(|instruments| {
        instruments.active_exchanges(1, "GET");
        instruments.active_exchanges(1, "GET");
        instruments.active_exchanges(-1, "GET");
        instruments.exchange("GET", "/v1/me", Some(200), Duration::from_millis(3));
        instruments.exchange("GET", "/v1/me", Some(503), Duration::from_millis(3));
        instruments.exchange("GET", "/v1/me", None, Duration::from_millis(3));
    });
    let base = r#"http_route="/v1/me",url_scheme="http""#;
    assert_lines(
        &text,
        &[
            r#"http_server_active_requests{http_request_method="GET",url_scheme="http"} 1"#,
            &format!(
                "http_server_request_duration_seconds_count{{http_request_method=\"GET\",http_response_status_code=\"200\",{base}}} 1"
            ),
            &format!(
                "http_server_request_duration_seconds_count{{error_type=\"503\",http_request_method=\"GET\",http_response_status_code=\"503\",{base}}} 1"
            ),
            &format!("http_server_request_duration_seconds_count{{error_type=\"cancelled\",http_request_method=\"GET\",{base}}} 1"),
        ],
    );
}

#[test]
fn every_metric_says_what_it_is_and_has_its_type() {
    let text = scraped(|instruments| {
        instruments.chat(&CHAT);
        instruments.answer_check(AnswerCheck::Passed);
        instruments.http_streams.add(1, &[]);
    });
    let named = |prefix: &str| -> BTreeSet<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(prefix));
        lines.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
    };
    let (helped, typed) = (named("# HELP "), named("# TYPE "));
    assert_eq!(helped, typed);
    assert!(text.lines().filter(|line| line.starts_with("# HELP ")).all(|line| line.split(' ').count() > 3), "{text}");
}

#[test]
fn nothing_is_counted_where_nothing_was_started() {
    assert!(provider(None, false).unwrap().is_none());
    chat(&CHAT);
    limit_refused("month_usd");
    drop(open_stream());
    exchange_began("GET");
    exchange_ended("GET", "/v1/me", Some(200), Duration::ZERO);
}
