//! Resolves names inside the asker's scope to what they mean.

use std::collections::BTreeSet;

use agent_bill_domain::ids::{NodeId, WorkloadId};
use agent_bill_domain::names::fold_name;

use super::{Hierarchy, Part, Subject};
use crate::contract::ToolError;
use crate::names::{Named, matches, suggestions};

#[derive(Debug, Clone)]
enum Found {
    Node(NodeId),
    Workload(WorkloadId),
    Person(String),
}

impl Hierarchy {
    /// The subject a name means; nothing, or words for one's own scope, is everything the asker may see.
    ///
    /// # Errors
    /// `NotFound` outside the scope, `Tell` when several things have the name.
    pub fn find(&self, written: Option<&str>) -> Result<Subject, ToolError> {
        let Some(written) = written.map(str::trim).filter(|written| !written.is_empty()) else { return Ok(Subject::Everything) };
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
            return Ok(Subject::Everything);
        }
        let part = self.find_part(written)?;
        let is_company = part.root.as_ref().and_then(|root| self.node(root)).is_some_and(|node| node.level == 0);
        Ok(if is_company && self.me.company_wide { Subject::Everything } else { Subject::Part(part) })
    }

    /// The subject without the parts that a comma-separated list names.
    ///
    /// # Errors
    /// As for [`Self::find`]; the first name that fits nothing.
    pub fn without(&self, subject: Subject, written: Option<&str>) -> Result<Subject, ToolError> {
        let left_out: Vec<Part> =
            self.names_in(written.unwrap_or_default()).into_iter().map(|name| self.find_part(name)).collect::<Result<_, _>>()?;
        if left_out.is_empty() {
            return Ok(subject);
        }
        let labels: Vec<&str> = left_out.iter().map(|part| part.label.as_str()).collect();
        let label = format!("{} without {}", self.label_of(&subject), labels.join(", "));
        let mut rest = match subject {
            Subject::Part(part) => part,
            Subject::Everything => Part {
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
        Ok(Subject::Part(rest))
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

    fn part_of_nodes(&self, label: String, tops: &[NodeId]) -> Part {
        let nodes: BTreeSet<NodeId> = tops.iter().flat_map(|top| self.subtree(top)).collect();
        let workloads =
            self.org.workloads.iter().filter(|workload| nodes.contains(&workload.node)).map(|workload| workload.id.clone()).collect();
        let root = if let [one] = tops { Some(one.clone()) } else { None };
        Part { label, root, nodes, workloads }
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
}
