//! The organisation as a whole: what an import replaces and an operator's overview shows. Reads on behalf of a person are in `scoped`.

use agent_bill_domain::ids::{AccountId, NodeId, PersonId, WorkloadId};
use agent_bill_domain::names::fold_name;
use agent_bill_domain::role::Role;
use jiff::civil::Date;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Store, StoreError, WriteTx};

const LEVELS: &str = "SELECT label FROM levels ORDER BY position";
const DELETE_LEVELS: &str = "DELETE FROM levels";
const INSERT_LEVEL: &str = "INSERT INTO levels (position, label) VALUES ($1, $2)";

const NODES: &str = "SELECT id, COALESCE(parent_id, '') AS parent_id, level, name FROM nodes ORDER BY level, name, id";
const PUT_NODE: &str = "INSERT INTO nodes (id, parent_id, level, name, name_folded) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_folded = excluded.name_folded, level = excluded.level";
const DELETE_NODE: &str = "DELETE FROM nodes WHERE id = $1";
const HELD_BY_NODE: &str = "SELECT
     (SELECT CAST(COUNT(*) AS BIGINT) FROM grants WHERE node_id = $1) AS grants,
     (SELECT CAST(COUNT(*) AS BIGINT) FROM account_allocations WHERE node_id = $1) AS allocations,
     (SELECT CAST(COUNT(*) AS BIGINT) FROM workloads WHERE node_id = $1) AS workloads";
const DELETE_CLOSURE: &str = "DELETE FROM node_closure";
const BUILD_CLOSURE: &str = "INSERT INTO node_closure (ancestor_id, descendant_id, depth)
     WITH RECURSIVE above (ancestor_id, descendant_id, depth) AS (
       SELECT id, id, CAST(0 AS BIGINT) FROM nodes
       UNION ALL
       SELECT n.parent_id, a.descendant_id, a.depth + 1 FROM above a JOIN nodes n ON n.id = a.ancestor_id WHERE n.parent_id IS NOT NULL
     )
     SELECT ancestor_id, descendant_id, depth FROM above";

const PUT_PERSON: &str = "INSERT INTO people (id, name, email, sub) VALUES ($1, $2, $3, $4)
     ON CONFLICT (email) DO UPDATE SET name = excluded.name, sub = COALESCE(excluded.sub, people.sub) RETURNING id";
const GRANTS: &str = "SELECT g.person_id AS person_id, p.name AS person_name, g.role AS role, g.node_id AS node_id
     FROM grants g JOIN people p ON p.id = g.person_id ORDER BY g.node_id, g.role, p.name, g.person_id";
const DELETE_GRANTS: &str = "DELETE FROM grants";
const INSERT_GRANT: &str = "INSERT INTO grants (person_id, role, node_id) VALUES ($1, $2, $3)";

const ACCOUNTS: &str = "SELECT id, name FROM accounts ORDER BY name, id";
const PUT_ACCOUNT: &str = "INSERT INTO accounts (id, name, name_folded) VALUES ($1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_folded = excluded.name_folded";
const ALLOCATIONS: &str = "SELECT account_id, node_id, basis_points, effective_from, effective_to FROM account_allocations
     ORDER BY account_id, effective_from, node_id";
const DELETE_ALLOCATIONS: &str = "DELETE FROM account_allocations";
const INSERT_ALLOCATION: &str = "INSERT INTO account_allocations (account_id, node_id, basis_points, effective_from, effective_to)
     VALUES ($1, $2, $3, $4, $5)";

const WORKLOADS: &str = "SELECT id, node_id, name, description FROM workloads ORDER BY name, id";
const PUT_WORKLOAD: &str = "INSERT INTO workloads (id, node_id, name, name_folded, description) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (id) DO UPDATE SET node_id = excluded.node_id, name = excluded.name, name_folded = excluded.name_folded,
                                    description = excluded.description";
const DELETE_WORKLOAD: &str = "DELETE FROM workloads WHERE id = $1";
const HELD_BY_WORKLOAD: &str = "SELECT
     (SELECT CAST(COUNT(*) AS BIGINT) FROM claims WHERE workload_id = $1) AS claims,
     (SELECT CAST(COUNT(*) AS BIGINT) FROM estimates WHERE workload_id = $1) AS estimates,
     (SELECT CAST(COUNT(*) AS BIGINT) FROM decision_workloads WHERE workload_id = $1) AS decisions";

pub(super) const STATEMENTS: &[&str] = &[
    LEVELS,
    DELETE_LEVELS,
    INSERT_LEVEL,
    NODES,
    PUT_NODE,
    DELETE_NODE,
    HELD_BY_NODE,
    DELETE_CLOSURE,
    BUILD_CLOSURE,
    PUT_PERSON,
    GRANTS,
    DELETE_GRANTS,
    INSERT_GRANT,
    ACCOUNTS,
    PUT_ACCOUNT,
    ALLOCATIONS,
    DELETE_ALLOCATIONS,
    INSERT_ALLOCATION,
    WORKLOADS,
    PUT_WORKLOAD,
    DELETE_WORKLOAD,
    HELD_BY_WORKLOAD,
];

/// The id of the company, the root of every hierarchy.
pub const COMPANY: &str = "company";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    pub id: NodeId,
    /// `None` only for the company.
    pub parent: Option<NodeId>,
    /// 0 for the company, 1 for the top level.
    pub level: i64,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    pub person: PersonId,
    pub role: Role,
    pub node: NodeId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub name: String,
}

/// A share of an account's spend, in hundredths of a percent, over an inclusive range of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    pub account: AccountId,
    pub node: NodeId,
    pub basis_points: i64,
    pub effective_from: Date,
    /// `9999-12-31` while it has no end.
    pub effective_to: Date,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    pub id: WorkloadId,
    pub node: NodeId,
    pub name: String,
    pub description: String,
}

/// The whole organisation, as an operator sees it.
#[derive(Debug, Clone, Default)]
pub struct Organisation {
    /// Labels, top first.
    pub levels: Vec<String>,
    pub nodes: Vec<Node>,
    /// Each with the person's name.
    pub grants: Vec<(Grant, String)>,
    pub accounts: Vec<Account>,
    pub allocations: Vec<Allocation>,
    pub workloads: Vec<Workload>,
}

/// Everything, in one consistent read. For the operator of this machine only.
///
/// # Errors
/// When the database fails.
pub async fn get(store: &Store) -> Result<Organisation, StoreError> {
    let mut tx = store.begin_read().await?;
    let organisation = tx.get_organisation().await?;
    tx.rollback().await?;
    Ok(organisation)
}

impl WriteTx {
    /// # Errors
    /// When the database fails.
    pub async fn get_organisation(&mut self) -> Result<Organisation, StoreError> {
        Ok(Organisation {
            levels: self.rows(LEVELS, |row| Ok(row.try_get("label")?)).await?,
            nodes: self.list_nodes().await?,
            grants: self.rows(GRANTS, |row| Ok((grant(row)?, row.try_get("person_name")?))).await?,
            accounts: self.rows(ACCOUNTS, |row| Ok(Account { id: AccountId(row.try_get("id")?), name: row.try_get("name")? })).await?,
            allocations: self.rows(ALLOCATIONS, allocation).await?,
            workloads: self.list_workloads().await?,
        })
    }

    async fn rows<T>(&mut self, sql: &'static str, read: fn(&AnyRow) -> Result<T, StoreError>) -> Result<Vec<T>, StoreError> {
        sqlx::query(sql).fetch_all(self.connection()).await?.iter().map(read).collect()
    }

    /// # Errors
    /// When the database fails.
    pub async fn list_nodes(&mut self) -> Result<Vec<Node>, StoreError> {
        self.rows(NODES, |row| {
            let parent: String = row.try_get("parent_id")?;
            Ok(Node {
                id: NodeId(row.try_get("id")?),
                parent: (!parent.is_empty()).then_some(NodeId(parent)),
                level: row.try_get("level")?,
                name: row.try_get("name")?,
            })
        })
        .await
    }

    /// # Errors
    /// When the database fails.
    pub async fn list_workloads(&mut self) -> Result<Vec<Workload>, StoreError> {
        self.rows(WORKLOADS, |row| {
            Ok(Workload {
                id: WorkloadId(row.try_get("id")?),
                node: NodeId(row.try_get("node_id")?),
                name: row.try_get("name")?,
                description: row.try_get("description")?,
            })
        })
        .await
    }

    /// Replaces the labels of the levels, top first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_levels(&mut self, labels: &[String]) -> Result<(), StoreError> {
        sqlx::query(DELETE_LEVELS).execute(self.connection()).await?;
        for (position, label) in (1_i64..).zip(labels) {
            sqlx::query(INSERT_LEVEL).bind(position).bind(label.clone()).execute(self.connection()).await?;
        }
        Ok(())
    }

    /// Inserts or renames a node; its parent must be there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_node(&mut self, node: &Node) -> Result<(), StoreError> {
        sqlx::query(PUT_NODE)
            .bind(node.id.0.clone())
            .bind(node.parent.as_ref().map(|parent| parent.0.clone()))
            .bind(node.level)
            .bind(node.name.clone())
            .bind(fold_name(&node.name))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Removes nodes that nothing refers to (children before parents) and derives every path of the tree anew.
    ///
    /// # Errors
    /// [`StoreError::Dangling`] when something still refers to one of them.
    pub async fn settle_tree(&mut self, removed: &[NodeId]) -> Result<(), StoreError> {
        sqlx::query(DELETE_CLOSURE).execute(self.connection()).await?;
        for node in removed {
            sqlx::query(DELETE_NODE).bind(node.0.clone()).execute(self.connection()).await?;
        }
        sqlx::query(BUILD_CLOSURE).execute(self.connection()).await?;
        Ok(())
    }

    /// What keeps a node from being removed: `2 grants, 1 workload`; empty when nothing does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_by_node(&mut self, node: &NodeId) -> Result<String, StoreError> {
        let row = sqlx::query(HELD_BY_NODE).bind(node.0.clone()).fetch_one(self.connection()).await?;
        holdings(&row, &["grants", "allocations", "workloads"])
    }

    /// What keeps a workload from being removed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn held_by_workload(&mut self, workload: &WorkloadId) -> Result<String, StoreError> {
        let row = sqlx::query(HELD_BY_WORKLOAD).bind(workload.0.clone()).fetch_one(self.connection()).await?;
        holdings(&row, &["claims", "estimates", "decisions"])
    }

    /// Inserts a person or renames the one with this e-mail; a `sub` given replaces the one known. Returns the person's id.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the `sub` is another person's.
    pub async fn put_person(&mut self, id: &PersonId, name: &str, email: &str, sub: Option<&str>) -> Result<PersonId, StoreError> {
        let row = sqlx::query(PUT_PERSON)
            .bind(id.0.clone())
            .bind(name.to_owned())
            .bind(email.to_owned())
            .bind(sub.map(str::to_owned))
            .fetch_one(self.connection())
            .await?;
        Ok(PersonId(row.try_get("id")?))
    }

    /// # Errors
    /// When the database fails.
    pub async fn list_grants(&mut self) -> Result<Vec<Grant>, StoreError> {
        self.rows(GRANTS, grant).await
    }

    /// From here on these are all the grants there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_grants<'g>(&mut self, grants: impl IntoIterator<Item = &'g Grant>) -> Result<(), StoreError> {
        sqlx::query(DELETE_GRANTS).execute(self.connection()).await?;
        for grant in grants {
            sqlx::query(INSERT_GRANT)
                .bind(grant.person.0.clone())
                .bind(grant.role.key())
                .bind(grant.node.0.clone())
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }

    /// From here on these are all the allocations there are; accounts are added or renamed, never forgotten.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_accounts(&mut self, accounts: &[Account], allocations: &[Allocation]) -> Result<(), StoreError> {
        sqlx::query(DELETE_ALLOCATIONS).execute(self.connection()).await?;
        for account in accounts {
            sqlx::query(PUT_ACCOUNT)
                .bind(account.id.0.clone())
                .bind(account.name.clone())
                .bind(fold_name(&account.name))
                .execute(self.connection())
                .await?;
        }
        for allocation in allocations {
            sqlx::query(INSERT_ALLOCATION)
                .bind(allocation.account.0.clone())
                .bind(allocation.node.0.clone())
                .bind(allocation.basis_points)
                .bind(allocation.effective_from.to_string())
                .bind(allocation.effective_to.to_string())
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }

    /// Inserts, renames or moves a workload.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_workload(&mut self, workload: &Workload) -> Result<(), StoreError> {
        sqlx::query(PUT_WORKLOAD)
            .bind(workload.id.0.clone())
            .bind(workload.node.0.clone())
            .bind(workload.name.clone())
            .bind(fold_name(&workload.name))
            .bind(workload.description.clone())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// # Errors
    /// [`StoreError::Dangling`] when something refers to it.
    pub async fn delete_workload(&mut self, workload: &WorkloadId) -> Result<(), StoreError> {
        sqlx::query(DELETE_WORKLOAD).bind(workload.0.clone()).execute(self.connection()).await?;
        Ok(())
    }
}

fn holdings(row: &AnyRow, kinds: &[&str]) -> Result<String, StoreError> {
    let mut held = Vec::new();
    for kind in kinds {
        match row.try_get::<i64, _>(*kind)? {
            0 => {}
            1 => held.push(format!("1 {}", kind.trim_end_matches('s'))),
            count => held.push(format!("{count} {kind}")),
        }
    }
    Ok(held.join(", "))
}

fn grant(row: &AnyRow) -> Result<Grant, StoreError> {
    let role: String = row.try_get("role")?;
    Ok(Grant {
        person: PersonId(row.try_get("person_id")?),
        role: role.parse().map_err(|_| StoreError::corrupt("role", &role))?,
        node: NodeId(row.try_get("node_id")?),
    })
}

fn allocation(row: &AnyRow) -> Result<Allocation, StoreError> {
    let date = |column: &str| -> Result<Date, StoreError> {
        let text: String = row.try_get(column)?;
        text.parse().map_err(|_| StoreError::corrupt("date", &text))
    };
    Ok(Allocation {
        account: AccountId(row.try_get("account_id")?),
        node: NodeId(row.try_get("node_id")?),
        basis_points: row.try_get("basis_points")?,
        effective_from: date("effective_from")?,
        effective_to: date("effective_to")?,
    })
}
