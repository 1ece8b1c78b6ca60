//! Decisions on models: what may be used where, by which route, for what, from when; and whether a use was allowed.

use jiff::civil::Date;
use schemars::JsonSchema;

use crate::ids::{AccountId, ModelKey, WorkloadId};

words! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
    pub enum DecisionState: "decision state" {
        Approved = "approved",
        /// Usable only by the workloads listed on the decision.
        Restricted = "restricted",
        Blocked = "blocked",
    }
}

impl DecisionState {
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.key()
    }
}

words! {
    /// How a call reaches the model. The bill cannot tell in-region from geographic profile: both are billed as regional.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
    pub enum Route: "route" {
        OnDemand = "on_demand",
        GeoProfile = "geo_profile",
        GlobalProfile = "global_profile",
        ApplicationProfile = "application_profile",
        Mantle = "mantle",
        /// Every route; blocks only.
        Any = "any",
    }
}

impl Route {
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::OnDemand => "on demand, in the Region",
            Self::GeoProfile => "geographic inference profile",
            Self::GlobalProfile => "global inference profile",
            Self::ApplicationProfile => "application inference profile",
            Self::Mantle => "mantle endpoint",
            Self::Any => "every route",
        }
    }
}

words! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
    pub enum ActionScope: "action scope" {
        InferenceOnly = "inference_only",
        AgenticReadOnly = "agentic_read_only",
        AgenticReadWrite = "agentic_read_write",
    }
}

impl ActionScope {
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::InferenceOnly => "inference only",
            Self::AgenticReadOnly => "agentic, read-only",
            Self::AgenticReadWrite => "agentic, read-write",
        }
    }
}

/// A decision as a rule over usage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRule {
    pub model: ModelKey,
    pub state: DecisionState,
    /// `None`: every account. Honoured for blocks only: an approval names its account.
    pub account: Option<AccountId>,
    /// `None`: every Region. Honoured for blocks only.
    pub region: Option<String>,
    pub route: Route,
    pub action_scope: ActionScope,
    /// For restricted: the workloads that may use it.
    pub workloads: Vec<WorkloadId>,
    /// First UTC day in force.
    pub effective_from: Date,
    /// First UTC day no longer in force; `None` while it stands.
    pub superseded_on: Option<Date>,
}

/// One use of a model as the bill shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelUse<'a> {
    pub model: &'a ModelKey,
    pub account: &'a AccountId,
    pub region: &'a str,
    pub route: BilledRoute,
    /// The workload that claims the principal on that day.
    pub workload: Option<&'a WorkloadId>,
    pub date: Date,
}

/// What the bill tells about the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BilledRoute {
    /// On demand or through a geographic profile: the bill does not say which.
    Regional,
    Geo,
    Global,
    ApplicationProfile,
    Mantle,
}

impl BilledRoute {
    /// From the rollup's columns `routing`, `surface` and `profile_arn`. The most telling one wins: a call through an application inference
    /// profile is that route whatever Region served it, since an approval of another route did not foresee the profile.
    #[must_use]
    pub fn read(routing: &str, surface: &str, profile_arn: &str) -> Self {
        if !profile_arn.is_empty() {
            Self::ApplicationProfile
        } else if surface == "mantle" {
            Self::Mantle
        } else {
            match routing {
                "global" => Self::Global,
                "geo" => Self::Geo,
                _ => Self::Regional,
            }
        }
    }

    const fn possible(self) -> &'static [Route] {
        match self {
            Self::Regional => &[Route::OnDemand, Route::GeoProfile],
            Self::Geo => &[Route::GeoProfile],
            Self::Global => &[Route::GlobalProfile],
            Self::ApplicationProfile => &[Route::ApplicationProfile],
            Self::Mantle => &[Route::Mantle],
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    Allowed,
    /// No decision in force on the model, or none but blocks of other places.
    Undecided,
    Blocked,
    RestrictedElsewhere,
    OutsideApprovedScope,
}

impl DecisionRule {
    #[must_use]
    pub fn in_force_on(&self, date: Date) -> bool {
        self.effective_from <= date && self.superseded_on.is_none_or(|superseded| date < superseded)
    }

    fn covers_place(&self, account: &AccountId, region: &str) -> bool {
        let may_be_open = self.state == DecisionState::Blocked;
        self.account.as_ref().map_or(may_be_open, |own| own == account) && self.region.as_deref().map_or(may_be_open, |own| own == region)
    }

    fn covers_route(&self, route: Route) -> bool {
        self.route == route || (self.route == Route::Any && self.state == DecisionState::Blocked)
    }
}

/// Whether the decisions in force on the day allowed a use.
///
/// Only inference decisions count. A block of any route the use may have taken wins. On one route a restriction narrows an approval that stands
/// beside it. A use that the bill shows as regional is allowed when in-region or geographic profile is: it cannot be told apart. Otherwise
/// doubt shows as drift.
#[must_use]
pub fn judge<'r>(rules: impl IntoIterator<Item = &'r DecisionRule>, usage: &ModelUse<'_>) -> Verdict {
    let in_force: Vec<&DecisionRule> = rules
        .into_iter()
        .filter(|rule| rule.model == *usage.model && rule.action_scope == ActionScope::InferenceOnly && rule.in_force_on(usage.date))
        .collect();
    let here: Vec<&DecisionRule> = in_force.iter().copied().filter(|rule| rule.covers_place(usage.account, usage.region)).collect();
    let routes = usage.route.possible();
    let blocked = |rule: &&DecisionRule| rule.state == DecisionState::Blocked && routes.iter().any(|route| rule.covers_route(*route));
    if here.iter().any(blocked) {
        return Verdict::Blocked;
    }
    let mut restricted_elsewhere = false;
    for route in routes {
        let on_route = |state: DecisionState| here.iter().filter(move |rule| rule.state == state && rule.covers_route(*route));
        let mut restrictions = on_route(DecisionState::Restricted).peekable();
        if restrictions.peek().is_some() {
            if restrictions.any(|rule| usage.workload.is_some_and(|workload| rule.workloads.contains(workload))) {
                return Verdict::Allowed;
            }
            restricted_elsewhere = true;
        } else if on_route(DecisionState::Approved).next().is_some() {
            return Verdict::Allowed;
        }
    }
    if restricted_elsewhere {
        Verdict::RestrictedElsewhere
    } else if in_force.iter().any(|rule| rule.state != DecisionState::Blocked) {
        Verdict::OutsideApprovedScope
    } else {
        Verdict::Undecided
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const PROD: &str = "111111111111";
    const PREPROD: &str = "222222222222";

    fn rule(state: DecisionState, account: Option<&str>, route: Route) -> DecisionRule {
        DecisionRule {
            model: "anthropic/claude-opus-4.7".into(),
            state,
            account: account.map(AccountId::from),
            region: account.map(|_| "us-east-1".to_owned()),
            route,
            action_scope: ActionScope::InferenceOnly,
            workloads: Vec::new(),
            effective_from: date(2026, 10, 1),
            superseded_on: None,
        }
    }

    fn judged(rules: &[DecisionRule], account: &str, route: BilledRoute, workload: Option<&str>, day: i8) -> Verdict {
        let (model, account, workload) =
            (ModelKey::from("anthropic/claude-opus-4.7"), AccountId::from(account), workload.map(WorkloadId::from));
        judge(
            rules,
            &ModelUse {
                model: &model,
                account: &account,
                region: "us-east-1",
                route,
                workload: workload.as_ref(),
                date: date(2026, 10, day),
            },
        )
    }

    #[test]
    fn an_approval_does_not_carry_over_to_another_account_or_region() {
        let rules = [rule(DecisionState::Approved, Some(PROD), Route::OnDemand)];
        assert_eq!(judged(&rules, PROD, BilledRoute::Regional, None, 5), Verdict::Allowed);
        assert_eq!(judged(&rules, PREPROD, BilledRoute::Regional, None, 5), Verdict::OutsideApprovedScope);
        let elsewhere = DecisionRule { region: Some("eu-west-1".to_owned()), ..rules[0].clone() };
        assert_eq!(judged(&[elsewhere], PROD, BilledRoute::Regional, None, 5), Verdict::OutsideApprovedScope);
    }

    #[test]
    fn usage_is_judged_by_the_decisions_of_its_own_day() {
        let mut old = rule(DecisionState::Approved, Some(PROD), Route::OnDemand);
        old.effective_from = date(2026, 10, 5);
        old.superseded_on = Some(date(2026, 10, 10));
        let days = [4, 5, 9, 10].map(|day| judged(std::slice::from_ref(&old), PROD, BilledRoute::Regional, None, day));
        assert_eq!(days, [Verdict::Undecided, Verdict::Allowed, Verdict::Allowed, Verdict::Undecided]);
    }

    #[test]
    fn a_block_of_every_account_and_route_wins_over_an_approval() {
        let rules = [rule(DecisionState::Approved, Some(PROD), Route::OnDemand), rule(DecisionState::Blocked, None, Route::Any)];
        assert_eq!(judged(&rules, PROD, BilledRoute::Regional, None, 5), Verdict::Blocked);
        assert_eq!(judged(&rules, PROD, BilledRoute::Mantle, None, 5), Verdict::Blocked);
    }

    #[test]
    fn a_star_is_for_blocks_only() {
        let rules = [rule(DecisionState::Approved, None, Route::Any)];
        assert_eq!(judged(&rules, PROD, BilledRoute::Regional, None, 5), Verdict::OutsideApprovedScope);
    }

    #[test]
    fn a_restricted_model_is_for_the_listed_workloads_only() {
        let mut restricted = rule(DecisionState::Restricted, Some(PREPROD), Route::GeoProfile);
        restricted.workloads = vec!["checkout".into()];
        let rules = [restricted];
        assert_eq!(judged(&rules, PREPROD, BilledRoute::Regional, Some("checkout"), 5), Verdict::Allowed);
        assert_eq!(judged(&rules, PREPROD, BilledRoute::Regional, Some("fraud"), 5), Verdict::RestrictedElsewhere);
        assert_eq!(judged(&rules, PREPROD, BilledRoute::Regional, None, 5), Verdict::RestrictedElsewhere);
        assert_eq!(judged(&rules, PROD, BilledRoute::Regional, Some("checkout"), 5), Verdict::OutsideApprovedScope);
    }

    #[test]
    fn each_billed_route_is_cleared_only_by_its_own_approval() {
        let approved = |route| [rule(DecisionState::Approved, Some(PROD), route)];
        let cleared = |billed| {
            [Route::OnDemand, Route::GeoProfile, Route::GlobalProfile, Route::ApplicationProfile, Route::Mantle]
                .map(|route| judged(&approved(route), PROD, billed, None, 5) == Verdict::Allowed)
        };
        assert_eq!(cleared(BilledRoute::read("regional", "runtime", "")), [true, true, false, false, false]);
        assert_eq!(cleared(BilledRoute::read("geo", "runtime", "")), [false, true, false, false, false]);
        assert_eq!(cleared(BilledRoute::read("global", "runtime", "")), [false, false, true, false, false]);
        assert_eq!(cleared(BilledRoute::read("global", "mantle", "")), [false, false, false, false, true]);
        assert_eq!(cleared(BilledRoute::read("regional", "runtime", "arn:x")), [false, false, false, true, false]);
    }

    #[test]
    fn an_agentic_approval_does_not_allow_inference_and_a_block_elsewhere_is_no_decision_here() {
        let agentic =
            DecisionRule { action_scope: ActionScope::AgenticReadOnly, ..rule(DecisionState::Approved, Some(PROD), Route::OnDemand) };
        assert_eq!(judged(&[agentic], PROD, BilledRoute::Regional, None, 5), Verdict::Undecided);
        let block = rule(DecisionState::Blocked, Some(PREPROD), Route::Any);
        assert_eq!(judged(&[block], PROD, BilledRoute::Regional, None, 5), Verdict::Undecided);
    }

    fn any_rule() -> impl Strategy<Value = DecisionRule> {
        let state = prop_oneof![Just(DecisionState::Approved), Just(DecisionState::Restricted), Just(DecisionState::Blocked)];
        let account = prop_oneof![Just(None), Just(Some(PROD)), Just(Some(PREPROD))];
        let route = prop_oneof![Just(Route::OnDemand), Just(Route::GeoProfile), Just(Route::GlobalProfile), Just(Route::Any)];
        (state, account, route, 1_i8..20)
            .prop_map(|(state, account, route, day)| DecisionRule { effective_from: date(2026, 10, day), ..rule(state, account, route) })
    }

    proptest! {
        #[test]
        fn adding_a_block_never_allows_more(rules in proptest::collection::vec(any_rule(), 0..6), extra in any_rule(), day in 1_i8..31) {
            let block = DecisionRule { state: DecisionState::Blocked, ..extra };
            let before = judged(&rules, PROD, BilledRoute::Regional, Some("w"), day);
            let with: Vec<_> = rules.iter().cloned().chain([block]).collect();
            let after = judged(&with, PROD, BilledRoute::Regional, Some("w"), day);
            prop_assert!(before == Verdict::Allowed || after != Verdict::Allowed);
        }

        #[test]
        fn the_order_of_decisions_does_not_matter(rules in proptest::collection::vec(any_rule(), 0..6), day in 1_i8..31) {
            let reversed: Vec<_> = rules.iter().cloned().rev().collect();
            prop_assert_eq!(
                judged(&rules, PROD, BilledRoute::Global, Some("w"), day),
                judged(&reversed, PROD, BilledRoute::Global, Some("w"), day)
            );
        }
    }
}
