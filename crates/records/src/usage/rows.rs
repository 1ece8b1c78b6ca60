//! The rows of the usage tables as they are written, and the sums that are read back.

use agent_bill_domain::usage::{ModelRow, PrincipalRow, TagRow, UsageRow};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOutcome {
    Replaced,
    Unchanged,
    Kept,
    Failed,
}

impl RunOutcome {
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::Unchanged => "unchanged",
            Self::Kept => "kept",
            Self::Failed => "failed",
        }
    }
}

/// The record of one attempt to load a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    pub billing_period: String,
    pub started_at: String,
    pub finished_at: String,
    pub outcome: RunOutcome,
    pub message: String,
    pub fingerprint: String,
    pub has_principal_column: bool,
    pub first_principal_on: String,
    pub invoiced: bool,
    pub lines_read: i64,
    pub lines_bedrock: i64,
    pub unblended_nano: i64,
    pub other_nano: i64,
    /// JSON array.
    pub unknown_usage_types: String,
    pub safety_net_lines: i64,
    pub parser_version: String,
}

/// Everything that replaces a period.
#[derive(Debug, Clone)]
pub struct PeriodLoad {
    pub run: RunRow,
    pub rows: Vec<UsageRow>,
    pub principals: Vec<PrincipalRow>,
    pub tags: Vec<TagRow>,
    pub models: Vec<ModelRow>,
    pub data_through: String,
    pub data_through_marketplace: String,
    pub health: String,
}

/// What stands for a period now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingPeriod {
    pub run_id: String,
    pub fingerprint: String,
    /// What was to be said about these figures when they were loaded.
    pub message: String,
    pub health: String,
    /// Distinct UTC days with any line.
    pub days: i64,
    pub rows: i64,
}

/// One sum of a period, at the grain in which it can be compared with a ledger kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PeriodSum {
    pub usage_date: String,
    pub line_kind: String,
    pub account_id: String,
    pub region: String,
    pub channel: String,
    pub principal_key: String,
    pub model_key: String,
    pub token_class: String,
    pub tier: String,
    pub routing: String,
    pub surface: String,
    pub nano: i64,
    pub tokens: i64,
    pub lines: i64,
}
