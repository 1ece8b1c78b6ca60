//! Breakdowns: `by model`, `per product`, `which Region`, `daily`, and the labels of the hierarchy's own levels.

use super::{Parse, Tag};
use crate::lexicon::{self, Concept};
use crate::period::When;
use crate::text::name_words;

/// Levels people name whatever the organisation calls them, with what `group_by` takes.
const GENERIC: [(&str, &str); 7] = [
    ("product", "product"),
    ("portfolio", "portfolio"),
    ("department", "department"),
    ("business unit", "business_unit"),
    ("bu", "business_unit"),
    ("division", "business_unit"),
    ("cost center", "department"),
];

impl Parse<'_> {
    /// Marks the words that name a level of the hierarchy.
    pub(super) fn levels(&mut self) {
        let own =
            self.known.briefing.levels.iter().map(|label| (name_words(label).into_iter().map(|(word, _)| word).collect(), label.clone()));
        let generic = GENERIC.iter().map(|(words, key)| (words.split(' ').map(str::to_owned).collect(), (*key).to_owned()));
        let labels: Vec<(Vec<String>, String)> = own.chain(generic).collect();
        for at in 0..self.words.len() {
            if !matches!(self.tag(at), Some(Tag::Free | Tag::Word)) {
                continue;
            }
            let spelled = labels.iter().find(|(words, _)| {
                !words.is_empty() && words.iter().enumerate().all(|(offset, word)| self.is_level_word(at + offset, word))
            });
            if let Some((words, label)) = spelled {
                let (length, label) = (words.len(), label.clone());
                self.mark(at, length, Tag::Level);
                self.concepts.iter_mut().skip(at).take(length).for_each(|slot| *slot = vec![Concept::Level]);
                self.levels.push((at, label));
            }
        }
    }

    fn is_level_word(&self, at: usize, label: &str) -> bool {
        let word = self.word(at);
        word == label
            || word.strip_suffix('s') == Some(label)
            || (label.ends_with('y') && word.strip_suffix("ies") == label.strip_suffix('y'))
    }

    /// Fills `groups`, at most two, in the order they are named.
    pub(super) fn groups(&mut self) {
        let mut groups: Vec<String> = Vec::new();
        for at in 0..self.words.len() {
            let Some(group) = self.dimension(at) else { continue };
            if self.asks_by(at) && !groups.contains(&group) {
                groups.push(group);
            }
        }
        groups.truncate(2);
        if groups.is_empty() && self.has(Concept::Input) && self.has(Concept::Output) {
            groups.push("token_type".to_owned());
        }
        if groups.is_empty() {
            groups = std::mem::take(&mut self.frame.groups);
        }
        let trend = ["trend", "trends", "trending", "evolution", "history"];
        if groups.is_empty() && self.words.iter().any(|word| trend.contains(&word.text.as_str())) {
            groups.push(self.step().to_owned());
        }
        // Month by month needs more than the current one.
        if groups.iter().any(|group| group == "month") && self.frame.when.is_none() && self.frame.against.is_none() {
            self.frame.when = Some(When::YearToDate);
        }
        self.frame.groups = groups;
    }

    /// The step in which a trend over the period is readable.
    fn step(&self) -> &'static str {
        let days = self.frame.when.as_ref().and_then(|when| when.range(self.known.today)).map_or(1, |range| range.days());
        match days {
            ..=31 => "day",
            32..=62 => "week",
            _ => "month",
        }
    }

    /// The breakdown that a word names.
    fn dimension(&self, at: usize) -> Option<String> {
        if let Some((_, label)) = self.levels.iter().find(|(index, _)| *index == at) {
            return Some(label.clone());
        }
        let next = self.word(at + 1);
        let fixed = match self.tag(at)? {
            Tag::Word | Tag::When => match self.word(at) {
                "token" if matches!(next, "type" | "types" | "kind" | "kinds" | "class" | "classes" | "category") => "token_type",
                "type" | "kind" if self.before(at) == "by" && self.has(Concept::Token) => "token_type",
                "tokens" if matches!(self.before(at), "by" | "which" | "what") => "token_type",
                "usage" if matches!(next, "type" | "types") => "usage_type",
                "input" | "output" if self.line().contains(" input and output ") || self.line().contains(" input versus output ") => {
                    "token_type"
                }
                "day" | "days" | "daily" => "day",
                "week" | "weeks" | "weekly" => "week",
                "month" | "months" | "monthly" => "month",
                "time" => "day",
                word => {
                    let concepts = lexicon::concepts(word);
                    let known = [
                        (Concept::Model, "model"),
                        (Concept::Region, "region"),
                        (Concept::Account, "account"),
                        (Concept::Principal, "principal"),
                        (Concept::Workload, "workload"),
                        (Concept::Bucket, "bucket"),
                        (Concept::UsageType, "usage_type"),
                    ];
                    known.iter().find(|(concept, _)| concepts.contains(concept)).map(|(_, key)| *key)?
                }
            },
            _ => return None,
        };
        Some(fixed.to_owned())
    }

    fn before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |index| self.word(index))
    }

    /// Whether the word at `at` asks for a breakdown rather than qualifying a name or a scope.
    fn asks_by(&self, at: usize) -> bool {
        let word = self.word(at);
        let timely = matches!(word, "day" | "days" | "week" | "weeks" | "month" | "months" | "time");
        let beside_name = |index: usize| matches!(self.tag(index), Some(Tag::Name | Tag::Part | Tag::Unknown));
        if !timely && !word.ends_with('s') && (beside_name(at + 1) || at.checked_sub(1).is_some_and(beside_name)) {
            return self.before(at) == "by";
        }
        if matches!(word, "daily" | "weekly" | "monthly") {
            return !self.has(Concept::Estimate) && !self.has(Concept::Budget) && !self.has(Concept::Card);
        }
        if timely {
            let ranks =
                at.checked_sub(1).is_some_and(|before| self.is_concept(before, Concept::Most) || self.is_concept(before, Concept::Least));
            return ranks
                || matches!(self.before(at), "by" | "per" | "each" | "every" | "over" | "which" | "what" | "expensive" | "cheapest");
        }
        // The words since the last one that opens a breakdown: `by product and model`, `per cost center`.
        let mut index = at;
        while let Some(before) = index.checked_sub(1) {
            index = before;
            if self.opens_breakdown(index) {
                return true;
            }
            if !self.is_inside_breakdown(index) {
                break;
            }
        }
        let plural = word.ends_with('s') && self.tag(at) == Some(Tag::Level);
        plural || matches!(self.word(at + 1), "breakdown" | "split" | "wise" | "level")
    }

    fn opens_breakdown(&self, index: usize) -> bool {
        let text = self.word(index);
        matches!(
            text,
            "by" | "per"
                | "each"
                | "every"
                | "across"
                | "which"
                | "what"
                | "all"
                | "top"
                | "biggest"
                | "largest"
                | "list"
                | "individual"
                | "different"
                | "between"
        ) || self.is_concept(index, Concept::Most)
            || self.is_concept(index, Concept::By)
            || self.is_concept(index, Concept::Least)
    }

    fn is_inside_breakdown(&self, index: usize) -> bool {
        let text = self.word(index);
        matches!(
            text,
            "and" | "of" | "the" | "my" | "our" | "in" | "bedrock" | "ai" | "then" | "single" | "other" | "approved" | "x" | "expensive"
        ) || matches!(self.tag(index), Some(Tag::Level | Tag::Number))
            || self.dimension(index).is_some()
    }
}
