//! Models and their decisions, drift, unclaimed roles, and why a role shows nothing.

use super::Sense;
use crate::frame::Topic;
use crate::lexicon::Concept as C;

impl Sense<'_> {
    /// Catalog, drift and decisions.
    pub(super) fn models(&self) -> Option<Topic> {
        let model_talk = self.has(C::Model) || self.names_model();
        let decided = self.any(&[C::Approve, C::Allowed, C::Block, C::Restrict]);
        let negated = self.has(C::Not) || self.has(C::Unapproved);
        let principal = self.has(C::Principal);
        if self.has(C::Implement) && (negated || self.has(C::Pending) || decided || model_talk || self.word("scopes")) {
            return Some(Topic::Catalog);
        }
        if self.has(C::Agentic)
            && (self.any(&[C::Principal, C::Allowed, C::Approve, C::Model]) || self.says("mcp|agentic"))
            && !self.says("agent bill")
        {
            return Some(Topic::Catalog);
        }
        if self.any(&[C::Unclaimed, C::Gap]) && !self.has(C::Unapproved) {
            return None;
        }
        let usage = self.any(&[C::Use, C::Spend, C::Calls])
            || self.says("anyone|anybody|running|are we|in use|is there|somebody|someone|who is|any models|any model");
        if self.has(C::Unapproved) || (negated && decided && usage && !self.says("not implemented") && !self.lists_catalog()) {
            return Some(Topic::Drift);
        }
        if (self.has(C::Block) || self.has(C::Restrict))
            && self.has(C::Model)
            && self.says("using|in use|still used|being used|run|running")
        {
            return Some(Topic::Drift);
        }
        if self.names_model()
            && (decided
                || self.has(C::Catalog)
                || self.says(
                    "can i use|can we use|may i use|may we use|am i allowed|status of|ok to use|is it ok|could i use|\
            permission",
                ))
            && !self.money_question()
        {
            return Some(Topic::ModelState);
        }
        let waits = self.has(C::Pending) && (self.has(C::Approve) || self.says("review|a decision|decision"));
        if self.has(C::Catalog)
            || waits
            || (decided && model_talk && !self.money_question())
            || (self.has(C::Pending) && model_talk)
            || self.says(
                "can i use|may i use|can we use|may we use|could i use|approved scopes|approvals|approved in|\
            can i run|can i call|can i invoke",
            )
        {
            return Some(Topic::Catalog);
        }
        if self.any(&[C::Approve, C::Block]) && self.any(&[C::Who, C::When, C::Why]) {
            return Some(Topic::ModelState);
        }
        if decided && !self.parse.frame.unknown.is_empty() && !principal && !self.money_question() {
            return Some(Topic::ModelState);
        }
        (self.has(C::Region) && self.has(C::Route) || self.says("inference profile|global profile")).then_some(Topic::Catalog)
    }

    /// `which models are blocked`: a list of decisions, not of use.
    fn lists_catalog(&self) -> bool {
        self.has(C::Model)
            && matches!(self.first(), "which" | "what" | "list" | "show")
            && !self.any(&[C::Use, C::Spend, C::Calls])
            && !self.has(C::Unapproved)
            || self.says("can i not use|can i not|may i not|not allowed to use")
    }

    pub(super) fn unclaimed(&self) -> Option<Topic> {
        if self.parse.frame.no_unclaimed {
            return None;
        }
        if self.has(C::Claim) && self.has(C::Not) && self.parse.frame.principal.is_some() && !self.has(C::Who) {
            return Some(Topic::Diagnose);
        }
        let nobody = self.has(C::Claim) && (self.has(C::Not) || self.has(C::Who) && self.has(C::Pending));
        let no_owner = self.has(C::Owner) && self.has(C::Not) && !self.has(C::Within);
        if self.has(C::Unclaimed) || nobody || no_owner || (self.has(C::Gap) && !self.has(C::Estimate)) {
            return Some(Topic::Unclaimed);
        }
        None
    }

    /// `why does this role show nothing`.
    pub(super) fn diagnosis(&self) -> Option<Topic> {
        let principal = self.has(C::Principal) || self.parse.frame.principal.is_some();
        let trouble = self.has(C::Broken) && !self.says("nothing else|by error");
        let negated =
            self.has(C::Not) && self.says("work|working|show|showing|appear|appearing|accepted|found|see|visible|showing up|there|exist");
        let awaited = principal && self.says("show up|shows up|appear|turn up|be visible|be billed|see it") && self.any(&[C::When, C::Why]);
        if awaited || (principal || self.has(C::Claim)) && (trouble || negated) {
            return Some(Topic::Diagnose);
        }
        let nothing = self.says(
            "shows nothing|show nothing|showing nothing|no data|is empty|empty|shows zero|showing zero|is zero|\
            no spend|at zero|not showing|not show|nothing shows|do not see any|not see any|is missing|\
            missing from|why is nothing|there nothing|there is nothing|nothing for|nothing under|do not see anything|not appear|not appearing|blank",
        );
        (nothing && (self.has(C::Why) || !self.parse.frame.names.is_empty() || self.has(C::Broken))).then_some(Topic::Diagnose)
    }
}
