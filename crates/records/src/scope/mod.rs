//! What a person may see. `Requester → Scope → ScopedView`: each can only be made from the one before it, so whoever holds a view holds rows
//! that were narrowed to somebody who signed in.

mod agent_usage;
mod bind;
mod catalog;
mod claims;
mod drift;
mod estimates;
mod freshness;
mod organisation;
mod spend;
pub(crate) mod sql;
mod unclaimed;
mod view;

use std::collections::BTreeSet;

use agent_bill_domain::ids::{NodeId, PersonId};
use agent_bill_domain::permission::Action;
use agent_bill_domain::role::Role;

use agent_bill_identity::Requester;

use crate::tables::grants;
use crate::{Store, StoreError};

pub use bind::ReadSettings;
pub(crate) use bind::{ScopeBind, word_list};
pub use view::{ScopedView, ViewSettings};

/// A requester with the grants that are effective now: held in our records and allowed by the token's groups. Looked up for every request.
///
/// Nobody can write one down, or widen one:
///
/// ```compile_fail,E0451
/// use agent_bill_records::scope::Scope;
/// fn widen(scope: Scope) -> Scope {
///     Scope { person: "grace".into(), ..scope }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Scope {
    person: PersonId,
    name: String,
    roles: BTreeSet<Role>,
    grants: Vec<(Role, NodeId)>,
}

impl Scope {
    /// # Errors
    /// When the database fails.
    pub async fn of(requester: &Requester, store: &Store) -> Result<Self, StoreError> {
        let roles = requester.roles_allowed_by_groups().clone();
        let bind = ScopeBind::new(requester.person(), &roles);
        let grants = grants::list_grants(store, &bind).await?;
        Ok(Self { person: requester.person().clone(), name: requester.name().to_owned(), roles, grants })
    }

    /// Whether an effective grant's role may do `action`.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        self.grants.iter().any(|(role, _)| role.may(action))
    }

    /// The bind for a read under `actions`: only roles that may do one of them count, so that a second hat never widens the first.
    fn bind(&self, actions: &[Action]) -> ScopeBind {
        let roles = self.roles.iter().copied().filter(|role| actions.iter().any(|action| role.may(*action))).collect();
        ScopeBind::new(&self.person, &roles)
    }

    fn company_wide(&self) -> bool {
        self.grants.iter().any(|(role, _)| role.is_company_wide())
    }
}

#[cfg(test)]
mod tests;
