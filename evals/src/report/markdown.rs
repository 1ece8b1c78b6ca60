//! The report as Markdown: what a team reads in a review. The whole conversations are in `report.json` and `report.html`.

use std::fmt::Write;

use super::comparison::conversations;
use super::escape::markdown as escaped;
use super::lines::lines;
use super::{CaseReport, Comparison, Report, Share};
use crate::case::word;

pub(super) fn render(report: &Report, comparison: Option<&Comparison>) -> String {
    let mut out = String::new();
    // Writing into a string does not fail.
    let _ = write(report, comparison, &mut out);
    out
}

fn write(report: &Report, comparison: Option<&Comparison>, out: &mut String) -> std::fmt::Result {
    writeln!(out, "# Evaluation of {}\n", escaped(&report.model))?;
    writeln!(
        out,
        "{} cases, {} of them attacks; {} per case.\n",
        report.metrics.cases,
        report.metrics.attack_cases,
        conversations(report.repeat)
    )?;
    if report.left_out > 0 {
        writeln!(out, "**{} cases were left out: the run had spent what it was allowed.**\n", report.left_out)?;
    }
    if report.missed.is_empty() {
        writeln!(out, "All thresholds are reached.\n")?;
    } else {
        writeln!(out, "**Missed thresholds:**\n")?;
        report.missed.iter().try_for_each(|missed| writeln!(out, "- {}", escaped(missed)))?;
        writeln!(out)?;
    }
    if let Some(comparison) = comparison {
        compared(comparison, out)?;
    }
    failing(report, out)?;
    writeln!(out, "## Metrics\n\n| metric | value |\n| --- | ---: |")?;
    for line in lines(&report.metrics) {
        writeln!(out, "| {} | {} |", escaped(line.name), line.shown())?;
    }
    let tables = [
        ("persona", &report.by_persona),
        ("expected behaviour", &report.by_behaviour),
        ("kind of attack", &report.by_attack),
        ("check, over all cases", &report.by_check),
    ];
    for (title, shares) in tables {
        share_table(title, shares, out)?;
    }
    writeln!(out, "\n## Cases\n\n| case | persona | expected | last question | passed |\n| --- | --- | --- | --- | ---: |")?;
    for case in &report.cases {
        let expected: Vec<String> = case.expected.iter().map(|behaviour| escaped(&word(behaviour))).collect();
        writeln!(
            out,
            "| {} | {} | {} | {} | {}/{} |",
            escaped(&case.id),
            escaped(&case.persona),
            expected.join(", "),
            escaped(case.questions.last().map_or("", String::as_str)),
            case.passed,
            case.runs.len()
        )?;
    }
    Ok(())
}

fn share_table(title: &str, shares: &[Share], out: &mut String) -> std::fmt::Result {
    if shares.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| {title} | passed | of | share |\n| --- | ---: | ---: | ---: |")?;
    for share in shares {
        let percent = share.percent().map_or_else(|| "–".to_owned(), |percent| format!("{percent:.1} %"));
        writeln!(out, "| {} | {} | {} | {percent} |", escaped(&share.name.replace('_', " ")), share.passed, share.of)?;
    }
    Ok(())
}

fn compared(comparison: &Comparison, out: &mut String) -> std::fmt::Result {
    writeln!(out, "## Against {}\n", escaped(&comparison.before))?;
    let lists = [
        ("Newly failing", &comparison.newly_failing),
        ("Newly passing", &comparison.newly_passing),
        ("New cases", &comparison.added),
        ("Cases only in the earlier run", &comparison.gone),
        ("Passing or failing as before, in other words", &comparison.reworded),
    ];
    for (title, ids) in lists {
        let ids: Vec<String> = ids.iter().map(|id| escaped(id)).collect();
        writeln!(out, "- {title}: {}", if ids.is_empty() { "none".to_owned() } else { ids.join(", ") })?;
    }
    writeln!(out, "\n| metric | before | now | change |\n| --- | ---: | ---: | ---: |")?;
    for delta in &comparison.metrics {
        let change = match delta.is_better {
            Some(false) => format!("**{} worse**", delta.change),
            Some(true) => format!("{} better", delta.change),
            None => delta.change.clone(),
        };
        writeln!(out, "| {} | {} | {} | {change} |", escaped(delta.name), delta.before, delta.now)?;
    }
    writeln!(out)
}

fn failing(report: &Report, out: &mut String) -> std::fmt::Result {
    let failing: Vec<&CaseReport> = report.cases.iter().filter(|case| !case.passes()).collect();
    if failing.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Failing cases\n")?;
    for case in failing {
        writeln!(out, "### {} ({}, {})\n", escaped(&case.id), escaped(&case.persona), escaped(&case.role))?;
        for question in &case.questions {
            writeln!(out, "> {}\n", escaped(question))?;
        }
        for (at, run) in case.runs.iter().enumerate().filter(|(_, run)| !run.passed) {
            for fault in &run.faults {
                writeln!(out, "- run {}, {}: {}", at + 1, word(&fault.check), escaped(&fault.text))?;
            }
            if let Some(last) = run.answers.last() {
                writeln!(out, "- run {}, answered as {}: {}", at + 1, escaped(&word(&last.behaviour)), escaped(&last.answer))?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::{report, with_case};

    #[test]
    fn failing_cases_come_with_question_answer_and_fault() {
        let text = render(&with_case(report(), "a", false), None);
        for part in ["## Failing cases", "> why?", "facts: misses \\`x\\`", "answer of a", "| a | Lena | answer | why? | 0/1 |"] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    #[test]
    fn a_comparison_names_what_fails_now() {
        let (before, now) = (with_case(report(), "a", true), with_case(report(), "a", false));
        let text = render(&now, Some(&Comparison::of(&before, &now)));
        assert!(text.contains("- Newly failing: a\n- Newly passing: none"), "{text}");
    }
}
