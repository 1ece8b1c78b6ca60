//! The answer from typed results: what was asked first, then the figures, then who owns it, then the next action, and how current it all is.

mod agent_usage;
mod catalog;
mod compare;
mod drift;
mod estimate;
mod preview;
mod roster;
mod spend;
mod status;
mod unclaimed;

use agent_bill_tools::empty::{Empty, EmptyReason};
use agent_bill_tools::estimate_status::EstimateStatusResult;
use agent_bill_tools::model_drift::DriftResult;
use agent_bill_tools::spend::SpendResult;
use agent_bill_tools::unclaimed_principals::UnclaimedResult;
use serde::de::DeserializeOwned;
use serde_json::Value;

use agent_bill_model::Behaviour;
use agent_bill_model::Briefing;

use super::frame::{Frame, Topic, Write};
use super::plan::Call;
use super::wording::{self, Say};

/// Models of one family that are answered one by one.
const MOST_MODELS: usize = 5;

/// A call of this turn and what came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    pub call: Call,
    pub result: Value,
}

/// Why a result cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Refused {
    NotFound,
    RoleDenied(String),
    /// What does not fit, in the tool's words.
    Invalid(String),
    Failed,
}

/// The results of one question.
pub struct Results<'r> {
    taken: &'r [Taken],
}

impl<'r> Results<'r> {
    pub const fn of(taken: &'r [Taken]) -> Self {
        Self { taken }
    }

    /// Every readable result of a tool, with its call.
    fn all<T: DeserializeOwned>(&self, tool: &str) -> Vec<(&'r Call, T)> {
        self.taken
            .iter()
            .filter(|taken| taken.call.name == tool && taken.result.get("error").is_none())
            .filter_map(|taken| Some((&taken.call, serde_json::from_value(taken.result.clone()).ok()?)))
            .collect()
    }

    fn one<T: DeserializeOwned>(&self, tool: &str) -> Option<T> {
        self.all(tool).into_iter().next().map(|(_, result)| result)
    }

    /// The first refusal: a name that is not there outweighs a success beside it.
    fn refused(&self) -> Option<Refused> {
        let refusals: Vec<Refused> = self.taken.iter().filter_map(|taken| refusal(&taken.result)).collect();
        let readable = refusals.len() < self.taken.len();
        refusals.iter().find(|refused| **refused == Refused::NotFound).or_else(|| refusals.first().filter(|_| !readable)).cloned()
    }
}

/// The names among which a tool asks to choose, when a word fits several models.
pub fn several_models(result: &Value) -> Option<Vec<String>> {
    let message = result.get("message")?.as_str()?;
    let names = message.split_once("several models fit; name one of: ")?.1;
    Some(names.trim_end_matches('.').split(", ").take(MOST_MODELS).map(str::to_owned).collect())
}

fn refusal(result: &Value) -> Option<Refused> {
    Some(match result.get("error")?.as_str()? {
        "not_found" => Refused::NotFound,
        "role_denied" => Refused::RoleDenied(result.get("who_can").and_then(Value::as_str).unwrap_or("another role").to_owned()),
        "invalid_arguments" => Refused::Invalid(result.get("message").and_then(Value::as_str).unwrap_or_default().to_owned()),
        _ => Refused::Failed,
    })
}

pub fn compose(frame: &Frame, taken: &[Taken], briefing: &Briefing) -> Say {
    let results = Results::of(taken);
    if let Some(refused) = results.refused() {
        let found = results.all::<DriftResult>("model_drift");
        if refused == Refused::NotFound && frame.model.is_some() && found.iter().any(|(_, drift)| !drift.rows.is_empty()) {
            return drift::say(frame, &found).unwrap_or_else(wording::unfinished);
        }
        return match refused {
            Refused::NotFound if frame.model.is_some() && !frame.model_guessed => match frame.topic {
                Some(Topic::Write(Write::RequestModel)) => wording::request_unknown_model(briefing),
                topic => wording::no_such_model(topic == Some(Topic::ModelState), frame, briefing),
            },
            Refused::NotFound => wording::deny_scope(briefing),
            Refused::RoleDenied(who_can) => wording::deny_role("this", &who_can, briefing),
            Refused::Invalid(message) if message.is_empty() => wording::clarify(briefing),
            Refused::Invalid(message) => {
                Say::new(Behaviour::Clarify, format!("That does not fit: {} How would you like it instead?", sentence(&message)))
            }
            Refused::Failed => wording::unfinished(),
        };
    }
    let said = match frame.topic {
        Some(Topic::Spend | Topic::Reconcile | Topic::Budget) => spend::say(frame, &results.all::<SpendResult>("spend")),
        Some(Topic::Compare) if frame.bullets.is_some() => compare::bullets(frame, &results),
        Some(Topic::Compare) => compare::say(frame, &results),
        Some(Topic::Estimate) => estimate::say(frame, &results.all::<EstimateStatusResult>("estimate_status"), briefing),
        Some(Topic::Cache) => estimate::cache(&results.all::<EstimateStatusResult>("estimate_status")),
        Some(Topic::Health) => estimate::health(&results),
        Some(Topic::Unclaimed) => unclaimed::say(frame, &results.all::<UnclaimedResult>("unclaimed_principals")),
        Some(Topic::Drift) => drift::say(frame, &results.all::<DriftResult>("model_drift")),
        Some(Topic::Catalog | Topic::ModelState) => catalog::say(frame, results.one("model_catalog").as_ref(), briefing),
        Some(Topic::DataStatus) => status::say(frame, results.one("data_status").as_ref()),
        Some(Topic::Diagnose) => status::diagnose(&results.all("data_status"), results.one::<SpendResult>("spend").as_ref()),
        Some(Topic::AgentUsage) => agent_usage::say(frame, results.one("agent_usage").as_ref()),
        Some(Topic::Whoami) => roster::whoami(results.one("whoami").as_ref()),
        Some(Topic::Owner) => roster::owner(frame, results.one("whoami").as_ref(), briefing),
        Some(Topic::Write(write)) => preview(write, frame, &results, briefing),
        _ => None,
    };
    said.unwrap_or_else(wording::unfinished)
}

fn preview(write: Write, frame: &Frame, results: &Results<'_>, briefing: &Briefing) -> Option<Say> {
    match write {
        Write::DecideModel => preview::decide(frame, results),
        Write::RequestModel => preview::request(frame, results, briefing),
        Write::Claim => preview::claim(results),
        Write::SetEstimate => preview::estimate(frame, results, briefing),
        Write::DisputeCard | Write::AcceptCard => preview::card(write, frame, results),
        Write::FinishTask | Write::LoadBudget | Write::Access | Write::ExecuteInAws => None,
    }
}

/// An empty result in its own words. A true zero is an answer; anything else is a reason why there is none.
fn empty(empty: &Empty, tail: &str) -> Say {
    let behaviour = match empty.reason {
        EmptyReason::TrueZero => Behaviour::Answer,
        _ => Behaviour::NoData,
    };
    Say::new(behaviour, lines([empty.explanation.clone(), tail.to_owned()]))
}

/// Non-empty lines, one below the other.
fn lines(parts: impl IntoIterator<Item = String>) -> String {
    let kept: Vec<String> = parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    kept.join("\n")
}

/// A tool's sentence inside one of ours: without its full stop, unless it holds figures and is checked word for word.
fn inner(text: &str) -> &str {
    if text.chars().any(|c| c.is_ascii_digit()) { text } else { text.trim_end_matches('.') }
}

/// At most two of a tool's notes; what is provisional or not loaded stands in the line on freshness already.
fn notes(notes: &[String]) -> String {
    let told = |note: &&String| !note.contains("provisional") && !note.contains("not loaded yet");
    notes.iter().filter(told).take(2).map(|note| sentence(note)).collect::<Vec<_>>().join(" ")
}

/// With a capital and a full stop. A tool's sentence that holds figures keeps its first letter: it is checked word for word.
fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.chars().any(|c| c.is_ascii_digit()) {
        let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
        return format!("{text}{stop}");
    }
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return String::new() };
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{stop}", first.to_uppercase(), characters.as_str())
}

/// Said below a list that stops early: its headline counts and sums all of it.
fn unlisted(any: bool) -> Option<String> {
    any.then(|| "- … and smaller ones that are not listed; the totals above hold all of them.".to_owned())
}

/// Our own sentence with its first letter raised.
fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), characters.as_str()))
}

/// `, owner Lena Fischer`.
fn owned_by(owners: &[String]) -> String {
    match owners {
        [] => String::new(),
        [one] => format!(", owner {one}"),
        several => format!(", owners {}", wording::list(several)),
    }
}
