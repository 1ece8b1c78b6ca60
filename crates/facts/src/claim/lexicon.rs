//! The words by which a claim is recognised, per language: `lexicon/<language>.txt`. Words are compared folded: lower case, without accents.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::words::fold;
use crate::print::Locale;

/// What a phrase may stand for: `over`, `most`, `measure spend` …
pub type Class = &'static str;

const TEXTS: [(&str, &str); 5] = [
    ("en", include_str!("lexicon/en.txt")),
    ("de", include_str!("lexicon/de.txt")),
    ("fr", include_str!("lexicon/fr.txt")),
    ("es", include_str!("lexicon/es.txt")),
    ("it", include_str!("lexicon/it.txt")),
];

static LEXICONS: LazyLock<Vec<Lexicon>> = LazyLock::new(|| TEXTS.iter().map(|(language, text)| Lexicon::read(language, text)).collect());

/// The phrases of one language.
#[derive(Debug)]
pub struct Lexicon {
    pub language: &'static str,
    stop: Vec<String>,
    /// Nobody, yes, no, "and", the mark of what no record shows, and none.
    pub words: [&'static str; 6],
    pub locale: Locale,
    /// As they are written, January first.
    month_names: Vec<&'static str>,
    /// By their first word, or by its beginning where that ends in `*`; longest first.
    phrases: HashMap<String, Vec<Phrase>>,
    open: HashMap<String, Vec<Phrase>>,
    /// Stems too short to be found by their beginning.
    short: Vec<Phrase>,
    months: Vec<String>,
    months_short: Vec<String>,
    periods: BTreeMap<&'static str, Vec<Vec<Part>>>,
}

#[derive(Debug, Clone)]
struct Phrase {
    parts: Vec<Part>,
    class: Class,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    text: String,
    open: bool,
}

impl Part {
    fn fits(&self, word: &str) -> bool {
        if self.open { word.starts_with(&self.text) } else { word == self.text }
    }
}

/// By so many letters stems are found.
fn beginning(word: &str) -> Option<&str> {
    word.char_indices().nth(2).map(|(at, c)| at + c.len_utf8()).and_then(|end| word.get(..end))
}

/// Phrases of these are nothing else in part: "not approved" is no approval, "last month" no last place.
pub const TAKES_ALL: [&str; 7] = ["none-of-it", "unapproved", "unimplemented", "undecided", "open", "second", "third"];

/// A phrase found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub class: Class,
    /// How many words it takes.
    pub words: usize,
}

/// Shorter words are alike in too many languages.
const LONG: usize = 5;

/// So many small words of one language and none of another tell a sentence's own.
const CLEARLY: usize = 2;

/// The small words of each language that were read so far, and the language that they tell.
#[derive(Debug, Clone, Default)]
pub struct Languages {
    seen: [usize; TEXTS.len()],
    current: usize,
}

impl Languages {
    /// Takes more of a text in and says its language: another one than so far only when more of its small words were read.
    pub fn read(&mut self, text: &str) -> &'static Lexicon {
        let words: Vec<String> = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(fold).collect();
        // A word of claims that only one language has tells as much: heads of tables hold no small words.
        let only = |word: &str| {
            let mut knowing = LEXICONS.iter().enumerate().filter(|(_, lexicon)| lexicon.tells(word)).map(|(place, _)| place);
            knowing.next().filter(|_| knowing.next().is_none())
        };
        let told: Vec<usize> = words.iter().filter_map(|word| only(word)).collect();
        let own: Vec<usize> = LEXICONS
            .iter()
            .enumerate()
            .map(|(place, lexicon)| {
                words.iter().filter(|word| lexicon.is_small(word)).count() + told.iter().filter(|other| **other == place).count()
            })
            .collect();
        for (seen, own) in self.seen.iter_mut().zip(&own) {
            *seen += own;
        }
        // A sentence with none of the small words so far and several of another language is in that one.
        let clearly = own.iter().enumerate().max_by_key(|(_, count)| **count).filter(|(_, count)| **count >= CLEARLY);
        if let Some((other, _)) = clearly.filter(|_| own.get(self.current) == Some(&0)) {
            self.current = other;
        }
        let count = |place: usize| self.seen.get(place).copied().unwrap_or_default();
        let most = (0..TEXTS.len()).rev().max_by_key(|place| count(*place)).unwrap_or_default();
        if count(most) > count(self.current) {
            self.current = most;
        }
        LEXICONS.get(self.current).unwrap_or_else(|| english())
    }

    /// What was asked tells the language of an answer until the answer does.
    pub fn of_question(text: &str) -> Self {
        let mut languages = Self::default();
        languages.read(text);
        Self { seen: Default::default(), ..languages }
    }
}

pub fn english() -> &'static Lexicon {
    LEXICONS.first().unwrap_or_else(|| unreachable!("there is a first of five"))
}

impl Lexicon {
    fn read(language: &'static str, text: &'static str) -> Self {
        let mut lexicon = Self {
            language,
            stop: Vec::new(),
            words: ["nobody", "yes", "no", "and", "unverified", "none"],
            locale: Locale::ENGLISH,
            month_names: Vec::new(),
            phrases: HashMap::new(),
            open: HashMap::new(),
            short: Vec::new(),
            months: Vec::new(),
            months_short: Vec::new(),
            periods: BTreeMap::new(),
        };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((class, phrases)) = line.split_once(':') else { continue };
            match class.trim() {
                "@stop" => lexicon.stop = phrases.split_whitespace().map(fold).collect(),
                "@words" => {
                    if let [nobody, yes, no, and, unverified, none] = phrases.split('|').map(str::trim).collect::<Vec<_>>().as_slice() {
                        lexicon.words = [nobody, yes, no, and, unverified, none];
                    }
                }
                "@locale" => lexicon.locale = Locale::read(phrases),
                "months" => {
                    lexicon.month_names = phrases.split_whitespace().collect();
                    lexicon.months = lexicon.month_names.iter().map(|month| fold(month)).collect();
                }
                "months-short" => lexicon.months_short = phrases.split_whitespace().map(fold).collect(),
                class => phrases.split('|').for_each(|phrase| lexicon.add(class, phrase)),
            }
        }
        lexicon.phrases.values_mut().for_each(|phrases| phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.parts.len())));
        lexicon
    }

    fn add(&mut self, class: &'static str, phrase: &str) {
        let parts = super::words::plain_words(phrase).into_iter().map(|word| match word.strip_suffix('*') {
            Some(stem) => Part { text: stem.to_owned(), open: true },
            None => Part { text: word, open: false },
        });
        let parts: Vec<Part> = parts.filter(|part| !part.text.is_empty()).collect();
        let Some(first) = parts.first().cloned() else { return };
        if let Some(period) = class.strip_prefix("period ") {
            self.periods.entry(period).or_default().push(parts);
            return;
        }
        let phrase = Phrase { parts, class };
        match (first.open, beginning(&first.text)) {
            (false, _) => self.phrases.entry(first.text).or_default().push(phrase),
            (true, Some(beginning)) => self.open.entry(beginning.to_owned()).or_default().push(phrase),
            (true, None) => self.short.push(phrase),
        }
    }

    /// Every class of the words that begin at `words[0]`: those of the longest phrases only.
    pub fn at(&self, words: &[&str]) -> Vec<Found> {
        let Some(first) = words.first() else { return Vec::new() };
        let fits =
            |phrase: &&Phrase| phrase.parts.len() <= words.len() && phrase.parts.iter().zip(words).all(|(part, word)| part.fits(word));
        let closed = self.phrases.get(*first).into_iter().flatten().filter(fits);
        let open = beginning(first).and_then(|beginning| self.open.get(beginning)).into_iter().flatten();
        let all: Vec<&Phrase> = closed.chain(open.chain(&self.short).filter(fits)).collect();
        let longest = all.iter().filter(|phrase| TAKES_ALL.contains(&phrase.class)).map(|phrase| phrase.parts.len()).max().unwrap_or(0);
        all.into_iter()
            .filter(|phrase| phrase.class.starts_with("measure") || phrase.parts.len() >= longest)
            .map(|phrase| Found { class: phrase.class, words: phrase.parts.len() })
            .collect()
    }

    /// Whether a longer word is one of this language's words for claims, or a month.
    fn tells(&self, word: &str) -> bool {
        let stem = |phrase: &Phrase| phrase.parts.first().is_some_and(|part| part.text.chars().count() >= LONG && part.fits(word));
        let open = || beginning(word).and_then(|beginning| self.open.get(beginning)).into_iter().flatten().any(stem);
        word.chars().count() >= LONG
            && (self.phrases.get(word).is_some_and(|phrases| phrases.iter().any(stem))
                || self.months.iter().any(|month| month == word)
                || open())
    }

    /// One of the small words by which the language is known.
    pub fn is_small(&self, word: &str) -> bool {
        self.stop.iter().any(|own| own == word)
    }

    /// The name of a month from 1 to 12.
    pub fn month_name(&self, month: i8) -> &'static str {
        usize::try_from(month - 1).ok().and_then(|at| self.month_names.get(at)).copied().unwrap_or_default()
    }

    /// 1 to 12.
    pub fn month(&self, word: &str) -> Option<i8> {
        let place = |names: &[String]| names.iter().position(|name| name == word);
        let at = place(&self.months).or_else(|| match self.months_short.len() {
            12 => place(&self.months_short),
            // English says Sep and Sept.
            _ => self.months.iter().position(|month| {
                word.len() >= 3 && word.len() <= 4 && self.months_short.iter().any(|short| short == word) && month.starts_with(word)
            }),
        })?;
        i8::try_from(at + 1).ok()
    }

    /// `last-month`, `yesterday` …, and how many words say it.
    pub fn period(&self, words: &[&str]) -> Option<(&'static str, usize)> {
        let fits = |parts: &&Vec<Part>| parts.len() <= words.len() && parts.iter().zip(words).all(|(part, word)| part.fits(word));
        self.periods.iter().find_map(|(period, phrases)| Some((*period, phrases.iter().find(fits)?.len())))
    }
}
