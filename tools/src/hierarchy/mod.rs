//! The asker's part of the business hierarchy: ways through it, how its parts are called, and which of them a question is about.

mod find;
mod subject;

use std::collections::{BTreeMap, BTreeSet};

use agent_bill_domain::ids::{AccountId, NodeId, WorkloadId};
use agent_bill_domain::names::fold_name;
use agent_bill_domain::permission::Action;

use crate::names::account_name;
use crate::view::{Me, OrgNode, OrgSlice, OrgWorkload, View, ViewError};

pub(crate) use subject::{Part, Subject};

/// The asker's organisation with quick ways through it.
pub(crate) struct Hierarchy {
    pub me: Me,
    pub org: OrgSlice,
    nodes: BTreeMap<NodeId, usize>,
    workloads: BTreeMap<WorkloadId, usize>,
}

impl Hierarchy {
    pub async fn read(view: &dyn View) -> Result<Self, ViewError> {
        let (me, org) = (view.me().await?, view.org().await?);
        let nodes = org.nodes.iter().enumerate().map(|(at, node)| (node.id.clone(), at)).collect();
        let workloads = org.workloads.iter().enumerate().map(|(at, workload)| (workload.id.clone(), at)).collect();
        Ok(Self { me, org, nodes, workloads })
    }

    pub fn node(&self, id: &NodeId) -> Option<&OrgNode> {
        self.nodes.get(id).and_then(|at| self.org.nodes.get(*at))
    }

    pub fn workload(&self, id: &WorkloadId) -> Option<&OrgWorkload> {
        self.workloads.get(id).and_then(|at| self.org.workloads.get(*at))
    }

    /// The number of the level of products.
    pub fn product_level(&self) -> i64 {
        crate::bounded::count(self.org.levels.len())
    }

    pub fn level_label(&self, level: i64) -> &str {
        let named = usize::try_from(level - 1).ok().and_then(|at| self.org.levels.get(at));
        named.map_or("Company", String::as_str)
    }

    /// The node itself or the one above it at `level`, if it is in scope.
    pub fn ancestor_at(&self, node: &NodeId, level: i64) -> Option<&OrgNode> {
        let mut current = self.node(node)?;
        // A tree is never deeper than the slice has nodes, so this ends even on a damaged one.
        for _ in 0..=self.org.nodes.len() {
            if current.level <= level {
                return (current.level == level).then_some(current);
            }
            current = self.node(current.parent.as_ref()?)?;
        }
        None
    }

    fn subtree(&self, top: &NodeId) -> BTreeSet<NodeId> {
        let mut found = BTreeSet::from([top.clone()]);
        loop {
            let below = |node: &&OrgNode| !found.contains(&node.id) && node.parent.as_ref().is_some_and(|parent| found.contains(parent));
            let more: Vec<NodeId> = self.org.nodes.iter().filter(below).map(|node| node.id.clone()).collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }

    /// `Portfolio Experience`; a name that already says its level stays as it is.
    pub fn titled(&self, node: &OrgNode) -> String {
        let label = self.level_label(node.level);
        if node.level == 0 || fold_name(&node.name).contains(&fold_name(label)) {
            node.name.clone()
        } else {
            format!("{label} {}", node.name)
        }
    }

    /// How everything in the asker's scope is called.
    pub fn scope_label(&self) -> String {
        if self.me.company_wide {
            return "the whole company".to_owned();
        }
        let granted: BTreeSet<&NodeId> =
            self.me.grants.iter().filter(|(role, _)| role.may(Action::ReadSpend)).map(|(_, node)| node).collect();
        let names: Vec<String> = granted.into_iter().filter_map(|id| self.node(id)).map(|node| self.titled(node)).collect();
        match names.as_slice() {
            [] => "your scope".to_owned(),
            [first, second, third, fourth, _, ..] => format!("{first}, {second}, {third}, {fourth} and others"),
            few => few.join(", "),
        }
    }

    pub fn label_of(&self, subject: &Subject) -> String {
        match subject {
            Subject::Everything => self.scope_label(),
            Subject::Part(part) => part.label.clone(),
        }
    }

    /// The subject and what narrows it: `the whole company, account pre-prod`. A sum that leaves its filters unsaid says too much.
    pub fn narrowed_label(&self, subject: &Subject, account: Option<&AccountId>, others: impl IntoIterator<Item = String>) -> String {
        let account = account.map(|id| format!("account {}", account_name(id, &self.org.accounts)));
        std::iter::once(self.label_of(subject)).chain(account).chain(others).collect::<Vec<_>>().join(", ")
    }

    /// Folded words for levels: their own labels first, then the usual ones.
    fn level_words(&self) -> Vec<(String, i64)> {
        let mut words: Vec<(String, i64)> = (1_i64..).zip(&self.org.levels).map(|(level, label)| (fold_name(label), level)).collect();
        let product = self.product_level();
        words.extend(
            [("product", product), ("workload", product + 1), ("application", product + 1), ("app", product + 1)]
                .map(|(w, l)| (w.to_owned(), l)),
        );
        if product == 4 {
            words.extend(
                [("portfolio", 3), ("department", 2), ("dept", 2), ("business unit", 1), ("bu", 1)].map(|(w, l)| (w.to_owned(), l)),
            );
        }
        words
    }

    /// The level a grouping word names: `portfolio`, `business_unit`, any label of the hierarchy, singular or plural.
    pub fn level_of_word(&self, folded: &str) -> Option<i64> {
        let singular = folded.strip_suffix('s').unwrap_or(folded);
        let ies = folded.strip_suffix("ies").map(|stem| format!("{stem}y"));
        let is = |word: &String| word == folded || word == singular || ies.as_ref() == Some(word);
        self.level_words().into_iter().find(|(word, _)| is(word)).map(|(_, level)| level)
    }

    /// Product and owners of a workload or, without one, of a node.
    pub fn product_of(&self, workload: Option<&WorkloadId>, node: Option<&NodeId>) -> Option<&OrgNode> {
        let id = workload.and_then(|id| self.workload(id)).map(|workload| &workload.node).or(node)?;
        self.node(id)
    }
}
