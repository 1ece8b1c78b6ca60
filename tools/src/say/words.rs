//! Phrases that several tools need.

use super::asked::Asked;
use super::noted::Cite;
use crate::period::{Finality, PeriodInfo};

/// Names that are listed before the rest is only said to exist.
const MOST_NAMES: usize = 5;
/// Notes of a tool in one answer.
const MOST_NOTES: usize = 2;

/// Non-empty lines, one below the other.
pub(crate) fn lines(parts: impl IntoIterator<Item = String>) -> String {
    let kept: Vec<String> = parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    kept.join("\n")
}

/// With its first letter raised. A text with braces stays as the tool wrote it, so that it is recognised.
pub(crate) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) if first.is_alphabetic() => format!("{}{}", first.to_uppercase(), characters.as_str()),
        _ => text.to_owned(),
    }
}

/// A sentence of a tool: with a capital and a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim();
    let stop = if text.is_empty() || text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{stop}", if text.contains('{') { text.to_owned() } else { capital(text) })
}

/// A text of a tool inside a sentence: without its full stop. One with braces stays as it is, so that it is recognised.
pub(crate) fn inner(text: &str) -> &str {
    if text.contains('{') { text } else { text.trim_end_matches('.') }
}

/// `Aisha, Ben and Carla`; after five the rest is only said to exist.
pub(crate) fn in_words<S: AsRef<str>>(names: &[S]) -> String {
    let shown: Vec<&str> = names.iter().take(MOST_NAMES).map(AsRef::as_ref).collect();
    if names.len() > shown.len() {
        return format!("{} and others", shown.join(", "));
    }
    match shown.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [firsts @ .., last] => format!("{} and {last}", firsts.join(", ")),
    }
}

/// A list of names in a result, as a reference where it is short.
pub(crate) fn listed(noted: &impl Cite, field: &str, names: &[String]) -> String {
    if names.is_empty() || names.len() > MOST_NAMES { in_words(names) } else { noted.cite(field) }
}

/// `, owner Lena Fischer`; who asks is not told about herself.
pub(crate) fn owned_by(owners: &[String], asked: &Asked) -> String {
    if owners.contains(&asked.asker.name) {
        return String::new();
    }
    match owners {
        [] => String::new(),
        [one] => format!(", owner {one}"),
        several => format!(", owners {}", in_words(several)),
    }
}

/// `{a.principals_count} unclaimed roles`; `count` decides between one and several.
pub(crate) fn counted(cited: &str, count: i64, noun: &str) -> String {
    format!("{cited} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Who spent: the asker, or the part that was asked about.
pub(crate) fn spender(asked: &Asked, scope: &str) -> String {
    match (asked.asker.own, scope.contains(", ")) {
        (true, _) => "you".to_owned(),
        (false, true) => format!("{scope},"),
        (false, false) => scope.to_owned(),
    }
}

/// `November 2026, month to date`, `the week of 15 to 21 November 2026`, `the days from 3 to 9 November 2026`.
pub(crate) fn the_period(noted: &impl Cite, member: &str, period: &PeriodInfo) -> String {
    let label = &period.label;
    let several = period.from_date != period.to_date;
    let article = if label.starts_with("week") || label.starts_with("quarter") {
        "the "
    } else if several && label.contains(" to ") && !label.ends_with("to date") && label.starts_with(|c: char| c.is_ascii_digit()) {
        "the days from "
    } else {
        ""
    };
    format!("{article}{}", noted.cite(&format!("{member}.label")))
}

/// `in October 2026 (final)`, `on 21 November 2026`.
pub(crate) fn during(noted: &impl Cite, member: &str, period: &PeriodInfo) -> String {
    let preposition = if period.from_date == period.to_date { "on" } else { "in" };
    let state = if period.finality == Finality::Final { " (final)" } else { "" };
    format!("{preposition} {}{state}", the_period(noted, member, period))
}

/// How current the figures of a period are and whether they may still move; nothing of one that is final, nor of one without data.
#[must_use]
pub fn freshness(noted: &impl Cite, member: &str, period: &PeriodInfo) -> String {
    let Some(through) = period.data_through else { return String::new() };
    let data = format!("Data through {}", noted.cite(&format!("{member}.data_through")));
    let settled = || noted.cite(&format!("{member}.settled_through"));
    match (period.finality, period.settled_through) {
        (Finality::Final, _) => String::new(),
        (Finality::Mixed, _) => format!("{data}; closed months are final, the current month is open."),
        (_, Some(day)) if day < through => format!("{data}; days after {} may still move.", settled()),
        (_, Some(_)) => format!("{data}; the month is still open."),
        (_, None) => format!("{data}; all of it may still move."),
    }
}

/// Notes of a tool; what is provisional or not loaded stands in the line on freshness already.
pub(crate) fn notes(notes: &[String]) -> String {
    let told = |note: &&String| !note.contains("provisional") && !note.contains("not loaded yet");
    notes.iter().filter(told).take(MOST_NOTES).map(|note| sentence(note)).collect::<Vec<_>>().join(" ")
}

/// Said below a list that stops early: its first sentence counts and sums all of it.
pub(crate) fn unlisted(any: bool) -> Option<String> {
    any.then(|| "… and smaller ones that are not listed; the totals above hold all of them.".to_owned())
}
