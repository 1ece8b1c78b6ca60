//! Freshness, finality, and the walk that explains an empty result.

use agent_bill_tools::data_status::DataStatusResult;
use agent_bill_tools::period::Finality;
use agent_bill_tools::spend::SpendResult;

use agent_bill_model::Behaviour;

use super::super::display::{date, during, month, percent, usd};
use super::super::frame::Frame;
use super::super::plan::Call;
use super::super::wording::Say;
use super::{inner, lines, notes, sentence};

pub fn say(frame: &Frame, result: Option<&DataStatusResult>) -> Option<Say> {
    let result = result?;
    let asked_month = frame.when.is_some();
    let mut parts = Vec::new();
    // The tool lists the newest month first.
    match (asked_month, result.months.first(), result.data_through) {
        (true, Some(line), _) => {
            let state = finality(line.finality);
            let word = match (frame.polar, line.finality) {
                (false, _) => "",
                (true, Finality::Final) => "Yes: ",
                (true, _) => "No: ",
            };
            parts.push(format!("{word}{} is {state}; its data runs through {}.", month(line.month), date(line.data_through)));
        }
        (_, _, Some(through)) => parts.push(format!("Data through {}.", date(through))),
        (_, _, None) => {
            return Some(Say::new(Behaviour::NoData, lines(["No billing data is loaded yet.".to_owned(), sentence(&result.next_step)])));
        }
    }
    if !asked_month {
        parts.extend(result.months.iter().take(3).map(|line| {
            let health = if line.health.is_empty() { String::new() } else { format!("; {}", line.health) };
            format!("- {}: {}, through {}{health}", month(line.month), finality(line.finality), date(line.data_through))
        }));
    }
    if let Some(settled) = result.settled_through {
        parts.push(format!("Days up to {} are settled; later ones are provisional.", date(settled)));
    }
    if let Some(coverage) = result.principal_coverage_percent {
        parts.push(format!("{} of the newest month's usage cost names a role or user.", percent(coverage)));
    }
    parts.push(sentence(&result.final_rule));
    parts.push(notes(&result.notes));
    Some(Say::new(Behaviour::Answer, lines(parts)))
}

const fn finality(finality: Finality) -> &'static str {
    match finality {
        Finality::Final => "final",
        Finality::Open => "still open",
        Finality::Mixed => "partly final",
        Finality::NotLoaded => "not loaded",
    }
}

/// The first step that breaks comes first, then the walk up to it.
pub fn diagnose(results: &[(&Call, DataStatusResult)], asked: Option<&SpendResult>) -> Option<Say> {
    let (_, result) = results.first()?;
    let broken = result.walk.iter().find(|step| !step.ok);
    // What the period asked about shows comes before the walk over the whole of it.
    let mut parts: Vec<String> = asked
        .map(|spent| match &spent.empty {
            Some(reason) => sentence(&reason.explanation),
            None => format!("{}: {} {}.", spent.scope, usd(spent.total_usd), during(&spent.period)),
        })
        .into_iter()
        .collect();
    parts.push(match broken {
        Some(step) => format!("The chain breaks at the {}: {}", step.step.replace('_', " "), sentence(&step.detail)),
        None if result.walk.is_empty() => "I could not walk the records for this.".to_owned(),
        None => "Every step checks out: export, principal, rollup, claim and scope.".to_owned(),
    });
    parts.extend(
        result
            .walk
            .iter()
            .map(|step| format!("- {}: {} ({})", step.step.replace('_', " "), if step.ok { "ok" } else { "broken" }, inner(&step.detail))),
    );
    parts.push(if result.next_step.is_empty() { String::new() } else { format!("Next: {}", sentence(&result.next_step)) });
    parts.push(notes(&result.notes));
    parts.push(result.data_through.map(|through| format!("Data through {}.", date(through))).unwrap_or_default());
    Some(Say::new(Behaviour::Diagnose, lines(parts)))
}
