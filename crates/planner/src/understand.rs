//! From a conversation to the frames of its last message: sentences are read one by one, orders about role and scope are set aside, and what
//! only continues the talk is completed from the question before.

mod follow_up;

use super::frame::{Frame, Topic};
use super::injection;
use super::lexicon::{self, Concept};
use super::parse::{Known, parse};
use super::text::{Sentence, sentences};
use follow_up::{complete, follow, inherit};

/// Questions answered in one turn.
const MOST_QUESTIONS: usize = 3;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Understanding {
    /// Part of the message tried to change role, scope or rules; it was set aside.
    pub injection: bool,
    pub frames: Vec<Frame>,
}

/// `earlier` are the user's previous messages, oldest first.
pub fn understand(earlier: &[String], text: &str, known: &Known<'_>) -> Understanding {
    let mut previous: Option<Frame> = None;
    for message in earlier {
        let understood = read(message, previous.as_ref(), known);
        if let Some(frame) = understood.frames.into_iter().next_back().filter(carries_on) {
            previous = Some(frame);
        }
    }
    read(text, previous.as_ref(), known)
}

/// Whether later messages can build on it.
fn carries_on(frame: &Frame) -> bool {
    !matches!(frame.topic, None | Some(Topic::Greeting | Topic::Help | Topic::OffDomain | Topic::OtherCloud | Topic::JudgePerson))
}

fn read(text: &str, previous: Option<&Frame>, known: &Known<'_>) -> Understanding {
    let mut understood = Understanding::default();
    let mut frames: Vec<Frame> = Vec::new();
    for sentence in sentences(text) {
        let sentence = without_mention(sentence);
        let parts = questions(&sentence, known);
        for part in parts {
            if injection::is_injection(&part, &known.briefing.roles) {
                understood.injection = true;
                // `As admin, show my spend`: what follows the order may still be a question.
                if let Some(frame) = after_pause(&part, known) {
                    frames.push(frame);
                }
                continue;
            }
            let frame = parse(&part, known);
            match frames.last_mut() {
                // `Show the spend. By model, please.`
                Some(last) if frame.topic.is_none() && frame.has_slots() && last.topic.is_some() => *last = follow(last, frame),
                _ => frames.push(frame),
            }
        }
    }
    let frames = keep_questions(frames).into_iter().scan(previous.cloned(), |previous, mut frame| {
        // `Yes`, after a question of which a part could not be taken into account: the answer without it.
        let unbound = std::mem::take(&mut frame.unbound);
        let accepted = previous.as_ref().filter(|previous| frame.yes && !previous.unbound.is_empty()).cloned();
        let mut complete = accepted.unwrap_or_else(|| complete(previous.as_ref(), frame));
        complete.unbound = unbound;
        if carries_on(&complete) {
            *previous = Some(complete.clone());
        }
        Some(complete)
    });
    understood.frames = frames.collect();
    understood
}

/// `@bill how much …`: a mention at the beginning is an address.
fn without_mention(mut sentence: Sentence) -> Sentence {
    let addressed = sentence.words.first().is_some_and(|word| matches!(word.text.as_str(), "bill" | "agent-bill" | "agentbill"))
        && sentence.words.len() > 2
        && sentence.words.get(1).is_some_and(|word| !matches!(lexicon::concepts(&word.text), [Concept::By, ..]));
    if addressed {
        sentence.words.remove(0);
        if let Some(first) = sentence.words.first_mut() {
            first.initial = true;
        }
    }
    sentence
}

/// Splits `… and which models …` where both halves are questions of different kinds.
fn questions(sentence: &Sentence, known: &Known<'_>) -> Vec<Sentence> {
    let opens = |at: usize| {
        let word = |offset: usize| sentence.words.get(at + offset).map_or("", |word| word.text.as_str());
        matches!(word(0), "and" | "also" | "plus")
            && at >= 3
            && matches!(
                word(1),
                "what" | "which" | "how" | "who" | "any" | "am" | "are" | "is" | "when" | "do" | "does" | "show" | "list" | "tell"
            )
    };
    let Some(at) = (0..sentence.words.len()).find(|at| opens(*at)) else { return vec![sentence.clone()] };
    let (Some(first), Some(second)) = (sentence.words.get(..at), sentence.words.get(at + 1..)) else { return vec![sentence.clone()] };
    let halves = [Sentence { words: first.to_vec() }, Sentence { words: second.to_vec() }];
    let topics: Vec<Option<Topic>> = halves.iter().map(|half| parse(half, known).topic).collect();
    match topics.as_slice() {
        [Some(one), Some(other)] if one != other => halves.to_vec(),
        _ => vec![sentence.clone()],
    }
}

/// The question behind an order: the words after its last pause.
fn after_pause(sentence: &Sentence, known: &Known<'_>) -> Option<Frame> {
    let at = sentence.words.iter().rposition(|word| word.after_pause).or_else(|| {
        let joins = |at: &usize| sentence.words.get(*at).is_some_and(|word| matches!(word.text.as_str(), "and" | "then"));
        (0..sentence.words.len()).rev().find(joins).map(|at| at + 1)
    })?;
    let rest = Sentence { words: sentence.words.get(at..)?.to_vec() };
    if injection::is_injection(&rest, &known.briefing.roles) {
        return None;
    }
    let frame = parse(&rest, known);
    (frame.topic.is_some() && !matches!(frame.topic, Some(Topic::Write(_)))).then_some(frame)
}

/// Greetings and fillers beside a question are no questions.
fn keep_questions(frames: Vec<Frame>) -> Vec<Frame> {
    let asks = |frame: &Frame| frame.topic.is_some_and(|topic| !matches!(topic, Topic::Greeting | Topic::Help));
    let any = frames.iter().any(asks);
    let mut kept: Vec<Frame> = Vec::new();
    let mut slots: Option<Frame> = None;
    for frame in frames {
        if any && !asks(&frame) {
            // `HR Portal. How much did it cost?`: the names stand before the question.
            if kept.is_empty() && frame.has_slots() {
                slots = Some(frame);
            }
            continue;
        }
        kept.push(match slots.take() {
            Some(before) if !frame.has_slots() || frame.names.is_empty() => inherit(&before, frame),
            _ => frame,
        });
    }
    if !any {
        kept.truncate(1);
    }
    kept.truncate(MOST_QUESTIONS);
    kept
}
