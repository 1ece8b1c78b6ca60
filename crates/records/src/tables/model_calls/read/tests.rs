use std::collections::BTreeSet;

use agent_bill_domain::ids::PersonId;
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::DateRange;
use agent_bill_domain::role::Role;
use jiff::civil::date;

use super::*;
use crate::testing::{for_each_database, insert};

/// Ann asked in two conversations on two days, Bob in one; Ann's last call never ended.
const STORY: &[&str] = &[
    "INSERT INTO nodes VALUES ('root', NULL, 0, 'Company', 'company')",
    "INSERT INTO people VALUES ('ann','Ann Boss','ann@x.io',NULL),('bob','Bob Owner','bob@x.io',NULL),('lea','Lea Lead','lea@x.io',NULL)",
    "INSERT INTO grants VALUES ('ann','product_owner','root'),('bob','product_owner','root'),('lea','finops_lead','root')",
    "INSERT INTO conversations VALUES ('01A','ann','2026-11-20T08:00:00Z','2026-11-20T08:00:00Z'),('01B','ann','2026-11-23T08:00:00Z','2026-11-23T08:00:00Z'),
       ('01C','bob','2026-11-23T08:00:00Z','2026-11-23T08:00:00Z')",
    "INSERT INTO model_calls VALUES
       ('1','2026-11-20T08:00:00Z','2026-11-20','ann','01A','sonnet','answered','end_turn',100,20,300,0,420,4000000,1,0,900),
       ('2','2026-11-20T08:01:00Z','2026-11-20','ann','01A','haiku','failed','throttled',10,0,0,0,10,0,0,1,50),
       ('3','2026-11-23T08:00:00Z','2026-11-23','ann','01B','sonnet','running','',0,0,0,0,5000,70000000,1,1,0),
       ('4','2026-11-23T09:00:00Z','2026-11-23','bob','01C','sonnet','answered','end_turn',50,5,0,50,105,900000000,1,0,700),
       ('5','2026-10-31T09:00:00Z','2026-10-31','bob','01C','sonnet','answered','end_turn',1,1,0,0,2,1000000,1,0,700)",
];

fn bind(person: &str, roles: &[Role]) -> ScopeBind {
    ScopeBind::new(&PersonId::from(person), &roles.iter().copied().collect::<BTreeSet<_>>())
}

fn query(by: UsageBy) -> AgentUsageQuery {
    AgentUsageQuery { range: DateRange { from: date(2026, 11, 1), to: date(2026, 11, 30) }, by, only_mine: false }
}

async fn sums(store: &Store, scope: &ScopeBind, query: &AgentUsageQuery) -> Vec<(String, i64, i64)> {
    list_sums(store, scope, query).await.unwrap().into_iter().map(|sum| (sum.value, sum.calls, sum.total_tokens)).collect()
}

fn row(value: &str, calls: i64, tokens: i64) -> (String, i64, i64) {
    (value.to_owned(), calls, tokens)
}

const EVERY: [UsageBy; 5] = [UsageBy::Model, UsageBy::Person, UsageBy::Conversation, UsageBy::Day, UsageBy::Total];

#[tokio::test]
async fn without_a_role_that_sees_everybody_only_the_own_calls_are_summed() {
    for_each_database(|store| async move {
        insert(&store, STORY).await;
        for by in EVERY {
            let seen = sums(&store, &bind("ann", &[]), &query(by)).await;
            assert_eq!(
                seen.iter().map(|(_, calls, tokens)| (*calls, *tokens)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1)),
                (3, 5_430),
                "{by:?}"
            );
        }
        assert_eq!(sums(&store, &bind("ann", &[]), &query(UsageBy::Person)).await, [row("Ann Boss", 3, 5_430)]);
        assert_eq!(sums(&store, &bind("ann", &[]), &query(UsageBy::Conversation)).await, [row("01A", 2, 430), row("01B", 1, 5_000)]);
    })
    .await;
}

#[tokio::test]
async fn a_role_that_sees_everybody_counts_only_while_it_is_held() {
    for_each_database(|store| async move {
        insert(&store, STORY).await;
        let lead = bind("lea", &[Role::FinopsLead]);
        assert_eq!(sums(&store, &lead, &query(UsageBy::Person)).await, [row("Ann Boss", 3, 5_430), row("Bob Owner", 1, 105)]);
        assert_eq!(sums(&store, &lead, &AgentUsageQuery { only_mine: true, ..query(UsageBy::Person) }).await, []);
        assert!(get_used(&store, &lead, date(2026, 11, 23)).await.unwrap().sees_everybody);
        // The token allows it, the records do not.
        assert_eq!(sums(&store, &bind("ann", &[Role::FinopsLead]), &query(UsageBy::Total)).await, [row("", 3, 5_430)]);
        insert(&store, &["DELETE FROM grants WHERE person_id = 'lea'"]).await;
        assert_eq!(sums(&store, &lead, &query(UsageBy::Person)).await, []);
        assert!(!get_used(&store, &lead, date(2026, 11, 23)).await.unwrap().sees_everybody);
    })
    .await;
}

#[tokio::test]
async fn no_id_of_somebody_elses_conversation_leaves_the_database() {
    for_each_database(|store| async move {
        insert(&store, STORY).await;
        insert(&store, &["INSERT INTO grants VALUES ('bob','finance','root')"]).await;
        let seen = list_sums(&store, &bind("bob", &[Role::Finance]), &query(UsageBy::Conversation)).await.unwrap();
        let seen: Vec<_> = seen.iter().map(|sum| (sum.value.as_str(), sum.started_on, sum.calls)).collect();
        assert_eq!(seen, [("", None, 3), ("01C", Some(date(2026, 11, 23)), 1)]);
    })
    .await;
}

#[tokio::test]
async fn what_kind_of_call_it_was_is_counted_beside_its_tokens() {
    for_each_database(|store| async move {
        insert(&store, STORY).await;
        let [sum] = list_sums(&store, &bind("ann", &[]), &query(UsageBy::Total)).await.unwrap().try_into().unwrap();
        assert_eq!((sum.calls, sum.failed, sum.running, sum.estimated, sum.unpriced), (3, 1, 1, 2, 1));
        let tokens = TokenCounts { input_tokens: 110, output_tokens: 20, cache_read_tokens: 300, cache_write_tokens: 0 };
        assert_eq!((sum.tokens, sum.cost), (tokens, NanoUsd(74_000_000)));
        let days = sums(&store, &bind("ann", &[]), &query(UsageBy::Day)).await;
        assert_eq!(days, [row("2026-11-20", 2, 430), row("2026-11-23", 1, 5_000)]);
    })
    .await;
}

#[tokio::test]
async fn the_limits_are_used_by_the_own_day_and_by_everybodys_month() {
    for_each_database(|store| async move {
        insert(&store, STORY).await;
        let used = get_used(&store, &bind("ann", &[]), date(2026, 11, 23)).await.unwrap();
        assert_eq!(used.person_day, Consumption { usd: NanoUsd(70_000_000), tokens: 5_000 });
        assert_eq!(used.month, Consumption { usd: NanoUsd(974_000_000), tokens: 5_535 });
        let none = get_used(&store, &bind("lea", &[]), date(2026, 12, 1)).await.unwrap();
        assert_eq!(none, Used { sees_everybody: false, person_day: Consumption::default(), month: Consumption::default() });
    })
    .await;
}
