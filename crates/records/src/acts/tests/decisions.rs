use jiff::civil::date;

use agent_bill_domain::catalog::{ActionScope, DecisionState, Route};

use super::fixture::{acts, at, clock, organisation, perform, person};
use crate::acts::decide_model::Decided;
use crate::acts::{ActError, DecideModel, MarkImplemented};
use crate::testing::for_each_database;
use crate::{Store, audit};

fn approval() -> DecideModel {
    DecideModel {
        model: "Claude Opus 4.7".into(),
        state: DecisionState::Approved,
        account: Some("prod".into()),
        region: Some("us-east-1".into()),
        route: Route::OnDemand,
        action_scope: ActionScope::InferenceOnly,
        workloads: Vec::new(),
        effective_from: None,
        rationale: "reviewed".into(),
    }
}

fn mark(decision: &str) -> MarkImplemented {
    MarkImplemented { decision: decision.into() }
}

async fn decide(store: &Store, new: &DecideModel) -> Result<Decided, ActError> {
    perform(store, "Grace", new).await.map(|done| done.outcome)
}

#[tokio::test]
async fn a_new_decision_on_the_same_scope_replaces_the_old_one_and_on_another_scope_does_not() {
    for_each_database(|store| async move {
        organisation(&store).await;
        let first = decide(&store, &approval()).await.unwrap();
        assert_eq!((first.model.as_str(), first.superseded.len()), ("anthropic/claude-opus-4.7", 0));
        for elsewhere in [
            DecideModel { region: Some("eu-west-1".into()), ..approval() },
            DecideModel { route: Route::GlobalProfile, ..approval() },
            DecideModel { action_scope: ActionScope::AgenticReadOnly, ..approval() },
            DecideModel { model: "Claude Sonnet 4.6".into(), ..approval() },
        ] {
            assert_eq!(decide(&store, &elsewhere).await.unwrap().superseded, [""; 0]);
        }
        let block = DecideModel { state: DecisionState::Blocked, effective_from: Some(date(2026, 12, 1)), ..approval() };
        let second = decide(&store, &block).await.unwrap();
        assert_eq!(second.superseded, std::slice::from_ref(&first.id));
        let mut tx = store.begin_write().await.unwrap();
        assert_eq!(tx.find_decision(&first.id).await.unwrap().unwrap().superseded_on, Some(date(2026, 12, 1)));
        assert_eq!(tx.find_decision(&second.id).await.unwrap().unwrap().superseded_on, None);
    })
    .await;
}

#[tokio::test]
async fn each_hole_in_a_decision_is_refused() {
    for_each_database(|store| async move {
        organisation(&store).await;
        let restricted = DecideModel { state: DecisionState::Restricted, ..approval() };
        let cases: Vec<(DecideModel, &str)> = vec![
            (DecideModel { account: None, ..approval() }, "must name an account"),
            (DecideModel { region: None, ..approval() }, "must name a Region"),
            (DecideModel { route: Route::Any, ..approval() }, "must name a route"),
            (restricted.clone(), "must name the workloads"),
            (DecideModel { workloads: vec!["checkout".into()], ..approval() }, "only a restricted model lists workloads"),
            (DecideModel { workloads: vec!["nope".into()], ..restricted.clone() }, "no workload called `nope`"),
            (DecideModel { workloads: vec!["Twin".into()], ..restricted.clone() }, "use one of the ids twin-1, twin-2"),
            (DecideModel { account: Some("999999999999".into()), ..approval() }, "no account called"),
            (DecideModel { region: Some("US East".into()), ..approval() }, "not an AWS Region"),
            (DecideModel { model: "Not A Model 9".into(), ..approval() }, "neither a model of the bill"),
            (DecideModel { rationale: " \n".into(), ..approval() }, "a rationale is required"),
            (DecideModel { rationale: "x".repeat(2001), ..approval() }, "longer than 2000"),
            (DecideModel { effective_from: Some(date(2026, 11, 22)), ..approval() }, "is over"),
        ];
        for (new, part) in cases {
            let error = decide(&store, &new).await.unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
        assert_eq!(audit::verify(&store, None).await.unwrap().entries, 1);
        let everywhere = DecideModel { state: DecisionState::Blocked, account: None, region: None, route: Route::Any, ..approval() };
        decide(&store, &everywhere).await.unwrap();
        decide(&store, &DecideModel { workloads: vec!["checkout".into(), "Checkout".into(), "twin-1".into()], ..restricted })
            .await
            .unwrap();
        let (entry, _) = audit::tail(&store, 1).await.unwrap().remove(0);
        assert!(entry.detail.contains("[\"checkout\",\"twin-1\"]") && entry.detail.contains("\"reviewed\""), "{}", entry.detail);
    })
    .await;
}

#[tokio::test]
async fn approvers_decide_and_engineers_execute_never_the_other_way_round() {
    for_each_database(|store| async move {
        organisation(&store).await;
        for who in ["Ann", "Pam", "Omar", "Adam"] {
            let refused = perform(&store, who, &approval()).await;
            assert!(matches!(refused, Err(ActError::RoleMissing { .. })), "{who}");
        }
        let id = decide(&store, &approval()).await.unwrap().id;
        let omar = person(&store, "Omar").await;
        for who in ["Ann", "Pam", "Grace", "Adam"] {
            let refused = perform(&store, who, &mark(&id)).await;
            assert!(matches!(refused, Err(ActError::RoleMissing { .. })), "{who}");
        }
        assert!(matches!(acts(&store, clock()).perform(&omar, &mark("decision-9")).await, Err(ActError::NotFound { .. })));
        assert_eq!(
            acts(&store, at("2026-11-24T08:00:00Z")).perform(&omar, &mark(&id)).await.unwrap().outcome.implemented_on,
            date(2026, 11, 24)
        );
        assert!(matches!(acts(&store, clock()).perform(&omar, &mark(&id)).await, Err(ActError::ImplementedAlready { .. })));
        let newer = decide(&store, &DecideModel { state: DecisionState::Blocked, ..approval() }).await.unwrap();
        assert_eq!(newer.superseded, [id]);
        let newest = decide(&store, &approval()).await.unwrap();
        assert!(matches!(acts(&store, clock()).perform(&omar, &mark(&newer.id)).await, Err(ActError::Superseded(_))));
        acts(&store, clock()).perform(&omar, &mark(&newest.id)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn of_concurrent_decisions_on_one_scope_one_is_in_force() {
    for_each_database(|store| async move {
        organisation(&store).await;
        let grace = person(&store, "Grace").await;
        let mut decisions = tokio::task::JoinSet::new();
        for turn in 0..6 {
            let (store, grace) = (store.clone(), grace.clone());
            let state = if turn % 2 == 0 { DecisionState::Approved } else { DecisionState::Blocked };
            decisions
                .spawn(async move { acts(&store, clock()).perform(&grace, &DecideModel { state, ..approval() }).await.unwrap().subject });
        }
        let ids = decisions.join_all().await;
        let mut tx = store.begin_write().await.unwrap();
        let mut in_force = 0;
        for id in &ids {
            let standing = tx.find_decision(id).await.unwrap().unwrap();
            in_force += i32::from(standing.superseded_on.is_none());
        }
        assert_eq!(in_force, 1);
    })
    .await;
}

#[tokio::test]
async fn a_decision_that_was_replaced_before_its_first_day_is_not_implemented() {
    for_each_database(|store| async move {
        organisation(&store).await;
        let later = DecideModel { state: DecisionState::Blocked, effective_from: Some(date(2027, 1, 1)), ..approval() };
        let replaced = decide(&store, &later).await.unwrap();
        decide(&store, &approval()).await.unwrap();
        assert!(matches!(perform(&store, "Omar", &mark(&replaced.id)).await, Err(ActError::Superseded(_))));
        let never = DecideModel { effective_from: Some(date(9999, 12, 31)), ..approval() };
        assert!(matches!(decide(&store, &never).await, Err(ActError::ImplausibleDay(_))));
    })
    .await;
}
