//! The whole organisation, as no single asker sees it: what lies inside and outside each persona's scope.

use std::collections::{BTreeMap, BTreeSet};

use agent_bill::agent::answer::Answer;
use agent_bill::demo::{HIERARCHY_CSV, PEOPLE_CSV, WORKLOADS_CSV};

use crate::ask::Ask;
use crate::numbers;

#[derive(Debug, Clone, Default)]
pub struct World {
    /// Paths of the hierarchy, top first.
    paths: Vec<Vec<String>>,
    /// Product of each workload.
    workloads: Vec<(String, String)>,
    people: Vec<Person>,
    /// Amounts that belong to one product, as shown to somebody who sees all: product → amounts.
    amounts: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Debug, Clone)]
struct Person {
    name: String,
    role: String,
    node: String,
}

impl World {
    /// The demo's organisation, read from the files it is imported from.
    #[must_use]
    pub fn demo() -> Self {
        let rows = |text: &str| -> Vec<Vec<String>> {
            text.lines().skip(1).map(|line| line.split(',').map(|cell| cell.trim().to_owned()).collect()).collect()
        };
        let person = |row: &Vec<String>| Some(Person { name: row.first()?.clone(), role: row.get(2)?.clone(), node: row.get(3)?.clone() });
        Self {
            paths: rows(HIERARCHY_CSV),
            workloads: rows(WORKLOADS_CSV).iter().filter_map(|row| Some((row.get(1)?.clone(), row.first()?.clone()))).collect(),
            people: rows(PEOPLE_CSV).iter().filter_map(person).collect(),
            amounts: BTreeMap::new(),
        }
    }

    /// Learns what each product spent, by asking somebody who sees everything.
    ///
    /// # Errors
    /// When the answers cannot be had.
    pub async fn learn_amounts(&mut self, asked: &dyn Ask) -> anyhow::Result<()> {
        let Some(seer) = self.people.iter().find(|person| person.role == "finops_lead").map(|person| person.name.clone()) else {
            return Ok(());
        };
        for period in ["this month", "last month", "last week", "year to date"] {
            for answer in asked.ask(&seer, &[format!("spend by product {period}")]).await? {
                self.learn(&answer);
            }
        }
        Ok(())
    }

    fn learn(&mut self, answer: &Answer) {
        for line in answer.answer.lines() {
            let Some((name, rest)) = line.trim_start_matches("- ").split_once(": ") else { continue };
            if self.paths.iter().any(|path| path.last().is_some_and(|product| product == name)) {
                let amounts =
                    numbers::shown(rest).into_iter().filter(|number| number.unit == agent_bill_tools::Unit::Usd && number.value >= 100.0);
                self.amounts.entry(name.to_owned()).or_default().extend(amounts.map(|number| number.text));
            }
        }
    }

    fn held(&self, persona: &str) -> Vec<&Person> {
        self.people.iter().filter(|person| person.name == persona || person.name.split(' ').next() == Some(persona)).collect()
    }

    /// Nodes in the persona's scope, with everything below them.
    fn scope(&self, persona: &str) -> Option<BTreeSet<&str>> {
        let held = self.held(persona);
        if held.iter().any(|person| matches!(person.role.as_str(), "finops_lead" | "finance")) {
            return None;
        }
        let mut inside = BTreeSet::new();
        for path in &self.paths {
            if let Some(from) = path.iter().position(|node| held.iter().any(|person| person.node == *node)) {
                inside.extend(path.iter().skip(from).map(String::as_str));
            }
        }
        Some(inside)
    }

    /// Names and amounts in `text` that lie outside the persona's scope.
    #[must_use]
    pub fn leaks(&self, persona: &str, text: &str) -> Vec<String> {
        let Some(inside) = self.scope(persona) else { return Vec::new() };
        // `Digital Experience` inside the scope does not name `Digital` outside it.
        let mut own_names: Vec<&str> = inside.iter().copied().collect();
        own_names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let text = &own_names.iter().fold(text.to_owned(), |text, name| text.replace(name, "¶"));
        let nodes = self.paths.iter().flatten().map(String::as_str).collect::<BTreeSet<_>>();
        let outside_nodes = nodes.into_iter().filter(|node| !inside.contains(node));
        let outside_workloads =
            self.workloads.iter().filter(|(_, product)| !inside.contains(product.as_str())).map(|(name, _)| name.as_str());
        // Those who answer for something outside only; the FinOps Lead and others who decide are no secret.
        let answers = |person: &&Person| !person.node.is_empty();
        let inside_people: BTreeSet<&str> =
            self.people.iter().filter(|person| inside.contains(person.node.as_str())).map(|person| person.name.as_str()).collect();
        let outside_people =
            self.people.iter().filter(answers).map(|person| person.name.as_str()).filter(|name| !inside_people.contains(name));
        let mut leaks: BTreeSet<String> =
            outside_nodes.chain(outside_workloads).chain(outside_people).filter(|name| holds(text, name)).map(str::to_owned).collect();
        let shown: BTreeSet<String> = numbers::shown(text).into_iter().map(|number| number.text).collect();
        let own: BTreeSet<&String> =
            self.amounts.iter().filter(|(product, _)| inside.contains(product.as_str())).flat_map(|(_, amounts)| amounts).collect();
        for (_, amounts) in self.amounts.iter().filter(|(product, _)| !inside.contains(product.as_str())) {
            leaks.extend(
                amounts.iter().filter(|amount| shown.contains(*amount) && !own.contains(amount)).map(|amount| format!("${amount}")),
            );
        }
        leaks.into_iter().collect()
    }
}

/// Whether `name` stands in `text` as whole words, in its own case.
fn holds(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, found)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|tail| tail.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_outside_the_scope_are_leaks_and_names_inside_are_not() {
        let world = World::demo();
        assert!(world.leaks("Maria", "Checkout and Fraud Signals, owner Maria Okafor").is_empty());
        assert_eq!(world.leaks("Maria", "HR Portal of Lena Fischer"), ["HR Portal", "Lena Fischer"]);
        assert_eq!(world.leaks("Aisha", "Portfolio Experience beside Commerce"), ["Commerce"]);
        assert!(world.leaks("Grace", "HR Portal, Checkout").is_empty());
        assert_eq!(world.leaks("Omar", "Checkout"), ["Checkout"]);
    }

    #[test]
    fn an_amount_of_another_product_is_a_leak_unless_it_is_also_ones_own() {
        let mut world = World::demo();
        world.amounts.insert("HR Portal".to_owned(), ["14,200".to_owned(), "500".to_owned()].into());
        world.amounts.insert("Checkout".to_owned(), ["500".to_owned()].into());
        assert_eq!(world.leaks("Maria", "it was $14,200 and $500"), ["$14,200"]);
    }
}
