//! A figure is cited, never typed. Numbers of the question, of names and of months are none.

use jiff::civil::Date;

use super::{Claim, Judged, Objection};
use crate::claim::sentence::Is;
use crate::fact::Fact;
use crate::unit::Unit;

pub fn judge(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    for (at, token) in sentence.tokens.iter().enumerate() {
        let has_digit = token.word.chars().any(|c| c.is_ascii_digit() || c.is_numeric());
        if token.is != Is::Word || !has_digit || is_given(claim, at) {
            continue;
        }
        let rest = sentence.text.get(token.from..).unwrap_or_default();
        let end = rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | ',' | '\'')).unwrap_or(rest.len());
        return Err(typed(rest.get(..end).unwrap_or_default().trim_end_matches(['.', ','])));
    }
    // `true_zero`: a value of a result that is typed.
    let is_value = |word: &str| word.contains('_') && word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let known = |word: &str| claim.known.iter().any(|fact| fact.value.as_str() == Some(word) || fact.field() == word);
    let typed_value = sentence.tokens.iter().find(|token| token.is == Is::Word && is_value(&token.word) && !known(&token.word));
    if let Some(token) = typed_value {
        return Err(typed(&token.word));
    }
    in_words(claim).map_or(Ok(false), |words| Err(typed(&words)))
}

fn typed(written: &str) -> Objection {
    format!("`{written}` is typed: cite the field that holds it, or compute it")
}

/// `ninety thousand`, `forty percent`: a figure in words. `Three products` is none.
fn in_words(claim: &Claim<'_, '_>) -> Option<String> {
    let sentence = claim.sentence;
    let is = |class: &str, at: usize| sentence.cues_of(class).any(|cue| cue.at == at);
    let numbers = sentence.cues_of("number-word").filter(|cue| is("magnitude", cue.at + 1) || is("unit-word", cue.at + 1));
    let mut written = numbers.filter(|cue| !is("per", cue.at.wrapping_sub(1)));
    written.next().and_then(|cue| Some(format!("{} {}", sentence.tokens.get(cue.at)?.word, sentence.tokens.get(cue.at + 1)?.word)))
}

fn is_given(claim: &Claim<'_, '_>, at: usize) -> bool {
    let word = |index: Option<usize>| index.and_then(|index| claim.sentence.tokens.get(index)).map_or("", |token| token.word.as_str());
    let own = word(Some(at));
    let (before, behind) = (word(at.checked_sub(1)), word(Some(at + 1)));
    let digits = own.trim_end_matches(|c: char| !c.is_ascii_digit());
    let is_list_mark = at == 0 && matches!(behind, "." | ")");
    // `Sonnet 4.6`, `us-east-1`, `Q3`, `p50`, `S3`: part of a name or a word.
    let has_letter = own.chars().any(char::is_alphabetic) && !own.ends_with(['k', 'm', 'b', 'x', '%', 'd', 'h']);
    let is_year = own.len() == 4 && own.starts_with("20") && own.bytes().all(|byte| byte.is_ascii_digit());
    let month = claim.sentence.periods.iter().any(|(place, _)| *place <= at && at - place <= 2);
    let dated = own.parse::<i8>().is_ok_and(|day| is_known_day(claim, day));
    let beside_month = claim.sentence.periods.iter().any(|(place, _)| place.abs_diff(at) <= 3);
    let top = matches!(before, "top" | "-") && own.len() <= 2;
    // `per 1M tokens`: a unit.
    let per = matches!(own, "1" | "1m" | "1k" | "1000" | "000" | "1000000")
        && (0..=4).any(|back| matches!(word(at.checked_sub(back)), "per" | "pro" | "par" | "por" | "je" | "per_million"));
    is_list_mark
        || has_letter
        || is_year && (month || is_known_year(claim, own))
        || dated && beside_month
        || top
        || per
        || claim.asked.iter().any(|asked| {
            asked == own || asked == digits || asked.trim_end_matches(|c: char| !c.is_ascii_digit()) == digits && !digits.is_empty()
        })
}

/// Whether a result of the turn is about days of this year.
fn is_known_year(claim: &Claim<'_, '_>, year: &str) -> bool {
    let year = year.parse::<i16>().ok();
    claim.known.iter().filter_map(Fact::period).any(|span| Some(span.from.year()) == year || Some(span.to.year()) == year)
}

/// Whether a result of the turn has a date or a period with this day of a month.
fn is_known_day(claim: &Claim<'_, '_>, day: i8) -> bool {
    claim.known.iter().any(|fact| {
        let date = fact
            .value
            .as_str()
            .filter(|_| fact.figure.is_some_and(|figure| figure.unit == Unit::Date))
            .and_then(|text| text.parse::<Date>().ok());
        date.is_some_and(|date| date.day() == day) || fact.period().is_some_and(|span| span.from.day() == day || span.to.day() == day)
    })
}
