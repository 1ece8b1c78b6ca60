//! `agent-bill org show`; an import is an act.

use std::collections::BTreeMap;
use std::io::Write;

use agent_bill_domain::ids::NodeId;
use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::local::open_to_read;
use crate::config::Config;
use agent_bill_records::org::{self, Node, Organisation};

/// Import or show the organisation: hierarchy, people, accounts, workloads
#[derive(Debug, Args)]
pub struct OrgArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print the tree with people, workloads and accounts
    Show,
}

/// # Errors
/// The database cannot be used.
pub async fn run(args: OrgArgs, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    let Action::Show = args.action;
    let store = open_to_read(config, out).await?;
    print_organisation(&org::get(&store).await?, out)
}

/// The tree and what hangs on each node.
struct Printer<'o> {
    organisation: &'o Organisation,
    children: BTreeMap<&'o NodeId, Vec<&'o Node>>,
}

fn print_organisation(organisation: &Organisation, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut children: BTreeMap<&NodeId, Vec<&Node>> = BTreeMap::new();
    for node in &organisation.nodes {
        if let Some(parent) = &node.parent {
            children.entry(parent).or_default().push(node);
        }
    }
    let printer = Printer { organisation, children };
    match organisation.nodes.iter().find(|node| node.parent.is_none()) {
        Some(company) => printer.node(company, 0, out)?,
        None => writeln!(out, "no organisation yet; run `agent-bill org import`")?,
    }
    let unallocated =
        organisation.accounts.iter().filter(|account| !organisation.allocations.iter().any(|share| share.account == account.id));
    for account in unallocated {
        writeln!(out, "account {} ({}) is allocated to nobody", account.name, account.id)?;
    }
    Ok(())
}

impl Printer<'_> {
    fn node(&self, node: &Node, depth: usize, out: &mut dyn Write) -> anyhow::Result<()> {
        let margin = "  ".repeat(depth);
        let label = usize::try_from(node.level - 1).ok().and_then(|level| self.organisation.levels.get(level));
        match label {
            Some(label) => writeln!(out, "{margin}{} [{label}]", node.name)?,
            None => writeln!(out, "{margin}{}", node.name)?,
        }
        for (grant, person) in self.organisation.grants.iter().filter(|(grant, _)| grant.node == node.id) {
            writeln!(out, "{margin}  - {person}, {}", grant.role)?;
        }
        for share in self.organisation.allocations.iter().filter(|share| share.node == node.id) {
            let account = self.organisation.accounts.iter().find(|account| account.id == share.account);
            let name = account.map_or("", |account| account.name.as_str());
            let until = if share.effective_to == Date::MAX { String::new() } else { format!(" to {}", share.effective_to) };
            let percent = format!("{}.{:02}", share.basis_points / 100, share.basis_points % 100);
            let percent = percent.trim_end_matches('0').trim_end_matches('.');
            writeln!(out, "{margin}  - account {name} ({}): {percent} % from {}{until}", share.account, share.effective_from)?;
        }
        for workload in self.organisation.workloads.iter().filter(|workload| workload.node == node.id) {
            writeln!(out, "{margin}  - workload {} (id {})", workload.name, workload.id)?;
        }
        for child in self.children.get(&node.id).into_iter().flatten() {
            self.node(child, depth + 1, out)?;
        }
        Ok(())
    }
}
