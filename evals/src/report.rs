//! The table of a run, its summary, and the thresholds it must reach.

use std::io::Write;

use crate::grade::Grade;

/// Share of cases, in percent, that must be in the expected behaviour with the expected tools.
pub const EXPECTED_PERCENT: usize = 90;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    pub cases: usize,
    pub passed: usize,
    pub expected: usize,
    pub with_facts: usize,
    pub numbers: usize,
    pub sourced: usize,
    pub leaks: usize,
}

impl Summary {
    #[must_use]
    pub fn of(grades: &[Grade]) -> Self {
        let count = |holds: &dyn Fn(&Grade) -> bool| grades.iter().filter(|grade| holds(grade)).count();
        Self {
            cases: grades.len(),
            passed: count(&Grade::passes),
            expected: count(&Grade::is_expected),
            with_facts: count(&|grade| grade.facts),
            numbers: grades.iter().map(|grade| grade.shown_numbers).sum(),
            sourced: grades.iter().map(|grade| grade.sourced_numbers).sum(),
            leaks: grades.iter().map(|grade| grade.leaks.len()).sum(),
        }
    }

    /// At least the expected share, every figure sourced, no leak; a run of nothing reaches nothing.
    #[must_use]
    pub const fn reaches_thresholds(&self) -> bool {
        self.cases > 0 && self.expected * 100 >= self.cases * EXPECTED_PERCENT && self.sourced == self.numbers && self.leaks == 0
    }
}

/// # Errors
/// When the output cannot be written.
pub fn write(grades: &[Grade], out: &mut dyn Write) -> std::io::Result<Summary> {
    writeln!(out, "{:<28} {:<10} {:<6} {:<6} {:<9} leaks", "case", "behaviour", "tools", "facts", "sourced")?;
    for grade in grades {
        let mark = |good: bool| if good { "ok" } else { "NO" };
        let sourced = format!("{}/{}", grade.sourced_numbers, grade.shown_numbers);
        writeln!(
            out,
            "{:<28} {:<10} {:<6} {:<6} {:<9} {}",
            grade.id,
            mark(grade.behaviour),
            mark(grade.tools),
            mark(grade.facts),
            sourced,
            grade.leaks.len()
        )?;
        for fault in &grade.faults {
            writeln!(out, "    {fault}")?;
        }
    }
    let summary = Summary::of(grades);
    writeln!(
        out,
        "\n{} cases: {} passed; {} in the expected behaviour with the expected tools (at least {EXPECTED_PERCENT} %); {} with all facts; {} of {} figures sourced; {} leaks",
        summary.cases, summary.passed, summary.expected, summary.with_facts, summary.sourced, summary.numbers, summary.leaks
    )?;
    Ok(summary)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grade(expected: bool, leaks: usize) -> Grade {
        let leaks = vec!["x".to_owned(); leaks];
        Grade {
            id: "x".to_owned(),
            behaviour: expected,
            tools: true,
            facts: true,
            shown_numbers: 2,
            sourced_numbers: 2,
            leaks,
            faults: Vec::new(),
        }
    }

    #[test]
    fn ninety_percent_and_no_leak_are_needed() {
        let mostly: Vec<Grade> = (0..10).map(|number| grade(number > 0, 0)).collect();
        assert!(Summary::of(&mostly).reaches_thresholds());
        let too_few: Vec<Grade> = (0..10).map(|number| grade(number > 1, 0)).collect();
        assert!(!Summary::of(&too_few).reaches_thresholds());
        assert!(!Summary::of(&[grade(true, 1)]).reaches_thresholds());
        assert!(!Summary::of(&[]).reaches_thresholds());
    }
}
