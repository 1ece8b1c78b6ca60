//! From folded sums to the rows of a period, and what there is to say about them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use agent_bill_domain::bill::usage_type::TokenClass;
use agent_bill_domain::bill::{model_name, principal, quantity};
use agent_bill_domain::ids::ModelKey;
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::names::fold_name;
use agent_bill_domain::period::Month;
use jiff::civil::{Date, date};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

use super::BillingError;
use super::fold::{Fold, Key, SECONDS_PER_DAY, Seen, Sums};
use super::line::{Channel, LineKind, Meanings};
use super::strings::{EMPTY, Strings};
use agent_bill_domain::usage::{ModelRow, PrincipalRow, TagRow, UsageRow};

/// First day of usage for which AWS writes principals at all.
const FIRST_PRINCIPAL_DAY: Date = date(2026, 4, 8);
/// Days without any principal at the end of the data from which on the export's switch is doubted.
const SILENT_DAYS: i64 = 7;
/// Names listed in one note.
const LISTED: usize = 5;

/// A period, ready to be stored.
#[derive(Debug)]
pub struct Daily {
    pub rows: Vec<UsageRow>,
    pub principals: Vec<PrincipalRow>,
    pub tags: Vec<TagRow>,
    pub models: Vec<ModelRow>,
    /// Last UTC day with usage; empty when there is none.
    pub data_through: String,
    pub data_through_marketplace: String,
    /// First day with a principal; empty when there is none.
    pub first_principal_on: String,
    pub has_principal_column: bool,
    /// Every usage line carries an invoice id.
    pub invoiced: bool,
    pub lines_read: i64,
    pub lines_bedrock: i64,
    pub safety_net_lines: i64,
    /// Usage lines.
    pub usage: NanoUsd,
    /// Credits, discounts, refunds, tax, fees.
    pub other: NanoUsd,
    pub unknown_usage_types: Vec<String>,
    /// Billing periods the lines name themselves.
    pub months: BTreeSet<Month>,
    /// Distinct UTC days with any line.
    pub days: i64,
    /// What an operator should look at.
    pub notes: Vec<String>,
}

/// Turns a fold into rows. `first_principal_elsewhere` is the first day with a principal in other loaded periods, or empty: usage before the first
/// principal anywhere is from before principal data.
///
/// # Errors
/// [`BillingError::Currency`], [`BillingError::OutOfRange`].
pub fn build(fold: Fold, first_principal_elsewhere: &str) -> Result<Daily, BillingError> {
    let strings = Arc::clone(fold.strings());
    let (groups, seen, mut meanings) = fold.into_groups();
    check_currency(&seen, &strings)?;
    let first_principal_on =
        groups.iter().filter(|(key, _)| key.principal_key != EMPTY).map(|(key, _)| key.day).min().map(day).unwrap_or_default();
    let known_from =
        [first_principal_on.as_str(), first_principal_elsewhere].into_iter().filter(|on| !on.is_empty()).min().map(str::to_owned);
    let builder = RowBuilder { strings: &strings, known_from: known_from.map(|on| on.max(FIRST_PRINCIPAL_DAY.to_string())) };
    let mut rows = groups.iter().map(|(key, sums)| builder.row(key, sums, &mut meanings)).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    let last_usage = |wanted: &dyn Fn(&UsageRow) -> bool| {
        let usage = rows.iter().filter(|row| row.line_kind == LineKind::Usage.key() && wanted(row));
        usage.map(|row| row.usage_date.clone()).max().unwrap_or_default()
    };
    let sum =
        |wanted: &dyn Fn(LineKind) -> bool| total(groups.iter().filter(|(key, _)| wanted(key.line_kind)).map(|(_, sums)| sums.unblended));
    let mut daily = Daily {
        data_through: last_usage(&|_| true),
        data_through_marketplace: last_usage(&|row| row.channel == Channel::Marketplace.key()),
        first_principal_on,
        has_principal_column: seen.principal_column_present,
        invoiced: seen.usage_lines > 0 && seen.usage_lines == seen.usage_lines_invoiced,
        lines_read: seen.lines_read,
        lines_bedrock: seen.lines_bedrock,
        safety_net_lines: seen.safety_net_lines,
        usage: sum(&|kind| kind == LineKind::Usage)?,
        other: sum(&|kind| kind != LineKind::Usage)?,
        unknown_usage_types: unknown_usage_types(&rows),
        months: seen.period_starts.keys().filter_map(|start| instant(*start).map(|at| Month::of(at.date()))).collect(),
        days: count(rows.iter().map(|row| row.usage_date.as_str()).collect::<BTreeSet<_>>().len()),
        principals: principals(&seen, &strings),
        tags: tags(&seen, &strings),
        models: models(&rows),
        notes: Vec::new(),
        rows,
    };
    daily.notes = notes(&daily, &seen, &strings);
    Ok(daily)
}

fn check_currency(seen: &Seen, strings: &Strings) -> Result<(), BillingError> {
    let mut currencies: Vec<String> = seen.currencies.iter().map(|number| strings.text(*number).to_string()).collect();
    currencies.sort();
    if currencies.iter().any(|currency| currency != "USD") {
        return Err(BillingError::Currency(listed(&currencies)));
    }
    Ok(())
}

struct RowBuilder<'a> {
    strings: &'a Strings,
    /// First day on which a line without principal has none by design.
    known_from: Option<String>,
}

impl RowBuilder<'_> {
    fn row(&self, key: &Key, sums: &Sums, meanings: &mut Meanings) -> Result<UsageRow, BillingError> {
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
fn sort_key(row: &UsageRow) -> [&str; 13] {
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

fn total(parts: impl Iterator<Item = i128>) -> Result<NanoUsd, BillingError> {
    i64::try_from(parts.sum::<i128>()).map(NanoUsd).map_err(|_| BillingError::OutOfRange)
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn instant(seconds: i64) -> Option<jiff::civil::DateTime> {
    Timestamp::from_second(seconds).ok().map(|at| Offset::UTC.to_datetime(at))
}

fn day(days: i64) -> String {
    instant(days.saturating_mul(SECONDS_PER_DAY)).map_or_else(String::new, |at| at.date().to_string())
}

fn unknown_usage_types(rows: &[UsageRow]) -> Vec<String> {
    let unknown = rows.iter().filter(|row| row.token_class == TokenClass::Other.label() && row.line_kind == LineKind::Usage.key());
    unknown.map(|row| row.usage_type.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

fn principals(seen: &Seen, strings: &Strings) -> Vec<PrincipalRow> {
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

fn tags(seen: &Seen, strings: &Strings) -> Vec<TagRow> {
    let tags = seen.tags.keys().map(|(principal, key, value)| [*principal, *key, *value].map(|number| strings.text(number).to_string()));
    let sorted: BTreeSet<[String; 3]> = tags.filter(|[principal, ..]| !principal.is_empty()).collect();
    let row = |[principal_key, tag_key, tag_value]: [String; 3]| {
        let tag_value_folded = fold_name(&tag_value);
        TagRow { principal_key, tag_key, tag_value, tag_value_folded }
    };
    sorted.into_iter().map(row).collect()
}

fn models(rows: &[UsageRow]) -> Vec<ModelRow> {
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

fn notes(daily: &Daily, seen: &Seen, strings: &Strings) -> Vec<String> {
    let mut notes = Vec::new();
    if !seen.principal_column_present {
        notes.push(
            "the export has no column `line_item_iam_principal`, so nothing can be attributed; add it and switch on INCLUDE_IAM_PRINCIPAL_DATA"
                .to_owned(),
        );
    } else if seen.principal_column_missing {
        notes.push("some files of the period lack the column `line_item_iam_principal`".to_owned());
    } else if is_silent(daily) {
        notes.push(format!("no line of the newest {SILENT_DAYS} days names a principal; check that the export includes caller identity"));
    }
    if !daily.unknown_usage_types.is_empty() {
        notes.push(format!("usage types not known to this version, kept as `other`: {}", listed(&daily.unknown_usage_types)));
    }
    let unmapped: Vec<String> =
        daily.models.iter().filter(|model| model.model_key.starts_with("unmapped:")).map(|model| model.name.clone()).collect();
    if !unmapped.is_empty() {
        notes.push(format!("models not known to this version: {}", listed(&unmapped)));
    }
    let suspects = daily.rows.iter().filter(|row| row.unit_suspect).count();
    if suspects > 0 {
        notes.push(format!("{suspects} daily sums have a doubtful unit or price; their token counts may be wrong"));
    }
    if daily.safety_net_lines > 0 {
        notes.push(format!("{} lines were taken as Bedrock only because they name a principal", daily.safety_net_lines));
    }
    if !seen.unknown_line_types.is_empty() {
        let types: Vec<String> = seen.unknown_line_types.iter().map(|number| strings.text(*number).to_string()).collect();
        notes.push(format!("line types not known to this version, kept as fees: {}", listed(&types)));
    }
    notes
}

/// Inference was billed on each of the newest days, and nobody is named on any of them.
fn is_silent(daily: &Daily) -> bool {
    let Ok(last) = daily.data_through.parse::<Date>() else { return false };
    let from = last.saturating_sub((SILENT_DAYS - 1).days()).max(FIRST_PRINCIPAL_DAY).to_string();
    let mut recent =
        daily.rows.iter().filter(|row| row.usage_date >= from && row.line_kind == LineKind::Usage.key() && row.tokens > 0).peekable();
    recent.peek().is_some() && recent.all(|row| row.principal_key.is_empty())
}

fn listed(names: &[String]) -> String {
    let shown =
        names.iter().take(LISTED).map(|name| format!("`{}`", name.chars().take(80).collect::<String>())).collect::<Vec<_>>().join(", ");
    if names.len() > LISTED { format!("{shown} and {} more", names.len() - LISTED) } else { shown }
}
