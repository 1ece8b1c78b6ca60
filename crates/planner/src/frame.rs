//! What a question asks for, independent of its wording.

use agent_bill_domain::tokens::TokenKind;
use agent_bill_tools::say::{Form, Move};

use super::names::Name;
use super::period::When;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    Spend,
    Compare,
    Estimate,
    Cache,
    Unclaimed,
    Drift,
    Catalog,
    /// One model: may it be used, who decided, why.
    ModelState,
    DataStatus,
    Diagnose,
    Reconcile,
    Whoami,
    /// What Agent Bill itself consumes, and its limits.
    AgentUsage,
    Owner,
    Health,
    Help,
    Greeting,
    /// Logged calls in general.
    Calls,
    /// Cost per call, user or document: the bill holds none of these counts.
    UnitCost,
    /// What another model would cost.
    OtherModel,
    /// Send, remind, alert: nothing that is done here.
    Errand,
    // Kinds of record that do not exist here yet.
    Budget,
    Cards,
    Tasks,
    TaskCommand,
    Audit,
    // Never visible to us.
    LiveIam,
    PromptContents,
    // What would change a record.
    Write(Write),
    // Not ours.
    OtherCloud,
    OffDomain,
    JudgePerson,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Write {
    DecideModel,
    RequestModel,
    Claim,
    SetEstimate,
    DisputeCard,
    AcceptCard,
    FinishTask,
    LoadBudget,
    Access,
    /// The decision is asked for inside AWS, at once.
    ExecuteInAws,
}

/// A question about what Agent Bill itself consumes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AgentAsk {
    /// What it costs the asker, rather than everybody.
    pub mine: bool,
    /// Other people, or everybody by name.
    pub others: bool,
    pub limits: bool,
    /// How far away a limit is.
    pub near: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frame {
    pub topic: Option<Topic>,
    pub when: Option<When>,
    pub against: Option<When>,
    /// Nodes and workloads in scope.
    pub names: Vec<Name>,
    pub people: Vec<Name>,
    pub account: Option<String>,
    pub principal: Option<String>,
    pub excluded: Vec<String>,
    /// Breakdowns that hold what is excluded and no part of the hierarchy: `account`, `model`, `region`, `principal`.
    pub excluded_by: Vec<&'static str>,
    /// Names that one word could mean.
    pub ambiguous: Vec<String>,
    /// Names that are not in the asker's scope, as typed; never shown again.
    pub unknown: Vec<String>,
    pub model: Option<String>,
    /// The model is an unknown word that stood where a model is expected.
    pub model_guessed: bool,
    pub region: Option<String>,
    pub groups: Vec<String>,
    pub token_kind: Option<TokenKind>,
    pub tokens: bool,
    pub percent: Option<i64>,
    pub bullets: Option<usize>,
    /// How the answer is to look, where that is no number of bullets.
    pub form: Option<Form>,
    pub limit: Option<i64>,
    pub superlative: bool,
    pub least: bool,
    pub credits: bool,
    pub budget: bool,
    pub agent: Option<AgentAsk>,
    /// A breakdown that only the agent's own use has.
    pub agent_by: Option<&'static str>,
    /// Speaks of spend in so many words.
    pub money: bool,
    pub show: Option<&'static str>,
    pub why: bool,
    /// `Who …`: a person or nobody comes first.
    pub asks_who: bool,
    /// Asks about use, whoever pays for it.
    pub uses: bool,
    /// Unclaimed roles are left out.
    pub no_unclaimed: bool,
    pub new_only: bool,
    /// More than the asker's scope: the whole company, another team.
    pub beyond: bool,
    /// `Will I exceed`: yes means over.
    pub asks_over: bool,
    /// `Did it rise`, `is it lower`: the direction that yes means.
    pub moved: Option<Move>,
    /// How much of an estimate is left.
    pub asks_left: bool,
    /// A yes-or-no question.
    pub polar: bool,
    /// The period asked for is not delivered yet; the latest one of its kind stands in.
    pub stands_in: bool,
    /// Asked against another period, which the tool chooses.
    pub compares: bool,
    /// Builds on the question before.
    pub continues: bool,
    pub gibberish: bool,
    /// `the rest`, `only`: keeps what was excluded or filtered before.
    pub rest: bool,
    pub yes: bool,
    /// `my`, `our`: the asker's own scope, whatever was talked about before.
    pub own: bool,
    /// Five words or fewer that do not open like a question of their own.
    pub elliptic: bool,
    /// How many of the unknown names are lower-case words like any other: no capital, quotes, `'s` or digits.
    pub unknown_words: usize,
    /// Most of its words are unknown: another language, or another subject.
    pub foreign: bool,
    /// Words that would change the answer and that nothing above took.
    pub unbound: Vec<String>,
    /// Words of ordinary English in it, and all words: tells another subject from a slip of the keyboard.
    pub word_count: usize,
    pub loose_count: usize,
}

impl Frame {
    /// Asks what somebody else's questions consume, or everybody's one by one.
    pub fn asks_others(&self) -> bool {
        let ask = self.agent.unwrap_or_default();
        !ask.limits && (ask.others || self.beyond || !self.people.is_empty() || !self.unknown.is_empty())
    }

    /// A frame with a slot filled and nothing asked.
    pub fn has_slots(&self) -> bool {
        self.when.is_some()
            || !self.names.is_empty()
            || !self.people.is_empty()
            || self.account.is_some()
            || self.principal.is_some()
            || !self.excluded.is_empty()
            || !self.unknown.is_empty()
            || !self.ambiguous.is_empty()
            || self.model.is_some()
            || self.region.is_some()
            || !self.groups.is_empty()
            || self.token_kind.is_some()
            || self.tokens
            || self.percent.is_some()
            || self.limit.is_some()
            || self.bullets.is_some()
            || self.form.is_some()
            || self.credits
            || self.why
            || self.no_unclaimed
            || self.beyond
    }
}
