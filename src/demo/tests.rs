use std::collections::BTreeMap;
use std::fs;

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::Month;
use jiff::civil::date;

use super::ledger::LedgerKey;
use super::*;
use crate::clock::Clock;

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
    for stream in cast::STREAMS {
        let key = expand::principal_key(stream);
        let claimed = cast::CLAIMS.iter().any(|claim| claim.principal_key == key && claim.released_on == cast::NEVER);
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
fn the_same_seed_yields_the_same_bytes_and_another_seed_other_ones() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let seeds = [7, 7, 8];
    let [first, second, other] = std::array::from_fn(|at| {
        generate(folders[at].path(), seeds[at], None).unwrap();
        files_under(folders[at].path())
    });
    assert!(first == second, "the same seed wrote different files");
    let truth = Path::new("truth.json");
    assert_ne!(first[truth], other[truth]);
}

#[test]
fn the_manifest_names_every_chunk_but_the_stale_one() {
    let folder = tempfile::tempdir().unwrap();
    let generated = generate(folder.path(), 7, None).unwrap();
    for month in months() {
        let path = generated.export.join(format!("metadata/BILLING_PERIOD={month}/{EXPORT_NAME}-Manifest.json"));
        let manifest: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let named: Vec<String> = manifest["dataFiles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| file.as_str().unwrap().rsplit('/').next().unwrap().to_owned())
            .collect();
        let mut on_disk: Vec<String> = fs::read_dir(generated.export.join(format!("data/BILLING_PERIOD={month}")))
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
