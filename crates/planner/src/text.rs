//! A message as words: folded so that case, accents, invisible characters, contractions and chat spellings make no difference, while what was
//! typed stays at hand (capitals and quotes are evidence that a word is a name).

use agent_bill_domain::names::{NameKey, fold_name};
use unicode_normalization::UnicodeNormalization;

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

fn contraction(word: &str) -> Option<&'static str> {
    Some(match word {
        "what's" | "whats" | "wats" => "what is",
        "how's" | "hows" => "how is",
        "who's" | "whos" => "who is",
        "where's" | "wheres" => "where is",
        "when's" | "whens" => "when is",
        "that's" | "thats" => "that is",
        "it's" => "it is",
        "there's" | "theres" => "there is",
        "here's" | "heres" => "here is",
        "let's" | "lets" => "let us",
        "i'm" | "im" => "i am",
        "i've" | "ive" => "i have",
        "i'd" => "i would",
        "i'll" => "i will",
        "we're" => "we are",
        "we've" | "weve" => "we have",
        "we'll" => "we will",
        "we'd" => "we would",
        "you're" | "youre" => "you are",
        "you've" | "youve" => "you have",
        "they're" | "theyre" => "they are",
        "they've" | "theyve" => "they have",
        "don't" | "dont" => "do not",
        "doesn't" | "doesnt" => "does not",
        "didn't" | "didnt" => "did not",
        "isn't" | "isnt" => "is not",
        "aren't" | "arent" => "are not",
        "ain't" | "aint" => "is not",
        "wasn't" | "wasnt" => "was not",
        "weren't" | "werent" => "were not",
        "haven't" | "havent" | "haven" => "have not",
        "hasn't" | "hasnt" => "has not",
        "hadn't" | "hadnt" => "had not",
        "won't" | "wont" => "will not",
        "wouldn't" | "wouldnt" => "would not",
        "can't" | "cant" | "cannot" => "can not",
        "couldn't" | "couldnt" => "could not",
        "shouldn't" | "shouldnt" => "should not",
        "mustn't" | "mustnt" => "must not",
        "y'all" | "yall" => "you all",
        "gimme" => "give me",
        "lemme" => "let me",
        "gonna" => "going to",
        "wanna" => "want to",
        "gotta" => "have to",
        "tryna" => "trying to",
        _ => return None,
    })
}

fn chat_spelling(word: &str) -> Option<&'static str> {
    Some(match word {
        "wd" => "would",
        "cd" => "could",
        "thru" => "through",
        "u" | "ya" => "you",
        "ur" => "your",
        "r" => "are",
        "n" => "and",
        "2" => return None,
        "pls" | "plz" | "plss" | "pleeease" => "please",
        "wk" => "week",
        "wks" => "weeks",
        "mo" | "mth" | "mnth" => "month",
        "mths" | "mos" => "months",
        "yr" => "year",
        "yrs" => "years",
        "qtr" => "quarter",
        "yday" | "ystrday" => "yesterday",
        "tmrw" | "tmr" => "tomorrow",
        "tdy" | "2day" => "today",
        "v" => "versus",
        "vs" | "vrs" => "versus",
        "cuz" | "bc" | "coz" => "because",
        "wat" | "wut" | "wht" | "waht" => "what",
        "wich" | "whcih" | "wihch" => "which",
        "hw" => "how",
        "hm" => "how much",
        "mch" => "much",
        "abt" => "about",
        "lst" => "last",
        "prev" => "previous",
        "curr" => "current",
        "acct" | "acc" => "account",
        "accts" => "accounts",
        "est" => "estimate",
        "proj" => "projected",
        "fcst" | "fc" => "forecast",
        "env" => "environment",
        "avg" => "average",
        "max" => "maximum",
        "min" => "minimum",
        "amt" => "amount",
        "info" => "information",
        "thx" | "ty" | "thanx" => "thanks",
        "sth" => "something",
        "b4" => "before",
        "btwn" | "btw" => "between",
        "perc" | "pct" => "percent",
        "incl" => "include",
        "excl" => "exclude",
        "dmg" => "cost",
        "dept" | "dpt" => "department",
        "depts" => "departments",
        "mgr" => "manager",
        "ppl" => "people",
        "tho" => "though",
        "rn" | "atm" => "now",
        "asap" => "now",
        "eom" => "end of month",
        "eoy" => "end of year",
        "mtd" => "month to date",
        "ytd" => "year to date",
        "wtd" => "week to date",
        "qtd" => "quarter to date",
        "$" | "$$" | "$$$" => "dollars",
        "idk" | "imo" | "fyi" | "tbh" | "lol" | "hmm" | "umm" | "uh" | "um" | "erm" => "please",
        // The few foreign words that carry a question about spend.
        "kosten" | "ausgaben" | "gasto" | "gastos" | "coste" | "costes" | "costo" | "depenses" | "depense" | "cout" | "couts" => "spend",
        "ausgegeben" | "gastado" | "gastamos" | "depense's" => "spent",
        "wieviel" | "cuanto" | "combien" => "how much",
        "diesen" | "dieser" | "diesem" | "este" | "esta" | "ce" | "cette" => "this",
        "letzten" | "letzter" | "letzte" | "letztem" | "pasado" | "pasada" | "dernier" | "derniere" => "last",
        "monat" | "mes" | "mois" => "month",
        "woche" | "semana" | "semaine" => "week",
        "jahr" | "ano" | "annee" => "year",
        "heute" | "hoy" => "today",
        "gestern" | "ayer" | "hier" => "yesterday",
        "modelle" | "modell" | "modelo" | "modelos" | "modele" | "modeles" => "models",
        "rollen" | "roles" => "roles",
        "welche" | "cuales" | "quels" | "quelles" => "which",
        "erlaubt" | "permitidos" | "autorises" => "allowed",
        "unser" | "unsere" | "nuestro" | "nuestros" | "notre" | "nos" | "wir" => "our",
        "januar" | "enero" | "janvier" => "january",
        "februar" | "febrero" | "fevrier" => "february",
        "marz" | "maerz" | "marzo" | "mars" => "march",
        "abril" | "avril" => "april",
        "mai" | "mayo" => "may",
        "juni" | "junio" | "juin" => "june",
        "juli" | "julio" | "juillet" => "july",
        "agosto" | "aout" => "august",
        "septiembre" | "septembre" => "september",
        "oktober" | "octubre" | "octobre" => "october",
        "noviembre" | "novembre" => "november",
        "dezember" | "diciembre" | "decembre" => "december",
        _ => return None,
    })
}
