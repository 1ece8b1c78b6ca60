//! Roles that spend and that nobody has claimed.

use agent_bill_tools::empty::EmptyReason;
use agent_bill_tools::unclaimed_principals::{UnclaimedResult, UnclaimedRow};
use agent_bill_tools::view::VisibleBecause;

use agent_bill_model::Behaviour;

use super::super::display::{counted, date, during, freshness, percent, usd};
use super::super::frame::Frame;
use super::super::plan::Call;
use super::super::wording::{Say, list};
use super::{empty, inner, lines, notes, sentence, unlisted};

const MOST_ROWS: usize = 10;

pub fn say(frame: &Frame, results: &[(&Call, UnclaimedResult)]) -> Option<Say> {
    let (_, first) = results.first()?;
    if results.iter().all(|(_, result)| result.rows.is_empty()) {
        return Some(match &first.empty {
            Some(reason) if !matches!(reason.reason, EmptyReason::TrueZero | EmptyReason::NothingInScope) => {
                empty(reason, &freshness(&first.period))
            }
            _ => Say::new(
                Behaviour::Answer,
                lines([
                    format!("No: there are no unclaimed roles in your scope {}.", during(&first.period)),
                    notes(&first.notes),
                    freshness(&first.period),
                ]),
            ),
        });
    }
    let mut parts = Vec::new();
    for (_, result) in results.iter().filter(|(_, result)| !result.rows.is_empty()) {
        let yes = if frame.polar { "Yes: " } else { "" };
        let fresh: Vec<&UnclaimedRow> = result.rows.iter().filter(|row| row.first_seen >= result.period.from_date).collect();
        parts.push(format!(
            "{yes}{} spent {} in {} ({}).",
            counted(result.principals_count, "unclaimed role"),
            usd(result.total_usd),
            result.period.label,
            result.scope
        ));
        if frame.new_only {
            let names: Vec<String> = fresh.iter().map(|row| row.name.clone()).collect();
            parts.push(if names.is_empty() {
                "None of them appeared first in this period.".to_owned()
            } else {
                format!("First seen in this period: {}.", list(&names))
            });
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
    let one = (frame.superlative && frame.continues).then_some(1);
    frame.limit.and_then(|limit| usize::try_from(limit).ok()).or(one).unwrap_or(MOST_ROWS).min(MOST_ROWS)
}

fn line(row: &UnclaimedRow) -> String {
    let points = row.points_to.as_ref().map(|node| format!(", points to {node}")).unwrap_or_default();
    let could = if row.could_claim.is_empty() { String::new() } else { format!(", could be claimed by {}", list(&row.could_claim)) };
    let share = row.allocated_share_percent.map(|value| format!(", allocated share {}", percent(value))).unwrap_or_default();
    let released = row.released_on.map(|day| format!(", claim released {}", date(day))).unwrap_or_default();
    let warning = if row.warning.is_empty() { String::new() } else { format!(" ({})", row.warning) };
    let because = if row.visible_because == VisibleBecause::CompanyWide { String::new() } else { format!("; {}", inner(&row.because)) };
    format!(
        "- {} ({}, account {}): {}{share}, first seen {}{points}{could}{released}{}{warning}",
        row.name,
        row.kind,
        row.account,
        usd(row.spend_usd),
        date(row.first_seen),
        because
    )
}
