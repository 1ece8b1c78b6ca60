//! The names the asker may use: everything the briefing holds, found in a message whatever the case, spacing, hyphens and small slips.
//!
//! Nothing outside the briefing is ever matched: a word that is merely close to a name stays unknown when it could be another name.

use agent_bill_domain::names::NameKey;
use agent_bill_model::Briefing;

use super::lexicon;
use super::text::{Word, name_words};
use super::typo;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Node,
    Workload,
    Person,
    Account,
    Principal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub kind: Kind,
    pub name: String,
    /// Label of the level for a node.
    pub level: String,
    words: Vec<String>,
    /// The same words as they are compared with those of a message.
    keys: Vec<NameKey>,
    joined: NameKey,
}

#[derive(Debug, Clone, Default)]
pub struct Names {
    all: Vec<Name>,
}

/// What stands at a place of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Names that fit, of several kinds perhaps; more than one of a kind is ambiguous.
    pub names: Vec<Name>,
    pub length: usize,
}

impl Name {
    /// A name that was not found in a message.
    pub fn plain(kind: Kind, name: &str, level: &str) -> Self {
        Self { kind, name: name.to_owned(), level: level.to_owned(), words: Vec::new(), keys: Vec::new(), joined: NameKey::default() }
    }
}

impl Names {
    pub fn of(briefing: &Briefing) -> Self {
        let mut all = Vec::new();
        let mut add = |kind: Kind, name: &str, level: &str| {
            let (words, keys) = significant(name_words(name));
            if !words.is_empty() {
                let joined = NameKey::joined(&keys);
                all.push(Name { kind, name: name.to_owned(), level: level.to_owned(), words, keys, joined });
            }
        };
        briefing.nodes.iter().for_each(|node| add(Kind::Node, &node.name, &node.level));
        briefing.workloads.iter().for_each(|workload| add(Kind::Workload, &workload.name, ""));
        briefing.people.iter().for_each(|person| add(Kind::Person, person, ""));
        briefing.accounts.iter().for_each(|account| add(Kind::Account, account, ""));
        briefing.principals.iter().for_each(|principal| add(Kind::Principal, principal, ""));
        Self { all }
    }

    /// The longest name spelled out at the beginning of `words`; `led` by a preposition, ordinary words are names too.
    pub fn exact(&self, words: &[Word], led: bool) -> Option<Match> {
        (1..=words.len().min(7)).rev().find_map(|length| {
            let window = words.get(..length)?;
            let (spelled, keys) = significant(spelled_words(window));
            if spelled.is_empty() || is_joiner(&window.last()?.text) || is_joiner(&window.first()?.text) {
                return None;
            }
            let joined = NameKey::joined(&keys);
            let long = spelled.iter().map(String::len).sum::<usize>() >= 5;
            let is_meant = |name: &Name| is_same_in_words(&name.keys, &keys) || (long && name.joined.is_same(&joined));
            let names: Vec<Name> = self.all.iter().filter(|name| is_meant(name)).cloned().collect();
            let plain = length == 1 && !led && window.first().is_some_and(|word| is_ordinary(word, words.get(1)));
            (!names.is_empty() && !plain).then_some(Match { names, length })
        })
    }

    /// A name with slips in it: as many words, each within what is forgiven.
    pub fn misspelt(&self, words: &[Word]) -> Option<Match> {
        (1..=words.len().min(6)).rev().find_map(|length| {
            let window = words.get(..length)?;
            if is_joiner(&window.last()?.text) || window.iter().all(is_understood) {
                return None;
            }
            let (spelled, _) = significant(spelled_words(window));
            let names: Vec<Name> = self.all.iter().filter(|name| close(&spelled, &name.words)).cloned().collect();
            (!names.is_empty()).then_some(Match { names, length })
        })
    }

    /// One distinctive word of a longer name: a first name, `insights` for `Customer Insights`, initials in capitals.
    pub fn partial(&self, word: &Word, forgiving: bool) -> Option<Match> {
        let marked = word.possessive || (word.capital && !word.initial);
        if lexicon::is_known(&word.spelled) && !marked {
            return None;
        }
        let pick = |fits: &dyn Fn(&Name) -> bool| -> Vec<Name> { self.all.iter().filter(|name| fits(name)).cloned().collect() };
        let key = NameKey::of(&word.typed);
        let mut names = pick(&|name| name.keys.iter().any(|known| known.is_same(&key)));
        if names.is_empty() && word.spelled.len() >= 2 && word.typed.chars().all(char::is_uppercase) {
            names = pick(&|name| name.words.len() >= 2 && initials(&name.words) == word.spelled);
        }
        let length = word.spelled.chars().count();
        if names.is_empty() && forgiving && length >= 5 && !is_understood(word) {
            names = pick(&|name| {
                let near = |known: &String| typo::slips(&word.spelled, known, typo::forgiven(length.min(known.chars().count()))).is_some();
                name.words.iter().any(near)
            });
        }
        (!names.is_empty()).then_some(Match { names, length: 1 })
    }
}

/// In the vocabulary, or a contraction or chat spelling of it.
fn is_understood(word: &Word) -> bool {
    lexicon::is_known(&word.text) || word.text != word.spelled
}

fn initials(words: &[String]) -> String {
    words.iter().filter_map(|word| word.chars().next()).collect()
}

fn is_joiner(word: &str) -> bool {
    matches!(word, "and" | "the" | "of")
}

/// Folded, and as they are compared.
fn spelled_words(window: &[Word]) -> Vec<(String, NameKey)> {
    window.iter().map(|word| (word.spelled.clone(), NameKey::of(&word.typed))).collect()
}

fn significant(words: Vec<(String, NameKey)>) -> (Vec<String>, Vec<NameKey>) {
    words.into_iter().filter(|(word, _)| !matches!(word.as_str(), "and" | "the")).unzip()
}

fn is_same_in_words(a: &[NameKey], b: &[NameKey]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_same(b))
}

/// A word of the vocabulary in lower case, or at the beginning of a sentence, is not a name unless something says so.
fn is_ordinary(word: &Word, next: Option<&Word>) -> bool {
    let marked = word.quoted || word.possessive || (word.capital && !word.initial) || next.is_some_and(|next| next.glued);
    lexicon::is_known(&word.spelled) && !marked
}

fn close(spelled: &[String], known: &[String]) -> bool {
    if spelled.len() == known.len() {
        let slips: Option<Vec<usize>> = spelled
            .iter()
            .zip(known)
            .map(|(a, b)| if a == b { Some(0) } else { typo::slips(a, b, typo::forgiven(a.len().min(b.len()))) })
            .collect();
        return slips.is_some_and(|slips| slips.iter().sum::<usize>() <= 3);
    }
    let (a, b) = (spelled.concat(), known.concat());
    b.len() >= 8 && typo::slips(&a, &b, 1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sentences;

    fn found(message: &str, people: &[&str]) -> Vec<String> {
        let briefing = Briefing { people: people.iter().map(|name| (*name).to_owned()).collect(), ..Briefing::default() };
        let names = Names::of(&briefing);
        let words = sentences(message).remove(0).words;
        let exact = names.exact(&words, false);
        let found = exact.or_else(|| words.first().and_then(|word| names.partial(word, true)));
        found.map(|found| found.names.into_iter().map(|name| name.name).collect()).unwrap_or_default()
    }

    #[test]
    fn a_name_is_found_in_every_spelling_of_its_letters() {
        for message in ["juergen", "jurgen", "JÜRGEN", "jürgen weiss", "Juergen Weiß", "weiss", "juergenweiss"] {
            assert_eq!(found(message, &["Jürgen Weiß", "Søren Lund"]), ["Jürgen Weiß"], "{message}");
        }
        for message in ["soren", "soeren lund", "Søren", "SØREN LUND"] {
            assert_eq!(found(message, &["Jürgen Weiß", "Søren Lund"]), ["Søren Lund"], "{message}");
        }
        assert!(found("lukasz", &["Jürgen Weiß", "Søren Lund"]).is_empty());
    }
}
