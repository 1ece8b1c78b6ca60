//! The rows of a period, from its groups.

use std::collections::{BTreeMap, BTreeSet};

use agent_bill_domain::bill::{model_name, principal, quantity};
use agent_bill_domain::ids::ModelKey;
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::names::fold_name;
use agent_bill_domain::usage::{ModelRow, PrincipalRow, TagRow, UsageRow};
use jiff::Timestamp;
use jiff::tz::Offset;

use crate::BillingError;
use crate::fold::{Key, SECONDS_PER_DAY, Seen, Sums};
use crate::line::LineKind;
use crate::meanings::Meanings;
use crate::strings::{EMPTY, Strings};

pub(super) struct RowBuilder<'a> {
    pub(super) strings: &'a Strings,
    /// First day on which a line without principal has none by design.
    pub(super) known_from: Option<String>,
}

impl RowBuilder<'_> {
    pub(super) fn row(&self, key: &Key, sums: &Sums, meanings: &mut Meanings) -> Result<UsageRow, BillingError> {
        let text = |number: u32| self.strings.text(number).to_string();
        let narrow = |sum: i128| i64::try_from(sum).map_err(|_| BillingError::OutOfRange);
        let read = meanings.usage_type(key.usage_type);
        let (unblended_nano, tokens) = (narrow(sums.unblended)?, narrow(sums.tokens)?);
        let model_key = ModelKey(text(key.model_key));
        let counted = (!sums.unit_unknown).then_some(tokens);
        let unit_suspect = key.line_kind == LineKind::Usage && quantity::unit_suspect(NanoUsd(unblended_nano), counted, &read, &model_key);
        let usage_date = day(key.day);
        let has_principal_data =
            key.principal_key != EMPTY || (key.has_principal_column && self.known_from.as_ref().is_some_and(|from| *from <= usage_date));
        Ok(UsageRow {
            usage_date,
            payer_account_id: text(key.payer),
            account_id: text(key.account),
            region: text(key.region),
            channel: key.channel.key(),
            principal_key: text(key.principal_key),
            line_kind: key.line_kind.key(),
            usage_type: text(key.usage_type),
            pricing_unit: text(key.pricing_unit),
            operation: text(key.operation),
            token_class: read.token_class.label(),
            tier: read.tier.label(),
            routing: read.routing.label(),
            surface: read.surface.label(),
            context: read.context.label(),
            model_key: model_key.0,
            profile_arn: text(key.profile),
            has_principal_data,
            unit_suspect,
            unblended_nano,
            net_nano: narrow(sums.net)?,
            public_nano: narrow(sums.public)?,
            tokens,
            lines: sums.lines,
            sessions: sums.sessions,
            last_usage_end: instant(sums.last_end).map_or_else(String::new, |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
        })
    }
}

/// Stable order: the same files give the same rows in the same places, whatever the threads did.
pub(super) fn sort_key(row: &UsageRow) -> [&str; 13] {
    [
        &row.usage_date,
        row.line_kind,
        &row.account_id,
        &row.principal_key,
        &row.model_key,
        &row.usage_type,
        &row.pricing_unit,
        &row.operation,
        &row.region,
        &row.payer_account_id,
        row.channel,
        &row.profile_arn,
        row.token_class,
    ]
}

pub(super) fn instant(seconds: i64) -> Option<jiff::civil::DateTime> {
    Timestamp::from_second(seconds).ok().map(|at| Offset::UTC.to_datetime(at))
}

pub(super) fn day(days: i64) -> String {
    instant(days.saturating_mul(SECONDS_PER_DAY)).map_or_else(String::new, |at| at.date().to_string())
}

pub(super) fn principals(seen: &Seen, strings: &Strings) -> Vec<PrincipalRow> {
    let mut by_key: BTreeMap<String, (principal::Principal, i64)> = BTreeMap::new();
    for raw in seen.raw_principals.keys() {
        let Some(read) = principal::parse(&strings.text(*raw)) else { continue };
        let names_caller = i64::from(read.session_names_a_caller());
        by_key.entry(read.key.0.clone()).and_modify(|(_, sessions)| *sessions += names_caller).or_insert((read, names_caller));
    }
    let row = |(key, (read, sessions)): (String, (principal::Principal, i64))| PrincipalRow {
        principal_key: key,
        account_id: read.account.clone(),
        kind: read.kind.key(),
        name_folded: fold_name(&read.name),
        broad_reason: read.broad_reason(sessions),
        name: read.name,
    };
    by_key.into_iter().map(row).collect()
}

pub(super) fn tags(seen: &Seen, strings: &Strings) -> Vec<TagRow> {
    let tags = seen.tags.keys().map(|(principal, key, value)| [*principal, *key, *value].map(|number| strings.text(number).to_string()));
    let sorted: BTreeSet<[String; 3]> = tags.filter(|[principal, ..]| !principal.is_empty()).collect();
    let row = |[principal_key, tag_key, tag_value]: [String; 3]| {
        let tag_value_folded = fold_name(&tag_value);
        TagRow { principal_key, tag_key, tag_value, tag_value_folded }
    };
    sorted.into_iter().map(row).collect()
}

pub(super) fn models(rows: &[UsageRow]) -> Vec<ModelRow> {
    let mut first_seen: BTreeMap<&str, &str> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.line_kind == LineKind::Usage.key() && !row.model_key.is_empty()) {
        let seen = first_seen.entry(&row.model_key).or_insert(&row.usage_date);
        *seen = (*seen).min(row.usage_date.as_str());
    }
    let row = |(key, first_seen_on): (&str, &str)| ModelRow {
        model_key: key.to_owned(),
        name: model_name::display_name(&ModelKey::from(key)),
        provider: key.trim_start_matches("unmapped:").split_once('/').map_or_else(String::new, |(provider, _)| provider.to_owned()),
        first_seen_on: first_seen_on.to_owned(),
    };
    first_seen.into_iter().map(row).collect()
}
