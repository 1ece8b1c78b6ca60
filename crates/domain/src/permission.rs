//! Who may do what: one table, one row per permission, printed as a golden file (`agent-bill contract permissions`).

use crate::role::Role;
use crate::role::Role::{Admin, BuManager, CloudEngineer, DepartmentManager, Finance, FinopsLead, PortfolioManager, ProductOwner};

const EVERYBODY: &[Role] = &Role::ALL;
/// Those who answer for what is spent, and those who see all of it.
const WHO_ANSWER_FOR_SPEND: &[Role] = &[ProductOwner, PortfolioManager, DepartmentManager, BuManager, FinopsLead, Finance];

/// Declares [`Action`] by its rows: the name, the word, what it is in a sentence ("You may …"), and the roles that may do it, each inside its scope.
macro_rules! permissions {
    ($($(#[$doc:meta])* $action:ident = $word:literal, $in_words:literal: $roles:expr;)+) => {
        words! {
            /// Everything the permission table speaks about. Reads come first; what changes a record follows.
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum Action: "action" { $($(#[$doc])* $action = $word),+ }
        }

        impl Action {
            /// The one permission table: the roles that may do this, each inside its scope.
            #[must_use]
            pub const fn roles(self) -> &'static [Role] {
                match self { $(Self::$action => $roles),+ }
            }

            /// What may be done, after "you may": `claim a role for a workload`.
            #[must_use]
            pub const fn in_words(self) -> &'static str {
                match self { $(Self::$action => $in_words),+ }
            }
        }
    };
}

permissions! {
    ReadOwnAccess = "read_own_access", "see your own roles and scope": EVERYBODY;
    ReadSpend = "read_spend", "see spend": WHO_ANSWER_FOR_SPEND;
    ReadEstimates = "read_estimates", "see estimates and how they stand": WHO_ANSWER_FOR_SPEND;
    ReadUnclaimedPrincipals = "read_unclaimed_principals", "see unclaimed roles": WHO_ANSWER_FOR_SPEND;
    ReadCatalog = "read_catalog", "see decisions on models": &[ProductOwner, PortfolioManager, DepartmentManager, BuManager, FinopsLead, CloudEngineer];
    ReadDrift = "read_drift", "see use of models that nobody allowed": &[ProductOwner, PortfolioManager, DepartmentManager, BuManager, FinopsLead];
    ReadDataStatus = "read_data_status", "see how current the data is": EVERYBODY;
    ReadCredits = "read_credits", "see credits, refunds, tax and fees": &[FinopsLead, Finance];
    ReadAudit = "read_audit", "read the audit log": &[FinopsLead];
    /// What everybody's questions to Agent Bill consumed; one's own is part of one's own access.
    ReadAgentUsage = "read_agent_usage", "see what everybody's questions to Agent Bill consumed": &[FinopsLead, Finance, Admin];
    ClaimPrincipal = "claim_principal", "claim a role for a workload": &[ProductOwner];
    BackdateClaim = "backdate_claim", "back-date a claim": &[FinopsLead];
    SetEstimate = "set_estimate", "set an estimate": &[ProductOwner];
    DecideModel = "decide_model", "approve, restrict or block a model": &[FinopsLead];
    MarkImplemented = "mark_implemented", "record that a decision was carried out": &[CloudEngineer];
    ImportOrganisation = "import_organisation", "import the organisation": &[Admin];
}

impl Action {
    /// Who to turn to, for a refusal: `Product Owner, FinOps Lead`.
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
}
