//! Names that a text may hold: of what results are about, and of people.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::civil::Date;

use super::sentence::LEAST_QUOTED;
use super::words::plain_words;
use crate::declare::Relation;
use crate::fact::{Fact, texts};

/// Words with a capital that name nothing of an organisation.
const HOUSE: &str = "amazon bedrock aws iam cognito slack finops lead product owner portfolio manager cloud engineer region regions account accounts \
     department business unit finance admin usd utc mtd agent bill monday tuesday wednesday thursday friday saturday sunday english q&a api";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    pub is_person: bool,
}

/// Known names, found by their first word; and the day on which periods are told.
#[derive(Debug)]
pub struct Names {
    names: Vec<Name>,
    by_first: HashMap<String, Vec<Spelling>>,
    pub today: Date,
    /// Every word of the results and of names.
    vocabulary: HashSet<String>,
    /// Sentences of the results, without their full stop.
    pub texts: Vec<String>,
}

#[derive(Debug)]
struct Spelling {
    words: Vec<String>,
    name: usize,
    /// Part of a name, which stands for it only with a capital; a label stands for itself in any case.
    is_short: bool,
}

impl Names {
    /// The names in the facts of a turn, and those known besides: of things, and of people.
    pub fn of(facts: &[Fact<'_>], things: &[String], people: &[String], today: Date) -> Self {
        let mut found: BTreeMap<String, bool> = BTreeMap::new();
        for fact in facts {
            for name in fact.subject().into_iter().chain(fact.scope()) {
                found.entry(name.to_owned()).or_insert(false);
            }
            if let Some(relation) = fact.relation() {
                for name in texts(fact.value) {
                    found.entry(name.to_owned()).or_insert(relation != Relation::PointsTo);
                }
            }
        }
        for (name, is_person) in things.iter().map(|name| (name, false)).chain(people.iter().map(|name| (name, true))) {
            found.entry(name.clone()).or_insert(is_person);
        }
        let names = found
            .into_iter()
            .filter(|(text, _)| is_name(text) || text.contains(' ') && !is_time(text))
            .map(|(text, is_person)| Name { text, is_person })
            .collect();
        let mut known = Self { names, by_first: HashMap::new(), today, vocabulary: HashSet::new(), texts: Vec::new() };
        for fact in facts {
            let words = texts(fact.value).into_iter().flat_map(plain_words).chain(fact.pointer.split(['/', '_']).map(str::to_owned));
            known.vocabulary.extend(words);
            let sentences = texts(fact.value).into_iter().map(|text| text.trim().trim_end_matches('.'));
            let is_sentence = |text: &&str| text.len() >= LEAST_QUOTED && text.split_whitespace().count() > 3 && !known.is_thing(text);
            let sentences: Vec<String> = sentences.filter(is_sentence).map(str::to_ascii_lowercase).collect();
            known.texts.extend(sentences);
        }
        known.texts.sort();
        known.texts.dedup();
        let spelled: Vec<String> = known.names.iter().flat_map(|name| plain_words(&name.text)).collect();
        known.vocabulary.extend(spelled);
        known.vocabulary.extend(HOUSE.split_whitespace().map(str::to_owned));
        known.spell();
        known
    }

    fn spell(&mut self) {
        let whole: Vec<Vec<String>> = self.names.iter().map(|name| plain_words(&name.text)).collect();
        let mut uses: HashMap<&str, usize> = HashMap::new();
        whole.iter().flatten().for_each(|word| *uses.entry(word).or_default() += 1);
        let mut all = Vec::new();
        for (index, words) in whole.iter().enumerate() {
            all.push((words.clone(), index, false));
            // `Sonnet 4.6`, and a word that no other name has.
            if !self.names.get(index).is_some_and(|name| is_name(&name.text)) {
                continue;
            }
            if words.len() > 2 {
                all.push((words.get(1..).unwrap_or_default().to_vec(), index, true));
            }
            if words.len() > 1 {
                let own = |word: &&String| {
                    uses.get(word.as_str()) == Some(&1) && word.chars().count() >= 3 && word.chars().all(char::is_alphabetic)
                };
                all.extend(words.iter().filter(own).map(|word| (vec![word.clone()], index, true)));
            }
        }
        for (words, name, is_short) in all {
            if let Some(first) = words.first().cloned() {
                self.by_first.entry(first).or_default().push(Spelling { words, name, is_short });
            }
        }
        self.by_first.values_mut().for_each(|spellings| spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.words.len())));
    }

    /// Whether a folded word stands in a result or a name, or is one of the house.
    pub fn knows(&self, word: &str) -> bool {
        self.vocabulary.contains(word)
    }

    pub fn is_thing(&self, text: &str) -> bool {
        self.names.iter().any(|name| name.text == text && !name.is_person)
    }

    pub fn get(&self, index: usize) -> Option<&Name> {
        self.names.get(index)
    }

    /// The name that begins at the first word, and how many words it takes.
    pub fn at(&self, words: &[&str], is_capital: bool) -> Option<(usize, usize)> {
        let spellings = self.by_first.get(*words.first()?)?;
        // "Sonnet 5" is no short form of `Claude Sonnet 4.6`.
        let versioned =
            |spelling: &Spelling| words.get(spelling.words.len()).is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()));
        let fits = |spelling: &&Spelling| {
            (!spelling.is_short || is_capital && !versioned(spelling))
                && spelling.words.len() <= words.len()
                && spelling.words.iter().zip(words).all(|(own, word)| own == word)
        };
        spellings.iter().find(fits).map(|spelling| (spelling.name, spelling.words.len()))
    }
}

/// Something with a capital, a digit or a hyphen; `unclaimed roles` and `cache read` are words, and a day or month is a period.
pub fn is_name(text: &str) -> bool {
    !is_time(text) && text.chars().any(|c| c.is_uppercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
}

/// The name of a row that is a day, a week or a month.
pub fn is_time(text: &str) -> bool {
    text.parse::<Date>().is_ok() || format!("{text}-01").parse::<Date>().is_ok() || text.starts_with("week from ")
}
