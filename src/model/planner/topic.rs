//! What kind of question it is, from the concepts in it. Rules go from the most particular to the most general; the first that holds decides.

use super::frame::{Topic, Write};
use super::lexicon::Concept as C;
use super::parse::{Parse, Tag};

pub(super) fn of(parse: &Parse<'_>) -> Option<Topic> {
    let sense = Sense { parse, line: parse.line() };
    sense
        .foreign()
        .or_else(|| sense.person())
        .or_else(|| sense.agent())
        .or_else(|| sense.records())
        .or_else(|| sense.unseen())
        .or_else(|| sense.writes())
        .or_else(|| sense.money_close())
        .or_else(|| sense.models())
        .or_else(|| sense.unclaimed())
        .or_else(|| sense.diagnosis())
        .or_else(|| sense.freshness())
        .or_else(|| sense.estimates())
        .or_else(|| sense.spend())
        .or_else(|| sense.people_and_help())
}

struct Sense<'p> {
    parse: &'p Parse<'p>,
    line: String,
}

impl Sense<'_> {
    fn has(&self, concept: C) -> bool {
        self.parse.has(concept)
    }

    fn any(&self, concepts: &[C]) -> bool {
        concepts.iter().any(|concept| self.has(*concept))
    }

    fn says(&self, phrases: &str) -> bool {
        phrases.split('|').any(|phrase| self.line.contains(&format!(" {phrase} ")))
    }

    fn word(&self, word: &str) -> bool {
        self.says(word)
    }

    fn first(&self) -> &str {
        self.parse.word(0)
    }

    fn names_model(&self) -> bool {
        self.parse.frame.model.is_some()
    }

    /// An imperative or a request to do something, rather than a question about what is.
    fn asks_to_do(&self, concept: C) -> bool {
        let at = (0..self.parse.words.len()).find(|at| self.parse.is_concept(*at, concept));
        let Some(at) = at else { return false };
        let polite = |index: usize| {
            matches!(
                self.parse.word(index),
                "please"
                    | "can"
                    | "could"
                    | "you"
                    | "just"
                    | "go"
                    | "to"
                    | "and"
                    | "now"
                    | "let"
                    | "us"
                    | "want"
                    | "i"
                    | "we"
                    | "would"
                    | "like"
                    | "need"
                    | "agent"
                    | "bill"
                    | "hi"
                    | "hey"
                    | "hello"
                    | "ok"
                    | "then"
                    | "so"
                    | "will"
                    | "help"
                    | "me"
                    | "should"
                    | "must"
                    | "have"
                    | "my"
                    | "ahead"
                    | "also"
                    | "immediately"
            )
        };
        let leads = (0..at).all(polite);
        let base = ["ed", "ing", "tion", "al", "als"].iter().all(|ending| !self.parse.word(at).ends_with(ending));
        let asks_whether = at > 0 && matches!(self.first(), "can" | "may" | "do" | "should") && matches!(self.parse.word(1), "i" | "we");
        leads && base && !asks_whether
    }

    /// Other subjects, other clouds.
    fn foreign(&self) -> Option<Topic> {
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
    fn person(&self) -> Option<Topic> {
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

    /// The agent itself: before prompts, budgets and spend, whose words it shares.
    fn agent(&self) -> Option<Topic> {
        self.parse.frame.agent.map(|_| Topic::AgentUsage)
    }

    /// Kinds of record that are not kept here yet: cards, tasks, budgets, the audit log.
    fn records(&self) -> Option<Topic> {
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

    /// What we never see: live IAM, prompts.
    fn unseen(&self) -> Option<Topic> {
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

    /// Requests to change something.
    fn writes(&self) -> Option<Topic> {
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

    /// Reconciliation, credits, chargeback: the views of Finance.
    fn money_close(&self) -> Option<Topic> {
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

    /// Catalog, drift and decisions.
    fn models(&self) -> Option<Topic> {
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

    fn money_question(&self) -> bool {
        self.has(C::Spend) && !self.says("use|bill me")
    }

    fn unclaimed(&self) -> Option<Topic> {
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
    fn diagnosis(&self) -> Option<Topic> {
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

    fn freshness(&self) -> Option<Topic> {
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

    fn estimates(&self) -> Option<Topic> {
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
        let years = frame.groups.iter().any(|group| group != "product" && group != "workload")
            || matches!(frame.when, Some(super::period::When::YearToDate));
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
            left this month|overrun|are we over|am i over|are we under|am i under|over or under",
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

    fn spend(&self) -> Option<Topic> {
        let frame = &self.parse.frame;
        let money = self.any(&[C::Spend, C::Token, C::Total]);
        let called = self.names_model() && self.says("how many times|how often|called|invoked");
        if called {
            return Some(Topic::Drift);
        }
        if self.has(C::Calls) && self.says("how many|number of|count|invocations|calls") {
            return Some(Topic::Calls);
        }
        let two = frame.against.is_some() || frame.compares;
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

    fn people_and_help(&self) -> Option<Topic> {
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
