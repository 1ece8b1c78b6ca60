//! One run: every period of an export, each loaded whole or not at all.
//!
//! What stands is replaced only by a delivery that was complete, unchanged while it was read, of one currency and not suspiciously smaller. Every
//! attempt leaves a run record, so that an answer can cite it and an operator can see why figures are old.

use std::collections::{BTreeMap, BTreeSet};

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::Month;

use agent_bill_billing::daily::Daily;
use agent_bill_billing::source::{BillSource, Contents, Delivery};
use agent_bill_billing::{BillingError, PARSER_VERSION};
use agent_bill_domain::clock::Clock;
use agent_bill_records::usage::{PeriodLoad, RunOutcome, RunRow, StandingPeriod};
use agent_bill_records::{Store, StoreError};

/// Which periods to load, and what may be replaced by what.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Only this period.
    pub period: Option<Month>,
    /// Replace figures even by a delivery that lost days or all its Bedrock lines.
    pub accept_shrink: bool,
    /// Replace figures that came from an export of another name.
    pub replace_export: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum RollupError {
    #[error(transparent)]
    Billing(#[from] BillingError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the export holds no billing period {0}")]
    NoSuchPeriod(Month),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Run(RunOutcome),
    /// No manifest yet: AWS has not finished the delivery. Nothing was read or recorded.
    NotReady,
}

/// What became of one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodReport {
    pub period: Month,
    pub export: String,
    pub outcome: Outcome,
    /// For people; empty when all went well.
    pub message: String,
    pub run_id: String,
    pub lines_read: i64,
    pub lines_bedrock: i64,
    pub usage: NanoUsd,
    pub other: NanoUsd,
    pub data_through: String,
}

/// Loads the periods of a source, oldest first. A period that cannot be loaded does not hold up the others.
///
/// # Errors
/// No export at all, a period asked for that is not there, or the database failing.
pub async fn run(store: &Store, clock: &dyn Clock, bills: &dyn BillSource, options: &Options) -> Result<Vec<PeriodReport>, RollupError> {
    let mut deliveries = bills.deliveries().await?;
    deliveries.retain(|delivery| options.period.is_none_or(|wanted| wanted == delivery.period()));
    tracing::debug!(source = bills.name(), periods = deliveries.len(), "rollup");
    if let (Some(wanted), true) = (options.period, deliveries.is_empty()) {
        return Err(RollupError::NoSuchPeriod(wanted));
    }
    let mut by_period: BTreeMap<Month, BTreeSet<String>> = BTreeMap::new();
    for delivery in &deliveries {
        by_period.entry(delivery.period()).or_default().insert(delivery.export().to_owned());
    }
    let mut reports = Vec::new();
    for delivery in &deliveries {
        let attempt = Attempt { store, clock, options, delivery: delivery.as_ref(), started_at: clock.now_text() };
        let rivals = by_period.get(&delivery.period()).filter(|exports| exports.len() > 1);
        let report = match rivals {
            Some(exports) => {
                let names = exports.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
                attempt
                    .fail(&format!("{names} both hold this period and would count the same money twice; point --export at one of them"))
                    .await?
            }
            None => attempt.load().await?,
        };
        tracing::info!(period = %report.period, outcome = report.outcome.key(), lines = report.lines_read, note = %report.message, "rollup");
        reports.push(report);
    }
    Ok(reports)
}

impl Outcome {
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Run(outcome) => outcome.key(),
            Self::NotReady => "not ready",
        }
    }
}

struct Attempt<'a> {
    store: &'a Store,
    clock: &'a dyn Clock,
    options: &'a Options,
    delivery: &'a dyn Delivery,
    started_at: String,
}

impl Attempt<'_> {
    async fn load(&self) -> Result<PeriodReport, RollupError> {
        let contents = match self.delivery.contents().await {
            Ok(Some(contents)) => contents,
            Ok(None) => return Ok(self.not_ready()),
            Err(error) => return self.fail(&error.to_string()).await,
        };
        let standing = self.store.standing_period(&self.delivery.period().to_string()).await?;
        if let Some(standing) = standing.as_ref().filter(|standing| standing.fingerprint == contents.fingerprint()) {
            return self.unchanged(standing, contents.fingerprint()).await;
        }
        if let Some(rival) = standing.as_ref().and_then(|standing| self.rival(standing)) {
            let message = format!(
                "the figures of this period came from export `{rival}`; loading `{}` beside it would count the same money twice; give --replace-export to replace them",
                self.delivery.export()
            );
            return self.fail(&message).await;
        }
        match self.read(contents.as_ref()).await? {
            Ok(daily) => self.replace(daily, standing, contents.fingerprint()).await,
            Err(error) => self.fail(&error.to_string()).await,
        }
    }

    /// The other export's name, when what stands is not from this one.
    fn rival(&self, standing: &StandingPeriod) -> Option<String> {
        let (name, _) = standing.fingerprint.rsplit_once('@')?;
        (!self.options.replace_export && name != self.delivery.export()).then(|| name.to_owned())
    }

    /// Reads the delivery and makes sure that it was the same before and after, of one period, and of the one currency that can be added.
    async fn read(&self, contents: &dyn Contents) -> Result<Result<Daily, BillingError>, RollupError> {
        let elsewhere = self.store.first_principal_outside(&self.delivery.period().to_string()).await?;
        let read = contents.read(&elsewhere).await;
        // What vanished or was swapped meanwhile explains whatever else went wrong.
        let again = self.delivery.contents().await;
        if !matches!(&again, Ok(Some(now)) if now.fingerprint() == contents.fingerprint()) {
            return Ok(Err(again.err().unwrap_or(BillingError::Changed)));
        }
        Ok(read.and_then(|daily| daily.check_currency().and_then(|()| daily.check_period()).map(|()| daily)))
    }

    async fn replace(&self, mut daily: Daily, standing: Option<StandingPeriod>, fingerprint: &str) -> Result<PeriodReport, RollupError> {
        let folder = self.delivery.period();
        let (period, standing) = match daily.months.iter().collect::<Vec<_>>().as_slice() {
            // The lines know better than the folder they lie in.
            [named] if **named != folder => {
                daily.notes.push(format!("the folder says {folder}, the lines say {named}"));
                (**named, self.store.standing_period(&named.to_string()).await?)
            }
            _ => (folder, standing),
        };
        if let Some(reason) = standing.as_ref().and_then(|standing| shrunk(standing, &daily)).filter(|_| !self.options.accept_shrink) {
            let message = format!("{reason}; the figures of before were kept; check the delivery, or give --accept-shrink to take it");
            let run = self.run_row(period, RunOutcome::Kept, &message, fingerprint, Some(&daily));
            let run_id = self.store.record_run(&run, Some(&message)).await?;
            return Ok(self.report(period, RunOutcome::Kept, message, run_id, Some(&daily)));
        }
        let message = daily.notes.join("; ");
        let run = self.run_row(period, RunOutcome::Replaced, &message, fingerprint, Some(&daily));
        let load = PeriodLoad {
            run,
            rows: std::mem::take(&mut daily.rows),
            principals: std::mem::take(&mut daily.principals),
            tags: std::mem::take(&mut daily.tags),
            models: std::mem::take(&mut daily.models),
            data_through: daily.data_through.clone(),
            data_through_marketplace: daily.data_through_marketplace.clone(),
            health: message.clone(),
        };
        let run_id = self.store.replace_period(&load).await?;
        Ok(self.report(period, RunOutcome::Replaced, message, run_id, Some(&daily)))
    }

    async fn unchanged(&self, standing: &StandingPeriod, fingerprint: &str) -> Result<PeriodReport, RollupError> {
        let period = self.delivery.period();
        let run = self.run_row(period, RunOutcome::Unchanged, "", fingerprint, None);
        // What stands is the newest delivery after all: what was said of later ones no longer holds.
        let run_id = self.store.record_run(&run, Some(&standing.message)).await?;
        Ok(self.report(period, RunOutcome::Unchanged, String::new(), run_id, None))
    }

    async fn fail(&self, message: &str) -> Result<PeriodReport, RollupError> {
        let period = self.delivery.period();
        let run = self.run_row(period, RunOutcome::Failed, message, "", None);
        let health = format!("the newest delivery could not be loaded: {message}");
        let run_id = self.store.record_run(&run, Some(&health)).await?;
        Ok(self.report(period, RunOutcome::Failed, message.to_owned(), run_id, None))
    }

    fn not_ready(&self) -> PeriodReport {
        let message = "there is no manifest yet, so the delivery is not complete; run again after the next one".to_owned();
        PeriodReport { outcome: Outcome::NotReady, ..self.report(self.delivery.period(), RunOutcome::Failed, message, String::new(), None) }
    }

    fn run_row(&self, period: Month, outcome: RunOutcome, message: &str, fingerprint: &str, daily: Option<&Daily>) -> RunRow {
        let unknown = daily.map(|daily| daily.unknown_usage_types.clone()).unwrap_or_default();
        RunRow {
            billing_period: period.to_string(),
            started_at: self.started_at.clone(),
            finished_at: self.clock.now_text(),
            outcome,
            message: message.to_owned(),
            fingerprint: fingerprint.to_owned(),
            has_principal_column: daily.is_some_and(|daily| daily.has_principal_column),
            first_principal_on: daily.map(|daily| daily.first_principal_on.clone()).unwrap_or_default(),
            invoiced: daily.is_some_and(|daily| daily.invoiced),
            lines_read: daily.map_or(0, |daily| daily.lines_read),
            lines_bedrock: daily.map_or(0, |daily| daily.lines_bedrock),
            unblended_nano: daily.map_or(0, |daily| daily.usage.0),
            other_nano: daily.map_or(0, |daily| daily.other.0),
            unknown_usage_types: serde_json::Value::from(unknown).to_string(),
            safety_net_lines: daily.map_or(0, |daily| daily.safety_net_lines),
            parser_version: PARSER_VERSION.to_owned(),
        }
    }

    fn report(&self, period: Month, outcome: RunOutcome, message: String, run_id: String, daily: Option<&Daily>) -> PeriodReport {
        PeriodReport {
            period,
            export: self.delivery.export().to_owned(),
            outcome: Outcome::Run(outcome),
            message,
            run_id,
            lines_read: daily.map_or(0, |daily| daily.lines_read),
            lines_bedrock: daily.map_or(0, |daily| daily.lines_bedrock),
            usage: daily.map_or(NanoUsd::ZERO, |daily| daily.usage),
            other: daily.map_or(NanoUsd::ZERO, |daily| daily.other),
            data_through: daily.map(|daily| daily.data_through.clone()).unwrap_or_default(),
        }
    }
}

/// Why a delivery looks cut short beside what stands. Less money is normal (AWS restates downward); fewer days are not.
fn shrunk(standing: &StandingPeriod, daily: &Daily) -> Option<String> {
    if standing.rows > 0 && daily.rows.is_empty() {
        return Some("the new delivery holds no Bedrock line at all".to_owned());
    }
    let lost = standing.days - daily.days;
    (lost >= 2 && daily.days * 10 < standing.days * 9)
        .then(|| format!("the new delivery covers {} days where {} were loaded before", daily.days, standing.days))
}
