//! The words for which decisions to show.

use agent_bill_domain::catalog::DecisionState;

use crate::contract::ToolError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    Usable,
    State(DecisionState),
    Pending,
    NotImplemented,
    Agentic,
    All,
}

impl Show {
    const WORDS: [(&'static str, Self); 8] = [
        ("usable", Self::Usable),
        ("approved", Self::State(DecisionState::Approved)),
        ("restricted", Self::State(DecisionState::Restricted)),
        ("blocked", Self::State(DecisionState::Blocked)),
        ("pending", Self::Pending),
        ("not_implemented", Self::NotImplemented),
        ("agentic", Self::Agentic),
        ("all", Self::All),
    ];

    pub fn read(written: &str) -> Result<Self, ToolError> {
        let word = written.trim().to_lowercase().replace([' ', '-'], "_");
        let word = match word.as_str() {
            "allowed" | "mine" => "usable",
            "undecided" | "pending_review" => "pending",
            "unimplemented" | "waiting" => "not_implemented",
            other => other,
        };
        Self::WORDS.into_iter().find(|(name, _)| *name == word).map(|(_, show)| show).ok_or_else(|| {
            ToolError::Tell("`show` is one of: usable, approved, restricted, blocked, pending, not_implemented, agentic, all".to_owned())
        })
    }

    pub fn word(self) -> &'static str {
        Self::WORDS.into_iter().find(|(_, show)| *show == self).map_or("all", |(name, _)| name)
    }
}
