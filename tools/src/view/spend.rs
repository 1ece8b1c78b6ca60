//! Sums of the bill.

pub use agent_bill_domain::attribution::Bucket;
use agent_bill_domain::ids::{AccountId, ModelKey, NodeId, WorkloadId};
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::DateRange;
use agent_bill_domain::words;
use async_trait::async_trait;

use super::ViewError;

/// Reads the bill.
#[async_trait]
pub trait SpendView: Send + Sync {
    /// One sum for every bucket, workload, node and pair of values that has any. Fails with `RoleDenied` for those who may not see spend.
    async fn spend(&self, query: &SpendQuery) -> Result<Vec<SpendFact>, ViewError>;
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
