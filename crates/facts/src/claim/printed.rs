//! A sentence as it is shown: the values of its citations, and the labels behind them.

use super::lexicon::Lexicon;
use super::sentence::{Citation, Sentence};
use crate::fact::texts;
use crate::print;
use crate::text::{Cited, says_days};
use crate::unit::Unit;

/// The sentence with the values of its citations, and a label behind each that needs one.
pub fn print(sentence: &Sentence<'_>, labels: &[String], lexicon: &Lexicon) -> String {
    let mut shown = String::with_capacity(sentence.text.len());
    let mut at = 0;
    for (citation, label) in sentence.citations.iter().zip(labels) {
        shown.push_str(sentence.text.get(at..citation.from).unwrap_or_default());
        let value = value(sentence, citation, lexicon);
        shown.push_str(&value);
        if citation.cited.unit == Some(Unit::Days) && !says_days(sentence.text.get(citation.to..).unwrap_or_default(), lexicon.locale) {
            let one = citation.cited.value == "1";
            shown.push(' ');
            shown.push_str(if one { lexicon.locale.day } else { lexicon.locale.days });
        }
        if !label.is_empty() {
            let inside = shown.matches('(').count() > shown.matches(')').count();
            let (open, close) = if inside { ('[', ']') } else { ('(', ')') };
            shown.push_str(&format!(" {open}{label}{close}"));
        }
        at = citation.to;
    }
    shown.push_str(sentence.text.get(at..).unwrap_or_default());
    shown
}

/// Behind a word that tells the direction stands the amount only: "fell by $200".
fn value(sentence: &Sentence<'_>, citation: &Citation<'_>, lexicon: &Lexicon) -> String {
    let tell = |english: &str| lexicon.locale.tell(english);
    if citation.cited.unit == Some(Unit::Date) || citation.number.is_none() && super::names::is_time(&citation.cited.value) {
        return date(&citation.cited, lexicon);
    }
    let [nobody, yes, no, and, _, none] = lexicon.words;
    match (citation.cited.unit, citation.cited.value.as_str()) {
        (None, "") => return nobody.to_owned(),
        (None, "[]") => return none.to_owned(),
        (None, _) if citation.number.is_none() && items(citation).len() > 1 => return print::list(&items(citation), and),
        (None, "true") => return yes.to_owned(),
        (None, "false") => return no.to_owned(),
        _ => {}
    }
    let Some(number) = citation.number.filter(rust_decimal::Decimal::is_sign_negative) else {
        let is_number = citation.number.is_some();
        return if is_number { tell(&citation.cited.shown) } else { citation.cited.shown.clone() };
    };
    let tells = |cue: &&super::sentence::Cue| {
        matches!(cue.class, "down" | "under" | "less")
            && (cue.at < citation.token && citation.token - cue.at <= 4 || cue.at > citation.token && cue.at - citation.token <= 2)
    };
    if sentence.cues.iter().any(|cue| tells(&cue)) {
        return tell(&print::number(number.abs(), citation.cited.unit));
    }
    tell(&citation.cited.shown)
}

/// The texts of a list that is cited.
fn items(citation: &Citation<'_>) -> Vec<String> {
    let [fact] = citation.facts.as_slice() else { return Vec::new() };
    if fact.value.is_array() { texts(fact.value).into_iter().map(str::to_owned).collect() } else { Vec::new() }
}

/// A day or month as the language writes it.
fn date(cited: &Cited, lexicon: &Lexicon) -> String {
    if lexicon.language == "en" {
        return cited.shown.clone();
    }
    let mut parts = cited.value.split('-').map(|part| part.parse::<i16>().ok());
    let (Some(Some(year)), Some(Some(month)), day) = (parts.next(), parts.next(), parts.next().flatten()) else {
        return cited.shown.clone();
    };
    match (day, lexicon.language) {
        (Some(day), "de") => format!("{day}.{month}.{year}"),
        (Some(day), _) => format!("{day:02}/{month:02}/{year}"),
        (None, _) => format!("{} {year}", lexicon.month_name(i8::try_from(month).unwrap_or_default())),
    }
}

/// Puts a word in brackets at the end of a sentence, in front of its full stop.
pub fn mark(sentence: &mut String, word: &str) {
    let end = sentence.trim_end_matches(|c: char| matches!(c, '.' | '!' | '…' | ';' | ')' | '"' | '*' | '_') || c.is_whitespace()).len();
    let closed = sentence.get(end..).map_or(0, |rest| rest.find(|c: char| !matches!(c, ')' | '"' | '*' | '_')).unwrap_or(rest.len()));
    sentence.insert_str(end + closed, &format!(" ({word})"));
}
