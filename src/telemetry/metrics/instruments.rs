//! The instruments, made once.

use opentelemetry::metrics::{Counter, Histogram, Meter, UpDownCounter};

/// Boundaries are those the conventions name.
const TOKENS: [f64; 14] =
    [1.0, 4.0, 16.0, 64.0, 256.0, 1_024.0, 4_096.0, 16_384.0, 65_536.0, 262_144.0, 1_048_576.0, 4_194_304.0, 16_777_216.0, 67_108_864.0];
const MODEL_SECONDS: [f64; 14] = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TURN_SECONDS: [f64; 13] = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6];
/// The last two are ours: a language model may take longer than the ten seconds the conventions end with.
const HTTP_SECONDS: [f64; 16] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 30.0, 60.0];

pub(super) struct Instruments {
    pub token_usage: Histogram<u64>,
    pub operation_duration: Histogram<f64>,
    pub operation_first_chunk: Histogram<f64>,
    pub inference_duration: Histogram<f64>,
    pub inference_first_chunk: Histogram<f64>,
    pub input_tokens: Counter<u64>,
    pub output_tokens: Counter<u64>,
    pub cache_read_tokens: Counter<u64>,
    pub cache_write_tokens: Counter<u64>,
    pub cost: Counter<f64>,
    pub quota_tokens: Counter<u64>,
    pub invoke_agent_duration: Histogram<f64>,
    pub turns: Counter<u64>,
    pub turn_duration: Histogram<f64>,
    pub fallbacks: Counter<u64>,
    pub answer_checks: Counter<u64>,
    pub tool_calls: Counter<u64>,
    pub tool_duration: Histogram<f64>,
    pub limit_refusals: Counter<u64>,
    pub http_duration: Histogram<f64>,
    pub http_active: UpDownCounter<i64>,
    pub http_streams: UpDownCounter<i64>,
}

impl Instruments {
    pub fn new(meter: &Meter) -> Self {
        let seconds = |name: &'static str, boundaries: &[f64], what: &'static str| {
            meter.f64_histogram(name).with_unit("s").with_boundaries(boundaries.to_vec()).with_description(what).build()
        };
        let count = |name: &'static str, unit: &'static str, what: &'static str| {
            meter.u64_counter(name).with_unit(unit).with_description(what).build()
        };
        let level = |name: &'static str, unit: &'static str, what: &'static str| {
            meter.i64_up_down_counter(name).with_unit(unit).with_description(what).build()
        };
        let token_usage = meter.u64_histogram("gen_ai.client.token.usage").with_unit("{token}").with_boundaries(TOKENS.to_vec());
        Self {
            // By the conventions up to 1.41, which most dashboards read.
            token_usage: token_usage.with_description("Number of input and output tokens used.").build(),
            operation_duration: seconds("gen_ai.client.operation.duration", &MODEL_SECONDS, "GenAI operation duration."),
            operation_first_chunk: seconds("gen_ai.client.operation.time_to_first_chunk", &MODEL_SECONDS, "Time to the first chunk."),
            // The same by the conventions since.
            inference_duration: seconds("gen_ai.client.inference.duration", &MODEL_SECONDS, "Duration of a call of the model."),
            inference_first_chunk: seconds("gen_ai.client.inference.time_to_first_chunk", &MODEL_SECONDS, "Time to the first chunk."),
            input_tokens: count("gen_ai.client.inference.usage.input_tokens", "{token}", "Input tokens, cached ones included."),
            output_tokens: count("gen_ai.client.inference.usage.output_tokens", "{token}", "Output tokens."),
            cache_read_tokens: count(
                "gen_ai.client.inference.usage.cache_read.input_tokens",
                "{token}",
                "Input tokens read from the prompt cache.",
            ),
            cache_write_tokens: count(
                "gen_ai.client.inference.usage.cache_write.input_tokens",
                "{token}",
                "Input tokens written to the prompt cache.",
            ),
            invoke_agent_duration: seconds("gen_ai.invoke_agent.duration", &TURN_SECONDS, "Duration of one invocation of the agent."),
            tool_duration: seconds("gen_ai.execute_tool.duration", &MODEL_SECONDS, "Duration of one execution of a tool."),
            cost: meter
                .f64_counter("agent_bill.model.cost_usd")
                .with_unit("{USD}")
                .with_description("What calls of the model cost Agent Bill itself, at list price in US dollars.")
                .build(),
            quota_tokens: count("agent_bill.model.quota_tokens", "{token}", "Tokens counted against the quota of the model."),
            turns: count("agent_bill.turns", "{turn}", "Answered questions."),
            turn_duration: seconds("agent_bill.turn.duration", &TURN_SECONDS, "From the question to the answer."),
            fallbacks: count("agent_bill.fallbacks", "{turn}", "Turns that the planner answered for the configured model."),
            answer_checks: count("agent_bill.answer_checks", "{answer}", "Answers whose figures were checked."),
            tool_calls: count("agent_bill.tool.calls", "{call}", "Calls of tools."),
            limit_refusals: count("agent_bill.limit.refusals", "{refusal}", "What a limit refused."),
            http_duration: seconds("http.server.request.duration", &HTTP_SECONDS, "Duration of HTTP server requests."),
            http_active: level("http.server.active_requests", "{request}", "Number of active HTTP server requests."),
            http_streams: level("agent_bill.http.streams", "{stream}", "Answers that are being streamed."),
        }
    }
}
