//! How `unclaimed_principals` lists roles, with the reason why the asker sees each.

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::permission::Action;
use agent_bill_domain::role::Role;

use super::{UnclaimedArgs, UnclaimedResult, UnclaimedRow};
use crate::bounded::{LIST_BYTES, count, cut, percent, shorten};
use crate::contract::{Answered, ToolError};
use crate::empty::{Empty, EmptyReason};
use crate::hierarchy::Hierarchy;
use crate::names::{account_name, find_account};
use crate::period::{Calendar, describe_period, nothing_loaded, period_notes};
use crate::view::{UnclaimedFact, View, VisibleBecause};

const MOST_ROWS: usize = 25;

pub(super) async fn run(view: &dyn View, args: UnclaimedArgs) -> Result<Answered<UnclaimedResult>, ToolError> {
    let freshness = view.freshness().await?;
    let period = Calendar::new(view.today(), &freshness).read(args.period.as_deref())?;
    let info = describe_period(&period, &freshness);
    let hierarchy = Hierarchy::read(view).await?;
    let subject = hierarchy.find(args.of.as_deref())?;
    let account = args.account.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let account = account.map(|text| find_account(text, &hierarchy.org.accounts).map(|found| found.id.clone())).transpose()?;
    let mut result = UnclaimedResult {
        notes: period_notes(&info, &freshness),
        scope: hierarchy.narrowed_label(&subject, account.as_ref(), None),
        total_usd: NanoUsd::ZERO,
        principals_count: 0,
        rows: Vec::new(),
        rows_left_out_count: 0,
        next_step: String::new(),
        empty: nothing_loaded(&info, view.today(), &freshness),
        period: info,
    };
    if result.empty.is_some() {
        return Ok(Answered::empty(result));
    }
    let mut facts = view.unclaimed(period.range).await?;
    facts.retain(|fact| {
        let here = account.as_ref().is_none_or(|account| fact.account == *account);
        here && subject.holds(None, fact.node.as_ref())
    });
    facts.sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| a.principal.cmp(&b.principal)));
    result.total_usd = facts.iter().map(|fact| fact.amount).sum();
    let principals: std::collections::BTreeSet<_> = facts.iter().map(|fact| &fact.principal).collect();
    result.principals_count = count(principals.len());
    result.rows = facts.iter().map(|fact| row(fact, &hierarchy)).collect();
    result.rows_left_out_count = count(cut(&mut result.rows, MOST_ROWS, LIST_BYTES).len());
    if result.rows.is_empty() {
        let explanation = format!("No unclaimed role that you may see spent anything for {} in {}.", result.scope, result.period.label);
        result.empty = Some(Empty { reason: EmptyReason::TrueZero, explanation });
        return Ok(Answered::empty(result));
    }
    result.next_step = if view.require(Action::ClaimPrincipal).is_ok() {
        "If a role is yours, claim it for your workload by its ARN; usage counts from the day of the claim."
    } else {
        "The Product Owner whose application runs the role claims it; usage counts from the day of the claim."
    }
    .to_owned();
    if facts.iter().any(|fact| fact.share_basis_points < 10_000) {
        result.notes.push("Amounts of shared accounts are the allocated share.".to_owned());
    }
    Ok(Answered::ok(result))
}

fn row(fact: &UnclaimedFact, hierarchy: &Hierarchy) -> UnclaimedRow {
    let node = fact.node.as_ref().and_then(|node| hierarchy.node(node));
    // Only Product Owners claim: a role that points to anything above a product points to nobody who could.
    let owners = node.filter(|node| node.level == hierarchy.product_level()).map(|node| node.owners.clone());
    UnclaimedRow {
        name: shorten(&fact.name, 120),
        kind: fact.kind.clone(),
        principal_key: shorten(&fact.principal.0, 200),
        account: account_name(&fact.account, &hierarchy.org.accounts),
        spend_usd: fact.amount,
        first_seen: fact.first_seen,
        last_seen: fact.last_seen,
        points_to: node.map(|node| hierarchy.titled(node)),
        could_claim: owners.unwrap_or_default().into_iter().take(4).collect(),
        visible_because: fact.visible_because,
        because: because(fact.visible_because, hierarchy).to_owned(),
        allocated_share_percent: (fact.share_basis_points < 10_000).then(|| percent(fact.share_basis_points, 10_000)).flatten(),
        warning: warning(&fact.broad_reason).to_owned(),
        released_on: fact.released_on,
    }
}

fn because(reason: VisibleBecause, hierarchy: &Hierarchy) -> &'static str {
    match reason {
        VisibleBecause::CompanyWide if hierarchy.me.grants.iter().any(|(role, _)| *role == Role::Finance) => "Finance sees every role",
        VisibleBecause::CompanyWide => "the FinOps Lead sees every role",
        VisibleBecause::Tag => "a tag on the role names a part of your scope",
        VisibleBecause::WholeAccount => "its account is allocated wholly inside your scope",
        VisibleBecause::SharedAccount => "its account is shared with your scope; the amount is the allocated share",
    }
}

/// Why spend of several teams would land on one claim.
pub(crate) fn warning(broad_reason: &str) -> &str {
    match broad_reason {
        "sso_role" => "a sign-in role shared by people: a claim would cover everyone who uses it",
        "admin_role" => "an administrator role: a claim would cover whatever anyone does with it",
        "many_sessions" => "used by very many sessions: a claim may cover several teams",
        "api_key" => "the user behind an API key: a claim covers everyone who holds the key",
        other => other,
    }
}
