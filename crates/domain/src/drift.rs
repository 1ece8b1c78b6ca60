//! Drift: usage of a model that no decision in force on the usage date allowed.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;

use crate::catalog::{BilledRoute, DecisionRule, ModelUse, Verdict, judge};
use crate::ids::{AccountId, ModelKey, PrincipalKey, WorkloadId};
use crate::money::NanoUsd;

words! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
    pub enum DriftKind: "drift" {
        /// No decision on this model at all.
        Undecided = "undecided",
        Blocked = "blocked",
        /// Restricted to other workloads.
        RestrictedElsewhere = "restricted_elsewhere",
        /// Approved, but not for this account, region or route.
        OutsideApprovedScope = "outside_approved_scope",
    }
}

impl DriftKind {
    /// `None` when the use was allowed.
    #[must_use]
    pub const fn of(verdict: Verdict) -> Option<Self> {
        match verdict {
            Verdict::Allowed => None,
            Verdict::Undecided => Some(Self::Undecided),
            Verdict::Blocked => Some(Self::Blocked),
            Verdict::RestrictedElsewhere => Some(Self::RestrictedElsewhere),
            Verdict::OutsideApprovedScope => Some(Self::OutsideApprovedScope),
        }
    }

    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Undecided => "no decision on this model",
            Self::Blocked => "blocked",
            Self::RestrictedElsewhere => "restricted to other workloads",
            Self::OutsideApprovedScope => "not approved for this account, Region or route",
        }
    }
}

/// Usage lines of one day folded over everything a decision does not look at. Lines without a model are no model usage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyUse {
    pub date: Date,
    pub principal: PrincipalKey,
    pub model: ModelKey,
    /// The billed account.
    pub account: AccountId,
    pub region: String,
    pub route: BilledRoute,
    /// Whose claim the principal is under on that day.
    pub workload: Option<WorkloadId>,
    pub amount: NanoUsd,
    pub tokens: i64,
}

/// What makes two unallowed uses the same finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingKey {
    pub principal: PrincipalKey,
    pub model: ModelKey,
    pub account: AccountId,
    pub region: String,
    pub kind: DriftKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub key: FindingKey,
    /// The owner on the last day that had one.
    pub workload: Option<WorkloadId>,
    pub first_seen: Date,
    pub last_seen: Date,
    pub amount: NanoUsd,
    pub tokens: i64,
}

/// Folds daily usage into findings, in the order of their keys. The order of `uses` does not matter.
#[must_use]
pub fn findings(rules: &[DecisionRule], uses: &[DailyUse]) -> Vec<Finding> {
    let mut by_model: BTreeMap<&ModelKey, Vec<&DecisionRule>> = BTreeMap::new();
    for rule in rules {
        by_model.entry(&rule.model).or_default().push(rule);
    }
    let mut found: BTreeMap<FindingKey, (Finding, Option<Date>)> = BTreeMap::new();
    for daily in uses.iter().filter(|daily| !daily.model.as_str().is_empty()) {
        let usage = ModelUse {
            model: &daily.model,
            account: &daily.account,
            region: &daily.region,
            route: daily.route,
            workload: daily.workload.as_ref(),
            date: daily.date,
        };
        let of_model = by_model.get(&daily.model).map(Vec::as_slice).unwrap_or_default();
        let Some(kind) = DriftKind::of(judge(of_model.iter().copied(), &usage)) else { continue };
        let key = FindingKey {
            principal: daily.principal.clone(),
            model: daily.model.clone(),
            account: daily.account.clone(),
            region: daily.region.clone(),
            kind,
        };
        let (finding, owned_on) = found.entry(key).or_insert_with_key(|key| (Finding::starting(key, daily.date), None));
        finding.first_seen = finding.first_seen.min(daily.date);
        finding.last_seen = finding.last_seen.max(daily.date);
        finding.amount += daily.amount;
        finding.tokens += daily.tokens;
        if daily.workload.is_some() && owned_on.is_none_or(|day| day <= daily.date) {
            finding.workload.clone_from(&daily.workload);
            *owned_on = Some(daily.date);
        }
    }
    found.into_values().map(|(finding, _)| finding).collect()
}

impl Finding {
    fn starting(key: &FindingKey, date: Date) -> Self {
        Self { key: key.clone(), workload: None, first_seen: date, last_seen: date, amount: NanoUsd::ZERO, tokens: 0 }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::{ActionScope, DecisionState, Route};

    fn approved_from(day: i8) -> DecisionRule {
        DecisionRule {
            model: "meta/llama-3-70b".into(),
            state: DecisionState::Approved,
            account: Some("111111111111".into()),
            region: Some("us-east-1".into()),
            route: Route::OnDemand,
            action_scope: ActionScope::InferenceOnly,
            workloads: Vec::new(),
            effective_from: date(2026, 11, day),
            superseded_on: None,
        }
    }

    fn used(day: i8, model: &str, workload: Option<&str>, cents: i64) -> DailyUse {
        DailyUse {
            date: date(2026, 11, day),
            principal: "aws:111111111111:role/app".into(),
            model: model.into(),
            account: "111111111111".into(),
            region: "us-east-1".into(),
            route: BilledRoute::Regional,
            workload: workload.map(WorkloadId::from),
            amount: NanoUsd::from_cents(cents),
            tokens: cents * 10,
        }
    }

    #[test]
    fn use_before_the_approval_stays_a_finding_and_use_after_it_is_none() {
        let uses =
            [used(3, "meta/llama-3-70b", None, 100), used(2, "meta/llama-3-70b", Some("w"), 50), used(9, "meta/llama-3-70b", None, 7)];
        let found = findings(&[approved_from(9)], &uses);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].key.kind, DriftKind::Undecided);
        assert_eq!((found[0].first_seen, found[0].last_seen), (date(2026, 11, 2), date(2026, 11, 3)));
        assert_eq!((found[0].amount, found[0].tokens), (NanoUsd::from_cents(150), 1500));
        assert_eq!(found[0].workload, Some("w".into()));
    }

    #[test]
    fn an_unmapped_model_is_drift_and_a_line_without_model_is_not() {
        let found = findings(&[approved_from(1)], &[used(3, "unmapped:new-thing", None, 1), used(3, "", None, 1)]);
        assert_eq!(found.iter().map(|finding| finding.key.model.as_str()).collect::<Vec<_>>(), ["unmapped:new-thing"]);
    }

    proptest! {
        #[test]
        fn findings_hold_every_unallowed_dollar_once(days in proptest::collection::vec((1_i8..30, 0_i64..10_000, any::<bool>()), 0..20), from in 1_i8..30) {
            let uses: Vec<DailyUse> = days.iter().map(|(day, cents, claimed)| used(*day, "meta/llama-3-70b", claimed.then_some("w"), *cents)).collect();
            let found = findings(&[approved_from(from)], &uses);
            let expected: i64 = days.iter().filter(|(day, ..)| *day < from).map(|(_, cents, _)| cents).sum();
            prop_assert_eq!(found.iter().map(|finding| finding.amount).sum::<NanoUsd>(), NanoUsd::from_cents(expected));
            let reversed: Vec<_> = uses.iter().cloned().rev().collect();
            let again = findings(&[approved_from(from)], &reversed);
            prop_assert_eq!(found.len(), again.len());
            prop_assert!(found.iter().zip(&again).all(|(a, b)| a.amount == b.amount && a.first_seen == b.first_seen && a.workload == b.workload));
        }
    }
}
