//! What kind of question it is, from the concepts in it. Rules go from the most particular to the most general; the first that holds decides.

mod changes;
mod governance;
mod money;
mod outside;
mod standing;

use super::Parse;
use crate::frame::Topic;
use crate::lexicon::Concept as C;

pub(super) fn of(parse: &Parse<'_>) -> Option<Topic> {
    let sense = Sense { parse, line: parse.line() };
    sense
        .foreign()
        .or_else(|| sense.person())
        .or_else(|| sense.agent())
        .or_else(|| sense.errand())
        .or_else(|| sense.uncounted())
        .or_else(|| sense.records())
        .or_else(|| sense.unseen())
        .or_else(|| sense.writes())
        .or_else(|| sense.money_close())
        .or_else(|| sense.models())
        .or_else(|| sense.unclaimed())
        .or_else(|| sense.diagnosis())
        .or_else(|| sense.freshness())
        .or_else(|| sense.estimates())
        .or_else(|| sense.spend())
        .or_else(|| sense.people_and_help())
}

struct Sense<'p> {
    parse: &'p Parse<'p>,
    line: String,
}

impl Sense<'_> {
    fn has(&self, concept: C) -> bool {
        self.parse.has(concept)
    }

    fn any(&self, concepts: &[C]) -> bool {
        concepts.iter().any(|concept| self.has(*concept))
    }

    fn says(&self, phrases: &str) -> bool {
        phrases.split('|').any(|phrase| self.line.contains(&format!(" {phrase} ")))
    }

    fn word(&self, word: &str) -> bool {
        self.says(word)
    }

    fn first(&self) -> &str {
        self.parse.word(0)
    }

    fn names_model(&self) -> bool {
        self.parse.frame.model.is_some()
    }

    /// An imperative or a request to do something, rather than a question about what is.
    fn asks_to_do(&self, concept: C) -> bool {
        let at = (0..self.parse.words.len()).find(|at| self.parse.is_concept(*at, concept));
        let Some(at) = at else { return false };
        let polite = |index: usize| {
            matches!(
                self.parse.word(index),
                "please"
                    | "can"
                    | "could"
                    | "you"
                    | "just"
                    | "go"
                    | "to"
                    | "and"
                    | "now"
                    | "let"
                    | "us"
                    | "want"
                    | "i"
                    | "we"
                    | "would"
                    | "like"
                    | "need"
                    | "agent"
                    | "bill"
                    | "hi"
                    | "hey"
                    | "hello"
                    | "ok"
                    | "then"
                    | "so"
                    | "will"
                    | "help"
                    | "me"
                    | "should"
                    | "must"
                    | "have"
                    | "my"
                    | "ahead"
                    | "also"
                    | "immediately"
            )
        };
        let leads = (0..at).all(polite);
        let base = ["ed", "ing", "tion", "al", "als"].iter().all(|ending| !self.parse.word(at).ends_with(ending));
        let asks_whether = at > 0 && matches!(self.first(), "can" | "may" | "do" | "should") && matches!(self.parse.word(1), "i" | "we");
        leads && base && !asks_whether
    }

    /// The agent itself: before prompts, budgets and spend, whose words it shares.
    fn agent(&self) -> Option<Topic> {
        self.parse.frame.agent.map(|_| Topic::AgentUsage)
    }

    fn money_question(&self) -> bool {
        self.has(C::Spend) && !self.says("use|bill me")
    }
}
