//! What a run adds up to.

use std::collections::BTreeMap;

use agent_bill::agent::answer::Answer;
use agent_bill_domain::money::{NanoUsd, permille};
use serde::{Deserialize, Serialize};

use super::CaseReport;
use crate::grade::Check;
use crate::run::{CaseRuns, Outcome, Run};

/// Percentages have one decimal and are `None` where there is nothing to count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    pub cases: usize,
    pub attack_cases: usize,
    /// Of all conversations, those without any fault: pass@1.
    pub passed_percent: Option<f64>,
    /// Of all cases, those that passed in every conversation: pass^k.
    pub pass_k_percent: Option<f64>,
    /// Conversations in the expected behaviour with the expected tools.
    pub expected_percent: Option<f64>,
    pub behaviour_percent: Option<f64>,
    /// Of the conversations that expect something of the tools.
    pub tools_percent: Option<f64>,
    /// Of the conversations that expect arguments.
    pub arguments_percent: Option<f64>,
    /// Of the conversations that expect facts.
    pub facts_percent: Option<f64>,
    /// Of the conversations that forbid facts.
    pub forbidden_percent: Option<f64>,
    pub clarity_percent: Option<f64>,
    pub attack_passed_percent: Option<f64>,
    /// Amounts, percentages and counts in all answers, and those that stand on a figure.
    pub numbers: usize,
    pub sourced: usize,
    pub sourced_percent: Option<f64>,
    pub leaks: usize,
    /// Conversations after which the records of governance were not what they had been.
    pub writes: usize,
    pub answers: usize,
    /// Answers that the planner gave in place of the configured model.
    pub fallbacks: usize,
    pub fallback_percent: Option<f64>,
    /// Of the graded answers.
    pub median_chars: u64,
    pub median_lines: u64,
    pub tokens: i64,
    pub tokens_per_answer: i64,
    /// At list price; `None` when a call's price is not known or nothing was consumed.
    pub cost_usd: Option<NanoUsd>,
    pub cost_per_answer_usd: Option<NanoUsd>,
    /// Only in a report with timings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
}

/// From the question to the finished answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latency {
    pub median_ms: u64,
    pub p90_ms: u64,
    pub most_ms: u64,
    /// From the question to the first word, where the model streams.
    pub first_text_median_ms: Option<u64>,
}

/// How many of a group of conversations passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    pub name: String,
    pub passed: usize,
    pub of: usize,
}

impl Share {
    #[must_use]
    pub fn percent(&self) -> Option<f64> {
        percent(self.passed, self.of)
    }
}

/// With one decimal.
pub(crate) fn percent(part: usize, whole: usize) -> Option<f64> {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let tenths = i32::try_from(permille(count(part), count(whole))?).ok()?;
    Some(f64::from(tenths) / 10.0)
}

impl Metrics {
    pub(super) fn of(outcome: &Outcome, with_timings: bool) -> Self {
        let runs: Vec<(&CaseRuns, &Run)> = outcome.cases.iter().flat_map(|case| case.runs.iter().map(move |run| (case, run))).collect();
        let answers: Vec<&Answer> = runs.iter().flat_map(|(_, run)| &run.answers).collect();
        let all = |_: &CaseRuns| true;
        let share = |of: &dyn Fn(&CaseRuns) -> bool, good: &dyn Fn(&Run) -> bool| {
            let counted: Vec<&Run> = runs.iter().filter(|(case, _)| of(case)).map(|(_, run)| *run).collect();
            percent(counted.iter().filter(|run| good(run)).count(), counted.len())
        };
        let check =
            |of: &dyn Fn(&CaseRuns) -> bool, check: Check| share(of, &|run| run.grade.holds(check) && run.grade.holds(Check::Answered));
        let numbers = runs.iter().map(|(_, run)| run.grade.shown_numbers).sum();
        let sourced = runs.iter().map(|(_, run)| run.grade.sourced_numbers).sum();
        let fallbacks = answers.iter().filter(|answer| answer.fallback.is_some()).count();
        let tokens: i64 = answers.iter().filter_map(|answer| super::tokens(&answer.usage)).map(|tokens| tokens.total()).sum();
        let cost_usd = cost(&answers);
        let count = i64::try_from(answers.len()).unwrap_or(i64::MAX).max(1);
        Self {
            cases: outcome.cases.len(),
            attack_cases: outcome.cases.iter().filter(|case| case.case.attack.is_some()).count(),
            passed_percent: share(&all, &|run| run.grade.passes()),
            pass_k_percent: percent(
                outcome.cases.iter().filter(|case| case.runs.iter().all(|run| run.grade.passes())).count(),
                outcome.cases.len(),
            ),
            expected_percent: share(&all, &|run| run.grade.is_expected() && run.grade.holds(Check::Answered)),
            behaviour_percent: check(&all, Check::Behaviour),
            tools_percent: check(&|case| !case.case.tools.is_empty(), Check::Tools),
            arguments_percent: check(&|case| !case.case.arguments.is_empty(), Check::Arguments),
            facts_percent: check(&|case| !case.case.facts.is_empty(), Check::Facts),
            forbidden_percent: check(&|case| !case.case.forbidden.is_empty(), Check::Forbidden),
            clarity_percent: check(&all, Check::Clarity),
            attack_passed_percent: share(&|case| case.case.attack.is_some(), &|run| run.grade.passes()),
            numbers,
            sourced,
            sourced_percent: percent(sourced, numbers),
            leaks: runs.iter().map(|(_, run)| run.grade.leaks.len()).sum(),
            writes: runs.iter().filter(|(_, run)| !run.grade.holds(Check::Write)).count(),
            answers: answers.len(),
            fallbacks,
            fallback_percent: percent(fallbacks, answers.len()),
            median_chars: median(runs.iter().map(|(_, run)| length(run.grade.chars)).collect()),
            median_lines: median(runs.iter().map(|(_, run)| length(run.grade.lines)).collect()),
            tokens,
            tokens_per_answer: tokens / count,
            cost_usd,
            cost_per_answer_usd: cost_usd.map(|cost| cost.scale(1, count)),
            latency: with_timings.then(|| Latency::of(&answers)),
        }
    }
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// The sum, unless some call's price is not known.
fn cost(answers: &[&Answer]) -> Option<NanoUsd> {
    let called: Vec<&&Answer> = answers.iter().filter(|answer| super::tokens(&answer.usage).is_some()).collect();
    if called.is_empty() {
        return None;
    }
    called.iter().map(|answer| answer.usage.cost_usd).sum()
}

impl Latency {
    fn of(answers: &[&Answer]) -> Self {
        let durations: Vec<u64> = answers.iter().map(|answer| answer.usage.duration_ms).collect();
        let first: Vec<u64> = answers.iter().filter_map(|answer| answer.usage.first_text_ms).collect();
        Self {
            median_ms: median(durations.clone()),
            p90_ms: quantile(durations.clone(), 9, 10),
            most_ms: durations.iter().copied().max().unwrap_or(0),
            first_text_median_ms: (!first.is_empty()).then(|| median(first)),
        }
    }
}

pub(super) fn median(values: Vec<u64>) -> u64 {
    quantile(values, 1, 2)
}

/// The smallest value that at least `numerator ÷ denominator` of all reach; zero of none.
fn quantile(mut values: Vec<u64>, numerator: usize, denominator: usize) -> u64 {
    values.sort_unstable();
    let rank = (values.len() * numerator).div_ceil(denominator).max(1) - 1;
    values.get(rank).copied().unwrap_or(0)
}

/// Passed conversations by group, in the order of the groups' names.
pub(super) fn shares(cases: &[CaseReport], groups: impl Fn(&CaseReport) -> Vec<String>) -> Vec<Share> {
    let mut shares: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for case in cases {
        for group in groups(case) {
            let share = shares.entry(group).or_default();
            share.0 += case.passed;
            share.1 += case.runs.len();
        }
    }
    shares.into_iter().map(|(name, (passed, of))| Share { name, passed, of }).collect()
}

/// Conversations in which a check found nothing.
pub(super) fn by_check(cases: &[CaseReport]) -> Vec<Share> {
    let runs: Vec<_> = cases.iter().flat_map(|case| &case.runs).collect();
    let share = |check: Check| Share {
        name: crate::case::word(&check),
        passed: runs.iter().filter(|run| run.faults.iter().all(|fault| fault.check != check)).count(),
        of: runs.len(),
    };
    Check::ALL.into_iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_is_unknown_and_others_are_rounded_to_a_tenth() {
        assert_eq!(percent(0, 0), None);
        assert_eq!(percent(2, 3), Some(66.7));
        assert_eq!(percent(3, 3), Some(100.0));
    }

    #[test]
    fn the_median_is_one_of_the_values() {
        assert_eq!(median(vec![5, 1, 9]), 5);
        assert_eq!(median(vec![1, 2, 3, 4]), 2);
        assert_eq!(quantile((1..=10).collect(), 9, 10), 9);
        assert_eq!(median(Vec::new()), 0);
    }
}
