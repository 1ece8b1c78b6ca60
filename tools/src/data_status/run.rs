//! How `data_status` says what is loaded, and walks to the first reason why something shows nothing.

use agent_bill_domain::period::DateRange;
use jiff::civil::Date;

use super::{DataStatusArgs, DataStatusResult, MonthLine, WalkStep};
use crate::bounded::{permille_as_percent, shorten};
use crate::contract::{Answered, ToolError};
use crate::grouping::principal_name;
use crate::hierarchy::{Hierarchy, Subject};
use crate::period::Finality;
use crate::period::{Calendar, date_in_words};
use crate::view::{Bucket, ClaimFact, Dimension, Freshness, SpendQuery, View};

const FINAL_RULE: &str =
    "A month is final once its usage lines carry an invoice id; until about the 8th of the next month its figures may still move.";
const MOST_MONTHS: usize = 13;

const TEST_CALL: &str = "Make one test call with that role, wait for the next delivery (at most 24 hours), then claim it.";

pub(super) async fn run(view: &dyn View, args: DataStatusArgs) -> Result<Answered<DataStatusResult>, ToolError> {
    let given = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let freshness = view.freshness().await?;
    let month = given(&args.month).map(|words| Calendar::new(view.today(), &freshness).read_month(Some(&words))).transpose()?;
    let mut result = DataStatusResult {
        today_date: view.today(),
        data_through: freshness.data_through,
        settled_through: freshness.settled_through,
        principal_data_from: freshness.first_principal_on,
        principal_coverage_percent: freshness.principal_coverage_permille.map(permille_as_percent),
        months: Vec::new(),
        final_rule: FINAL_RULE.to_owned(),
        walk: Vec::new(),
        next_step: String::new(),
        notes: Vec::new(),
    };
    let wanted = freshness.months.iter().rev().filter(|state| month.is_none_or(|(month, _)| state.month == month));
    result.months = wanted
        .take(MOST_MONTHS)
        .map(|state| MonthLine {
            month: state.month,
            finality: if state.is_final { Finality::Final } else { Finality::Open },
            data_through: state.data_through,
            run: state.run_id.clone(),
            health: shorten(&state.health, 300),
        })
        .collect();
    if result.months.is_empty() {
        result.notes.push(match month {
            Some((month, _)) => format!("{month} is not loaded."),
            None => "No billing data has been loaded yet.".to_owned(),
        });
    }
    let walk = match (given(&args.principal), given(&args.of)) {
        (Some(principal), _) => Some(walk_principal(view, &principal, &freshness).await?),
        (None, Some(of)) => Some(walk_area(view, &of, &freshness).await?),
        (None, None) => None,
    };
    if let Some(walk) = walk {
        result.walk = walk.steps;
        result.next_step = walk.next_step;
    }
    Ok(Answered::ok(result))
}

/// Steps up to and including the first that breaks.
#[derive(Default)]
struct Walk {
    steps: Vec<WalkStep>,
    next_step: String,
    broken: bool,
}

impl Walk {
    /// Adds a step unless an earlier one broke; `fix` is what to do when this one does.
    fn step(&mut self, name: &str, ok: bool, detail: String, fix: &str) {
        if self.broken {
            return;
        }
        self.steps.push(WalkStep { step: name.to_owned(), ok, detail });
        if !ok {
            self.broken = true;
            fix.clone_into(&mut self.next_step);
        }
    }

    fn over_export(freshness: &Freshness) -> Self {
        let mut walk = Self::default();
        let detail = freshness
            .data_through
            .map_or_else(|| "no export is loaded".to_owned(), |through| format!("loaded through {}", date_in_words(through)));
        walk.step("export", freshness.data_through.is_some(), detail, "Ask an Admin to set up the export and load it.");
        let has_column = freshness.months.last().is_some_and(|month| month.has_principal_column) && freshness.first_principal_on.is_some();
        let detail = match freshness.first_principal_on {
            Some(first) if has_column => format!("roles are named in the bill from {} on", date_in_words(first)),
            _ => "the newest month names no roles".to_owned(),
        };
        walk.step(
            "principal_column",
            has_column,
            detail,
            "Ask an Admin to include the IAM principal in the export; it is not filled in for the past.",
        );
        walk
    }

    fn finish(mut self, all_well: &str) -> Self {
        if !self.broken {
            all_well.clone_into(&mut self.next_step);
        }
        self
    }
}

async fn walk_principal(view: &dyn View, written: &str, freshness: &Freshness) -> Result<Walk, ToolError> {
    let mut walk = Walk::over_export(freshness);
    let trace = view.trace_principal(written).await?;
    let billed = trace.as_ref().and_then(|trace| trace.billed_first_on.zip(trace.billed_last_on));
    let name = trace.as_ref().map_or_else(|| shorten(written, 80), |trace| shorten(principal_name(trace.key.as_str()), 80));
    let detail = match billed {
        Some((first, last)) => format!("`{name}` is billed from {} to {}", date_in_words(first), date_in_words(last)),
        None => "no billed line of it is among what you may see".to_owned(),
    };
    walk.step("rollup", billed.is_some(), detail, TEST_CALL);
    let claim = trace.and_then(|trace| trace.claim);
    let detail = match &claim {
        Some(claim) => format!("claimed by {}", claim.claimed_by),
        None => format!("nobody has claimed `{name}`"),
    };
    walk.step("claim", claim.is_some(), detail, "The Product Owner of the application claims it by its ARN.");
    if let Some((claim, billed)) = claim.zip(billed) {
        step_claim_date(&mut walk, &claim, billed);
        let hierarchy = Hierarchy::read(view).await?;
        let workload = hierarchy.workload(&claim.workload);
        let detail =
            workload.map_or_else(|| "its workload is not in your scope".to_owned(), |workload| format!("it belongs to {}", workload.name));
        walk.step("scope", workload.is_some(), detail, "Ask the Product Owner of that workload.");
    }
    Ok(walk.finish("Nothing is broken: its spend is attributed and shows."))
}

fn step_claim_date(walk: &mut Walk, claim: &ClaimFact, (first, last): (Date, Date)) {
    let covers = claim.effective_from <= last && claim.released_on.is_none_or(|released| first < released);
    let detail = match claim.released_on {
        Some(released) if released <= last => {
            format!("the claim counts from {} and was released on {}", date_in_words(claim.effective_from), date_in_words(released))
        }
        _ => format!("the claim counts usage from {}", date_in_words(claim.effective_from)),
    };
    walk.step(
        "claim_date",
        covers,
        detail,
        "Usage before the claim is not attributed; only the FinOps Lead may back-date a claim, with a rationale.",
    );
}

async fn walk_area(view: &dyn View, written: &str, freshness: &Freshness) -> Result<Walk, ToolError> {
    let hierarchy = Hierarchy::read(view).await?;
    let subject = hierarchy.find(Some(written))?;
    let label = hierarchy.label_of(&subject);
    let mut walk = Walk::over_export(freshness);
    let claims = view.claims().await?;
    let claims: Vec<&ClaimFact> = claims.iter().filter(|claim| subject.holds(Some(&claim.workload), None)).collect();
    let billed = billed_days(view, &subject, freshness).await?;
    let detail = match claims.as_slice() {
        [] => format!("no role is claimed for {label}"),
        [one] => format!("`{}` is claimed", shorten(&one.principal_name, 80)),
        _ => format!("several roles are claimed for {label}"),
    };
    walk.step("claim", !claims.is_empty(), detail, "Claim the role that the application runs under, by its ARN.");
    let any: Vec<Date> = billed.iter().map(|(day, _)| *day).collect();
    let detail = match (any.iter().min(), any.iter().max()) {
        (Some(first), Some(last)) => format!("billed from {} to {}", date_in_words(*first), date_in_words(*last)),
        _ => "none of the claimed roles is in the bill".to_owned(),
    };
    walk.step(
        "rollup",
        !any.is_empty(),
        detail,
        "Make one test call with the claimed role and wait for the next delivery (at most 24 hours).",
    );
    let attributed = billed.iter().any(|(_, attributed)| *attributed);
    let from = claims.iter().map(|claim| claim.effective_from).min();
    let detail = from.map_or_else(|| "no claim".to_owned(), |from| format!("the first claim counts usage from {}", date_in_words(from)));
    walk.step(
        "claim_date",
        attributed,
        detail,
        "Usage before the claim is not attributed; only the FinOps Lead may back-date a claim, with a rationale.",
    );
    walk.step("scope", true, format!("{label} is in your scope"), "");
    Ok(walk.finish("Nothing is broken: its spend is attributed and shows."))
}

/// Days with usage of claimed roles, and whether it is attributed.
async fn billed_days(view: &dyn View, subject: &Subject, freshness: &Freshness) -> Result<Vec<(Date, bool)>, ToolError> {
    let first = freshness.months.iter().map(|month| month.month.first()).min();
    let Some((from, to)) = first.zip(freshness.data_through) else { return Ok(Vec::new()) };
    let query = SpendQuery {
        range: DateRange { from, to },
        dimensions: [Dimension::Day, Dimension::None],
        node: subject.root(),
        model: None,
        account: None,
        region: None,
    };
    let facts = view.spend(&query).await?;
    let counted = facts.iter().filter(|fact| fact.workload.is_some() && subject.holds(fact.workload.as_ref(), fact.node.as_ref()));
    Ok(counted.filter_map(|fact| Some((fact.values.first()?.parse().ok()?, fact.bucket == Bucket::Attributed))).collect())
}
