//! Rows of a breakdown: gathered, ordered, cut to the limit, with the rest summed.

use std::collections::BTreeMap;

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::DateRange;
use agent_bill_domain::tokens::{TokenCounts, TokenKind};

use super::SpendRow;
use crate::bounded::{LIST_BYTES, count, cut, percent, shorten};
use crate::grouping::RowKey;
use crate::view::SpendFact;

/// One row while it is being summed.
pub(super) struct Cell {
    first: RowKey,
    second: Option<RowKey>,
    days: Option<DateRange>,
    pub amount: NanoUsd,
    pub tokens: TokenCounts,
    allocated: bool,
}

#[derive(Default)]
pub(super) struct LeftOut {
    pub count: i64,
    pub amount: NanoUsd,
}

impl Cell {
    /// `days` are those of a row that is a time.
    pub const fn new(first: RowKey, second: Option<RowKey>, days: Option<DateRange>) -> Self {
        Self {
            first,
            second,
            days,
            amount: NanoUsd::ZERO,
            tokens: TokenCounts { input_tokens: 0, output_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0 },
            allocated: false,
        }
    }

    pub fn add(&mut self, fact: &SpendFact, class_at: Option<usize>) {
        self.amount += fact.amount;
        self.allocated |= fact.share_basis_points < 10_000;
        let class = class_at.and_then(|at| fact.values.get(at));
        if let Some(kind) = class.and_then(|class| TokenKind::of_class(class)) {
            self.tokens.add(kind, fact.tokens);
        }
    }
}

/// Largest first, or in the order of time where `(first, second)` is a time; of times the latest are kept.
pub(super) fn finish_rows(mut cells: Vec<Cell>, by_time: (bool, bool), limit: usize, total: NanoUsd) -> (Vec<SpendRow>, LeftOut) {
    let mut sums: BTreeMap<String, NanoUsd> = BTreeMap::new();
    for cell in &cells {
        *sums.entry(cell.first.id.clone()).or_default() += cell.amount;
    }
    let sum = |cell: &Cell| sums.get(&cell.first.id).copied().unwrap_or_default();
    let sub = |cell: &Cell| cell.second.as_ref().map(|row| row.id.clone()).unwrap_or_default();
    cells.sort_by(|a, b| {
        let first = if by_time.0 { a.first.id.cmp(&b.first.id) } else { sum(b).cmp(&sum(a)).then_with(|| a.first.name.cmp(&b.first.name)) };
        let second = if by_time.1 { sub(a).cmp(&sub(b)) } else { b.amount.cmp(&a.amount).then_with(|| sub(a).cmp(&sub(b))) };
        first.then_with(|| a.first.id.cmp(&b.first.id)).then(second)
    });
    tell_apart(&mut cells);
    let mut left_out = LeftOut::default();
    let mut rows: Vec<SpendRow> = cells.into_iter().map(|cell| row(cell, total)).collect();
    if by_time.0 && rows.len() > limit {
        let early = rows.len() - limit;
        left_out.add(rows.drain(..early));
    }
    left_out.add(cut(&mut rows, limit, LIST_BYTES).into_iter());
    (rows, left_out)
}

impl LeftOut {
    fn add(&mut self, rows: impl Iterator<Item = SpendRow>) {
        let rows: Vec<SpendRow> = rows.collect();
        self.count += count(rows.len());
        self.amount += rows.iter().map(|row| row.spend_usd).sum::<NanoUsd>();
    }
}

/// Different things of one name carry their owner, or failing that a running number, so that rows can be told apart.
fn tell_apart(cells: &mut [Cell]) {
    let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for cell in cells.iter() {
        let known = ids.entry(cell.first.name.clone()).or_default();
        if !known.contains(&cell.first.id) {
            known.push(cell.first.id.clone());
        }
    }
    for cell in cells.iter_mut() {
        let same = ids.get(&cell.first.name).map(Vec::as_slice).unwrap_or_default();
        if same.len() > 1 {
            let position = same.iter().position(|id| *id == cell.first.id).map_or(0, |at| at + 1);
            let mark = cell.first.owners.first().cloned().unwrap_or_else(|| format!("no. {position}"));
            cell.first.name = format!("{} ({mark})", cell.first.name);
        }
    }
}

fn row(cell: Cell, total: NanoUsd) -> SpendRow {
    SpendRow {
        name: shorten(&cell.first.name, 120),
        sub_name: cell.second.map(|row| shorten(&row.name, 120)).unwrap_or_default(),
        from_date: cell.days.map(|days| days.from),
        to_date: cell.days.map(|days| days.to),
        spend_usd: cell.amount,
        share_percent: percent(cell.amount.0, total.0),
        tokens: cell.tokens,
        owners: cell.first.owners.into_iter().take(4).collect(),
        allocated: cell.allocated,
    }
}
