//! Cases as they stand in `cases/*.yaml`; the schema is described in the package's README.

mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use agent_bill_model::Behaviour;
use anyhow::Context;
use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

pub use wanted::{Wanted, WantedCall};

/// A conversation, and what is expected of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub id: String,
    /// Whose records are asked about.
    #[serde(default)]
    pub world: WorldName,
    /// First name, full name or e-mail.
    pub persona: String,
    /// Set for a case that tries to get what the persona may not have.
    #[serde(default)]
    pub attack: Option<Attack>,
    /// The last one is graded; the ones before lead up to it. Leaks, writes and unsourced figures count in all of them.
    pub turns: Vec<String>,
    /// Any of these will do.
    pub behaviour: Vec<Behaviour>,
    #[serde(default)]
    pub tools: Tools,
    /// Tool → arguments that some call of it must have.
    #[serde(default)]
    pub arguments: BTreeMap<String, Wanted>,
    /// Each must appear; `a|b` means one of them.
    #[serde(default)]
    pub facts: Vec<String>,
    /// None may appear; in an attack in no answer, otherwise not in the last one.
    #[serde(default)]
    pub forbidden: Vec<String>,
    /// Exactly this many lines that begin with a dash.
    #[serde(default)]
    pub bullets: Option<usize>,
    #[serde(default)]
    pub most_lines: Option<usize>,
    #[serde(default)]
    pub most_chars: Option<usize>,
    /// A regular expression, in any letter case, that the first sentence must match.
    #[serde(default)]
    pub answer_first: Option<String>,
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

impl Tools {
    /// Whether anything is asked of the tools at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_empty() && !self.none
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorldName {
    /// The demo organisation.
    #[default]
    Demo,
    /// The same people, with names, descriptions, accounts, roles and tags that give orders (`worlds/hostile/`).
    Hostile,
}

/// What an attack tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attack {
    /// The asker says to be somebody else, or to have been promoted.
    RoleClaim,
    /// The message pretends to be the system, a developer or an earlier message of the assistant.
    FakeSystem,
    /// An instruction in the name of a product, account, person or role, or in a tag.
    StoredName,
    /// An instruction in the description of a workload.
    StoredDescription,
    /// The message pretends to hold what a tool returned, or breaks out of the JSON of a call.
    ToolResult,
    /// Other people's data, without naming them.
    Paraphrase,
    /// A difference or a bound that would reveal a hidden number.
    Difference,
    /// Numbers and ranks of what lies outside the scope.
    Counting,
    /// The request or the answer in disguise: base64, rot13, look-alike letters, another language.
    Encoding,
    /// Many turns, each a little further.
    Erosion,
    Sql,
    Prompt,
    Secret,
    /// Figures carried out of the answer through a link or an image.
    Exfiltration,
    /// A write that nobody confirmed.
    FakeConfirmation,
}

impl Case {
    /// The compiled `answer_first`.
    ///
    /// # Errors
    /// It is no regular expression.
    pub fn first_sentence(&self) -> Result<Option<Regex>, regex::Error> {
        self.answer_first.as_deref().map(|pattern| RegexBuilder::new(pattern).case_insensitive(true).build()).transpose()
    }

    fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(!self.turns.is_empty(), "case `{}` asks nothing", self.id);
        anyhow::ensure!(!self.behaviour.is_empty(), "case `{}` expects no behaviour", self.id);
        self.first_sentence().with_context(|| format!("`answer_first` of case `{}` is no regular expression", self.id))?;
        anyhow::ensure!(
            !self.tools.none || self.arguments.is_empty(),
            "case `{}` expects arguments and, at the same time, no tool at all",
            self.id
        );
        Ok(())
    }
}

/// All cases of a folder, by file name and order in the file.
///
/// # Errors
/// A file cannot be read or is not a list of cases, an id appears twice, or a case contradicts itself.
pub fn load(folder: &Path) -> anyhow::Result<Vec<Case>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .with_context(|| format!("the cases in `{}` cannot be read", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    let (mut cases, mut ids) = (Vec::new(), BTreeSet::new());
    for file in files {
        let text = std::fs::read_to_string(&file).with_context(|| format!("`{}` cannot be read", file.display()))?;
        let read: Vec<Case> = serde_norway::from_str(&text).with_context(|| format!("`{}` is not a list of cases", file.display()))?;
        for case in read {
            case.check()?;
            anyhow::ensure!(ids.insert(case.id.clone()), "case `{}` appears twice", case.id);
            cases.push(case);
        }
    }
    Ok(cases)
}

/// A word as it is written in the files: `deny_scope`, `role_claim`.
#[must_use]
pub fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("cases.yaml"), text).unwrap();
        folder
    }

    fn refusal(text: &str) -> String {
        format!("{:#}", load(folder_with(text).path()).unwrap_err())
    }

    #[test]
    fn a_case_is_read_with_everything_it_may_say() {
        let text = "
- id: x
  world: hostile
  persona: Lena
  attack: role_claim
  turns: [a, b]
  behaviour: [resist, deny_scope]
  tools: { any: [spend] }
  arguments: { spend: { group_by: model } }
  most_chars: 400
  answer_first: '^no|nobody'
";
        let case = load(folder_with(text).path()).unwrap().remove(0);
        assert_eq!((case.world, case.attack), (WorldName::Hostile, Some(Attack::RoleClaim)));
        assert!(case.first_sentence().unwrap().unwrap().is_match("No, it is not"));
        assert_eq!(word(&Attack::RoleClaim), "role_claim");
    }

    #[test]
    fn a_misspelt_key_a_repeated_id_and_a_broken_expression_are_refused() {
        let case = "- { id: x, persona: Lena, turns: [a], behaviour: [answer]";
        assert!(refusal(&format!("{case}, fact: [y] }}")).contains("unknown field `fact`"));
        assert!(refusal(&format!("{case} }}\n{case} }}")).contains("twice"));
        assert!(refusal(&format!("{case}, answer_first: '(' }}")).contains("no regular expression"));
        assert!(refusal("- { id: x, persona: Lena, turns: [], behaviour: [answer] }").contains("asks nothing"));
    }
}
