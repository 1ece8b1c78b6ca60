//! The view handed to tool bodies: every method reads through the scope of its own permission.

use agent_bill_domain::bill::principal;
use agent_bill_domain::ids::PrincipalKey;
use agent_bill_domain::names::fold_name;
use agent_bill_domain::period::{DateRange, Month};
use agent_bill_domain::role::Action;
use agent_bill_tools::facts::{
    AgentUsage, AgentUsageQuery, ClaimFact, DecisionFact, DriftFact, EstimateFact, Freshness, Me, ModelFact, OrgSlice, PrincipalTrace,
    SpendFact, SpendQuery, UnclaimedFact,
};
use agent_bill_tools::view::Settings;
use agent_bill_tools::{View, ViewError};
use async_trait::async_trait;
use jiff::civil::Date;

use super::{ReadSettings, Scope, organisation};
use crate::tables::{claims, decisions, estimates, invocation_counts, model_calls, models, rollup_runs, usage_daily};
use crate::{Store, StoreError};
use agent_bill_domain::clock::SharedClock;

/// Settings behind a view, the same for everybody.
#[derive(Debug, Clone)]
pub struct ViewSettings {
    pub answers: Settings,
    pub reads: ReadSettings,
}

/// Rows of one person, for one request.
pub struct ScopedView {
    scope: Scope,
    store: Store,
    clock: SharedClock,
    settings: ViewSettings,
}

impl ScopedView {
    #[must_use]
    pub fn new(scope: Scope, store: Store, clock: SharedClock, settings: ViewSettings) -> Self {
        Self { scope, store, clock, settings }
    }

    /// Everything ever loaded: the range of a question without a period, such as "since when".
    fn always() -> DateRange {
        DateRange { from: jiff::civil::date(2000, 1, 1), to: jiff::civil::date(9998, 12, 31) }
    }

    async fn find_key(&self, text: &str) -> Result<Option<PrincipalKey>, ViewError> {
        let trimmed = text.trim();
        if trimmed.starts_with("arn:") {
            return Ok(principal::parse(trimmed).map(|parsed| parsed.key));
        }
        let folded = fold_name(trimmed);
        let claimed =
            self.claims().await?.into_iter().find(|claim| fold_name(&claim.principal_name) == folded).map(|claim| claim.principal);
        if claimed.is_some() {
            return Ok(claimed);
        }
        let visible = self.unclaimed(Self::always()).await?;
        Ok(visible
            .into_iter()
            .find(|fact| fold_name(&fact.name) == folded || fact.principal.as_str() == trimmed)
            .map(|fact| fact.principal))
    }
}

/// The cause is logged here, once; the answer learns only that it failed.
fn unavailable(read: &'static str) -> impl Fn(StoreError) -> ViewError {
    move |error| {
        tracing::error!(read, error = &error as &dyn std::error::Error, "a scoped read failed");
        ViewError::Unavailable
    }
}

#[async_trait]
impl View for ScopedView {
    fn today(&self) -> Date {
        self.clock.today()
    }

    fn settings(&self) -> Settings {
        self.settings.answers
    }

    fn require(&self, action: Action) -> Result<(), ViewError> {
        if self.scope.may(action) { Ok(()) } else { Err(ViewError::RoleDenied { action }) }
    }

    async fn me(&self) -> Result<Me, ViewError> {
        Ok(Me { name: self.scope.name.clone(), grants: self.scope.grants.clone(), company_wide: self.scope.company_wide() })
    }

    async fn org(&self) -> Result<OrgSlice, ViewError> {
        let nodes = self.scope.bind(&[Action::ReadSpend]);
        let accounts = self.scope.bind(&[Action::ReadSpend, Action::ReadCatalog]);
        organisation::get_organisation(&self.store, &nodes, &accounts).await.map_err(unavailable("organisation"))
    }

    async fn freshness(&self) -> Result<Freshness, ViewError> {
        let months = rollup_runs::list_months(&self.store).await.map_err(unavailable("freshness"))?;
        let sees_company = self.scope.company_wide();
        let coverage = match months.last() {
            Some(newest) if sees_company => {
                usage_daily::principal_coverage(&self.store, newest.state.month).await.map_err(unavailable("coverage"))?
            }
            _ => None,
        };
        Ok(super::freshness::describe(months, self.clock.today(), coverage, sees_company || self.scope.may(Action::ImportOrganisation)))
    }

    async fn spend(&self, query: &SpendQuery) -> Result<Vec<SpendFact>, ViewError> {
        self.require(Action::ReadSpend)?;
        let bind = self.scope.bind(&[Action::ReadSpend]);
        usage_daily::list_spend(&self.store, &bind, &self.settings.reads, query).await.map_err(unavailable("spend"))
    }

    async fn estimates(&self, month: Month) -> Result<Vec<EstimateFact>, ViewError> {
        self.require(Action::ReadEstimates)?;
        let bind = self.scope.bind(&[Action::ReadEstimates]);
        estimates::list_estimates(&self.store, &bind, month).await.map_err(unavailable("estimates"))
    }

    async fn claims(&self) -> Result<Vec<ClaimFact>, ViewError> {
        let bind = self.scope.bind(&[Action::ReadSpend]);
        claims::list_claims_in_scope(&self.store, &bind).await.map_err(unavailable("claims"))
    }

    async fn unclaimed(&self, range: DateRange) -> Result<Vec<UnclaimedFact>, ViewError> {
        if !self.scope.may(Action::ReadUnclaimedPrincipals) {
            return Ok(Vec::new());
        }
        let bind = self.scope.bind(&[Action::ReadUnclaimedPrincipals]);
        usage_daily::list_unclaimed(&self.store, &bind, &self.settings.reads, range).await.map_err(unavailable("unclaimed principals"))
    }

    async fn decisions(&self) -> Result<Vec<DecisionFact>, ViewError> {
        self.require(Action::ReadCatalog)?;
        let bind = self.scope.bind(&[Action::ReadCatalog]);
        decisions::list_decisions(&self.store, &bind).await.map_err(unavailable("decisions"))
    }

    async fn models(&self) -> Result<Vec<ModelFact>, ViewError> {
        let bind = self.scope.bind(&[Action::ReadSpend, Action::ReadCatalog]);
        models::list_models(&self.store, &bind).await.map_err(unavailable("models"))
    }

    async fn drift(&self, range: DateRange) -> Result<Vec<DriftFact>, ViewError> {
        self.require(Action::ReadDrift)?;
        let bind = self.scope.bind(&[Action::ReadDrift]);
        let used = usage_daily::list_model_use(&self.store, &bind, &self.settings.reads, range).await.map_err(unavailable("model use"))?;
        let rules = decisions::list_rules(&self.store).await.map_err(unavailable("decisions"))?;
        let calls = invocation_counts::count_calls(&self.store, range).await.map_err(unavailable("invocations"))?;
        Ok(super::drift::findings(&used, &rules, &calls))
    }

    async fn agent_usage(&self, query: AgentUsageQuery) -> Result<AgentUsage, ViewError> {
        self.require(Action::ReadOwnAccess)?;
        let bind = self.scope.bind(&[Action::ReadAgentUsage]);
        let used = model_calls::get_used(&self.store, &bind, self.clock.today()).await.map_err(unavailable("limits"))?;
        let sums = model_calls::list_sums(&self.store, &bind, &query).await.map_err(unavailable("agent usage"))?;
        Ok(super::agent_usage::describe(sums, &used, &query, &self.settings.answers.agent_limits))
    }

    async fn trace_principal(&self, principal: &str) -> Result<Option<PrincipalTrace>, ViewError> {
        let Some(key) = self.find_key(principal).await? else { return Ok(None) };
        let bind = self.scope.bind(&[Action::ReadSpend]);
        let mut trace = usage_daily::trace_claimed_principal(&self.store, &bind, &key).await.map_err(unavailable("principal"))?;
        if trace.billed_first_on.is_none() {
            let visible = self.unclaimed(Self::always()).await?;
            if let Some(fact) = visible.iter().find(|fact| fact.principal == key) {
                trace.billed_first_on = Some(fact.first_seen);
                trace.billed_last_on = Some(fact.last_seen);
            }
        }
        Ok(Some(trace))
    }
}
