//! What a person may see, worked out a second time: in memory, straight from the rules, without a line of the program's own code.

use std::collections::BTreeSet;

use super::scope_organisation::{Organisation, Principal};

/// What may appear before a person.
pub struct Allowed {
    pub names: BTreeSet<String>,
    /// Principals whose whole amounts may appear; of the others visible by name, only a share.
    pub in_full: BTreeSet<String>,
    /// Attributed spend in scope, in nano-USD.
    pub attributed: i64,
    pub company_wide: bool,
    pub sees_spend: bool,
    /// Whether any grant counts at all.
    pub has_role: bool,
    /// Whether the calls of everybody may be told.
    pub sees_consumption: bool,
    pub person: usize,
    /// What Agent Bill consumed, as far as it may be told, and for this person alone; in nano-USD.
    pub consumed: i64,
    pub consumed_alone: i64,
}

const SPEND_ROLES: [&str; 6] = ["product_owner", "portfolio_manager", "department_manager", "bu_manager", "finops_lead", "finance"];
const OWNER_ROLES: [&str; 4] = ["product_owner", "portfolio_manager", "department_manager", "bu_manager"];

/// `groups`: the roles the token allows.
pub fn allowed(org: &Organisation, person: usize, groups: &BTreeSet<&str>) -> Allowed {
    let grants: Vec<(&str, usize)> = org.people[person].grants.iter().copied().filter(|(role, _)| groups.contains(role)).collect();
    let company_wide = grants.iter().any(|(role, _)| matches!(*role, "finops_lead" | "finance"));
    let engineer = grants.iter().any(|(role, _)| *role == "cloud_engineer");
    let spend: Vec<usize> = grants.iter().filter(|(role, _)| SPEND_ROLES.contains(role)).map(|(_, node)| *node).collect();
    let in_scope = |node: usize| company_wide || spend.iter().any(|granted| org.is_below(node, *granted));

    let mut names = BTreeSet::from([org.people[person].name.clone()]);
    // The nodes one's own grants are held on are one's own to know.
    names.extend(grants.iter().map(|(_, node)| org.nodes[*node].name.clone()));
    names.extend(org.levels.iter().cloned());
    for (at, node) in org.nodes.iter().enumerate().filter(|(at, _)| in_scope(*at)) {
        names.insert(node.name.clone());
        names.extend(
            org.people.iter().filter(|p| p.grants.iter().any(|(role, on)| *on == at && OWNER_ROLES.contains(role))).map(|p| p.name.clone()),
        );
    }
    for (at, workload) in org.workloads.iter().enumerate().filter(|(_, workload)| in_scope(workload.node)) {
        names.insert(workload.name.clone());
        names.insert(first_word(&workload.description));
        names.insert(org.people[at].name.clone());
    }
    let mut attributed = 0;
    let mut in_full = BTreeSet::new();
    for principal in &org.principals {
        let owner = principal.claim.as_ref().map(|(workload, ..)| org.workloads[*workload].node);
        let owned = owner.is_some_and(&in_scope);
        let visible = owned || (has_unclaimed_usage(principal) && sees_unclaimed(org, principal, company_wide, &in_scope));
        if visible {
            names.insert(principal.name.clone());
            names.insert(org.accounts[principal.account].name.clone());
            names.insert(org.models[principal.model].clone());
        }
        let whole = principal.tag.is_some_and(&in_scope) || inside(org, principal, &in_scope) >= 10_000;
        if owned || company_wide || whole {
            in_full.insert(principal.name.clone());
        }
        if owned {
            names.extend(principal.claim.iter().map(|(.., person)| org.people[*person].name.clone()));
            attributed += principal.usage.iter().filter(|(day, _)| is_live(principal, day)).map(|(_, nano)| nano).sum::<i64>();
        }
    }
    let my_account = |at: usize| {
        org.accounts[at].allocations.iter().any(|(node, _)| in_scope(*node))
            || org
                .principals
                .iter()
                .any(|p| p.account == at && p.claim.as_ref().is_some_and(|(workload, ..)| in_scope(org.workloads[*workload].node)))
    };
    for (at, account) in org.accounts.iter().enumerate() {
        if company_wide || engineer || my_account(at) {
            names.insert(account.name.clone());
        }
    }
    for decision in &org.decisions {
        let here = decision.account.is_some_and(my_account) || (decision.account.is_none() && (company_wide || !spend.is_empty()));
        let mine = decision.workload.is_some_and(|workload| in_scope(org.workloads[workload].node));
        if company_wide || engineer || here || mine {
            names.insert(org.models[decision.model].clone());
            names.insert(decision.rationale.clone());
            names.insert(org.people[decision.decided_by].name.clone());
            names.extend(decision.account.map(|account| org.accounts[account].name.clone()));
        }
        // An engineer hears of accounts and of the decisions on them, restricted ones with the workload they name.
        if engineer {
            names.extend(decision.workload.map(|workload| org.workloads[workload].name.clone()));
        }
        // That a model is blocked everywhere is said to everybody who may ask.
        if decision.account.is_none() {
            names.insert(org.models[decision.model].clone());
        }
    }
    if company_wide || engineer {
        names.extend(org.models.iter().cloned());
    }
    let sees_consumption = grants.iter().any(|(role, _)| matches!(*role, "finops_lead" | "finance" | "admin"));
    for call in &org.model_calls {
        if call.person == person {
            names.insert(call.conversation.clone());
        } else if sees_consumption {
            names.insert(org.people[call.person].name.clone());
        }
    }
    let alone = org.model_calls.iter().filter(|call| call.person == person).map(|call| call.nano).sum();
    Allowed {
        names,
        in_full,
        attributed,
        company_wide,
        sees_spend: !spend.is_empty() || company_wide,
        has_role: !grants.is_empty(),
        sees_consumption,
        person,
        consumed: if sees_consumption { org.model_calls.iter().map(|call| call.nano).sum() } else { alone },
        consumed_alone: alone,
    }
}

/// Every name in the organisation that must not appear.
pub fn forbidden(org: &Organisation, allowed: &Allowed) -> Vec<String> {
    let nodes = org.nodes.iter().map(|node| node.name.clone());
    let people = org.people.iter().map(|person| person.name.clone());
    let accounts = org.accounts.iter().map(|account| account.name.clone());
    let workloads = org.workloads.iter().flat_map(|workload| [workload.name.clone(), first_word(&workload.description)]);
    let principals = org.principals.iter().map(|principal| principal.name.clone());
    let decisions = org.decisions.iter().map(|decision| decision.rationale.clone());
    let models = org.models.iter().cloned();
    let conversations = org.model_calls.iter().map(|call| call.conversation.clone());
    nodes
        .chain(people)
        .chain(accounts)
        .chain(workloads)
        .chain(principals)
        .chain(decisions)
        .chain(models)
        .chain(conversations)
        .filter(|name| name != "Company" && !allowed.names.contains(name))
        .collect()
}

/// Exact amounts of principals and estimates of workloads that the person may not see.
pub fn forbidden_amounts(org: &Organisation, allowed: &Allowed) -> Vec<i64> {
    let usage = org.principals.iter().filter(|principal| !allowed.in_full.contains(&principal.name));
    let amounts = usage.flat_map(|principal| {
        let total = principal.usage.iter().map(|(_, nano)| *nano).sum();
        principal.usage.iter().map(|(_, nano)| *nano).chain([total]).collect::<Vec<_>>()
    });
    let estimates = (0..org.workloads.len()).filter(|at| !allowed.names.contains(&org.workloads[*at].name)).map(|at| org.estimate(at));
    amounts.chain(estimates).chain(hidden_consumption(org, allowed)).collect()
}

/// Calls of other people, what each of them consumed together, and what everybody did.
fn hidden_consumption(org: &Organisation, allowed: &Allowed) -> Vec<i64> {
    let others: Vec<_> = org.model_calls.iter().filter(|call| call.person != allowed.person).collect();
    if allowed.sees_consumption || others.is_empty() {
        return Vec::new();
    }
    let of_person = |person: usize| others.iter().filter(|call| call.person == person).map(|call| call.nano).sum::<i64>();
    let sums = (0..org.people.len()).map(of_person).filter(|sum| *sum > 0);
    let everybody = org.model_calls.iter().map(|call| call.nano).sum();
    others.iter().map(|call| call.nano).chain(sums).chain([everybody]).collect()
}

fn first_word(text: &str) -> String {
    text.split(':').next().unwrap_or_default().to_owned()
}

fn is_live(principal: &Principal, day: &str) -> bool {
    principal.claim.as_ref().is_some_and(|(_, from, until, _)| from.as_str() <= day && day < until.as_str())
}

fn is_later(principal: &Principal, day: &str) -> bool {
    principal.claim.as_ref().is_some_and(|(_, from, until, _)| day < from.as_str() && from < until)
}

fn has_unclaimed_usage(principal: &Principal) -> bool {
    principal.usage.iter().any(|(day, _)| !is_live(principal, day) && !is_later(principal, day))
}

fn sees_unclaimed(org: &Organisation, principal: &Principal, company_wide: bool, in_scope: &impl Fn(usize) -> bool) -> bool {
    match principal.tag {
        _ if company_wide => true,
        Some(node) if in_scope(node) => true,
        Some(_) => inside(org, principal, in_scope) >= 10_000,
        None => inside(org, principal, in_scope) > 0,
    }
}

/// Basis points of the principal's account that are allocated inside the scope.
fn inside(org: &Organisation, principal: &Principal, in_scope: &impl Fn(usize) -> bool) -> i64 {
    org.accounts[principal.account].allocations.iter().filter(|(node, _)| in_scope(*node)).map(|(_, points)| points).sum()
}
