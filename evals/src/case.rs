//! Cases as they stand in `cases/*.yaml`.

use std::path::Path;

use agent_bill::agent::answer::Behaviour;
use anyhow::Context;
use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub id: String,
    /// First name, full name or e-mail.
    pub persona: String,
    /// The last one is graded; the ones before lead up to it.
    pub turns: Vec<String>,
    /// Any of these will do.
    pub behaviour: Vec<Behaviour>,
    #[serde(default)]
    pub tools: Tools,
    /// Each must appear; `a|b` means one of them.
    #[serde(default)]
    pub facts: Vec<String>,
    /// None may appear.
    #[serde(default)]
    pub forbidden: Vec<String>,
    /// Exactly this many lines that begin with a dash.
    #[serde(default)]
    pub bullets: Option<usize>,
    #[serde(default)]
    pub most_lines: Option<usize>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tools {
    #[serde(default)]
    pub all: Vec<String>,
    #[serde(default)]
    pub any: Vec<String>,
    /// No tool may be called.
    #[serde(default)]
    pub none: bool,
}

/// All cases of a folder, by file name and order in the file.
///
/// # Errors
/// A file cannot be read or is not a list of cases, or an id appears twice.
pub fn load(folder: &Path) -> anyhow::Result<Vec<Case>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .with_context(|| format!("the cases in `{}` cannot be read", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    let mut cases: Vec<Case> = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).with_context(|| format!("`{}` cannot be read", file.display()))?;
        let read: Vec<Case> = serde_norway::from_str(&text).with_context(|| format!("`{}` is not a list of cases", file.display()))?;
        for case in read {
            anyhow::ensure!(!case.turns.is_empty(), "case `{}` asks nothing", case.id);
            anyhow::ensure!(cases.iter().all(|known| known.id != case.id), "case `{}` appears twice", case.id);
            cases.push(case);
        }
    }
    Ok(cases)
}
