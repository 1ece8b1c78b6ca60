use std::collections::BTreeSet;

use agent_bill_domain::role::Role;
use jiff::civil::date;

use super::fixture::{APP, acts, at, clock, organisation, perform, person};
use crate::acts::claim_principal::Claimed;
use crate::acts::{ActError, Actor, ClaimPrincipal, ReleaseClaim};
use crate::claims::list_claims;
use crate::testing::{execute, for_each_database};
use crate::{Store, audit};

fn claim(principal: &str, workload: &str) -> ClaimPrincipal {
    ClaimPrincipal { principal: principal.into(), workload: workload.into(), ..ClaimPrincipal::default() }
}

async fn try_add(store: &Store, who: &str, new: &ClaimPrincipal) -> Result<Claimed, ActError> {
    perform(store, who, new).await.map(|done| done.outcome)
}

fn release(claim: &str, rationale: &str) -> ReleaseClaim {
    ReleaseClaim { claim: claim.into(), rationale: rationale.into() }
}

#[tokio::test]
async fn every_way_of_writing_a_principal_claims_the_same_key() {
    for_each_database(|store| async move {
        organisation(&store).await;
        for text in [
            APP,
            "arn:aws:iam::111122223333:role/service-role/app",
            "arn:aws:sts::111122223333:assumed-role/app/session-1",
            " aws:111122223333:role/app ",
        ] {
            let added = try_add(&store, "Ann", &claim(text, "checkout")).await.unwrap();
            assert_eq!(added.principal.as_str(), "aws:111122223333:role/app");
            assert_eq!((added.effective_from, added.warnings.len()), (date(2026, 11, 23), 0));
            // Released on its first day a claim attributes nothing, so the next one does not overlap it.
            perform(&store, "Ann", &release(&added.id, "")).await.unwrap();
        }
        try_add(&store, "Ann", &claim("arn:aws:iam::111122223333:user/team/ci", "Checkout")).await.unwrap();
        assert_eq!(list_claims(&store).await.unwrap().len(), 5, "nothing is deleted");
        let walk = audit::verify(&store, None).await.unwrap();
        assert_eq!((walk.entries, walk.fault), (1 + 5 + 4, None));
    })
    .await;
}

#[tokio::test]
async fn what_is_no_role_or_user_or_not_billed_yet_is_refused_with_the_next_step() {
    for_each_database(|store| async move {
        organisation(&store).await;
        for text in ["", "app", "arn:aws:iam::111122223333:root", "arn:aws:sts::111122223333:federated-user/f", "arn:aws:iam::1:role/app"] {
            assert!(matches!(try_add(&store, "Ann", &claim(text, "checkout")).await, Err(ActError::NotAPrincipal(_))), "{text}");
        }
        let error = try_add(&store, "Ann", &claim("arn:aws:iam::111122223333:role/new", "checkout")).await.unwrap_err().to_string();
        assert!(error.contains("one test call") && error.contains("24 hours"), "{error}");
        let other_partition = claim("arn:aws-us-gov:iam::111122223333:role/app", "checkout");
        assert!(matches!(try_add(&store, "Ann", &other_partition).await, Err(ActError::NotClaimable(_))));
        assert_eq!(audit::verify(&store, None).await.unwrap().entries, 1, "a refusal leaves no event");
    })
    .await;
}

#[tokio::test]
async fn a_workload_outside_the_scope_and_one_that_does_not_exist_are_refused_alike() {
    for_each_database(|store| async move {
        organisation(&store).await;
        let outside = try_add(&store, "Ann", &claim(APP, "Help Bot")).await.unwrap_err().to_string();
        let missing = try_add(&store, "Ann", &claim(APP, "No Such Bot")).await.unwrap_err().to_string();
        assert_eq!(outside.replace("Help Bot", "X"), missing.replace("No Such Bot", "X"));
        // Of two workloads with one name, only hers is meant.
        let added = try_add(&store, "Ann", &claim(APP, "Twin")).await.unwrap();
        let stored = list_claims(&store).await.unwrap();
        assert_eq!((stored[0].id.as_str(), stored[0].workload.as_str()), (added.id.as_str(), "twin-2"));
    })
    .await;
}

#[tokio::test]
async fn only_the_roles_of_the_permission_table_claim_and_only_if_the_token_allows_them() {
    for_each_database(|store| async move {
        organisation(&store).await;
        for who in ["Pam", "Omar", "Adam", "Grace"] {
            let error = try_add(&store, who, &claim(APP, "checkout")).await.unwrap_err();
            assert!(matches!(&error, ActError::RoleMissing { who, .. } if who == "Product Owner"), "{error}");
        }
        let ann = person(&store, "Ann").await;
        let without_group = Actor::of(&agent_bill_identity::testing::sign_in(ann.person().unwrap().as_str(), "Ann Lee", &[Role::Finance]));
        assert!(matches!(acts(&store, clock()).perform(&without_group, &claim(APP, "checkout")).await, Err(ActError::RoleMissing { .. })));
        execute(&store, "DELETE FROM grants WHERE role = 'product_owner'").await;
        assert!(matches!(acts(&store, clock()).perform(&ann, &claim(APP, "checkout")).await, Err(ActError::RoleMissing { .. })));
    })
    .await;
}

#[tokio::test]
async fn only_the_finops_lead_dates_a_claim_back_and_only_with_a_rationale() {
    for_each_database(|store| async move {
        organisation(&store).await;
        let back = ClaimPrincipal { effective_from: Some(date(2026, 11, 1)), rationale: "billed since".into(), ..claim(APP, "checkout") };
        assert!(matches!(try_add(&store, "Ann", &back).await, Err(ActError::RoleMissing { .. })));
        let silent = ClaimPrincipal { rationale: "  ".into(), ..back.clone() };
        assert!(matches!(try_add(&store, "Grace", &silent).await, Err(ActError::RationaleMissing)));
        let future = ClaimPrincipal { effective_from: Some(date(2026, 11, 24)), ..back.clone() };
        assert!(matches!(try_add(&store, "Grace", &future).await, Err(ActError::InTheFuture(_))));
        let before_bedrock = ClaimPrincipal { effective_from: Some(date(-9999, 1, 1)), ..back.clone() };
        assert!(matches!(try_add(&store, "Grace", &before_bedrock).await, Err(ActError::ImplausibleDay(_))));
        assert_eq!(try_add(&store, "Grace", &back).await.unwrap().effective_from, date(2026, 11, 1));
    })
    .await;
}

#[tokio::test]
async fn a_claimed_principal_is_refused_without_saying_whose_it_is() {
    for_each_database(|store| async move {
        organisation(&store).await;
        try_add(&store, "Ann", &claim(APP, "checkout")).await.unwrap();
        let told = try_add(&store, "Bob", &claim(APP, "help-bot")).await.unwrap_err().to_string();
        let unknown = "arn:aws:iam::111122223333:role/new";
        let of_unknown = try_add(&store, "Bob", &claim(unknown, "help-bot")).await.unwrap_err().to_string();
        assert_eq!(told.replace("`app`", "`new`"), of_unknown, "claimed elsewhere and never billed are told alike");
        assert!(!told.contains("2026-11-23") && !told.to_lowercase().contains("checkout") && !told.contains("Ann"), "{told}");
        let own = try_add(&store, "Ann", &claim(APP, "checkout")).await.unwrap_err().to_string();
        assert!(own.contains("claimed already, from 2026-11-23"), "{own}");
        // Dated back beyond the standing claim it would still overlap it.
        let back = ClaimPrincipal { effective_from: Some(date(2026, 10, 1)), rationale: "r".into(), ..claim(APP, "help-bot") };
        assert!(matches!(try_add(&store, "Grace", &back).await, Err(ActError::AlreadyClaimed { .. })));
    })
    .await;
}

#[tokio::test]
async fn of_many_concurrent_claims_on_one_principal_exactly_one_stands() {
    for_each_database(|store| async move {
        organisation(&store).await;
        let actors = [(person(&store, "Ann").await, "checkout"), (person(&store, "Bob").await, "help-bot")];
        let mut claims = tokio::task::JoinSet::new();
        for turn in 0..8 {
            let (actor, workload) = actors[turn % 2].clone();
            let store = store.clone();
            claims.spawn(async move { acts(&store, clock()).perform(&actor, &claim(APP, workload)).await });
        }
        let mut standing = 0;
        while let Some(outcome) = claims.join_next().await {
            match outcome.unwrap() {
                Ok(_) => standing += 1,
                Err(ActError::AlreadyClaimed { .. } | ActError::NotClaimable(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!((standing, list_claims(&store).await.unwrap().len()), (1, 1));
        assert_eq!(audit::verify(&store, None).await.unwrap().entries, 2);
    })
    .await;
}

#[tokio::test]
async fn a_claim_is_released_once_by_its_owner_or_the_finops_lead() {
    for_each_database(|store| async move {
        organisation(&store).await;
        let id = try_add(&store, "Ann", &claim(APP, "checkout")).await.unwrap().id;
        let acts = acts(&store, at("2026-11-25T00:00:00Z"));
        let bob = person(&store, "Bob").await;
        let foreign = acts.perform(&bob, &release(&id, "")).await.unwrap_err().to_string();
        let missing = acts.perform(&bob, &release("claim-99", "")).await.unwrap_err().to_string();
        assert_eq!(foreign.replace(&id, "X"), missing.replace("claim-99", "X"));
        assert!(matches!(acts.perform(&person(&store, "Pam").await, &release(&id, "")).await, Err(ActError::RoleMissing { .. })));
        let grace = person(&store, "Grace").await;
        assert!(matches!(acts.perform(&grace, &release(&id, "")).await, Err(ActError::RationaleMissing)));
        assert_eq!(acts.perform(&grace, &release(&id, "left the company")).await.unwrap().outcome.released_on, date(2026, 11, 25));
        let again = acts.perform(&person(&store, "Ann").await, &release(&id, "")).await;
        assert!(matches!(again, Err(ActError::ReleasedAlready { .. })));
        // The day after, another product may have it.
        acts.perform(&bob, &claim(APP, "help-bot")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_shared_principal_can_be_claimed_but_warns() {
    for_each_database(|store| async move {
        organisation(&store).await;
        let sso = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0123456789abcdef";
        for (principal, part) in [(sso, "permission set"), ("arn:aws:iam::111122223333:role/busy", "very many sessions")] {
            let added = try_add(&store, "Ann", &claim(principal, "checkout")).await.unwrap();
            assert!(added.warnings[0].contains(part), "{:?}", added.warnings);
        }
        let ids: BTreeSet<_> = list_claims(&store).await.unwrap().into_iter().map(|claim| claim.id).collect();
        assert_eq!(ids.len(), 2);
    })
    .await;
}
