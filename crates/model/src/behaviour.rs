//! What kind of answer an answer is: the label it carries from the model to whoever shows it.

use agent_bill_domain::words;
use schemars::JsonSchema;

words! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
    pub enum Behaviour: "behaviour" {
        Answer = "answer",
        /// Answered on a stated assumption.
        Assume = "assume",
        /// One short question back.
        Clarify = "clarify",
        /// Outside the scope or not existing: one wording for both.
        DenyScope = "deny_scope",
        /// Somebody else's to do; says whose.
        DenyRole = "deny_role",
        /// Not our domain.
        Decline = "decline",
        NoData = "no_data",
        Diagnose = "diagnose",
        /// A preview; nothing is written before a separate yes.
        Confirm = "confirm",
        /// An instruction in a message or in data was ignored.
        Resist = "resist",
    }
}

impl Behaviour {
    /// Whether an answer of this kind says something of the records, so that it needs a lookup.
    #[must_use]
    pub const fn rests_on_records(self) -> bool {
        match self {
            Self::Answer | Self::Assume | Self::NoData | Self::Diagnose => true,
            Self::Clarify | Self::DenyScope | Self::DenyRole | Self::Decline | Self::Confirm | Self::Resist => false,
        }
    }
}
