use agent_bill_domain::ids::NodeId;
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::DateRange;
use agent_bill_tools::view::{Bucket, Dimension, SpendFact, SpendQuery, VisibleBecause};
use jiff::civil::date;
use sqlx::Executor;

use crate::Store;
use crate::scope::organisation::get_organisation;
use crate::scope::*;
use crate::tables::{models, usage_daily};
use crate::testing::for_each_database;

/// Two portfolios with three products; account `1…1` shared 60/40, account `2…2` wholly Alpha's.
const ORGANISATION: &[&str] = &[
    "INSERT INTO levels VALUES (1, 'Portfolio'), (2, 'Product')",
    "INSERT INTO nodes VALUES ('root', NULL, 0, 'Company', 'company'), ('alpha', 'root', 1, 'Alpha', 'alpha'), ('beta', 'root', 1, 'Beta', 'beta'),
       ('a1', 'alpha', 2, 'A One', 'a one'), ('a2', 'alpha', 2, 'A Two', 'a two'), ('b1', 'beta', 2, 'B One', 'b one')",
    "INSERT INTO node_closure VALUES ('root','root',0),('alpha','alpha',0),('beta','beta',0),('a1','a1',0),('a2','a2',0),('b1','b1',0),
       ('root','alpha',1),('root','beta',1),('root','a1',2),('root','a2',2),('root','b1',2),('alpha','a1',1),('alpha','a2',1),('beta','b1',1)",
    "INSERT INTO people VALUES ('ann','Ann','ann@x.io',NULL),('pam','Pam','pam@x.io',NULL),('bob','Bob','bob@x.io',NULL),
       ('lea','Lea','lea@x.io',NULL),('eng','Eng','eng@x.io',NULL)",
    "INSERT INTO grants VALUES ('ann','product_owner','a1'),('pam','portfolio_manager','alpha'),('bob','portfolio_manager','beta'),
       ('lea','finops_lead','root'),('eng','cloud_engineer','root')",
    "INSERT INTO accounts VALUES ('111111111111','shared','shared'),('222222222222','solo','solo')",
    "INSERT INTO account_allocations (account_id, node_id, basis_points, effective_from) VALUES
       ('111111111111','alpha',6000,'2026-01-01'),('111111111111','beta',4000,'2026-01-01'),('222222222222','alpha',10000,'2026-01-01')",
    "INSERT INTO workloads (id, node_id, name, name_folded) VALUES ('wa1','a1','app','app'),('wb1','b1','shop','shop')",
    "INSERT INTO claims (id, principal_key, workload_id, effective_from, claimed_by, claimed_at) VALUES
       ('c1','k:a1','wa1','2026-11-05','ann','2026-11-05T00:00:00Z'),('c2','k:b1','wb1','2026-01-01','bob','2026-01-01T00:00:00Z')",
    "INSERT INTO principals VALUES ('k:a1','111111111111','role','a1-role','a1-role',''),('k:b1','111111111111','role','b1-role','b1-role',''),
       ('k:tag','111111111111','role','tagged','tagged',''),('k:free','111111111111','role','free','free',''),('k:solo','222222222222','role','lonely','lonely','')",
    "INSERT INTO principal_tags VALUES ('2026-11','k:tag','product','A Two','a two')",
];

async fn usage(store: &Store, day: &str, account: &str, principal: &str, kind: &str, dollars: i64) {
    let principal_data = i64::from(day >= "2026-11-02");
    sqlx::query(
        "INSERT INTO usage_daily VALUES ('2026-11', $1, '999999999999', $2, 'us-east-1', 'native', $3, $4, 'ut', '1K tokens', 'op', 'input', 'standard',
           'regional', 'runtime', 'default', 'x/m', '', $5, 0, $6, $6, $6, $7, 1, 1, '2026-11-01T00:00:00Z')",
    )
    .bind(day.to_owned())
    .bind(account.to_owned())
    .bind(principal.to_owned())
    .bind(kind.to_owned())
    .bind(principal_data)
    .bind(NanoUsd::from_usd(dollars).0)
    .bind(dollars * 100)
    .execute(store.pool())
    .await
    .unwrap();
}

async fn company(store: &Store) {
    for statement in ORGANISATION {
        store.pool().execute(*statement).await.unwrap();
    }
    for (day, account, principal, kind, dollars) in [
        ("2026-11-03", "111111111111", "k:a1", "usage", 1),
        ("2026-11-05", "111111111111", "k:a1", "usage", 2),
        ("2026-11-06", "111111111111", "k:a1", "usage", 4),
        ("2026-11-06", "111111111111", "k:b1", "usage", 8),
        ("2026-11-06", "111111111111", "k:tag", "usage", 16),
        ("2026-11-06", "111111111111", "k:free", "usage", 30),
        ("2026-11-06", "222222222222", "k:solo", "usage", 64),
        ("2026-11-06", "111111111111", "", "usage", 128),
        ("2026-11-01", "111111111111", "", "usage", 256),
        ("2026-11-06", "111111111111", "", "credit", -512),
    ] {
        usage(store, day, account, principal, kind, dollars).await;
    }
}

fn bind(person: &str, roles: &[Role]) -> ScopeBind {
    ScopeBind::new(&PersonId::from(person), &roles.iter().copied().collect())
}

fn settings() -> ReadSettings {
    ReadSettings { net_cost: false, tag_keys: vec!["product".into()] }
}

fn november() -> DateRange {
    DateRange { from: date(2026, 11, 1), to: date(2026, 11, 30) }
}

fn query() -> SpendQuery {
    SpendQuery { range: november(), dimensions: [Dimension::None, Dimension::None], node: None, model: None, account: None, region: None }
}

fn sum(facts: &[SpendFact], bucket: Bucket) -> NanoUsd {
    facts.iter().filter(|fact| fact.bucket == bucket).map(|fact| fact.amount).sum()
}

async fn buckets(store: &Store, person: &str, role: Role) -> Vec<i64> {
    let facts = usage_daily::list_spend(store, &bind(person, &[role]), &settings(), &query()).await.unwrap();
    Bucket::ALL.iter().map(|bucket| sum(&facts, *bucket).0 / agent_bill_domain::money::NANO).collect()
}

#[tokio::test]
async fn every_dollar_is_in_exactly_one_bucket_for_the_finops_lead() {
    for_each_database(|store| async move {
        company(&store).await;
        // attributed 2+4+8, claimed later 1, unclaimed 16+30+64, no principal 128, before principal data 256, not usage -512
        assert_eq!(buckets(&store, "lea", Role::FinopsLead).await, [14, 1, 110, 128, 256, -512]);
    })
    .await;
}

#[tokio::test]
async fn a_product_owner_sees_her_claims_and_nothing_of_her_neighbours() {
    for_each_database(|store| async move {
        company(&store).await;
        assert_eq!(buckets(&store, "ann", Role::ProductOwner).await, [6, 1, 0, 0, 0, 0]);
    })
    .await;
}

#[tokio::test]
async fn a_portfolio_manager_sees_tagged_roles_whole_accounts_and_her_share_of_shared_ones() {
    for_each_database(|store| async move {
        company(&store).await;
        // tagged 16, whole account 64, 60 % of 30
        assert_eq!(buckets(&store, "pam", Role::PortfolioManager).await, [6, 1, 98, 0, 0, 0]);
        // 40 % of 30; the tag says that 16 is somebody else's
        assert_eq!(buckets(&store, "bob", Role::PortfolioManager).await, [8, 0, 12, 0, 0, 0]);
        let facts = usage_daily::list_unclaimed(&store, &bind("pam", &[Role::PortfolioManager]), &settings(), november()).await.unwrap();
        let seen: Vec<_> = facts.iter().map(|fact| (fact.name.as_str(), fact.visible_because, fact.share_basis_points)).collect();
        assert_eq!(
            seen,
            [
                ("lonely", VisibleBecause::WholeAccount, 10_000),
                ("free", VisibleBecause::SharedAccount, 6_000),
                ("tagged", VisibleBecause::Tag, 10_000)
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn a_grant_that_the_token_does_not_allow_or_that_was_revoked_shows_nothing() {
    for_each_database(|store| async move {
        company(&store).await;
        assert_eq!(buckets(&store, "lea", Role::ProductOwner).await, [0; 6]);
        assert_eq!(buckets(&store, "nobody", Role::FinopsLead).await, [0; 6]);
        store.pool().execute("DELETE FROM grants WHERE person_id = 'pam'").await.unwrap();
        assert_eq!(buckets(&store, "pam", Role::PortfolioManager).await, [0; 6]);
    })
    .await;
}

#[tokio::test]
async fn a_tag_that_names_two_nodes_decides_nothing() {
    for_each_database(|store| async move {
        company(&store).await;
        store.pool().execute("INSERT INTO principal_tags VALUES ('2026-10','k:tag','product','B One','b one')").await.unwrap();
        // Both portfolios are back to their share of the account.
        assert_eq!(buckets(&store, "pam", Role::PortfolioManager).await[2], 64 + 18 + 9);
        let facts = usage_daily::list_spend(&store, &bind("bob", &[Role::PortfolioManager]), &settings(), &query()).await.unwrap();
        assert_eq!(sum(&facts, Bucket::UnclaimedPrincipal), NanoUsd::from_cents(1840));
    })
    .await;
}

#[tokio::test]
async fn a_tag_on_the_portfolio_beside_one_on_its_product_means_the_product() {
    for_each_database(|store| async move {
        company(&store).await;
        store.pool().execute("INSERT INTO principal_tags VALUES ('2026-11','k:tag','Product','Alpha','alpha')").await.unwrap();
        let only_a2 = SpendQuery { node: Some(NodeId::from("a2")), ..query() };
        let facts = usage_daily::list_spend(&store, &bind("pam", &[Role::PortfolioManager]), &settings(), &only_a2).await.unwrap();
        assert_eq!(sum(&facts, Bucket::UnclaimedPrincipal), NanoUsd::from_usd(16));
    })
    .await;
}

#[tokio::test]
async fn asking_for_a_node_outside_the_scope_finds_nothing() {
    for_each_database(|store| async move {
        company(&store).await;
        let foreign = SpendQuery { node: Some(NodeId::from("beta")), ..query() };
        let facts = usage_daily::list_spend(&store, &bind("pam", &[Role::PortfolioManager]), &settings(), &foreign).await.unwrap();
        assert_eq!(facts, []);
    })
    .await;
}

#[tokio::test]
async fn breaking_down_by_anything_keeps_the_sum() {
    for_each_database(|store| async move {
        company(&store).await;
        let all = [
            Dimension::Model,
            Dimension::TokenClass,
            Dimension::Region,
            Dimension::Account,
            Dimension::Day,
            Dimension::Month,
            Dimension::Principal,
            Dimension::UsageType,
            Dimension::LineKind,
        ];
        for (first, second) in all.into_iter().zip(all.into_iter().rev()) {
            let broken_down = SpendQuery { dimensions: [first, second], ..query() };
            let facts = usage_daily::list_spend(&store, &bind("lea", &[Role::FinopsLead]), &settings(), &broken_down).await.unwrap();
            let total: NanoUsd = facts.iter().map(|fact| fact.amount).sum();
            assert_eq!(total, NanoUsd::from_usd(14 + 1 + 110 + 128 + 256 - 512), "{first:?} {second:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_released_claim_gives_the_later_spend_back_to_nobody() {
    for_each_database(|store| async move {
        company(&store).await;
        store.pool().execute("UPDATE claims SET released_on = '2026-11-06' WHERE id = 'c1'").await.unwrap();
        assert_eq!(buckets(&store, "lea", Role::FinopsLead).await, [10, 1, 114, 128, 256, -512]);
        store.pool().execute("UPDATE claims SET released_on = '2026-11-05' WHERE id = 'c1'").await.unwrap();
        assert_eq!(
            buckets(&store, "lea", Role::FinopsLead).await,
            [8, 0, 117, 128, 256, -512],
            "a claim released on its first day never lived"
        );
    })
    .await;
}

#[tokio::test]
async fn an_engineer_hears_of_accounts_and_of_no_node_or_spend() {
    for_each_database(|store| async move {
        company(&store).await;
        let nobody = bind("eng", &[]);
        let slice = get_organisation(&store, &nobody, &bind("eng", &[Role::CloudEngineer])).await.unwrap();
        assert!(slice.nodes.is_empty() && slice.workloads.is_empty());
        assert_eq!(slice.accounts.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_organisation_of_a_portfolio_manager_ends_at_her_portfolio() {
    for_each_database(|store| async move {
        company(&store).await;
        let scope = bind("pam", &[Role::PortfolioManager]);
        let slice = get_organisation(&store, &scope, &scope).await.unwrap();
        let names: Vec<_> = slice.nodes.iter().map(|node| (node.name.as_str(), node.parent.is_some())).collect();
        assert_eq!(names, [("Alpha", false), ("A One", true), ("A Two", true)]);
        assert_eq!(slice.nodes[1].owners, ["Ann"]);
    })
    .await;
}

#[tokio::test]
async fn model_use_adds_up_to_the_same_dollars_as_spend() {
    for_each_database(|store| async move {
        company(&store).await;
        for (person, role, dollars) in [
            ("lea", Role::FinopsLead, 125),
            ("pam", Role::PortfolioManager, 105),
            ("ann", Role::ProductOwner, 7),
            ("bob", Role::PortfolioManager, 20),
        ] {
            let used = usage_daily::list_model_use(&store, &bind(person, &[role]), &settings(), november()).await.unwrap();
            let total: NanoUsd = used.iter().map(|row| row.amount).sum();
            assert_eq!(total, NanoUsd::from_usd(dollars), "{person}");
        }
    })
    .await;
}

/// Holds a grant on the whole company beside one on a product.
const SECOND_HAT: &str = "INSERT INTO grants VALUES ('ann', 'finops_lead', 'root'), ('ann', 'cloud_engineer', 'root')";

#[tokio::test]
async fn a_role_outside_the_bind_counts_for_nothing_however_far_it_would_see() {
    for_each_database(|store| async move {
        company(&store).await;
        store.pool().execute(SECOND_HAT).await.unwrap();
        assert_eq!(buckets(&store, "ann", Role::ProductOwner).await, [6, 1, 0, 0, 0, 0], "the second hat is not worn");
        assert_eq!(buckets(&store, "ann", Role::FinopsLead).await, [14, 1, 110, 128, 256, -512], "worn, it sees everything");
        for roles in [",", ",company:finops_lead,", ",company:finops_lead,catalog:finops_lead,", ",finance,company:finops_lead,", ",lead,"]
        {
            let marked = ScopeBind::of_text("ann", roles);
            assert_eq!(usage_daily::list_spend(&store, &marked, &settings(), &query()).await.unwrap(), [], "{roles}");
            assert_eq!(models::list_models(&store, &marked).await.unwrap(), [], "{roles}");
        }
        let not_wide = ScopeBind::of_text("ann", ",product_owner,company:finops_lead,catalog:cloud_engineer,");
        let facts = usage_daily::list_spend(&store, &not_wide, &settings(), &query()).await.unwrap();
        assert_eq!(sum(&facts, Bucket::Attributed) + sum(&facts, Bucket::ClaimedLater), NanoUsd::from_usd(7));
        assert_eq!(sum(&facts, Bucket::UnclaimedPrincipal), NanoUsd::ZERO, "a mark without its role widens nothing");
    })
    .await;
}

#[tokio::test]
async fn only_roles_that_see_the_whole_catalog_see_a_model_that_nothing_of_theirs_touches() {
    for_each_database(|store| async move {
        company(&store).await;
        store.pool().execute(SECOND_HAT).await.unwrap();
        store.pool().execute("INSERT INTO models VALUES ('y/n', 'N', 'y', '2026-11-01')").await.unwrap();
        for role in Role::ALL {
            let seen = models::list_models(&store, &bind("ann", &[role])).await.unwrap();
            let holds = matches!(role, Role::ProductOwner | Role::FinopsLead | Role::CloudEngineer);
            assert_eq!(!seen.is_empty(), holds && role.sees_whole_catalog(), "{role}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_text_of_a_bind_names_each_role_and_what_it_sees_wholly() {
    let expected =
        ScopeBind::of_text("ann", ",product_owner,finance,cloud_engineer,company:finance,catalog:finance,catalog:cloud_engineer,");
    let made = bind("ann", &[Role::CloudEngineer, Role::Finance, Role::ProductOwner]);
    assert_eq!(made.binds(), expected.binds());
}
