//! AWS accounts and who pays for them: `account_id,name,node,percent,effective_from[,effective_to]`, one row per share.

use std::collections::{BTreeMap, BTreeSet};

use agent_bill_domain::ids::{AccountId, NodeId};
use jiff::civil::Date;

use super::ImportError;
use super::csv_file::{Row, Rows, shown};
use super::nodes::NodeIndex;
use crate::org::{Account, Allocation};

/// A hundred percent, in basis points.
const WHOLE: i64 = 10_000;

#[derive(Debug)]
pub(super) struct Accounts {
    pub accounts: Vec<Account>,
    pub allocations: Vec<Allocation>,
    /// What is allowed but worth knowing: days on which part of an account belongs to nobody.
    pub remarks: Vec<String>,
}

pub(super) fn read(mut rows: Rows<'_>, nodes: &NodeIndex<'_>) -> Result<Accounts, ImportError> {
    rows.expect_columns(&["account_id", "name", "node", "percent", "effective_from"], &["effective_to"])?;
    let mut accounts: BTreeMap<String, (String, u64)> = BTreeMap::new();
    let mut shares: BTreeMap<String, Vec<(Allocation, Row)>> = BTreeMap::new();
    let mut seen: BTreeMap<(String, NodeId, Date), u64> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let id = account_id(&row)?;
        let name = row.name("name")?;
        let (known, line) = accounts.entry(id.clone()).or_insert_with(|| (name.clone(), row.line));
        if *known != name {
            return Err(row.refuse("name", format!("the account is called `{}` on line {line}; write one name", shown(known))));
        }
        let Some(allocation) = allocation(&row, &id, nodes)? else { continue };
        if let Some(first) = seen.insert((id.clone(), allocation.node.clone(), allocation.effective_from), row.line) {
            return Err(row.refuse("node", format!("the share repeats line {first}; remove one")));
        }
        shares.entry(id).or_default().push((allocation, row));
    }
    if accounts.is_empty() {
        return Err(rows.refuse_file("has no rows below its header; no account would be allocated any more".to_owned()));
    }
    let mut remarks = Vec::new();
    for (id, shares) in &shares {
        let name = accounts.get(id).map_or("", |(name, _)| name.as_str());
        check_shares(shares)?;
        remarks.extend(partly_allocated(id, name, shares));
    }
    Ok(Accounts {
        accounts: accounts.into_iter().map(|(id, (name, _))| Account { id: AccountId(id), name }).collect(),
        allocations: shares.into_values().flatten().map(|(allocation, _)| allocation).collect(),
        remarks,
    })
}

fn account_id(row: &Row) -> Result<String, ImportError> {
    let text = row.cell("account_id");
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(row.refuse("account_id", format!("`{}` is not an AWS account; write its twelve digits", shown(text))));
    }
    if text.len() != 12 {
        let problem = format!("`{}` has {} digits, an AWS account has twelve; spreadsheets drop leading zeros", shown(text), text.len());
        return Err(row.refuse("account_id", problem));
    }
    Ok(text.to_owned())
}

/// `None` for an account that is known but allocated to nobody (node and percent empty).
fn allocation(row: &Row, id: &str, nodes: &NodeIndex<'_>) -> Result<Option<Allocation>, ImportError> {
    if row.cell("node").is_empty() && row.cell("percent").is_empty() {
        return Ok(None);
    }
    if row.cell("node").is_empty() {
        return Err(row.refuse("node", "the node is empty; name it, write * for the company, or leave percent empty as well"));
    }
    let node = nodes.find(row.cell("node")).map_err(|problem| row.refuse("node", problem))?;
    let effective_from = row.date("effective_from")?.ok_or_else(|| row.refuse("effective_from", "the date is empty; write YYYY-MM-DD"))?;
    let effective_to = row.date("effective_to")?.unwrap_or(Date::MAX);
    if effective_to < effective_from {
        return Err(row.refuse("effective_to", "the last day lies before the first; correct one of them"));
    }
    let allocation = Allocation {
        account: AccountId(id.to_owned()),
        node: node.id.clone(),
        basis_points: basis_points(row)?,
        effective_from,
        effective_to,
    };
    Ok(Some(allocation))
}

/// `33.33` or `33.33 %` → 3333.
fn basis_points(row: &Row) -> Result<i64, ImportError> {
    let text = row.cell("percent").trim_end_matches('%').trim_end();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let points = if digits(whole, 3) && digits(fraction, 2) { format!("{whole}{fraction:0<2}").parse().ok() } else { None };
    match points {
        Some(points @ 1..=WHOLE) => Ok(points),
        _ => {
            let problem = format!("`{}` is not a percentage above 0 and up to 100 with at most two decimals", shown(row.cell("percent")));
            Err(row.refuse("percent", problem))
        }
    }
}

/// Refuses the row with which the shares of one day first exceed the whole.
fn check_shares(shares: &[(Allocation, Row)]) -> Result<(), ImportError> {
    for (day, sum) in steps(shares) {
        if sum > WHOLE {
            let last = shares.iter().filter(|(share, _)| share.effective_from == day).max_by_key(|(_, row)| row.line);
            if let Some((_, row)) = last {
                let problem = format!("the shares of this account add up to {} % on {day}; at most 100 % can be given away", percent(sum));
                return Err(row.refuse("percent", problem));
            }
        }
    }
    Ok(())
}

/// The days on which the sum of all shares changes, each with the sum from that day on.
fn steps(shares: &[(Allocation, Row)]) -> Vec<(Date, i64)> {
    let mut changes: BTreeMap<Date, i64> = BTreeMap::new();
    for (share, _) in shares {
        *changes.entry(share.effective_from).or_default() += share.basis_points;
        if let Ok(after) = share.effective_to.tomorrow() {
            *changes.entry(after).or_default() -= share.basis_points;
        }
    }
    let mut sum = 0;
    changes
        .into_iter()
        .map(|(day, change)| {
            sum += change;
            (day, sum)
        })
        .collect()
}

fn partly_allocated(id: &str, name: &str, shares: &[(Allocation, Row)]) -> BTreeSet<String> {
    steps(shares)
        .into_iter()
        .filter(|(_, sum)| *sum < WHOLE)
        .map(|(day, sum)| format!("account {name} ({id}): {} % allocated from {day}", percent(sum)))
        .collect()
}

fn percent(basis_points: i64) -> String {
    let text = format!("{}.{:02}", basis_points / 100, basis_points % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
