//! How `whoami` lists what the asker is responsible for.

use agent_bill_domain::ids::WorkloadId;
use agent_bill_domain::permission::Action;

use super::{ClaimLine, NodeLine, RoleOn, WhoamiArgs, WhoamiResult, WorkloadLine};
use crate::bounded::{count, cut, shorten};
use crate::contract::{Answered, ToolError};
use crate::hierarchy::Hierarchy;
use crate::unclaimed_principals::warning;
use crate::view::View;

const MOST_LINES: usize = 60;
/// Bytes of JSON for each of the three lists.
const PART_BYTES: usize = 6_000;

pub(super) async fn run(view: &dyn View, _: WhoamiArgs) -> Result<Answered<WhoamiResult>, ToolError> {
    let hierarchy = Hierarchy::read(view).await?;
    let claims = view.claims().await?;
    let product_level = hierarchy.product_level();
    let products = hierarchy.org.nodes.iter().filter(|node| node.level == product_level).count();
    let mut nodes: Vec<NodeLine> = by_level(&hierarchy);
    let product_of =
        |id: &WorkloadId| hierarchy.workload(id).and_then(|workload| hierarchy.node(&workload.node)).map(|node| node.name.clone());
    let mut workloads: Vec<WorkloadLine> = hierarchy
        .org
        .workloads
        .iter()
        .map(|workload| WorkloadLine {
            name: workload.name.clone(),
            product: product_of(&workload.id).unwrap_or_default(),
            description: shorten(&workload.description, 160),
        })
        .collect();
    let mut claims: Vec<ClaimLine> = claims
        .into_iter()
        .map(|claim| ClaimLine {
            principal: shorten(&claim.principal_name, 120),
            principal_key: shorten(&claim.principal.0, 200),
            workload: hierarchy.workload(&claim.workload).map(|workload| workload.name.clone()).unwrap_or_default(),
            product: product_of(&claim.workload).unwrap_or_default(),
            effective_from: claim.effective_from,
            released_on: claim.released_on,
            claimed_by: claim.claimed_by,
            warning: warning(&claim.broad_reason).to_owned(),
        })
        .collect();
    cut(&mut nodes, MOST_LINES, PART_BYTES);
    cut(&mut workloads, MOST_LINES, PART_BYTES);
    cut(&mut claims, MOST_LINES, PART_BYTES);
    let (may, others_decide) = permissions(view);
    Ok(Answered::ok(WhoamiResult {
        name: hierarchy.me.name.clone(),
        roles: roles(&hierarchy),
        nodes,
        workloads,
        claims,
        may,
        others_decide,
        products_count: count(products),
        workloads_count: count(hierarchy.org.workloads.len()),
    }))
}

fn roles(hierarchy: &Hierarchy) -> Vec<RoleOn> {
    let on = |role: agent_bill_domain::role::Role, node| {
        let named = hierarchy.node(node).filter(|node| !role.is_company_wide() && node.level > 0);
        named.map_or_else(|| "the whole company".to_owned(), |node| hierarchy.titled(node))
    };
    let all = hierarchy.me.grants.iter().map(|(role, node)| RoleOn { role: role.label().to_owned(), node: on(*role, node) });
    all.take(40).collect()
}

/// Parents before children: by level, then by name.
fn by_level(hierarchy: &Hierarchy) -> Vec<NodeLine> {
    let mut nodes: Vec<_> = hierarchy.org.nodes.iter().collect();
    nodes.sort_by(|a, b| a.level.cmp(&b.level).then_with(|| a.name.cmp(&b.name)));
    let line = |node: &crate::view::OrgNode| NodeLine {
        name: node.name.clone(),
        level: hierarchy.level_label(node.level).to_owned(),
        parent: node.parent.as_ref().and_then(|parent| hierarchy.node(parent)).map(|parent| parent.name.clone()),
        owners: node.owners.iter().take(4).cloned().collect(),
    };
    nodes.into_iter().map(line).collect()
}

fn permissions(view: &dyn View) -> (Vec<String>, Vec<String>) {
    let (mut may, mut others) = (Vec::new(), Vec::new());
    for action in Action::ALL {
        let words = action.in_words();
        if view.require(action).is_ok() {
            may.push(words.to_owned());
        } else {
            others.push(format!("{words}: {}", action.who_can()));
        }
    }
    (may, others)
}
