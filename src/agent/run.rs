//! One turn as a pure state machine. It never awaits and never reads a clock: the driver feeds it replies, results and elapsed time, and
//! does what it says. Limits on rounds, calls and time are decided here, so every branch is a table test.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::Value;

use crate::model::{Block, ModelReply};

use super::answer::Behaviour;

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
    CallModel {
        /// A limit is reached: answer from what is known.
        must_answer: bool,
    },
    RunTools(Vec<ToolCall>),
    Done {
        text: String,
        behaviour: Option<Behaviour>,
        /// The answer was cut short by a limit.
        incomplete: bool,
    },
    /// The model produced nothing that can be shown.
    Empty,
}

#[derive(Debug)]
pub struct Run {
    limits: Limits,
    rounds: u32,
    calls: usize,
    asked: HashSet<String>,
    must_answer: bool,
}

impl Run {
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, rounds: 0, calls: 0, asked: HashSet::new(), must_answer: false }
    }

    #[must_use]
    pub fn begin(&self) -> Step {
        Step::CallModel { must_answer: false }
    }

    pub fn on_reply(&mut self, reply: &ModelReply, elapsed: Duration) -> Step {
        self.rounds += 1;
        let wanted: Vec<ToolCall> = reply
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::ToolUse { id, name, input } => {
                    Some(ToolCall { id: id.clone(), name: name.clone(), input: input.clone(), refused: None })
                }
                _ => None,
            })
            .collect();
        if wanted.is_empty() || self.must_answer {
            return self.finish(reply);
        }
        let over_time = elapsed >= self.limits.time;
        let calls = wanted.into_iter().enumerate().map(|(index, call)| self.admit(index, call, over_time)).collect();
        Step::RunTools(calls)
    }

    pub fn on_results(&mut self, elapsed: Duration) -> Step {
        let spent = self.rounds >= self.limits.rounds || self.calls >= self.limits.calls_per_turn || elapsed >= self.limits.time;
        self.must_answer = spent;
        Step::CallModel { must_answer: spent }
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

    fn finish(&self, reply: &ModelReply) -> Step {
        let texts: Vec<&str> = reply.blocks.iter().filter_map(Block::text).map(str::trim).filter(|text| !text.is_empty()).collect();
        if texts.is_empty() {
            return Step::Empty;
        }
        Step::Done { text: texts.join("\n\n"), behaviour: reply.behaviour, incomplete: self.must_answer }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{ModelUsage, StopReason};

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
        assert_eq!(step, Step::Done { text: "hello".into(), behaviour: None, incomplete: false });
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
        assert_eq!(run.on_results(NO_TIME), Step::CallModel { must_answer: true });
        let step = run.on_reply(&reply(vec![text("so far"), tool("2", "drift", json!({}))]), NO_TIME);
        assert_eq!(step, Step::Done { text: "so far".into(), behaviour: None, incomplete: true });
    }

    #[test]
    fn out_of_time_no_tool_is_started() {
        let mut run = Run::new(Limits::default());
        let Step::RunTools(calls) = run.on_reply(&reply(vec![tool("1", "spend", json!({}))]), Duration::from_secs(60)) else { panic!() };
        assert!(calls[0].refused.is_some());
        assert_eq!(run.on_results(Duration::from_secs(60)), Step::CallModel { must_answer: true });
    }

    #[test]
    fn a_reply_without_any_text_is_empty_rather_than_a_blank_answer() {
        assert_eq!(Run::new(Limits::default()).on_reply(&reply(vec![text("  ")]), NO_TIME), Step::Empty);
    }
}
