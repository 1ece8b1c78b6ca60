use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::Month;
use jiff::civil::date;

use super::ledger::LedgerKey;
use super::*;
use agent_bill_domain::clock::Clock;

/// Everything `demo generate --seed 7` writes.
static SEVEN: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    generate(folder.path(), 7, None).unwrap();
    variants::write_variants(&folder.path().join("variants"), 7).unwrap();
    folder
});

fn ledger() -> Ledger {
    let mut ledger = Ledger::default();
    for month in months() {
        for line in lines_of(month, 7) {
            ledger.record(month, &line);
        }
    }
    ledger
}

fn november(ledger: &Ledger, wanted: impl Fn(&LedgerKey) -> bool) -> NanoUsd {
    ledger.nano(|month, key| month == Month::of(date(2026, 11, 1)) && wanted(key))
}

#[test]
fn the_demo_stands_on_monday_23_november_2026() {
    assert_eq!(clock().now_text(), "2026-11-23T09:00:00Z");
}

#[test]
fn november_shows_the_figures_of_the_founding_questions_to_the_cent() {
    let ledger = ledger();
    let attributed = |workload| november(&ledger, |key| key.bucket == "attributed" && key.workload == workload);
    assert_eq!(attributed("HR Portal Assistant"), NanoUsd::from_usd(14_200));
    assert_eq!(attributed("Insights Summariser") + attributed("Survey Themes"), NanoUsd::from_usd(9_400));
    assert_eq!(attributed("Agent Assist"), NanoUsd::from_usd(5_250));
    assert_eq!(attributed("Policy Q&A"), NanoUsd::from_usd(882));
    let unclaimed = ["hr-portal-onboarding-bot", "ci-nightly-embeddings", "copilot-eval-runner"].map(|role| {
        november(&ledger, |key| key.bucket == "unclaimed_principal" && key.principal_key == format!("aws:111122223333:role/{role}"))
    });
    assert_eq!(unclaimed.into_iter().sum::<NanoUsd>(), NanoUsd::from_usd(3_800));
    let opus = november(&ledger, |key| key.model_key == "anthropic/claude-opus-4.7" && key.account_id == "222233334444");
    assert_eq!(opus, NanoUsd::from_usd(2_400));
    assert_eq!(november(&ledger, |key| key.model_key == "meta/llama-3-70b"), NanoUsd::from_usd(45));
}

#[test]
fn no_untagged_unclaimed_role_sits_in_a_shared_account() {
    for stream in streams::STREAMS {
        let key = expand::principal_key(stream);
        let claimed = claims::CLAIMS.iter().any(|claim| claim.principal_key == key && claim.released_on == claims::NEVER);
        let shared = [line::PROD.id, line::PRE_PROD.id].contains(&stream.account.id);
        assert!(key.is_empty() || claimed || !shared || !stream.product_tag.is_empty(), "{key}");
    }
}

#[test]
fn eighteen_percent_of_the_policy_assistants_prompts_come_from_the_cache() {
    let ledger = ledger();
    let mut tokens: BTreeMap<&str, i64> = BTreeMap::new();
    for (key, sum) in &ledger.periods[&Month::of(date(2026, 11, 1))].sums {
        if key.workload == "Policy Q&A" && key.usage_date.as_str() <= "2026-11-19" {
            *tokens.entry(key.token_class).or_default() += sum.tokens;
        }
    }
    let prompt = tokens["input"] + tokens["cache_read"] + tokens["cache_write_5m"];
    assert_eq!(agent_bill_domain::money::permille(tokens["cache_read"], prompt), Some(180));
}

#[test]
fn buckets_sum_to_the_total_of_every_month() {
    for (month, period) in &ledger().periods {
        let total: i64 = period.sums.values().map(|sum| sum.nano).sum();
        let lines: i64 = period.sums.values().map(|sum| sum.lines).sum();
        assert_eq!(lines, period.lines_bedrock, "{month}");
        assert!(period.lines_bedrock < period.lines_read && total > 0, "{month}");
    }
}

fn files_under(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.insert(path.strip_prefix(folder).unwrap().to_path_buf(), fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn the_same_seed_yields_the_same_bytes_and_another_seed_other_lines() {
    let folder = tempfile::tempdir().unwrap();
    generate(folder.path(), 7, None).unwrap();
    variants::write_variants(&folder.path().join("variants"), 7).unwrap();
    assert!(files_under(SEVEN.path()) == files_under(folder.path()), "the same seed wrote different files");
    let tokens = |seed| lines_of(Month::of(date(2026, 11, 1)), seed).iter().map(|line| line.tokens).collect::<Vec<_>>();
    assert_ne!(tokens(7), tokens(8));
}

#[test]
fn the_manifest_names_every_chunk_but_the_stale_one() {
    let export = SEVEN.path().join("export").join(EXPORT_NAME);
    for month in months() {
        let path = export.join(format!("metadata/BILLING_PERIOD={month}/{EXPORT_NAME}-Manifest.json"));
        let manifest: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let named: Vec<String> = manifest["dataFiles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| file.as_str().unwrap().rsplit('/').next().unwrap().to_owned())
            .collect();
        let mut on_disk: Vec<String> = fs::read_dir(export.join(format!("data/BILLING_PERIOD={month}")))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        on_disk.sort();
        let stale = format!("{EXPORT_NAME}-00099.snappy.parquet");
        assert_eq!(on_disk.contains(&stale), month.first().month() == 9);
        on_disk.retain(|name| *name != stale);
        assert_eq!(named, on_disk);
        assert!(named.len() > 1, "{month} has several chunks");
    }
}

#[test]
fn padding_reaches_the_wanted_number_of_lines_and_moves_no_figure_of_the_demo() {
    let plain = ledger();
    let folder = tempfile::tempdir().unwrap();
    let padded = generate(folder.path(), 7, Some(60_000)).unwrap().ledger;
    let read: i64 = padded.periods.values().map(|period| period.lines_read).sum();
    let plain_read: i64 = plain.periods.values().map(|period| period.lines_read).sum();
    assert_eq!(read, plain_read.max(60_000));
    let demo = |ledger: &Ledger| ledger.nano(|_, key| key.account_id != padding::LOAD_TEST.id);
    assert_eq!(demo(&plain), demo(&padded));
}

#[test]
fn the_domain_reads_every_usage_type_model_and_principal_as_the_ledger_labels_it() {
    use agent_bill_domain::bill::{model_name, principal, quantity, usage_type};

    for line in months().flat_map(|month| lines_of(month, 7)).filter(|line| line.meter.label.bedrock) {
        let (meter, label) = (&line.meter, &line.meter.label);
        if let Some(principal) = line.principal.as_deref().and_then(principal::parse) {
            assert_eq!(principal.key.as_str(), label.principal_key);
        }
        if label.line_kind != "usage" {
            continue;
        }
        let read = usage_type::parse(&meter.usage_type);
        assert_eq!(read.token_class.to_string(), label.token_class, "{}", meter.usage_type);
        assert_eq!(quantity::tokens(line.amount, meter.pricing_unit, &read).unwrap_or(0), line.tokens, "{}", meter.usage_type);
        let of = |key: &str| meter.product.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value);
        let evidence = model_name::Evidence {
            provider: of("provider"),
            product_model: of("model"),
            mantle_id: if label.surface == "mantle" { read.model_slug.as_deref().unwrap_or("") } else { "" },
            resource_id: meter.resource_id.as_deref().unwrap_or(""),
            product_name: of("product_name"),
            kebab_slug: read.model_slug.as_deref().unwrap_or(""),
        };
        let model = model_name::canonical(&evidence).map_or_else(String::new, |canonical| canonical.key.to_string());
        assert_eq!(model, label.model_key, "{}", meter.usage_type);
    }
}

#[test]
fn the_decisions_leave_exactly_two_findings_over_the_whole_time() {
    use agent_bill_domain::catalog::{BilledRoute, DecisionRule};
    use agent_bill_domain::drift::{DailyUse, DriftKind, findings};
    use agent_bill_domain::ids::PrincipalKey;

    let rules: Vec<DecisionRule> = decided::DECISIONS
        .iter()
        .map(|decision| DecisionRule {
            model: decision.model.into(),
            state: decision.state,
            account: decision.place.map(|(account, _)| account.id.into()),
            region: decision.place.map(|(_, region)| region.name.to_owned()),
            route: decision.route,
            action_scope: decision.action_scope,
            workloads: decision.workloads.iter().map(|name| (*name).into()).collect(),
            effective_from: decision.decided_on.parse().unwrap(),
            superseded_on: None,
        })
        .collect();
    let mut uses = Vec::new();
    for line in months().flat_map(|month| lines_of(month, 7)).filter(|line| !line.principal_key().is_empty()) {
        let (meter, day) = (&line.meter, line.day().to_string());
        let resource = meter.resource_id.as_deref().unwrap_or("");
        let profile = if resource.contains(":application-inference-profile/") { resource } else { "" };
        let claim = claims::CLAIMS.iter().find(|claim| {
            claim.principal_key == line.principal_key() && claim.effective_from <= day.as_str() && day.as_str() < claim.released_on
        });
        uses.push(DailyUse {
            date: line.day(),
            principal: PrincipalKey::from(line.principal_key()),
            model: meter.label.model_key.into(),
            account: meter.account.id.into(),
            region: meter.region.name.to_owned(),
            route: BilledRoute::read(meter.label.routing, meter.label.surface, profile),
            workload: claim.map(|claim| claim.workload.into()),
            amount: NanoUsd::from_f64(line.cost).unwrap(),
            tokens: line.tokens,
        });
    }
    let found: Vec<(String, DriftKind, NanoUsd)> =
        findings(&rules, &uses).into_iter().map(|finding| (finding.key.principal.0, finding.key.kind, finding.amount)).collect();
    let expected = [
        ("aws:222233334444:role/checkout-service".to_owned(), DriftKind::OutsideApprovedScope, NanoUsd::from_usd(2_400)),
        ("aws:333344445555:role/nb-exploration".to_owned(), DriftKind::Undecided, NanoUsd::from_usd(45)),
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_policy_assistant_ends_the_month_about_two_hundred_dollars_over_and_the_hr_portal_within_its_estimate() {
    use agent_bill_domain::projection::{project, settled_through};

    let ledger = ledger();
    let month = Month::of(date(2026, 11, 1));
    let settled = settled_through(clock().today(), expand::DATA_THROUGH, true);
    let over = |workload: &str| {
        let sums = ledger.periods[&month].sums.iter().filter(|(key, _)| key.workload == workload);
        let daily: Vec<_> = sums.map(|(key, sum)| (key.usage_date.parse().unwrap(), NanoUsd(sum.nano))).collect();
        let estimate = decided::ESTIMATES.iter().rfind(|estimate| estimate.workload == workload).unwrap().usd.unwrap();
        project(&daily, month, month.first(), settled).unwrap().projected - NanoUsd::from_usd(estimate)
    };
    let policy = over("Policy Q&A");
    assert!((policy - NanoUsd::from_usd(200)).abs() < NanoUsd::from_usd(5), "{policy}");
    for within in ["HR Portal Assistant", "Insights Summariser", "Survey Themes", "Checkout Service", "Fraud Scoring"] {
        assert!(over(within).is_negative(), "{within}: {}", over(within));
    }
    assert!(over("Demand Forecast") > NanoUsd::from_usd(550), "{}", over("Demand Forecast"));
}
