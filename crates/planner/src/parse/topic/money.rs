//! Spend, estimates, and the views of Finance.

use super::Sense;
use crate::frame::Topic;
use crate::lexicon::Concept as C;
use crate::period::When;

impl Sense<'_> {
    /// Reconciliation, credits, chargeback: the views of Finance.
    pub(super) fn money_close(&self) -> Option<Topic> {
        let share = self.says("unattributed|unallocated|not attributed")
            && (self.says("how much|what share|total|why|by cause|by reason") || self.has(C::Spend))
            && self.parse.known.briefing.company_wide;
        if share {
            return Some(Topic::Reconcile);
        }
        let ties = self.says(
            "tie it|tie to|tie out|ties to|tie back|tie that|match the bill|match the invoice|matches the bill|\
            matches the invoice|add up to the bill|to the bill|to the invoice|against the invoice|\
            against the bill",
        );
        if self.has(C::Reconcile)
            || ties
            || (self.has(C::Bucket) && !self.has(C::By))
            || self.says(
                "attributed and unattributed|attributed versus unattributed|how much is attributed|attribution|\
            attributed",
            )
        {
            return Some(Topic::Reconcile);
        }
        if self.has(C::Credit) && !self.any(&[C::Estimate]) {
            return Some(Topic::Spend);
        }
        self.has(C::Chargeback).then_some(Topic::Spend)
    }

    pub(super) fn estimates(&self) -> Option<Topic> {
        let frame = &self.parse.frame;
        let cache = self.has(C::Cache);
        let broken_down = self.has(C::Spend) && !frame.groups.is_empty();
        if cache && frame.token_kind.is_none() && !broken_down {
            return Some(Topic::Cache);
        }
        if self.has(C::Save)
            && frame.against.is_none()
            && (self.has(C::Hypothesis)
                || self.says(
                    "how can|how could|how do|where can|what can|could we save|can we save|save money|cut costs|\
            reduce cost|reduce costs|lever|cheaper|ways to",
                ))
        {
            return Some(Topic::Cache);
        }
        let years =
            frame.groups.iter().any(|group| group != "product" && group != "workload") || matches!(frame.when, Some(When::YearToDate));
        if self.has(C::Budget) && !self.has(C::Estimate) {
            let status = self.any(&[C::Within, C::Over, C::Forecast]) || !self.has(C::Spend) || self.says("on budget|under budget");
            let spent = years && (self.has(C::Spend) || !status);
            return Some(if spent {
                Topic::Spend
            } else if status {
                Topic::Estimate
            } else {
                Topic::Budget
            });
        }
        let pace = self.says(
            "on track|end up|end of month|run rate|month end|going to land|on pace|pacing|over the limit|\
            overspending|overspend|headroom|too much|blow through|under control|how much is left|left to spend|\
            left this month|overrun|until i hit|until we hit|until i reach|have left|who is over|who are over|which are over|which ones are over|\
            anyone over|are we over|am i over|are we under|am i under|over or under",
        );
        let ahead = self.has(C::Forecast)
            && (self.any(&[C::Spend, C::Over, C::Month, C::Estimate, C::Bedrock])
                || self.says("will|what is|where|show|give|how")
                || frame.has_slots()
                || self.parse.words.len() <= 3);
        let over = self.says("over|exceed|exceeding|go over|above|within|under")
            && (self.says("we|i|am|are|my|our|will|anyone|who|which") && self.has(C::Estimate)
                || self.says("going over|go over|exceed|run over|be over"));
        (self.has(C::Estimate) || pace || ahead || over).then_some(Topic::Estimate)
    }

    pub(super) fn spend(&self) -> Option<Topic> {
        let frame = &self.parse.frame;
        let money = self.any(&[C::Spend, C::Token, C::Total]);
        let called = self.names_model() && self.says("how many times|how often|called|invoked");
        if called {
            return Some(Topic::Drift);
        }
        if self.has(C::Calls) && self.says("how many|number of|count|invocations|calls") {
            return Some(Topic::Calls);
        }
        let two = frame.against.is_some()
            || frame.compares
            || self.says("price or volume|volume or price|price or usage|usage or price|volume or mix|more usage or|higher prices or");
        let trend = self.says("trend|trends|trending|over time|history|evolution|day by day|week by week|month by month");
        let change = (self.has(C::Change) || self.says("new since"))
            && !frame.no_unclaimed
            && !trend
            && !self.says("break down|broken down|drill down|split down|down by")
            && frame.excluded.is_empty();
        let kinds = frame.token_kind.is_some();
        if (frame.why && (money || kinds || change || frame.has_slots() && !self.has(C::Model)))
            || two
            || (change && !self.says("versus") && !(self.has(C::Set) && self.asks_to_do(C::Set)))
        {
            // `Checkout vs Fraud Signals` compares names, not periods.
            let names_only = frame.names.len() > 1 && !two && !frame.why && self.says("versus|compare|compared|or|and");
            if !names_only {
                return Some(Topic::Compare);
            }
        }
        if money
            || trend
            || (!frame.groups.is_empty() && self.has(C::By))
            || frame.no_unclaimed && self.has(C::Show)
            || (frame.superlative && (!frame.groups.is_empty() || self.has(C::Use)))
            || (self.has(C::Use)
                && (self.has(C::Model)
                    || frame.model.is_some()
                    || !frame.groups.is_empty()
                    || self.has(C::Bedrock)
                    || kinds
                    || !frame.names.is_empty()
                    || !frame.unknown.is_empty()))
        {
            return Some(Topic::Spend);
        }
        let compares = frame.names.len() > 1 && self.says("versus|compare|compared");
        compares.then_some(Topic::Spend)
    }
}
