//! A source that has no files and gives rows that are folded already goes through the same rules.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use agent_bill_billing::BillingError;
use agent_bill_billing::daily::Daily;
use agent_bill_billing::source::{Contents, Delivery};
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::Month;
use agent_bill_domain::usage::UsageRow;
use async_trait::async_trait;

use super::*;

/// What the source holds at the moment.
#[derive(Clone)]
struct Table {
    version: u32,
    days: u32,
    currency: &'static str,
    months: &'static [&'static str],
    /// The table is written anew while it is read.
    is_written: bool,
    reads: u32,
}

#[derive(Clone)]
struct Folded(Arc<Mutex<Table>>);

impl Folded {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Table { version: 1, days: 20, currency: "USD", months: &["2026-10"], is_written: false, reads: 0 })))
    }

    fn change(&self, change: impl FnOnce(&mut Table)) {
        let mut table = self.0.lock().unwrap();
        table.version += 1;
        change(&mut table);
    }
}

#[async_trait]
impl BillSource for Folded {
    fn name(&self) -> &'static str {
        "folded"
    }

    async fn deliveries(&self) -> Result<Vec<Box<dyn Delivery>>, BillingError> {
        Ok(vec![Box::new(self.clone())])
    }
}

#[async_trait]
impl Delivery for Folded {
    fn export(&self) -> &str {
        "table"
    }

    fn period(&self) -> Month {
        "2026-10".parse().unwrap()
    }

    async fn contents(&self) -> Result<Option<Box<dyn Contents>>, BillingError> {
        let version = self.0.lock().unwrap().version;
        Ok(Some(Box::new(Snapshot { fingerprint: format!("table@{version}"), source: self.clone() })))
    }
}

struct Snapshot {
    fingerprint: String,
    source: Folded,
}

#[async_trait]
impl Contents for Snapshot {
    fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    async fn read(&self, _first_principal_elsewhere: &str) -> Result<Daily, BillingError> {
        let mut table = self.source.0.lock().unwrap();
        table.reads += 1;
        table.version += u32::from(table.is_written);
        let rows: Vec<UsageRow> = (1..=table.days).map(row).collect();
        Ok(Daily {
            days: i64::from(table.days),
            usage: NanoUsd(rows.iter().map(|row| row.unblended_nano).sum()),
            rows,
            currencies: BTreeSet::from([table.currency.to_owned()]),
            months: table.months.iter().map(|month| month.parse().unwrap()).collect(),
            ..Daily::default()
        })
    }
}

fn row(day: u32) -> UsageRow {
    UsageRow {
        usage_date: format!("2026-10-{day:02}"),
        payer_account_id: "999999999999".to_owned(),
        account_id: "012345678901".to_owned(),
        region: "us-east-1".to_owned(),
        channel: "service",
        principal_key: String::new(),
        line_kind: "usage",
        usage_type: "USE1-Claude4.6Sonnet-input-tokens".to_owned(),
        pricing_unit: "1K tokens".to_owned(),
        operation: "InvokeModelInference".to_owned(),
        token_class: "input",
        tier: "standard",
        routing: "regional",
        surface: "runtime",
        context: "default",
        model_key: "anthropic/claude-sonnet-4.6".to_owned(),
        profile_arn: String::new(),
        has_principal_data: false,
        unit_suspect: false,
        unblended_nano: 3_300_000_000,
        net_nano: 3_300_000_000,
        public_nano: 3_300_000_000,
        tokens: 1_000_000,
        lines: 1,
        sessions: 0,
        last_usage_end: format!("2026-10-{day:02}T06:00:00Z"),
    }
}

#[tokio::test]
async fn rows_folded_elsewhere_are_loaded_whole_and_not_read_again_while_they_are_the_same() {
    for_each_database(|store| async move {
        let bills = Folded::new();
        let report = load(&store, &bills).await;
        assert_eq!((report.outcome, report.export.as_str()), (Outcome::Run(RunOutcome::Replaced), "table"), "{}", report.message);
        assert_eq!(total(&store).await, 20 * 3_300_000_000);
        assert_eq!(load(&store, &bills).await.outcome, Outcome::Run(RunOutcome::Unchanged));
        assert_eq!(bills.0.lock().unwrap().reads, 1);
        bills.change(|table| table.days = 21);
        assert_eq!(load(&store, &bills).await.outcome, Outcome::Run(RunOutcome::Replaced));
        assert_eq!(total(&store).await, 21 * 3_300_000_000);
    })
    .await;
}

#[tokio::test]
async fn rows_folded_elsewhere_that_shrank_changed_meanwhile_or_are_in_another_currency_leave_the_figures_of_before() {
    for_each_database(|store| async move {
        let bills = Folded::new();
        load(&store, &bills).await;
        bills.change(|table| table.days = 9);
        let kept = load(&store, &bills).await;
        assert_eq!(kept.outcome, Outcome::Run(RunOutcome::Kept), "{}", kept.message);
        bills.change(|table| (table.days, table.is_written) = (21, true));
        let changed = load(&store, &bills).await;
        assert_eq!((changed.outcome, changed.message), (Outcome::Run(RunOutcome::Failed), BillingError::Changed.to_string()));
        bills.change(|table| (table.is_written, table.currency) = (false, "CNY"));
        let foreign = load(&store, &bills).await;
        assert_eq!(foreign.outcome, Outcome::Run(RunOutcome::Failed));
        assert!(foreign.message.contains("amounts in `CNY`"), "{}", foreign.message);
        bills.change(|table| (table.currency, table.months) = ("USD", &["2026-09", "2026-10"]));
        let mixed = load(&store, &bills).await;
        assert_eq!(mixed.outcome, Outcome::Run(RunOutcome::Failed));
        assert!(mixed.message.contains("2026-09, 2026-10"), "{}", mixed.message);
        assert_eq!(total(&store).await, 20 * 3_300_000_000);
        // An export of files over the same period is a rival, whatever gave the figures that stand.
        let files = Export::new();
        files.deliver(&days(1..=20));
        assert!(load(&store, files.bills().as_ref()).await.message.contains("came from export `table`"));
    })
    .await;
}
