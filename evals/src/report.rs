//! The report of a run: data that two runs can be compared by, a table for the terminal, Markdown, and one self-contained page.

mod comparison;
mod escape;
mod html;
mod lines;
mod markdown;
mod metrics;
mod plot;
mod terminal;

use std::path::Path;

use agent_bill::agent::answer::{Answer, TurnUsage};
use agent_bill_domain::money::NanoUsd;
use agent_bill_model::Behaviour;
use agent_bill_tools::Outcome as ToolOutcome;
use anyhow::Context;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::case::{Attack, WorldName, word};
use crate::grade::Fault;
use crate::run::{CaseRuns, Outcome, Run};

pub use comparison::Comparison;
pub use metrics::{Latency, Metrics, Share};
pub use terminal::{summary, table};

/// Raised when a field changes its meaning, so that reports which cannot be compared are not.
pub const SCHEMA: u32 = 1;

/// Everything a run showed; the order of cases is that of the files.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    pub schema: u32,
    /// `planner`, or the Bedrock model id.
    pub model: String,
    /// Conversations per case.
    pub repeat: usize,
    /// Cases that were not begun because the run had spent what it was allowed.
    pub left_out: usize,
    pub metrics: Metrics,
    pub by_persona: Vec<Share>,
    pub by_behaviour: Vec<Share>,
    pub by_attack: Vec<Share>,
    pub by_check: Vec<Share>,
    /// One line for each threshold that was missed.
    pub missed: Vec<String>,
    pub cases: Vec<CaseReport>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CaseReport {
    pub id: String,
    pub world: WorldName,
    pub persona: String,
    /// `Product Owner`
    pub role: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attack: Option<Attack>,
    /// Any of these was expected.
    pub expected: Vec<Behaviour>,
    pub questions: Vec<String>,
    /// How many of `runs` passed.
    pub passed: usize,
    pub runs: Vec<RunReport>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RunReport {
    pub passed: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    pub numbers: usize,
    pub sourced: usize,
    pub answers: Vec<AnswerReport>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AnswerReport {
    pub answer: String,
    pub behaviour: Behaviour,
    /// Which model produced it.
    pub by: String,
    /// Why it was not the configured one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
    pub tools: Vec<ToolReport>,
    pub data_through: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Tokens>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<NanoUsd>,
    /// Only in a report with timings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_text_ms: Option<u64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ToolReport {
    pub name: String,
    pub arguments: Value,
    pub outcome: ToolOutcome,
}

/// Of all calls of one turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    pub model_calls: u32,
    pub input: i64,
    pub output: i64,
    pub cache_read: i64,
    pub cache_write: i64,
}

impl Tokens {
    #[must_use]
    pub const fn total(&self) -> i64 {
        self.input.saturating_add(self.output).saturating_add(self.cache_read).saturating_add(self.cache_write)
    }
}

impl Report {
    /// `with_timings` keeps durations; without them a run of the planner writes the same bytes as the one before.
    #[must_use]
    pub fn of(model: &str, repeat: usize, outcome: &Outcome, with_timings: bool) -> Self {
        let cases: Vec<CaseReport> = outcome.cases.iter().map(|case| CaseReport::of(case, with_timings)).collect();
        Self {
            schema: SCHEMA,
            model: model.to_owned(),
            repeat,
            left_out: outcome.left_out,
            metrics: Metrics::of(outcome, with_timings),
            by_persona: metrics::shares(&cases, |case| vec![case.role.clone()]),
            by_behaviour: metrics::shares(&cases, |case| case.expected.iter().take(1).map(word).collect()),
            by_attack: metrics::shares(&cases, |case| case.attack.iter().map(word).collect()),
            by_check: metrics::by_check(&cases),
            missed: Vec::new(),
            cases,
        }
    }

    /// Reads `report.json`, or the folder that holds it.
    ///
    /// # Errors
    /// It cannot be read, or was written by a version whose reports mean something else.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let file = if path.is_dir() { path.join(JSON) } else { path.to_path_buf() };
        let text = std::fs::read_to_string(&file).with_context(|| format!("the report `{}` cannot be read", file.display()))?;
        let schema = serde_json::from_str::<Value>(&text).ok().and_then(|report| report.get("schema").and_then(Value::as_u64));
        anyhow::ensure!(
            schema == Some(u64::from(SCHEMA)),
            "the report `{}` is of another schema than this version writes; it cannot be compared",
            file.display()
        );
        serde_json::from_str(&text).with_context(|| format!("`{}` is not a report", file.display()))
    }

    /// As written to `report.json`.
    ///
    /// # Errors
    /// Never in practice: every field can be written.
    pub fn to_json(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Writes `report.json`, `report.md` and `report.html` into `folder`, which is made when missing.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path, against: Option<&Self>) -> anyhow::Result<()> {
        std::fs::create_dir_all(folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
        let comparison = against.map(|before| Comparison::of(before, self));
        let files = [
            (JSON, self.to_json()?),
            ("report.md", markdown::render(self, comparison.as_ref())),
            ("report.html", html::render(self, comparison.as_ref())),
        ];
        for (name, text) in files {
            let path = folder.join(name);
            std::fs::write(&path, text).with_context(|| format!("`{}` cannot be written", path.display()))?;
        }
        Ok(())
    }
}

const JSON: &str = "report.json";

impl CaseReport {
    fn of(case: &CaseRuns, with_timings: bool) -> Self {
        let runs: Vec<RunReport> = case.runs.iter().map(|run| RunReport::of(run, with_timings)).collect();
        Self {
            id: case.case.id.clone(),
            world: case.case.world,
            persona: case.case.persona.clone(),
            role: case.role.clone(),
            attack: case.case.attack,
            expected: case.case.behaviour.clone(),
            questions: case.case.turns.clone(),
            passed: runs.iter().filter(|run| run.passed).count(),
            runs,
        }
    }

    /// In every run.
    #[must_use]
    pub fn passes(&self) -> bool {
        !self.runs.is_empty() && self.passed == self.runs.len()
    }
}

impl RunReport {
    fn of(run: &Run, with_timings: bool) -> Self {
        Self {
            passed: run.grade.passes(),
            faults: run.grade.faults.clone(),
            error: run.error.clone(),
            numbers: run.grade.shown_numbers,
            sourced: run.grade.sourced_numbers,
            answers: run.answers.iter().map(|answer| AnswerReport::of(answer, with_timings)).collect(),
        }
    }
}

impl AnswerReport {
    fn of(answer: &Answer, with_timings: bool) -> Self {
        let usage = &answer.usage;
        let tool = |trace: &agent_bill::agent::answer::ToolTrace| ToolReport {
            name: trace.name.clone(),
            arguments: trace.arguments.clone(),
            outcome: trace.outcome,
        };
        Self {
            answer: answer.answer.clone(),
            behaviour: answer.behaviour,
            by: answer.model.clone(),
            fallback: answer.fallback.as_ref().map(|fallback| fallback.code.clone()),
            tools: answer.tools.iter().map(tool).collect(),
            data_through: answer.data_through,
            tokens: tokens(usage),
            cost_usd: usage.cost_usd.filter(|_| usage.model_calls > 0),
            duration_ms: with_timings.then_some(usage.duration_ms),
            first_text_ms: usage.first_text_ms.filter(|_| with_timings),
        }
    }
}

/// `None` when no model that counts tokens was called.
fn tokens(usage: &TurnUsage) -> Option<Tokens> {
    let tokens = Tokens {
        model_calls: usage.model_calls,
        input: usage.input_tokens,
        output: usage.output_tokens,
        cache_read: usage.cache_read_tokens,
        cache_write: usage.cache_write_tokens,
    };
    (tokens.total() > 0).then_some(tokens)
}

#[cfg(test)]
pub(crate) mod tests;
