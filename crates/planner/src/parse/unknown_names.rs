//! Words nobody knows. Where one stands like a name (after a preposition, before `spend`, capitalised, in quotes) it is taken for a name outside
//! the scope; it is never turned into a similar name inside it.

use super::super::typo;
use super::{Parse, Tag};
use crate::frame::{Topic, Write};
use crate::lexicon::{self, Concept};
use crate::text::Word;

/// What is said right behind a name: `Checkout spend`, `HR Portal budget`.
const MEASURED: [Concept; 16] = [
    Concept::Spend,
    Concept::Estimate,
    Concept::Budget,
    Concept::Level,
    Concept::Token,
    Concept::Use,
    Concept::Model,
    Concept::Workload,
    Concept::Principal,
    Concept::Account,
    Concept::Within,
    Concept::Over,
    Concept::Card,
    Concept::Cache,
    Concept::Forecast,
    Concept::Total,
];

/// Small words of other languages that are no words of this one.
const FOREIGN: [&str; 43] = [
    "wie", "viel", "haben", "wir", "ist", "sind", "und", "fur", "mit", "nicht", "welche", "welches", "unser", "unsere", "wurde", "combien",
    "nous", "avons", "est", "sont", "quel", "quelle", "quels", "notre", "nos", "dans", "avec", "cuánto", "cuanto", "hemos", "qué", "cuál",
    "nuestro", "nuestra", "gastado", "gastamos", "quanto", "abbiamo", "speso", "che", "nostro", "nostra", "quale",
];

impl Parse<'_> {
    pub(super) fn unknown_names(&mut self) {
        for at in 0..self.words.len() {
            if self.tag(at) == Some(Tag::Free) {
                self.mark(at, 1, Tag::Unknown);
            }
        }
        self.capitalised_words();
        self.absorb_neighbours();
        // Capitals and digits make names, whatever their number.
        let plain = |at: &usize| self.words.get(*at).is_some_and(|word| !word.capital && word.text.chars().all(char::is_alphabetic));
        let strange = (0..self.words.len()).filter(|at| self.tag(*at) == Some(Tag::Unknown)).filter(plain).count();
        let small = self.words.iter().filter(|word| FOREIGN.contains(&word.spelled.as_str())).count();
        self.frame.foreign = strange >= 3 && strange * 5 >= self.words.len() * 2 || small >= 2;
        let mut unknown = Vec::new();
        let mut loose = 0_usize;
        let mut gibberish = 0_usize;
        for (start, length) in self.runs() {
            let mut typed = String::new();
            for word in self.words.iter().skip(start).take(length) {
                if !typed.is_empty() {
                    typed.push(if word.glued { '-' } else { ' ' });
                }
                typed.push_str(&word.typed);
            }
            let odd = self.words.iter().skip(start).take(length).all(|word| typo::is_gibberish(&word.spelled));
            if odd {
                gibberish += length;
            } else if self.stands_like_a_name(start, length) {
                // What lies outside of something unknown is asked for, not left out.
                let outside = start.checked_sub(1).is_some_and(|before| self.word(before) == "outside");
                if outside || !self.is_excluded(start) {
                    let named = |word: &Word| {
                        word.quoted || word.possessive || word.capital && !word.initial || !word.text.chars().all(char::is_alphabetic)
                    };
                    let run = self.words.get(start..start + length).unwrap_or_default();
                    self.frame.unknown_words += usize::from(!run.iter().any(named));
                    unknown.push(typed);
                }
            } else {
                loose += length;
            }
        }
        self.frame.gibberish = gibberish > 0
            && gibberish + loose >= self.words.iter().filter(|word| !lexicon::is_known(&word.text)).count()
            && unknown.is_empty();
        self.frame.unknown.extend(unknown);
        self.frame.loose_count = loose;
        self.frame.word_count = self.words.len();
    }

    /// Where a model or a role is expected, an unknown name is one: the tools decide whether it exists.
    pub(super) fn settle_unknown_names(&mut self) {
        let hyphenated = self.hyphenated_role();
        let frame = &mut self.frame;
        match frame.topic {
            Some(Topic::ModelState | Topic::Write(Write::DecideModel | Write::RequestModel))
                if frame.model.is_none() && !frame.unknown.is_empty() =>
            {
                frame.model = Some(frame.unknown.remove(0));
                frame.model_guessed = true;
            }
            Some(Topic::Diagnose | Topic::Write(Write::Claim)) if frame.principal.is_none() && hyphenated.is_some() => {
                frame.principal = hyphenated;
                frame.unknown.clear();
            }
            Some(Topic::Diagnose | Topic::Write(Write::Claim)) if frame.principal.is_none() && !frame.unknown.is_empty() => {
                frame.principal = Some(frame.unknown.remove(0));
            }
            _ => {}
        }
    }

    /// `my role insights-batch`: what is written with hyphens behind the word for it.
    fn hyphenated_role(&self) -> Option<String> {
        let role = (0..self.words.len()).find(|at| self.is_concept(*at, Concept::Principal))?;
        let first = self.words.get(role + 1)?;
        let rest: Vec<&str> = self.words.iter().skip(role + 2).take_while(|word| word.glued).map(|word| word.typed.as_str()).collect();
        (!rest.is_empty()).then(|| format!("{}-{}", first.typed, rest.join("-")))
    }

    /// Runs of unknown words: start and length.
    fn runs(&self) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for (at, tag) in self.tags.iter().enumerate() {
            if *tag != Tag::Unknown {
                continue;
            }
            let paused = self.words.get(at).is_some_and(|word| word.after_pause);
            match runs.last_mut() {
                Some((start, length)) if *start + *length == at && !paused => *length += 1,
                _ => runs.push((at, 1)),
            }
        }
        runs
    }

    /// A known word next to an unknown one, both capitalised, belongs to the same name; so do two capitalised words of ordinary English.
    fn capitalised_words(&mut self) {
        let count = self.words.len();
        let capitals = self.words.iter().filter(|word| word.capital).count();
        if capitals * 3 > count * 2 && count > 4 {
            return;
        }
        let marked = |parse: &Self, at: usize| {
            parse.words.get(at).is_some_and(|word| (word.capital && !word.initial && word.typed != "I" && !word.possessive) || word.quoted)
                && parse.tag(at) == Some(Tag::Word)
                && !is_title(parse.word(at))
        };
        for at in 0..count {
            if !marked(self, at) {
                continue;
            }
            let beside = at
                .checked_sub(1)
                .is_some_and(|before| self.tag(before) == Some(Tag::Unknown) && self.words.get(before).is_some_and(|word| word.capital))
                || (self.tag(at + 1) == Some(Tag::Unknown) && self.words.get(at + 1).is_some_and(|word| word.capital));
            let pair = marked(self, at + 1)
                || at.checked_sub(1).is_some_and(|before| {
                    self.tag(before) == Some(Tag::Unknown) && self.words.get(before).is_some_and(|word| word.capital)
                });
            if beside || pair {
                self.mark(at, 1, Tag::Unknown);
                if let Some(slot) = self.concepts.get_mut(at) {
                    slot.clear();
                }
            }
        }
    }

    /// `Partner Portal` is not `HR Portal`, and `Checkout Europe` is not `Checkout`: a name that an unknown word touches is unknown itself.
    fn absorb_neighbours(&mut self) {
        let spans: Vec<(usize, usize)> = self.found.iter().map(|(at, found)| (*at, found.length)).collect();
        for (start, length) in spans {
            let last = self.words.get((start + length).saturating_sub(1));
            let free_after = last.is_some_and(|word| !word.possessive);
            let odd = |at: usize| self.words.get(at).is_some_and(|word| typo::is_gibberish(&word.spelled));
            let capital = self.words.get(start).is_some_and(|word| word.capital);
            let touches = |at: usize| {
                self.tag(at) == Some(Tag::Unknown)
                    && !odd(at)
                    && self.words.get(at).is_some_and(|word| word.capital == capital || word.initial)
            };
            let next_paused = self.words.get(start + length).is_some_and(|word| word.after_pause);
            let own_pause = self.words.get(start).is_some_and(|word| word.after_pause);
            let before =
                start.checked_sub(1).is_some_and(|at| touches(at) && !own_pause && self.words.get(at).is_some_and(|word| !word.possessive));
            let after = free_after && !next_paused && touches(start + length);
            if before || after {
                self.mark(start, length, Tag::Unknown);
            }
        }
    }

    fn stands_like_a_name(&self, start: usize, length: usize) -> bool {
        let run = self.words.get(start..start + length).unwrap_or_default();
        let strong = run.iter().any(|word| word.quoted || word.possessive || (word.capital && !word.initial));
        let title = run.iter().filter(|word| word.capital).count() >= 2 || (run.iter().any(|word| word.capital) && self.words.len() <= 3);
        if strong || title {
            return true;
        }
        let mut before = start.checked_sub(1);
        while let Some(at) = before
            && matches!(
                self.word(at),
                "the"
                    | "a"
                    | "an"
                    | "my"
                    | "our"
                    | "their"
                    | "his"
                    | "her"
                    | "this"
                    | "that"
                    | "product"
                    | "team"
                    | "portfolio"
                    | "department"
                    | "app"
                    | "application"
            )
        {
            before = at.checked_sub(1);
        }
        let lead = before.map(|at| self.word(at));
        let preposition = matches!(
            lead,
            Some("for" | "of" | "on" | "by" | "in" | "at" | "from" | "to" | "about" | "with" | "than" | "versus" | "against" | "per")
        );
        let verb = matches!(
            lead,
            Some("is" | "are" | "was" | "were" | "does" | "did" | "do" | "has" | "have" | "and" | "or" | "how" | "can" | "may" | "will")
        ) || before.is_some_and(|at| {
            self.is_concept(at, Concept::Principal)
                || self.is_concept(at, Concept::Account)
                || self.is_concept(at, Concept::Show)
                || self.is_concept(at, Concept::Exclude)
                || self.is_concept(at, Concept::Include)
        });
        let after = start + length;
        let measured = MEASURED.iter().any(|concept| self.is_concept(after, *concept));
        let verb_after =
            matches!(self.word(after), "doing" | "team" | "department" | "people" | "guys" | "is" | "has" | "was" | "did" | "uses");
        let follow_up = before.is_none() && after >= self.words.len() && self.words.len() <= 3;
        preposition || verb || measured || verb_after || (follow_up && length >= 2)
    }
}

/// Words of titles that are capitalised without being the name of anything in the hierarchy.
fn is_title(word: &str) -> bool {
    let month = lexicon::MONTH_NAMES.contains(&word);
    month
        || matches!(
            word,
            "product"
                | "owner"
                | "portfolio"
                | "manager"
                | "department"
                | "business"
                | "unit"
                | "finops"
                | "lead"
                | "finance"
                | "cloud"
                | "engineer"
                | "admin"
                | "bedrock"
                | "amazon"
                | "aws"
                | "ai"
                | "agent"
                | "bill"
                | "i"
                | "iam"
                | "arn"
                | "mcp"
                | "ok"
                | "us"
                | "q1"
                | "llm"
                | "region"
                | "cur"
                | "not"
                | "all"
                | "bu"
        )
}
