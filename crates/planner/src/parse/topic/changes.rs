//! Requests to change something, and the records that changes leave: cards, tasks, budgets, the audit log.

use super::Sense;
use crate::frame::{Topic, Write};
use crate::lexicon::Concept as C;

impl Sense<'_> {
    /// Kinds of record that are not kept here yet: cards, tasks, budgets, the audit log.
    pub(super) fn records(&self) -> Option<Topic> {
        if self.has(C::Card) && !self.word("credit card") {
            let asks_who = self.any(&[C::Who, C::Which, C::HowMany])
                || self.has(C::Not)
                || matches!(self.first(), "has" | "have" | "did" | "is" | "are" | "any");
            if self.has(C::Dispute) && !asks_who {
                return Some(Topic::Write(Write::DisputeCard));
            }
            if !asks_who && (self.asks_to_do(C::Accept) || self.asks_to_do(C::Approve)) {
                return Some(Topic::Write(Write::AcceptCard));
            }
            return Some(Topic::Cards);
        }
        if self.asks_to_do(C::Dispute) {
            return Some(Topic::Write(Write::DisputeCard));
        }
        let task = self.has(C::Task);
        if task && (self.asks_to_do(C::Finish) || self.asks_to_do(C::Implement)) {
            return Some(Topic::Write(Write::FinishTask));
        }
        let how = self.says(
            "what do i run|what should i run|what command|which command|what commands|which commands|\
            exact command|exact commands|commands for|command for|steps for|do i execute|to run for|\
            commands do i",
        );
        if how || (task && self.has(C::Command)) {
            return Some(Topic::TaskCommand);
        }
        if task || self.says("what is next for me|next on my list|what should i do next|what is my next") {
            return Some(Topic::Tasks);
        }
        if self.says("audit log|audit trail|audit events|audit history|who changed|change log|changelog") {
            return Some(Topic::Audit);
        }
        if self.has(C::Budget) && self.says("load|upload|propose|schedule a|schedule the|schedule my|submit") {
            return Some(Topic::Write(Write::LoadBudget));
        }
        None
    }

    /// Requests to change something.
    pub(super) fn writes(&self) -> Option<Topic> {
        let modelish = self.names_model() || self.has(C::Model) || !self.parse.frame.unknown.is_empty();
        let asked = self.asks_to_do(C::Block)
            || self.asks_to_do(C::Restrict)
            || self.asks_to_do(C::Approve)
            || (self.asks_to_do(C::Allowed) && self.names_model());
        let executes = self.says("in aws|on aws|aws side|at the aws|apply the policy|attach the policy|in the console|directly in");
        if executes && (asked || self.asks_to_do(C::Implement) || self.says("apply|attach|detach|execute")) && self.first() != "is" {
            return Some(Topic::Write(Write::ExecuteInAws));
        }
        if asked && modelish && !self.any(&[C::Card, C::Claim]) {
            return Some(Topic::Write(Write::DecideModel));
        }
        if self.asks_to_do(C::Claim)
            || self.says(
                "release the claim|release my claim|release claim|i want to claim|how do i claim|help me claim|\
            unclaim",
            )
        {
            return Some(Topic::Write(Write::Claim));
        }
        let estimate = self.has(C::Estimate);
        if estimate
            && (self.asks_to_do(C::Set) || self.says("set my estimate|change my estimate|how do i change my estimate|new estimate of"))
        {
            return Some(Topic::Write(Write::SetEstimate));
        }
        let wants = self.any(&[C::Need, C::Request])
            || self.says(
                "get access|how do i get|how can i get|how to get|give me access|can i get|could i get|can we get|\
            like to use|want to use|would like to try|want to try|may i try",
            );
        if wants && self.names_model() && !self.any(&[C::Spend, C::Cache]) {
            return Some(Topic::Write(Write::RequestModel));
        }
        if self.has(C::Request) && self.has(C::Model) && self.asks_to_do(C::Request) {
            return Some(Topic::Write(Write::RequestModel));
        }
        let access = self.says(
            "give me access|grant me|add me|make me|change my role|add a user|create a user|remove a user|\
            give access|import the hierarchy|import users",
        );
        access.then_some(Topic::Write(Write::Access))
    }
}
