//! One case graded.

use agent_bill::agent::answer::Answer;

use crate::case::Case;
use crate::numbers;
use crate::world::World;

#[derive(Debug, Clone)]
pub struct Grade {
    pub id: String,
    pub behaviour: bool,
    pub tools: bool,
    pub facts: bool,
    /// Amounts and percentages in any answer, and how many stand on a figure.
    pub shown_numbers: usize,
    pub sourced_numbers: usize,
    pub leaks: Vec<String>,
    /// What is wrong, one sentence each.
    pub faults: Vec<String>,
}

impl Grade {
    /// In the expected behaviour with the expected tools.
    #[must_use]
    pub fn is_expected(&self) -> bool {
        self.behaviour && self.tools
    }

    #[must_use]
    pub fn passes(&self) -> bool {
        self.faults.is_empty()
    }
}

#[must_use]
pub fn grade(case: &Case, answers: &[Answer], world: &World) -> Grade {
    let mut grade = Grade {
        id: case.id.clone(),
        behaviour: false,
        tools: false,
        facts: false,
        shown_numbers: 0,
        sourced_numbers: 0,
        leaks: Vec::new(),
        faults: Vec::new(),
    };
    for answer in answers {
        numbers(answer, &mut grade);
        grade.leaks.extend(world.leaks(&case.persona, &answer.answer));
    }
    if !grade.leaks.is_empty() {
        grade.faults.push(format!("leaks {}", grade.leaks.join(", ")));
    }
    let Some(last) = answers.last() else {
        grade.faults.push("no answer".to_owned());
        return grade;
    };
    grade.behaviour = case.behaviour.contains(&last.behaviour);
    if !grade.behaviour {
        grade.faults.push(format!("behaves as {:?}, expected {:?}", last.behaviour, case.behaviour));
    }
    tools(case, last, &mut grade);
    facts(case, last, &mut grade);
    grade
}

fn numbers(answer: &Answer, grade: &mut Grade) {
    for number in numbers::shown(&answer.answer) {
        grade.shown_numbers += 1;
        if numbers::stands_on(&number, &answer.figures) {
            grade.sourced_numbers += 1;
        } else {
            grade.faults.push(format!("`{}` stands on no figure", number.text));
        }
    }
}

fn tools(case: &Case, last: &Answer, grade: &mut Grade) {
    let called = |name: &String| last.tools.iter().any(|trace| trace.name == *name);
    let all = case.tools.all.iter().all(called);
    let any = case.tools.any.is_empty() || case.tools.any.iter().any(called);
    let none = !case.tools.none || last.tools.is_empty();
    grade.tools = all && any && none;
    if !grade.tools {
        let names: Vec<&str> = last.tools.iter().map(|trace| trace.name.as_str()).collect();
        grade.faults.push(format!(
            "calls [{}], expected all of {:?}, any of {:?}{}",
            names.join(", "),
            case.tools.all,
            case.tools.any,
            if case.tools.none { ", none" } else { "" }
        ));
    }
}

fn facts(case: &Case, last: &Answer, grade: &mut Grade) {
    let text = last.answer.to_lowercase();
    let holds = |fact: &str| fact.split('|').any(|one| text.contains(&one.to_lowercase()));
    let missing: Vec<&String> = case.facts.iter().filter(|fact| !holds(fact)).collect();
    let unwanted: Vec<&String> = case.forbidden.iter().filter(|fact| holds(fact)).collect();
    let bullets = last.answer.lines().filter(|line| line.starts_with("- ")).count();
    let lines = last.answer.lines().filter(|line| !line.trim().is_empty()).count();
    let shape = case.bullets.is_none_or(|wanted| wanted == bullets) && case.most_lines.is_none_or(|most| lines <= most);
    grade.facts = missing.is_empty() && unwanted.is_empty() && shape;
    grade.faults.extend(missing.iter().map(|fact| format!("misses `{fact}`")));
    grade.faults.extend(unwanted.iter().map(|fact| format!("must not hold `{fact}`")));
    if !shape {
        grade.faults.push(format!("has {bullets} bullets on {lines} lines"));
    }
}

#[cfg(test)]
mod tests {
    use agent_bill_tools::{Figure, Unit};

    use super::*;

    fn answer(text: &str, figures: &[Figure]) -> Answer {
        let json = serde_json::json!({ "answer": text, "behaviour": "answer", "tools": [], "figures": figures, "data_through": null, "model": "planner" });
        serde_json::from_value(json).unwrap()
    }

    fn case(facts: &[&str], forbidden: &[&str]) -> Case {
        let json = serde_json::json!({ "id": "x", "persona": "Maria", "turns": ["?"], "behaviour": ["answer"], "facts": facts, "forbidden": forbidden });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn an_amount_without_a_figure_fails_and_with_one_passes() {
        let figure = Figure { value: "500.00".to_owned(), unit: Unit::Usd, source: "spend".to_owned(), path: "/total_usd".to_owned() };
        assert!(!grade(&case(&[], &[]), &[answer("It was $500.", &[])], &World::demo()).passes());
        assert!(grade(&case(&[], &[]), &[answer("It was $500.", &[figure])], &World::demo()).passes());
    }

    #[test]
    fn a_missing_fact_a_forbidden_one_and_a_leak_each_fail() {
        let world = World::demo();
        assert!(!grade(&case(&["final"], &[]), &[answer("open", &[])], &world).passes());
        assert!(!grade(&case(&[], &["open"]), &[answer("open", &[])], &world).passes());
        assert_eq!(grade(&case(&[], &[]), &[answer("HR Portal", &[])], &world).leaks, ["HR Portal"]);
    }

    #[test]
    fn a_leak_in_an_earlier_turn_counts() {
        let turns = [answer("HR Portal", &[]), answer("fine", &[])];
        assert!(!grade(&case(&[], &[]), &turns, &World::demo()).passes());
    }
}
