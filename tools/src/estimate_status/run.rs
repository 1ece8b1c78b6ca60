//! How `estimate_status` holds each workload against its commitment.

use std::collections::BTreeMap;

use agent_bill_domain::estimate::{EstimateUnit, expected_by_now, pace_permille};
use agent_bill_domain::ids::WorkloadId;
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::{DateRange, Month};
use agent_bill_domain::projection::{project, project_tokens};
use agent_bill_domain::tokens::TokenKind;
use jiff::civil::Date;

use super::cache_line;
use super::lever::{Situation, lever};
use super::measures::{self, Measures};
use super::{Band, EstimateRow, EstimateStatusArgs, EstimateStatusResult, TokenLine};
use crate::bounded::{LIST_BYTES, cut, percent, permille_as_percent};
use crate::contract::{Answered, ToolError};
use crate::empty::{Empty, EmptyReason};
use crate::hierarchy::Hierarchy;
use crate::period::PeriodInfo;
use crate::period::{Calendar, describe_period, nothing_loaded, period_notes};
use crate::view::{ClaimFact, EstimateFact, Settings, View};

const MOST_ROWS: usize = 14;
const MOST_WITHOUT: usize = 20;
/// A token kind below this share of the spend (tenths of a percent) is not what drives it.
const MATERIAL_PERMILLE: i64 = 50;
/// Pace up to which a kind counts as on the estimate, in tenths of a percent.
const ON_PACE_PERMILLE: i64 = 1020;

/// What all rows of an answer share.
struct Frame<'a> {
    hierarchy: &'a Hierarchy,
    settings: Settings,
    month: Month,
    /// The running month, whose end is projected; earlier months are measured.
    is_running: bool,
    settled_through: Option<Date>,
    /// Days of the month with data.
    elapsed_days: i64,
    cache_target_permille: i64,
    claims: Vec<ClaimFact>,
}

pub(super) async fn run(view: &dyn View, args: EstimateStatusArgs) -> Result<Answered<EstimateStatusResult>, ToolError> {
    let settings = view.settings();
    let cache_target_permille = cache_target(args.cache_target_percent, settings.healthy_cache_permille)?;
    let freshness = view.freshness().await?;
    let calendar = Calendar::new(view.today(), &freshness);
    let period = calendar.read(args.period.as_deref())?;
    let (month, _) = calendar.read_month(args.period.as_deref())?;
    let info = describe_period(&period, &freshness);
    let hierarchy = Hierarchy::read(view).await?;
    let subject = hierarchy.without(hierarchy.find(args.of.as_deref())?, args.exclude.as_deref())?;
    let mut result = EstimateStatusResult {
        scope: hierarchy.label_of(&subject),
        elapsed_percent: elapsed(month, info.data_through).and_then(|days| percent(days, month.days())),
        rows: Vec::new(),
        total_estimate_usd: NanoUsd::ZERO,
        total_spend_usd: NanoUsd::ZERO,
        total_projected_usd: None,
        total_remaining_usd: NanoUsd::ZERO,
        total_used_percent: None,
        total_projected_over_usd: None,
        without_estimate: Vec::new(),
        in_tokens_only: Vec::new(),
        without_claim: Vec::new(),
        notes: period_notes(&info, &freshness),
        empty: nothing_loaded(&info, view.today(), &freshness),
        period: info,
    };
    if result.empty.is_some() {
        return Ok(Answered::empty(result));
    }
    let measured = measures::read(view, &subject, &result.period).await?;
    let mut estimates = view.estimates(month).await?;
    estimates.retain(|estimate| subject.holds(Some(&estimate.workload), None));
    let workloads = hierarchy.org.workloads.iter().filter(|workload| subject.holds(Some(&workload.id), None));
    let without: Vec<&str> = workloads
        .clone()
        .filter(|workload| !estimates.iter().any(|estimate| estimate.workload == workload.id))
        .map(|workload| workload.name.as_str())
        .collect();
    let has_workloads = workloads.count() > 0;
    result.without_estimate = without.iter().take(MOST_WITHOUT).map(|name| (*name).to_owned()).collect();
    let frame = Frame {
        hierarchy: &hierarchy,
        settings,
        month,
        is_running: month == Month::of(view.today()),
        settled_through: result.period.settled_through,
        elapsed_days: elapsed(month, result.period.data_through).unwrap_or(0),
        cache_target_permille,
        claims: view.claims().await?,
    };
    fill(&mut result, &frame, &estimates, &measured);
    if result.rows.is_empty() {
        result.empty = Some(why_empty(&result.scope, &result.period, has_workloads));
        return Ok(Answered::empty(result));
    }
    Ok(Answered::ok(result))
}

fn cache_target(asked_percent: Option<i64>, healthy_permille: i64) -> Result<i64, ToolError> {
    match asked_percent {
        None => Ok(healthy_permille),
        Some(target) if (1..=95).contains(&target) => Ok(target * 10),
        Some(_) => Err(ToolError::Tell("a cache hit rate to aim for lies between 1 and 95 percent".to_owned())),
    }
}

fn elapsed(month: Month, through: Option<Date>) -> Option<i64> {
    through.map(|through| DateRange { from: month.first(), to: through.min(month.last()) }.days())
}

fn why_empty(scope: &str, period: &PeriodInfo, has_workloads: bool) -> Empty {
    let explanation = if has_workloads {
        format!("No estimate was in force for {scope} in {}; its Product Owner commits to one.", period.label)
    } else {
        format!("{scope} holds no workload yet.")
    };
    Empty { reason: EmptyReason::NothingInScope, explanation }
}

fn fill(result: &mut EstimateStatusResult, frame: &Frame<'_>, estimates: &[EstimateFact], measured: &BTreeMap<WorkloadId, Measures>) {
    let nothing = Measures::default();
    let mut rows: Vec<EstimateRow> =
        estimates.iter().map(|estimate| frame.row(estimate, measured.get(&estimate.workload).unwrap_or(&nothing))).collect();
    result.in_tokens_only = workloads_where(&rows, |row| row.estimate_usd.is_none());
    result.without_claim = estimates
        .iter()
        .filter(|estimate| !frame.is_claimed(estimate))
        .filter_map(|estimate| frame.hierarchy.workload(&estimate.workload))
        .map(|workload| workload.name.clone())
        .take(MOST_WITHOUT)
        .collect();
    let in_usd = || rows.iter().filter(|row| row.estimate_usd.is_some());
    result.total_estimate_usd = in_usd().filter_map(|row| row.estimate_usd).sum();
    result.total_spend_usd = in_usd().map(|row| row.spend_usd).sum();
    let projected: Option<Vec<NanoUsd>> = in_usd().map(|row| row.projected_usd).collect();
    result.total_projected_usd = projected.filter(|all| !all.is_empty()).map(|all| all.into_iter().sum());
    result.total_remaining_usd = result.total_estimate_usd - result.total_spend_usd;
    result.total_used_percent = percent(result.total_spend_usd.0, result.total_estimate_usd.0);
    result.total_projected_over_usd = result.total_projected_usd.map(|projected| projected - result.total_estimate_usd);
    if frame.is_running && rows.iter().any(|row| row.projected_usd.is_none()) {
        result.notes.push("A projection needs three settled days.".to_owned());
    }
    let how_far = |row: &EstimateRow| row.projected_over_usd.or(row.over_usd).unwrap_or_default();
    rows.sort_by(|a, b| {
        let severity = |row: &EstimateRow| if row.band == Band::Unknown { None } else { Some(row.band) };
        severity(b).cmp(&severity(a)).then_with(|| how_far(b).cmp(&how_far(a))).then_with(|| a.workload.cmp(&b.workload))
    });
    let left_out = cut(&mut rows, MOST_ROWS, LIST_BYTES);
    if !left_out.is_empty() {
        result.notes.push("Only the workloads furthest over their estimate are listed; the totals hold all of them.".to_owned());
    }
    result.rows = rows;
}

fn workloads_where(rows: &[EstimateRow], fits: impl Fn(&EstimateRow) -> bool) -> Vec<String> {
    rows.iter().filter(|row| fits(row)).map(|row| row.workload.clone()).take(MOST_WITHOUT).collect()
}

impl Frame<'_> {
    fn is_claimed(&self, estimate: &EstimateFact) -> bool {
        self.claims.iter().any(|claim| claim.workload == estimate.workload)
    }

    fn row(&self, estimate: &EstimateFact, measures: &Measures) -> EstimateRow {
        let workload = self.hierarchy.workload(&estimate.workload);
        let product = workload.and_then(|workload| self.hierarchy.node(&workload.node));
        let amount = estimate.amount.filter(|_| estimate.unit == EstimateUnit::Usd);
        let projection =
            self.projecting().and_then(|settled| project(&measures.daily_spend, self.month, self.first_day(estimate), settled));
        let projected = projection.map(|projection| projection.projected);
        let (used, band) = self.standing(estimate, measures, projected);
        let tokens = self.token_lines(estimate, measures);
        let main = main_kind(&tokens, measures);
        let cache = cache_line::find(measures, self.settings, self.cache_target_permille);
        let input_side: NanoUsd =
            measures.spend_by_kind.iter().filter(|(kind, _)| **kind != TokenKind::Output).map(|(_, amount)| *amount).sum();
        let situation = Situation {
            band,
            main,
            cache_would_help: cache.as_ref().is_some_and(|cache| cache.below_threshold && cache.line.recoverable_usd > NanoUsd::ZERO),
            wastes_writes: cache.as_ref().is_some_and(|cache| cache.wastes_writes),
            input_side_leads: input_side.0 * 2 >= measures.spend.0,
        };
        EstimateRow {
            product: product.map(|node| node.name.clone()).unwrap_or_default(),
            workload: workload.map(|workload| workload.name.clone()).unwrap_or_default(),
            owners: product.map(|node| node.owners.iter().take(4).cloned().collect()).unwrap_or_default(),
            unit: estimate.unit,
            estimate_usd: amount,
            spend_usd: measures.spend,
            remaining_usd: amount.map(|amount| amount - measures.spend),
            used_percent: used.map(permille_as_percent),
            projected_usd: projected,
            projected_over_usd: projected.zip(amount).map(|(projected, amount)| projected - amount),
            over_usd: amount.filter(|_| !self.is_running).map(|amount| measures.spend - amount),
            band,
            projection_rate_days: projection.map(|projection| projection.rate_days),
            remaining_days: projection.map(|projection| projection.remaining_days),
            projection_method: projection.map(|projection| projection.method()).unwrap_or_default(),
            tokens,
            main_token_kind: main.map(|kind| kind.label().to_owned()),
            lever: lever(&situation).to_owned(),
            cache: cache.map(|cache| cache.line),
            committed_by: estimate.committed_by.clone(),
            committed_on: estimate.committed_on,
        }
    }

    /// Only the running month is projected, from its settled days.
    fn projecting(&self) -> Option<Date> {
        self.settled_through.filter(|_| self.is_running)
    }

    /// The first day of the month on which the workload could have had spend: days before its first claim are no days of zero.
    fn first_day(&self, estimate: &EstimateFact) -> Date {
        let first_claim = self.claims.iter().filter(|claim| claim.workload == estimate.workload).map(|claim| claim.effective_from).min();
        first_claim.unwrap_or(self.month.first()).max(self.month.first())
    }

    /// Share used in tenths of a percent, and the band, both in the unit that was committed to.
    fn standing(&self, estimate: &EstimateFact, measures: &Measures, projected: Option<NanoUsd>) -> (Option<i64>, Band) {
        let (committed, actual, projected) = if estimate.unit == EstimateUnit::Usd {
            (estimate.amount.map(|amount| amount.0), measures.spend.0, projected.map(|amount| amount.0))
        } else {
            let by_tokens =
                self.projecting().and_then(|settled| project_tokens(&measures.daily_tokens, self.month, self.first_day(estimate), settled));
            (estimate.tokens.map(|tokens| tokens.total()), measures.tokens.total(), by_tokens)
        };
        let Some(committed) = committed else { return (None, Band::Unknown) };
        let band = match projected {
            // Without a claim the spend is unknown, not zero.
            _ if !self.is_claimed(estimate) && actual == 0 => Band::Unknown,
            Some(projected) => Band::of(projected, committed),
            None if !self.is_running || actual > committed => Band::of(actual, committed),
            None => Band::Unknown,
        };
        (agent_bill_domain::money::permille(actual, committed), band)
    }

    fn token_lines(&self, estimate: &EstimateFact, measures: &Measures) -> Vec<TokenLine> {
        let lines = TokenKind::ALL.into_iter().map(|kind| {
            let actual = measures.tokens.get(kind);
            let expected = estimate.tokens.map(|tokens| expected_by_now(tokens.get(kind), self.elapsed_days, self.month.days()));
            TokenLine {
                kind: kind.label().to_owned(),
                actual_tokens: actual,
                estimate_tokens: estimate.tokens.map(|tokens| tokens.get(kind)),
                expected_by_now_tokens: expected,
                pace_percent: expected.and_then(|expected| pace_permille(actual, expected)).map(permille_as_percent),
                spend_usd: measures.spend_by_kind.get(&kind).copied().unwrap_or_default(),
            }
        });
        lines.filter(|line| line.actual_tokens > 0 || line.estimate_tokens.is_some_and(|tokens| tokens > 0)).collect()
    }
}

/// The material kind that runs furthest above what was expected by now, if one does.
fn main_kind(lines: &[TokenLine], measures: &Measures) -> Option<TokenKind> {
    TokenKind::ALL
        .into_iter()
        .filter_map(|kind| {
            let line = lines.iter().find(|line| line.kind == kind.label())?;
            let pace = pace_permille(line.actual_tokens, line.expected_by_now_tokens?)?;
            let share = agent_bill_domain::money::permille(line.spend_usd.0, measures.spend.0)?;
            (pace > ON_PACE_PERMILLE && share >= MATERIAL_PERMILLE).then_some((pace, line.spend_usd, kind))
        })
        .max()
        .map(|(_, _, kind)| kind)
}
