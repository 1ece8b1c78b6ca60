//! People and their grants: `name,email,role,node[,sub]`, one row per grant.

use std::collections::BTreeMap;

use agent_bill_domain::ids::NodeId;
use agent_bill_domain::role::Role;

use super::ImportError;
use super::csv_file::{Row, Rows, shown};
use super::nodes::NodeIndex;

#[derive(Debug)]
pub(super) struct PlannedPerson {
    pub name: String,
    /// Lower case.
    pub email: String,
    pub sub: Option<String>,
    pub line: u64,
    pub grants: BTreeMap<(Role, NodeId), u64>,
}

pub(super) fn read(mut rows: Rows<'_>, nodes: &NodeIndex<'_>) -> Result<Vec<PlannedPerson>, ImportError> {
    rows.expect_columns(&["name", "email", "role", "node"], &["sub"])?;
    let mut people: BTreeMap<String, PlannedPerson> = BTreeMap::new();
    let mut subs: BTreeMap<String, String> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let name = row.name("name")?;
        let email = email(&row)?;
        let role = role(&row)?;
        let node = node(&row, role, nodes)?;
        let sub = sub(&row)?;
        if let Some(sub) = &sub {
            let owner = subs.entry(sub.clone()).or_insert_with(|| email.clone());
            if *owner != email {
                return Err(row.refuse("sub", format!("this subject is given to `{}` as well; a subject is one person", shown(owner))));
            }
        }
        let planned = people.entry(email.clone()).or_insert_with(|| PlannedPerson {
            name: name.clone(),
            email,
            sub: None,
            line: row.line,
            grants: BTreeMap::new(),
        });
        if planned.name != name {
            let problem = format!("`{}` is called `{}` on line {}; write one name", planned.email, shown(&planned.name), planned.line);
            return Err(row.refuse("name", problem));
        }
        match (&planned.sub, sub) {
            (Some(known), Some(sub)) if *known != sub => {
                return Err(row.refuse("sub", format!("`{}` has another subject on an earlier line; write one", planned.email)));
            }
            (None, Some(sub)) => planned.sub = Some(sub),
            _ => {}
        }
        if let Some(first) = planned.grants.insert((role, node), row.line) {
            return Err(row.refuse("role", format!("the grant repeats line {first}; remove one")));
        }
    }
    if people.is_empty() {
        return Err(rows.refuse_file("has no rows below its header; nobody would hold a grant any more".to_owned()));
    }
    Ok(people.into_values().collect())
}

fn email(row: &Row) -> Result<String, ImportError> {
    let text = row.cell("email");
    let (local, host) = text.split_once('@').unwrap_or_default();
    let plain = text.chars().all(|c| c.is_ascii_graphic() && !"<>\"(),;:\\".contains(c));
    if !plain || local.is_empty() || host.is_empty() || host.contains('@') || text.len() > 254 {
        return Err(row.refuse("email", format!("`{}` is not an e-mail address; write it like ann@example.com", shown(text))));
    }
    Ok(text.to_ascii_lowercase())
}

fn role(row: &Row) -> Result<Role, ImportError> {
    row.cell("role").parse().map_err(|_| {
        let roles: Vec<&str> = Role::ALL.iter().map(|role| role.key()).collect();
        row.refuse("role", format!("`{}` is not a role; the roles are {}", shown(row.cell("role")), roles.join(", ")))
    })
}

fn node(row: &Row, role: Role, nodes: &NodeIndex<'_>) -> Result<NodeId, ImportError> {
    let node = nodes.find(row.cell("node")).map_err(|problem| row.refuse("node", problem))?;
    let of_company = role.is_company_wide() || matches!(role, Role::CloudEngineer | Role::Admin);
    if node.level == 0 && !of_company {
        return Err(row.refuse("node", format!("a {} answers for part of the company; name the node", role.key())));
    }
    if node.level > 0 && role.is_company_wide() {
        return Err(row.refuse("node", format!("a {} always sees the whole company; leave the node empty", role.key())));
    }
    Ok(node.id.clone())
}

fn sub(row: &Row) -> Result<Option<String>, ImportError> {
    let text = row.cell("sub");
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() > 128 || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(row.refuse("sub", format!("`{}` is not a token subject; copy the user's `sub` from the user pool", shown(text))));
    }
    Ok(Some(text.to_owned()))
}
