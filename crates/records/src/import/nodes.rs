//! Which node of the tree a cell means.

use std::collections::BTreeMap;

use agent_bill_domain::ids::NodeId;
use agent_bill_domain::names::fold_name;

use super::csv_file::shown;
use crate::org::{COMPANY, Node};

/// The nodes by folded name, with their paths.
pub(super) struct NodeIndex<'t> {
    by_name: BTreeMap<String, Vec<&'t Node>>,
    by_id: BTreeMap<&'t NodeId, &'t Node>,
}

impl<'t> NodeIndex<'t> {
    pub fn of(nodes: &'t [Node]) -> Self {
        let mut by_name: BTreeMap<String, Vec<&Node>> = BTreeMap::new();
        for node in nodes {
            by_name.entry(fold_name(&node.name)).or_default().push(node);
        }
        Self { by_name, by_id: nodes.iter().map(|node| (&node.id, node)).collect() }
    }

    /// `A > B > C` down to the node, without the company.
    pub fn path(&self, node: &Node) -> String {
        let mut names = vec![node.name.as_str()];
        let mut at = node;
        while let Some(parent) = at.parent.as_ref().and_then(|parent| self.by_id.get(parent)).filter(|parent| parent.level > 0) {
            names.push(&parent.name);
            at = parent;
        }
        names.reverse();
        names.join(" > ")
    }

    /// The node called `text`: by name, or by the end of its path, `Portfolio > Product`; `*` and nothing mean the company.
    ///
    /// # Errors
    /// What is wrong and what to write instead.
    pub fn find(&self, text: &str) -> Result<&'t Node, String> {
        if text.is_empty() || text == "*" {
            return self
                .by_id
                .get(&NodeId::from(COMPANY))
                .copied()
                .ok_or_else(|| "there is no hierarchy yet; import it first or with this file".to_owned());
        }
        let named = self.by_name.get(&fold_name(text)).map_or(&[][..], Vec::as_slice);
        let found: Vec<&Node> = if named.is_empty() { self.at_path(text) } else { named.to_vec() };
        match found.as_slice() {
            [node] => Ok(node),
            [] => Err(format!("no node is called `{}`; check the spelling against the hierarchy", shown(text))),
            [first, second, ..] => Err(format!(
                "`{}` is the name of several nodes; write the path, for example `{}` or `{}`",
                shown(text),
                self.path(first),
                self.path(second)
            )),
        }
    }

    fn at_path(&self, text: &str) -> Vec<&'t Node> {
        let steps: Vec<String> = text.split(['>', '›']).map(fold_name).collect();
        let Some((last, above)) = steps.split_last() else { return Vec::new() };
        if above.is_empty() {
            return Vec::new();
        }
        let candidates = self.by_name.get(last).map_or(&[][..], Vec::as_slice);
        candidates.iter().copied().filter(|node| self.lies_below(node, above)).collect()
    }

    fn lies_below(&self, node: &Node, above: &[String]) -> bool {
        let mut at = node;
        above.iter().rev().all(|step| {
            let parent = at.parent.as_ref().and_then(|parent| self.by_id.get(parent));
            parent.is_some_and(|parent| {
                at = parent;
                fold_name(&parent.name) == *step
            })
        })
    }
}
