//! What a turn looks back on, and what it leaves behind.
//!
//! A conversation without end would make each message cost more than the last, so earlier turns are told in short: the question, the tools that were
//! called with the figures of their results, and the answer. What was read when the asker could see other things than now is not told at all.

use serde_json::{Map, Value, json};

use agent_bill_model::{Block, Message, Speaker};

/// The most questions looked back on, and the most characters they may have together.
const MOST_QUESTIONS: usize = 20;
const MOST_QUESTION_CHARS: usize = 8_000;
/// The most characters of all that is told, whatever the model could read.
const MOST_CHARS: usize = 48_000;
/// Rows of a list, and members of a result, that are kept when it is told in short.
const ROWS_KEPT: usize = 5;
const TEXT_KEPT: usize = 80;

const UNANSWERED: &str = "(This message was not answered.)";
const OUT_OF_SIGHT: &str = "(This answer is left out: what the asker may see has changed since.)";

/// One earlier turn as it is stored.
#[derive(Debug, Clone)]
pub(super) struct PastTurn {
    pub messages: Vec<Message>,
    /// The asker could see then what she can see now.
    pub same_scope: bool,
}

/// The last turns in short, oldest first: valid as the beginning of a conversation, whatever was stored.
pub(super) fn recall(turns: Vec<PastTurn>, context_tokens: usize) -> Vec<Message> {
    let budget = (context_tokens / 4).saturating_mul(3).min(MOST_CHARS);
    let (mut questions, mut question_chars, mut chars) = (0_usize, 0_usize, 0_usize);
    let mut kept: Vec<Vec<Message>> = Vec::new();
    for (number, turn) in turns.into_iter().enumerate().rev() {
        let told = tell(turn, number);
        questions += 1;
        question_chars += told.first().map_or(0, |question| question.text().chars().count());
        chars += told.iter().map(size).sum::<usize>();
        if questions > MOST_QUESTIONS || question_chars > MOST_QUESTION_CHARS || chars > budget {
            break;
        }
        kept.push(told);
    }
    repair(kept.into_iter().rev().flatten().collect())
}

/// What is stored of a finished turn: the question, each call with its result, the answer. Thoughts, asides and rejected drafts are forgotten.
pub(super) fn remember(question: &str, working: &[Message], answer: &str) -> Vec<Message> {
    let mut kept = vec![Message::user(question)];
    for message in working {
        let blocks: Vec<Block> = message.blocks.iter().filter_map(lasting).collect();
        if !blocks.is_empty() {
            kept.push(Message { speaker: message.speaker, blocks });
        }
    }
    kept.push(Message::assistant(answer));
    kept
}

/// A call, or a result without the ids of its turn: the next turn counts its own, and the same id would mean two things.
fn lasting(block: &Block) -> Option<Block> {
    match block {
        Block::ToolUse { .. } => Some(block.clone()),
        Block::ToolResult { id, failed, result } => {
            Some(Block::ToolResult { id: id.clone(), failed: *failed, result: agent_bill_facts::without_ids(result) })
        }
        _ => None,
    }
}

/// Makes room in a conversation that the model could not read: the two latest earlier turns stay, and results are told in short. Returns the
/// messages and where the question stands in them.
pub(super) fn shorten(messages: &[Message], question_at: usize) -> (Vec<Message>, usize) {
    let earlier: Vec<usize> =
        messages.iter().take(question_at).enumerate().filter(|(_, message)| message.is_question()).map(|(at, _)| at).collect();
    let start = earlier.iter().rev().nth(1).copied().unwrap_or(if earlier.is_empty() { question_at } else { 0 });
    (messages.iter().skip(start).map(in_short).collect(), question_at - start)
}

fn tell(turn: PastTurn, number: usize) -> Vec<Message> {
    let mut messages = turn.messages.into_iter();
    let Some(question) = messages.next() else { return Vec::new() };
    if !turn.same_scope {
        return vec![question, Message::assistant(OUT_OF_SIGHT)];
    }
    let mut told = vec![question];
    told.extend(messages.map(|message| renamed(in_short(&message), number)));
    told
}

/// Ids that no other turn uses: the planner counts its calls anew in each turn, and the service wants every id once.
fn renamed(mut message: Message, turn: usize) -> Message {
    for block in &mut message.blocks {
        if let Block::ToolUse { id, .. } | Block::ToolResult { id, .. } = block {
            let stem: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).take(48).collect();
            *id = format!("t{turn}-{stem}");
        }
    }
    message
}

fn in_short(message: &Message) -> Message {
    let blocks = message
        .blocks
        .iter()
        .map(|block| match block {
            Block::ToolResult { id, failed, result } => {
                let result = if size_of(result) > 400 { json!({ "in_short": figures_of(result) }) } else { result.clone() };
                Block::ToolResult { id: id.clone(), failed: *failed, result }
            }
            other => other.clone(),
        })
        .collect();
    Message { speaker: message.speaker, blocks }
}

/// The figures of a result with the names beside them; the first rows of a list.
fn figures_of(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter_map(|(name, member)| {
                let is_figure = is_figure(member);
                let short = match member {
                    Value::Object(_) | Value::Array(_) => figures_of(member),
                    Value::String(text) if !is_figure && text.chars().count() > TEXT_KEPT => return None,
                    other => other.clone(),
                };
                let is_empty = short.is_null() || short == json!([]) || short == json!({}) || short == json!("");
                (!is_empty).then(|| (name.clone(), short))
            });
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().take(ROWS_KEPT).map(figures_of).collect(),
        other => other.clone(),
    }
}

/// A number or a date: figures are kept however long the text around them is.
fn is_figure(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-')))
}

/// A conversation as a model accepts it, from messages of which some may be missing: it begins with a question and ends with an answer, speakers
/// alternate, every call is answered exactly once right after it, and nothing is blank.
pub(super) fn repair(messages: Vec<Message>) -> Vec<Message> {
    let mut repaired: Vec<Message> = Vec::new();
    let mut open: Vec<String> = Vec::new();
    for message in messages {
        match message.speaker {
            Speaker::User => take_user(&mut repaired, &mut open, message),
            Speaker::Assistant => take_assistant(&mut repaired, &mut open, message),
        }
    }
    answer_open(&mut repaired, &mut open);
    if repaired.last().is_some_and(|last| last.speaker == Speaker::User) {
        repaired.push(Message::assistant(UNANSWERED));
    }
    repaired
}

fn take_user(repaired: &mut Vec<Message>, open: &mut Vec<String>, message: Message) {
    let mut results = Vec::new();
    let mut texts = Vec::new();
    for block in message.blocks {
        match block {
            Block::ToolResult { ref id, .. } if open.contains(id) => {
                open.retain(|waiting| waiting != id);
                results.push(block);
            }
            Block::Text { ref text } if !text.trim().is_empty() => texts.push(block),
            _ => {}
        }
    }
    if !results.is_empty() {
        results.extend(open.drain(..).map(interrupted));
        repaired.push(Message { speaker: Speaker::User, blocks: results });
    }
    if !texts.is_empty() {
        answer_open(repaired, open);
        if repaired.last().is_some_and(|last| last.speaker == Speaker::User) {
            repaired.push(Message::assistant(UNANSWERED));
        }
        repaired.push(Message { speaker: Speaker::User, blocks: texts });
    }
}

fn take_assistant(repaired: &mut Vec<Message>, open: &mut Vec<String>, message: Message) {
    answer_open(repaired, open);
    if repaired.is_empty() {
        return;
    }
    let mut seen: Vec<String> = repaired.iter().flat_map(|message| &message.blocks).filter_map(call_id).collect();
    let mut blocks = Vec::new();
    for block in message.blocks {
        let fits = match &block {
            Block::Text { text } => !text.trim().is_empty(),
            Block::ToolUse { id, input, .. } => !seen.contains(id) && input.is_object(),
            // A thought only counts within its own turn.
            _ => false,
        };
        if fits {
            open.extend(call_id(&block));
            seen.extend(call_id(&block));
            blocks.push(block);
        }
    }
    match repaired.last_mut() {
        Some(last) if last.speaker == Speaker::Assistant => last.blocks.extend(blocks),
        _ if blocks.is_empty() => {}
        _ => repaired.push(Message { speaker: Speaker::Assistant, blocks }),
    }
}

fn call_id(block: &Block) -> Option<String> {
    if let Block::ToolUse { id, .. } = block { Some(id.clone()) } else { None }
}

fn answer_open(repaired: &mut Vec<Message>, open: &mut Vec<String>) {
    if !open.is_empty() {
        repaired.push(Message { speaker: Speaker::User, blocks: open.drain(..).map(interrupted).collect() });
    }
}

fn interrupted(id: String) -> Block {
    Block::ToolResult { id, failed: true, result: json!({ "error": "interrupted", "message": "the result was lost; call again" }) }
}

fn size(message: &Message) -> usize {
    message
        .blocks
        .iter()
        .map(|block| match block {
            Block::Text { text } | Block::Reasoning { text, .. } => text.len(),
            Block::ToolUse { input, .. } => size_of(input),
            Block::ToolResult { result, .. } => size_of(result),
            Block::RedactedReasoning { data } => data.len(),
        })
        .sum()
}

fn size_of(value: &Value) -> usize {
    value.to_string().len()
}

#[cfg(test)]
mod tests;
