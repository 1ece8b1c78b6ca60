//! Who may do what: one table, printed as a golden file (`agent-bill contract permissions`).

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;

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

words! {
    /// Everything the permission table speaks about. Reads come first; what changes a record follows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Action: "action" {
        ReadOwnAccess = "read_own_access",
        ReadSpend = "read_spend",
        ReadEstimates = "read_estimates",
        ReadUnclaimedPrincipals = "read_unclaimed_principals",
        ReadCatalog = "read_catalog",
        ReadDrift = "read_drift",
        ReadDataStatus = "read_data_status",
        ReadCredits = "read_credits",
        ReadAudit = "read_audit",
        /// What everybody's questions to Agent Bill consumed; one's own is part of one's own access.
        ReadAgentUsage = "read_agent_usage",
        ClaimPrincipal = "claim_principal",
        BackdateClaim = "backdate_claim",
        SetEstimate = "set_estimate",
        DecideModel = "decide_model",
        MarkImplemented = "mark_implemented",
        ImportOrganisation = "import_organisation",
    }
}

use Role::{Admin, BuManager, CloudEngineer, DepartmentManager, Finance, FinopsLead, PortfolioManager, ProductOwner};

impl Action {
    /// The one permission table: the roles that may do this, each inside its scope.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::ReadOwnAccess | Self::ReadDataStatus => &Role::ALL,
            Self::ReadSpend | Self::ReadEstimates => &[ProductOwner, PortfolioManager, DepartmentManager, BuManager, FinopsLead, Finance],
            Self::ReadUnclaimedPrincipals => &[ProductOwner, PortfolioManager, DepartmentManager, BuManager, FinopsLead, Finance],
            Self::ReadCatalog => &[ProductOwner, PortfolioManager, DepartmentManager, BuManager, FinopsLead, CloudEngineer],
            Self::ReadDrift => &[ProductOwner, PortfolioManager, DepartmentManager, BuManager, FinopsLead],
            Self::ReadCredits => &[FinopsLead, Finance],
            Self::ReadAudit => &[FinopsLead],
            Self::ReadAgentUsage => &[FinopsLead, Finance, Admin],
            Self::ClaimPrincipal | Self::SetEstimate => &[ProductOwner],
            Self::BackdateClaim | Self::DecideModel => &[FinopsLead],
            Self::MarkImplemented => &[CloudEngineer],
            Self::ImportOrganisation => &[Admin],
        }
    }

    /// Who to turn to, for a refusal: `the FinOps Lead`, `a Product Owner`.
    #[must_use]
    pub fn who_can(self) -> String {
        let labels: Vec<&str> = self.roles().iter().map(|role| role.label()).collect();
        labels.join(", ")
    }
}

/// The table as text, one action a line and one column a role: the golden file.
#[must_use]
pub fn permission_table() -> String {
    let mut table = format!("{:<28}", "action");
    for role in Role::ALL {
        table.push_str(&format!(" {:<18}", role.key()));
    }
    let mut table = format!("{}\n", table.trim_end());
    for action in Action::ALL {
        let mut line = format!("{:<28}", action.key());
        for role in Role::ALL {
            line.push_str(&format!(" {:<18}", if role.may(action) { "yes" } else { "-" }));
        }
        table.push_str(line.trim_end());
        table.push('\n');
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engineers_and_admins_never_see_spend() {
        for role in [Role::CloudEngineer, Role::Admin] {
            for action in
                [Action::ReadSpend, Action::ReadEstimates, Action::ReadUnclaimedPrincipals, Action::ReadDrift, Action::ReadCredits]
            {
                assert!(!role.may(action), "{role} may {}", action.key());
            }
        }
    }

    #[test]
    fn only_the_finops_lead_decides_on_models() {
        assert_eq!(Action::DecideModel.roles(), &[Role::FinopsLead]);
    }

    #[test]
    fn every_role_reads_back_from_its_key_and_label() {
        for role in Role::ALL {
            assert_eq!(role.key().parse(), Ok(role));
        }
        assert_eq!("FinOps Lead".parse(), Ok(Role::FinopsLead));
    }
}
