//! Imports: hierarchy, people, accounts and workloads from CSV files, all of them or nothing.
//!
//! Each file is the whole truth about its subject: what it no longer holds is taken away, and where that would orphan records of governance the
//! import is refused instead. Ids are derived from what a thing is (a node from its path, a person from the e-mail), so that importing again keeps them.

mod accounts;
mod csv_file;
mod hierarchy;
mod nodes;
mod people;
mod workloads;

use std::collections::BTreeSet;

use agent_bill_domain::ids::{NodeId, PersonId};
use serde::Serialize;
use sha2::{Digest, Sha256};

pub use csv_file::Source;

use self::accounts::Accounts;
use self::csv_file::Rows;
use self::hierarchy::Tree;
use self::nodes::NodeIndex;
use self::people::PlannedPerson;
use crate::acts::ImportOrganisation;
use crate::org::{Grant, Node, Organisation, Workload};
use crate::{StoreError, WriteTx};

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    pub nodes: Option<Change>,
    pub people: Option<usize>,
    pub grants: Option<Change>,
    pub accounts: Option<usize>,
    pub allocations: Option<usize>,
    pub workloads: Option<Change>,
    /// Allowed, but worth knowing.
    pub remarks: Vec<String>,
}

/// How many there are now, and what came and went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Change {
    pub total: usize,
    pub added: usize,
    pub removed: usize,
}

impl Change {
    fn between<T: Ord>(before: &BTreeSet<T>, after: &BTreeSet<T>) -> Self {
        Self { total: after.len(), added: after.difference(before).count(), removed: before.difference(after).count() }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("`{file}` line {line}, column `{column}`: {problem}")]
    Row { file: String, line: u64, column: String, problem: String },
    #[error("`{file}` {problem}")]
    File { file: String, problem: String },
    #[error("nothing to import; give --hierarchy, --people, --accounts or --workloads")]
    Nothing,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an import will write.
#[derive(Debug)]
pub(crate) struct ImportPlan {
    before: Organisation,
    hierarchy: Option<Read<Tree>>,
    people: Option<Read<Vec<PlannedPerson>>>,
    accounts: Option<Accounts>,
    workloads: Option<Read<Vec<Workload>>>,
    /// Without the change of the grants, which is known when people have their ids.
    pub report: ImportReport,
}

/// What was read of a file.
#[derive(Debug)]
struct Read<T> {
    file: String,
    content: T,
}

/// What the company is called until somebody says otherwise.
const UNNAMED_COMPANY: &str = "Company";

/// Reads the files against what is there and against each other. Writes nothing.
///
/// # Errors
/// The first problem found.
pub(crate) async fn plan(tx: &mut WriteTx, company: Option<&str>, files: &ImportOrganisation) -> Result<ImportPlan, ImportError> {
    let before = tx.get_organisation().await?;
    let named = before.nodes.iter().find(|node| node.parent.is_none()).map(|root| root.name.as_str());
    let company = company.or(named).unwrap_or(UNNAMED_COMPANY);
    let mut report = ImportReport::default();
    let hierarchy = match &files.hierarchy {
        Some(source) => Some(Read { file: source.name().to_owned(), content: hierarchy::read(Rows::open(source)?, company)? }),
        None => None,
    };
    let (nodes, levels) = match &hierarchy {
        Some(read) => (&read.content.nodes, &read.content.levels),
        None => (&before.nodes, &before.levels),
    };
    if hierarchy.is_some() {
        report.nodes = Some(Change::between(&ids(&before.nodes), &ids(nodes)));
    }
    let index = NodeIndex::of(nodes);
    let people = match &files.people {
        Some(source) => Some(Read { file: source.name().to_owned(), content: people::read(Rows::open(source)?, &index)? }),
        None => None,
    };
    report.people = people.as_ref().map(|read| read.content.len());
    let accounts = files.accounts.as_ref().map(|source| accounts::read(Rows::open(source)?, &index)).transpose()?;
    if let Some(read) = &accounts {
        report.accounts = Some(read.accounts.len());
        report.allocations = Some(read.allocations.len());
        report.remarks.extend(read.remarks.iter().cloned());
    }
    let workloads = match &files.workloads {
        Some(source) => Some(plan_workloads(tx, source, &index, levels, &before, &mut report).await?),
        None => None,
    };
    Ok(ImportPlan { hierarchy, people, accounts, workloads, before, report })
}

fn ids(nodes: &[Node]) -> BTreeSet<&NodeId> {
    nodes.iter().map(|node| &node.id).collect()
}

async fn plan_workloads(
    tx: &mut WriteTx,
    source: &Source,
    index: &NodeIndex<'_>,
    levels: &[String],
    before: &Organisation,
    report: &mut ImportReport,
) -> Result<Read<Vec<Workload>>, ImportError> {
    let file = source.name().to_owned();
    let lowest = i64::try_from(levels.len()).unwrap_or(i64::MAX);
    let planned = workloads::read(Rows::open(source)?, index, lowest, levels.last().map_or("product", String::as_str))?;
    let kept: BTreeSet<_> = planned.iter().map(|workload| &workload.id).collect();
    for missing in before.workloads.iter().filter(|workload| !kept.contains(&workload.id)) {
        let held = tx.held_by_workload(&missing.id).await?;
        if !held.is_empty() {
            let problem = format!(
                "has no row for the workload `{}` (id {}), which still has {held}; keep it, or give the renamed row this id",
                missing.name, missing.id
            );
            return Err(ImportError::File { file, problem });
        }
    }
    report.workloads = Some(Change::between(&before.workloads.iter().map(|workload| &workload.id).collect(), &kept));
    Ok(Read { file, content: planned })
}

/// Replaces what the files speak about.
///
/// # Errors
/// What only the records can tell: a subject that is somebody else's, a node that something still hangs on.
pub(crate) async fn write(tx: &mut WriteTx, plan: &ImportPlan) -> Result<ImportReport, ImportError> {
    let mut report = plan.report.clone();
    if let Some(read) = &plan.hierarchy {
        tx.replace_levels(&read.content.levels).await?;
        for node in &read.content.nodes {
            tx.put_node(node).await?;
        }
    }
    if let Some(read) = &plan.people {
        report.grants = Some(replace_people(tx, read).await?);
    }
    if let Some(read) = &plan.accounts {
        tx.replace_accounts(&read.accounts, &read.allocations).await?;
    }
    if let Some(read) = &plan.workloads {
        let kept: BTreeSet<_> = read.content.iter().map(|workload| &workload.id).collect();
        for missing in plan.before.workloads.iter().filter(|workload| !kept.contains(&workload.id)) {
            tx.delete_workload(&missing.id).await?;
        }
        for workload in &read.content {
            tx.put_workload(workload).await?;
        }
    }
    if let Some(read) = &plan.hierarchy {
        let kept = ids(&read.content.nodes);
        let stale: Vec<Node> = plan.before.nodes.iter().rev().filter(|node| !kept.contains(&node.id)).cloned().collect();
        remove_stale(tx, &read.file, &plan.before.nodes, &stale).await?;
    }
    Ok(report)
}

async fn replace_people(tx: &mut WriteTx, read: &Read<Vec<PlannedPerson>>) -> Result<Change, ImportError> {
    let before: BTreeSet<Grant> = tx.list_grants().await?.into_iter().collect();
    let mut after = BTreeSet::new();
    for person in &read.content {
        let id = PersonId(stable_id("p", &person.email));
        let stored = tx.put_person(&id, &person.name, &person.email, person.sub.as_deref()).await;
        let id = stored.map_err(|error| match error {
            StoreError::Conflict(_) => ImportError::Row {
                file: read.file.clone(),
                line: person.line,
                column: "sub".to_owned(),
                problem: "this subject is known as another person; correct it, or that person's row".to_owned(),
            },
            other => other.into(),
        })?;
        after.extend(person.grants.keys().map(|(role, node)| Grant { person: id.clone(), role: *role, node: node.clone() }));
    }
    tx.replace_grants(&after).await?;
    Ok(Change::between(&before, &after))
}

/// Takes away the nodes that the hierarchy no longer holds, unless something still hangs on one of them.
async fn remove_stale(tx: &mut WriteTx, file: &str, before: &[Node], stale: &[Node]) -> Result<(), ImportError> {
    let known = NodeIndex::of(before);
    for node in stale {
        let held = tx.held_by_node(&node.id).await?;
        if !held.is_empty() {
            let problem = format!(
                "has no row for `{}`, which still holds {held}; keep it, or import the files that move them together with this one",
                known.path(node)
            );
            return Err(ImportError::File { file: file.to_owned(), problem });
        }
    }
    let removed: Vec<NodeId> = stale.iter().map(|node| node.id.clone()).collect();
    Ok(tx.settle_tree(&removed).await?)
}

/// An id that the same thing gets again at the next import: 16 hexadecimal digits of a hash.
fn stable_id(prefix: &str, what: &str) -> String {
    let mut digits = hex::encode(Sha256::digest(what.as_bytes()));
    digits.truncate(16);
    format!("{prefix}-{digits}")
}

#[cfg(test)]
mod tests;
