//! The part of the hierarchy a question is about: resolved from names inside the asker's scope.

use std::collections::{BTreeMap, BTreeSet};

use agent_bill_domain::ids::{AccountId, NodeId, WorkloadId};
use agent_bill_domain::names::fold_name;
use agent_bill_domain::role::Action;

use crate::contract::ToolError;
use crate::facts::{Me, OrgNode, OrgSlice, OrgWorkload};
use crate::names::{Named, account_name, matches, suggestions};
use crate::view::{View, ViewError};

/// The asker's organisation with quick ways through it.
pub(crate) struct Hierarchy {
    pub me: Me,
    pub org: OrgSlice,
    nodes: BTreeMap<NodeId, usize>,
    workloads: BTreeMap<WorkloadId, usize>,
}

/// What is summed: everything in scope, or some of it.
#[derive(Debug, Clone)]
pub(crate) enum Area {
    Everything,
    Part(Part),
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    pub label: String,
    /// The one node that holds all of it, for a narrower query.
    pub root: Option<NodeId>,
    nodes: BTreeSet<NodeId>,
    workloads: BTreeSet<WorkloadId>,
}

impl Area {
    /// Whether a sum with this workload or, without one, with this node belongs to the area.
    pub fn holds(&self, workload: Option<&WorkloadId>, node: Option<&NodeId>) -> bool {
        match self {
            Self::Everything => true,
            Self::Part(part) => part.holds(workload, node),
        }
    }

    pub fn root(&self) -> Option<NodeId> {
        match self {
            Self::Everything => None,
            Self::Part(part) => part.root.clone(),
        }
    }

    pub const fn is_everything(&self) -> bool {
        matches!(self, Self::Everything)
    }
}

impl Part {
    pub fn holds(&self, workload: Option<&WorkloadId>, node: Option<&NodeId>) -> bool {
        match workload {
            Some(workload) => self.workloads.contains(workload),
            None => node.is_some_and(|node| self.nodes.contains(node)),
        }
    }
}

#[derive(Debug, Clone)]
enum Found {
    Node(NodeId),
    Workload(WorkloadId),
    Person(String),
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

    fn part_of_nodes(&self, label: String, tops: &[NodeId]) -> Part {
        let nodes: BTreeSet<NodeId> = tops.iter().flat_map(|top| self.subtree(top)).collect();
        let workloads =
            self.org.workloads.iter().filter(|workload| nodes.contains(&workload.node)).map(|workload| workload.id.clone()).collect();
        let root = if let [one] = tops { Some(one.clone()) } else { None };
        Part { label, root, nodes, workloads }
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

    pub fn label_of(&self, area: &Area) -> String {
        match area {
            Area::Everything => self.scope_label(),
            Area::Part(part) => part.label.clone(),
        }
    }

    /// The area and what narrows it: `the whole company, account pre-prod`. A sum that leaves its filters unsaid says too much.
    pub fn narrowed_label(&self, area: &Area, account: Option<&AccountId>, others: impl IntoIterator<Item = String>) -> String {
        let account = account.map(|id| format!("account {}", account_name(id, &self.org.accounts)));
        std::iter::once(self.label_of(area)).chain(account).chain(others).collect::<Vec<_>>().join(", ")
    }

    /// The area a name means; nothing, or words for one's own scope, is everything the asker may see.
    ///
    /// # Errors
    /// `NotFound` outside the scope, `Tell` when several things have the name.
    pub fn find(&self, written: Option<&str>) -> Result<Area, ToolError> {
        let Some(written) = written.map(str::trim).filter(|written| !written.is_empty()) else { return Ok(Area::Everything) };
        let folded = fold_name(written);
        let own = [
            "me",
            "mine",
            "my",
            "my scope",
            "my area",
            "my team",
            "my products",
            "my workloads",
            "everything",
            "all",
            "my own",
            "us",
            "we",
        ];
        let company = ["company", "the company", "the whole company", "whole company", "entire company", "organisation", "organization"];
        if own.contains(&folded.as_str()) || (self.me.company_wide && company.contains(&folded.as_str())) {
            return Ok(Area::Everything);
        }
        let part = self.find_part(written)?;
        let is_company = part.root.as_ref().and_then(|root| self.node(root)).is_some_and(|node| node.level == 0);
        Ok(if is_company && self.me.company_wide { Area::Everything } else { Area::Part(part) })
    }

    /// The area without the parts that a comma-separated list names.
    ///
    /// # Errors
    /// As for [`Self::find`]; the first name that fits nothing.
    pub fn without(&self, area: Area, written: Option<&str>) -> Result<Area, ToolError> {
        let left_out: Vec<Part> =
            self.names_in(written.unwrap_or_default()).into_iter().map(|name| self.find_part(name)).collect::<Result<_, _>>()?;
        if left_out.is_empty() {
            return Ok(area);
        }
        let labels: Vec<&str> = left_out.iter().map(|part| part.label.as_str()).collect();
        let label = format!("{} without {}", self.label_of(&area), labels.join(", "));
        let mut rest = match area {
            Area::Part(part) => part,
            Area::Everything => Part {
                nodes: self.org.nodes.iter().map(|node| node.id.clone()).collect(),
                workloads: self.org.workloads.iter().map(|workload| workload.id.clone()).collect(),
                ..Part::default()
            },
        };
        rest.label = label;
        for part in left_out {
            rest.nodes.retain(|node| !part.nodes.contains(node));
            rest.workloads.retain(|workload| !part.workloads.contains(workload));
        }
        Ok(Area::Part(rest))
    }

    /// The names of a list in one text; a name may hold a comma itself.
    pub fn names_in<'w>(&self, written: &'w str) -> Vec<&'w str> {
        if self.find_part(written).is_ok() {
            return vec![written];
        }
        written.split([',', ';']).map(str::trim).filter(|name| !name.is_empty()).collect()
    }

    /// The part that a name means.
    ///
    /// # Errors
    /// As for [`Self::find`].
    pub fn find_part(&self, written: &str) -> Result<Part, ToolError> {
        let candidates = self.candidates();
        let (bare, level) = self.without_level_word(written);
        let mut found = matches(written, &candidates);
        if found.is_empty() {
            found = matches(&bare, &candidates);
        }
        let of_level: Vec<&Named<Found>> =
            found.iter().copied().filter(|named| level.is_some() && self.level_of(&named.thing) == level).collect();
        if !of_level.is_empty() {
            found = of_level;
        }
        // A product and its only application often share a name: the product is meant, it holds the application.
        let nodes: Vec<&Named<Found>> = found.iter().copied().filter(|named| matches!(named.thing, Found::Node(_))).collect();
        if !nodes.is_empty() && level != Some(self.product_level() + 1) {
            found = nodes;
        }
        match found.as_slice() {
            [] => Err(ToolError::NotFound { what: "business area or workload", suggestions: suggestions(&bare, &candidates) }),
            [one] => Ok(self.part(&one.thing, &one.name)),
            several => Err(ToolError::Tell(format!("several things have this name; say which: {}", self.told_apart(several)))),
        }
    }

    fn part(&self, found: &Found, name: &str) -> Part {
        match found {
            Found::Node(id) => {
                let label = self.node(id).map_or_else(|| name.to_owned(), |node| self.titled(node));
                self.part_of_nodes(label, std::slice::from_ref(id))
            }
            Found::Workload(id) => {
                Part { label: format!("workload {name}"), root: None, nodes: BTreeSet::new(), workloads: BTreeSet::from([id.clone()]) }
            }
            Found::Person(person) => {
                let owned: Vec<NodeId> =
                    self.org.nodes.iter().filter(|node| node.owners.contains(person)).map(|node| node.id.clone()).collect();
                self.part_of_nodes(format!("what {person} answers for"), &owned)
            }
        }
    }

    fn candidates(&self) -> Vec<Named<Found>> {
        let mut candidates: Vec<Named<Found>> =
            self.org.nodes.iter().map(|node| Named { name: node.name.clone(), thing: Found::Node(node.id.clone()) }).collect();
        candidates.extend(
            self.org.workloads.iter().map(|workload| Named { name: workload.name.clone(), thing: Found::Workload(workload.id.clone()) }),
        );
        let people: BTreeSet<&String> = self.org.nodes.iter().flat_map(|node| &node.owners).collect();
        candidates.extend(people.into_iter().map(|person| Named { name: person.clone(), thing: Found::Person(person.clone()) }));
        candidates
    }

    /// The level of what was found: workloads lie one below products.
    fn level_of(&self, found: &Found) -> Option<i64> {
        match found {
            Found::Node(id) => self.node(id).map(|node| node.level),
            Found::Workload(_) => Some(self.product_level() + 1),
            Found::Person(_) => None,
        }
    }

    /// `portfolio Experience`, `the HR Portal product` → the bare name, and the level that was said.
    fn without_level_word(&self, written: &str) -> (String, Option<i64>) {
        let folded = fold_name(written);
        let bare = ["the ", "my ", "our "].iter().fold(folded.as_str(), |rest, lead| rest.strip_prefix(lead).unwrap_or(rest));
        for (word, level) in self.level_words() {
            let stripped = bare.strip_prefix(&format!("{word} ")).or_else(|| bare.strip_suffix(&format!(" {word}")));
            if let Some(rest) = stripped {
                return (rest.trim().to_owned(), Some(level));
            }
        }
        (bare.to_owned(), None)
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

    fn told_apart(&self, several: &[&Named<Found>]) -> String {
        let one = |named: &&Named<Found>| match &named.thing {
            Found::Node(id) => self.node(id).map_or_else(String::new, |node| {
                let above = node.parent.as_ref().and_then(|parent| self.node(parent));
                let under = above.map(|above| format!(" in {}", above.name)).unwrap_or_default();
                format!("{} {}{under}", self.level_label(node.level), node.name)
            }),
            Found::Workload(id) => {
                let product = self.workload(id).and_then(|workload| self.node(&workload.node));
                format!("workload {} of {}", named.name, product.map_or("", |node| node.name.as_str()))
            }
            Found::Person(person) => person.clone(),
        };
        several.iter().take(6).map(one).collect::<Vec<_>>().join("; ")
    }

    /// Product and owners of a workload or, without one, of a node.
    pub fn product_of(&self, workload: Option<&WorkloadId>, node: Option<&NodeId>) -> Option<&OrgNode> {
        let id = workload.and_then(|id| self.workload(id)).map(|workload| &workload.node).or(node)?;
        self.node(id)
    }
}
