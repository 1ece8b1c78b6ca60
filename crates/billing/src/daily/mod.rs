//! A period of rows, ready to be stored, and what there is to say about it.

mod notes;
mod rows;

use std::collections::BTreeSet;
use std::sync::Arc;

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::Month;
use agent_bill_domain::usage::{ModelRow, PrincipalRow, TagRow, UsageRow};
use jiff::civil::{Date, date};

use crate::BillingError;
use crate::fold::Fold;
use crate::line::{Channel, LineKind};
use crate::strings::EMPTY;
use notes::{listed, notes, unknown_usage_types};
use rows::{RowBuilder, day, instant, models, principals, sort_key, tags};

/// First day of usage for which AWS writes principals at all.
const FIRST_PRINCIPAL_DAY: Date = date(2026, 4, 8);

/// A period, ready to be stored.
#[derive(Debug, Clone, Default)]
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
    /// Currencies of the amounts, as the lines name them.
    pub currencies: BTreeSet<String>,
    /// Billing periods the lines name themselves.
    pub months: BTreeSet<Month>,
    /// Distinct UTC days with any line.
    pub days: i64,
    /// What an operator should look at.
    pub notes: Vec<String>,
}

impl Daily {
    /// Amounts of other currencies than USD have no place among the figures.
    ///
    /// # Errors
    /// [`BillingError::Currency`].
    pub fn check_currency(&self) -> Result<(), BillingError> {
        if self.currencies.iter().any(|currency| currency != "USD") {
            return Err(BillingError::Currency(listed(&self.currencies.iter().cloned().collect::<Vec<_>>())));
        }
        Ok(())
    }

    /// Lines of another billing period would stand beside those that its own delivery brings, and count twice.
    ///
    /// # Errors
    /// [`BillingError::SeveralPeriods`].
    pub fn check_period(&self) -> Result<(), BillingError> {
        if self.months.len() > 1 {
            return Err(BillingError::SeveralPeriods(self.months.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")));
        }
        Ok(())
    }
}

/// Turns a fold into rows. `first_principal_elsewhere` is the first day with a principal in other loaded periods, or empty: usage before the first
/// principal anywhere is from before principal data.
///
/// # Errors
/// [`BillingError::OutOfRange`].
pub(crate) fn build(fold: Fold, first_principal_elsewhere: &str) -> Result<Daily, BillingError> {
    let strings = Arc::clone(fold.strings());
    let (groups, seen, mut meanings) = fold.into_groups();
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
        currencies: seen.currencies.iter().map(|number| strings.text(*number).to_string()).collect(),
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

fn total(parts: impl Iterator<Item = i128>) -> Result<NanoUsd, BillingError> {
    i64::try_from(parts.sum::<i128>()).map(NanoUsd).map_err(|_| BillingError::OutOfRange)
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
