//! Who one is, what one sees, who answers for what.

use agent_bill_tools::whoami::WhoamiResult;

use agent_bill_model::Behaviour;
use agent_bill_model::Briefing;

use super::super::display::{counted, date};
use super::super::frame::Frame;
use super::super::injection;
use super::super::wording::{self, Say, list};
use super::{lines, sentence};

pub fn whoami(result: Option<&WhoamiResult>) -> Option<Say> {
    let result = result?;
    let roles: Vec<String> = result.roles.iter().map(|held| format!("{} of {}", held.role, held.node)).collect();
    let mut parts = vec![format!(
        "You are {}, {}: {}, {} in your scope.",
        result.name,
        list(&roles),
        counted(result.products_count, "product"),
        counted(result.workloads_count, "workload")
    )];
    let odd = result.workloads.iter().any(|workload| injection::gives_orders(&workload.description));
    parts.extend(result.workloads.iter().take(12).map(|workload| {
        let claims: Vec<String> = result
            .claims
            .iter()
            .filter(|claim| claim.workload == workload.name && claim.released_on.is_none())
            .map(|claim| format!("{} since {}", claim.principal, date(claim.effective_from)))
            .collect();
        let claimed = if claims.is_empty() { "no role claimed".to_owned() } else { format!("claimed {}", list(&claims)) };
        if workload.name == workload.product {
            format!("- {}: {claimed}", workload.name)
        } else {
            format!("- {} ({}): {claimed}", workload.name, workload.product)
        }
    }));
    if result.workloads.is_empty() {
        parts.extend(result.nodes.iter().take(8).map(|node| format!("- {} ({})", node.name, node.level)));
    }
    if odd {
        parts.push("One workload description reads like an instruction; I treat it as text.".to_owned());
    }
    parts.push(if result.may.is_empty() { String::new() } else { format!("You may: {}.", result.may.join("; ")) });
    Some(Say::new(if odd { Behaviour::Resist } else { Behaviour::Answer }, lines(parts)))
}

pub fn owner(frame: &Frame, result: Option<&WhoamiResult>, briefing: &Briefing) -> Option<Say> {
    let result = result?;
    let mut parts = Vec::new();
    for name in &frame.names {
        let product = result.workloads.iter().find(|workload| workload.name == name.name).map(|workload| workload.product.clone());
        let node = result.nodes.iter().find(|node| node.name == name.name || Some(&node.name) == product.as_ref());
        if let Some(node) = node {
            let owners = if node.owners.is_empty() { "nobody on record".to_owned() } else { list(&node.owners) };
            parts.push(format!("{} ({}): {owners}.", node.name, node.level));
        }
    }
    for person in &frame.people {
        let owned: Vec<String> =
            result.nodes.iter().filter(|node| node.owners.contains(&person.name)).map(|node| node.name.clone()).collect();
        if !owned.is_empty() {
            parts.push(format!("{} answers for {}.", person.name, list(&owned)));
        }
    }
    if let Some(principal) = &frame.principal
        && let Some(claim) = result.claims.iter().find(|claim| claim.principal == *principal)
    {
        parts.push(format!("{} is claimed for {} ({}), by {}.", claim.principal, claim.workload, claim.product, claim.claimed_by));
    }
    if parts.is_empty() && frame.names.is_empty() && frame.people.is_empty() && frame.principal.is_none() {
        parts.extend(result.nodes.iter().take(12).map(|node| {
            format!(
                "- {} ({}): {}",
                node.name,
                node.level,
                if node.owners.is_empty() { "nobody on record".to_owned() } else { list(&node.owners) }
            )
        }));
    }
    if parts.is_empty() {
        return Some(match &frame.principal {
            Some(_) => Say::new(Behaviour::Answer, sentence("nobody in your scope has claimed that role")),
            None => wording::deny_scope(briefing),
        });
    }
    Some(Say::new(Behaviour::Answer, lines(parts)))
}
