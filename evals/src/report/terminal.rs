//! The report for a terminal.

use std::io::Write;

use super::comparison::conversations;
use super::lines::lines;
use super::{CaseReport, Report};
use crate::case::word;
use crate::grade::Check;

/// One line a case; failing ones with what is wrong below.
///
/// # Errors
/// When the output cannot be written.
pub fn table(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(
        out,
        "{:<28} {:<10} {:<6} {:<6} {:<6} {:<9} {:<6} passed",
        "case", "behaviour", "tools", "facts", "clear", "sourced", "leaks"
    )?;
    for case in &report.cases {
        row(case, out)?;
    }
    Ok(())
}

fn row(case: &CaseReport, out: &mut dyn Write) -> std::io::Result<()> {
    let holds = |checks: &[Check]| case.runs.iter().all(|run| run.faults.iter().all(|fault| !checks.contains(&fault.check)));
    let mark = |checks: &[Check]| if holds(checks) { "ok" } else { "NO" };
    let (numbers, sourced): (usize, usize) =
        case.runs.iter().fold((0, 0), |(numbers, sourced), run| (numbers + run.numbers, sourced + run.sourced));
    writeln!(
        out,
        "{:<28} {:<10} {:<6} {:<6} {:<6} {:<9} {:<6} {}/{}",
        case.id,
        mark(&[Check::Behaviour]),
        mark(&[Check::Tools, Check::Arguments]),
        mark(&[Check::Facts, Check::Forbidden]),
        mark(&[Check::Clarity]),
        format!("{sourced}/{numbers}"),
        mark(&[Check::Leak, Check::Write]),
        case.passed,
        case.runs.len()
    )?;
    for (at, run) in case.runs.iter().enumerate() {
        for fault in &run.faults {
            writeln!(out, "    run {}: {}: {fault}", at + 1, word(&fault.check))?;
        }
    }
    Ok(())
}

/// The metrics and the thresholds that were missed.
///
/// # Errors
/// When the output cannot be written.
pub fn summary(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "\n{} · {} per case", report.model, conversations(report.repeat))?;
    for line in lines(&report.metrics) {
        writeln!(out, "  {:<38} {}", line.name, line.shown())?;
    }
    if report.left_out > 0 {
        writeln!(out, "  {:<38} {}", "Cases left out to save money", report.left_out)?;
    }
    if report.missed.is_empty() {
        return writeln!(out, "all thresholds are reached");
    }
    report.missed.iter().try_for_each(|missed| writeln!(out, "MISSED {missed}"))
}
