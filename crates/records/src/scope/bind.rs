//! What narrows a read to a person, and the settings a read depends on.

use std::collections::BTreeSet;

use agent_bill_domain::ids::PersonId;
use agent_bill_domain::role::Role;

use crate::rows::{Binds, binds};

/// The bind that narrows a read: `$1` the person, `$2` the roles of theirs that count for it. Made in this folder only (a test reads the sources).
///
/// `$2` is a list of words between commas: `,product_owner,finance,company:finance,catalog:finance,`. A role counts when its own word stands in it;
/// `company:` and `catalog:` before a role say that its grants see the whole company or the whole catalog. A mark without the role's own word does
/// nothing: what it widens are the grants that count.
#[derive(Debug, Clone)]
pub(crate) struct ScopeBind {
    person: String,
    roles: String,
}

impl ScopeBind {
    /// `roles` are those the person's token allows and the permission table admits; the grants themselves are looked up in SQL.
    #[must_use]
    pub(crate) fn new(person: &PersonId, roles: &BTreeSet<Role>) -> Self {
        let company = roles.iter().filter(|role| role.is_company_wide()).map(|role| format!("company:{}", role.key()));
        let catalog = roles.iter().filter(|role| role.sees_whole_catalog()).map(|role| format!("catalog:{}", role.key()));
        Self { person: person.0.clone(), roles: word_list(roles.iter().map(|role| role.key().to_owned()).chain(company).chain(catalog)) }
    }

    /// `$1` and `$2` of a scoped statement.
    #[must_use]
    pub(crate) fn binds(&self) -> Binds {
        binds![&self.person, &self.roles]
    }

    /// A bind with any text for its roles, for a test of what the SQL makes of it.
    #[cfg(test)]
    pub(crate) fn of_text(person: &str, roles: &str) -> Self {
        Self { person: person.to_owned(), roles: roles.to_owned() }
    }
}

/// `,a,b,`: a list of words that SQL looks one up in with `LIKE '%,a,%'`.
pub(crate) fn word_list(words: impl Iterator<Item = String>) -> String {
    let mut list = String::from(",");
    for word in words {
        list.push_str(&word);
        list.push(',');
    }
    list
}

/// Settings a read depends on, the same for everybody.
#[derive(Debug, Clone)]
pub struct ReadSettings {
    /// Sum net unblended instead of unblended cost.
    pub net_cost: bool,
    /// Principal tag keys, lower case, whose value may name a node.
    pub tag_keys: Vec<String>,
}

impl ReadSettings {
    pub(crate) fn metric(&self) -> &'static str {
        if self.net_cost { "net" } else { "unblended" }
    }

    pub(crate) fn tag_keys_bind(&self) -> String {
        word_list(self.tag_keys.iter().cloned())
    }
}
