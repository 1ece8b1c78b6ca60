//! Evaluations: conversations with what is expected of each, asked of a model and graded by rules, not by taste.
//!
//! A grader never looks at the wording as a whole: it checks the behaviour, the tools and their arguments, required and forbidden facts, that every
//! number stands on a figure of a tool, that the answer comes first and is short, and that nothing outside the asker's scope appears, in whatever
//! disguise. See the package's README for the files and how to run it.

pub mod ask;
pub mod case;
pub mod command;
pub mod fingerprint;
pub mod grade;
pub mod numbers;
pub mod report;
pub mod reveal;
pub mod run;
pub mod stage;
pub mod thresholds;
pub mod world;
