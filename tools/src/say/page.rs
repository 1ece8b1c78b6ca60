//! The parts of an answer and the form in which they are put.

use super::asked::{Asked, Form};
use super::words::{capital, lines, sentence};

/// What a tool says of its results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Cites by the ids of the results; to be printed by the sheet that gave them.
    pub text: String,
    pub kind: Kind,
    /// Whether all is as it should be, where the results tell.
    pub sound: Option<bool>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Answer,
    /// An answer on an assumption that it states.
    Assumed,
    /// No answer, and the reason.
    Empty,
    /// Somebody else's to see.
    RoleDenied,
    /// Where a chain breaks.
    Diagnosis,
}

/// An answer in parts, most important first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    pub kind: Kind,
    pub sound: Option<bool>,
    /// Yes or no, where the question can be answered so.
    pub verdict: Option<bool>,
    /// The one figure that answers.
    pub number: Option<String>,
    /// The sentence that answers, without a yes or no before it.
    pub lead: String,
    /// One for each row, in words.
    pub rows: Vec<String>,
    pub table: Option<Table>,
    /// Further sentences.
    pub more: Vec<String>,
    /// What the asker can do now.
    pub next: String,
    /// Method, notes and freshness.
    pub end: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub head: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

impl Page {
    pub fn said(self, asked: &Asked) -> Said {
        let (kind, sound) = (self.kind, self.sound);
        Said { text: self.text(asked), kind, sound }
    }

    /// The first sentence, with its yes or no.
    fn opening(&self, asked: &Asked) -> String {
        match self.verdict.filter(|_| asked.polar || asked.form == Form::YesOrNo) {
            Some(true) => format!("Yes: {}", self.lead),
            Some(false) => format!("No: {}", self.lead),
            None => capital(&self.lead),
        }
    }

    fn text(mut self, asked: &Asked) -> String {
        let opening = self.opening(asked);
        if asked.part {
            self.next.clear();
            self.end.clear();
        }
        let end = self.end.join(" ");
        match asked.form {
            Form::Prose => self.prose(opening, end),
            Form::Number => self.number.unwrap_or(opening),
            Form::YesOrNo => match self.verdict {
                Some(true) => "Yes.".to_owned(),
                Some(false) => "No.".to_owned(),
                None => opening,
            },
            Form::Line => opening,
            Form::Table => match &self.table {
                Some(table) if !table.rows.is_empty() => lines([opening, table.markdown()].into_iter().chain(self.more).chain([end])),
                _ => self.prose(opening, end),
            },
            Form::Bullets(count) => {
                let all = [opening].into_iter().chain(self.rows).chain(self.more).chain([self.next]);
                let kept = all.filter(|text| !text.is_empty()).take(count.max(1)).map(|text| format!("- {text}"));
                lines(kept.chain([end]))
            }
        }
    }

    fn prose(self, opening: String, end: String) -> String {
        let rows = self.rows.into_iter().map(|row| format!("- {row}"));
        lines([opening].into_iter().chain(rows).chain(self.more).chain([self.next, end]))
    }

    /// What can be done, as the tool words it.
    pub fn next_step(text: &str) -> String {
        if text.is_empty() { String::new() } else { format!("Next: {}", sentence(text)) }
    }
}

impl Table {
    fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
        let head: Vec<String> = self.head.iter().map(|cell| (*cell).to_owned()).collect();
        let rule: Vec<String> = head.iter().map(|_| "---".to_owned()).collect();
        lines([line(&head), line(&rule)].into_iter().chain(self.rows.iter().map(|row| line(row))))
    }
}
