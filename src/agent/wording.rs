//! The few sentences the agent itself says, whatever the model.

pub const NOTHING_TO_SAY: &str =
    "I did not find an answer to that. Try for example \"Am I within my estimate this month?\" or \"Which roles has nobody claimed?\"";

pub const INCOMPLETE: &str =
    "This answer may be incomplete: it reached a limit of one turn, its length or its steps. Ask for one part of it.";

pub const CORRECTING: &str = "Part of the answer could not be traced to the records; it is being corrected.";

pub const GUARDRAIL: &str = "Your organisation's guardrail stopped this message or its answer, so there is none. Ask in other words; if it should have been answered, the guardrail's owner can change it.";

pub const FILTERED: &str = "The model's own content filter stopped this message or its answer, so there is none. Ask in other words.";

/// Why the planner answers, after "because".
pub const UNVERIFIED: &str = "parts of the language model's answer could not be traced to the records";

pub const SILENT: &str = "the language model gave no answer";

/// Before results that a model looked up for a question that the planner does not understand.
pub const LOOKED_UP: &str = "I could not answer the question as such. This is what was looked up for it:";

/// The last line of an answer that the configured model did not give.
#[must_use]
pub fn fallback(reason: &str) -> String {
    format!("(Answered by the built-in planner: {reason}.)")
}

/// The last line of an answer that the tools worded.
#[must_use]
pub fn worded_by_tools(reason: &str) -> String {
    format!("(Worded by the tools from what was looked up: {reason}.)")
}

/// Who signs such an answer.
pub const TOOLS: &str = "tools";

pub const NOTHING_HOLDS: &str = "What I had to say did not hold against the records, so I do not show it. Please ask again in other words.";
