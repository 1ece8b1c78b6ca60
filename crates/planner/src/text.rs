//! A message as words: folded so that case, accents, invisible characters, contractions and chat spellings make no difference, while what was
//! typed stays at hand (capitals and quotes are evidence that a word is a name).

mod spellings;

use agent_bill_domain::names::{NameKey, fold_name};
use unicode_normalization::UnicodeNormalization;

use spellings::{chat_spelling, contraction};

/// Longer messages are read up to here; nothing one asks about spend needs more.
const LONGEST: usize = 4_000;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Word {
    /// Folded: lower case, no accents, `dont` → `do not`, `wk` → `week`.
    pub text: String,
    /// Folded, but spelled as typed: what names are compared with.
    pub spelled: String,
    /// As typed, without surrounding punctuation.
    pub typed: String,
    pub capital: bool,
    /// First word of its sentence: a capital means nothing there.
    pub initial: bool,
    pub quoted: bool,
    /// `Dev's`.
    pub possessive: bool,
    /// Joined to the word before by a hyphen or an underscore.
    pub glued: bool,
    /// A comma, colon or dash stood between the word before and this one.
    pub after_pause: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sentence {
    pub words: Vec<Word>,
}

impl Sentence {
    /// The folded words with single spaces, and a space at both ends, for phrase look-ups.
    pub fn line(&self) -> String {
        let mut line = String::from(" ");
        for word in &self.words {
            line.push_str(&word.text);
            line.push(' ');
        }
        line
    }
}

/// NFKC, invisible and direction marks away, look-alike letters to Latin, at most `LONGEST` characters.
pub fn visible(text: &str) -> String {
    text.nfkc()
        .filter(|c| !is_invisible(*c))
        .map(|c| match c {
            '’' | '‘' | '`' | '´' | 'ʼ' => '\'',
            '“' | '”' | '«' | '»' | '„' => '"',
            '–' | '—' | '‐' | '‑' | '−' => '-',
            other => latin_look_alike(other),
        })
        .take(LONGEST)
        .collect()
}

const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

const fn latin_look_alike(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'е' | 'ε' => 'e',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'с' => 'c',
        'х' | 'χ' => 'x',
        'у' => 'y',
        'і' | 'ι' => 'i',
        'ѕ' => 's',
        'ԁ' => 'd',
        'А' => 'A',
        'Е' => 'E',
        'О' => 'O',
        'Р' => 'P',
        'С' => 'C',
        'Т' => 'T',
        'І' => 'I',
        'М' => 'M',
        'Н' => 'H',
        'К' => 'K',
        'В' => 'B',
        other => other,
    }
}

/// The words of a name, cut as those of a message are: folded, and as they are compared.
pub fn name_words(name: &str) -> Vec<(String, NameKey)> {
    let mut words = Vec::new();
    for chunk in visible(name).split_whitespace() {
        words.extend(parts(trim(chunk)).into_iter().map(|(part, _)| (fold_name(&part), NameKey::of(&part))));
    }
    words
}

/// Splits at sentence ends and new lines; a dot inside a number or a name does not end a sentence.
pub fn sentences(text: &str) -> Vec<Sentence> {
    let mut all = Vec::new();
    let mut reader = Reader::default();
    for line in visible(text).lines() {
        for chunk in line.split_whitespace() {
            if reader.take(chunk) {
                all.push(std::mem::take(&mut reader).sentence);
            }
        }
        all.push(std::mem::take(&mut reader).sentence);
    }
    all.retain(|sentence| !sentence.words.is_empty());
    all
}

#[derive(Default)]
struct Reader {
    sentence: Sentence,
    in_quotes: bool,
    pause: bool,
}

impl Reader {
    /// Adds the words of `chunk`; true when it ends the sentence.
    fn take(&mut self, chunk: &str) -> bool {
        let opens = chunk.starts_with('"') || (chunk.starts_with('\'') && chunk.len() > 1);
        let closed = chunk.trim_end_matches(['.', '?', '!', ',', ';', ':']);
        let closes = closed.ends_with('"') || (closed.ends_with('\'') && self.in_quotes);
        self.in_quotes |= opens;
        let core = trim(chunk);
        if core.is_empty() {
            self.pause |= chunk.starts_with(['-', ',', ':', '(', '/']);
        }
        let possessive = core.strip_suffix("'s").or_else(|| core.strip_suffix("s'").map(|_| core.trim_end_matches('\'')));
        let (core, possessive) = match possessive {
            Some(stem) if !stem.is_empty() && contraction(&fold_name(core)).is_none() => (stem, true),
            _ => (core, false),
        };
        let cut = parts(core);
        let last = cut.len().saturating_sub(1);
        for (index, (part, glued)) in cut.into_iter().enumerate() {
            self.push(&part, glued, possessive && index == last);
        }
        if closes {
            self.in_quotes = false;
        }
        self.pause |= chunk.ends_with([',', ':', ';', ')']);
        chunk.trim_end_matches(['"', '\'', ')']).ends_with(['?', '!', ';']) || (chunk.ends_with('.') && !is_abbreviation(&fold_name(core)))
    }

    fn push(&mut self, typed: &str, glued: bool, possessive: bool) {
        let folded = fold_name(typed);
        let capital = typed.chars().next().is_some_and(char::is_uppercase);
        let spelled = contraction(&folded).or_else(|| chat_spelling(&folded)).map_or(folded.clone(), str::to_owned);
        for text in spelled.split(' ') {
            self.sentence.words.push(Word {
                text: text.to_owned(),
                spelled: folded.clone(),
                typed: typed.to_owned(),
                capital,
                initial: self.sentence.words.is_empty(),
                quoted: self.in_quotes,
                possessive,
                glued,
                after_pause: self.pause,
            });
            self.pause = false;
        }
    }
}

fn trim(chunk: &str) -> &str {
    chunk
        .trim_start_matches(|c: char| !c.is_alphanumeric() && c != '$' && c != '<')
        .trim_end_matches(|c: char| !c.is_alphanumeric() && c != '%' && c != '$' && c != '+')
}

/// Cuts at slashes, hyphens and underscores, except in dates, Regions, ARNs, numbers and model ids. The flag tells a part was glued.
fn parts(core: &str) -> Vec<(String, bool)> {
    if core.is_empty() {
        return Vec::new();
    }
    if keeps_whole(core) {
        return vec![(core.to_owned(), false)];
    }
    let mut found = Vec::new();
    for piece in core.split(['/', '+', '&', ',', '(', ')', '"']).filter(|piece| !piece.is_empty()) {
        if piece == "wo" || piece == "w" {
            continue;
        }
        for (index, part) in piece.split(['-', '_']).filter(|part| !part.is_empty()).enumerate() {
            found.push((part.to_owned(), index > 0));
        }
    }
    match fold_name(core).as_str() {
        "w/o" => vec![("without".to_owned(), false)],
        "w/" => vec![("with".to_owned(), false)],
        "b/c" => vec![("because".to_owned(), false)],
        _ => found,
    }
}

fn keeps_whole(core: &str) -> bool {
    let lower = core.to_ascii_lowercase();
    let numeric = core.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '/' | '.' | ',' | '$' | '%'));
    numeric || lower.starts_with("arn:") || is_region(&lower) || (lower.contains('.') && lower.contains('-') && lower.contains(':'))
}

/// `us-east-1`, `us-gov-west-1`.
pub fn is_region(text: &str) -> bool {
    let pieces: Vec<&str> = text.split('-').collect();
    let alphabetic = |piece: &&str| !piece.is_empty() && piece.bytes().all(|b| b.is_ascii_lowercase());
    match pieces.as_slice() {
        [area, middle @ .., number] => {
            area.len() == 2
                && alphabetic(area)
                && !middle.is_empty()
                && middle.len() <= 2
                && middle.iter().all(alphabetic)
                && number.len() == 1
                && number.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    }
}

fn is_abbreviation(word: &str) -> bool {
    matches!(word, "vs" | "incl" | "excl" | "approx" | "no" | "dept" | "etc" | "e.g" | "i.e" | "resp")
}
