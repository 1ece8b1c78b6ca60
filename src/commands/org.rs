//! `agent-bill org import | show`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use agent_bill_domain::ids::NodeId;
use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::open_store;
use crate::clock::SystemClock;
use crate::config::Config;
use agent_bill_records::import::{Change, ImportFiles, ImportReport, Source, import};
use agent_bill_records::org::{self, Node, Organisation};

/// Import or show the organisation: hierarchy, people, accounts, workloads
#[derive(Debug, Args)]
pub struct OrgArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Replace what the given CSV files speak about: all of them or nothing (formats: docs/imports.md)
    Import(ImportArgs),
    /// Print the tree with people, workloads and accounts
    Show,
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// One column per level, top first; one row per path
    #[arg(long, value_name = "FILE")]
    hierarchy: Option<PathBuf>,
    /// name,email,role,node[,sub]; one row per grant
    #[arg(long, value_name = "FILE")]
    people: Option<PathBuf>,
    /// account_id,name,node,percent,effective_from[,effective_to]
    #[arg(long, value_name = "FILE")]
    accounts: Option<PathBuf>,
    /// product,name,description[,id]
    #[arg(long, value_name = "FILE")]
    workloads: Option<PathBuf>,
}

/// # Errors
/// The first problem of an import, naming file, line and column; the database cannot be used.
pub async fn run(args: OrgArgs, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    match args.action {
        Action::Import(args) => {
            let open = |path: Option<PathBuf>| path.map(|path| Source::file(&path)).transpose();
            let files = ImportFiles {
                hierarchy: open(args.hierarchy)?,
                people: open(args.people)?,
                accounts: open(args.accounts)?,
                workloads: open(args.workloads)?,
            };
            let store = open_store(config).await?;
            let report = import(&store, &SystemClock, &config.company_name, files).await?;
            print_report(&report, out)
        }
        Action::Show => {
            let store = open_store(config).await?;
            print_organisation(&org::get(&store).await?, out)
        }
    }
}

fn print_report(report: &ImportReport, out: &mut dyn Write) -> anyhow::Result<()> {
    let change = |change: Change| format!("{} ({} added, {} removed)", change.total, change.added, change.removed);
    let lines = [
        ("nodes", report.nodes.map(change)),
        ("people", report.people.map(|count| count.to_string())),
        ("grants", report.grants.map(change)),
        ("accounts", report.accounts.map(|count| count.to_string())),
        ("allocations", report.allocations.map(|count| count.to_string())),
        ("workloads", report.workloads.map(change)),
    ];
    for (what, text) in lines {
        if let Some(text) = text {
            writeln!(out, "{what:<12} {text}")?;
        }
    }
    for remark in &report.remarks {
        writeln!(out, "note         {remark}")?;
    }
    Ok(())
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
