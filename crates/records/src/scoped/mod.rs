//! Reads on behalf of one person. Every statement begins with the same scope: the live grants of the person, walked down the tree in SQL, so
//! a grant that was revoked a moment ago no longer counts, and no list of ids is ever built in Rust.

pub mod agent_usage;
pub mod drift;
pub mod freshness;
pub mod governance;
pub mod organisation;
pub mod spend;
pub(crate) mod sql;
pub mod unclaimed;

use std::collections::BTreeSet;

use agent_bill_domain::ids::PersonId;
use agent_bill_domain::period::DateRange;
use agent_bill_domain::role::Role;

use super::StoreError;

/// The bind that narrows a read: a person, and the roles of theirs that count for it. Made by `crate::scope` only (a test reads the imports).
#[derive(Debug, Clone)]
pub struct ScopeBind {
    person: String,
    roles: String,
}

impl ScopeBind {
    /// `roles` are those the person's token allows and the permission table admits; the grants themselves are looked up in SQL.
    #[must_use]
    pub fn new(person: &PersonId, roles: &BTreeSet<Role>) -> Self {
        let mut text = String::from(",");
        for role in roles {
            text.push_str(role.key());
            text.push(',');
        }
        Self { person: person.0.clone(), roles: text }
    }
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
    fn metric(&self) -> &'static str {
        if self.net_cost { "net" } else { "unblended" }
    }

    fn tag_keys_bind(&self) -> String {
        format!(",{},", self.tag_keys.join(","))
    }
}

/// The filters of a read over usage, in the order of the binds `$3` to `$12`.
#[derive(Debug, Clone)]
struct UsageBinds<'a> {
    range: DateRange,
    dimensions: [&'static str; 2],
    model: &'a str,
    account: &'a str,
    region: &'a str,
    node: &'a str,
}

impl<'a> UsageBinds<'a> {
    fn over(range: DateRange) -> Self {
        Self { range, dimensions: ["none", "none"], model: "", account: "", region: "", node: "" }
    }

    /// `$1` to `$12` on a statement.
    fn bind(
        &self,
        sql: &'static str,
        scope: &ScopeBind,
        settings: &ReadSettings,
    ) -> sqlx::query::Query<'a, sqlx::Any, sqlx::any::AnyArguments> {
        let [first, second] = self.dimensions;
        sqlx::query(sql)
            .bind(scope.person.clone())
            .bind(scope.roles.clone())
            .bind(self.range.from.to_string())
            .bind(self.range.to.to_string())
            .bind(first)
            .bind(second)
            .bind(self.model.to_owned())
            .bind(self.account.to_owned())
            .bind(self.region.to_owned())
            .bind(self.node.to_owned())
            .bind(settings.metric())
            .bind(settings.tag_keys_bind())
    }
}

/// A date column; a row that holds anything else was not written by us.
fn date(text: &str) -> Result<jiff::civil::Date, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt("date", text))
}

/// A date column in which `9999-12-31` stands for "not yet".
fn open_date(text: &str) -> Result<Option<jiff::civil::Date>, StoreError> {
    if text == "9999-12-31" { Ok(None) } else { date(text).map(Some) }
}

#[cfg(test)]
mod tests;
