//! The person a verified token stands for.

use std::collections::BTreeSet;

use agent_bill_domain::ids::PersonId;
use agent_bill_domain::role::Role;

/// Proof that a request comes from this person. What the person may see is looked up live from the grants on every request; a grant counts
/// only if `roles_allowed_by_groups` holds its role.
///
/// Nobody can make one without signing in:
///
/// ```compile_fail,E0624
/// use agent_bill_identity::Requester;
/// let anybody = Requester::new("grace".into(), "Grace Lin".into(), Default::default());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requester {
    person: PersonId,
    name: String,
    roles_allowed_by_groups: BTreeSet<Role>,
}

impl Requester {
    pub(super) fn new(person: PersonId, name: String, roles_allowed_by_groups: BTreeSet<Role>) -> Self {
        Self { person, name, roles_allowed_by_groups }
    }

    #[must_use]
    pub fn person(&self) -> &PersonId {
        &self.person
    }

    /// For display.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    #[must_use]
    pub fn roles_allowed_by_groups(&self) -> &BTreeSet<Role> {
        &self.roles_allowed_by_groups
    }
}
