//! Periods that a sentence names, and whether a figure's own is meant by one.

use jiff::ToSpan;
use jiff::civil::Date;

use super::lexicon::Lexicon;
use super::sentence::Citation;
use crate::fact::Span;

/// A period as a sentence names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mentioned(pub Span);

/// The period that a citation names: of a row that is a day or a month, or the label of a result's period.
pub fn cited(citation: &Citation<'_>) -> Option<Mentioned> {
    let [fact] = citation.facts.as_slice() else { return None };
    let names_it = matches!(fact.field(), "label" | "from_date" | "to_date") && (fact.row().is_none() == (fact.field() == "label"))
        || fact.field() == "month"
        || fact.figure.is_none() && fact.subject().iter().any(|name| Some(*name) == fact.value.as_str());
    let is_time = fact.field() == "label" || fact.value.as_str().is_some_and(super::names::is_time);
    if names_it && is_time { fact.period().map(Mentioned) } else { None }
}

/// The period that begins at a word: a month, a quarter, a year, `last month`.
pub fn written(raw: &str, is_first: bool, words: &[&str], lexicon: &Lexicon, today: Date) -> Option<Mentioned> {
    if let Some((period, _)) = lexicon.period(words) {
        return named(period, today).map(Mentioned);
    }
    let word = words.first()?;
    let year = |at: usize| words.get(at).and_then(|word| word.parse::<i16>().ok()).filter(|year| (2015..2100).contains(year));
    if let Some(month) = lexicon.month(word) {
        // `may` and `march` are months with a capital only.
        let is_capital = raw.chars().next().is_some_and(char::is_uppercase);
        if lexicon.language == "en" && (!is_capital || is_first && matches!(*word, "may" | "march")) {
            return None;
        }
        let own = year(1).or_else(|| if words.get(1) == Some(&"de") { year(2) } else { None });
        let latest = if month <= today.month() { today.year() } else { today.year() - 1 };
        return month_span(own.unwrap_or(latest), month).map(Mentioned);
    }
    if let Some(quarter) = word.strip_prefix('q').and_then(|digit| digit.parse::<i8>().ok()).filter(|quarter| (1..=4).contains(quarter)) {
        let from = Date::new(year(1).unwrap_or(today.year()), quarter * 3 - 2, 1).ok()?;
        return Some(Mentioned(Span { from, to: from.checked_add(3.months()).ok()?.checked_sub(1.day()).ok()? }));
    }
    None
}

fn named(period: &str, today: Date) -> Option<Span> {
    let day = |back: i64| today.checked_sub(back.days()).ok();
    let since_sunday = i64::from(today.weekday().since(jiff::civil::Weekday::Sunday));
    match period {
        "this-month" => month_span(today.year(), today.month()),
        "last-month" => {
            let last = today.first_of_month().checked_sub(1.day()).ok()?;
            month_span(last.year(), last.month())
        }
        "this-year" => Some(Span { from: Date::new(today.year(), 1, 1).ok()?, to: Date::new(today.year(), 12, 31).ok()? }),
        "yesterday" => day(1).map(|day| Span { from: day, to: day }),
        "this-week" => Some(Span { from: day(since_sunday)?, to: today }),
        "last-week" => Some(Span { from: day(since_sunday + 7)?, to: day(since_sunday + 1)? }),
        _ => None,
    }
}

fn month_span(year: i16, month: i8) -> Option<Span> {
    let from = Date::new(year, month, 1).ok()?;
    Some(Span { from, to: from.last_of_month() })
}

/// Whether a figure of `own` is what is meant by `mentioned`: the same days, or those of the running period that there are.
pub fn fits(mentioned: Mentioned, own: Span, today: Date) -> bool {
    let Mentioned(named) = mentioned;
    named == own || named.from == own.from && named.to >= own.to && named.to >= today
}

/// `1–21 Nov`, `October 2026`, `21 Nov`.
pub fn label(span: Span) -> String {
    let (from, to) = (span.from, span.to);
    let whole = from.day() == 1 && to == from.last_of_month();
    if whole {
        return from.strftime("%B %Y").to_string();
    }
    let end = to.strftime("%-d %b").to_string();
    if from == to {
        end
    } else if (from.year(), from.month()) == (to.year(), to.month()) {
        format!("{}–{end}", from.day())
    } else {
        format!("{}–{end}", from.strftime("%-d %b"))
    }
}
