//! Who may do what: one table, printed as a golden file (`agent-bill contract permissions`).

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    ProductOwner,
    PortfolioManager,
    DepartmentManager,
    BuManager,
    FinopsLead,
    Finance,
    CloudEngineer,
    Admin,
}

impl Role {
    pub const ALL: [Self; 8] = [
        Self::ProductOwner,
        Self::PortfolioManager,
        Self::DepartmentManager,
        Self::BuManager,
        Self::FinopsLead,
        Self::Finance,
        Self::CloudEngineer,
        Self::Admin,
    ];

    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::ProductOwner => "product_owner",
            Self::PortfolioManager => "portfolio_manager",
            Self::DepartmentManager => "department_manager",
            Self::BuManager => "bu_manager",
            Self::FinopsLead => "finops_lead",
            Self::Finance => "finance",
            Self::CloudEngineer => "cloud_engineer",
            Self::Admin => "admin",
        }
    }

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
#[error(
    "`{0}` is not a role; the roles are product_owner, portfolio_manager, department_manager, bu_manager, finops_lead, finance, cloud_engineer, admin"
)]
pub struct ParseRoleError(String);

impl FromStr for Role {
    type Err = ParseRoleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let folded = text.trim().to_ascii_lowercase().replace([' ', '-'], "_");
        Self::ALL.into_iter().find(|role| role.key() == folded).ok_or_else(|| ParseRoleError(text.chars().take(40).collect()))
    }
}

/// Everything the permission table speaks about. Reads come first; what changes a record follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    ReadOwnAccess,
    ReadSpend,
    ReadEstimates,
    ReadUnclaimedPrincipals,
    ReadCatalog,
    ReadDrift,
    ReadDataStatus,
    ReadCredits,
    ReadAudit,
    /// What everybody's questions to Agent Bill consumed; one's own is part of one's own access.
    ReadAgentUsage,
    ClaimPrincipal,
    BackdateClaim,
    SetEstimate,
    DecideModel,
    MarkImplemented,
    ImportOrganisation,
}

use Role::{Admin, BuManager, CloudEngineer, DepartmentManager, Finance, FinopsLead, PortfolioManager, ProductOwner};

impl Action {
    pub const ALL: [Self; 16] = [
        Self::ReadOwnAccess,
        Self::ReadSpend,
        Self::ReadEstimates,
        Self::ReadUnclaimedPrincipals,
        Self::ReadCatalog,
        Self::ReadDrift,
        Self::ReadDataStatus,
        Self::ReadCredits,
        Self::ReadAudit,
        Self::ReadAgentUsage,
        Self::ClaimPrincipal,
        Self::BackdateClaim,
        Self::SetEstimate,
        Self::DecideModel,
        Self::MarkImplemented,
        Self::ImportOrganisation,
    ];

    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::ReadOwnAccess => "read_own_access",
            Self::ReadSpend => "read_spend",
            Self::ReadEstimates => "read_estimates",
            Self::ReadUnclaimedPrincipals => "read_unclaimed_principals",
            Self::ReadCatalog => "read_catalog",
            Self::ReadDrift => "read_drift",
            Self::ReadDataStatus => "read_data_status",
            Self::ReadCredits => "read_credits",
            Self::ReadAudit => "read_audit",
            Self::ReadAgentUsage => "read_agent_usage",
            Self::ClaimPrincipal => "claim_principal",
            Self::BackdateClaim => "backdate_claim",
            Self::SetEstimate => "set_estimate",
            Self::DecideModel => "decide_model",
            Self::MarkImplemented => "mark_implemented",
            Self::ImportOrganisation => "import_organisation",
        }
    }

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
