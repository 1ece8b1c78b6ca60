//! How `spend` sums: one query for the rows, one for what is beside them.

use std::collections::{BTreeMap, BTreeSet};

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::period::DateRange;
use agent_bill_domain::permission::Action;
use agent_bill_domain::tokens::{TokenCounts, TokenKind};

use super::rows::{Cell, finish_rows};
use super::{BucketRow, Credits, SpendArgs, SpendResult};
use crate::bounded::{count, percent};
use crate::contract::{Answered, ToolError};
use crate::empty::{Empty, EmptyReason};
use crate::grouping::{Group, Labels};
use crate::hierarchy::Hierarchy;
use crate::period::{Calendar, Period, describe_period, nothing_loaded, period_notes};
use crate::selection::{Excluded, Selection, Written};
use crate::view::{Bucket, Dimension, Freshness, SpendFact, View};

const DEFAULT_ROWS: i64 = 10;
const DEFAULT_DAYS: i64 = 31;
const MAX_ROWS: i64 = 50;

struct Breakdown {
    first: Group,
    second: Option<Group>,
    dimensions: [Dimension; 2],
    /// Where the token class stands in the values, if it was asked for.
    class_at: Option<usize>,
}

impl Breakdown {
    fn read(args: &SpendArgs, hierarchy: &Hierarchy) -> Result<Self, ToolError> {
        let given = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let first = given(&args.group_by).map(|word| Group::read(&word, hierarchy)).transpose()?;
        let first = first.unwrap_or(Group::Level(hierarchy.product_level()));
        let second = given(&args.then_by).map(|word| Group::read(&word, hierarchy)).transpose()?;
        let second = second.filter(|second| *second != first && *second != Group::Total && first != Group::Total);
        let one = first.dimension();
        let mut other = second.map_or(Dimension::None, Group::dimension);
        if other == one {
            other = Dimension::None;
        }
        // Token classes come along wherever there is room, so that rows carry tokens by kind.
        let dimensions = match (one, other) {
            (Dimension::None, Dimension::None) => [Dimension::TokenClass, Dimension::None],
            (Dimension::None, second) if second != Dimension::TokenClass => [Dimension::TokenClass, second],
            (first, Dimension::None) if first != Dimension::TokenClass => [first, Dimension::TokenClass],
            both => [both.0, both.1],
        };
        let class_at = dimensions.iter().position(|dimension| *dimension == Dimension::TokenClass);
        Ok(Self { first, second, dimensions, class_at })
    }

    fn value<'f>(&self, group: Group, fact: &'f SpendFact) -> &'f str {
        let at = self.dimensions.iter().position(|dimension| *dimension == group.dimension() && *dimension != Dimension::None);
        at.and_then(|at| fact.values.get(at)).map_or("", String::as_str)
    }

    fn limit(&self, args: &SpendArgs) -> usize {
        let by_default = if self.first.is_time() { DEFAULT_DAYS } else { DEFAULT_ROWS };
        usize::try_from(args.limit.unwrap_or(by_default).clamp(1, MAX_ROWS)).unwrap_or(1)
    }
}

pub(super) async fn run(view: &dyn View, args: SpendArgs) -> Result<Answered<SpendResult>, ToolError> {
    let with_credits = args.include_credits.unwrap_or(false);
    if with_credits {
        view.require(Action::ReadCredits)?;
    }
    let freshness = view.freshness().await?;
    let period = Calendar::new(view.today(), &freshness).read(args.period.as_deref())?;
    let written = Written {
        of: args.of.as_deref(),
        exclude: args.exclude.as_deref(),
        model: args.model.as_deref(),
        account: args.account.as_deref(),
        region: args.region.as_deref(),
    };
    let selection = Selection::read(view, &written).await?;
    let breakdown = Breakdown::read(&args, &selection.hierarchy)?;
    let mut result = blank(view, &selection, &breakdown, &period, &freshness);
    if let Some(empty) = nothing_loaded(&result.period, view.today(), &freshness) {
        result.empty = Some(empty);
        return Ok(Answered::empty(result));
    }
    let facts = selection.facts(view, &period, breakdown.dimensions).await?;
    fill_rows(&mut result, &selection, &breakdown, &facts, breakdown.limit(&args));
    if breakdown.class_at.is_none() && selection.excluded.iter().all(|excluded| matches!(excluded, Excluded::Part(_))) {
        let classes = selection.facts(view, &period, [Dimension::TokenClass, Dimension::None]).await?;
        result.tokens = token_counts(classes.iter().filter(|fact| selection.counts(fact)), 0);
        result.notes.push("Rows of two such breakdowns carry no tokens by kind.".to_owned());
    }
    add_rates(&mut result);
    if selection.counts_everything() || breakdown.first == Group::Bucket {
        result.buckets = bucket_rows(&facts);
        let unattributed = |row: &&BucketRow| !matches!(row.bucket, Bucket::Attributed | Bucket::NotUsage);
        result.unattributed_usd = result.buckets.iter().filter(unattributed).map(|row| row.spend_usd).sum();
    }
    add_unclaimed(view, &mut result, &selection, &period).await?;
    if with_credits {
        add_credits(view, &mut result, &selection, &period).await?;
    }
    add_notes(&mut result, &selection, &facts);
    if result.rows.is_empty() {
        result.empty = Some(why_empty(view, &selection, &facts, &result, &freshness).await?);
        return Ok(Answered::empty(result));
    }
    Ok(Answered::ok(result))
}

fn blank(view: &dyn View, selection: &Selection, breakdown: &Breakdown, period: &Period, freshness: &Freshness) -> SpendResult {
    let period = describe_period(period, freshness);
    SpendResult {
        notes: period_notes(&period, freshness),
        period,
        scope: selection.label(),
        cost_metric: if view.settings().net_cost { "net unblended" } else { "unblended" }.to_owned(),
        group_by: breakdown.first.key(&selection.hierarchy),
        then_by: breakdown.second.map(|group| group.key(&selection.hierarchy)),
        total_usd: NanoUsd::ZERO,
        per_day_usd: None,
        per_million_tokens_usd: None,
        tokens: TokenCounts::default(),
        rows: Vec::new(),
        rows_left_out_count: 0,
        rows_left_out_usd: NanoUsd::ZERO,
        buckets: Vec::new(),
        unattributed_usd: NanoUsd::ZERO,
        unclaimed_usd: NanoUsd::ZERO,
        unclaimed_count: 0,
        unclaimed_products: Vec::new(),
        credits: None,
        excluded: selection.excluded.iter().map(Excluded::label).collect(),
        empty: None,
    }
}

fn fill_rows(result: &mut SpendResult, selection: &Selection, breakdown: &Breakdown, facts: &[SpendFact], limit: usize) {
    let labels = Labels { hierarchy: &selection.hierarchy, models: &selection.models };
    let range = DateRange { from: result.period.from_date, to: result.period.to_date };
    let mut cells: BTreeMap<(String, String), Cell> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| selection.counts(fact)) {
        let first = labels.row(breakdown.first, fact, breakdown.value(breakdown.first, fact));
        let second = breakdown.second.map(|group| labels.row(group, fact, breakdown.value(group, fact)));
        let cell = cells.entry((first.id.clone(), second.as_ref().map(|row| row.id.clone()).unwrap_or_default())).or_insert_with(|| {
            let days = breakdown.first.days(&first.id).or_else(|| breakdown.second?.days(&second.as_ref()?.id));
            let clipped = days.map(|days| DateRange { from: days.from.max(range.from), to: days.to.min(range.to) });
            Cell::new(first, second, clipped)
        });
        cell.add(fact, breakdown.class_at);
    }
    result.total_usd = cells.values().map(|cell| cell.amount).sum();
    result.tokens = cells.values().fold(TokenCounts::default(), |sum, cell| sum + cell.tokens);
    let orders = (breakdown.first.is_time(), breakdown.second.is_some_and(Group::is_time));
    let (rows, left_out) = finish_rows(cells.into_values().collect(), orders, limit, result.total_usd);
    result.rows = rows;
    result.rows_left_out_count = left_out.count;
    result.rows_left_out_usd = left_out.amount;
}

/// What people divide a total by: the days that have data, and millions of tokens.
fn add_rates(result: &mut SpendResult) {
    let days = result.period.data_through.map(|through| DateRange { from: result.period.from_date, to: through }.days());
    result.per_day_usd = days.filter(|days| *days > 0).map(|days| result.total_usd.scale(1, days));
    let tokens = result.tokens.total();
    result.per_million_tokens_usd = (tokens > 0).then(|| result.total_usd.scale(1_000_000, tokens));
}

/// Tokens by kind; the class stands at `at` in the values.
pub(crate) fn token_counts<'f>(facts: impl Iterator<Item = &'f SpendFact>, at: usize) -> TokenCounts {
    let mut counts = TokenCounts::default();
    for fact in facts {
        if let Some(kind) = fact.values.get(at).and_then(|class| TokenKind::of_class(class)) {
            counts.add(kind, fact.tokens);
        }
    }
    counts
}

fn bucket_rows(facts: &[SpendFact]) -> Vec<BucketRow> {
    let of = |bucket: Bucket| facts.iter().filter(|fact| fact.bucket == bucket).map(|fact| fact.amount).sum::<NanoUsd>();
    // Shares are of usage, like everywhere else; what is not usage has none.
    let total: NanoUsd = Bucket::ALL.into_iter().filter(|bucket| *bucket != Bucket::NotUsage).map(of).sum();
    Bucket::ALL
        .into_iter()
        .map(|bucket| BucketRow {
            bucket,
            label: bucket.label().to_owned(),
            spend_usd: of(bucket),
            share_percent: if bucket == Bucket::NotUsage { None } else { percent(of(bucket).0, total.0) },
        })
        .collect()
}

/// Unclaimed roles the asker may see, beside the total.
async fn add_unclaimed(view: &dyn View, result: &mut SpendResult, selection: &Selection, period: &Period) -> Result<(), ToolError> {
    if view.require(Action::ReadUnclaimedPrincipals).is_err() {
        return Ok(());
    }
    let mut facts = view.spend(&selection.query(period, [Dimension::Principal, Dimension::Model])).await?;
    facts.retain(|fact| selection.keeps(fact, [Dimension::Principal, Dimension::Model]));
    let unclaimed = || facts.iter().filter(|fact| fact.bucket == Bucket::UnclaimedPrincipal);
    let principals: BTreeSet<&str> = unclaimed().filter_map(|fact| fact.values.first()).map(String::as_str).collect();
    let product_level = selection.hierarchy.product_level();
    let products: BTreeSet<&str> = unclaimed()
        .filter_map(|fact| fact.node.as_ref().and_then(|node| selection.hierarchy.node(node)))
        .filter(|node| node.level == product_level)
        .map(|node| node.name.as_str())
        .collect();
    result.unclaimed_usd = unclaimed().map(|fact| fact.amount).sum();
    result.unclaimed_count = count(principals.len());
    result.unclaimed_products = products.into_iter().take(20).map(str::to_owned).collect();
    let unmapped: BTreeSet<&str> =
        facts.iter().filter_map(|fact| fact.values.get(1)).filter_map(|key| key.strip_prefix("unmapped:")).collect();
    if !unmapped.is_empty() {
        let names: Vec<&str> = unmapped.into_iter().take(5).collect();
        result.notes.push(format!("Some usage names a model that is not in our list: {}.", names.join(", ")));
    }
    Ok(())
}

async fn add_credits(view: &dyn View, result: &mut SpendResult, selection: &Selection, period: &Period) -> Result<(), ToolError> {
    if !selection.counts_everything() {
        result.notes.push("Credits, refunds, tax and fees name no role, so they are shown for the whole company only.".to_owned());
        return Ok(());
    }
    let facts = view.spend(&selection.query(period, [Dimension::LineKind, Dimension::None])).await?;
    let of = |kind: &str| {
        let is = |fact: &&SpendFact| fact.bucket == Bucket::NotUsage && fact.values.first().is_some_and(|own| own == kind);
        facts.iter().filter(is).map(|fact| fact.amount).sum::<NanoUsd>()
    };
    let gross: NanoUsd = facts.iter().filter(|fact| fact.bucket != Bucket::NotUsage).map(|fact| fact.amount).sum();
    let net: NanoUsd = facts.iter().map(|fact| fact.amount).sum();
    result.credits = Some(Credits {
        gross_usd: gross,
        credits_usd: of("credit"),
        discounts_usd: of("discount"),
        refunds_usd: of("refund"),
        tax_usd: of("tax"),
        fees_usd: of("fee"),
        net_usd: net,
    });
    if !selection.excluded.is_empty() {
        result.notes.push("Gross, credits and net are those of the whole company; what was left out of the rows is in them.".to_owned());
    }
    Ok(())
}

fn add_notes(result: &mut SpendResult, selection: &Selection, facts: &[SpendFact]) {
    let some = |bucket: Bucket| facts.iter().any(|fact| fact.bucket == bucket && fact.amount != NanoUsd::ZERO);
    if !selection.counts_everything() && some(Bucket::ClaimedLater) {
        result.notes.push("Some usage of claimed roles lies before their claim began; it is not in these figures.".to_owned());
    }
    if selection.counts_everything() && some(Bucket::BeforePrincipalData) {
        result.notes.push("Part of the period lies before principal data existed and cannot be attributed.".to_owned());
    }
    if result.rows.iter().any(|row| row.allocated) {
        result.notes.push("Amounts marked as allocated are a share of a shared account.".to_owned());
    }
}

/// The period is loaded and still nothing counts: which kind of nothing it is.
async fn why_empty(
    view: &dyn View,
    selection: &Selection,
    facts: &[SpendFact],
    result: &SpendResult,
    freshness: &Freshness,
) -> Result<Empty, ToolError> {
    let (scope, label) = (&result.scope, &result.period.label);
    let to = result.period.to_date;
    let held = |workload: &&crate::view::OrgWorkload| selection.subject.holds(Some(&workload.id), None);
    let workloads: Vec<_> = selection.hierarchy.org.workloads.iter().filter(held).collect();
    let claims = view.claims().await?;
    let mut own = claims.iter().filter(|claim| workloads.iter().any(|workload| workload.id == claim.workload)).peekable();
    let (reason, explanation) = if freshness.first_principal_on.is_none_or(|first| first > to) && !selection.counts_everything() {
        (EmptyReason::NotEnabledThen, format!("The export carried no principal data in {label}, so nothing can be attributed."))
    } else if workloads.is_empty() && !selection.counts_everything() {
        (EmptyReason::NothingInScope, format!("{scope} holds no workload yet."))
    } else if facts.iter().any(|fact| fact.bucket == Bucket::ClaimedLater) {
        (EmptyReason::BeforeTheClaim, format!("The usage of {scope} in {label} lies before the claims began."))
    } else if own.peek().is_none() && !selection.counts_everything() {
        (EmptyReason::NothingInScope, format!("No role is claimed for {scope} yet, so nothing is attributed to it."))
    } else if own.peek().is_some() && own.all(|claim| claim.effective_from > to) {
        (EmptyReason::BeforeTheClaim, format!("The claims of {scope} begin after {label}."))
    } else {
        (EmptyReason::TrueZero, format!("The data is loaded and shows no matching usage for {scope} in {label}."))
    };
    Ok(Empty { reason, explanation })
}
