//! What a text says to somebody who wants to read more out of it than it shows: look-alike letters, spaced or invisible ones, leet, rot13,
//! reversed text, first letters of lines, and words in base64, hexadecimal, percent or numeric-entity notation.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use regex::{Captures, Regex};
use unicode_normalization::UnicodeNormalization;

/// One way to read a text.
pub(super) struct Reading {
    pub how: &'static str,
    /// Folded: see [`fold`].
    pub text: String,
}

impl Reading {
    /// Whether a folded name stands in the text, as whole words where the reading has words.
    pub fn holds(&self, name: &str) -> bool {
        match self.how {
            LEET => holds(&self.text, &name.replace('l', "i")),
            SPACED | INITIALS => self.text.contains(&name.chars().filter(|c| c.is_alphanumeric()).collect::<String>()),
            _ => holds(&self.text, name),
        }
    }
}

/// Whether `name` stands in `text` as whole words.
pub(super) fn holds(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, found)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|tail| tail.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

pub(super) const PLAIN: &str = "plain";
const LEET: &str = "leet";
const SPACED: &str = "spaced letters";
const INITIALS: &str = "first letters";

/// Letters of other scripts that look like Latin ones.
const LOOK_ALIKES: [(&str, char); 21] = [
    ("аαａ", 'a'),
    ("вβ", 'b'),
    ("сϲⅽ", 'c'),
    ("ԁⅾ", 'd'),
    ("еεҽ", 'e'),
    ("ɡ", 'g'),
    ("һн", 'h'),
    ("іιıӏ", 'i'),
    ("ј", 'j'),
    ("кκ", 'k'),
    ("ⅼӀ", 'l'),
    ("мⅿ", 'm'),
    ("ո", 'n'),
    ("оοσօ", 'o'),
    ("рρ", 'p'),
    ("ԛ", 'q'),
    ("ѕ", 's'),
    ("тτ", 't'),
    ("υս", 'u'),
    ("ѵν", 'v'),
    ("хχ", 'x'),
];

/// Lower case, compatibility forms and look-alikes unified, accents and invisible characters taken out, white space single.
pub(super) fn fold(text: &str) -> String {
    let visible = text.nfkd().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase);
    let latin = visible.map(|c| LOOK_ALIKES.iter().find(|(alikes, _)| alikes.contains(c)).map_or(c, |(_, letter)| *letter));
    latin.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{034F}' | '\u{0300}'..='\u{036F}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' |
        '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

/// Every reading, the undisguised one first.
pub(super) fn readings(text: &str) -> Vec<Reading> {
    let folded = fold(text);
    let reading = |how: &'static str, text: String| Reading { how, text };
    let mut readings = vec![
        reading(PLAIN, folded.clone()),
        reading(LEET, leet(&folded)),
        reading(SPACED, spaced(&folded)),
        reading("rot13", folded.chars().map(rot13).collect()),
        reading("reversed", folded.chars().rev().collect()),
        reading(INITIALS, initials(text)),
    ];
    let hidden = [("encoded", encoded(text)), ("tags", tags(text)), ("escaped", escaped(text))];
    readings.extend(hidden.into_iter().map(|(how, text)| reading(how, fold(&text))));
    readings
}

fn rot13(c: char) -> char {
    let turned = |first: u8| (u32::from(c).wrapping_sub(u32::from(first)) + 13) % 26 + u32::from(first);
    let code = match c {
        'a'..='z' => turned(b'a'),
        'A'..='Z' => turned(b'A'),
        _ => return c,
    };
    char::from_u32(code).unwrap_or(c)
}

/// Words that mix letters with digits or signs, with the letters those stand for (`1` is an i or an l, so both are read as i). Words without a
/// letter are numbers and stay.
fn leet(text: &str) -> String {
    let letter = |c: char| match c {
        '0' => 'o',
        '1' | '!' | 'l' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    let read = |word: &str| if word.contains(char::is_alphabetic) { word.chars().map(letter).collect() } else { word.to_owned() };
    text.split(' ').map(read).collect::<Vec<String>>().join(" ")
}

/// Runs of single letters (`h r - p o r t a l`) as words.
fn spaced(text: &str) -> String {
    let (mut out, mut run) = (String::new(), String::new());
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if word.chars().count() == 1 {
            run.push_str(word);
            continue;
        }
        out.push_str(&run);
        out.push(' ');
        run.clear();
    }
    out.push_str(&run);
    out
}

/// The first letters of the lines.
fn initials(text: &str) -> String {
    let first = |line: &str| line.chars().find(|c| c.is_alphanumeric());
    fold(&text.lines().filter_map(first).collect::<String>())
}

/// Words in base64 or hexadecimal that are readable text.
fn encoded(text: &str) -> String {
    let is_code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_');
    let words = text.split(|c: char| !is_code(c)).filter(|word| word.len() >= 8);
    let decoded = words.flat_map(|word| [STANDARD_NO_PAD.decode(word).ok(), URL_SAFE_NO_PAD.decode(word).ok(), hexadecimal(word)]);
    let readable = decoded.flatten().filter_map(|bytes| String::from_utf8(bytes).ok()).filter(|text| !text.contains(char::is_control));
    readable.collect::<Vec<_>>().join(" ")
}

fn hexadecimal(word: &str) -> Option<Vec<u8>> {
    word.len().is_multiple_of(2).then_some(())?;
    (0..word.len()).step_by(2).map(|at| u8::from_str_radix(word.get(at..at + 2)?, 16).ok()).collect()
}

/// Text in the invisible tag characters of Unicode.
fn tags(text: &str) -> String {
    let ascii = |c: char| u32::from(c).checked_sub(0xE_0000).filter(|code| (0x20..0x7F).contains(code)).and_then(char::from_u32);
    text.chars().filter_map(ascii).collect()
}

static ESCAPES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"%(?P<percent>[0-9A-Fa-f]{2})|&#x(?P<hex>[0-9A-Fa-f]{1,5});|&#(?P<number>\d{1,6});|\\u(?P<unicode>[0-9A-Fa-f]{4})").ok()
});

/// The text with percent, entity and `\u` notation resolved; empty when there is none.
fn escaped(text: &str) -> String {
    let Some(pattern) = ESCAPES.as_ref().filter(|pattern| pattern.is_match(text)) else { return String::new() };
    let character = |captures: &Captures<'_>| {
        let code = |name: &str, radix: u32| captures.name(name).and_then(|digits| u32::from_str_radix(digits.as_str(), radix).ok());
        let code = code("percent", 16).or_else(|| code("hex", 16)).or_else(|| code("number", 10)).or_else(|| code("unicode", 16));
        code.and_then(char::from_u32).map(String::from).unwrap_or_default()
    };
    pattern.replace_all(text, character).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_every_disguise() {
        assert!(ESCAPES.is_some());
        let disguised = [
            "it is HR\u{200B} Por\u{200B}tal",
            "it is НR Роrtаl",
            "it is HR P0r7a1",
            "it is SFIgUG9ydGFs.",
            "it is 485220506f7274616c",
            "it is HR%20Portal and more",
            "it is UE Cbegny",
            "it is latroP RH",
            "it is ＨＲ Ｐｏｒｔａｌ",
            "it is &#72;R Portal",
            "h\u{0301}r portal",
            "H-R P.o.r.t.a.l",
            "Have\nRead\nPlease\nOf\nRoles\nTwo\nAre\nLeft",
        ];
        for text in disguised {
            assert!(readings(text).iter().any(|reading| reading.holds("hr portal")), "{text}");
        }
    }

    #[test]
    fn an_ordinary_sentence_reads_as_itself_and_as_nothing_else() {
        let text = "Portfolio Commerce: $7,910 in November 2026; see usage-types.csv of HR Portals";
        let readings = readings(text);
        let decoded = readings.iter().filter(|reading| matches!(reading.how, "encoded" | "tags" | "escaped"));
        assert!(decoded.into_iter().all(|reading| reading.text.is_empty()));
        assert!(!readings.iter().any(|reading| reading.holds("hr portal")));
    }
}
