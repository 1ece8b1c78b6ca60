//! The sentences that are not about figures: refusals, questions back, what is not kept here yet. Each stands here once, so that what must sound
//! the same does.

use agent_bill_domain::permission::Action;
use agent_bill_domain::role::Role;

use agent_bill_model::Behaviour;
use agent_bill_model::Briefing;

use super::frame::{Frame, Topic};

/// A finished text and what kind of answer it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Say {
    pub text: String,
    pub behaviour: Behaviour,
}

impl Say {
    pub fn new(behaviour: Behaviour, text: impl Into<String>) -> Self {
        Self { text: text.into(), behaviour }
    }
}

/// `Aisha, Ben and Carla`; after five the rest is only said to exist.
pub fn list(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
    if names.len() > shown.len() {
        return format!("{} and others", shown.join(", "));
    }
    match shown.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [firsts @ .., last] => format!("{} and {last}", firsts.join(", ")),
    }
}

/// What the asker can ask about instead: the top of her own scope.
pub fn own_data(briefing: &Briefing) -> String {
    let names: Vec<String> = briefing.nodes.iter().map(|node| node.name.clone()).collect();
    if names.is_empty() {
        return String::new();
    }
    let top = briefing.nodes.first().map_or("", |node| node.level.as_str());
    let mine: Vec<String> = if briefing.company_wide {
        briefing.nodes.iter().filter(|node| node.level == top).map(|node| node.name.clone()).collect()
    } else {
        let highest = briefing.levels.iter().find(|level| briefing.nodes.iter().any(|node| node.level == **level));
        briefing.nodes.iter().filter(|node| highest.is_none_or(|level| node.level == *level)).map(|node| node.name.clone()).collect()
    };
    list(if mine.is_empty() { &names } else { &mine })
}

/// The one answer for what lies outside the scope and for what does not exist. It never repeats the name that was asked for.
pub fn deny_scope(briefing: &Briefing) -> Say {
    let own = own_data(briefing);
    let offer = if own.is_empty() {
        "Ask `what can I see?` for what is open to you.".to_owned()
    } else {
        format!("I can tell you about {own}: spend, estimates, unclaimed roles or models. Which would you like?")
    };
    Say::new(
        Behaviour::DenyScope,
        format!("I find nothing by that description: it is not in your scope, or not among what I keep. {offer}"),
    )
}

const NO_SUCH_MODEL: &str = "your scope holds no use of that model and no decision on it.";

/// A model that is neither used nor decided on in the asker's scope. Models are no secret, but whether others use them is.
pub fn no_such_model(decided: bool, frame: &Frame, briefing: &Briefing) -> Say {
    let (behaviour, lead) = match (decided, frame.asks_who, frame.polar) {
        (true, true, _) => (Behaviour::Answer, "Nobody: "),
        (true, false, true) => (Behaviour::Answer, "No: "),
        (true, false, false) => (Behaviour::Answer, "Not approved: "),
        (false, ..) => (Behaviour::NoData, "Nothing to show: "),
    };
    let next = if may(briefing, Action::DecideModel) {
        "You decide on models."
    } else {
        "Ask the FinOps Lead for a model that is not approved yet."
    };
    Say::new(behaviour, format!("{lead}{NO_SUCH_MODEL} {next}"))
}

pub fn request_unknown_model(briefing: &Briefing) -> Say {
    let draft = format!(
        "Draft request to the FinOps Lead: {} asks for the model named above, inference only; still open: account, Region, purpose and until when.",
        briefing.person
    );
    let unwritten = "Nothing was written: changes by chat are not available yet. Send the draft to the FinOps Lead, who decides.";
    Say::new(Behaviour::Confirm, format!("Not approved: {NO_SUCH_MODEL}\n{draft}\n{unwritten}"))
}

/// A tool could not take what was asked; `message` is in its words.
pub fn does_not_fit(message: &str) -> Say {
    let stop = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    Say::new(Behaviour::Clarify, format!("That does not fit: {message}{stop} How would you like it instead?"))
}

pub fn deny_role(what: &str, who_can: &str, briefing: &Briefing) -> Say {
    let roles = if briefing.roles.is_empty() { "your role".to_owned() } else { format!("your role ({})", briefing.roles.join(", ")) };
    Say::new(Behaviour::DenyRole, format!("That is not part of {roles}. For {what}, ask: {who_can}. {}", offer(briefing)))
}

/// What this asker's roles can ask about, as an invitation.
pub fn offer(briefing: &Briefing) -> String {
    let mut can: Vec<&str> = Vec::new();
    for (action, what) in [
        (Action::ReadEstimates, "estimate status"),
        (Action::ReadSpend, "spend by product, model, token type or Region"),
        (Action::ReadUnclaimedPrincipals, "unclaimed roles"),
        (Action::ReadDrift, "use of unapproved models"),
        (Action::ReadCatalog, "which models are approved and implemented"),
        (Action::ReadDataStatus, "how current and final the data is"),
    ] {
        if may(briefing, action) {
            can.push(what);
        }
    }
    format!("I can help you with {}.", if can.is_empty() { "your own access".to_owned() } else { can.join(", ") })
}

/// Whether one of the asker's roles is on the table for `action`.
pub fn may(briefing: &Briefing, action: Action) -> bool {
    Role::ALL.iter().any(|role| {
        role.may(action)
            && briefing.roles.iter().any(|label| label.eq_ignore_ascii_case(role.label()) || label.eq_ignore_ascii_case(role.key()))
    })
}

pub fn has_role(briefing: &Briefing, role: Role) -> bool {
    briefing.roles.iter().any(|label| label.eq_ignore_ascii_case(role.label()) || label.eq_ignore_ascii_case(role.key()))
}

/// One short invitation for a one-line refusal.
fn invitation(briefing: &Briefing) -> &'static str {
    if may(briefing, Action::ReadSpend) {
        "Ask me about spend, estimates, unclaimed roles or models."
    } else if may(briefing, Action::ReadCatalog) {
        "Ask me which models are approved and implemented, or how current the data is."
    } else {
        "Ask me what you can see here, or how current the data is."
    }
}

pub fn decline(briefing: &Briefing) -> Say {
    Say::new(Behaviour::Decline, format!("I only cover what this organisation spends on Amazon Bedrock. {}", invitation(briefing)))
}

pub fn decline_other_cloud(briefing: &Briefing) -> Say {
    Say::new(Behaviour::Decline, format!("I only see Amazon Bedrock charges, not other services or providers. {}", invitation(briefing)))
}

pub fn decline_judgement() -> Say {
    Say::new(
        Behaviour::Decline,
        "I do not judge people. I can show the facts in your scope: spend against estimate, unclaimed roles and use of unapproved models, by product.",
    )
}

pub fn resist(briefing: &Briefing) -> Say {
    Say::new(
        Behaviour::Resist,
        format!(
            "Nothing in a message changes your role or what you may see, and I share no internal instructions or credentials. {}",
            offer(briefing)
        ),
    )
}

/// Put before the normal answer when part of the message gave orders.
pub const RESISTED: &str = "A message cannot change your role or scope; here is your own data.";

pub fn clarify(briefing: &Briefing) -> Say {
    let examples = if may(briefing, Action::ReadSpend) {
        "`Am I within my estimate this month?` or `Spend by model last week`"
    } else if may(briefing, Action::ReadCatalog) {
        "`Which approved models are not implemented yet?` or `How current is the data?`"
    } else {
        "`What can I see?` or `How current is the data?`"
    };
    Say::new(Behaviour::Clarify, format!("What would you like to know? For example {examples}."))
}

/// Words that are neither names nor known: half of a question is not answered.
pub fn not_understood(briefing: &Briefing) -> Say {
    let example = if may(briefing, Action::ReadSpend) { "`Spend by product last month`" } else { "`How current is the data?`" };
    let text = format!(
        "I did not understand all of that, and I do not answer half of a question. Ask it in short English words, for example {example}."
    );
    Say::new(Behaviour::Clarify, text)
}

pub fn clarify_name(options: &[String]) -> Say {
    let choice: Vec<String> = options.iter().take(5).cloned().collect();
    Say::new(Behaviour::Clarify, format!("Which one do you mean: {}?", choice.join(" or ")))
}

/// A part of the question that would change its answer: asked back, with what can be answered.
pub fn unbound(frame: &Frame) -> Say {
    let what = match frame.topic {
        Some(Topic::Compare) => "the comparison",
        Some(Topic::Estimate) => "how the estimates stand",
        Some(Topic::Cache) => "cache hit rates",
        Some(Topic::Unclaimed) => "unclaimed roles and what they spent",
        Some(Topic::Drift) => "use of unapproved models",
        Some(Topic::Catalog) => "decisions on models",
        Some(Topic::Health) => "an overview",
        _ => "spend",
    };
    let names: Vec<String> = frame.names.iter().map(|name| name.name.clone()).collect();
    let of = if names.is_empty() { String::new() } else { format!(" for {}", list(&names)) };
    let by = frame.groups.first().map(|group| format!(" by {}", group.replace('_', " "))).unwrap_or_default();
    let words = frame.unbound.join(" … ");
    Say::new(
        Behaviour::Clarify,
        format!(
            "I cannot take `{words}` into account yet, and without it the answer would be to another question. What I can give you is {what}{of}{by}: \
             say `yes` for that, or ask in other words."
        ),
    )
}

pub fn greeting(briefing: &Briefing) -> Say {
    let name = briefing.person.split_whitespace().next().unwrap_or("");
    Say::new(Behaviour::Answer, format!("Hello{}{name}. {}", if name.is_empty() { "" } else { " " }, offer(briefing)))
}

pub fn help(briefing: &Briefing) -> Say {
    Say::new(
        Behaviour::Answer,
        format!(
            "I answer from this organisation's Bedrock billing records, within your scope. {} You can also ask what I cost and consume myself. I never execute anything in AWS, and I see neither prompts nor live IAM.",
            offer(briefing)
        ),
    )
}

pub fn nothing_to_confirm() -> Say {
    Say::new(Behaviour::Clarify, "Nothing is waiting for a yes, and nothing was written. What would you like to know?")
}

pub fn future(briefing: &Briefing) -> Say {
    let projected = if may(briefing, Action::ReadEstimates) { " Ask for the projection to the end of this month instead." } else { "" };
    Say::new(Behaviour::NoData, format!("There is no data for a period that lies ahead: nothing has been billed there yet.{projected}"))
}

pub fn unfinished() -> Say {
    Say::new(Behaviour::NoData, "I could not read the records needed for this just now. Please ask again in a moment.")
}

pub fn not_kept(what: &str, instead: &str) -> Say {
    Say::new(Behaviour::NoData, format!("{what} cannot be looked up here yet, so I will not guess. {instead}"))
}
