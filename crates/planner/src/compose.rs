//! The answer from typed results: each tool words its own, citing them. Here stands which of them a question is about, and what joins several.

mod asked;
mod joined;
mod preview;

use std::sync::{Arc, LazyLock};

use agent_bill_tools::contract::AnyTool;
use agent_bill_tools::say::{Asked, Kind, Noted, Said};
use agent_bill_tools::whoami::WhoamiResult;
use serde::de::DeserializeOwned;
use serde_json::Value;

use agent_bill_model::Behaviour;
use agent_bill_model::Briefing;

use super::frame::{Frame, Topic, Write};
use super::injection;
use super::plan::Call;
use super::wording::{self, Say};

/// Models of one family that are answered one by one.
const MOST_MODELS: usize = 5;

/// Each words its own results.
static TOOLS: LazyLock<Vec<Arc<dyn AnyTool>>> = LazyLock::new(agent_bill_tools::registry);

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

/// The results of one question, and what its asker wants to read of them.
struct Results<'r> {
    taken: &'r [Taken],
    asked: Asked,
}

impl Results<'_> {
    /// The first readable result of a tool.
    fn one<T: DeserializeOwned>(&self, tool: &str) -> Option<Noted<T>> {
        self.of(tool).find_map(Noted::read)
    }

    fn of(&self, tool: &str) -> impl Iterator<Item = &Value> {
        self.taken.iter().filter(move |taken| taken.call.name == tool).map(|taken| &taken.result)
    }

    /// What a tool says of its results.
    fn said(&self, tool: &str, asked: &Asked) -> Option<Said> {
        let results: Vec<Value> = self.of(tool).cloned().collect();
        TOOLS.iter().find(|known| known.spec().name == tool)?.say(asked, &results)
    }

    fn say(&self, tool: &str) -> Option<Say> {
        self.said(tool, &self.asked).map(|said| Say::new(behaviour(said.kind), said.text))
    }

    /// The first refusal: a name that is not there outweighs a success beside it.
    fn refused(&self) -> Option<Refused> {
        let refusals: Vec<Refused> = self.taken.iter().filter_map(|taken| refusal(&taken.result)).collect();
        let readable = refusals.len() < self.taken.len();
        refusals.iter().find(|refused| **refused == Refused::NotFound).or_else(|| refusals.first().filter(|_| !readable)).cloned()
    }
}

const fn behaviour(kind: Kind) -> Behaviour {
    match kind {
        Kind::Answer => Behaviour::Answer,
        Kind::Assumed => Behaviour::Assume,
        Kind::Empty => Behaviour::NoData,
        Kind::RoleDenied => Behaviour::DenyRole,
        Kind::Diagnosis => Behaviour::Diagnose,
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
    let results = Results { taken, asked: asked::of(frame, briefing) };
    if let Some(refused) = results.refused() {
        return refusing(refused, frame, &results, briefing);
    }
    let said = match frame.topic {
        Some(Topic::Spend | Topic::Reconcile | Topic::Budget) => results.say("spend"),
        Some(Topic::Compare) if frame.bullets.is_some() => joined::changes(&results),
        Some(Topic::Compare) => joined::movement(&results),
        Some(Topic::Estimate | Topic::Cache) => results.say("estimate_status"),
        Some(Topic::Health) => joined::health(&results),
        Some(Topic::Unclaimed) => results.say("unclaimed_principals"),
        Some(Topic::Drift) => results.say("model_drift"),
        Some(Topic::Catalog | Topic::ModelState) => results.say("model_catalog"),
        Some(Topic::DataStatus) => results.say("data_status"),
        Some(Topic::Diagnose) => joined::diagnosis(&results),
        Some(Topic::AgentUsage) => results.say("agent_usage"),
        Some(Topic::Whoami) => oneself(&results),
        Some(Topic::Owner) => results.say("whoami").or_else(|| Some(wording::deny_scope(briefing))),
        Some(Topic::Write(write)) => preview(write, frame, &results, briefing),
        _ => None,
    };
    said.unwrap_or_else(wording::unfinished)
}

fn refusing(refused: Refused, frame: &Frame, results: &Results<'_>, briefing: &Briefing) -> Say {
    let drifting = results.said("model_drift", &results.asked).is_some_and(|said| said.sound == Some(false));
    match refused {
        Refused::NotFound if frame.model.is_some() && drifting => results.say("model_drift").unwrap_or_else(wording::unfinished),
        Refused::NotFound if frame.model.is_some() && !frame.model_guessed => match frame.topic {
            Some(Topic::Write(Write::RequestModel)) => wording::request_unknown_model(briefing),
            topic => wording::no_such_model(topic == Some(Topic::ModelState), frame, briefing),
        },
        Refused::NotFound => wording::deny_scope(briefing),
        Refused::RoleDenied(who_can) => wording::deny_role("this", &who_can, briefing),
        Refused::Invalid(message) if message.is_empty() => wording::clarify(briefing),
        Refused::Invalid(message) => wording::does_not_fit(&message),
        Refused::Failed => wording::unfinished(),
    }
}

fn preview(write: Write, frame: &Frame, results: &Results<'_>, briefing: &Briefing) -> Option<Say> {
    match write {
        Write::DecideModel => preview::decide(frame, results),
        Write::RequestModel => preview::request(frame, results, briefing),
        Write::Claim => preview::claim(results),
        Write::SetEstimate => preview::estimate(results),
        Write::DisputeCard | Write::AcceptCard => preview::card(write, results),
        Write::FinishTask | Write::LoadBudget | Write::Access | Write::ExecuteInAws => None,
    }
}

/// Descriptions are written by people: one that gives orders is told of, and nothing more.
fn oneself(results: &Results<'_>) -> Option<Say> {
    let said = results.say("whoami")?;
    let whoami: Noted<WhoamiResult> = results.one("whoami")?;
    if !whoami.workloads.iter().any(|workload| injection::gives_orders(&workload.description)) {
        return Some(said);
    }
    let text = format!("{}\nOne workload description reads like an instruction; I treat it as text.", said.text);
    Some(Say::new(Behaviour::Resist, text))
}

/// Non-empty texts, one below the other.
fn lines(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}
