//! Periods, what is compared with what, and numbers.

use super::{Parse, Tag};
use crate::lexicon::{self, Concept};
use crate::period::{self, When};

impl Parse<'_> {
    pub(super) fn periods(&mut self) {
        let ahead = ["will", "next", "forecast", "going", "upcoming", "tomorrow"];
        let future = self.words.iter().any(|word| ahead.contains(&word.text.as_str()));
        let periods: Vec<_> = period::find(&self.words, self.known.today, future)
            .into_iter()
            .filter(|found| (found.start..found.start + found.length).all(|at| matches!(self.tag(at), Some(Tag::Free | Tag::Word))))
            .collect();
        for found in &periods {
            self.mark(found.start, found.length, Tag::When);
            self.concepts.iter_mut().skip(found.start).take(found.length).for_each(Vec::clear);
        }
        if periods.len() > 2 {
            // `in September, October and November`: one stretch, month by month.
            let ranges: Vec<_> = periods.iter().filter_map(|found| found.when.range(self.known.today)).collect();
            if let (Some(from), Some(to)) = (ranges.iter().map(|range| range.from).min(), ranges.iter().map(|range| range.to).max()) {
                self.frame.when = Some(When::Range(from, to));
                self.frame.groups = vec!["month".to_owned()];
                return;
            }
        }
        let mut periods = periods.into_iter();
        let Some(first) = periods.next() else { return };
        self.frame.when = Some(first.when.clone());
        let changed = self.has(Concept::Change) || self.line().contains(" new since ");
        if changed && self.word(first.start) == "since" && first.length == 3 {
            // `what changed since last week`: that week against the one before.
            self.frame.when = match (self.word(first.start + 1), self.word(first.start + 2)) {
                ("last" | "previous", "week") => Some(When::LastWeek),
                ("last" | "previous", "month") => Some(When::MonthToDate),
                _ => self.frame.when.take(),
            };
        }
        let second = periods.next();
        if second.is_none()
            && let Some(before) = self.period_before(&first.when)
        {
            self.frame.against = Some(before);
        } else if let Some(second) = second {
            let between = self.words.get(first.start + first.length..second.start).unwrap_or_default();
            let back = first.start.checked_sub(1).map(|at| self.word(at)) == Some("from");
            let joined: Vec<&str> = between.iter().map(|word| word.text.as_str()).collect();
            let compares = joined
                .iter()
                .any(|word| matches!(*word, "versus" | "than" | "against" | "with" | "to" | "compared" | "over" | "and" | "or" | "vs"))
                || self.has(Concept::Change);
            if back && joined.contains(&"to") {
                (self.frame.when, self.frame.against) = (Some(second.when), Some(first.when));
            } else if compares {
                self.frame.against = Some(second.when);
            }
        } else {
            let lead = first.start.checked_sub(1).map(|at| self.word(at)).unwrap_or("");
            let lead = if lead == "the" { first.start.checked_sub(2).map(|at| self.word(at)).unwrap_or("") } else { lead };
            if matches!(lead, "versus" | "than" | "against" | "to" | "with") && (self.has(Concept::Change)) {
                self.frame.against = self.frame.when.take();
                self.settle_against();
            }
        }
    }

    /// `the month before`, behind another period: the one that precedes it.
    fn period_before(&mut self, first: &When) -> Option<When> {
        let units = ["month", "week", "quarter", "year", "day", "one", "period"];
        let at = (1..self.words.len())
            .find(|at| self.word(*at) == "before" && self.tag(*at) != Some(Tag::When) && units.contains(&self.word(at - 1)))?;
        self.mark(at - 1, 2, Tag::When);
        self.concepts.iter_mut().skip(at - 1).take(2).for_each(Vec::clear);
        first.preceding(self.known.today)
    }

    /// Compared with one period only: a week stands for the change since the week before it; the month before is compared by the same days.
    fn settle_against(&mut self) {
        let last_month = When::LastMonth.month(self.known.today);
        match &self.frame.against {
            Some(When::LastWeek) => (self.frame.when, self.frame.against) = (Some(When::LastWeek), None),
            Some(When::LastMonth) => self.frame.against = None,
            Some(When::Month(month)) if *month == last_month => self.frame.against = None,
            _ => return,
        }
        self.frame.compares = true;
    }

    /// Percentages, list lengths, numbers of points.
    pub(super) fn numbers(&mut self) {
        for at in 0..self.words.len() {
            if !matches!(self.tag(at), Some(Tag::Free | Tag::Word)) {
                continue;
            }
            let text = self.word(at).trim_end_matches('%').to_owned();
            let next = self.word(at + 1).to_owned();
            let numeric = self.word(at).starts_with(|c: char| c.is_ascii_digit() || c == '$');
            let value = period::number(&text);
            let percent = self.word(at).ends_with('%') || next == "percent";
            match value {
                Some(value) if percent => self.frame.percent = Some(value),
                Some(value) if value > 1 && matches!(next.as_str(), "bullet" | "bullets" | "point" | "points" | "lines" | "sentences") => {
                    self.frame.bullets = usize::try_from(value).ok();
                }
                Some(value)
                    if at > 0
                        && matches!(self.word(at - 1), "top" | "bottom" | "first" | "biggest" | "largest")
                        && (1..=50).contains(&value) =>
                {
                    self.frame.limit = Some(value);
                }
                Some(value) if lexicon::concepts(self.word(at + 1)).contains(&Concept::Most) && (2..=50).contains(&value) => {
                    self.frame.limit = Some(value);
                }
                _ => {}
            }
            if numeric || value.is_some() {
                self.mark(at, 1, Tag::Number);
            }
            // `App 4`: a level and a number are a name, and names in scope were taken before.
            let digits = self.word(at).bytes().all(|byte| byte.is_ascii_digit());
            let level = at.checked_sub(1).filter(|before| self.tag(*before) == Some(Tag::Level) && !self.word(*before).ends_with('s'));
            if digits && let Some(before) = level {
                self.mark(before, 2, Tag::Unknown);
                self.levels.retain(|(index, _)| *index != before);
                self.concepts.iter_mut().skip(before).take(2).for_each(Vec::clear);
            }
        }
    }
}
