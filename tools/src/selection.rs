//! Which spend a question is about: filters and names resolved in scope, and what is left out.

use agent_bill_domain::ids::{AccountId, ModelKey};

use crate::contract::ToolError;
use crate::hierarchy::{Hierarchy, Part, Subject};
use crate::names::{find_account, find_model, model_name, read_region};
use crate::period::Period;
use crate::view::{Bucket, Dimension, ModelFact, SpendFact, SpendQuery, View};

/// Which facts count, and how they are broken down.
pub(crate) struct Selection {
    pub hierarchy: Hierarchy,
    pub models: Vec<ModelFact>,
    pub subject: Subject,
    pub excluded: Vec<Excluded>,
    pub model: Option<ModelKey>,
    pub account: Option<AccountId>,
    pub region: Option<String>,
}

/// Something left out by name.
pub(crate) enum Excluded {
    Part(Part),
    Value { dimension: Dimension, value: String, label: String },
}

impl Excluded {
    pub fn label(&self) -> String {
        match self {
            Self::Part(part) => part.label.clone(),
            Self::Value { label, .. } => label.clone(),
        }
    }
}

/// The filters of a question, as they were written.
#[derive(Default)]
pub(crate) struct Written<'a> {
    pub of: Option<&'a str>,
    pub exclude: Option<&'a str>,
    pub model: Option<&'a str>,
    pub account: Option<&'a str>,
    pub region: Option<&'a str>,
}

impl Selection {
    pub async fn read(view: &dyn View, written: &Written<'_>) -> Result<Self, ToolError> {
        let hierarchy = Hierarchy::read(view).await?;
        let models = view.models().await?;
        let given = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let subject = hierarchy.find(written.of)?;
        let model = given(written.model).map(|text| find_model(&text, &models).map(|model| model.model.clone())).transpose()?;
        let account =
            given(written.account).map(|text| find_account(&text, &hierarchy.org.accounts).map(|found| found.id.clone())).transpose()?;
        let region = given(written.region).map(|text| read_region(&text)).transpose()?;
        let mut selection = Self { hierarchy, models, subject, excluded: Vec::new(), model, account, region };
        let names = given(written.exclude).unwrap_or_default();
        for name in selection.hierarchy.names_in(&names) {
            let excluded = selection.find_excluded(name)?;
            selection.excluded.push(excluded);
        }
        Ok(selection)
    }

    fn find_excluded(&self, name: &str) -> Result<Excluded, ToolError> {
        let not_found = match self.hierarchy.find_part(name) {
            Ok(part) => return Ok(Excluded::Part(part)),
            Err(ToolError::NotFound { what, suggestions }) => ToolError::NotFound { what, suggestions },
            Err(other) => return Err(other),
        };
        if let Ok(account) = find_account(name, &self.hierarchy.org.accounts) {
            return Ok(Excluded::Value { dimension: Dimension::Account, value: account.id.0.clone(), label: account.name.clone() });
        }
        if let Ok(model) = find_model(name, &self.models) {
            return Ok(Excluded::Value { dimension: Dimension::Model, value: model.model.0.clone(), label: model.name.clone() });
        }
        if let Ok(region) = read_region(name) {
            return Ok(Excluded::Value { dimension: Dimension::Region, label: region.clone(), value: region });
        }
        Err(not_found)
    }

    /// The label, and what is left out of it.
    pub fn label_without(&self) -> String {
        let without: Vec<String> = self.excluded.iter().map(Excluded::label).collect();
        if without.is_empty() { self.label() } else { format!("{} without {}", self.label(), without.join(", ")) }
    }

    /// What is summed, filters included: `the whole company, account pre-prod`.
    pub fn label(&self) -> String {
        let model = self.model.as_ref().map(|key| model_name(key.as_str(), &self.models));
        self.hierarchy.narrowed_label(&self.subject, self.account.as_ref(), model.into_iter().chain(self.region.clone()))
    }

    /// True when every dollar of the company is summed, attributed or not.
    pub fn counts_everything(&self) -> bool {
        self.hierarchy.me.company_wide && self.subject.is_everything()
    }

    pub fn query(&self, period: &Period, dimensions: [Dimension; 2]) -> SpendQuery {
        SpendQuery {
            range: period.range,
            dimensions,
            node: self.subject.root(),
            model: self.model.clone(),
            account: self.account.clone(),
            region: self.region.clone(),
        }
    }

    /// Facts inside the subject and not excluded. A value can be left out only where its dimension was asked for.
    pub async fn facts(&self, view: &dyn View, period: &Period, dimensions: [Dimension; 2]) -> Result<Vec<SpendFact>, ToolError> {
        let hidden = self.excluded.iter().find_map(|excluded| match excluded {
            Excluded::Value { dimension, .. } if !dimensions.contains(dimension) => Some(*dimension),
            _ => None,
        });
        if let Some(dimension) = hidden {
            return Err(ToolError::Tell(format!("a single {0} can be left out only when grouping by {0}", dimension.key())));
        }
        let mut facts = view.spend(&self.query(period, dimensions)).await?;
        facts.retain(|fact| self.keeps(fact, dimensions));
        Ok(facts)
    }

    pub fn keeps(&self, fact: &SpendFact, dimensions: [Dimension; 2]) -> bool {
        let left_out = |excluded: &Excluded| match excluded {
            Excluded::Part(part) => part.holds(fact.workload.as_ref(), fact.node.as_ref()),
            Excluded::Value { dimension, value, .. } => {
                dimensions.iter().zip(&fact.values).any(|(asked, own)| asked == dimension && own == value)
            }
        };
        self.subject.holds(fact.workload.as_ref(), fact.node.as_ref()) && !self.excluded.iter().any(left_out)
    }

    /// Whether a fact is part of the total that rows add up to.
    pub fn counts(&self, fact: &SpendFact) -> bool {
        fact.bucket == Bucket::Attributed || (self.counts_everything() && fact.bucket != Bucket::NotUsage)
    }
}
