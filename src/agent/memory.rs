//! How much of a conversation a turn looks back on.
//!
//! Every turn reads what was said before, so a conversation without end would make each message cost more than the last, and a few long ones
//! would hold up everybody. Follow-ups refer to what was said a moment ago.

use crate::model::{Block, Message, Speaker};

/// The most questions looked back on.
const MOST_QUESTIONS: usize = 20;

/// The most characters they may have together.
const MOST_CHARS: usize = 8_000;

/// The last questions with everything that followed each: a cut never parts a tool's call from its result.
pub(super) fn recent(mut messages: Vec<Message>) -> Vec<Message> {
    let (mut questions, mut chars, mut start) = (0_usize, 0_usize, messages.len());
    for (at, message) in messages.iter().enumerate().rev() {
        let Some(length) = question_length(message) else { continue };
        questions += 1;
        chars = chars.saturating_add(length);
        if questions > MOST_QUESTIONS || chars > MOST_CHARS {
            break;
        }
        start = at;
    }
    messages.split_off(start)
}

/// In characters; `None` for what is not a person's question.
fn question_length(message: &Message) -> Option<usize> {
    match (message.speaker, message.blocks.first()) {
        (Speaker::User, Some(Block::Text { text })) => Some(text.chars().count()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(speaker: Speaker, text: &str) -> Message {
        Message { speaker, blocks: vec![Block::Text { text: text.to_owned() }] }
    }

    fn turn(question: &str) -> [Message; 3] {
        let result = Block::ToolResult { id: "1".to_owned(), failed: false, result: serde_json::json!({}) };
        [said(Speaker::User, question), Message { speaker: Speaker::User, blocks: vec![result] }, said(Speaker::Assistant, "answer")]
    }

    #[test]
    fn a_short_conversation_is_remembered_whole() {
        let all: Vec<Message> = (0..5).flat_map(|_| turn("spend?")).collect();
        assert_eq!(recent(all.clone()), all);
        assert_eq!(recent(Vec::new()), []);
    }

    #[test]
    fn a_long_conversation_is_remembered_from_a_question_on() {
        let all: Vec<Message> = (0..50).flat_map(|number| turn(&format!("question {number}"))).collect();
        let kept = recent(all);
        assert_eq!((kept.len(), &kept[0]), (60, &said(Speaker::User, "question 30")));
    }

    #[test]
    fn long_messages_are_forgotten_sooner() {
        let all: Vec<Message> = (0..5).flat_map(|_| turn(&"x".repeat(3_900))).chain(turn("and last month?")).collect();
        let kept = recent(all);
        assert_eq!(kept.len(), 9);
        assert_eq!(recent(turn(&"x".repeat(9_000)).to_vec()), []);
    }
}
