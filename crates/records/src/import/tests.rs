use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::Store;
use crate::acts::{ActError, Actor, Acts};
use crate::audit;
use crate::org::{self, Organisation};
use crate::testing::{execute, for_each_database};
use agent_bill_domain::clock::FixedClock;

const HIERARCHY: &str = "Unit,Portfolio,Product\nDigital,Alpha,Shop\nDigital,Alpha,Search\nDigital,Beta,Desk\nBack Office,Gamma,Desk\n";
const PEOPLE: &str = "name,email,role,node,sub\nAnn Lee,ann@x.io,product_owner,Shop,sub-ann\nAnn Lee,ann@x.io,product_owner,Beta > Desk,\n\
                      Léa,LEA@x.io,Portfolio Manager,alpha,\nFin,fin@x.io,finops_lead,*,\nOps,ops@x.io,cloud_engineer,,\n";
const ACCOUNTS: &str = "account_id,name,node,percent,effective_from,effective_to\n000000000001,prod,Alpha,60,2026-01-01,\n\
                        000000000001,prod,Beta,40,2026-01-01,2026-06-30\n000000000002,sandbox,,,,\n000000000003,shared,*,100,2026-01-01,\n";
const WORKLOADS: &str = "product,name,description,id\nShop,Checkout,\"Pays, and more\",\nGamma > Desk,Desk Bot,,desk-bot\n";

fn clock() -> FixedClock {
    FixedClock("2026-11-23T09:00:00Z".parse::<Timestamp>().unwrap())
}

fn files(texts: &[(&str, &str)]) -> ImportOrganisation {
    let mut files = ImportOrganisation::default();
    for (kind, text) in texts {
        let source = Some(Source::text(&format!("{kind}.csv"), *text));
        match *kind {
            "hierarchy" => files.hierarchy = source,
            "people" => files.people = source,
            "accounts" => files.accounts = source,
            _ => files.workloads = source,
        }
    }
    files
}

const ALL: [(&str, &str); 4] = [("hierarchy", HIERARCHY), ("people", PEOPLE), ("accounts", ACCOUNTS), ("workloads", WORKLOADS)];

async fn load(store: &Store, texts: &[(&str, &str)]) -> Result<ImportReport, ImportError> {
    import(store, &files(texts)).await
}

async fn import(store: &Store, files: &ImportOrganisation) -> Result<ImportReport, ImportError> {
    let acts = Acts::new(store.clone(), Arc::new(clock()), None);
    acts.perform(&Actor::operator(), files).await.map(|done| done.outcome.report).map_err(|error| match error {
        ActError::Import(error) => error,
        ActError::Store(error) => error.into(),
        other => panic!("{other}"),
    })
}

fn comparable(organisation: &Organisation) -> String {
    format!("{organisation:?}")
}

#[tokio::test]
async fn an_import_can_be_read_back_and_importing_again_changes_no_id() {
    for_each_database(|store| async move {
        let report = load(&store, &ALL).await.unwrap();
        assert_eq!(report.nodes, Some(Change { total: 10, added: 10, removed: 0 }));
        assert_eq!((report.people, report.accounts, report.allocations), (Some(4), Some(3), Some(3)));
        assert_eq!(report.remarks, ["account prod (000000000001): 60 % allocated from 2026-07-01"]);
        let first = org::get(&store).await.unwrap();
        assert_eq!(first.levels, ["Unit", "Portfolio", "Product"]);
        assert_eq!(first.workloads[0].description, "Pays, and more");
        assert_eq!(first.workloads[1].id.as_str(), "desk-bot");
        let again = load(&store, &ALL).await.unwrap();
        assert_eq!(again.nodes, Some(Change { total: 10, added: 0, removed: 0 }));
        assert_eq!(again.grants, Some(Change { total: 5, added: 0, removed: 0 }));
        assert_eq!(comparable(&org::get(&store).await.unwrap()), comparable(&first));
        let walk = audit::verify(&store, None).await.unwrap();
        assert_eq!((walk.entries, walk.fault), (2, None));
    })
    .await;
}

#[tokio::test]
async fn a_manager_reaches_every_node_below_and_none_beside() {
    for_each_database(|store| async move {
        load(&store, &ALL).await.unwrap();
        let organisation = org::get(&store).await.unwrap();
        let lea = PersonId(stable_id("p", "lea@x.io"));
        let mut covered = Vec::new();
        let mut tx = store.begin_write().await.unwrap();
        for node in &organisation.nodes {
            if tx.list_grants_over(&lea, &node.id).await.unwrap().iter().any(|grant| grant.covers) {
                covered.push(node.name.clone());
            }
        }
        assert_eq!(covered, ["Alpha", "Search", "Shop"]);
    })
    .await;
}

#[tokio::test]
async fn each_mistake_is_refused_with_its_place_and_nothing_is_changed() {
    let long = format!("Unit,Product\nDigital,{}\n", "x".repeat(101));
    let cases: &[(&str, &str, &str)] = &[
        ("hierarchy", "Unit\nDigital\n", "has 1 columns"),
        ("hierarchy", "Unit;Product\nDigital;Shop\n", "separate columns with commas"),
        ("hierarchy", "Unit,unit\nDigital,Shop\n", "`hierarchy.csv` line 1, column `2`: the column `unit` stands there twice"),
        ("hierarchy", "Unit,Product\nDigital,Shop\nDigital,Shop\n", "line 3, column `Product`: the row repeats line 2"),
        ("hierarchy", "Unit,Product\nDigital,Shop\nDigital,SHÖP\n", "line 3, column `Product`: `SHÖP` and `Shop` (line 2) differ only"),
        ("hierarchy", "Unit,Product\n,Shop\n", "line 2, column `Unit`: the name is empty"),
        ("hierarchy", "Unit,Portfolio,Product\nDigital,,Shop\n", "column `Portfolio`: the name is empty although `Product`"),
        ("hierarchy", "Unit,Product\nDigital,Shop,More\n", "line 2, column `3`: the row has 3 fields"),
        ("hierarchy", "Unit,Product\nDigital,\"Sh\u{202E}op\"\n", "U+202E"),
        ("hierarchy", "Unit,Product\nDigital,Sh\u{0}op\n", "U+0000"),
        ("hierarchy", "Unit,Product\nDigital,\"Shop\nDigital,Search\n", "U+000A"),
        ("hierarchy", "Unit,Product\n", "has no rows"),
        ("hierarchy", "", "is empty"),
        ("hierarchy", &long, "longer than 100 characters"),
        ("people", "name,email,role\nAnn,ann@x.io,admin\n", "has no column `node`"),
        ("people", "name,email,role,node,phone\nAnn,ann@x.io,admin,,1\n", "line 1, column `5`: `phone` is not a column"),
        ("people", "name,email,role,node\nAnn,ann@x.io,boss,Shop\n", "line 2, column `role`: `boss` is not a role"),
        ("people", "name,email,role,node\nAnn,ann@x.io,product_owner,Nowhere\n", "column `node`: no node is called `Nowhere`"),
        ("people", "name,email,role,node\nAnn,ann@x.io,product_owner,Desk\n", "`Digital > Beta > Desk`"),
        ("people", "name,email,role,node\nAnn,ann@x.io,product_owner,\n", "a product_owner answers for part of the company"),
        ("people", "name,email,role,node\nAnn,ann@x.io,finops_lead,Alpha\n", "leave the node empty"),
        ("people", "name,email,role,node\nAnn,ann,admin,\n", "column `email`: `ann` is not an e-mail address"),
        ("people", "name,email,role,node\nAnn,ann@x.io,admin,\nAnne,ann@x.io,finance,\n", "line 3, column `name`"),
        ("people", "name,email,role,node\nAnn,ann@x.io,admin,\nAnn,ANN@x.io,admin,*\n", "line 3, column `role`: the grant repeats line 2"),
        ("people", "name,email,role,node,sub\nAnn,ann@x.io,admin,,s1\nBob,bob@x.io,admin,,s1\n", "line 3, column `sub`"),
        (
            "people",
            "name,email,role,node,sub\nBob,bob@x.io,admin,,sub-ann\n",
            "line 2, column `sub`: this subject is known as another person",
        ),
        ("accounts", "account_id,name,node,percent,effective_from\n1,prod,Alpha,60,2026-01-01\n", "drop leading zeros"),
        ("accounts", "account_id,name,node,percent,effective_from\n000000000001,prod,Alpha,0,2026-01-01\n", "column `percent`: `0` is not"),
        ("accounts", "account_id,name,node,percent,effective_from\n000000000001,prod,Alpha,100.01,2026-01-01\n", "column `percent`"),
        ("accounts", "account_id,name,node,percent,effective_from\n000000000001,prod,Alpha,60,01/02/2026\n", "`01/02/2026` is not a date"),
        (
            "accounts",
            "account_id,name,node,percent,effective_from\n000000000001,prod,Alpha,60,\n",
            "column `effective_from`: the date is empty",
        ),
        (
            "accounts",
            "account_id,name,node,percent,effective_from\n000000000001,prod,Alpha,60,2026-01-01\n000000000001,prod,Beta,40.01,2026-03-01\n",
            "line 3, column `percent`: the shares of this account add up to 100.01 % on 2026-03-01",
        ),
        (
            "accounts",
            "account_id,name,node,percent,effective_from,effective_to\n000000000001,prod,Alpha,60,2026-01-02,2026-01-01\n",
            "column `effective_to`",
        ),
        ("workloads", "product,name,description\nAlpha,Bot,\n", "column `product`: `Alpha` is not a Product"),
        ("workloads", "product,name,description\nShop,Bot,\nShop,BÓT,\n", "line 3, column `name`: `BÓT` stands on line 2"),
        ("workloads", "product,name,description,id\nShop,Bot,,a/b\n", "column `id`: `a/b` is not an id"),
        ("workloads", "product,name,description,id\nShop,Bot,,x\nSearch,Bot,,x\n", "line 3, column `id`"),
        (
            "workloads",
            "product,name,description\nShop,Bot,\"a\u{7}b\"\n",
            "column `description`: the text holds the control character U+0007",
        ),
    ];
    for_each_database(|store| async move {
        load(&store, &ALL).await.unwrap();
        let before = comparable(&org::get(&store).await.unwrap());
        for (kind, text, expected) in cases {
            let error = load(&store, &[(kind, text)]).await.unwrap_err().to_string();
            assert!(error.contains(expected), "{kind}: {error}\nexpected {expected}");
            assert!(error.contains(&format!("`{kind}.csv`")) && !error.contains('\n'), "{error}");
        }
        assert_eq!(comparable(&org::get(&store).await.unwrap()), before);
        assert_eq!(audit::verify(&store, None).await.unwrap().entries, 1);
    })
    .await;
}

#[tokio::test]
async fn text_that_is_not_utf8_is_refused_with_advice_and_a_byte_order_mark_is_not() {
    for_each_database(|store| async move {
        let latin1 = b"Unit,Product\nDigital,Caf\xE9\n".to_vec();
        let files = ImportOrganisation { hierarchy: Some(Source::text("h.csv", latin1)), ..ImportOrganisation::default() };
        let error = import(&store, &files).await.unwrap_err().to_string();
        assert!(error.contains("`h.csv` line 2, column `Product`") && error.contains("UTF-8"), "{error}");
        load(&store, &[("hierarchy", "\u{FEFF}Unit,Product\nDigital,Shop\n")]).await.unwrap();
        assert_eq!(org::get(&store).await.unwrap().levels, ["Unit", "Product"]);
    })
    .await;
}

#[tokio::test]
async fn when_the_last_file_is_wrong_the_first_is_not_imported_either() {
    for_each_database(|store| async move {
        let mut texts = ALL;
        texts[3].1 = "product,name,description\nNowhere,Bot,\n";
        load(&store, &texts).await.unwrap_err();
        let organisation = org::get(&store).await.unwrap();
        assert!(organisation.nodes.is_empty() && organisation.levels.is_empty() && organisation.accounts.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_node_that_still_holds_something_cannot_be_dropped_and_an_empty_one_can() {
    for_each_database(|store| async move {
        load(&store, &ALL).await.unwrap();
        let without_shop = HIERARCHY.replace("Digital,Alpha,Shop\n", "");
        let error = load(&store, &[("hierarchy", &without_shop)]).await.unwrap_err().to_string();
        assert!(error.contains("`Digital > Alpha > Shop`, which still holds 1 grant, 1 workload"), "{error}");
        let without_search = HIERARCHY.replace("Digital,Alpha,Search\n", "");
        let report = load(&store, &[("hierarchy", &without_search)]).await.unwrap();
        assert_eq!(report.nodes, Some(Change { total: 9, added: 0, removed: 1 }));
        // A rename is a removal and an addition; importing what moves together with it makes it possible.
        let renamed = without_search.replace("Digital,Alpha,Shop", "Digital,Alpha,Store");
        let people = PEOPLE.replace("Shop", "Store");
        let workloads = WORKLOADS.replace("Shop", "Store");
        let report = load(&store, &[("hierarchy", &renamed), ("people", &people), ("workloads", &workloads)]).await.unwrap();
        assert_eq!(report.nodes, Some(Change { total: 9, added: 1, removed: 1 }));
    })
    .await;
}

#[tokio::test]
async fn a_workload_with_an_id_can_be_renamed_and_moved_and_one_with_an_estimate_cannot_vanish() {
    for_each_database(|store| async move {
        load(&store, &ALL).await.unwrap();
        load(&store, &[("workloads", &WORKLOADS.replace("Gamma > Desk,Desk Bot", "Search,Help Bot"))]).await.unwrap();
        let moved = org::get(&store).await.unwrap().workloads.into_iter().find(|workload| workload.id.as_str() == "desk-bot").unwrap();
        assert_eq!(moved.name, "Help Bot");
        let estimate = "INSERT INTO estimates (id, workload_id, from_month, unit, committed_by, committed_at)
                        SELECT 'e', 'desk-bot', '2026-11', 'usd', id, '2026-11-01T00:00:00Z' FROM people WHERE email = 'ann@x.io'";
        execute(&store, estimate).await;
        let error = load(&store, &[("workloads", "product,name,description\nShop,Checkout,\n")]).await.unwrap_err().to_string();
        assert!(error.contains("`Help Bot` (id desk-bot), which still has 1 estimate"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_first_import_without_a_hierarchy_says_what_is_missing() {
    for_each_database(|store| async move {
        let error = load(&store, &[("people", "name,email,role,node\nAnn,ann@x.io,admin,\n")]).await.unwrap_err().to_string();
        assert!(error.contains("there is no hierarchy yet"), "{error}");
        assert!(matches!(load(&store, &[]).await, Err(ImportError::Nothing)));
    })
    .await;
}

#[test]
fn a_file_that_is_missing_a_folder_or_huge_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let huge = directory.path().join("huge.csv");
    std::fs::File::create(&huge).unwrap().set_len(33 << 20).unwrap();
    for (path, part) in
        [(directory.path().join("none.csv"), "cannot be opened"), (directory.path().to_path_buf(), "is not a file"), (huge, "33 MiB")]
    {
        let error = Source::file(&path).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}

proptest! {
    /// The tree has exactly one node per distinct path, and each node's parent is one level above it.
    #[test]
    fn every_path_of_the_file_is_in_the_tree_once(paths in proptest::collection::btree_set((0..3_u8, 0..3_u8, 0..4_u8), 1..20)) {
        let mut text = String::from("A,B,C\n");
        for (a, b, c) in &paths {
            text.push_str(&format!("a{a},b{b},c{c}\n"));
        }
        let tree = hierarchy::read(Rows::open(&Source::text("h.csv", text)).unwrap(), "Company").unwrap();
        let tops: BTreeSet<_> = paths.iter().map(|p| p.0).collect();
        let middles: BTreeSet<_> = paths.iter().map(|p| (p.0, p.1)).collect();
        prop_assert_eq!(tree.nodes.len(), 1 + tops.len() + middles.len() + paths.len());
        let levels: BTreeMap<_, _> = tree.nodes.iter().map(|node| (node.id.clone(), node.level)).collect();
        for node in &tree.nodes {
            prop_assert_eq!(node.parent.as_ref().map(|parent| levels[parent] + 1).unwrap_or(0), node.level);
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(rows) = Rows::open(&Source::text("h.csv", bytes)) {
            let _outcome = hierarchy::read(rows, "Company");
        }
    }
}

#[tokio::test]
async fn only_an_administrator_of_the_whole_company_imports() {
    for_each_database(|store| async move {
        load(&store, &ALL).await.unwrap();
        let people = format!("{PEOPLE}Ada Part,ada@x.io,admin,Alpha,\nAdam Whole,adam@x.io,admin,,\n");
        load(&store, &[("people", &people)]).await.unwrap();
        let acts = Acts::new(store.clone(), Arc::new(clock()), None);
        for (who, may) in [("Ada Part", false), ("Adam Whole", true)] {
            let actor = Actor::by_operator(&store, who).await.unwrap();
            let outcome = acts.perform(&actor, &files(&[("people", &people)])).await;
            assert_eq!(outcome.is_ok(), may, "{who}: {outcome:?}");
            assert!(may || matches!(outcome, Err(ActError::RoleMissing { .. })), "{who}");
        }
    })
    .await;
}
