//! Use of models that nobody approved.

use agent_bill_tools::empty::EmptyReason;
use agent_bill_tools::model_drift::{DriftResult, DriftRow};

use agent_bill_model::Behaviour;

use super::super::display::{counted, date, during, freshness, percent, usd};
use super::super::frame::Frame;
use super::super::plan::Call;
use super::super::wording::Say;
use super::{empty, inner, lines, notes, owned_by, sentence, unlisted};

const MOST_ROWS: usize = 10;

pub fn say(frame: &Frame, results: &[(&Call, DriftResult)]) -> Option<Say> {
    let (_, first) = results.first()?;
    let rows: Vec<&DriftRow> = results.iter().flat_map(|(_, result)| &result.rows).collect();
    if rows.is_empty() {
        return Some(match &first.empty {
            Some(reason) if !matches!(reason.reason, EmptyReason::TrueZero | EmptyReason::NothingInScope) => {
                empty(reason, &freshness(&first.period))
            }
            _ => Say::new(
                Behaviour::Answer,
                lines([
                    format!("No: no use of unapproved models {} for {}.", during(&first.period), first.scope),
                    notes(&first.notes),
                    freshness(&first.period),
                ]),
            ),
        });
    }
    let mut parts = Vec::new();
    for (_, result) in results {
        if result.findings_count > 0 {
            let yes = if frame.polar { "Yes: " } else { "" };
            parts.push(format!(
                "{yes}{} on {}, {} in {} ({}).",
                counted(result.findings_count, "finding"),
                counted(result.models_count, "unapproved model"),
                usd(result.total_usd),
                result.period.label,
                result.scope
            ));
        }
        parts.extend(result.rows.iter().take(wanted(frame)).map(line));
        parts.extend(unlisted(result.rows.len() > wanted(frame) || result.rows_left_out_count > 0));
    }
    parts.push(format!("Next: {}", sentence(&first.next_step)));
    parts.push(notes(&first.notes));
    parts.push(freshness(&first.period));
    Some(Say::new(Behaviour::Answer, lines(parts)))
}

fn wanted(frame: &Frame) -> usize {
    frame.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MOST_ROWS).min(MOST_ROWS)
}

fn line(row: &DriftRow) -> String {
    let holder = match (&row.product, row.claimed) {
        (Some(product), true) => format!("claimed, {product}{}", owned_by(&row.owners)),
        (None, true) => format!("claimed{}", owned_by(&row.owners)),
        (Some(product), false) => format!("unclaimed, points to {product}{}", owned_by(&row.owners)),
        (None, false) => "unclaimed, no owner".to_owned(),
    };
    let calls = match row.invocations_count {
        Some(calls) => counted(calls, "logged invocation"),
        None => format!("invocations unknown ({})", inner(&row.invocations_source)),
    };
    let share = row.allocated_share_percent.map(|value| format!(", allocated share {}", percent(value))).unwrap_or_default();
    format!(
        "- {}: role {} ({holder}), account {}, {}: {}{share}, {calls}; {}; first seen {}, last seen {}",
        row.model,
        row.principal,
        row.account,
        row.region,
        usd(row.spend_usd),
        row.kind_label,
        date(row.first_seen),
        date(row.last_seen)
    )
}
