//! One call of the model: admitted by its limits before, measured and settled after.

use std::time::Instant;

use agent_bill_tools::ToolSpec;
use tracing::Instrument;

use super::answer::ToolTrace;
use super::driver::{Driver, Ended, Gathered};
use super::instrumentation;
use super::run::{Run, Step};
use super::stream_gate::StreamGate;
use agent_bill_model::{ChatModel, Message, ModelFailure, ModelReply, ModelRequest, ModelUsage, Speaker, ToolChoice, prompt};

impl Driver<'_> {
    /// One call of the model, admitted before and settled after, and what follows from it.
    pub(super) async fn call(
        &self,
        model: &dyn ChatModel,
        run: &mut Run,
        choice: ToolChoice,
        nudge: Option<&str>,
        gathered: &mut Gathered<'_>,
    ) -> Result<Step, Ended> {
        match self.converse(model, choice, nudge, gathered).await? {
            Ok(reply) => {
                let next = run.on_reply(&reply, gathered.attempt_started.elapsed());
                if matches!(next, Step::RunTools(_)) {
                    // Text beside calls was an aside.
                    gathered.stream.take_back().await;
                    gathered.messages.push(Message { speaker: Speaker::Assistant, blocks: reply.blocks });
                }
                Ok(next)
            }
            Err(failure) => Ok(run.on_failure(&failure, gathered.attempt_started.elapsed())),
        }
    }

    async fn converse(
        &self,
        model: &dyn ChatModel,
        tool_choice: ToolChoice,
        nudge: Option<&str>,
        gathered: &mut Gathered<'_>,
    ) -> Result<Result<ModelReply, ModelFailure>, Ended> {
        let specs: Vec<&ToolSpec> = self.tools.iter().map(|tool| tool.spec()).collect();
        let nudge = nudge.or((tool_choice == ToolChoice::None).then_some(prompt::MUST_ANSWER));
        let deadline = gathered.started + self.turn_time;
        let conversation = self.caller.conversation;
        let drops_held = gathered.is_corrected;
        let looked_up = gathered.traces.iter().any(ToolTrace::looked_up);
        let Gathered { messages, sheet, known, stream, usage, .. } = gathered;
        let request = ModelRequest { briefing: self.briefing, messages, tools: &specs, tool_choice, nudge, conversation, deadline };
        // What rests on no lookup is shown when the whole of it was judged.
        let against = (model.writes_freely() && looked_up).then_some((&*sheet, &*known));
        let mut gate = StreamGate::new(stream, against, drops_held);
        let Some(tariff) = model.tariff() else {
            let span = instrumentation::chat_span(model, None, self.caller);
            return Ok(model.converse(&request, &mut gate).instrument(span).await);
        };
        let worst = model.worst_case(&request);
        let admitted =
            self.governor.admit(self.caller, model.name(), worst, usage).await.map_err(Ended::Broken)?.map_err(Ended::Limited)?;
        let span = instrumentation::chat_span(model, Some(tariff), self.caller);
        let asked = Instant::now();
        let replied = tokio::select! {
            replied = model.converse(&request, &mut gate).instrument(span.clone()) => Some(replied),
            () = self.cancel.cancelled() => None,
        };
        let times = (asked.elapsed(), gate.first_at.map(|first| first.duration_since(asked)));
        let (consumed, outcome) = match &replied {
            Some(Ok(reply)) => (reply.usage, reply.stop.key()),
            Some(Err(failure)) => (failure.usage, failure.error.code()),
            // The provider counts what it wrote until the connection closed, and does not tell.
            None => (cancelled_usage(worst.tokens.saturating_sub(tariff.most_output_tokens), gate.output_bytes), "cancelled"),
        };
        usage.add(&consumed, tariff);
        instrumentation::chat(&span, model, tariff, replied.as_ref(), &consumed, times);
        instrumentation::content(
            &span,
            messages,
            replied.as_ref().and_then(|replied| replied.as_ref().ok()).map_or(&[], |reply| reply.blocks.as_slice()),
        );
        self.governor.settle(&admitted, &consumed, tariff, matches!(replied, Some(Ok(_))), outcome).await;
        replied.ok_or(Ended::Cancelled)
    }
}

fn cancelled_usage(input_tokens: i64, output_bytes: usize) -> ModelUsage {
    // Three characters a token: an estimate that errs, errs upward.
    let output_tokens = i64::try_from(output_bytes.div_ceil(3)).unwrap_or(i64::MAX);
    ModelUsage { input_tokens, output_tokens, estimated: true, ..ModelUsage::default() }
}
