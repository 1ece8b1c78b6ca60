use agent_bill_domain::money::NanoUsd;

use super::fixture::{acts, clock, organisation, perform, person};
use crate::acts::{ActError, ExpectedTokens, SetEstimate};
use crate::audit;
use crate::testing::for_each_database;

fn usd(workload: &str, month: &str, amount: i64) -> SetEstimate {
    SetEstimate {
        workload: workload.into(),
        from_month: Some(month.parse().unwrap()),
        amount_usd: Some(NanoUsd::from_usd(amount)),
        tokens: ExpectedTokens::default(),
    }
}

fn tokens(input: i64, output: i64) -> ExpectedTokens {
    ExpectedTokens { input_tokens: Some(input), output_tokens: Some(output), cache_read_tokens: Some(0), cache_write_tokens: Some(0) }
}

#[tokio::test]
async fn changing_an_estimate_keeps_the_one_before_it_and_each_change_is_on_record() {
    for_each_database(|store| async move {
        organisation(&store).await;
        let ann = person(&store, "Ann").await;
        let first = acts(&store, clock()).perform(&ann, &usd("checkout", "2026-11", 500)).await.unwrap().subject;
        let second = acts(&store, clock())
            .perform(&ann, &SetEstimate { amount_usd: None, tokens: tokens(10, 0), ..usd("checkout", "2026-12", 1) })
            .await
            .unwrap()
            .subject;
        let third = acts(&store, clock()).perform(&ann, &usd("checkout", "2026-11", 600)).await.unwrap().subject;
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
        for (amount_usd, tokens) in [
            (Some(NanoUsd::ZERO), ExpectedTokens::default()),
            (Some(NanoUsd(-1)), ExpectedTokens::default()),
            (Some(NanoUsd(1)), tokens(0, 0)),
            (None, tokens(0, 0)),
            (None, tokens(-1, 5)),
            (None, tokens(i64::MAX, 1)),
        ] {
            let estimate = SetEstimate { amount_usd, tokens, ..usd("checkout", "2026-11", 1) };
            let refused = acts(&store, clock()).perform(&ann, &estimate).await;
            assert!(matches!(refused, Err(ActError::NotPositive(_))), "{estimate:?}");
        }
        let large = NanoUsd::from_usd(100_000_001);
        for (amount_usd, tokens) in [(Some(large), ExpectedTokens::default()), (None, tokens(1, 1_000_000_000_000_001))] {
            let estimate = SetEstimate { amount_usd, tokens, ..usd("checkout", "2026-11", 1) };
            assert!(matches!(acts(&store, clock()).perform(&ann, &estimate).await, Err(ActError::TooMuch)), "{estimate:?}");
        }
        let nothing = SetEstimate { amount_usd: None, ..usd("checkout", "2026-11", 1) };
        assert!(matches!(acts(&store, clock()).perform(&ann, &nothing).await, Err(ActError::AmountMissing)));
        let late = acts(&store, clock()).perform(&ann, &usd("checkout", "2026-10", 5)).await;
        assert!(matches!(late, Err(ActError::MonthIsOver(_))));
        assert_eq!(audit::verify(&store, None).await.unwrap().entries, 1);
    })
    .await;
}

#[tokio::test]
async fn only_the_product_owner_of_the_workload_commits() {
    for_each_database(|store| async move {
        organisation(&store).await;
        let bob = person(&store, "Bob").await;
        let outside = acts(&store, clock()).perform(&bob, &usd("Checkout", "2026-11", 5)).await.unwrap_err().to_string();
        let missing = acts(&store, clock()).perform(&bob, &usd("Nothing", "2026-11", 5)).await.unwrap_err().to_string();
        assert_eq!(outside.replace("Checkout", "X"), missing.replace("Nothing", "X"));
        for who in ["Pam", "Grace", "Omar", "Adam"] {
            let refused = perform(&store, who, &usd("checkout", "2026-11", 5)).await;
            assert!(matches!(refused, Err(ActError::RoleMissing { .. })), "{who}");
        }
    })
    .await;
}
