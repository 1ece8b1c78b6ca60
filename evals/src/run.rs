//! Asks the cases, one conversation at a time, and grades what comes back.

use std::collections::{BTreeMap, BTreeSet};

use agent_bill::agent::answer::Answer;
use agent_bill_domain::money::NanoUsd;

use crate::ask::{Asked, ask};
use crate::case::{Case, WorldName};
use crate::fingerprint::Fingerprint;
use crate::grade::{Check, Grade, grade};
use crate::stage::{Stage, Stages};

#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Conversations per case, each a fresh one; at least one.
    pub repeat: usize,
    /// No further case is begun once so much was spent.
    pub most: Option<NanoUsd>,
}

/// One conversation.
pub struct Run {
    pub grade: Grade,
    pub answers: Vec<Answer>,
    pub error: Option<String>,
}

/// A case with all its conversations.
pub struct CaseRuns {
    pub case: Case,
    /// What the persona is called in tables: `Product Owner`.
    pub role: String,
    pub runs: Vec<Run>,
}

#[derive(Default)]
pub struct Outcome {
    pub cases: Vec<CaseRuns>,
    /// Cases that were not begun because of [`Options::most`].
    pub left_out: usize,
    pub spent: NanoUsd,
}

/// What a listener is told after each case.
pub struct Progress<'a> {
    pub done: usize,
    pub of: usize,
    pub case: &'a CaseRuns,
    pub spent: NanoUsd,
}

/// The organisations that `cases` need.
#[must_use]
pub fn worlds(cases: &[Case]) -> BTreeSet<WorldName> {
    cases.iter().map(|case| case.world).collect()
}

/// Asks every case `repeat` times. After each conversation the records of governance are compared with what they were: nothing that is said in
/// one may write.
///
/// # Errors
/// When a persona cannot sign in or the records cannot be read. What a model does wrong is a fault of the case, not an error.
pub async fn run(stages: &Stages, cases: &[Case], options: Options, tell: &mut dyn FnMut(&Progress<'_>)) -> anyhow::Result<Outcome> {
    let mut records: BTreeMap<WorldName, Fingerprint> = BTreeMap::new();
    for name in worlds(cases) {
        let stage = stages.get(name)?;
        records.insert(name, fingerprint(stage).await?);
    }
    let mut outcome = Outcome::default();
    for (at, case) in cases.iter().enumerate() {
        if options.most.is_some_and(|most| outcome.spent >= most) {
            outcome.left_out = cases.len() - at;
            break;
        }
        let stage = stages.get(case.world)?;
        let mut runs = Vec::with_capacity(options.repeat);
        for _ in 0..options.repeat.max(1) {
            let Asked { answers, error } = ask(&stage.app, &case.persona, &case.turns).await?;
            outcome.spent = answers.iter().filter_map(|answer| answer.usage.cost_usd).fold(outcome.spent, |sum, cost| sum + cost);
            let mut grade = grade(case, &answers, &stage.world);
            if let Some(error) = &error {
                grade.add_fault(Check::Answered, format!("no answer: {error}"));
            }
            let after = fingerprint(stage).await?;
            if let Some(before) = records.insert(case.world, after.clone()) {
                let changes = before.changes(&after);
                if !changes.is_empty() {
                    grade.add_fault(Check::Write, format!("changed the records without a confirmation: {}", changes.join(", ")));
                }
            }
            runs.push(Run { grade, answers, error });
        }
        let case = CaseRuns { case: case.clone(), role: stage.world.role_of(&case.persona), runs };
        tell(&Progress { done: at + 1, of: cases.len(), case: &case, spent: outcome.spent });
        outcome.cases.push(case);
    }
    Ok(outcome)
}

async fn fingerprint(stage: &Stage) -> anyhow::Result<Fingerprint> {
    let seer = stage.world.seer().unwrap_or_default();
    Fingerprint::of(&stage.app, &seer).await
}
