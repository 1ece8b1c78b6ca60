//! How current and final the data is, and where the chain to a figure breaks, in words.

use super::{DataStatusResult, MonthLine, WalkStep};
use crate::period::Finality;
use crate::say::{Asked, Aspect, Cite, Kind, Noted, Page, Row, Said, Table, inner, notes, sentence};

const MOST_MONTHS: usize = 3;

type Status = Noted<DataStatusResult>;

pub(super) fn say(asked: &Asked, results: &[Status]) -> Option<Said> {
    let status = results.first()?;
    let page = if asked.aspect == Aspect::Walk || !status.walk.is_empty() { walk(status) } else { current(asked, status) };
    Some(page.said(asked))
}

fn current(asked: &Asked, status: &Status) -> Page {
    // The newest month comes first.
    let months = status.rows("months", &status.months);
    let mut page = match (asked.aspect, months.first(), status.data_through) {
        (_, _, None) => {
            let lead = format!("no billing data is loaded yet. {}", sentence(&status.next_step));
            return Page { kind: Kind::Empty, lead, ..Page::default() };
        }
        (Aspect::OneMonth, Some(line), _) => Page {
            verdict: Some(line.finality == Finality::Final),
            lead: format!("{} is {}; its data runs through {}.", line.cite("month"), finality(line.finality), line.cite("data_through")),
            number: Some(line.cite("data_through")),
            ..Page::default()
        },
        _ => {
            let newest = months.first().map(|line| format!("; {} is {}", line.cite("month"), finality(line.finality))).unwrap_or_default();
            Page {
                lead: format!("the data runs through {}{newest}.", status.cite("data_through")),
                number: Some(status.cite("data_through")),
                rows: months.iter().take(MOST_MONTHS).map(month).collect(),
                ..Page::default()
            }
        }
    };
    let cells = |line: &Row<'_, MonthLine>| vec![line.cite("month"), finality(line.finality).to_owned(), line.cite("data_through")];
    page.table = Some(Table { head: vec!["Month", "State", "Data through"], rows: months.iter().map(cells).collect() });
    if status.settled_through.is_some() {
        page.more.push(format!("Days up to {} are settled; later ones may still move.", status.cite("settled_through")));
    }
    page.more.push(sentence(&status.final_rule));
    if status.principal_coverage_percent.is_some() {
        page.end.push(format!("{} of the newest month's usage cost names a role or user.", status.cite("principal_coverage_percent")));
    }
    page.end.push(notes(&status.notes));
    page.end.retain(|text| !text.is_empty());
    page
}

fn month(line: &Row<'_, MonthLine>) -> String {
    let health = if line.health.is_empty() { String::new() } else { format!("; {}", inner(&line.health)) };
    format!("{}: {}, through {}{health}", line.cite("month"), finality(line.finality), line.cite("data_through"))
}

const fn finality(finality: Finality) -> &'static str {
    match finality {
        Finality::Final => "final",
        Finality::Open => "still open",
        Finality::Mixed => "partly final",
        Finality::NotLoaded => "not loaded",
    }
}

/// The first step that breaks, then the steps up to it.
fn walk(status: &Status) -> Page {
    let steps = status.rows("walk", &status.walk);
    let broken = steps.iter().find(|step| !step.ok);
    let lead = match broken {
        Some(step) => format!("it breaks at the {}: {}", called(step), sentence(&step.detail)),
        None if steps.is_empty() => "I could not walk the records for this.".to_owned(),
        None => "every step checks out: export, principal, rollup, claim and scope.".to_owned(),
    };
    let line = |step: &Row<'_, WalkStep>| format!("{}: {} ({})", called(step), if step.ok { "ok" } else { "broken" }, inner(&step.detail));
    let through = status.data_through.map(|_| format!("Data through {}.", status.cite("data_through"))).unwrap_or_default();
    Page {
        kind: Kind::Diagnosis,
        lead,
        verdict: Some(broken.is_none()),
        sound: Some(broken.is_none()),
        rows: steps.iter().map(line).collect(),
        next: Page::next_step(&status.next_step),
        end: [notes(&status.notes), through].into_iter().filter(|text| !text.is_empty()).collect(),
        ..Page::default()
    }
}

fn called(step: &WalkStep) -> String {
    step.step.replace('_', " ")
}
