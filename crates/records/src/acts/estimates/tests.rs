use super::*;
use crate::acts::fixture::{clock, organisation, person};
use crate::audit;
use crate::testing::for_each_database;

fn usd(workload: &str, month: &str, amount: i64) -> NewEstimate {
    NewEstimate {
        workload: workload.into(),
        from_month: month.parse().unwrap(),
        amount: EstimateAmount::Usd { amount: NanoUsd::from_usd(amount), tokens: None },
    }
}

fn tokens(input: i64, output: i64) -> EstimateAmount {
    EstimateAmount::Tokens(TokenCounts { input_tokens: input, output_tokens: output, ..TokenCounts::default() })
}

#[tokio::test]
async fn changing_an_estimate_keeps_the_one_before_it_and_each_change_is_on_record() {
    for_each_database(|store| async move {
        organisation(&store).await;
        let ann = person(&store, "Ann").await;
        let first = set(&store, &clock(), &ann, &usd("checkout", "2026-11", 500)).await.unwrap();
        let second = set(&store, &clock(), &ann, &NewEstimate { amount: tokens(10, 0), ..usd("checkout", "2026-12", 1) }).await.unwrap();
        let third = set(&store, &clock(), &ann, &usd("checkout", "2026-11", 600)).await.unwrap();
        assert!(first < second && second < third, "later estimates have greater ids: {first} {second} {third}");
        let events = audit::tail(&store, 10).await.unwrap();
        let subjects: Vec<_> =
            events.iter().filter(|(entry, _)| entry.event == "estimate.set").map(|(entry, _)| entry.subject.as_str()).collect();
        assert_eq!(subjects, [first.as_str(), second.as_str(), third.as_str()]);
        assert!(events.iter().any(|(entry, who)| entry.detail.contains("\"amount_usd\":\"600.00\"") && who == "Ann Lee"), "{events:?}");
    })
    .await;
}

#[tokio::test]
async fn amounts_that_are_nothing_and_months_that_are_over_are_refused() {
    for_each_database(|store| async move {
        organisation(&store).await;
        let ann = person(&store, "Ann").await;
        for amount in [
            EstimateAmount::Usd { amount: NanoUsd::ZERO, tokens: None },
            EstimateAmount::Usd { amount: NanoUsd(-1), tokens: None },
            EstimateAmount::Usd { amount: NanoUsd(1), tokens: Some(TokenCounts::default()) },
            tokens(0, 0),
            tokens(-1, 5),
            tokens(i64::MAX, 1),
        ] {
            let refused = set(&store, &clock(), &ann, &NewEstimate { amount, ..usd("checkout", "2026-11", 1) }).await;
            assert!(matches!(refused, Err(GovernanceError::NotPositive(_))), "{amount:?}");
        }
        let late = set(&store, &clock(), &ann, &usd("checkout", "2026-10", 5)).await;
        assert!(matches!(late, Err(GovernanceError::MonthIsOver(_))));
        assert_eq!(audit::verify(&store, None).await.unwrap().entries, 1);
    })
    .await;
}

#[tokio::test]
async fn only_the_product_owner_of_the_workload_commits() {
    for_each_database(|store| async move {
        organisation(&store).await;
        let bob = person(&store, "Bob").await;
        let outside = set(&store, &clock(), &bob, &usd("Checkout", "2026-11", 5)).await.unwrap_err().to_string();
        let missing = set(&store, &clock(), &bob, &usd("Nothing", "2026-11", 5)).await.unwrap_err().to_string();
        assert_eq!(outside.replace("Checkout", "X"), missing.replace("Nothing", "X"));
        for who in ["Pam", "Grace", "Omar", "Adam"] {
            let refused = set(&store, &clock(), &person(&store, who).await, &usd("checkout", "2026-11", 5)).await;
            assert!(matches!(refused, Err(GovernanceError::RoleMissing { .. })), "{who}");
        }
    })
    .await;
}
