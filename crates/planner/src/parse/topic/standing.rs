//! How current the data is, who is who, and what the agent can do.

use super::super::Tag;
use super::Sense;
use crate::frame::Topic;
use crate::lexicon::Concept as C;

impl Sense<'_> {
    pub(super) fn freshness(&self) -> Option<Topic> {
        let open = self.says("final|finalised|finalized|closed|close|closes|locked|settled|provisional|finality")
            || (self.has(C::Final) && self.has(C::When));
        let about = self.has(C::When) || self.parse.frame.polar || self.has(C::Which) || self.says("how|still move|still change");
        if open && about && !self.says("final spend|final cost") {
            return Some(Topic::DataStatus);
        }
        let data = self.says("data|numbers|figures|rollup|export|cur|bill|dashboard|information");
        let state = self.says(
            "fresh|freshness|current|latest|up to date|updated|stale|complete|recent|old|delayed|through|lag|\
            lagging|loaded|refresh|refreshed|cover|covers|how far|reliable",
        );
        ((self.has(C::Fresh) && (data || self.has(C::When)) || data && state && (self.parse.frame.polar || self.says("how|when")))
            && !self.any(&[C::Estimate, C::Most]))
        .then_some(Topic::DataStatus)
    }

    pub(super) fn people_and_help(&self) -> Option<Topic> {
        let frame = &self.parse.frame;
        if self.says(
            "who am i|my role|my roles|my access|my scope|my permissions|what can i see|what do i have access to|\
            what am i responsible for|my products|my workloads|my portfolio include|my claims|what can i do|\
            what am i allowed|see as|what do i own|am i responsible for",
        ) || (self.has(C::Workload) && self.any(&[C::Show, C::Which]))
            || (self.has(C::Claim) && self.any(&[C::Show, C::Which]))
        {
            return Some(Topic::Whoami);
        }
        if self.says(
            "who owns|who is responsible|who is the owner|who is in charge|who runs|who manages|responsible for|\
            owner of|owners of|belongs to|who is accountable|who answers for",
        ) || (self.has(C::Owner) && frame.has_slots())
        {
            return Some(Topic::Owner);
        }
        if self.has(C::Health)
            && (self.says("we|i|my|our|everything|things|all|status|summary|overview|health|how")
                || frame.has_slots()
                || self.parse.words.len() <= 3)
            && !self.says("ok thanks|ok thank you")
        {
            return Some(Topic::Health);
        }
        if self.says(
            "anything i should know|need to know|what should i know|anything urgent|need my attention|\
            worry about|what is up|what is new|what is going on|give me the gist|tldr|tl dr|should i worry|\
            red flags|how does it look|how do we look|how are we",
        ) {
            return Some(Topic::Health);
        }
        let helps = self.says(
            "help|what can you do|what do you do|who are you|what are you|how do you work|what can i ask|\
            how does this work|capabilities|what questions",
        );
        if helps {
            return Some(Topic::Help);
        }
        if self.has(C::Greeting) && self.parse.words.len() <= 5 {
            return Some(Topic::Greeting);
        }
        if self.has(C::Level)
            && (self.any(&[C::Show, C::Which]) || self.says("my|our"))
            && !frame.superlative
            && self.parse.tags.iter().all(|tag| *tag != Tag::Unknown)
            && self.any(&[C::Show, C::Which])
        {
            return Some(if frame.groups.is_empty() || self.any(&[C::Self_]) { Topic::Whoami } else { Topic::Spend });
        }
        if self.names_model() && self.parse.words.len() <= 4 && !frame.continues {
            return Some(Topic::ModelState);
        }
        None
    }
}
