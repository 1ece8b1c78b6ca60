//! What the asker wants to read, whoever understood the question.

use agent_bill_domain::tokens::TokenKind;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    pub form: Form,
    pub aspect: Aspect,
    pub asker: Asker,
    pub named: Named,
    /// `Which … most`: one row is the answer.
    pub rank: Option<Rank>,
    /// The most rows that are wanted.
    pub limit: Option<usize>,
    /// In tokens rather than in dollars.
    pub tokens: bool,
    /// Only tokens of this kind.
    pub kind: Option<TokenKind>,
    /// `Am I …`, `is there …`: yes or no comes first.
    pub polar: bool,
    /// `Will I exceed …`: yes means over.
    pub over: bool,
    /// `Did it rise …`: yes means that it moved so.
    pub moved: Option<Move>,
    /// `Who …`: a person or nobody comes first.
    pub who: bool,
    /// What reduces the gross amount, too.
    pub credits: bool,
    /// Against a budget.
    pub budget: bool,
    /// Without the roles that nobody claimed.
    pub without_unclaimed: bool,
    /// Only what appeared in the period.
    pub only_new: bool,
    /// Part of a longer answer that says itself what to do next and how current the figures are.
    pub part: bool,
}

/// How the answer is to look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    #[default]
    Prose,
    /// The figure and nothing else.
    Number,
    /// `Yes.` or `No.` and nothing else.
    YesOrNo,
    /// One sentence.
    Line,
    Table,
    /// Exactly so many, as far as there is something to say.
    Bullets(usize),
}

/// What of a result the question is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Aspect {
    /// What the tool is for.
    #[default]
    Whole,
    /// Why something is as it is.
    Cause,
    /// How much of an estimate is left.
    Left,
    /// Cache hit rates; `saving`: first what better ones would have saved.
    Cache { saving: bool },
    /// How a total ties to the bill.
    Reconciled,
    /// One model: may it be used, who decided, why.
    OneModel,
    /// One month: is it final.
    OneMonth,
    /// Why something shows nothing.
    Walk,
    /// Who answers for what.
    Owners,
    /// What may be consumed at most; `near`: how far away that is.
    Limits { near: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    Most,
    Least,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    Up,
    Down,
}

/// Who asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asker {
    pub name: String,
    /// The question is about all that is the asker's own, without any filter: `you`.
    pub own: bool,
    pub company_wide: bool,
    pub decides_models: bool,
}

/// What the question names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Nodes and workloads.
    pub things: Vec<String>,
    pub people: Vec<String>,
    /// A role or user.
    pub principal: Option<String>,
    /// The word for a model meant several: one result for each of them.
    pub several_models: bool,
    /// People other than the asker, or everybody.
    pub others: bool,
}
