//! A run beside an earlier one.

use std::collections::BTreeMap;

use super::lines::{Kind, Line, lines};
use super::{CaseReport, Report};

/// What changed since `before`, by id of the case.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    pub before: String,
    pub newly_failing: Vec<String>,
    pub newly_passing: Vec<String>,
    /// Cases that only this run has.
    pub added: Vec<String>,
    /// Cases that only the earlier run had.
    pub gone: Vec<String>,
    /// Pass as before, but say something else.
    pub reworded: Vec<String>,
    /// Of the same cases only: metrics of a selection say nothing beside those of all.
    pub metrics: Vec<Delta>,
}

/// One metric then and now.
#[derive(Debug, Clone)]
pub struct Delta {
    pub name: &'static str,
    pub before: String,
    pub now: String,
    pub change: String,
    /// `None` where it is neither better nor worse.
    pub is_better: Option<bool>,
}

impl Comparison {
    #[must_use]
    pub fn of(before: &Report, now: &Report) -> Self {
        let earlier: BTreeMap<&str, &CaseReport> = before.cases.iter().map(|case| (case.id.as_str(), case)).collect();
        let mut comparison = Self { before: format!("{} ({} per case)", before.model, conversations(before.repeat)), ..Self::default() };
        for case in &now.cases {
            match earlier.get(case.id.as_str()) {
                None => comparison.added.push(case.id.clone()),
                Some(old) if old.passes() && !case.passes() => comparison.newly_failing.push(case.id.clone()),
                Some(old) if !old.passes() && case.passes() => comparison.newly_passing.push(case.id.clone()),
                Some(old) if last_answer(old) != last_answer(case) => comparison.reworded.push(case.id.clone()),
                Some(_) => {}
            }
        }
        let is_gone = |case: &&CaseReport| now.cases.iter().all(|known| known.id != case.id);
        comparison.gone = before.cases.iter().filter(is_gone).map(|case| case.id.clone()).collect();
        if !comparison.added.is_empty() || !comparison.gone.is_empty() {
            comparison.metrics.extend(passed_in_both(&earlier, now));
            return comparison;
        }
        let old_lines = lines(&before.metrics);
        for line in lines(&now.metrics) {
            if let Some(old) = old_lines.iter().find(|old| old.name == line.name) {
                comparison.metrics.push(Delta::of(old, &line));
            }
        }
        comparison
    }
}

/// `1 conversation`, `5 conversations`.
pub(super) fn conversations(count: usize) -> String {
    format!("{count} conversation{}", if count == 1 { "" } else { "s" })
}

/// How many of the cases that both runs have passed, then and now.
fn passed_in_both(earlier: &BTreeMap<&str, &CaseReport>, now: &Report) -> Option<Delta> {
    let both: Vec<(&CaseReport, &CaseReport)> = now.cases.iter().filter_map(|case| Some((*earlier.get(case.id.as_str())?, case))).collect();
    let line = |passed: usize| Line {
        name: "Passed, of the cases in both",
        value: super::metrics::percent(passed, both.len()),
        kind: Kind::Percent,
        more_is_better: Some(true),
    };
    let (then, today) = (both.iter().filter(|(then, _)| then.passes()).count(), both.iter().filter(|(_, today)| today.passes()).count());
    (!both.is_empty()).then(|| Delta::of(&line(then), &line(today)))
}

fn last_answer(case: &CaseReport) -> Option<&str> {
    case.runs.first().and_then(|run| run.answers.last()).map(|answer| answer.answer.as_str())
}

impl Delta {
    fn of(before: &Line, now: &Line) -> Self {
        let difference = before.value.zip(now.value).map(|(before, now)| now - before).filter(|difference| difference.abs() > 1e-9);
        let change = difference.map_or_else(String::new, |difference| {
            let sign = if difference > 0.0 { "+" } else { "−" };
            let shown = match now.kind {
                Kind::Percent => format!("{:.1} points", difference.abs()),
                kind => kind.shown(difference.abs()),
            };
            format!("{sign}{shown}")
        });
        let is_better = difference.zip(now.more_is_better).map(|(difference, more_is_better)| (difference > 0.0) == more_is_better);
        Self { name: now.name, before: before.shown(), now: now.shown(), change, is_better }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::{report, with_case};

    #[test]
    fn newly_failing_and_newly_passing_cases_are_told_apart() {
        let before = with_case(with_case(with_case(report(), "a", true), "b", false), "gone", true);
        let now = with_case(with_case(with_case(report(), "a", false), "b", true), "new", true);
        let comparison = Comparison::of(&before, &now);
        assert_eq!(comparison.newly_failing, ["a"]);
        assert_eq!(comparison.newly_passing, ["b"]);
        assert_eq!((comparison.added, comparison.gone), (vec!["new".to_owned()], vec!["gone".to_owned()]));
        let names: Vec<(&str, &str, &str)> =
            comparison.metrics.iter().map(|delta| (delta.name, delta.before.as_str(), delta.now.as_str())).collect();
        assert_eq!(names, [("Passed, of the cases in both", "50.0 %", "50.0 %")], "of other cases nothing is compared");
    }

    #[test]
    fn a_metric_says_by_how_much_and_whether_that_is_better() {
        let (before, mut now) = (report(), report());
        now.metrics.leaks = 2;
        now.metrics.passed_percent = Some(97.5);
        let comparison = Comparison::of(&before, &now);
        let delta = |name: &str| comparison.metrics.iter().find(|delta| delta.name == name).unwrap().clone();
        assert_eq!((delta("Leaks").change.as_str(), delta("Leaks").is_better), ("+2", Some(false)));
        assert_eq!((delta("Passed (pass@1)").change.as_str(), delta("Passed (pass@1)").is_better), ("−2.5 points", Some(false)));
        assert_eq!((delta("Answers").change.as_str(), delta("Answers").is_better), ("", None));
    }
}
