use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sqlx::{Executor, Row};

use super::*;
use crate::testing::for_each_database;

const CAPS: Caps =
    Caps { person_day_usd: NanoUsd::from_usd(5), person_day_tokens: 1_000, month_usd: NanoUsd::from_usd(8), month_tokens: 1_500 };

async fn people(store: &Store) {
    store.pool().execute("INSERT INTO people VALUES ('ann','Ann','ann@x.io',NULL), ('bob','Bob','bob@x.io',NULL)").await.unwrap();
}

fn call(id: &str, at: &str, person: &str, tokens: i64, cents: i64) -> NewCall {
    NewCall {
        id: id.to_owned(),
        at: at.to_owned(),
        person: PersonId::from(person),
        conversation: "c1".to_owned(),
        model: "m".to_owned(),
        worst_tokens: tokens,
        worst_cost: Some(NanoUsd::from_cents(cents)),
    }
}

fn came_to(tokens: i64, cents: i64) -> Settled {
    Settled {
        input_tokens: tokens,
        output_tokens: 0,
        cache_read_tokens: 0,
        cache_write_tokens: 0,
        cost: Some(NanoUsd::from_cents(cents)),
        estimated: false,
        answered: true,
        outcome: "end_turn".to_owned(),
        duration_ms: 7,
    }
}

async fn stored(store: &Store) -> Vec<(String, String, i64, i64)> {
    let rows =
        sqlx::query("SELECT id, state, total_tokens, cost_nano_usd FROM model_calls ORDER BY id").fetch_all(store.pool()).await.unwrap();
    rows.iter().map(|row| (row.get("id"), row.get("state"), row.get("total_tokens"), row.get("cost_nano_usd"))).collect()
}

const MORNING: &str = "2026-11-23T09:00:00Z";

#[tokio::test]
async fn a_call_counts_with_its_worst_case_until_it_is_settled() {
    for_each_database(|store| async move {
        people(&store).await;
        assert_eq!(admit(&store, &call("1", MORNING, "ann", 600, 300), &CAPS).await.unwrap(), Admission::Admitted);
        assert_eq!(admit(&store, &call("2", MORNING, "ann", 500, 100), &CAPS).await.unwrap(), Admission::Refused(Cap::PersonDayTokens));
        assert_eq!(admit(&store, &call("3", MORNING, "ann", 10, 201), &CAPS).await.unwrap(), Admission::Refused(Cap::PersonDayUsd));
        assert!(settle(&store, "1", &came_to(100, 50)).await.unwrap());
        assert_eq!(admit(&store, &call("2", MORNING, "ann", 500, 100), &CAPS).await.unwrap(), Admission::Admitted);
        assert_eq!(
            stored(&store).await,
            [
                ("1".to_owned(), "answered".to_owned(), 100, NanoUsd::from_cents(50).0),
                ("2".to_owned(), "running".to_owned(), 500, NanoUsd::from_usd(1).0)
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn a_limit_may_be_reached_exactly_and_the_next_day_or_month_begins_anew() {
    for_each_database(|store| async move {
        people(&store).await;
        let admitted = |id: &'static str, at: &'static str, person: &'static str, tokens: i64, cents: i64| {
            let store = store.clone();
            async move { admit(&store, &call(id, at, person, tokens, cents), &CAPS).await.unwrap() }
        };
        assert_eq!(admitted("1", "2026-11-29T23:59:59Z", "ann", 1_000, 500).await, Admission::Admitted);
        assert_eq!(admitted("2", "2026-11-29T23:59:59Z", "ann", 1, 0).await, Admission::Refused(Cap::PersonDayTokens));
        assert_eq!(admitted("3", "2026-11-30T00:00:00Z", "ann", 1, 300).await, Admission::Admitted);
        assert_eq!(
            admitted("4", "2026-11-30T00:00:00Z", "bob", 1, 1).await,
            Admission::Refused(Cap::MonthUsd),
            "everybody shares the month"
        );
        assert_eq!(admitted("5", "2026-11-30T00:00:00Z", "bob", 500, 0).await, Admission::Refused(Cap::MonthTokens));
        assert_eq!(admitted("6", "2026-12-01T00:00:00Z", "bob", 1_000, 500).await, Admission::Admitted);
    })
    .await;
}

#[tokio::test]
async fn a_limit_of_zero_refuses_everything_even_what_costs_nothing() {
    for_each_database(|store| async move {
        people(&store).await;
        let free = NewCall { worst_cost: None, ..call("1", MORNING, "ann", 0, 0) };
        for (caps, cap) in [
            (Caps { person_day_usd: NanoUsd::ZERO, ..CAPS }, Cap::PersonDayUsd),
            (Caps { person_day_tokens: 0, ..CAPS }, Cap::PersonDayTokens),
            (Caps { month_usd: NanoUsd::ZERO, ..CAPS }, Cap::MonthUsd),
            (Caps { month_tokens: 0, ..CAPS }, Cap::MonthTokens),
        ] {
            assert_eq!(admit(&store, &free, &caps).await.unwrap(), Admission::Refused(cap));
        }
        assert_eq!(admit(&store, &free, &CAPS).await.unwrap(), Admission::Admitted);
    })
    .await;
}

#[tokio::test]
async fn settling_twice_or_an_unknown_call_changes_nothing() {
    for_each_database(|store| async move {
        people(&store).await;
        admit(&store, &call("1", MORNING, "ann", 600, 300), &CAPS).await.unwrap();
        let failed = Settled { answered: false, cost: None, estimated: true, ..came_to(20, 0) };
        assert!(settle(&store, "1", &failed).await.unwrap());
        assert!(!settle(&store, "1", &came_to(999, 99)).await.unwrap());
        assert!(!settle(&store, "2", &came_to(999, 99)).await.unwrap());
        assert_eq!(stored(&store).await, [("1".to_owned(), "failed".to_owned(), 20, 0)]);
    })
    .await;
}

#[tokio::test]
async fn an_amount_below_zero_lifts_no_limit() {
    for_each_database(|store| async move {
        people(&store).await;
        admit(&store, &call("1", MORNING, "ann", -500, -500), &CAPS).await.unwrap();
        settle(&store, "1", &came_to(-500, -500)).await.unwrap();
        assert_eq!(stored(&store).await, [("1".to_owned(), "answered".to_owned(), 0, 0)]);
    })
    .await;
}

#[tokio::test]
async fn a_used_id_an_unknown_person_and_a_time_that_is_none_are_refused_and_leave_nothing() {
    for_each_database(|store| async move {
        people(&store).await;
        admit(&store, &call("1", MORNING, "ann", 1, 1), &CAPS).await.unwrap();
        assert!(matches!(admit(&store, &call("1", MORNING, "ann", 1, 1), &CAPS).await, Err(StoreError::Conflict(_))));
        assert!(matches!(admit(&store, &call("2", MORNING, "eve", 1, 1), &CAPS).await, Err(StoreError::Dangling(_))));
        assert!(matches!(admit(&store, &call("3", "yesterday", "ann", 1, 1), &CAPS).await, Err(StoreError::Corrupt { .. })));
        assert_eq!(stored(&store).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn twenty_calls_at_once_never_pass_a_limit_together() {
    for_each_database(|store| async move {
        people(&store).await;
        // Room for seven of them: five of Ann's day, then what Bob may take of the month.
        let tasks: Vec<_> = (0..20)
            .map(|number| {
                let store = store.clone();
                let person = if number % 2 == 0 { "ann" } else { "bob" };
                tokio::spawn(async move { admit(&store, &call(&format!("{number:02}"), MORNING, person, 200, 100), &CAPS).await.unwrap() })
            })
            .collect();
        let mut admitted = 0;
        for task in tasks {
            admitted += usize::from(task.await.unwrap() == Admission::Admitted);
        }
        let rows = stored(&store).await;
        assert_eq!((rows.len(), admitted), (7, 7), "{:?}", store.backend());
        assert!(rows.iter().map(|row| row.2).sum::<i64>() <= CAPS.month_tokens);
    })
    .await;
}

/// One step of a random story.
#[derive(Debug, Clone)]
enum Step {
    /// Person, day of November, tokens and cents at worst, whether a price is known.
    Admit(bool, u8, i64, i64, bool),
    /// Which of the calls made so far, and the percentages of its worst case that it came to.
    Settle(usize, i64, i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (any::<bool>(), 1_u8..4, 0_i64..700, 0_i64..400, any::<bool>()).prop_map(|(ann, day, tokens, cents, priced)| Step::Admit(ann, day, tokens, cents, priced)),
        2 => (0_usize..20, 0_i64..=100, 0_i64..=100).prop_map(|(which, tokens, cost)| Step::Settle(which, tokens, cost)),
    ]
}

async fn largest_sums(store: &Store) -> [i64; 4] {
    let read = |sql: &'static str| async move {
        let row = sqlx::query(sql).fetch_one(store.pool()).await.unwrap();
        [row.get::<i64, _>("cost"), row.get::<i64, _>("tokens")]
    };
    let [day_cost, day_tokens] = read(
        "SELECT CAST(COALESCE(MAX(cost), 0) AS BIGINT) AS cost, CAST(COALESCE(MAX(tokens), 0) AS BIGINT) AS tokens FROM
         (SELECT SUM(cost_nano_usd) AS cost, SUM(total_tokens) AS tokens FROM model_calls GROUP BY usage_day, person_id) sums",
    )
    .await;
    let [cost, tokens] = read(
        "SELECT CAST(COALESCE(SUM(cost_nano_usd), 0) AS BIGINT) AS cost, CAST(COALESCE(SUM(total_tokens), 0) AS BIGINT) AS tokens FROM model_calls",
    )
    .await;
    [day_cost, day_tokens, cost, tokens]
}

#[tokio::test]
async fn whatever_is_admitted_and_settled_in_whatever_order_no_limit_is_ever_passed() {
    for_each_database(|store| async move {
        people(&store).await;
        let mut runner = TestRunner::deterministic();
        for _ in 0..25 {
            let story = proptest::collection::vec(step(), 1..25).new_tree(&mut runner).unwrap().current();
            store.pool().execute("DELETE FROM model_calls").await.unwrap();
            let mut made: Vec<NewCall> = Vec::new();
            for taken in &story {
                match taken {
                    Step::Admit(ann, day, tokens, cents, priced) => {
                        let (id, at) = (made.len().to_string(), format!("2026-11-{day:02}T09:00:00Z"));
                        let mut new = call(&id, &at, if *ann { "ann" } else { "bob" }, *tokens, *cents);
                        new.worst_cost = new.worst_cost.filter(|_| *priced);
                        admit(&store, &new, &CAPS).await.unwrap();
                        made.push(new);
                    }
                    Step::Settle(which, tokens, cost) => {
                        let Some(call) = made.get(*which) else { continue };
                        let part = call.worst_cost.map(|worst| worst.scale(*cost, 100));
                        let settled = Settled { cost: part, ..came_to(call.worst_tokens * tokens / 100, 0) };
                        settle(&store, &call.id, &settled).await.unwrap();
                    }
                }
                let sums = largest_sums(&store).await;
                let caps = [CAPS.person_day_usd.0, CAPS.person_day_tokens, CAPS.month_usd.0, CAPS.month_tokens];
                assert!(sums.iter().zip(caps).all(|(sum, cap)| *sum <= cap), "{sums:?} after {taken:?} of {story:?}");
            }
        }
    })
    .await;
}
