//! Attribution: which workload, or which other bucket, a line of the bill belongs to.
//!
//! It is a join at read time, so a new claim shows at once. The store does the same join in SQL; this is the rule it must agree with.

use jiff::civil::Date;
use schemars::JsonSchema;

use crate::ids::{PrincipalKey, WorkloadId};

words! {
    /// Where a dollar belongs. Every Bedrock dollar is in exactly one bucket; the buckets sum to the total.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
    pub enum Bucket: "bucket" {
        /// Inside a live claim on the usage date.
        Attributed = "attributed",
        /// The principal was claimed later; this usage lies before the claim.
        ClaimedLater = "claimed_later",
        /// A principal nobody claims on the usage date.
        UnclaimedPrincipal = "unclaimed_principal",
        /// Guardrails, knowledge bases, AgentCore …: AWS names no principal.
        NoPrincipalByDesign = "no_principal_by_design",
        /// Usage from before principal data existed.
        BeforePrincipalData = "before_principal_data",
        /// Credits, discounts, refunds, tax, fees.
        NotUsage = "not_usage",
    }
}

impl Bucket {
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Attributed => "attributed to a workload",
            Self::ClaimedLater => "used before its claim began",
            Self::UnclaimedPrincipal => "unclaimed roles",
            Self::NoPrincipalByDesign => "no principal by design",
            Self::BeforePrincipalData => "before principal data existed",
            Self::NotUsage => "not usage (credits, discounts, refunds, tax, fees)",
        }
    }
}

/// The days on which a claim attributes the usage of one principal to one workload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimSpan {
    pub principal: PrincipalKey,
    pub workload: WorkloadId,
    /// First UTC day attributed.
    pub effective_from: Date,
    /// First UTC day no longer attributed; `None` while live. A claim released on or before its first day attributes nothing.
    pub released_on: Option<Date>,
}

impl ClaimSpan {
    /// Whether usage of this principal on `date` belongs to the claim.
    #[must_use]
    pub fn covers(&self, date: Date) -> bool {
        self.effective_from <= date && self.released_on.is_none_or(|released| date < released)
    }

    fn is_void(&self) -> bool {
        self.released_on.is_some_and(|released| released <= self.effective_from)
    }

    /// Two claims that would both attribute some day of one principal.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let begins_before_end = |a: &Self, b: &Self| b.released_on.is_none_or(|released| a.effective_from < released);
        self.principal == other.principal
            && !self.is_void()
            && !other.is_void()
            && begins_before_end(self, other)
            && begins_before_end(other, self)
    }
}

/// The existing claim that a new one would overlap, if any: no two live claims may share a principal and a day.
#[must_use]
pub fn conflict<'a>(existing: &'a [ClaimSpan], proposed: &ClaimSpan) -> Option<&'a ClaimSpan> {
    existing.iter().find(|claim| claim.overlaps(proposed))
}

/// What the claims say about the usage of one principal on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership<'a> {
    Claimed(&'a WorkloadId),
    /// The first claim that begins after the day.
    ClaimedLater(&'a WorkloadId),
    Unclaimed,
}

#[must_use]
pub fn ownership<'a>(claims: &'a [ClaimSpan], principal: &PrincipalKey, date: Date) -> Ownership<'a> {
    let of_principal = || claims.iter().filter(|claim| claim.principal == *principal);
    if let Some(claim) = of_principal().find(|claim| claim.covers(date)) {
        return Ownership::Claimed(&claim.workload);
    }
    of_principal()
        .filter(|claim| claim.effective_from > date && !claim.is_void())
        .min_by_key(|claim| claim.effective_from)
        .map_or(Ownership::Unclaimed, |claim| Ownership::ClaimedLater(&claim.workload))
}

/// What decides the bucket of a line of the rollup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFacts {
    pub date: Date,
    /// False for credits, discounts, refunds, tax and fees.
    pub is_usage: bool,
    /// `None` when the line names no principal.
    pub principal: Option<PrincipalKey>,
    /// False when the day lies before principal data existed, or the export had no such column.
    pub has_principal_data: bool,
}

/// The one bucket of a line, and its workload where a claim names one.
#[must_use]
pub fn bucket<'a>(claims: &'a [ClaimSpan], line: &LineFacts) -> (Bucket, Option<&'a WorkloadId>) {
    if !line.is_usage {
        return (Bucket::NotUsage, None);
    }
    match &line.principal {
        Some(principal) => match ownership(claims, principal, line.date) {
            Ownership::Claimed(workload) => (Bucket::Attributed, Some(workload)),
            Ownership::ClaimedLater(workload) => (Bucket::ClaimedLater, Some(workload)),
            Ownership::Unclaimed => (Bucket::UnclaimedPrincipal, None),
        },
        None if line.has_principal_data => (Bucket::NoPrincipalByDesign, None),
        None => (Bucket::BeforePrincipalData, None),
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn claim(workload: &str, from: i8, released: Option<i8>) -> ClaimSpan {
        ClaimSpan {
            principal: "aws:111122223333:role/app".into(),
            workload: workload.into(),
            effective_from: date(2026, 11, from),
            released_on: released.map(|day| date(2026, 11, day)),
        }
    }

    fn line(day: i8) -> LineFacts {
        LineFacts {
            date: date(2026, 11, day),
            is_usage: true,
            principal: Some("aws:111122223333:role/app".into()),
            has_principal_data: true,
        }
    }

    #[test]
    fn usage_is_attributed_from_the_first_day_of_the_claim_up_to_its_release() {
        let claims = [claim("a", 5, Some(10)), claim("b", 15, None)];
        let a = WorkloadId::from("a");
        let b = WorkloadId::from("b");
        assert_eq!(bucket(&claims, &line(4)), (Bucket::ClaimedLater, Some(&a)));
        assert_eq!(bucket(&claims, &line(5)), (Bucket::Attributed, Some(&a)));
        assert_eq!(bucket(&claims, &line(9)), (Bucket::Attributed, Some(&a)));
        assert_eq!(bucket(&claims, &line(10)), (Bucket::ClaimedLater, Some(&b)));
        assert_eq!(bucket(&claims, &line(15)), (Bucket::Attributed, Some(&b)));
        assert_eq!(bucket(&claims[..1], &line(10)), (Bucket::UnclaimedPrincipal, None));
    }

    #[test]
    fn a_claim_released_on_its_first_day_attributes_nothing_and_blocks_nobody() {
        let void = claim("a", 5, Some(5));
        assert_eq!(bucket(std::slice::from_ref(&void), &line(4)), (Bucket::UnclaimedPrincipal, None));
        assert_eq!(conflict(&[void], &claim("b", 1, None)), None);
    }

    #[test]
    fn claims_that_touch_without_sharing_a_day_do_not_overlap() {
        assert_eq!(conflict(&[claim("a", 1, Some(10))], &claim("b", 10, None)), None);
        assert!(conflict(&[claim("a", 1, Some(11))], &claim("b", 10, None)).is_some());
        let mut elsewhere = claim("b", 10, None);
        elsewhere.principal = "aws:111122223333:role/other".into();
        assert_eq!(conflict(&[claim("a", 1, None)], &elsewhere), None);
    }

    #[test]
    fn a_line_without_principal_is_by_design_only_once_principal_data_exists() {
        let none = LineFacts { principal: None, ..line(5) };
        assert_eq!(bucket(&[], &none).0, Bucket::NoPrincipalByDesign);
        assert_eq!(bucket(&[], &LineFacts { has_principal_data: false, ..none }).0, Bucket::BeforePrincipalData);
        assert_eq!(bucket(&[claim("a", 1, None)], &LineFacts { is_usage: false, ..line(5) }).0, Bucket::NotUsage);
    }

    fn any_claim() -> impl Strategy<Value = ClaimSpan> {
        (0_i64..60, proptest::option::of(0_i64..60), 0..2).prop_map(|(from, released, principal)| ClaimSpan {
            principal: format!("aws:111122223333:role/{principal}").into(),
            workload: "w".into(),
            effective_from: date(2026, 10, 1).saturating_add(from.days()),
            released_on: released.map(|day| date(2026, 10, 1).saturating_add(day.days())),
        })
    }

    proptest! {
        #[test]
        fn claims_overlap_exactly_when_some_day_is_covered_by_both(a in any_claim(), b in any_claim()) {
            let shared = (0_i64..130).map(|day| date(2026, 10, 1).saturating_add(day.days())).any(|day| a.covers(day) && b.covers(day));
            prop_assert_eq!(a.overlaps(&b), shared && a.principal == b.principal);
        }
    }
}
