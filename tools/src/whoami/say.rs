//! Who one is, what one sees and who answers for what, in words.

use super::{ClaimLine, WhoamiResult, WorkloadLine};
use crate::say::{Asked, Aspect, Cite, Noted, Page, Row, Said, Table, counted, in_words, listed};

const MOST_ROWS: usize = 12;

type Whoami = Noted<WhoamiResult>;

pub(super) fn say(asked: &Asked, results: &[Whoami]) -> Option<Said> {
    let whoami = results.first()?;
    let page = if asked.aspect == Aspect::Owners { owners(asked, whoami)? } else { oneself(whoami) };
    Some(page.said(asked))
}

fn oneself(whoami: &Whoami) -> Page {
    let roles: Vec<String> =
        whoami.rows("roles", &whoami.roles).iter().map(|held| format!("{} of {}", held.cite("role"), held.cite("node"))).collect();
    let lead = format!(
        "you are {}, {}: {}, {} in your scope.",
        whoami.cite("name"),
        in_words(&roles),
        counted(&whoami.cite("products_count"), whoami.products_count, "product"),
        counted(&whoami.cite("workloads_count"), whoami.workloads_count, "workload"),
    );
    let mut page = Page { lead, ..Page::default() };
    let workloads = whoami.rows("workloads", &whoami.workloads);
    page.rows = workloads.iter().take(MOST_ROWS).map(|workload| workload_line(whoami, workload)).collect();
    if workloads.is_empty() {
        let nodes = whoami.rows("nodes", &whoami.nodes);
        page.rows = nodes.iter().take(MOST_ROWS).map(|node| format!("{} ({})", node.cite("name"), node.level)).collect();
    }
    let cells = workloads.iter().map(|workload| vec![workload.cite("name"), workload.cite("product"), claims(whoami, workload)]);
    page.table = Some(Table { head: vec!["Workload", "Product", "Roles"], rows: cells.collect() });
    if !whoami.may.is_empty() {
        page.more.push(format!("You may: {}.", whoami.may.join("; ")));
    }
    page
}

fn workload_line(whoami: &Whoami, workload: &Row<'_, WorkloadLine>) -> String {
    let product = if workload.name == workload.product { String::new() } else { format!(" ({})", workload.cite("product")) };
    format!("{}{product}: {}", workload.cite("name"), claims(whoami, workload))
}

fn claims(whoami: &Whoami, workload: &WorkloadLine) -> String {
    let open = |claim: &Row<'_, ClaimLine>| claim.workload == workload.name && claim.released_on.is_none();
    let rows = whoami.rows("claims", &whoami.claims);
    let claims: Vec<String> = rows
        .iter()
        .filter(|claim| open(claim))
        .map(|claim| format!("{} since {}", claim.cite("principal"), claim.cite("effective_from")))
        .collect();
    if claims.is_empty() { "no role claimed".to_owned() } else { format!("claimed {}", in_words(&claims)) }
}

/// Who answers for the things that were named, and what the people that were named answer for; `None` where the asker sees nothing of them.
fn owners(asked: &Asked, whoami: &Whoami) -> Option<Page> {
    let named = &asked.named;
    let nodes = whoami.rows("nodes", &whoami.nodes);
    let mut told = Vec::new();
    for thing in &named.things {
        let product = whoami.workloads.iter().find(|workload| workload.name == *thing).map(|workload| &workload.product);
        if let Some(node) = nodes.iter().find(|node| node.name == *thing || Some(&node.name) == product) {
            let (owners, verb) = (listed(node, "owners", &node.owners), if node.owners.len() > 1 { "answer" } else { "answers" });
            let level = node.level.to_lowercase();
            told.push(match owners.as_str() {
                "" => format!("nobody is on record for {} ({level}).", node.cite("name")),
                owners => format!("{owners} {verb} for {} ({level}).", node.cite("name")),
            });
        }
    }
    for person in &named.people {
        let owned: Vec<String> = nodes.iter().filter(|node| node.owners.contains(person)).map(|node| node.cite("name")).collect();
        if !owned.is_empty() {
            told.push(format!("{person} answers for {}.", in_words(&owned)));
        }
    }
    if let Some(principal) = &named.principal {
        let claim = whoami.rows("claims", &whoami.claims).into_iter().find(|claim| claim.principal == *principal);
        told.push(claim.map_or_else(
            || "nobody in your scope has claimed that role.".to_owned(),
            |claim| {
                let (by, role) = (claim.cite("claimed_by"), claim.cite("principal"));
                format!("{by} claimed {role} for {} ({}).", claim.cite("workload"), claim.cite("product"))
            },
        ));
    }
    if told.is_empty() && (!named.things.is_empty() || !named.people.is_empty()) {
        return None;
    }
    let mut told = told.into_iter();
    let Some(lead) = told.next() else {
        let line = |node: &Row<'_, super::NodeLine>| {
            let owners = if node.owners.is_empty() { "nobody on record".to_owned() } else { listed(node, "owners", &node.owners) };
            format!("{} ({}): {owners}", node.cite("name"), node.level)
        };
        let lead = "these are the owners in your scope.".to_owned();
        return Some(Page { lead, rows: nodes.iter().take(MOST_ROWS).map(line).collect(), ..Page::default() });
    };
    Some(Page { lead, more: told.collect(), ..Page::default() })
}
