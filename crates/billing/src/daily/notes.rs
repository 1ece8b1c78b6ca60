//! What an operator should look at in a period.

use std::collections::BTreeSet;

use agent_bill_domain::bill::usage_type::TokenClass;
use agent_bill_domain::usage::UsageRow;
use jiff::ToSpan;
use jiff::civil::Date;

use super::{Daily, FIRST_PRINCIPAL_DAY};
use crate::fold::Seen;
use crate::line::LineKind;
use crate::strings::Strings;

/// Days without any principal at the end of the data from which on the export's switch is doubted.
const SILENT_DAYS: i64 = 7;
/// Names listed in one note.
const LISTED: usize = 5;

pub(super) fn unknown_usage_types(rows: &[UsageRow]) -> Vec<String> {
    let unknown = rows.iter().filter(|row| row.token_class == TokenClass::Other.label() && row.line_kind == LineKind::Usage.key());
    unknown.map(|row| row.usage_type.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

pub(super) fn notes(daily: &Daily, seen: &Seen, strings: &Strings) -> Vec<String> {
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

pub(super) fn listed(names: &[String]) -> String {
    let shown =
        names.iter().take(LISTED).map(|name| format!("`{}`", name.chars().take(80).collect::<String>())).collect::<Vec<_>>().join(", ");
    if names.len() > LISTED { format!("{shown} and {} more", names.len() - LISTED) } else { shown }
}
