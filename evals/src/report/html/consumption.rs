//! How long answers took and what they consumed.

use std::fmt::Write;

use agent_bill_domain::money::NanoUsd;

use super::super::lines::Kind;
use super::super::{AnswerReport, CaseReport, Report, plot};

/// The cases drawn when consumption is shown case by case.
const DEAREST: usize = 10;

pub(super) fn write(report: &Report, out: &mut String) -> std::fmt::Result {
    let answers: Vec<&AnswerReport> = report.cases.iter().flat_map(|case| &case.runs).flat_map(|run| &run.answers).collect();
    let all = |of: fn(&AnswerReport) -> Option<f64>| -> Vec<f64> { answers.iter().filter_map(|answer| of(answer)).collect() };
    let (durations, first, spent, costs) = (all(duration), all(first_text), all(tokens), all(cost));
    writeln!(out, r#"<section><h2>Latency, tokens, dollars</h2><div class="plots">"#)?;
    histogram(out, "latency", "Answers by time to the finished answer", &durations, Kind::Milliseconds)?;
    histogram(out, "first", "Answers by time to the first word", &first, Kind::Milliseconds)?;
    histogram(out, "tokens", "Answers by tokens", &spent, Kind::Count)?;
    histogram(out, "costs", "Answers by cost", &costs, Kind::Usd)?;
    dearest(out, "case-tokens", "Tokens per conversation, the most first", report, tokens, Kind::Count)?;
    dearest(out, "case-costs", "Dollars per conversation, the most first", report, cost, Kind::Usd)?;
    writeln!(out, "</div>")?;
    if durations.is_empty() {
        writeln!(out, "<p>Durations are left out, so that the same run writes the same report; <code>--timings</code> keeps them.</p>")?;
    }
    if spent.is_empty() {
        writeln!(out, "<p>No language model was called: no tokens, no dollars.</p>")?;
    }
    writeln!(out, "</section>")
}

fn histogram(out: &mut String, id: &str, title: &str, values: &[f64], kind: Kind) -> std::fmt::Result {
    if values.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", plot::histogram(id, title, values, &|value| kind.shown(value)))
}

/// The mean over a case's conversations, for the cases with the most.
fn dearest(out: &mut String, id: &str, title: &str, report: &Report, of: fn(&AnswerReport) -> Option<f64>, kind: Kind) -> std::fmt::Result {
    let mean = |case: &CaseReport| {
        let sum: f64 = case.runs.iter().flat_map(|run| &run.answers).filter_map(of).sum();
        sum / float(case.runs.len().max(1)).unwrap_or(1.0)
    };
    let mut cases: Vec<(String, f64)> =
        report.cases.iter().map(|case| (case.id.clone(), mean(case))).filter(|(_, mean)| *mean > 0.0).collect();
    if cases.is_empty() {
        return Ok(());
    }
    cases.sort_by(|a, b| b.1.total_cmp(&a.1));
    cases.truncate(DEAREST);
    writeln!(out, "{}", plot::amounts(id, title, &cases, &|value| kind.shown(value)))
}

fn duration(answer: &AnswerReport) -> Option<f64> {
    answer.duration_ms.and_then(float)
}

fn first_text(answer: &AnswerReport) -> Option<f64> {
    answer.first_text_ms.and_then(float)
}

fn tokens(answer: &AnswerReport) -> Option<f64> {
    answer.tokens.and_then(|tokens| float(tokens.total()))
}

fn cost(answer: &AnswerReport) -> Option<f64> {
    answer.cost_usd.map(NanoUsd::as_f64)
}

fn float(number: impl TryInto<u32>) -> Option<f64> {
    number.try_into().ok().map(f64::from)
}
