//! Who acts, and whether the records let them: looked up inside the transaction that writes.

use std::collections::BTreeSet;

use agent_bill_domain::ids::{NodeId, PersonId};
use agent_bill_domain::names::fold_name;
use agent_bill_domain::role::{Action, Role};

use super::GovernanceError;
use crate::org::{COMPANY, Workload};
use crate::{Store, WriteTx, people};
use agent_bill_identity::Requester;

/// The person a write is made for.
#[derive(Debug, Clone)]
pub struct Actor {
    person: PersonId,
    name: String,
    /// Roles that the token's groups allow; `None` when an operator of this machine acts for the person.
    allowed: Option<BTreeSet<Role>>,
}

impl Actor {
    /// The person who signed in; a grant counts only if the token's groups allow its role.
    #[must_use]
    pub fn of(requester: &Requester) -> Self {
        Self {
            person: requester.person().clone(),
            name: requester.name().to_owned(),
            allowed: Some(requester.roles_allowed_by_groups().clone()),
        }
    }

    /// The person an operator of this machine acts for, by first name, full name, e-mail or id.
    ///
    /// # Errors
    /// Nobody or several people are called so.
    pub async fn by_operator(store: &Store, text: &str) -> Result<Self, GovernanceError> {
        let mut meant = people::list_meant(store, text).await?;
        match (meant.pop(), meant.len()) {
            (Some(person), 0) => Ok(Self { person: person.id, name: person.name, allowed: None }),
            (None, _) => Err(GovernanceError::NoPerson(super::shown(text))),
            (Some(_), _) => Err(GovernanceError::SeveralPeople(super::shown(text))),
        }
    }

    #[must_use]
    pub fn person(&self) -> &PersonId {
        &self.person
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Refuses with the role that could, when the actor holds none that may do `action` anywhere.
pub(super) async fn require_role(tx: &mut WriteTx, actor: &Actor, action: Action) -> Result<(), GovernanceError> {
    if reaches(tx, actor, action, None).await? {
        Ok(())
    } else {
        Err(GovernanceError::RoleMissing { who: action.who_can(), action: action.key() })
    }
}

/// Whether a grant of the actor lets them do `action` at `node`, or anywhere when there is no node.
pub(super) async fn reaches(tx: &mut WriteTx, actor: &Actor, action: Action, node: Option<&NodeId>) -> Result<bool, GovernanceError> {
    let company = NodeId::from(COMPANY);
    let grants = tx.list_grants_over(&actor.person, node.unwrap_or(&company)).await?;
    Ok(grants.iter().any(|grant| {
        grant.role.may(action)
            && actor.allowed.as_ref().is_none_or(|allowed| allowed.contains(&grant.role))
            && (node.is_none() || grant.covers || grant.role.is_company_wide())
    }))
}

/// The workload called `text` (id or name) among those where the actor may do `action`. One outside and one that does not exist are the same error.
pub(super) async fn get_workload(tx: &mut WriteTx, actor: &Actor, action: Action, text: &str) -> Result<Workload, GovernanceError> {
    require_role(tx, actor, action).await?;
    let folded = fold_name(text);
    let mut named = Vec::new();
    for workload in tx.list_workloads().await? {
        let is_called = workload.id.as_str() == text || fold_name(&workload.name) == folded;
        if is_called && reaches(tx, actor, action, Some(&workload.node)).await? {
            named.push(workload);
        }
    }
    let by_id = named.iter().position(|workload| workload.id.as_str() == text);
    match (by_id, named.len()) {
        (Some(at), _) => Ok(named.swap_remove(at)),
        (None, 1) => Ok(named.swap_remove(0)),
        (None, 0) => Err(GovernanceError::NotFound { kind: "workload", name: super::shown(text) }),
        (None, _) => {
            let ids: Vec<&str> = named.iter().map(|workload| workload.id.as_str()).collect();
            Err(GovernanceError::Ambiguous { kind: "workloads", name: super::shown(text), ids: ids.join(", ") })
        }
    }
}
