//! `org import`: hierarchy, people, accounts and workloads from CSV files, all of them or nothing.
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
use serde_json::json;
use sha2::{Digest, Sha256};

pub use csv_file::Source;

use self::csv_file::Rows;
use self::nodes::NodeIndex;
use crate::audit::AuditEvent;
use crate::org::{Grant, Node};
use crate::{Store, StoreError, WriteTx};
use agent_bill_domain::clock::Clock;

/// The files of one import; at least one.
#[derive(Default)]
pub struct ImportFiles {
    pub hierarchy: Option<Source>,
    pub people: Option<Source>,
    pub accounts: Option<Source>,
    pub workloads: Option<Source>,
}

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

/// Reads the files and replaces what they speak about, in one transaction with its audit event.
///
/// # Errors
/// The first problem found; nothing was changed.
pub async fn import(store: &Store, clock: &dyn Clock, company: &str, files: ImportFiles) -> Result<ImportReport, ImportError> {
    let ImportFiles { hierarchy, people, accounts, workloads } = files;
    if hierarchy.is_none() && people.is_none() && accounts.is_none() && workloads.is_none() {
        return Err(ImportError::Nothing);
    }
    let mut report = ImportReport::default();
    let mut tx = store.begin_serialised().await?;
    let before = tx.get_organisation().await?;
    let (nodes, levels, stale) = match hierarchy {
        Some(source) => {
            let rows = Rows::open(source)?;
            let file = rows.name().to_owned();
            let tree = hierarchy::read(rows, company)?;
            tx.replace_levels(&tree.levels).await?;
            for node in &tree.nodes {
                tx.put_node(node).await?;
            }
            let kept: BTreeSet<&NodeId> = tree.nodes.iter().map(|node| &node.id).collect();
            let stale: Vec<Node> = before.nodes.iter().rev().filter(|node| !kept.contains(&node.id)).cloned().collect();
            report.nodes = Some(Change::between(&before.nodes.iter().map(|node| &node.id).collect(), &kept));
            (tree.nodes, tree.levels, Some((file, stale)))
        }
        None => (before.nodes.clone(), before.levels.clone(), None),
    };
    let index = NodeIndex::of(&nodes);
    if let Some(source) = people {
        replace_people(&mut tx, source, &index, &mut report).await?;
    }
    if let Some(source) = accounts {
        let read = accounts::read(Rows::open(source)?, &index)?;
        tx.replace_accounts(&read.accounts, &read.allocations).await?;
        report.accounts = Some(read.accounts.len());
        report.allocations = Some(read.allocations.len());
        report.remarks.extend(read.remarks);
    }
    if let Some(source) = workloads {
        replace_workloads(&mut tx, source, &index, &levels, &mut report).await?;
    }
    if let Some((file, stale)) = stale {
        remove_stale(&mut tx, &file, &before.nodes, &stale).await?;
    }
    tx.append_audit(&AuditEvent {
        at: clock.now_text(),
        actor: "operator".to_owned(),
        event: "organisation.imported",
        subject: "organisation".to_owned(),
        detail: json!(report),
    })
    .await?;
    tx.commit().await?;
    Ok(report)
}

async fn replace_people(tx: &mut WriteTx, source: Source, index: &NodeIndex<'_>, report: &mut ImportReport) -> Result<(), ImportError> {
    let rows = Rows::open(source)?;
    let file = rows.name().to_owned();
    let planned = people::read(rows, index)?;
    let before: BTreeSet<Grant> = tx.list_grants().await?.into_iter().collect();
    let mut after = BTreeSet::new();
    for person in &planned {
        let id = PersonId(stable_id("p", &person.email));
        let stored = tx.put_person(&id, &person.name, &person.email, person.sub.as_deref()).await;
        let id = stored.map_err(|error| match error {
            StoreError::Conflict(_) => ImportError::Row {
                file: file.clone(),
                line: person.line,
                column: "sub".to_owned(),
                problem: "this subject is known as another person; correct it, or that person's row".to_owned(),
            },
            other => other.into(),
        })?;
        after.extend(person.grants.keys().map(|(role, node)| Grant { person: id.clone(), role: *role, node: node.clone() }));
    }
    tx.replace_grants(&after).await?;
    report.people = Some(planned.len());
    report.grants = Some(Change::between(&before, &after));
    Ok(())
}

async fn replace_workloads(
    tx: &mut WriteTx,
    source: Source,
    index: &NodeIndex<'_>,
    levels: &[String],
    report: &mut ImportReport,
) -> Result<(), ImportError> {
    let rows = Rows::open(source)?;
    let file = rows.name().to_owned();
    let lowest = i64::try_from(levels.len()).unwrap_or(i64::MAX);
    let planned = workloads::read(rows, index, lowest, levels.last().map_or("product", String::as_str))?;
    let before = tx.list_workloads().await?;
    let kept: BTreeSet<_> = planned.iter().map(|workload| &workload.id).collect();
    for missing in before.iter().filter(|workload| !kept.contains(&workload.id)) {
        let held = tx.held_by_workload(&missing.id).await?;
        if !held.is_empty() {
            let problem = format!(
                "has no row for the workload `{}` (id {}), which still has {held}; keep it, or give the renamed row this id",
                missing.name, missing.id
            );
            return Err(ImportError::File { file, problem });
        }
        tx.delete_workload(&missing.id).await?;
    }
    for workload in &planned {
        tx.put_workload(workload).await?;
    }
    report.workloads = Some(Change::between(&before.iter().map(|workload| &workload.id).collect(), &kept));
    Ok(())
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
