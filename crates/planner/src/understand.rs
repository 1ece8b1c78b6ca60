//! From a conversation to the frames of its last message: sentences are read one by one, orders about role and scope are set aside, and what
//! only continues the talk is completed from the question before.

use super::frame::{AgentAsk, Frame, Topic};
use super::hostile;
use super::lexicon::{self, Concept};
use super::parse::{Known, parse};
use super::text::{Sentence, sentences};

/// Questions answered in one turn.
const MOST_QUESTIONS: usize = 3;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Understanding {
    /// Part of the message tried to change role, scope or rules; it was set aside.
    pub hostile: bool,
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
            if hostile::is_hostile(&part, &known.briefing.roles) {
                understood.hostile = true;
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
    let frames = keep_questions(frames).into_iter().scan(previous.cloned(), |previous, frame| {
        let complete = complete(previous.as_ref(), frame);
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
    if hostile::is_hostile(&rest, &known.briefing.roles) {
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

/// Fills what a follow-up leaves out.
fn complete(previous: Option<&Frame>, frame: Frame) -> Frame {
    let Some(previous) = previous else { return with_default_topic(frame) };
    if previous.topic == Some(Topic::AgentUsage) && frame.topic != Some(Topic::AgentUsage) {
        return after_agent_usage(previous, frame);
    }
    match frame.topic {
        Some(Topic::AgentUsage) => {
            Frame { when: frame.when.clone().or_else(|| previous.when.clone().filter(|_| frame.continues)), ..frame }
        }
        None if frame.has_slots() => follow(previous, frame),
        None if frame.continues && frame.loose_count == 0 && !frame.yes && frame.word_count <= 6 => follow(previous, frame),
        Some(Topic::Compare) if frame.why && bare(&frame) => match previous.topic {
            Some(Topic::ModelState | Topic::Catalog | Topic::Drift | Topic::Unclaimed | Topic::Diagnose | Topic::DataStatus) => {
                previous.clone()
            }
            // Against an estimate the question is which tokens run ahead.
            Some(Topic::Estimate) if frame.groups.is_empty() => {
                let mut merged = inherit(previous, frame);
                merged.groups = vec!["token_type".to_owned()];
                merged
            }
            _ => inherit(previous, frame),
        },
        // `What is net of credits?`: of what was just shown.
        Some(Topic::Spend) if frame.credits && bare(&frame) && !frame.elliptic && frame.word_count <= 6 && !frame.own => {
            inherit(previous, frame)
        }
        Some(Topic::Spend) if bare(&frame) && frame.elliptic && (frame.continues || frame.credits || frame.tokens || frame.rest) => {
            let topic = previous.topic;
            let mut merged = follow(previous, frame);
            let kept = matches!(topic, Some(Topic::Spend | Topic::Compare | Topic::Estimate)) && !merged.credits;
            if !kept && topic != Some(Topic::Reconcile) {
                merged.topic = Some(Topic::Spend);
            }
            merged
        }
        // `Who owns it?`: the findings, roles and products listed before name their owners.
        Some(Topic::Owner)
            if bare(&frame)
                && frame.principal.is_none()
                && frame.continues
                && matches!(previous.topic, Some(Topic::Drift | Topic::Unclaimed | Topic::Spend)) =>
        {
            previous.clone()
        }
        Some(_) if (frame.continues || frame.elliptic) && !frame.own && !frame.beyond => inherit(previous, frame),
        _ => with_default_topic(frame),
    }
}

/// `And last month?`, `by model`, `in tokens`, `and Tom?` go on about the agent itself; a product, an account or a word of spend does not.
fn after_agent_usage(previous: &Frame, frame: Frame) -> Frame {
    let elsewhere = !frame.names.is_empty()
        || frame.account.is_some()
        || frame.region.is_some()
        || frame.model.is_some()
        || frame.principal.is_some()
        || frame.money
        || frame.credits;
    let short = frame.word_count <= 6 && (frame.continues || frame.elliptic);
    let regroups = frame.agent_by.is_some() || !frame.groups.is_empty() || frame.tokens || frame.when.is_some() || !frame.people.is_empty();
    let topic_fits = match frame.topic {
        None => frame.has_slots() || frame.agent_by.is_some() || (frame.continues && frame.loose_count == 0 && !frame.yes),
        Some(Topic::Spend) => regroups || frame.continues,
        _ => false,
    };
    if elsewhere || !short || !topic_fits {
        return with_default_topic(frame);
    }
    let agent_by = if frame.groups.is_empty() { frame.agent_by.or(previous.agent_by) } else { frame.agent_by };
    // `And mine?`
    let agent = previous.agent.map(|ask| if frame.own { AgentAsk { mine: true, others: false, ..ask } } else { ask });
    Frame { agent_by, agent, ..follow(previous, frame) }
}

fn bare(frame: &Frame) -> bool {
    frame.names.is_empty()
        && frame.people.is_empty()
        && frame.when.is_none()
        && frame.model.is_none()
        && frame.account.is_none()
        && frame.unknown.is_empty()
        && !frame.beyond
}

/// A message of names and periods only, without anything before it.
fn with_default_topic(mut frame: Frame) -> Frame {
    if frame.topic.is_none() && frame.has_slots() && !frame.gibberish {
        frame.topic = if frame.model.is_some() && frame.names.is_empty() && frame.when.is_none() {
            Some(Topic::ModelState)
        } else if frame.percent.is_some() || frame.why || (frame.limit.is_some() || frame.bullets.is_some()) && bare(&frame) {
            None
        } else {
            Some(Topic::Spend)
        };
    }
    frame
}

/// The previous question with what the new message names put in its place.
fn follow(previous: &Frame, new: Frame) -> Frame {
    let mut merged = previous.clone();
    if !new.names.is_empty() || !new.people.is_empty() || !new.unknown.is_empty() || !new.ambiguous.is_empty() || new.own {
        merged.names = new.names;
        merged.people = new.people;
        merged.unknown = new.unknown;
        merged.ambiguous = new.ambiguous;
        merged.beyond = false;
        merged.excluded.retain(|name| !merged.names.iter().any(|kept| kept.name == *name));
    }
    for by in new.excluded_by {
        if !merged.excluded_by.contains(&by) {
            merged.excluded_by.push(by);
        }
    }
    for name in new.excluded {
        merged.names.retain(|kept| kept.name != name);
        if !merged.excluded.contains(&name) {
            merged.excluded.push(name);
        }
    }
    let regrouped = !new.groups.is_empty();
    if regrouped {
        merged.groups = new.groups;
    }
    if new.when.is_some() {
        merged.when = new.when;
        merged.against = None;
    }
    merged.against = new.against.or(merged.against);
    merged.account = new.account.or(merged.account);
    merged.region = new.region.or(merged.region);
    merged.model = new.model.or(merged.model);
    merged.principal = new.principal.or(merged.principal);
    merged.token_kind = new.token_kind.or(merged.token_kind);
    merged.percent = new.percent.or(merged.percent);
    merged.bullets = new.bullets.or(merged.bullets);
    merged.limit = new.limit.or(merged.limit);
    merged.show = new.show.or(merged.show);
    merged.tokens |= new.tokens;
    merged.credits |= new.credits;
    merged.no_unclaimed |= new.no_unclaimed;
    merged.asks_who |= new.asks_who;
    merged.beyond |= new.beyond;
    merged.continues = true;
    merged.polar = false;
    merged.superlative = new.superlative;
    merged.least = new.least;
    let product_wise = merged.groups.iter().all(|group| matches!(group.as_str(), "product" | "workload"));
    if regrouped
        && !product_wise
        && matches!(merged.topic, Some(Topic::Estimate | Topic::Health | Topic::Cache | Topic::Owner | Topic::Whoami))
    {
        merged.topic = Some(Topic::Spend);
    }
    if new.why {
        merged.topic = Some(Topic::Compare);
    }
    merged
}

/// The new question about what the previous one was about.
fn inherit(previous: &Frame, mut new: Frame) -> Frame {
    let named = !new.names.is_empty() || !new.people.is_empty() || !new.unknown.is_empty() || new.own;
    if !named {
        new.names = previous.names.clone();
        new.people = previous.people.clone();
        new.unknown = previous.unknown.clone();
        new.excluded.extend(previous.excluded.iter().cloned());
        new.excluded_by.extend(previous.excluded_by.iter());
        new.excluded_by.dedup();
        new.excluded.dedup();
    }
    if new.topic == Some(Topic::Compare) && new.groups.is_empty() && previous.topic == Some(Topic::Spend) {
        new.groups = previous.groups.clone();
    }
    new.when = new.when.or_else(|| previous.when.clone());
    new.account = new.account.or_else(|| previous.account.clone());
    new.model = new.model.or_else(|| previous.model.clone());
    new.region = new.region.or_else(|| previous.region.clone());
    new.token_kind = new.token_kind.or(previous.token_kind);
    new
}
