//! What the values of a result are, declared once beside the type of the result: subject, measure, period, kind, unit, order, relations and states.
//! Paths name fields from the result down, with dots and without the places of rows: `rows.tokens.output_tokens`.

use crate::unit::Unit;

/// The declaration of one type of result.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// The field that says what the result as a whole is about, the asker's scope for one; empty where none does.
    pub about: &'static str,
    /// The member with the period of the whole result, or its field with a month or a day; empty where it has none.
    pub period: &'static str,
    pub lists: &'static [List],
    pub figures: &'static [Figure],
    pub relations: &'static [(&'static str, Relation)],
    pub states: &'static [(&'static str, State)],
}

impl Facts {
    /// A result that holds no figures.
    pub const NONE: Self = Self { about: "", period: "", lists: &[], figures: &[], relations: &[], states: &[] };

    /// The declaration of a list, by its path.
    #[must_use]
    pub fn list(&self, path: &str) -> Option<&'static List> {
        self.lists.iter().find(|list| list.path == path)
    }

    #[must_use]
    pub fn figure(&self, path: &str) -> Option<&'static Figure> {
        self.figures.iter().find(|figure| figure.path == path)
    }

    #[must_use]
    pub fn relation(&self, path: &str) -> Option<Relation> {
        self.relations.iter().find(|(own, _)| *own == path).map(|(_, relation)| *relation)
    }

    #[must_use]
    pub fn state(&self, path: &str) -> Option<State> {
        self.states.iter().find(|(own, _)| *own == path).map(|(_, state)| *state)
    }
}

/// Rows that are about one thing each.
#[derive(Debug, Clone, Copy)]
pub struct List {
    pub path: &'static str,
    /// The fields that name what a row is about; an empty one names nothing.
    pub subject: &'static [&'static str],
    /// The fields with the first and the last day of a row, or twice the one with its month or day.
    pub period: Option<[&'static str; 2]>,
    /// The figure by which the list is ordered, largest first.
    pub largest_by: Option<&'static str>,
    /// The field of the result that counts what the list leaves out; a list without one is complete.
    pub left_out: Option<&'static str>,
}

impl List {
    #[must_use]
    pub const fn of(path: &'static str, subject: &'static [&'static str]) -> Self {
        Self { path, subject, period: None, largest_by: None, left_out: None }
    }

    #[must_use]
    pub const fn over(self, first: &'static str, last: &'static str) -> Self {
        Self { period: Some([first, last]), ..self }
    }

    #[must_use]
    pub const fn largest_by(self, figure: &'static str) -> Self {
        Self { largest_by: Some(figure), ..self }
    }

    #[must_use]
    pub const fn cut(self, left_out: &'static str) -> Self {
        Self { left_out: Some(left_out), ..self }
    }
}

/// One field with a number or a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    pub path: &'static str,
    pub unit: Unit,
    /// What is measured, in words: `spend`, `estimate`, `first seen`. The lexicon of each language has a line for it.
    pub measure: &'static str,
    pub kind: Kind,
    /// The member with its period, where that is not the one of the result.
    pub period: Option<&'static str>,
    /// Totals beside it that hold it.
    pub part_of: &'static [&'static str],
}

impl Figure {
    const fn new(path: &'static str, unit: Unit, measure: &'static str) -> Self {
        Self { path, unit, measure, kind: Kind::Actual, period: None, part_of: &[] }
    }

    #[must_use]
    pub const fn kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    #[must_use]
    pub const fn part_of(self, totals: &'static [&'static str]) -> Self {
        Self { part_of: totals, ..self }
    }

    #[must_use]
    pub const fn during(self, period: &'static str) -> Self {
        Self { period: Some(period), ..self }
    }
}

#[must_use]
pub const fn usd(path: &'static str, measure: &'static str) -> Figure {
    Figure::new(path, Unit::Usd, measure)
}

#[must_use]
pub const fn tokens(path: &'static str, measure: &'static str) -> Figure {
    Figure::new(path, Unit::Tokens, measure)
}

#[must_use]
pub const fn percent(path: &'static str, measure: &'static str) -> Figure {
    Figure::new(path, Unit::Percent, measure)
}

#[must_use]
pub const fn count(path: &'static str, measure: &'static str) -> Figure {
    Figure::new(path, Unit::Count, measure)
}

#[must_use]
pub const fn days(path: &'static str, measure: &'static str) -> Figure {
    Figure::new(path, Unit::Days, measure)
}

#[must_use]
pub const fn date(path: &'static str, measure: &'static str) -> Figure {
    Figure::new(path, Unit::Date, measure)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Billed, counted or observed.
    Actual,
    /// Expected at the end of a period that still runs.
    Projected,
    /// What somebody committed to.
    Committed,
    /// At list price, or what could be.
    List,
    /// A later value less an earlier one.
    Change,
    /// What may not be exceeded.
    Limit,
}

impl Kind {
    /// As a label names it; what is actual needs no word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Actual => "",
            Self::Projected => "projected",
            Self::Committed => "committed",
            Self::List => "possible",
            Self::Change => "change",
            Self::Limit => "limit",
        }
    }
}

/// How the people or things of a field stand to the subject of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    Owns,
    CouldClaim,
    PointsTo,
    ClaimedBy,
    DecidedBy,
    CommittedBy,
}

/// What a field without a figure says of the subject of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// `approved`, `restricted`, `blocked`, `pending` …
    Decision,
    /// Whether what was decided is done.
    Implemented,
    /// Whether a block in force outweighs the decision.
    Overruled,
    /// How an estimate stands: `under`, `on_track`, `over` …
    Band,
    /// `final`, `open` …
    Finality,
    /// Whether a principal is claimed.
    Claimed,
    /// Whether a check or a limit holds.
    Met,
}
