//! What the model may know of the asker before a tool runs: names inside the scope, and the dates of the data.

use std::collections::BTreeSet;

use agent_bill_domain::period::DateRange;
use agent_bill_tools::view::OrgSlice;
use agent_bill_tools::{View, ViewError};
use jiff::ToSpan;

use agent_bill_model::{BriefNode, BriefWorkload, Briefing};

/// Unclaimed principals are known by name when they were used in this many days; an older one can still be asked for by its full name.
const NAMED_DAYS: i64 = 92;

/// # Errors
/// When the records cannot be read.
pub async fn brief(view: &dyn View) -> Result<Briefing, ViewError> {
    let me = view.me().await?;
    let (org, freshness, claims) = futures::try_join!(view.org(), view.freshness(), view.claims())?;
    let newest = freshness.data_through.unwrap_or_else(|| view.today());
    let unclaimed = view.unclaimed(DateRange { from: newest.saturating_sub(NAMED_DAYS.days()), to: newest }).await?;
    let principals: BTreeSet<String> =
        claims.into_iter().map(|claim| claim.principal_name).chain(unclaimed.into_iter().map(|fact| fact.name)).collect();
    let people: BTreeSet<String> = org.nodes.iter().flat_map(|node| node.owners.iter().cloned()).collect();
    Ok(Briefing {
        person: me.name,
        roles: me.grants.iter().map(|(role, _)| role.label().to_owned()).collect::<BTreeSet<_>>().into_iter().collect(),
        company_wide: me.company_wide,
        levels: org.levels.clone(),
        nodes: nodes(&org),
        workloads: workloads(&org),
        people: people.into_iter().collect(),
        accounts: org.accounts.iter().map(|account| account.name.clone()).collect(),
        principals: principals.into_iter().collect(),
        names_left_out: false,
        today: Some(view.today()),
        data_through: freshness.data_through,
    })
}

fn nodes(org: &OrgSlice) -> Vec<BriefNode> {
    let label = |level: i64| {
        let at = usize::try_from(level - 1).ok();
        at.and_then(|at| org.levels.get(at)).cloned().unwrap_or_else(|| "Company".to_owned())
    };
    org.nodes.iter().map(|node| BriefNode { name: node.name.clone(), level: label(node.level) }).collect()
}

fn workloads(org: &OrgSlice) -> Vec<BriefWorkload> {
    org.workloads
        .iter()
        .map(|workload| {
            let product = org.nodes.iter().find(|node| node.id == workload.node).map(|node| node.name.clone());
            BriefWorkload { name: workload.name.clone(), product: product.unwrap_or_default() }
        })
        .collect()
}
