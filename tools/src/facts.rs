//! The rows a view hands out. Everything in here is inside the asker's scope by construction.

mod agent_usage;

pub use agent_bill_domain::attribution::Bucket;
use agent_bill_domain::ids::{AccountId, ModelKey, NodeId, PrincipalKey, WorkloadId};
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::{DateRange, Month};
use agent_bill_domain::role::Role;
use agent_bill_domain::tokens::TokenCounts;
use agent_bill_domain::words;
use jiff::civil::Date;

pub use agent_usage::{AgentUsage, AgentUsageQuery, AgentUsageSum, LimitUse, UsageBy};

/// The person who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    pub name: String,
    /// Effective grants: the role and the name of the node it is held on.
    pub grants: Vec<(Role, NodeId)>,
    /// True when one of the effective roles sees every dollar (FinOps Lead, Finance).
    pub company_wide: bool,
}

/// The part of the business hierarchy the asker may see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrgSlice {
    /// Labels of the levels, top first; `levels[0]` belongs to nodes of level 1.
    pub levels: Vec<String>,
    pub nodes: Vec<OrgNode>,
    pub workloads: Vec<OrgWorkload>,
    pub accounts: Vec<OrgAccount>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgNode {
    pub id: NodeId,
    /// `None` when the parent is outside the asker's scope.
    pub parent: Option<NodeId>,
    /// 0 is the company itself (visible to company-wide roles only).
    pub level: i64,
    pub name: String,
    /// Names of those who answer for it: Product Owners of a product, managers of anything above.
    pub owners: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgWorkload {
    pub id: WorkloadId,
    pub node: NodeId,
    pub name: String,
    /// Free text written by people: data, never instructions.
    pub description: String,
}

/// An account the asker may hear of: one with usage or an allocation inside the scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgAccount {
    pub id: AccountId,
    pub name: String,
}

words! {
    /// A column by which spend can be broken down, beside workload and bucket, which are always there.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Dimension: "dimension" {
        /// One value, the empty string.
        None = "none",
        Model = "model",
        /// Raw token class of the rollup: `input`, `output`, `cache_read`, `cache_write_5m`, `guardrail_unit` …
        TokenClass = "token_class",
        Region = "region",
        Account = "account",
        /// `YYYY-MM-DD`
        Day = "day",
        /// `YYYY-MM` of the usage date.
        Month = "month",
        Principal = "principal",
        UsageType = "usage_type",
        /// `usage`, `credit`, `discount`, `refund`, `tax`, `fee`.
        LineKind = "line_kind",
    }
}

/// What spend to sum. Empty strings and `None` mean no filter.
#[derive(Debug, Clone)]
pub struct SpendQuery {
    pub range: DateRange,
    pub dimensions: [Dimension; 2],
    pub node: Option<NodeId>,
    pub model: Option<ModelKey>,
    pub account: Option<AccountId>,
    pub region: Option<String>,
}

/// One sum. `workload` is there for `Attributed` and `ClaimedLater`; `node` names the product of the workload, or for an unclaimed
/// principal the node that a principal tag or the account's allocation points to (inside the scope), if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendFact {
    pub bucket: Bucket,
    pub workload: Option<WorkloadId>,
    pub node: Option<NodeId>,
    pub values: [String; 2],
    /// Unblended cost (or net unblended, when the service is configured so) of the share that is the asker's.
    pub amount: NanoUsd,
    pub tokens: i64,
    /// Share of the account in basis points when only an allocated part is shown; 10 000 otherwise.
    pub share_basis_points: i64,
}

/// How current and how final the data is; the same for everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Freshness {
    /// Last UTC day with usage in the loaded data; `None` when nothing was ever loaded.
    pub data_through: Option<Date>,
    /// Last UTC day that is no longer provisional (48 h after the day's end; 72 h where Marketplace-billed models are in use).
    pub settled_through: Option<Date>,
    /// First day with any principal in the data.
    pub first_principal_on: Option<Date>,
    /// Loaded billing periods, oldest first.
    pub months: Vec<MonthState>,
    /// Share of Bedrock usage cost in the newest month that carries a principal, in tenths of a percent.
    pub principal_coverage_permille: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthState {
    pub month: Month,
    /// Every usage line carries an invoice id.
    pub is_final: bool,
    pub data_through: Date,
    pub has_principal_column: bool,
    /// Empty, or what an operator must look at.
    pub health: String,
    pub run_id: String,
    pub loaded_at: String,
}

/// The monthly commitment of a workload, as in force in the month asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EstimateFact {
    pub workload: WorkloadId,
    /// The unit the Product Owner committed in: true for dollars, false for tokens.
    pub in_usd: bool,
    pub amount: Option<NanoUsd>,
    /// Expected tokens per kind, when given.
    pub tokens: Option<TokenCounts>,
    pub from_month: Month,
    pub committed_by: String,
    pub committed_on: Date,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimFact {
    pub principal: PrincipalKey,
    pub principal_name: String,
    pub workload: WorkloadId,
    pub effective_from: Date,
    /// First day no longer attributed; `None` while live.
    pub released_on: Option<Date>,
    pub claimed_by: String,
    /// Empty, or why spend of several teams may land on this claim.
    pub broad_reason: String,
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

/// A dated decision on a model for one account, region and route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionFact {
    pub id: String,
    pub model: ModelKey,
    pub model_name: String,
    pub state: agent_bill_domain::catalog::DecisionState,
    /// `None`: every account (blocks only).
    pub account: Option<AccountId>,
    pub region: Option<String>,
    pub route: agent_bill_domain::catalog::Route,
    pub action_scope: agent_bill_domain::catalog::ActionScope,
    /// For restricted: the workloads it may be used by, in scope. `lists_others` tells that there are more.
    pub workloads: Vec<WorkloadId>,
    pub rationale: String,
    pub decided_by: String,
    pub decided_on: Date,
    pub effective_from: Date,
    pub superseded_on: Option<Date>,
    /// Day a Cloud Engineer marked it implemented; `None`: decided, not implemented.
    pub implemented_on: Option<Date>,
}

/// A model known from discovery or from the bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFact {
    pub model: ModelKey,
    pub name: String,
    pub provider: String,
    pub first_seen_on: Date,
}

/// A drift finding inside the asker's scope (see `agent_bill_domain::drift`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftFact {
    pub principal: PrincipalKey,
    pub principal_name: String,
    pub model: ModelKey,
    pub account: AccountId,
    pub region: String,
    pub kind: agent_bill_domain::drift::DriftKind,
    pub workload: Option<WorkloadId>,
    pub node: Option<NodeId>,
    pub first_seen: Date,
    pub last_seen: Date,
    pub amount: NanoUsd,
    pub tokens: i64,
    /// Logged calls, when an invocation log covers the account.
    pub invocations: Option<i64>,
    pub share_basis_points: i64,
}

/// What the walk for an empty result looks at, for one principal the asker named. Built only from what the asker may see: a principal
/// outside the scope yields the same facts as one that never existed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalTrace {
    pub key: PrincipalKey,
    pub billed_first_on: Option<Date>,
    pub billed_last_on: Option<Date>,
    pub claim: Option<ClaimFact>,
}
