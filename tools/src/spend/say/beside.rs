//! What stands beside the rows: buckets, credits, unclaimed roles; and several results of one question.

use agent_bill_domain::money::NanoUsd;

use super::{Spent, share, wanted, without};
use crate::say::{Asked, Cite, Kind, Page, capital, counted, during, freshness, in_words, lines, listed, sentence};
use crate::view::Bucket;

/// Rows of one result among several.
const MOST_DETAILS: usize = 3;

/// A total tied to the bill.
pub(super) fn reconciled(spent: &Spent) -> Page {
    let period = during(spent, "period", &spent.period);
    let lead = format!(
        "{} used {} of Amazon Bedrock {period}{}: every dollar is in exactly one line, and what is not usage leads from there to the net of the bill.",
        spent.scope,
        spent.cite("total_usd"),
        without(spent)
    );
    let all = if spent.unattributed_usd == NanoUsd::ZERO {
        String::new()
    } else {
        format!("Unattributed in all: {}.", spent.cite("unattributed_usd"))
    };
    let on_bill = credits(spent).map(|credits| format!("On the bill: {credits}.")).unwrap_or_default();
    Page { lead, number: Some(spent.cite("total_usd")), rows: buckets(spent), more: vec![all, on_bill], ..Page::default() }
}

/// Every bucket that holds something. Shares are of the usage; what is not usage lies outside of it.
pub(super) fn buckets(spent: &Spent) -> Vec<String> {
    let rows = spent.rows("buckets", &spent.buckets).into_iter().filter(|row| row.spend_usd != NanoUsd::ZERO);
    rows.map(|row| {
        let share = row.share_percent.filter(|_| row.bucket != Bucket::NotUsage);
        let share = share.map(|_| format!(" ({})", row.cite("share_percent"))).unwrap_or_default();
        format!("{}: {}{share}", row.cite("label"), row.cite("spend_usd"))
    })
    .collect()
}

/// What of a company's total belongs to no workload, by cause.
pub(super) fn unattributed(spent: &Spent) -> String {
    let rows = spent.rows("buckets", &spent.buckets).into_iter();
    let causes: Vec<String> = rows
        .filter(|row| row.spend_usd != NanoUsd::ZERO && !matches!(row.bucket, Bucket::Attributed | Bucket::NotUsage))
        .map(|row| format!("{} {}", row.cite("label"), row.cite("spend_usd")))
        .collect();
    if causes.is_empty() {
        return String::new();
    }
    // Where the rows name the causes, the sum is enough.
    if spent.rows.iter().any(|row| spent.buckets.iter().any(|bucket| bucket.label == row.name)) {
        return format!("Of it {} belongs to no workload.", spent.cite("unattributed_usd"));
    }
    format!("Of it {} belongs to no workload: {}.", spent.cite("unattributed_usd"), causes.join(", "))
}

/// Gross, what is taken off and put on, and net, where the result holds it.
pub(super) fn credits(spent: &Spent) -> Option<String> {
    let credits = spent.credits.as_ref()?;
    let between = [
        ("credits", credits.credits_usd),
        ("discounts", credits.discounts_usd),
        ("refunds", credits.refunds_usd),
        ("tax", credits.tax_usd),
        ("fees", credits.fees_usd),
    ];
    let moved: Vec<String> = between
        .into_iter()
        .filter(|(name, amount)| *name == "credits" || *amount != NanoUsd::ZERO)
        .map(|(name, _)| format!("{name} {}", spent.cite(&format!("credits.{name}_usd"))))
        .collect();
    Some(format!("gross {}, {}, net {}", spent.cite("credits.gross_usd"), moved.join(", "), spent.cite("credits.net_usd")))
}

/// What roles without an owner spent beside the total, and what to do about it.
pub(super) fn unclaimed(spent: &Spent) -> String {
    if spent.unclaimed_usd == NanoUsd::ZERO {
        return String::new();
    }
    let points = listed(spent, "unclaimed_products", &spent.unclaimed_products);
    let points = if points.is_empty() { String::new() } else { format!(" (pointing to {points})") };
    let whom = if spent.unclaimed_count == 1 { "have its owner claim it" } else { "have their owners claim them" };
    let roles = counted(&spent.cite("unclaimed_count"), spent.unclaimed_count, "unclaimed role");
    format!("On top of that, {roles} in your scope spent {}{points}; {whom}.", spent.cite("unclaimed_usd"))
}

/// Several names or models asked about at once: one sentence with the amount of each, then what each consists of.
pub(super) fn together(asked: &Asked, several: &[Spent]) -> Page {
    let spending: Vec<&Spent> = several.iter().filter(|spent| spent.empty.is_none()).collect();
    // A model of the family that nobody used needs no line.
    let told = |spent: &&Spent| spending.is_empty() || !asked.named.several_models || spent.empty.is_none();
    let mut reasons: Vec<String> =
        several.iter().filter(told).filter_map(|spent| spent.empty.as_ref()).map(|empty| sentence(&empty.explanation)).collect();
    reasons.dedup();
    let Some(last) = spending.last() else {
        return Page { kind: Kind::Empty, lead: lines(reasons), ..Page::default() };
    };
    let one_period = several.iter().all(|spent| spent.period == last.period);
    let common = last.scope.rsplit_once(", ").map(|(common, _)| common).filter(|_| asked.named.several_models);
    let common = common.filter(|common| spending.iter().all(|spent| model_of(spent, common).is_some()));
    let amounts: Vec<String> = spending
        .iter()
        .map(|spent| {
            let period = if one_period { String::new() } else { format!(" {}", during(*spent, "period", &spent.period)) };
            let model = common.and_then(|common| model_of(spent, common));
            let (name, verb) = model.map_or((spent.scope.as_str(), "spent"), |model| (model, "cost"));
            format!("{name} {verb} {}{period}", spent.cite("total_usd"))
        })
        .collect();
    let of = common.map(|common| format!(" for {common}")).unwrap_or_default();
    let period = if one_period { format!("{of} {}", during(*last, "period", &last.period)) } else { of };
    let rows = spending.iter().filter_map(|spent| details(asked, spent)).collect();
    let end = vec![freshness(*last, "period", &last.period)];
    Page { lead: capital(&format!("{}{period}.", in_words(&amounts))), rows, more: reasons, end, ..Page::default() }
}

/// `Claude Sonnet 5` of `Portfolio Experience, Claude Sonnet 5`
fn model_of<'s>(spent: &'s Spent, common: &str) -> Option<&'s str> {
    spent.scope.strip_prefix(common)?.strip_prefix(", ")
}

/// What one of several consists of, where that says more than its total.
fn details(asked: &Asked, spent: &Spent) -> Option<String> {
    let rows = wanted(asked, spent);
    if rows.len() < 2 {
        return None;
    }
    let named: Vec<String> =
        rows.iter().take(MOST_DETAILS).map(|row| format!("{} {}{}", row.cite("name"), row.cite("spend_usd"), share(row))).collect();
    let more = if rows.len() > MOST_DETAILS { " and more" } else { "" };
    Some(format!("{}: {}{more}", spent.scope, named.join(", ")))
}
