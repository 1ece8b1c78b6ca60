//! Cache hit rates, and what better ones could have saved.

use agent_bill_domain::money::NanoUsd;

use super::{Estimate, Status, named};
use crate::say::{Cite, Kind, Page, Table, during, in_words, sentence};

const MOST_ROWS: usize = 6;
/// Rates in the first sentence.
const MOST_RATES: usize = 3;

const NO_PROMISE: &str = "This is a bounded estimate from these inputs, not a promise; caching does not reduce output tokens.";

pub(super) fn page(saving: bool, status: &Status, rows: &[Estimate<'_>]) -> Page {
    let cached: Vec<&Estimate<'_>> = rows.iter().filter(|row| row.cache.is_some()).collect();
    let Some(first) = cached.first() else {
        let billed = || "no prompt traffic that caching applies to was billed in this period.".to_owned();
        let lead = status.empty.as_ref().map_or_else(billed, |empty| sentence(&empty.explanation));
        return Page { kind: Kind::Empty, lead, ..Page::default() };
    };
    let period = during(status, "period", &status.period);
    let saves = |row: &&&Estimate<'_>| row.cache.as_ref().is_some_and(|line| line.recoverable_usd > NanoUsd::ZERO);
    let saved: Vec<String> = cached.iter().filter(saves).map(|row| row.at("cache.recoverable_usd")).collect();
    let rate = |row: &&Estimate<'_>| format!("{} for {}", row.cite("cache.hit_rate_percent"), named(row));
    let mut rates: Vec<String> = cached.iter().take(MOST_RATES).map(rate).collect();
    rates.extend((cached.len() > MOST_RATES).then(|| "others".to_owned()));
    let (rates, target) = (in_words(&rates), first.cite("cache.target_percent"));
    let sum = format!("{{= sum({})}}", saved.join(", "));
    let (lead, number) = match (saved.is_empty(), saving) {
        (true, _) => (format!("cache hit rate {period}: {rates}, already at or above {target}."), first.cite("cache.hit_rate_percent")),
        (false, true) => {
            let lead = format!("up to {sum} of input cost was recoverable at a cache hit rate of {target} {period}; it was {rates}.");
            (lead, sum)
        }
        (false, false) => {
            let rate = first.cite("cache.hit_rate_percent");
            (format!("cache hit rate {period}: {rates}; up to {sum} of input cost was recoverable at {target}."), rate)
        }
    };
    let mut methods: Vec<String> = cached.iter().filter_map(|row| row.cache.as_ref()).map(|line| sentence(&line.method)).collect();
    methods.dedup();
    let end = methods.into_iter().chain([NO_PROMISE.to_owned()]).collect();
    let shown = cached.iter().take(MOST_ROWS);
    let rows = if cached.len() > 1 { shown.clone().map(|row| line(row)).collect() } else { Vec::new() };
    let healthy = format!("Healthy is from {} on.", first.cite("cache.healthy_threshold_percent"));
    let cells = |row: &&Estimate<'_>| {
        ["cache.hit_rate_percent", "cache.recoverable_usd"].map(|field| row.cite(field)).into_iter().fold(
            vec![named(row)],
            |mut cells, cell| {
                cells.push(cell);
                cells
            },
        )
    };
    let table = Table { head: vec!["Product", "Hit rate", "Recoverable"], rows: shown.map(cells).collect() };
    Page { lead, number: Some(number), rows, table: Some(table), more: vec![healthy], end, ..Page::default() }
}

fn line(row: &Estimate<'_>) -> String {
    let recoverable = row.cache.as_ref().is_some_and(|line| line.recoverable_usd > NanoUsd::ZERO);
    let saved = if recoverable {
        format!("up to {} recoverable at {}", row.cite("cache.recoverable_usd"), row.cite("cache.target_percent"))
    } else {
        format!("already at or above {}", row.cite("cache.target_percent"))
    };
    format!("{}: {}, {saved}", named(row), row.cite("cache.hit_rate_percent"))
}
