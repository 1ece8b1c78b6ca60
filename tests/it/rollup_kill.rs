//! A rollup that is killed, at whatever moment, leaves either the figures of before or the new ones: never a mixture, never a part.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use agent_bill::demo;
use agent_bill::ingest::rollup::{Options, run};
use agent_bill_billing::source;
use agent_bill_records::testing::FreshDatabase;
use agent_bill_records::usage::PeriodSum;
use agent_bill_records::{Backend, Store};

use crate::running::Running;

const PERIOD: &str = "2026-10";
/// Moments at which the program is killed, spread over the time a whole run takes.
const KILLS: u32 = 12;

fn rollup(directory: &Path, url: &str, export: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agent-bill"));
    command
        .current_dir(directory)
        .env_clear()
        .env("AGENT_BILL_DATABASE_URL", url)
        .args(["rollup", "--period", PERIOD, "--export"])
        .arg(export);
    command
}

async fn load(store: &Store, export: &Path) -> Vec<PeriodSum> {
    let bills = source::open(export, 2).unwrap();
    let options = Options { period: PERIOD.parse().ok(), ..Options::default() };
    run(store, &demo::clock(), bills.as_ref(), &options).await.unwrap();
    store.period_sums(PERIOD).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn killing_a_rollup_at_any_moment_leaves_the_figures_of_before() {
    let folder = tempfile::tempdir().unwrap();
    let [old, new] = ["old", "new"].map(|name| folder.path().join(name));
    demo::generate(&old, 1, None).unwrap();
    demo::generate(&new, 2, None).unwrap();
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let database = FreshDatabase::create(backend).await;
        let store = &database.store;
        let after = load(store, &new.join("export")).await;
        let before = load(store, &old.join("export")).await;
        assert!(before != after && !before.is_empty());
        let started = Instant::now();
        assert!(rollup(folder.path(), &database.url, &new.join("export")).output().unwrap().status.success());
        let whole = started.elapsed();
        assert_eq!(store.period_sums(PERIOD).await.unwrap(), after);
        let mut survived = 0;
        for kill in 0..KILLS {
            if store.period_sums(PERIOD).await.unwrap() != before {
                load(store, &old.join("export")).await;
            }
            let running = Running::start(&mut rollup(folder.path(), &database.url, &new.join("export")), &folder.path().join("log"));
            tokio::time::sleep(whole * kill / KILLS + Duration::from_millis(3)).await;
            drop(running);
            let now = store.period_sums(PERIOD).await.unwrap();
            assert!(now == before || now == after, "{backend:?}: a part of a rollup after kill {kill}");
            let standing = store.standing_period(PERIOD).await.unwrap().unwrap();
            assert!(standing.rows > 0, "{backend:?}: the period lost its state");
            survived += u32::from(now == before);
        }
        assert!(survived > KILLS / 3, "{backend:?}: most kills came too late to prove anything ({survived} of {KILLS})");
        assert_eq!(load(store, &new.join("export")).await, after, "{backend:?}: the next run must go through");
        database.remove().await;
    }
}
