//! The roles that people hold on nodes of the organisation.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;

use crate::permission::Action;
use crate::words::Words;

words! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
    pub enum Role: "role" {
        ProductOwner = "product_owner",
        PortfolioManager = "portfolio_manager",
        DepartmentManager = "department_manager",
        BuManager = "bu_manager",
        FinopsLead = "finops_lead",
        Finance = "finance",
        CloudEngineer = "cloud_engineer",
        Admin = "admin",
    }
}

impl Role {
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::ProductOwner => "Product Owner",
            Self::PortfolioManager => "Portfolio Manager",
            Self::DepartmentManager => "Department Manager",
            Self::BuManager => "Business Unit Manager",
            Self::FinopsLead => "FinOps Lead",
            Self::Finance => "Finance",
            Self::CloudEngineer => "Cloud Engineer",
            Self::Admin => "Admin",
        }
    }

    /// Roles that see everything, attributed or not, wherever in the tree their grant is.
    #[must_use]
    pub const fn is_company_wide(self) -> bool {
        matches!(self, Self::FinopsLead | Self::Finance)
    }

    /// Roles whose holders answer for the node that the grant is on: Product Owners of a product, managers of anything above.
    #[must_use]
    pub const fn answers_for_its_node(self) -> bool {
        matches!(self, Self::ProductOwner | Self::PortfolioManager | Self::DepartmentManager | Self::BuManager)
    }

    /// Roles that see every model and every decision of the company: those who see everything, and those who carry the decisions out.
    #[must_use]
    pub fn sees_whole_catalog(self) -> bool {
        self.is_company_wide() || self.may(Action::MarkImplemented)
    }

    /// Whether the table lets this role do `action` (inside its scope).
    #[must_use]
    pub fn may(self, action: Action) -> bool {
        action.roles().contains(&self)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{}` is not a role; the roles are {}", .0, Role::ALL.map(Role::key).join(", "))]
pub struct ParseRoleError(String);

impl FromStr for Role {
    type Err = ParseRoleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let folded = text.trim().to_ascii_lowercase().replace([' ', '-'], "_");
        Self::from_word(&folded).ok_or_else(|| ParseRoleError(text.chars().take(40).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_reads_back_from_its_key_and_label() {
        for role in Role::ALL {
            assert_eq!(role.key().parse(), Ok(role));
        }
        assert_eq!("FinOps Lead".parse(), Ok(Role::FinopsLead));
    }
}
