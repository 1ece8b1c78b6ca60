use std::collections::BTreeMap;
use std::sync::Arc;

use agent_bill_domain::drift::DriftKind;
use agent_bill_domain::period::DateRange;
use agent_bill_tools::view::{
    Bucket, Dimension, DriftView, OrganisationView, Settings, SpendQuery, SpendView, UnclaimedView, VisibleBecause,
};
use jiff::civil::date;

use super::*;
use crate::ingest::rollup::{self, Options};
use agent_bill_billing::place::Place;
use agent_bill_billing::{invocation_log, source};
use agent_bill_domain::consumption::ConsumptionLimits;
use agent_bill_records::scope::{ReadSettings, Scope, ScopedView, ViewSettings};
use agent_bill_records::testing::for_each_database;
use agent_bill_records::{audit, people};

const NOVEMBER: DateRange = DateRange { from: date(2026, 11, 1), to: date(2026, 11, 30) };

async fn view_of(store: &Store, name: &str) -> ScopedView {
    let person = people::list_meant(store, name).await.unwrap().remove(0);
    let roles: Vec<_> = person.grants.iter().map(|(role, _)| *role).collect();
    let requester = agent_bill_identity::testing::sign_in(person.id.as_str(), &person.name, &roles);
    let settings = ViewSettings {
        answers: Settings {
            healthy_cache_permille: 400,
            cache_reuse: 5,
            net_cost: false,
            agent_limits: ConsumptionLimits::default().allowed(),
        },
        reads: ReadSettings { net_cost: false, tag_keys: vec!["product".to_owned()] },
    };
    let scope = Scope::of(&requester, store).await.unwrap();
    ScopedView::new(scope, store.clone(), Arc::new(crate::demo::clock()), settings)
}

async fn unclaimed_of(view: &ScopedView) -> BTreeMap<String, (NanoUsd, VisibleBecause)> {
    let rows = view.unclaimed(NOVEMBER).await.unwrap();
    rows.into_iter().map(|fact| (fact.name, (fact.amount, fact.visible_because))).collect()
}

/// Attributed spend of November by product.
async fn products_of(view: &ScopedView) -> BTreeMap<String, NanoUsd> {
    let org = view.org().await.unwrap();
    let query = SpendQuery { range: NOVEMBER, dimensions: [Dimension::None; 2], node: None, model: None, account: None, region: None };
    let mut products = BTreeMap::new();
    for fact in view.spend(&query).await.unwrap().into_iter().filter(|fact| fact.bucket == Bucket::Attributed) {
        let node = org.nodes.iter().find(|node| Some(&node.id) == fact.node.as_ref()).unwrap();
        *products.entry(node.name.clone()).or_insert(NanoUsd::ZERO) += fact.amount;
    }
    products
}

#[tokio::test(flavor = "multi_thread")]
async fn the_seeded_demo_answers_its_founding_questions_from_real_records() {
    let folder = tempfile::tempdir().unwrap();
    let generated = crate::demo::generate(folder.path(), 7, None).unwrap();
    let export = generated.export.clone();
    let calls = invocation_log::read(&Place::folder(&generated.invocation_logs).unwrap()).await.unwrap().rows;
    for_each_database(|store| {
        let (export, calls) = (export.clone(), calls.clone());
        async move {
            let bills = source::open(&export, 2).unwrap();
            rollup::run(&store, &crate::demo::clock(), bills.as_ref(), &Options::default()).await.unwrap();
            store.replace_invocation_counts(invocation_log::SOURCE, &calls).await.unwrap();
            seed(&store).await.unwrap();

            let aisha = view_of(&store, "Aisha").await;
            let usd = NanoUsd::from_usd;
            let experience = [("Customer Insights", 9_400), ("HR Portal", 14_200), ("Policy Assistant", 882), ("Support Copilot", 5_250)];
            assert_eq!(products_of(&aisha).await, experience.map(|(name, amount)| (name.to_owned(), usd(amount))).into());
            let open = unclaimed_of(&aisha).await;
            assert_eq!((open.len(), open.values().map(|(amount, _)| *amount).sum::<NanoUsd>()), (3, usd(3_800)));
            assert!(open.values().all(|(_, because)| *because == VisibleBecause::Tag), "{open:?}");

            let jonas = unclaimed_of(&view_of(&store, "Jonas").await).await;
            assert_eq!(jonas.keys().collect::<Vec<_>>(), ["ai-gateway", "checkout-legacy"]);
            let sofia = unclaimed_of(&view_of(&store, "Sofia").await).await;
            assert_eq!(sofia.get("nb-exploration"), Some(&(usd(45), VisibleBecause::WholeAccount)));
            assert_eq!(sofia.len(), 2, "{sofia:?}");

            let found = view_of(&store, "Grace").await.drift(NOVEMBER).await.unwrap();
            let mut found: Vec<_> = found.into_iter().map(|fact| (fact.principal_name, fact.kind, fact.amount, fact.invocations)).collect();
            found.sort();
            let expected = [
                ("checkout-service".to_owned(), DriftKind::OutsideApprovedScope, usd(2_400), Some(140)),
                ("nb-exploration".to_owned(), DriftKind::Undecided, usd(45), Some(8)),
            ];
            assert_eq!(found, expected);

            let walk = audit::verify(&store, None).await.unwrap();
            assert!(walk.fault.is_none() && walk.entries > 50, "{} entries", walk.entries);
        }
    })
    .await;
}

#[test]
fn acts_follow_one_another_in_time_and_none_lies_after_the_demos_today() {
    let acts = acts().unwrap();
    assert!(acts.is_sorted_by_key(|(day, _)| *day));
    let last = acts.last().unwrap().0;
    assert!(last < date(2026, 11, 23), "{last}");
}
