//! The days of which a sentence says that a figure is.

use jiff::civil::Date;

use super::meant;
use crate::claim::context::Context;
use crate::claim::periods::{self, Mentioned, fits};
use crate::claim::sentence::{Citation, Sentence};
use crate::declare::{Kind, State};
use crate::fact::{Fact, Span};
use crate::unit::Unit;

pub fn period(sentence: &Sentence<'_>, citation: &Citation<'_>, context: &Context) -> Option<String> {
    let spans: Vec<Span> = citation.facts.iter().filter_map(Fact::period).collect();
    let own = *spans.first()?;
    let several = spans.iter().any(|span| *span != own);
    let is_change = citation.facts.iter().all(|fact| fact.figure.is_some_and(|figure| figure.kind == Kind::Change));
    if is_change && !several {
        return of_change(sentence, citation, own);
    }
    if several {
        return None;
    }
    // An estimate, a limit and a projection are those of a month, not of the days that have data.
    let of_month = citation.facts.iter().all(|fact| fact.figure.is_some_and(|figure| !matches!(figure.kind, Kind::Actual)));
    if of_month || citation.facts.iter().any(|fact| fact.figure.is_some_and(|figure| matches!(figure.unit, Unit::Days))) {
        let other = sentence.periods.iter().filter(|(at, _)| at.abs_diff(citation.token) <= 6).map(|(_, mentioned)| mentioned.0);
        let month = Span { from: own.from, to: own.from.last_of_month() };
        let wrong = other.clone().count() > 0 && !other.clone().any(|span| span.from <= month.to && month.from <= span.to);
        return wrong.then(|| periods::label(month));
    }
    let today = context.today;
    let in_row = citation.facts.iter().any(|fact| fact.main_period() != Some(own));
    let exact = sentence.periods.iter().any(|(_, mentioned)| mentioned.0 == own);
    // "The 13th, the dearest day of November": the day is named, and November is around it.
    let around = |mentioned: &Mentioned| exact && in_row && mentioned.0 != own && mentioned.0.from <= own.from && own.to <= mentioned.0.to;
    let told: Vec<(usize, Mentioned)> = sentence.periods.iter().filter(|(_, mentioned)| !around(mentioned)).copied().collect();
    if citation.facts.iter().any(Fact::is_compared) {
        return compared(sentence, citation, own, &told, today);
    }
    // A month that runs is told by the days that are in.
    let loaded = citation.facts.first().map_or(own, |fact| fact.loaded(own));
    let meant = meant(sentence, &told, citation.token);
    if meant.is_empty() {
        let now = own.to >= today && sentence.cues_of("now").any(|cue| cue.at.abs_diff(citation.token) <= 4);
        let main = context.one_period && !in_row;
        let said = now || main || context.period.map_or(own.to >= today, |mentioned| fits(mentioned, own, today));
        return (!said).then(|| periods::label(loaded));
    }
    (!meant.into_iter().any(|mentioned| fits(*mentioned, own, today))).then(|| periods::label(loaded))
}

/// A change between two periods beside the name of a third.
fn of_change(sentence: &Sentence<'_>, citation: &Citation<'_>, own: Span) -> Option<String> {
    let [fact] = citation.facts.as_slice() else { return None };
    let earlier = fact.compared_with()?;
    let fits =
        |(_, mentioned): &(usize, Mentioned)| [own, earlier].iter().any(|span| mentioned.0.from <= span.to && span.from <= mentioned.0.to);
    let other = sentence.periods.iter().any(|mentioned| !fits(mentioned));
    other.then(|| format!("{} → {}", periods::label(earlier), periods::label(own)))
}

/// A day outside the month that is named right in front of it: "September through 21 November".
pub fn of_day(sentence: &Sentence<'_>, citation: &Citation<'_>) -> Option<String> {
    let day: Date = citation.cited.value.parse().ok()?;
    let is_written = |at: &usize| !sentence.citations.iter().any(|other| other.token == *at);
    let (at, named) = sentence.periods.iter().filter(|(at, _)| *at < citation.token && is_written(at)).max_by_key(|(at, _)| *at)?;
    let between = sentence.citations.iter().any(|other| other.token > *at && other.token < citation.token);
    let outside = day < named.0.from || day > named.0.to;
    (citation.token - at <= 6 && !between && outside && !ends(sentence, *at, citation.token)).then(|| periods::label(month(day)))
}

/// A state of another period than the one named: "October: {a2.finality}".
pub fn of_text(sentence: &Sentence<'_>, citation: &Citation<'_>, context: &Context) -> Option<String> {
    let [fact] = citation.facts.as_slice() else { return None };
    let own = fact.state().filter(|state| *state == State::Finality).and(fact.period())?;
    let meant = meant(sentence, &sentence.periods, citation.token);
    let fits = |mentioned: &Mentioned| fits(*mentioned, own, context.today) || mentioned.0.from <= own.from && own.to <= mentioned.0.to;
    (!meant.is_empty() && !meant.into_iter().any(fits)).then(|| periods::label(own))
}

fn ends(sentence: &Sentence<'_>, from: usize, to: usize) -> bool {
    sentence.tokens.iter().skip(from).take(to - from).any(|token| matches!(token.word.as_str(), ";" | ":" | "."))
}

fn month(day: Date) -> Span {
    Span { from: day.first_of_month(), to: day.last_of_month() }
}

/// Of two periods beside each other: "from … to …", "… against …", or a period right beside the figure.
fn compared(sentence: &Sentence<'_>, citation: &Citation<'_>, own: Span, told: &[(usize, Mentioned)], today: Date) -> Option<String> {
    let near = |(at, _): &&(usize, Mentioned)| at.abs_diff(citation.token) <= 4;
    let value_between = |at: usize| {
        let (from, to) = (at.min(citation.token), at.max(citation.token));
        sentence.values().any(|other| other.token > from && other.token < to)
    };
    let beside: Vec<&(usize, Mentioned)> = told.iter().filter(near).filter(|(at, _)| !value_between(*at)).collect();
    let earlier = citation.facts.iter().any(|fact| fact.figure.is_some_and(|figure| figure.period.is_some()));
    let before = sentence.cues_of("previous").any(|cue| cue.at < citation.token && citation.token - cue.at <= 3 && !value_between(cue.at));
    let behind = sentence.cues_of("previous").any(|cue| cue.at > citation.token && cue.at - citation.token <= 3);
    let said = match beside.as_slice() {
        [] if earlier => before || behind,
        [] => !before,
        beside => earlier && before || beside.iter().any(|(_, mentioned)| fits(*mentioned, own, today)),
    };
    (!said).then(|| periods::label(own))
}
