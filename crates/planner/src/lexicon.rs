//! What the words of this domain mean. Rules work on these concepts, never on sentences, so any wording that uses the vocabulary is understood.

mod words;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::typo;
use words::{NEUTRAL, WORDS};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Concept {
    Spend,
    Token,
    Estimate,
    Budget,
    Within,
    Over,
    Forecast,
    Cache,
    Save,
    Hypothesis,
    Unclaimed,
    Gap,
    Principal,
    Claim,
    Model,
    Approve,
    Unapproved,
    Allowed,
    Implement,
    Block,
    Restrict,
    Pending,
    Need,
    Catalog,
    Card,
    Dispute,
    Accept,
    Task,
    Finish,
    Command,
    Agentic,
    Credit,
    Reconcile,
    Chargeback,
    Fresh,
    Final,
    Why,
    Change,
    Most,
    Least,
    Total,
    By,
    Health,
    Owner,
    Workload,
    Level,
    Region,
    Account,
    Bucket,
    UsageType,
    Audit,
    Calls,
    Broken,
    Show,
    Use,
    Not,
    Exclude,
    Include,
    Who,
    When,
    Which,
    HowMany,
    Set,
    Self_,
    Whole,
    Others,
    Help,
    Greeting,
    Rest,
    Bullet,
    Policy,
    Prompt,
    Bedrock,
    Input,
    Output,
    Day,
    Week,
    Month,
    Time,
    Request,
    Yes,
    Judge,
    Same,
    Route,
}

struct Vocabulary {
    concepts: HashMap<&'static str, Vec<Concept>>,
    neutral: HashSet<&'static str>,
    /// Words long enough to be misspelt recognisably.
    correctable: Vec<&'static str>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut concepts: HashMap<&'static str, Vec<Concept>> = HashMap::new();
    let mut correctable: Vec<&'static str> = Vec::new();
    for (concept, words) in WORDS {
        for word in words.split_whitespace() {
            concepts.entry(word).or_default().push(*concept);
            correctable.push(word);
        }
    }
    correctable.extend(NEUTRAL.split_whitespace());
    correctable.extend(MONTH_NAMES);
    correctable.retain(|word| word.len() >= 4);
    correctable.sort_unstable();
    correctable.dedup();
    Vocabulary { concepts, neutral: NEUTRAL.split_whitespace().collect(), correctable }
});

/// The concepts of a word; a word may carry several (`drop` is a change and an exclusion).
pub fn concepts(word: &str) -> &'static [Concept] {
    let look_up = |word: &str| VOCABULARY.concepts.get(word).map(Vec::as_slice);
    look_up(word).or_else(|| word.strip_suffix('s').filter(|stem| stem.len() > 2).and_then(look_up)).unwrap_or_default()
}

pub fn is_neutral(word: &str) -> bool {
    VOCABULARY.neutral.contains(word)
}

pub fn is_known(word: &str) -> bool {
    is_neutral(word) || !concepts(word).is_empty()
}

/// The nearest word of the vocabulary for a misspelt one. `strict` for what might be a name: only one slip, and longer words.
pub fn correct(word: &str, strict: bool) -> Option<&'static str> {
    let length = word.chars().count();
    if length < if strict { 6 } else { 4 } || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    let allowed = if strict || length < 8 { 1 } else { 2 };
    let near = VOCABULARY.correctable.iter().filter_map(|known| {
        // `optimizer` is a word of its own, not `optimize` with a slip.
        let derived = word.strip_prefix(known).is_some_and(|ending| matches!(ending, "r" | "er" | "or"));
        let slips = typo::slips(word, known, allowed).filter(|_| !derived)?;
        Some((slips, *known))
    });
    near.min_by_key(|(slips, known)| (*slips, known.len().abs_diff(length))).map(|(_, known)| known)
}

pub const MONTH_NAMES: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
