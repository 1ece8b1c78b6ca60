//! Names, models and Regions take their words: spelled out, misspelt or in part; later each is given its place in the frame.

use super::{Parse, Tag};
use crate::lexicon::{self, Concept};
use crate::models;
use crate::names::{Kind, Match, Name};
use crate::text::name_words;

impl Parse<'_> {
    pub(super) fn spelled_names(&mut self) {
        let mut at = 0;
        while at < self.words.len() {
            if self.is_dated(at) {
                at += 1;
                continue;
            }
            let led = at.checked_sub(1).is_some_and(|before| {
                matches!(
                    self.word(before),
                    "in" | "for" | "on" | "of" | "at" | "account" | "outside" | "without" | "excluding" | "except" | "but"
                )
            });
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

    pub(super) fn models_and_regions(&mut self) {
        for at in 0..self.words.len() {
            if self.tag(at) != Some(Tag::Free) {
                continue;
            }
            let text = self.word(at).to_owned();
            let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
            if is_account {
                self.take_account(at, text);
                self.mark(at, 1, Tag::Name);
            } else if self.is_odd_account(at) {
                self.frame.unknown.push(text);
                self.mark(at, 1, Tag::Number);
            } else if text.starts_with("arn:") {
                self.frame.principal = self.words.get(at).map(|word| word.typed.clone());
                self.mark(at, 1, Tag::Name);
            } else if let Some((region, length)) = models::region_at(&self.words, at) {
                if self.is_excluded(at) {
                    self.exclude(region, "region");
                } else if self.frame.region.as_ref().is_some_and(|known| *known != region) {
                    self.frame.ambiguous = self.frame.region.take().into_iter().chain([region]).collect();
                } else {
                    self.frame.region = Some(region);
                }
                self.mark(at, length, Tag::Region);
            } else if let Some((model, length)) = models::model_at(&self.words, at) {
                if self.is_excluded(at) {
                    self.exclude(model, "model");
                } else {
                    self.frame.model.get_or_insert(model);
                }
                self.mark(at, length, Tag::Model);
            }
        }
    }

    /// Left out by a value that only its own breakdown holds.
    fn exclude(&mut self, value: String, by: &'static str) {
        self.frame.excluded.push(value);
        if !self.frame.excluded_by.contains(&by) {
            self.frame.excluded_by.push(by);
        }
    }

    fn take_account(&mut self, at: usize, account: String) {
        if self.is_excluded(at) {
            self.exclude(account, "account");
        } else if self.frame.account.as_ref().is_some_and(|known| *known != account) {
            // One account at a time: a sum of the last one named would pass for both.
            self.frame.ambiguous = self.frame.account.take().into_iter().chain([account]).collect();
        } else {
            self.frame.account = Some(account);
        }
    }

    /// Digits behind `account` that are no account id.
    fn is_odd_account(&self, at: usize) -> bool {
        let digits = self.word(at).len() >= 4 && self.word(at).bytes().all(|byte| byte.is_ascii_digit());
        let before = at.checked_sub(1);
        digits && before.is_some_and(|before| matches!(self.word(before), "account" | "accounts") || self.tag(before) == Some(Tag::Number))
    }

    /// Misspelt names, parts of names, and misspelt words of the vocabulary, in this order.
    pub(super) fn near_names(&mut self) {
        for at in 0..self.words.len() {
            // Agent Bill's own name is no part of anybody's product.
            let own = self.word(at) == "agent" && self.word(at + 1) == "bill";
            if self.tag(at) != Some(Tag::Free) || self.is_dated(at) || own {
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

    /// Decides what each name found is for: scope, owner, account, exclusion.
    pub(super) fn assign_names(&mut self) {
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
            let excluded = self.is_excluded(self.start_of(at, &name.name));
            match name.kind {
                Kind::Node | Kind::Workload if excluded => self.frame.excluded.push(name.name),
                Kind::Node | Kind::Workload => push_once(&mut self.frame.names, name),
                Kind::Person if name.name == self.known.briefing.person => {}
                Kind::Person => push_once(&mut self.frame.people, name),
                Kind::Account => self.take_account(self.start_of(at, &name.name), name.name),
                Kind::Principal if excluded => self.exclude(name.name, "principal"),
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

    /// Where a name begins that was found by one of its later words: `leave` is no verb in `leave desk`.
    fn start_of(&self, at: usize, name: &str) -> usize {
        let words = name_words(name);
        (0..at).rev().take_while(|before| words.iter().any(|(word, _)| word == self.word(*before))).last().unwrap_or(at)
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
            let led = |lead: &str| index.checked_sub(1).is_some_and(|at| self.word(at) == lead);
            let lists = matches!(word, "and" | "or" | "the" | "for" | "out" | "of" | "from" | "product" | "my" | "our" | "also")
                || matches!(self.tag(index), Some(Tag::Name | Tag::Part | Tag::Level | Tag::Unknown));
            if matches!(word, "without" | "outside" | "apart" | "aside" | "besides")
                || (word == "than" && led("other"))
                || (word == "in" && led("not") && index + 1 == at)
                || lexicon::concepts(word).contains(&Concept::Exclude)
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
}

fn push_once(names: &mut Vec<Name>, name: Name) {
    if !names.iter().any(|known| known.name == name.name && known.kind == name.kind) {
        names.push(name);
    }
}
