//! What a model is told about the asker before any tool ran.

use jiff::civil::Date;
use serde::Serialize;

/// What the model may know of the asker before any tool ran. Everything in it is inside the asker's scope.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Briefing {
    pub person: String,
    /// Role labels: `Product Owner`, `FinOps Lead` …
    pub roles: Vec<String>,
    pub company_wide: bool,
    /// Labels of the hierarchy levels, top first.
    pub levels: Vec<String>,
    pub nodes: Vec<BriefNode>,
    pub workloads: Vec<BriefWorkload>,
    /// Names of people who answer for something in scope.
    pub people: Vec<String>,
    /// Names of accounts in scope.
    pub accounts: Vec<String>,
    /// Names of principals (roles, users) claimed or unclaimed in scope.
    pub principals: Vec<String>,
    /// Some names were left out for length; tools still find them.
    pub names_left_out: bool,
    pub today: Option<Date>,
    pub data_through: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BriefNode {
    pub name: String,
    /// Label of its level.
    pub level: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BriefWorkload {
    pub name: String,
    pub product: String,
}
