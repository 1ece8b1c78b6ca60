//! What a sentence may leave unsaid, because a heading, a lead line, the head of a table or the sentence before it said it.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::periods::Mentioned;
use super::sentence::Sentence;
use super::words::fold;
use crate::fact::{Fact, Span, texts};

#[derive(Debug, Clone)]
pub struct Context {
    pub today: Date,
    /// Of the question, until a sentence names something.
    asked: Vec<String>,
    /// Of the lead line or head above.
    lead: Vec<String>,
    lead_classes: Vec<&'static str>,
    lead_period: Option<Mentioned>,
    /// Of the sentence before.
    last: Vec<String>,
    last_classes: Vec<&'static str>,
    pub period: Option<Mentioned>,
    pub words: Vec<String>,
    /// The tool that was asked, where no other was.
    pub only_tool: Option<String>,
    /// Whether one tool was asked of several things.
    pub several_scopes: bool,
    /// Whether all results of the turn begin on the same day.
    pub one_period: bool,
}

impl Context {
    pub fn new(facts: &[Fact<'_>], question: &Sentence<'_>, today: Date) -> Self {
        let main = |fact: &&Fact<'_>| fact.row().is_none() && fact.figure.is_some_and(|figure| figure.period.is_none());
        let spans: Vec<Span> = facts.iter().filter(main).filter_map(Fact::main_period).collect();
        let scopes = |tool: &str| facts.iter().filter(|fact| fact.tool() == tool).filter_map(Fact::scope).collect::<BTreeSet<_>>().len();
        let several_scopes = facts.iter().map(Fact::tool).collect::<BTreeSet<_>>().into_iter().any(|tool| scopes(tool) > 1);
        let mut tools = facts.iter().map(Fact::tool);
        let only_tool = tools.next().filter(|first| tools.all(|other| other == *first)).map(str::to_owned);
        Self {
            today,
            only_tool,
            several_scopes,
            asked: names(question),
            lead: Vec::new(),
            lead_classes: Vec::new(),
            lead_period: None,
            last: Vec::new(),
            last_classes: Vec::new(),
            period: question.periods.last().map(|(_, mentioned)| *mentioned),
            words: Vec::new(),
            one_period: spans.iter().all(|span| spans.first().is_some_and(|first| span.from == first.from)),
        }
    }

    /// After a sentence or item.
    pub fn follow(&mut self, sentence: &Sentence<'_>) {
        let own = names(sentence);
        if !own.is_empty() {
            self.last = vec![own.first().cloned().unwrap_or_default(), own.last().cloned().unwrap_or_default()];
        }
        if let Some((_, mentioned)) = sentence.periods.last() {
            self.period = Some(*mentioned);
        }
        self.last_classes = classes(sentence);
    }

    /// After a line that leads to the ones below it.
    pub fn lead(&mut self, sentence: &Sentence<'_>) {
        self.lead = names(sentence);
        self.lead_classes = classes(sentence);
        self.words = sentence.tokens.iter().map(|token| token.word.clone()).filter(|word| word.chars().count() > 3).collect();
        self.lead_period = sentence.periods.last().map(|(_, mentioned)| *mentioned);
        self.follow(sentence);
    }

    /// The sentence before a list leads it, colon or not.
    pub fn begin_list(&mut self) {
        self.lead_classes.append(&mut self.last_classes);
    }

    /// Each item of a list stands under its lead, not under the item before.
    pub fn next_item(&mut self) {
        self.last = Vec::new();
        self.last_classes = Vec::new();
        if self.lead_period.is_some() {
            self.period = self.lead_period;
        }
    }

    /// For the cells of a table, which stand under heads of their own.
    pub fn of_table(&self) -> Self {
        Self { lead_classes: Vec::new(), last_classes: Vec::new(), ..self.clone() }
    }

    /// A blank line ends what a lead line leads.
    pub fn end_lead(&mut self) {
        self.lead = Vec::new();
        self.lead_classes = Vec::new();
        self.lead_period = None;
        self.words = Vec::new();
    }

    /// What is spoken of where a sentence names nothing.
    pub fn subjects(&self) -> Vec<String> {
        for names in [&self.last, &self.lead, &self.asked] {
            if !names.is_empty() {
                return names.clone();
            }
        }
        Vec::new()
    }

    /// Whether the lead line or head above says it.
    pub fn led_by(&self, class: &str) -> bool {
        self.lead_classes.contains(&class)
    }

    pub fn has(&self, class: &str) -> bool {
        self.lead_classes.iter().chain(&self.last_classes).any(|own| *own == class)
    }
}

fn names(sentence: &Sentence<'_>) -> Vec<String> {
    sentence.mentions.iter().map(|mention| fold(&mention.name)).collect()
}

fn classes(sentence: &Sentence<'_>) -> Vec<&'static str> {
    sentence.cues.iter().map(|cue| cue.class).collect()
}

impl<'s> Fact<'s> {
    /// Every text of its rows: what may be named in its place.
    pub fn texts_of_row(&self) -> Vec<&'s str> {
        let mut found = self.subject();
        for row in self.row_values() {
            found.extend(row.as_object().into_iter().flat_map(|members| members.values()).flat_map(texts));
        }
        found
    }

    /// Whether the row is the only one of its list.
    pub fn is_only_row(&self) -> bool {
        self.place().is_some_and(|place| place.rows == 1 && place.complete)
    }

    /// Whether every row of the list has this name.
    pub fn is_shared(&self, name: &str) -> bool {
        self.beside().iter().all(|other| other.subject().contains(&name))
    }

    /// Whether another row of the list has all names but the missing ones.
    pub fn is_ambiguous(&self, own: &[&str], missing: &[&str]) -> bool {
        let said: Vec<&&str> = own.iter().filter(|name| !missing.contains(name)).collect();
        self.beside().iter().any(|other| {
            let names = other.subject();
            other.pointer != self.pointer && said.iter().all(|name| names.contains(*name))
        })
    }
}
