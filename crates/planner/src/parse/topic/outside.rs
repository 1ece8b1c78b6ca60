//! What is not ours to answer: other subjects, judgements of people, what we never see.

use super::Sense;
use crate::frame::Topic;
use crate::lexicon::Concept as C;

impl Sense<'_> {
    /// Other subjects, other clouds.
    pub(super) fn foreign(&self) -> Option<Topic> {
        let other_cloud = self.says(
            "azure|gcp|google cloud|vertex|openai api|chatgpt|openai|snowflake|datadog|databricks|oracle cloud|\
            github copilot|copilot licences|ec2|s3|lambda|rds|sagemaker|dynamodb|redshift|eks|ecs|cloudfront|\
            fargate|kubernetes|perplexity",
        );
        if other_cloud && !self.says("bedrock") {
            return Some(Topic::OtherCloud);
        }
        const SUBJECTS: &str = "weather|forecast for lisbon|rain|raining|sunny|temperature|joke|jokes|poem|poetry|haiku about|song|lyrics|\
            story|riddle|recipe|cook|cooking|bake|football|soccer|basketball|tennis|world cup|match score|movie|movies|\
            film|netflix|president|election|elections|politics|political|politician|vote for|war|religion|god|horoscope|\
            zodiac|lottery|bitcoin|crypto|cryptocurrency|stock|stocks|stock price|share price|translate|translation|\
            python|javascript|typescript|java|rust code|regex|unit test|unit tests|source code|code for|some code|coding|\
            html|css|capital of|homework|essay|restaurant|restaurants|lunch|dinner|breakfast|pizza|coffee|flight|flights|\
            hotel|hotels|holiday|holidays|vacation|train ticket|girlfriend|boyfriend|marry|dating|doctor|medical|headache|\
            medicine|lawyer|legal advice|salary|salaries|payroll|meaning of life|who won|birthday|dog|cat|sing|dance|\
            sports|news|celebrity|linkedin post|cover letter|tweet|blog post|what time is it|invest in|hire|\
            interview questions|wordle|chess|quantum|planet|history of";
        let models = self.has(C::Model) || self.names_model();
        let ordered = self.says("write me|write a|draft a|generate a|compose a|code me")
            && self.says("script|code|program|function|email|letter|poem|essay|blog|post|query");
        if ordered {
            return Some(Topic::OffDomain);
        }
        // `Haiku` and `Nova` are models; a subject word inside a name in scope is that name.
        (self.says(SUBJECTS) && !models && self.parse.frame.names.is_empty() && !self.any(&[C::Estimate, C::Unclaimed, C::Bedrock]))
            .then_some(Topic::OffDomain)
    }

    /// Judging people is not ours.
    pub(super) fn person(&self) -> Option<Topic> {
        let frame = &self.parse.frame;
        let about = !frame.people.is_empty()
            || self.says(
                "he|she|po|product owner|product owners|manager|managers|boss|who|employee|colleague|team member|\
            person|people|someone",
            )
            || !frame.unknown.is_empty();
        let judged = self.says(
            "doing his job|doing her job|doing their job|doing their jobs|good job|bad job|do his job|do her job|\
            a good manager|good at|bad at|performing|performance of|underperforming|perform well|lazy|\
            incompetent|competent|be fired|get fired|should i fire|should we fire|fire him|fire her|to blame|\
            blame|at fault|whose fault|stupid|idiot|slacking|careless|useless|sloppy|trust him|trust her|\
            be promoted|bonus|job performance|worst product owner|worst manager|worst po|best product owner|\
            best manager|negligent|irresponsible|wasting money on purpose|doing a good|doing a bad|\
            doing the job|worth his|worth her",
        );
        (about && judged).then_some(Topic::JudgePerson)
    }

    /// Something to be done outside of this conversation.
    pub(super) fn errand(&self) -> Option<Topic> {
        let lead = (0..self.parse.words.len()).map(|at| self.parse.word(at)).find(|word| {
            !matches!(
                *word,
                "please" | "can" | "could" | "would" | "will" | "you" | "just" | "now" | "and" | "then" | "also" | "hey" | "hi"
            )
        });
        let sends = matches!(lead, Some("send" | "email" | "mail" | "notify" | "remind" | "forward" | "ping"));
        let sets = self.says(
            "budget alert|an alert|alerts at|a reminder|send an email|schedule a report|weekly report|as a pdf|to excel|as excel|\
            a spreadsheet|a meeting",
        ) && self.says("send|book|set|create|schedule|export|make|give|add|want|need");
        (sends || sets).then_some(Topic::Errand)
    }

    /// Ratios to what the bill does not count, and prices of what was not used.
    pub(super) fn uncounted(&self) -> Option<Topic> {
        const COUNTED: [&str; 22] = [
            "request",
            "requests",
            "call",
            "calls",
            "invocation",
            "invocations",
            "employee",
            "employees",
            "head",
            "user",
            "users",
            "customer",
            "customers",
            "ticket",
            "tickets",
            "document",
            "documents",
            "transaction",
            "transactions",
            "session",
            "sessions",
            "token",
        ];
        let words = |at: usize| self.parse.word(at);
        let per = (0..self.parse.words.len())
            .filter(|at| words(*at) == "per")
            .any(|at| (at + 1..at + 3).any(|next| COUNTED.contains(&words(next))));
        if per && self.has(C::Spend) {
            return Some(Topic::UnitCost);
        }
        let moves = self.says("moved to|move to|moving to|switched to|switch to|switching to|replaced by|replace");
        let priced = self.any(&[C::Save, C::Spend]);
        (moves && priced && self.names_model()).then_some(Topic::OtherModel)
    }

    /// What we never see: live IAM, prompts.
    pub(super) fn unseen(&self) -> Option<Topic> {
        let live = self.says(
            "still on the role|still attached|on the role|attached to the role|live iam|in iam|actually attached|\
            in place on|policy attached|deny attached|still in place|deny still|current iam|\
            in the aws account right now|trust policy|policy stick|take effect|took effect",
        ) && (self.any(&[C::Block, C::Policy, C::Principal]));
        if live && !self.any(&[C::Unclaimed, C::Spend]) {
            return Some(Topic::LiveIam);
        }
        let prompts = self.has(C::Prompt) && !self.has(C::Cache) && !self.says("prompt caching|prompt cache|prompt tokens|system prompt");
        prompts.then_some(Topic::PromptContents)
    }
}
