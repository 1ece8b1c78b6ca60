//! Words that would change the answer and that no slot of the frame took: an average, a threshold, a negation, an exclusion, half a period. An answer
//! that passes over one of them is the answer to another question.

use super::{Parse, Tag};
use crate::frame::Topic;
use crate::lexicon::Concept;
use crate::period;

/// What is averaged or converted: nothing here does either.
const DERIVED: [&str; 18] = [
    "average",
    "averages",
    "averaged",
    "avg",
    "median",
    "typical",
    "typically",
    "euro",
    "euros",
    "eur",
    "gbp",
    "pounds",
    "sterling",
    "francs",
    "chf",
    "yen",
    "cumulative",
    "percentile",
];
/// Parts of time that no breakdown has.
const PARTS_OF_TIME: [&str; 13] = [
    "weekday",
    "weekdays",
    "weekend",
    "weekends",
    "workday",
    "workdays",
    "hour",
    "hours",
    "hourly",
    "overnight",
    "fiscal",
    "semester",
    "holidays",
];
/// Of a period, where they were not read as one.
const PERIODS: [&str; 12] =
    ["quarter", "quarters", "quarterly", "year", "years", "yearly", "annual", "annually", "half", "fortnight", "until", "till"];
const BEYOND: [&str; 9] = ["above", "over", "below", "under", "than", "exceeding", "least", "beyond", "past"];
/// Left out, in words that are no concept of their own.
const LEAVING: [&str; 4] = ["disregarding", "barring", "excl", "sans"];
/// "Same days" of another period.
const STRETCHES: [&str; 7] = ["days", "stretch", "period", "span", "weeks", "part", "window"];

impl Parse<'_> {
    /// The words as they are looked up, in their order.
    pub(super) fn unbound(&self) -> Vec<String> {
        let rules: [fn(&Self, usize) -> bool; 7] =
            [Self::derives, Self::is_part_of_time, Self::is_threshold, Self::denies, Self::leaves_out, Self::is_same, Self::counts_off];
        let at = (0..self.words.len()).filter(|at| !self.is_taken(*at));
        at.filter(|at| rules.iter().any(|rule| rule(self, *at))).map(|at| self.word(at).to_owned()).collect()
    }

    fn is_taken(&self, at: usize) -> bool {
        matches!(self.tag(at), Some(Tag::Name | Tag::Part | Tag::When | Tag::Model | Tag::Region))
    }

    fn derives(&self, at: usize) -> bool {
        DERIVED.contains(&self.word(at))
    }

    fn is_part_of_time(&self, at: usize) -> bool {
        let grouped = !self.frame.groups.is_empty() && matches!(self.word(at), "quarter" | "quarterly");
        PARTS_OF_TIME.contains(&self.word(at)) || PERIODS.contains(&self.word(at)) && !grouped && !self.frame.asks_left
    }

    /// "Above 700", "more than 5k".
    fn is_threshold(&self, at: usize) -> bool {
        let number = |at: usize| {
            let word = self.word(at);
            word.starts_with(|c: char| c.is_ascii_digit() || c == '$') || period::number(word).is_some_and(|value| value > 12)
        };
        let percent = self.frame.percent.is_some();
        BEYOND.contains(&self.word(at)) && !percent && (at + 1..at + 3).any(|next| number(next) && !self.is_taken(next))
    }

    /// "Never gave", "did not spend": of money and estimates a negation asks for something else.
    fn denies(&self, at: usize) -> bool {
        let topic = matches!(self.frame.topic, Some(Topic::Spend | Topic::Compare | Topic::Estimate | Topic::Health));
        let bound = self.frame.no_unclaimed || self.frame.tokens || self.frame.form.is_some() || self.has(Concept::Unclaimed);
        let whether = self.word(at.saturating_sub(1)) == "or" || self.word(at + 1) == "yet";
        topic && !bound && !whether && matches!(self.word(at), "not" | "never" | "nobody" | "neither" | "nor")
    }

    /// "Without …", where nothing was left out.
    fn leaves_out(&self, at: usize) -> bool {
        let frame = &self.frame;
        let done = !frame.excluded.is_empty() || !frame.excluded_by.is_empty() || frame.no_unclaimed || !frame.unknown.is_empty();
        let word = self.word(at);
        let leaving = LEAVING.contains(&word) || matches!(word, "without" | "except" | "excluding" | "exclude" | "omitting" | "ignoring");
        leaving && !done && !self.has(Concept::Credit) && !self.has(Concept::Approve)
    }

    /// "The same days of …", where no second period was read.
    fn is_same(&self, at: usize) -> bool {
        self.word(at) == "same" && self.frame.against.is_none() && STRETCHES.contains(&self.word(at + 1))
    }

    /// "First ten days", "the second one": a place in something that is not counted here.
    fn counts_off(&self, at: usize) -> bool {
        let ordinal = matches!(self.word(at), "second" | "third" | "fourth" | "fifth" | "2nd" | "3rd" | "4th");
        let dated = matches!(self.word(at), "first" | "last") && matches!(self.word(at + 2), "days" | "weeks");
        (ordinal || dated) && !self.is_taken(at + 1) && !self.is_taken(at + 2)
    }
}

/// Topics whose answer rests on records and can be another one's.
pub fn matters(topic: Topic) -> bool {
    matches!(
        topic,
        Topic::Spend | Topic::Compare | Topic::Estimate | Topic::Cache | Topic::Unclaimed | Topic::Drift | Topic::Catalog | Topic::Health
    )
}
