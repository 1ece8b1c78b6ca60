//! Evaluations: conversations with what is expected of each, asked of a model and graded by rules, not by taste.
//!
//! A grader never looks at the wording as a whole: it checks the behaviour, the tools, required and forbidden facts, that every amount and
//! percentage stands on a figure of a tool, and that nothing outside the asker's scope appears.

pub mod ask;
pub mod case;
pub mod grade;
pub mod numbers;
pub mod report;
pub mod world;

use ask::Ask;
use case::Case;
use grade::{Grade, grade};
use world::World;

/// Asks every case and grades its last answer; leaks and unsourced figures are looked for in every answer.
///
/// # Errors
/// When an answer cannot be had at all.
pub async fn run(asked: &dyn Ask, world: &World, cases: &[Case]) -> anyhow::Result<Vec<Grade>> {
    let mut grades = Vec::with_capacity(cases.len());
    for case in cases {
        let answers = asked.ask(&case.persona, &case.turns).await?;
        grades.push(grade(case, &answers, world));
    }
    Ok(grades)
}
