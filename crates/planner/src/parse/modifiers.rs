//! How it is asked: unit, direction, follow-up marks, and whether it reaches beyond one's own.

use agent_bill_domain::names::same_name;
use agent_bill_domain::tokens::TokenKind;

use super::Parse;
use crate::lexicon::Concept;
use agent_bill_tools::say::{Form, Move};

impl Parse<'_> {
    /// How it is asked: unit, direction, follow-up marks.
    pub(super) fn modifiers(&mut self) {
        let line = self.line();
        let says = |phrases: &str| phrases.split('|').any(|phrase| line.contains(&format!(" {phrase} ")));
        let first = self.word(0).to_owned();
        self.frame.polar = matches!(
            first.as_str(),
            "am" | "are"
                | "is"
                | "do"
                | "does"
                | "did"
                | "have"
                | "has"
                | "will"
                | "can"
                | "could"
                | "would"
                | "should"
                | "any"
                | "was"
                | "were"
        );
        let token_word = self.has(Concept::Token) && !says("access token|auth token|bearer token|api token");
        self.frame.tokens = token_word && !says("dollars not tokens|not tokens|not in tokens|instead of tokens");
        self.frame.token_kind = self.token_kind(&line);
        self.frame.form = form(&line);
        self.frame.credits = self.has(Concept::Credit) && !says("without credits|before credits|no credits|excluding credits");
        self.frame.budget = self.has(Concept::Budget);
        let unit = |at: usize| matches!(self.word(at), "dollar" | "dollars" | "usd" | "money" | "bucks");
        self.frame.money = (0..self.words.len()).any(|at| self.is_concept(at, Concept::Spend) && !unit(at));
        self.frame.asks_over = self.has(Concept::Over) && !self.has(Concept::Within);
        self.frame.moved = moved(&line);
        self.frame.asks_left = says("left|remaining|remains|headroom|until i hit|until we hit|until i reach|until we reach");
        self.frame.why = self.has(Concept::Why) || says("how come");
        self.frame.asks_who = says("who|whom|whose");
        self.frame.uses = self.has(Concept::Use);
        self.frame.no_unclaimed = (0..self.words.len()).any(|at| self.is_concept(at, Concept::Unclaimed) && self.is_excluded(at));
        self.frame.superlative = self.has(Concept::Most) || self.has(Concept::Least);
        self.frame.least = self.has(Concept::Least);
        self.frame.new_only = says("new|opened|appeared|newly|since when");
        self.frame.rest = self.has(Concept::Rest);
        self.frame.yes = self.has(Concept::Yes) && self.words.len() <= 3 && self.frame.form.is_none();
        self.frame.own = says("my|our|mine|ours");
        self.frame.beyond = !self.known.briefing.company_wide && (self.is_beyond(&line) || self.points_beside_own(&line));
        self.frame.show = self.shown_decisions();
        let asks = self.frame.polar
            || matches!(first.as_str(), "what" | "which" | "who" | "how" | "when" | "where" | "why" | "show" | "list" | "give");
        self.frame.elliptic = self.words.len() <= 5 && (!asks || self.words.len() <= 2) && !self.frame.own;
        let opening = matches!(
            first.as_str(),
            "and" | "but" | "also" | "now" | "only" | "just" | "then" | "plus" | "same" | "ok" | "okay" | "what" | "how" | "so"
        );
        self.frame.continues = (opening && !matches!(first.as_str(), "what" | "how" | "ok" | "okay" | "so"))
            || says(
                "what about|how about|same for|same thing|the same|instead|as well|that|those|it|them|the rest|too|by how much|since when|\
                how so|how come|which one|which ones|for how long|until when",
            )
            || line.starts_with(" or ");
    }

    /// The whole company, other teams, or a level above one's own.
    fn is_beyond(&self, line: &str) -> bool {
        let says = |phrases: &str| phrases.split('|').any(|phrase| line.contains(&format!(" {phrase} ")));
        let whole = says(
            "company|companywide|organisation|organization|org|enterprise|corporation|whole business|\
            entire business|all business|all teams|every team|each team|everyone|everybody|whole group|\
            the group|the firm",
        ) && !says("everyone ok|company policy");
        let others = says(
            "other teams|other team|other people|other departments|other department|other portfolios|\
            other portfolio|other business units|other bus|other bu|other product owners|other pos|other owners|\
            other managers|someone else|somebody else|anyone else|my colleagues|my peers|rest of the company|\
            my boss numbers|my boss spend|my boss figures|my boss team|every business unit",
        );
        let level = self.levels.iter().any(|(at, label)| {
            let held = self.known.briefing.nodes.iter().any(|node| same_name(&node.level, label));
            let before = at.checked_sub(1).map_or("", |index| self.word(index));
            let reach = matches!(before, "all" | "every" | "each" | "whole" | "entire" | "other" | "my" | "our" | "the" | "this");
            let lowest = self.known.briefing.levels.last().is_some_and(|last| same_name(last, label)) || label == "product";
            reach && !held && !lowest
        });
        whole || others || (level && !self.known.briefing.nodes.is_empty())
    }

    /// Which decisions a question about the catalog wants.
    fn shown_decisions(&self) -> Option<&'static str> {
        let not = self.has(Concept::Not);
        let engineers = self.line().contains(" engineer");
        if self.has(Concept::Pending) && engineers || self.has(Concept::Implement) && (not || self.has(Concept::Pending)) {
            Some("not_implemented")
        } else if self.has(Concept::Agentic) {
            Some("agentic")
        } else if self.has(Concept::Block) || (not && self.has(Concept::Allowed)) {
            Some("blocked")
        } else if self.has(Concept::Restrict) {
            Some("restricted")
        } else if self.has(Concept::Pending) {
            Some("pending")
        } else if self.has(Concept::Approve) {
            Some("approved")
        } else {
            self.has(Concept::Allowed).then_some("usable")
        }
    }

    fn token_kind(&self, line: &str) -> Option<TokenKind> {
        if self.has(Concept::Input) && self.has(Concept::Output) {
            return None;
        }
        let cache = self.has(Concept::Cache);
        if cache && line.contains(" write") {
            Some(TokenKind::CacheWrite)
        } else if cache && line.contains(" read") {
            Some(TokenKind::CacheRead)
        } else if self.has(Concept::Output) {
            Some(TokenKind::Output)
        } else if self.has(Concept::Input) {
            Some(TokenKind::Input)
        } else {
            None
        }
    }
}

/// How the answer is to look, in so many words.
fn form(line: &str) -> Option<Form> {
    let says = |phrases: &str| phrases.split('|').any(|phrase| line.contains(&format!(" {phrase} ")));
    if says(
        "number only|only number|only the number|just the number|just number|the number only|figure only|just the figure|only the figure",
    ) {
        Some(Form::Number)
    } else if says("yes or no|yes no|just yes") {
        Some(Form::YesOrNo)
    } else if says("one line|single line|one sentence|single sentence|1 line|1 sentence|in a line|in a sentence|one liner") {
        Some(Form::Line)
    } else {
        says("table|tabular|tabulated").then_some(Form::Table)
    }
}

/// The direction of a change that is asked about; none where both are.
fn moved(line: &str) -> Option<Move> {
    let says = |phrases: &str| phrases.split('|').any(|phrase| line.contains(&format!(" {phrase} ")));
    let up = says("up|more|higher|increase|increased|grow|grown|grew|rise|risen|rose");
    let down = says("down|less|lower|decrease|decreased|fall|fallen|fell|drop|dropped|shrink|shrunk");
    match (up, down) {
        (true, false) => Some(Move::Up),
        (false, true) => Some(Move::Down),
        _ => None,
    }
}
