//! Replaces what CSV files say of the organisation: hierarchy, people, accounts, workloads; all of them or nothing.

use std::fmt;

use agent_bill_domain::permission::Action;
use async_trait::async_trait;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::act::{Act, Applied, Checked, Context};
use super::refusal::ActError;
use crate::org::COMPANY;
use crate::import::{Change, ImportError, ImportPlan, ImportReport, Source, plan, write};

/// At least one file.
#[derive(Debug, Clone, Default, clap::Args, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImportOrganisation {
    /// One column per level, top first; one row per path
    #[arg(long, value_name = "FILE", value_parser = Source::argument)]
    pub hierarchy: Option<Source>,
    /// name,email,role,node[,sub]; one row per grant
    #[arg(long, value_name = "FILE", value_parser = Source::argument)]
    pub people: Option<Source>,
    /// account_id,name,node,percent,effective_from[,effective_to]
    #[arg(long, value_name = "FILE", value_parser = Source::argument)]
    pub accounts: Option<Source>,
    /// product,name,description[,id]
    #[arg(long, value_name = "FILE", value_parser = Source::argument)]
    pub workloads: Option<Source>,
}

#[derive(Debug, Serialize)]
pub struct ImportEffects {
    #[serde(skip)]
    plan: ImportPlan,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    #[serde(flatten)]
    pub report: ImportReport,
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.report;
        let change = |change: Change| format!("{} ({} added, {} removed)", change.total, change.added, change.removed);
        let lines = [
            ("nodes", report.nodes.map(change)),
            ("people", report.people.map(|count| count.to_string())),
            ("grants", report.grants.map(change)),
            ("accounts", report.accounts.map(|count| count.to_string())),
            ("allocations", report.allocations.map(|count| count.to_string())),
            ("workloads", report.workloads.map(change)),
        ];
        let told = lines.into_iter().filter_map(|(what, text)| Some((what, text?)));
        let notes = report.remarks.iter().map(|remark| ("note", remark.clone()));
        for (at, (what, text)) in told.chain(notes).enumerate() {
            write!(f, "{}{what:<12} {text}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

#[async_trait]
impl Act for ImportOrganisation {
    const EVENT: &'static str = "organisation.imported";
    const COMMAND: [&'static str; 2] = ["org", "import"];
    const ABOUT: &'static str = "Replace what the given CSV files speak about: all of them or nothing (formats: docs/imports.md)";
    const OPERATOR_MAY: bool = true;

    type Effects = ImportEffects;
    type Outcome = Imported;

    fn permissions(&self, _today: Date) -> &'static [Action] {
        &[Action::ImportOrganisation]
    }

    fn validate(&self, _today: Date) -> Result<(), ActError> {
        let is_empty = self.hierarchy.is_none() && self.people.is_none() && self.accounts.is_none() && self.workloads.is_none();
        if is_empty { Err(ImportError::Nothing.into()) } else { Ok(()) }
    }

    async fn check(&self, context: &mut Context<'_>) -> Result<Checked<Self>, ActError> {
        // The files are the whole truth about the company: an administrator of a part of it does not write them.
        let is_operator = context.actor().person().is_none();
        if !is_operator && !context.reaches(Action::ImportOrganisation, Some(&COMPANY.into())).await? {
            let action = Action::ImportOrganisation;
            return Err(ActError::RoleMissing { who: format!("{} of the whole company", action.who_can()), action: action.in_words() });
        }
        let plan = plan(context.tx, context.company, self).await?;
        Ok(Checked { act: self.clone(), effects: ImportEffects { plan } })
    }

    async fn apply(checked: &Checked<Self>, context: &mut Context<'_>) -> Result<Applied<Imported>, ActError> {
        let report = write(context.tx, &checked.effects.plan).await?;
        Ok(Applied { subject: "organisation".to_owned(), outcome: Imported { report } })
    }

    fn preview(checked: &Checked<Self>) -> String {
        Imported { report: checked.effects.plan.report.clone() }.to_string()
    }

    /// The files hold names and e-mail addresses; the log keeps what became of them.
    fn detail(_checked: &Checked<Self>, outcome: &Imported) -> Value {
        json!(outcome)
    }
}
