//! Who acts, and whether the records let them: looked up inside the transaction that writes.

use std::collections::BTreeSet;

use agent_bill_domain::ids::{NodeId, PersonId};
use agent_bill_domain::names::fold_name;
use agent_bill_domain::permission::Action;
use agent_bill_domain::role::Role;

use super::ActError;
use super::refusal::shown;
use crate::org::{COMPANY, Workload};
use crate::{Store, WriteTx, people};
use agent_bill_identity::Requester;

/// Who acts.
#[derive(Debug, Clone)]
pub struct Actor(Who);

#[derive(Debug, Clone)]
enum Who {
    Person {
        id: PersonId,
        name: String,
        /// Roles that the token's groups allow; `None` when an operator of this machine acts for the person.
        allowed: Option<BTreeSet<Role>>,
    },
    Operator,
}

/// How the audit log calls an operator who acts for nobody.
const OPERATOR: &str = "operator";

impl Actor {
    /// The person who signed in; a grant counts only if the token's groups allow its role.
    #[must_use]
    pub fn of(requester: &Requester) -> Self {
        Self(Who::Person {
            id: requester.person().clone(),
            name: requester.name().to_owned(),
            allowed: Some(requester.roles_allowed_by_groups().clone()),
        })
    }

    /// The person an operator of this machine acts for, by first name, full name, e-mail or id.
    ///
    /// # Errors
    /// Nobody or several people are called so.
    pub async fn by_operator(store: &Store, text: &str) -> Result<Self, ActError> {
        let mut meant = people::list_meant(store, text).await?;
        match (meant.pop(), meant.len()) {
            (Some(person), 0) => Ok(Self(Who::Person { id: person.id, name: person.name, allowed: None })),
            (None, _) => Err(ActError::NoPerson(shown(text))),
            (Some(_), _) => Err(ActError::SeveralPeople(shown(text))),
        }
    }

    /// An operator of this machine who acts for nobody. May do only what sets the organisation up.
    #[must_use]
    pub const fn operator() -> Self {
        Self(Who::Operator)
    }

    /// `None` for an operator.
    #[must_use]
    pub const fn person(&self) -> Option<&PersonId> {
        match &self.0 {
            Who::Person { id, .. } => Some(id),
            Who::Operator => None,
        }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        match &self.0 {
            Who::Person { name, .. } => name,
            Who::Operator => OPERATOR,
        }
    }

    /// How the audit log names the actor: the id of the person, or the operator.
    pub(crate) fn audit_name(&self) -> &str {
        self.person().map_or(OPERATOR, PersonId::as_str)
    }

    /// The person, for a record that keeps who made it.
    pub(super) fn author(&self) -> Result<&PersonId, ActError> {
        self.person().ok_or_else(|| ActError::NoPerson(OPERATOR.to_owned()))
    }
}

/// Refuses with the role that could, when the actor holds none that may do one of `actions` anywhere.
pub(super) async fn require_one_of(tx: &mut WriteTx, actor: &Actor, actions: &[Action], operator_may: bool) -> Result<(), ActError> {
    if operator_may && matches!(actor.0, Who::Operator) {
        return Ok(());
    }
    for action in actions {
        if reaches(tx, actor, *action, None).await? {
            return Ok(());
        }
    }
    let (who, action) = actions.first().map_or_else(|| (String::from("nobody"), ""), |action| (action.who_can(), action.in_words()));
    Err(ActError::RoleMissing { who, action })
}

/// Whether a grant of the actor lets them do `action` at `node`, or anywhere when there is no node.
pub(super) async fn reaches(tx: &mut WriteTx, actor: &Actor, action: Action, node: Option<&NodeId>) -> Result<bool, ActError> {
    let Who::Person { id, allowed, .. } = &actor.0 else { return Ok(false) };
    let company = NodeId::from(COMPANY);
    let grants = tx.list_grants_over(id, node.unwrap_or(&company)).await?;
    Ok(grants.iter().any(|grant| {
        grant.role.may(action)
            && allowed.as_ref().is_none_or(|allowed| allowed.contains(&grant.role))
            && (node.is_none() || grant.covers || grant.role.is_company_wide())
    }))
}

/// The workload called `text` (id or name) among those where the actor may do `action`. One outside and one that does not exist are the same error.
pub(super) async fn get_workload(tx: &mut WriteTx, actor: &Actor, action: Action, text: &str) -> Result<Workload, ActError> {
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
        (None, 0) => Err(ActError::NotFound { kind: "workload", name: shown(text) }),
        (None, _) => {
            let ids: Vec<&str> = named.iter().map(|workload| workload.id.as_str()).collect();
            Err(ActError::Ambiguous { kind: "workloads", name: shown(text), ids: ids.join(", ") })
        }
    }
}
