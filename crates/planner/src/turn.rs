//! One call of the planner: where the turn stands, which results are in, and what to say or call next.

use agent_bill_tools::whoami::WhoamiResult;
use serde_json::Value;

use agent_bill_model::Behaviour;
use agent_bill_model::{Block, Message, ModelReply, ModelRequest, ModelUsage, Speaker, StopReason, ToolChoice};

use super::compose::{self, Taken};
use super::frame::{Frame, Topic};
use super::parse::Known;
use super::plan::{Call, Context, Plan, plan};
use super::understand::understand;
use super::wording::{self, Say};

/// Rounds of tool calls in one turn; names need at most one to be looked up and one to be used.
const MOST_ROUNDS: usize = 3;
const MOST_CALLS: usize = 8;

pub fn reply(request: &ModelRequest<'_>) -> ModelReply {
    let turn = Turn::read(request.messages);
    let known = Known::of(request.briefing);
    let mut understood = understand(&turn.earlier, &turn.question, &known);
    understood.frames.iter_mut().for_each(|frame| stand_in(frame, &known));
    let whoami: Option<WhoamiResult> =
        turn.taken.iter().find(|taken| taken.call.name == "whoami").and_then(|taken| serde_json::from_value(taken.result.clone()).ok());
    let context = Context { briefing: request.briefing, today: known.today, whoami: whoami.as_ref() };
    let planned: Vec<(&Frame, Plan)> = understood.frames.iter().map(|frame| (frame, each_model(plan(frame, &context), &turn))).collect();
    let offered = |call: &Call| request.tools.iter().any(|spec| spec.name == call.name);
    let mut missing: Vec<Call> = Vec::new();
    for call in planned.iter().flat_map(|(_, plan)| calls(plan)) {
        if offered(call) && turn.result(call).is_none() && !missing.contains(call) {
            missing.push(call.clone());
        }
    }
    if !missing.is_empty() && request.tool_choice != ToolChoice::None && turn.rounds < MOST_ROUNDS {
        missing.truncate(MOST_CALLS);
        return asking(missing, turn.rounds);
    }
    let mut said: Vec<Say> = planned.iter().map(|(frame, plan)| say(frame, plan, &turn, request)).collect();
    if said.is_empty() {
        said.push(if understood.injection { wording::resist(request.briefing) } else { wording::clarify(request.briefing) });
    }
    answering(join(&said, understood.injection, request))
}

/// A week or day that began after the data ends is answered by the latest one that is loaded, and said to be.
fn stand_in(frame: &mut Frame, known: &Known<'_>) {
    let dated = matches!(frame.topic, Some(Topic::Spend | Topic::Compare | Topic::Unclaimed | Topic::Drift | Topic::Health));
    let loaded = known.briefing.data_through.and_then(|through| frame.when.as_ref()?.latest_loaded(known.today, through));
    if dated && frame.against.is_none() && loaded.is_some() {
        frame.when = loaded;
        frame.stands_in = true;
    }
}

/// `Claude` or `Sonnet` may mean several models: where the tool says so, each of them is asked for.
fn each_model(plan: Plan, turn: &Turn) -> Plan {
    let Plan::Calls(calls) = plan else { return plan };
    let widened = calls.into_iter().flat_map(|call| match turn.result(&call).and_then(|taken| compose::several_models(&taken.result)) {
        Some(models) => models.into_iter().map(|model| with_model(&call, model)).collect(),
        None => vec![call],
    });
    Plan::Calls(widened.collect())
}

fn with_model(call: &Call, model: String) -> Call {
    let mut call = call.clone();
    if let Value::Object(members) = &mut call.args {
        members.insert("model".to_owned(), Value::String(model));
        // The rows carry the model's name, so that the answer can tell one from the other.
        if call.name == "spend" {
            let by_model = members.get("group_by").is_some_and(|group| group == "model");
            let slot = if !members.contains_key("group_by") { "group_by" } else { "then_by" };
            if !by_model {
                members.insert(slot.to_owned(), Value::String("model".to_owned()));
            }
        }
    }
    call
}

fn calls(plan: &Plan) -> &[Call] {
    match plan {
        Plan::Say(_) => &[],
        Plan::Calls(calls) => calls,
    }
}

fn say(frame: &Frame, plan: &Plan, turn: &Turn, request: &ModelRequest<'_>) -> Say {
    match plan {
        Plan::Say(said) => said.clone(),
        Plan::Calls(calls) => {
            let taken: Vec<Taken> = calls.iter().filter_map(|call| turn.result(call).cloned()).collect();
            if taken.is_empty() {
                wording::unfinished()
            } else {
                let said = compose::compose(frame, &taken, request.briefing);
                if frame.stands_in && frame.form.is_none() { stood_in(&said) } else { said }
            }
        }
    }
}

/// Behind the sentence that answers: for which period it does not.
fn stood_in(said: &Say) -> Say {
    const NOTICE: &str = "Nothing of the period you named is loaded yet; this is the latest that is.";
    let text = match said.text.split_once('\n') {
        Some((first, rest)) => format!("{first}\n{NOTICE}\n{rest}"),
        None => format!("{}\n{NOTICE}", said.text),
    };
    Say::new(said.behaviour, text)
}

/// Several answers below each other; an order in the message is set aside aloud.
fn join(said: &[Say], injection: bool, request: &ModelRequest<'_>) -> Say {
    let answered = said.iter().any(|say| {
        matches!(say.behaviour, Behaviour::Answer | Behaviour::Assume | Behaviour::NoData | Behaviour::Confirm | Behaviour::Diagnose)
    });
    let behaviour = said.iter().map(|say| say.behaviour).next().unwrap_or(Behaviour::Clarify);
    let mut texts: Vec<&str> = said.iter().map(|say| say.text.as_str()).collect();
    texts.dedup();
    let text = texts.join("\n\n");
    match (injection, answered) {
        (false, _) => Say::new(behaviour, text),
        (true, true) => Say::new(Behaviour::Resist, format!("{}\n{text}", wording::RESISTED)),
        (true, false) if matches!(behaviour, Behaviour::Clarify | Behaviour::Decline | Behaviour::Resist) => {
            wording::resist(request.briefing)
        }
        (true, false) => Say::new(Behaviour::Resist, text),
    }
}

fn asking(calls: Vec<Call>, round: usize) -> ModelReply {
    let blocks = calls
        .into_iter()
        .enumerate()
        .map(|(index, call)| Block::ToolUse { id: format!("call-{round}-{index}"), name: call.name.to_owned(), input: call.args })
        .collect();
    ModelReply { blocks, stop: StopReason::ToolUse, behaviour: None, usage: ModelUsage::default() }
}

fn answering(say: Say) -> ModelReply {
    ModelReply {
        blocks: vec![Block::Text { text: say.text }],
        stop: StopReason::EndTurn,
        behaviour: Some(say.behaviour),
        usage: ModelUsage::default(),
    }
}

/// The conversation as the planner needs it.
#[derive(Debug, Default)]
struct Turn {
    earlier: Vec<String>,
    question: String,
    taken: Vec<Taken>,
    rounds: usize,
}

impl Turn {
    fn read(messages: &[Message]) -> Self {
        let mut turn = Self::default();
        let asked =
            |message: &Message| message.speaker == Speaker::User && message.blocks.iter().any(|block| matches!(block, Block::Text { .. }));
        let Some(last) = messages.iter().rposition(asked) else { return turn };
        for (at, message) in messages.iter().enumerate() {
            if asked(message) {
                let text = message.text();
                if at == last { turn.question = text } else { turn.earlier.push(text) }
            } else if at > last {
                turn.take(message);
            }
        }
        turn
    }

    /// Notes calls of the current turn and the results that came back for them.
    fn take(&mut self, message: &Message) {
        for block in &message.blocks {
            match block {
                Block::ToolUse { id, name, input } => {
                    if let Some(name) = tool_name(name) {
                        self.taken.push(Taken { call: Call { name, args: input.clone() }, result: Value::String(id.clone()) });
                    }
                }
                Block::ToolResult { id, result, .. } => {
                    if let Some(taken) = self.taken.iter_mut().find(|taken| taken.result.as_str() == Some(id)) {
                        taken.result = result.clone();
                    }
                }
                Block::Text { .. } | Block::Reasoning { .. } | Block::RedactedReasoning { .. } => {}
            }
        }
        self.rounds += usize::from(message.speaker == Speaker::Assistant);
    }

    fn result(&self, call: &Call) -> Option<&Taken> {
        self.taken.iter().find(|taken| taken.call == *call && !taken.result.is_string())
    }
}

fn tool_name(name: &str) -> Option<&'static str> {
    const KNOWN: [&str; 9] = [
        "whoami",
        "spend",
        "compare",
        "estimate_status",
        "unclaimed_principals",
        "model_catalog",
        "model_drift",
        "data_status",
        "agent_usage",
    ];
    KNOWN.into_iter().find(|known| *known == name)
}
