//! Principals that nobody claims.

use agent_bill_domain::ids::{AccountId, NodeId, PrincipalKey};
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::DateRange;
use agent_bill_domain::words;
use async_trait::async_trait;
use jiff::civil::Date;

use super::ViewError;

/// Reads what nobody claims.
#[async_trait]
pub trait UnclaimedView: Send + Sync {
    /// Unclaimed principals that spent in `range`; nothing for those who may not see them.
    async fn unclaimed(&self, range: DateRange) -> Result<Vec<UnclaimedFact>, ViewError>;
}

/// A principal nobody claims, and why the asker may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnclaimedFact {
    pub principal: PrincipalKey,
    pub name: String,
    pub kind: String,
    pub account: AccountId,
    /// Cost in the range; the allocated share of it when `share_basis_points` is below 10 000.
    pub amount: NanoUsd,
    pub tokens: i64,
    pub first_seen: Date,
    pub last_seen: Date,
    pub visible_because: VisibleBecause,
    /// The in-scope node the evidence points to.
    pub node: Option<NodeId>,
    pub share_basis_points: i64,
    pub broad_reason: String,
    /// Date at which an earlier claim was released while spend went on.
    pub released_on: Option<Date>,
}

words! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq, schemars::JsonSchema)]
    pub enum VisibleBecause: "reason to see a principal" {
        /// The asker's role sees every principal.
        CompanyWide = "company_wide",
        /// A principal tag names a node in scope.
        Tag = "tag",
        /// The account is allocated 100 % inside the scope.
        WholeAccount = "whole_account",
        /// The account is shared: name and allocated share only.
        SharedAccount = "shared_account",
    }
}
