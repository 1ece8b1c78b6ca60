//! Questions about Agent Bill itself: what it consumes, for whom, and within which limits. `You` and `your` are the agent, but only beside a word of
//! consumption: `what did you say we spent` is about the company's spend.

use super::{Parse, Tag};
use crate::frame::AgentAsk;
use crate::lexicon::Concept;

/// What the agent may be the subject of, and nothing else is meant.
const COSTS: [&str; 4] = ["cost", "costs", "costing", "costed"];
const CONSUMES: [&str; 18] = [
    "consume",
    "consumed",
    "consuming",
    "burn",
    "burned",
    "burnt",
    "burning",
    "spend",
    "spent",
    "spending",
    "charge",
    "charged",
    "charging",
    "eat",
    "eaten",
    "ate",
    "chewed",
    "chew",
];
const USES: [&str; 4] = ["use", "used", "using", "uses"];
/// Between `you` and its verb.
const BETWEEN: [&str; 13] = [
    "have",
    "has",
    "been",
    "already",
    "actually",
    "really",
    "yourself",
    "personally",
    "just",
    "currently",
    "usually",
    "normally",
    "typically",
];
/// What is the agent's own when `your` stands before it.
const OWNED: [&str; 27] = [
    "cost",
    "costs",
    "spend",
    "spending",
    "bill",
    "expense",
    "expenses",
    "token",
    "tokens",
    "usage",
    "consumption",
    "use",
    "limit",
    "limits",
    "cap",
    "caps",
    "quota",
    "allowance",
    "budget",
    "budgets",
    "price",
    "pricing",
    "fee",
    "fees",
    "charges",
    "invoice",
    "expenditure",
];
const QUALIFIES: [&str; 15] = [
    "own", "current", "daily", "monthly", "weekly", "average", "running", "model", "list", "personal", "token", "usage", "spending",
    "spend", "overall",
];
/// What people call the turns of a talk.
const TURNS: [&str; 14] = [
    "answer",
    "answers",
    "question",
    "questions",
    "conversation",
    "conversations",
    "chat",
    "chats",
    "reply",
    "replies",
    "response",
    "responses",
    "query",
    "queries",
];
const DETERMINERS: [&str; 20] = [
    "your", "my", "our", "this", "that", "these", "those", "the", "a", "an", "one", "each", "every", "which", "of", "last", "single",
    "previous", "all", "other",
];
const LIMITS: &str = "limit|limits|cap|caps|quota|allowance|ceiling|budget";

impl Parse<'_> {
    /// Notes whether the sentence asks about the agent itself. A product, account, Region, role or model in it is about the company's spend.
    pub(super) fn agent(&mut self) {
        let line = self.line();
        let says = |phrases: &str| phrases.split('|').any(|phrase| line.contains(&format!(" {phrase} ")));
        let frame = &self.frame;
        let elsewhere = !frame.names.is_empty()
            || frame.account.is_some()
            || frame.principal.is_some()
            || frame.region.is_some()
            || frame.model.is_some();
        let asks = !elsewhere
            && (self.you_consume(&line)
                || self.your_consumption()
                || self.turns_cost(&line)
                || self.asking_has_limits(&line)
                || self.people_use_you(&line)
                || self.agent_by_name(&line));
        if asks {
            let limits = says(LIMITS) || says("left|can i still ask|can i ask|may i ask|can we still ask");
            let near = says("near|close|closer|reach|reached|reaching|hit|hitting|left|over|exceeded|exceed|almost|still|out|past|within");
            let others = !limits
                && (self.frame.asks_who
                    || says("everyone|everybody|anyone|anybody|people|colleagues|others|users|person|company|organisation|organization"));
            let mine = says("i|me|my|mine|myself") && !says("us|our|ours|we");
            self.frame.agent = Some(AgentAsk { mine, others, limits, near });
        }
        self.frame.agent_by = if says("by person|per person|by people|by user|per user|by users|each person|every person") {
            Some("person")
        } else if says("by conversation|per conversation|by conversations|by chat|per chat")
            || asks && says("conversation|conversations|chat|chats")
        {
            Some("conversation")
        } else {
            None
        };
    }

    fn at_any(&self, at: usize, words: &[&str]) -> bool {
        words.contains(&self.word(at))
    }

    /// `how much have you cost`, `how many tokens did you use`, `are you expensive`.
    fn you_consume(&self, line: &str) -> bool {
        let counted = self.has(Concept::Token) || self.has(Concept::Model) || line.contains(" how much ");
        (0..self.words.len()).filter(|at| self.word(*at) == "you").any(|you| {
            let verb = (you + 1..you + 5).find(|at| !self.at_any(*at, &BETWEEN)).unwrap_or(you + 1);
            // `Can you use October?` asks for something; `can you cost` does not exist.
            let requested = (0..you).rev().take(2).any(|at| self.at_any(at, &["can", "could", "would", "will", "please", "if"]));
            let last = verb + 1 >= self.words.len();
            self.at_any(verb, &COSTS)
                || (self.at_any(verb, &CONSUMES) && !requested)
                || (self.at_any(verb, &USES) && counted && !requested)
                || self.at_any(verb, &["expensive", "costly", "pricey"])
                || (self.at_any(verb, &["free", "cheap"]) && last)
        })
    }

    /// `your cost`, `your daily limit`; not `your usage data`.
    fn your_consumption(&self) -> bool {
        (0..self.words.len()).filter(|at| self.word(*at) == "your").any(|your| {
            let owned = (your + 1..your + 4).find(|at| self.at_any(*at, &OWNED));
            owned.is_some_and(|noun| {
                let plain = (your + 1..noun).all(|at| self.at_any(at, &QUALIFIES));
                let of_records = self.at_any(noun + 1, &["data", "report", "reports", "records", "numbers", "figures", "information"]);
                plain && !of_records
            })
        })
    }

    /// `what did your answers cost`, `cost per question`, `my most expensive conversation`, `what does asking you cost`.
    fn turns_cost(&self, line: &str) -> bool {
        let money = |at: usize| self.is_concept(at, Concept::Spend) || self.is_concept(at, Concept::Token);
        let asking = [" asking you ", " ask you ", " talking to you ", " using you "].iter().any(|phrase| line.contains(phrase));
        if asking && !line.contains(" you to ") && (0..self.words.len()).any(money) {
            return true;
        }
        (0..self.words.len()).filter(|at| self.at_any(*at, &TURNS)).any(|turn| {
            let takes = |at: usize| {
                money(at) || (self.at_any(at, &["use", "used", "take", "took", "need", "needed", "eat"]) && self.has(Concept::Token))
            };
            let after = (turn + 1..turn + 4).find(|at| takes(*at));
            let straight = after.is_some_and(|verb| {
                (turn + 1..verb)
                    .all(|at| self.at_any(at, &["have", "has", "did", "do", "does", "with", "you", "been", "the", "most", "today"]))
            });
            // Back over `my`, `this`, `Tom's`: to the preposition and the amount before it.
            let whose = |at: usize| {
                let owner = self.words.get(at).is_some_and(|word| word.possessive);
                owner
                    || self.at_any(at, &DETERMINERS)
                    || matches!(self.tag(at), Some(Tag::Unknown | Tag::Part | Tag::Name | Tag::When | Tag::Number))
            };
            let lead = (0..turn).rev().find(|at| !whose(*at));
            let owned = turn.checked_sub(1).is_some_and(whose);
            let before = lead.is_some_and(|at| {
                let preposition = self.at_any(at, &["per", "for", "on", "by", "with", "in"]);
                money(at) || (preposition && at.checked_sub(1).is_some_and(money))
            });
            // `In this conversation` only says where one is.
            (owned && straight) || before && lead.is_some_and(|at| self.word(at) != "in" || self.has(Concept::Token))
        })
    }

    /// `am I near my limit for asking you`, `how many questions do I have left`.
    fn asking_has_limits(&self, line: &str) -> bool {
        let says = |phrases: &str| phrases.split('|').any(|phrase| line.contains(&format!(" {phrase} ")));
        let bounded = says(LIMITS) || says("limited|restricted");
        let asking = says(
            "asking you|ask you|using you|use you|talking to you|talk to you|for you|on you|of you|with you|chatting with you|\
            number of questions|many questions|of questions|on questions|for questions|my questions|our questions|question limit|\
            i can ask|we can ask|i may ask|asking questions|ask questions",
        );
        let left = says("questions left|questions do i have|questions can i|questions may i|questions am i allowed|questions are left")
            || says("can i still ask|can we still ask|how much can i ask|how much more can i ask|how often can i ask|how often may i ask");
        bounded && asking && !says("ask you to|ask you about|ask you for") || left
    }

    /// `who uses you most`, `how often do people ask you`.
    fn people_use_you(&self, line: &str) -> bool {
        let says = |phrases: &str| phrases.split('|').any(|phrase| line.contains(&format!(" {phrase} ")));
        let used = says(
            "uses you|use you|using you|used you|asks you|ask you|asked you|asking you|talks to you|talk to you|talked to you|\
            talking to you|chats with you|chat with you|usage of you|use of you|queries you|query you",
        );
        let how = says("who|which|how often|how many times|how much|how many|most|usage of you|use of you");
        used && how && !says("you to|you about|you for|you what|you which|you how|you who")
    }

    /// `what does Agent Bill cost`, `this bot's usage`; not `Agent Bill, what did we spend`.
    fn agent_by_name(&self, line: &str) -> bool {
        let asked = [
            "does", "did", "has", "do", "is", "of", "on", "for", "by", "with", "uses", "use", "using", "used", "asks", "to", "much",
            "tokens",
        ];
        let named = (0..self.words.len()).any(|at| {
            let length = match (self.word(at), self.word(at + 1)) {
                ("agent", "bill") | ("this" | "the", "bot" | "chatbot") | ("this", "assistant" | "agent" | "tool") => 2,
                _ => return false,
            };
            let paused = self.words.get(at + length).is_some_and(|word| word.after_pause);
            let owner = self.words.get(at + 1).is_some_and(|word| word.possessive);
            let itself = self.at_any(at + length, &["itself", "consume", "consumes", "consumed"]);
            let led = at.checked_sub(1).is_some_and(|before| self.at_any(before, &asked));
            !paused && (owner || itself || led)
        });
        let says = |phrases: &str| phrases.split('|').any(|phrase| line.contains(&format!(" {phrase} ")));
        // `Bill` itself is a word of money; it does not count here.
        let money = (0..self.words.len())
            .any(|at| self.word(at) != "bill" && (self.is_concept(at, Concept::Spend) || self.is_concept(at, Concept::Token)));
        named && (money || says(LIMITS) || says("uses agent bill|use agent bill|using agent bill|used agent bill|asks agent bill"))
    }
}
