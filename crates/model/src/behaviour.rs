//! What kind of answer an answer is: the label it carries from the model to whoever shows it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    Answer,
    /// Answered on a stated assumption.
    Assume,
    /// One short question back.
    Clarify,
    /// Outside the scope or not existing: one wording for both.
    DenyScope,
    /// Somebody else's to do; says whose.
    DenyRole,
    /// Not our domain.
    Decline,
    NoData,
    Diagnose,
    /// A preview; nothing is written before a separate yes.
    Confirm,
    /// An instruction in a message or in data was ignored.
    Resist,
}

impl Behaviour {
    /// As it is written in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Assume => "assume",
            Self::Clarify => "clarify",
            Self::DenyScope => "deny_scope",
            Self::DenyRole => "deny_role",
            Self::Decline => "decline",
            Self::NoData => "no_data",
            Self::Diagnose => "diagnose",
            Self::Confirm => "confirm",
            Self::Resist => "resist",
        }
    }

    /// Whether an answer of this kind says something of the records, so that it needs a lookup.
    #[must_use]
    pub const fn rests_on_records(self) -> bool {
        match self {
            Self::Answer | Self::Assume | Self::NoData | Self::Diagnose => true,
            Self::Clarify | Self::DenyScope | Self::DenyRole | Self::Decline | Self::Confirm | Self::Resist => false,
        }
    }
}
