//! From the words of one sentence to a frame: names, models, Regions, periods and numbers take their words; what remains says what is asked, and
//! what nobody knows is taken for a name outside the scope where it stands like one.

mod agent;
mod groups;
mod others;
mod strangers;

use agent_bill_domain::tokens::TokenKind;
use jiff::civil::Date;

use crate::model::Briefing;

use super::frame::Frame;
use super::lexicon::{self, Concept};
use super::names::{Kind, Match, Name, Names};
use super::period::When;
use super::text::{Sentence, Word};
use super::{models, period, topic};

/// What took a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Free,
    /// In the vocabulary.
    Word,
    Name,
    /// A single word that stands for a longer name.
    Part,
    When,
    Model,
    Region,
    Number,
    Level,
    Unknown,
}

/// What the asker may mean by the names she uses.
pub struct Known<'b> {
    pub briefing: &'b Briefing,
    pub names: Names,
    pub today: Date,
}

impl<'b> Known<'b> {
    pub fn of(briefing: &'b Briefing) -> Self {
        let today = briefing.today.or(briefing.data_through).unwrap_or(Date::MIN);
        Self { briefing, names: Names::of(briefing), today }
    }
}

/// One sentence while it is being read.
pub(super) struct Parse<'k> {
    pub known: &'k Known<'k>,
    pub words: Vec<Word>,
    pub tags: Vec<Tag>,
    pub concepts: Vec<Vec<Concept>>,
    pub found: Vec<(usize, Match)>,
    pub levels: Vec<(usize, String)>,
    pub frame: Frame,
}

pub fn parse(sentence: &Sentence, known: &Known<'_>) -> Frame {
    let words = sentence.words.clone();
    let count = words.len();
    let mut parse = Parse {
        known,
        words,
        tags: vec![Tag::Free; count],
        concepts: vec![Vec::new(); count],
        found: Vec::new(),
        levels: Vec::new(),
        frame: Frame::default(),
    };
    parse.spelled_names();
    parse.models_and_regions();
    parse.levels();
    parse.near_names();
    parse.vocabulary();
    parse.phrasal_verbs();
    parse.periods();
    parse.numbers();
    parse.strangers();
    parse.assign_names();
    parse.groups();
    parse.manner();
    parse.agent();
    parse.frame.topic = topic::of(&parse);
    parse.settle_strangers();
    parse.frame
}

impl Parse<'_> {
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    pub fn tag(&self, at: usize) -> Option<Tag> {
        self.tags.get(at).copied()
    }

    pub fn mark(&mut self, start: usize, length: usize, tag: Tag) {
        self.tags.iter_mut().skip(start).take(length).for_each(|slot| *slot = tag);
    }

    pub fn is_concept(&self, at: usize, concept: Concept) -> bool {
        self.concepts.get(at).is_some_and(|concepts| concepts.contains(&concept))
    }

    pub fn has(&self, concept: Concept) -> bool {
        self.concepts.iter().any(|concepts| concepts.contains(&concept))
    }

    pub fn line(&self) -> String {
        Sentence { words: self.words.clone() }.line()
    }

    fn spelled_names(&mut self) {
        let mut at = 0;
        while at < self.words.len() {
            if self.is_dated(at) {
                at += 1;
                continue;
            }
            let led = at.checked_sub(1).is_some_and(|before| matches!(self.word(before), "in" | "for" | "on" | "of" | "at" | "account"));
            match self.words.get(at..).and_then(|rest| self.known.names.exact(rest, led)) {
                Some(found) => {
                    let length = found.length;
                    self.mark(at, length, Tag::Name);
                    self.found.push((at, found));
                    at += length;
                }
                None => at += 1,
            }
        }
    }

    /// `in March` is the month, even where a product is called so.
    fn is_dated(&self, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|before| matches!(self.word(before), "in" | "during" | "since" | "until" | "till"))
            && lexicon::MONTH_NAMES.contains(&self.word(at))
            && !self.words.get(at).is_some_and(|word| word.quoted)
    }

    fn models_and_regions(&mut self) {
        for at in 0..self.words.len() {
            if self.tag(at) != Some(Tag::Free) {
                continue;
            }
            let text = self.word(at).to_owned();
            if text.starts_with("arn:") {
                self.frame.principal = self.words.get(at).map(|word| word.typed.clone());
                self.mark(at, 1, Tag::Name);
            } else if let Some((region, length)) = models::region_at(&self.words, at) {
                self.frame.region = Some(region);
                self.mark(at, length, Tag::Region);
            } else if let Some((model, length)) = models::model_at(&self.words, at) {
                self.frame.model.get_or_insert(model);
                self.mark(at, length, Tag::Model);
            }
        }
    }

    /// Misspelt names, parts of names, and misspelt words of the vocabulary, in this order.
    fn near_names(&mut self) {
        for at in 0..self.words.len() {
            if self.tag(at) != Some(Tag::Free) || self.is_dated(at) {
                continue;
            }
            let free = self.tags.iter().skip(at).take_while(|tag| **tag == Tag::Free).count();
            let Some(window) = self.words.get(at..at + free) else { continue };
            let Some(first) = window.first().cloned() else { continue };
            if let Some(found) = self.known.names.misspelt(window) {
                self.mark(at, found.length, Tag::Name);
                self.found.push((at, found));
                continue;
            }
            let correction =
                (!lexicon::is_known(&first.text)).then(|| lexicon::correct(&first.text, first.capital && !first.initial)).flatten();
            if let Some(found) = self.known.names.partial(&first, correction.is_none()) {
                self.mark(at, 1, Tag::Part);
                self.found.push((at, found));
            } else if let Some(better) = correction
                && let Some(word) = self.words.get_mut(at)
            {
                word.text = better.to_owned();
            }
        }
        self.found.sort_by_key(|(at, _)| *at);
    }

    fn vocabulary(&mut self) {
        for at in 0..self.words.len() {
            if self.tag(at) != Some(Tag::Free) {
                continue;
            }
            let text = self.word(at).to_owned();
            let concepts = lexicon::concepts(&text);
            if !concepts.is_empty() || lexicon::is_neutral(&text) {
                self.mark(at, 1, Tag::Word);
            }
            if let Some(slot) = self.concepts.get_mut(at) {
                *slot = concepts.to_vec();
            }
        }
    }

    /// `break it down`, `show up`: the particle says nothing about a change.
    fn phrasal_verbs(&mut self) {
        const DOWN: [&str; 8] = ["break", "breaks", "breaking", "broken", "drill", "split", "slice", "narrow"];
        const UP: [&str; 11] = ["show", "shows", "showing", "showed", "end", "ended", "set", "sum", "add", "adds", "sign"];
        for at in 0..self.words.len() {
            let (verbs, reach): (&[&str], usize) = match self.word(at) {
                "down" => (&DOWN, 6),
                "up" => (&UP, 1),
                _ => continue,
            };
            let led = (at.saturating_sub(reach)..at).any(|before| verbs.contains(&self.word(before)));
            if led && let Some(slot) = self.concepts.get_mut(at) {
                slot.clear();
            }
        }
    }

    /// `the month before`, behind another period: the one that precedes it.
    fn period_before(&mut self, first: &When) -> Option<When> {
        let units = ["month", "week", "quarter", "year", "day", "one", "period"];
        let at = (1..self.words.len())
            .find(|at| self.word(*at) == "before" && self.tag(*at) != Some(Tag::When) && units.contains(&self.word(at - 1)))?;
        self.mark(at - 1, 2, Tag::When);
        self.concepts.iter_mut().skip(at - 1).take(2).for_each(Vec::clear);
        first.preceding(self.known.today)
    }

    fn periods(&mut self) {
        let ahead = ["will", "next", "forecast", "going", "upcoming", "tomorrow"];
        let future = self.words.iter().any(|word| ahead.contains(&word.text.as_str()));
        let periods: Vec<_> = period::find(&self.words, self.known.today, future)
            .into_iter()
            .filter(|found| (found.start..found.start + found.length).all(|at| matches!(self.tag(at), Some(Tag::Free | Tag::Word))))
            .collect();
        for found in &periods {
            self.mark(found.start, found.length, Tag::When);
            self.concepts.iter_mut().skip(found.start).take(found.length).for_each(Vec::clear);
        }
        if periods.len() > 2 {
            // `in September, October and November`: one stretch, month by month.
            let ranges: Vec<_> = periods.iter().filter_map(|found| found.when.range(self.known.today)).collect();
            if let (Some(from), Some(to)) = (ranges.iter().map(|range| range.from).min(), ranges.iter().map(|range| range.to).max()) {
                self.frame.when = Some(When::Range(from, to));
                self.frame.groups = vec!["month".to_owned()];
                return;
            }
        }
        let mut periods = periods.into_iter();
        let Some(first) = periods.next() else { return };
        self.frame.when = Some(first.when.clone());
        let changed = self.has(Concept::Change) || self.line().contains(" new since ");
        if changed && self.word(first.start) == "since" && first.length == 3 {
            // `what changed since last week`: that week against the one before.
            self.frame.when = match (self.word(first.start + 1), self.word(first.start + 2)) {
                ("last" | "previous", "week") => Some(When::LastWeek),
                ("last" | "previous", "month") => Some(When::MonthToDate),
                _ => self.frame.when.take(),
            };
        }
        let second = periods.next();
        if second.is_none()
            && let Some(before) = self.period_before(&first.when)
        {
            self.frame.against = Some(before);
        } else if let Some(second) = second {
            let between = self.words.get(first.start + first.length..second.start).unwrap_or_default();
            let back = first.start.checked_sub(1).map(|at| self.word(at)) == Some("from");
            let joined: Vec<&str> = between.iter().map(|word| word.text.as_str()).collect();
            let compares = joined
                .iter()
                .any(|word| matches!(*word, "versus" | "than" | "against" | "with" | "to" | "compared" | "over" | "and" | "or" | "vs"))
                || self.has(Concept::Change);
            if back && joined.contains(&"to") {
                (self.frame.when, self.frame.against) = (Some(second.when), Some(first.when));
            } else if compares {
                self.frame.against = Some(second.when);
            }
        } else {
            let lead = first.start.checked_sub(1).map(|at| self.word(at)).unwrap_or("");
            let lead = if lead == "the" { first.start.checked_sub(2).map(|at| self.word(at)).unwrap_or("") } else { lead };
            if matches!(lead, "versus" | "than" | "against" | "to" | "with") && (self.has(Concept::Change)) {
                self.frame.against = self.frame.when.take();
                self.settle_against();
            }
        }
    }

    /// Compared with one period only: a week stands for the change since the week before it; the month before is compared by the same days.
    fn settle_against(&mut self) {
        let last_month = When::LastMonth.month(self.known.today);
        match &self.frame.against {
            Some(When::LastWeek) => (self.frame.when, self.frame.against) = (Some(When::LastWeek), None),
            Some(When::LastMonth) => self.frame.against = None,
            Some(When::Month(month)) if *month == last_month => self.frame.against = None,
            _ => return,
        }
        self.frame.compares = true;
    }

    /// Percentages, list lengths, numbers of points.
    fn numbers(&mut self) {
        for at in 0..self.words.len() {
            if !matches!(self.tag(at), Some(Tag::Free | Tag::Word)) {
                continue;
            }
            let text = self.word(at).trim_end_matches('%').to_owned();
            let next = self.word(at + 1).to_owned();
            let numeric = self.word(at).starts_with(|c: char| c.is_ascii_digit() || c == '$');
            let value = period::number(&text);
            let percent = self.word(at).ends_with('%') || next == "percent";
            match value {
                Some(value) if percent => self.frame.percent = Some(value),
                Some(value) if matches!(next.as_str(), "bullet" | "bullets" | "point" | "points" | "line" | "lines" | "sentences") => {
                    self.frame.bullets = usize::try_from(value).ok();
                }
                Some(value)
                    if at > 0
                        && matches!(self.word(at - 1), "top" | "bottom" | "first" | "biggest" | "largest")
                        && (1..=50).contains(&value) =>
                {
                    self.frame.limit = Some(value);
                }
                Some(value) if lexicon::concepts(self.word(at + 1)).contains(&Concept::Most) && (2..=50).contains(&value) => {
                    self.frame.limit = Some(value);
                }
                _ => {}
            }
            if numeric || value.is_some() {
                self.mark(at, 1, Tag::Number);
            }
            // `App 4`: a level and a number are a name, and names in scope were taken before.
            let digits = self.word(at).bytes().all(|byte| byte.is_ascii_digit());
            let level = at.checked_sub(1).filter(|before| self.tag(*before) == Some(Tag::Level) && !self.word(*before).ends_with('s'));
            if digits && let Some(before) = level {
                self.mark(before, 2, Tag::Unknown);
                self.levels.retain(|(index, _)| *index != before);
                self.concepts.iter_mut().skip(before).take(2).for_each(Vec::clear);
            }
        }
    }

    /// Decides what each name found is for: scope, owner, account, exclusion.
    fn assign_names(&mut self) {
        for (at, found) in self.found.clone() {
            if !matches!(self.tag(at), Some(Tag::Name | Tag::Part)) {
                continue;
            }
            let name = match self.choose(at, &found) {
                Ok(name) => name,
                Err(several) => {
                    self.frame.ambiguous = several;
                    continue;
                }
            };
            let excluded = self.is_excluded(at);
            match name.kind {
                Kind::Node | Kind::Workload if excluded => self.frame.excluded.push(name.name),
                Kind::Node | Kind::Workload => push_once(&mut self.frame.names, name),
                Kind::Person if name.name == self.known.briefing.person => {}
                Kind::Person => push_once(&mut self.frame.people, name),
                Kind::Account => self.frame.account = Some(name.name),
                Kind::Principal => self.frame.principal = Some(name.name),
            }
        }
    }

    /// One name of those that fit, by what stands around it; several of equal right are ambiguous.
    fn choose(&self, at: usize, found: &Match) -> Result<Name, Vec<String>> {
        let after = at + found.length;
        let glued = (at + 1..after).any(|index| self.words.get(index).is_some_and(|word| word.glued));
        let named =
            |index: usize, concept: Concept| self.is_concept(index, concept) || lexicon::concepts(self.word(index)).contains(&concept);
        let before = at.checked_sub(1);
        let near = |concept: Concept| named(after, concept) || before.is_some_and(|index| named(index, concept));
        let account_talk = near(Concept::Account)
            || self.frame.region.is_some()
            || (glued && (self.has(Concept::Approve) || self.has(Concept::Allowed) || self.has(Concept::Model)));
        let possessive = self.words.get(after.saturating_sub(1)).is_some_and(|word| word.possessive);
        let order: [Kind; 5] = if account_talk {
            [Kind::Account, Kind::Node, Kind::Workload, Kind::Principal, Kind::Person]
        } else if near(Concept::Principal) && !named(after, Concept::Over) {
            [Kind::Principal, Kind::Node, Kind::Workload, Kind::Account, Kind::Person]
        } else if near(Concept::Workload) {
            [Kind::Workload, Kind::Node, Kind::Account, Kind::Principal, Kind::Person]
        } else if glued {
            [Kind::Principal, Kind::Account, Kind::Node, Kind::Workload, Kind::Person]
        } else if possessive && found.length == 1 {
            [Kind::Person, Kind::Node, Kind::Workload, Kind::Account, Kind::Principal]
        } else {
            [Kind::Node, Kind::Workload, Kind::Account, Kind::Person, Kind::Principal]
        };
        for kind in order {
            let mut fitting: Vec<&Name> = found.names.iter().filter(|name| name.kind == kind).collect();
            fitting.dedup_by(|a, b| a.name == b.name);
            let level = self.level_beside(at, after);
            if fitting.len() > 1
                && let Some(level) = &level
            {
                fitting.retain(|name| name.level.eq_ignore_ascii_case(level));
            }
            // A workload that bears a part of its product's name does not make the product ambiguous.
            match fitting.as_slice() {
                [] => {}
                [one] => return Ok((*one).clone()),
                several => return Err(several.iter().map(|name| name.name.clone()).collect()),
            }
        }
        Err(Vec::new())
    }

    fn level_beside(&self, at: usize, after: usize) -> Option<String> {
        self.levels.iter().find(|(index, _)| *index == after || Some(*index) == at.checked_sub(1)).map(|(_, label)| label.clone())
    }

    /// `drop HR Portal`, `without Checkout`, `everything but Fraud Signals`, also for the further members of a list.
    pub(super) fn is_excluded(&self, at: usize) -> bool {
        let mut index = at;
        while let Some(before) = index.checked_sub(1) {
            index = before;
            let word = self.word(index);
            let lists = matches!(word, "and" | "or" | "the" | "for" | "out" | "of" | "from" | "product" | "my" | "our" | "also")
                || matches!(self.tag(index), Some(Tag::Name | Tag::Part | Tag::Level | Tag::Unknown));
            if word == "without"
                || self.is_concept(index, Concept::Exclude)
                || (word == "but" && index > 0)
                || (word == "not" && self.word(index + 1) != "in")
            {
                return true;
            }
            if !lists {
                return false;
            }
        }
        false
    }

    /// How it is asked: unit, direction, follow-up marks.
    fn manner(&mut self) {
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
        self.frame.credits = self.has(Concept::Credit) && !says("without credits|before credits|no credits|excluding credits");
        self.frame.budget = self.has(Concept::Budget);
        let unit = |at: usize| matches!(self.word(at), "dollar" | "dollars" | "usd" | "money" | "bucks");
        self.frame.money = (0..self.words.len()).any(|at| self.is_concept(at, Concept::Spend) && !unit(at));
        self.frame.asks_over = self.has(Concept::Over) && !self.has(Concept::Within);
        self.frame.why = self.has(Concept::Why) || says("how come");
        self.frame.asks_who = says("who|whom|whose");
        self.frame.uses = self.has(Concept::Use);
        self.frame.no_unclaimed = (0..self.words.len()).any(|at| self.is_concept(at, Concept::Unclaimed) && self.is_excluded(at));
        self.frame.superlative = self.has(Concept::Most) || self.has(Concept::Least);
        self.frame.least = self.has(Concept::Least);
        self.frame.new_only = says("new|opened|appeared|newly|since when");
        self.frame.rest = self.has(Concept::Rest);
        self.frame.yes = self.has(Concept::Yes) && self.words.len() <= 3;
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
            let held = self.known.briefing.nodes.iter().any(|node| folded(&node.level) == folded(label));
            let before = at.checked_sub(1).map_or("", |index| self.word(index));
            let reach = matches!(before, "all" | "every" | "each" | "whole" | "entire" | "other" | "my" | "our" | "the" | "this");
            let lowest = self.known.briefing.levels.last().is_some_and(|last| folded(last) == folded(label)) || label == "product";
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

fn folded(label: &str) -> String {
    super::text::fold(label).replace(['_', '-'], " ")
}

fn push_once(names: &mut Vec<Name>, name: Name) {
    if !names.iter().any(|known| known.name == name.name && known.kind == name.kind) {
        names.push(name);
    }
}
