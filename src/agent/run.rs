//! One attempt at a turn as a pure state machine. It never awaits and never reads a clock: the driver feeds it replies, results and elapsed time,
//! and does what it says. Limits on rounds, calls and time, second chances and giving up are decided here, so every branch is a table test.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;

use agent_bill_model::{Block, ModelError, ModelFailure, ModelReply, StopReason, ToolChoice};

use agent_bill_model::Behaviour;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Calls of the model that may still ask for tools; one more is granted to answer.
    pub rounds: u32,
    pub calls_per_round: usize,
    pub calls_per_turn: usize,
    /// After this long no further tools are started.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rounds: 8, calls_per_round: 8, calls_per_turn: 20, time: Duration::from_secs(45) }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    pub id: String,
    pub name: String,
    pub input: Value,
    /// Not run; the model is told this instead.
    pub refused: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    CallModel(ToolChoice),
    /// The reply could not be read: the same request once more, and say so.
    AskAgain(ToolChoice),
    /// The history is too long for the model: shorten it, then call once more.
    Shorten(ToolChoice),
    RunTools(Vec<ToolCall>),
    /// A candidate: it is shown only if every figure and name in it stands on something.
    Check {
        text: String,
        behaviour: Option<Behaviour>,
        /// The answer was cut short by a limit.
        incomplete: bool,
    },
    /// Tell the model what was wrong with its answer and let it mend it, once.
    Correct(ToolChoice),
    /// The answer stays unsupported: it is not shown.
    Withhold,
    /// A guardrail or the provider's filter stopped the message or the answer; that is told plainly.
    Stopped(StopReason),
    /// The model produced nothing that can be shown.
    Empty,
    GiveUp(ModelError),
}

#[derive(Debug)]
pub struct Run {
    limits: Limits,
    rounds: u32,
    calls: usize,
    asked: HashSet<String>,
    must_answer: bool,
    asked_again: bool,
    tried_twice: bool,
    shortened: bool,
    may_mend: bool,
    corrected: bool,
}

impl Run {
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self::of(limits, true)
    }

    /// Of a model that would say the same again, nothing is corrected.
    #[must_use]
    pub fn of(limits: Limits, mends_answers: bool) -> Self {
        Self {
            limits,
            rounds: 0,
            calls: 0,
            asked: HashSet::new(),
            must_answer: false,
            asked_again: false,
            tried_twice: false,
            shortened: false,
            may_mend: mends_answers,
            corrected: false,
        }
    }

    #[must_use]
    pub fn begin(&self) -> Step {
        Step::CallModel(ToolChoice::Auto)
    }

    pub fn on_reply(&mut self, reply: &ModelReply, elapsed: Duration) -> Step {
        self.rounds += 1;
        match reply.stop {
            StopReason::GuardrailIntervened | StopReason::ContentFiltered => return Step::Stopped(reply.stop),
            StopReason::Malformed => return self.ask_again(),
            StopReason::ContextExceeded => return self.shorten(),
            StopReason::EndTurn | StopReason::ToolUse | StopReason::MaxTokens => {}
        }
        let wanted: Vec<ToolCall> = reply.blocks.iter().filter_map(wanted).collect();
        if wanted.is_empty() || self.must_answer {
            return self.finish(reply);
        }
        let over_time = elapsed >= self.limits.time;
        Step::RunTools(wanted.into_iter().enumerate().map(|(index, call)| self.admit(index, call, over_time)).collect())
    }

    /// A conversation longer than the model reads is shortened; a call that may succeed the next time is made once more, before any tool ran; other
    /// failures end the attempt.
    pub fn on_failure(&mut self, failure: &ModelFailure, elapsed: Duration) -> Step {
        if failure.error == ModelError::ContextExceeded {
            return self.shorten();
        }
        let safe = failure.may_repeat && self.calls == 0 && elapsed < self.limits.time;
        if safe && !std::mem::replace(&mut self.tried_twice, true) { Step::CallModel(self.choice()) } else { Step::GiveUp(failure.error) }
    }

    pub fn on_results(&mut self, elapsed: Duration) -> Step {
        let spent = self.rounds >= self.limits.rounds || self.calls >= self.limits.calls_per_turn || elapsed >= self.limits.time;
        self.must_answer = spent;
        Step::CallModel(self.choice())
    }

    /// The candidate holds figures or names that stand on nothing.
    pub fn on_unsupported(&mut self, elapsed: Duration) -> Step {
        if !self.may_mend || self.corrected || elapsed >= self.limits.time {
            return Step::Withhold;
        }
        self.corrected = true;
        // A model that looked nothing up has to, where it can be told so.
        let never_looked = self.calls == 0 && !self.must_answer;
        Step::Correct(if never_looked { ToolChoice::Required } else { self.choice() })
    }

    /// Whether an answer of this attempt was sent back to be mended.
    #[must_use]
    pub fn is_corrected(&self) -> bool {
        self.corrected
    }

    fn choice(&self) -> ToolChoice {
        if self.must_answer { ToolChoice::None } else { ToolChoice::Auto }
    }

    fn ask_again(&mut self) -> Step {
        if std::mem::replace(&mut self.asked_again, true) { Step::GiveUp(ModelError::Malformed) } else { Step::AskAgain(self.choice()) }
    }

    fn shorten(&mut self) -> Step {
        if std::mem::replace(&mut self.shortened, true) { Step::GiveUp(ModelError::ContextExceeded) } else { Step::Shorten(self.choice()) }
    }

    fn admit(&mut self, index: usize, mut call: ToolCall, over_time: bool) -> ToolCall {
        let repeated = !self.asked.insert(format!("{} {}", call.name, call.input));
        call.refused = if over_time {
            Some("out of time: answer from what is known")
        } else if repeated {
            Some("this exact call was already made in this turn; use its result")
        } else if index >= self.limits.calls_per_round || self.calls >= self.limits.calls_per_turn {
            Some("too many calls: answer from what is known")
        } else {
            self.calls += 1;
            None
        };
        call
    }

    fn finish(&mut self, reply: &ModelReply) -> Step {
        let texts: Vec<&str> = reply.blocks.iter().filter_map(Block::text).map(str::trim).filter(|text| !text.is_empty()).collect();
        match (texts.is_empty(), reply.stop) {
            (true, StopReason::MaxTokens) => self.ask_again(),
            (true, _) => Step::Empty,
            (false, stop) => {
                let incomplete = self.must_answer || stop == StopReason::MaxTokens;
                Step::Check { text: texts.join("\n\n"), behaviour: reply.behaviour, incomplete }
            }
        }
    }
}

fn wanted(block: &Block) -> Option<ToolCall> {
    match block {
        Block::ToolUse { id, name, input } => Some(ToolCall { id: id.clone(), name: name.clone(), input: input.clone(), refused: None }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use agent_bill_model::ModelUsage;

    fn reply(blocks: Vec<Block>) -> ModelReply {
        ModelReply { blocks, stop: StopReason::EndTurn, behaviour: None, usage: ModelUsage::default() }
    }

    fn tool(id: &str, name: &str, input: Value) -> Block {
        Block::ToolUse { id: id.into(), name: name.into(), input }
    }

    fn text(text: &str) -> Block {
        Block::Text { text: text.into() }
    }

    const NO_TIME: Duration = Duration::ZERO;

    #[test]
    fn text_without_tools_ends_the_turn() {
        let step = Run::new(Limits::default()).on_reply(&reply(vec![text(" hello ")]), NO_TIME);
        assert_eq!(step, Step::Check { text: "hello".into(), behaviour: None, incomplete: false });
    }

    #[test]
    fn text_beside_tools_is_an_aside_and_the_tools_run() {
        let step = Run::new(Limits::default()).on_reply(&reply(vec![text("looking"), tool("1", "spend", json!({}))]), NO_TIME);
        assert!(matches!(step, Step::RunTools(calls) if calls.len() == 1 && calls[0].refused.is_none()));
    }

    #[test]
    fn the_same_call_twice_in_a_turn_is_refused_the_second_time() {
        let mut run = Run::new(Limits::default());
        run.on_reply(&reply(vec![tool("1", "spend", json!({"period": "ytd"}))]), NO_TIME);
        let step = run.on_reply(&reply(vec![tool("2", "spend", json!({"period": "ytd"})), tool("3", "spend", json!({}))]), NO_TIME);
        let Step::RunTools(calls) = step else { panic!("{step:?}") };
        assert!(calls[0].refused.is_some() && calls[1].refused.is_none());
    }

    #[test]
    fn surplus_calls_of_a_round_are_refused_but_still_answered() {
        let many = (0..12).map(|n| tool(&n.to_string(), "spend", json!({ "limit": n }))).collect();
        let Step::RunTools(calls) = Run::new(Limits::default()).on_reply(&reply(many), NO_TIME) else { panic!() };
        assert_eq!(calls.len(), 12);
        assert_eq!(calls.iter().filter(|call| call.refused.is_none()).count(), 8);
    }

    #[test]
    fn at_the_round_limit_the_model_must_answer_and_further_calls_are_ignored() {
        let mut run = Run::new(Limits { rounds: 1, ..Limits::default() });
        run.on_reply(&reply(vec![tool("1", "spend", json!({}))]), NO_TIME);
        assert_eq!(run.on_results(NO_TIME), Step::CallModel(ToolChoice::None));
        let step = run.on_reply(&reply(vec![text("so far"), tool("2", "drift", json!({}))]), NO_TIME);
        assert_eq!(step, Step::Check { text: "so far".into(), behaviour: None, incomplete: true });
    }

    #[test]
    fn out_of_time_no_tool_is_started() {
        let mut run = Run::new(Limits::default());
        let Step::RunTools(calls) = run.on_reply(&reply(vec![tool("1", "spend", json!({}))]), Duration::from_secs(60)) else { panic!() };
        assert!(calls[0].refused.is_some());
        assert_eq!(run.on_results(Duration::from_secs(60)), Step::CallModel(ToolChoice::None));
    }

    #[test]
    fn a_reply_without_any_text_is_empty_rather_than_a_blank_answer() {
        assert_eq!(Run::new(Limits::default()).on_reply(&reply(vec![text("  ")]), NO_TIME), Step::Empty);
    }

    fn stopped(stop: StopReason, blocks: Vec<Block>) -> ModelReply {
        ModelReply { stop, ..reply(blocks) }
    }

    #[test]
    fn every_stop_reason_has_its_step() {
        let words = || vec![text("so far")];
        let first = |stop, blocks| Run::new(Limits::default()).on_reply(&stopped(stop, blocks), NO_TIME);
        let answer = |incomplete| Step::Check { text: "so far".into(), behaviour: None, incomplete };
        assert_eq!(first(StopReason::EndTurn, words()), answer(false));
        assert_eq!(first(StopReason::MaxTokens, words()), answer(true));
        assert_eq!(first(StopReason::MaxTokens, Vec::new()), Step::AskAgain(ToolChoice::Auto));
        assert!(matches!(first(StopReason::MaxTokens, vec![tool("1", "spend", json!({}))]), Step::RunTools(_)));
        assert!(matches!(first(StopReason::EndTurn, vec![tool("1", "spend", json!({}))]), Step::RunTools(_)));
        assert_eq!(first(StopReason::Malformed, words()), Step::AskAgain(ToolChoice::Auto));
        assert_eq!(first(StopReason::ContextExceeded, words()), Step::Shorten(ToolChoice::Auto));
        for stop in [StopReason::GuardrailIntervened, StopReason::ContentFiltered] {
            assert_eq!(first(stop, vec![tool("1", "spend", json!({}))]), Step::Stopped(stop));
        }
    }

    #[test]
    fn what_failed_once_is_given_up_the_second_time() {
        let mut run = Run::new(Limits::default());
        run.on_reply(&stopped(StopReason::Malformed, Vec::new()), NO_TIME);
        assert_eq!(run.on_reply(&stopped(StopReason::Malformed, Vec::new()), NO_TIME), Step::GiveUp(ModelError::Malformed));
        let mut run = Run::new(Limits::default());
        assert_eq!(run.on_failure(&ModelError::ContextExceeded.into(), NO_TIME), Step::Shorten(ToolChoice::Auto));
        assert_eq!(run.on_failure(&ModelError::ContextExceeded.into(), NO_TIME), Step::GiveUp(ModelError::ContextExceeded));
        assert_eq!(run.on_failure(&ModelError::Throttled.into(), NO_TIME), Step::GiveUp(ModelError::Throttled));
    }

    #[test]
    fn a_call_is_made_once_more_only_where_that_may_help_and_before_any_tool_ran() {
        let broken = ModelFailure { may_repeat: true, ..ModelError::BrokenOff.into() };
        let mut run = Run::new(Limits::default());
        assert_eq!(run.on_failure(&broken, NO_TIME), Step::CallModel(ToolChoice::Auto));
        assert_eq!(run.on_failure(&broken, NO_TIME), Step::GiveUp(ModelError::BrokenOff));
        assert_eq!(Run::new(Limits::default()).on_failure(&broken, Duration::from_secs(60)), Step::GiveUp(ModelError::BrokenOff));
        let mut run = Run::new(Limits::default());
        run.on_reply(&reply(vec![tool("1", "spend", json!({}))]), NO_TIME);
        assert_eq!(run.on_failure(&broken, NO_TIME), Step::GiveUp(ModelError::BrokenOff));
    }

    #[test]
    fn an_unsupported_answer_is_corrected_once_and_then_withheld() {
        let mut run = Run::new(Limits::default());
        run.on_reply(&reply(vec![tool("1", "spend", json!({}))]), NO_TIME);
        assert_eq!(run.on_unsupported(NO_TIME), Step::Correct(ToolChoice::Auto));
        assert_eq!(run.on_unsupported(NO_TIME), Step::Withhold);
        assert_eq!(Run::new(Limits::default()).on_unsupported(NO_TIME), Step::Correct(ToolChoice::Required));
        assert_eq!(Run::new(Limits::default()).on_unsupported(Duration::from_secs(60)), Step::Withhold);
    }
}
