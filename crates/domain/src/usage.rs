//! The rows that a bill is folded into: what a billing source yields and the records store.

/// One row of `usage_daily`; see the migration for the meaning of each column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRow {
    pub usage_date: String,
    pub payer_account_id: String,
    pub account_id: String,
    pub region: String,
    pub channel: &'static str,
    pub principal_key: String,
    pub line_kind: &'static str,
    pub usage_type: String,
    pub pricing_unit: String,
    pub operation: String,
    pub token_class: &'static str,
    pub tier: &'static str,
    pub routing: &'static str,
    pub surface: &'static str,
    pub context: &'static str,
    pub model_key: String,
    pub profile_arn: String,
    pub has_principal_data: bool,
    pub unit_suspect: bool,
    pub unblended_nano: i64,
    pub net_nano: i64,
    pub public_nano: i64,
    pub tokens: i64,
    pub lines: i64,
    pub sessions: i64,
    pub last_usage_end: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalRow {
    pub principal_key: String,
    pub account_id: String,
    pub kind: &'static str,
    pub name: String,
    pub name_folded: String,
    pub broad_reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagRow {
    pub principal_key: String,
    pub tag_key: String,
    pub tag_value: String,
    pub tag_value_folded: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelRow {
    pub model_key: String,
    pub name: String,
    pub provider: String,
    pub first_seen_on: String,
}

/// One count of calls, from a source other than the bill.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallsRow {
    pub usage_date: String,
    pub account_id: String,
    pub region: String,
    pub principal_key: String,
    pub model_key: String,
    pub calls: i64,
}
