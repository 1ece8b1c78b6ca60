use std::sync::Mutex;
use std::time::Duration;

use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::permission::Action;
use agent_bill_domain::role::Role;
use agent_bill_facts::declare::{Facts, usd};
use agent_bill_model::Behaviour;
use agent_bill_tools::contract::{Answered, Registered, Tool, ToolError};
use agent_bill_tools::say::{Asked, Cite, Kind, Noted, Said};
use agent_bill_tools::view::Settings;
use agent_bill_tools::{Outcome, View};
use async_trait::async_trait;
use serde_json::{Value, json};

use super::*;
use agent_bill_domain::clock::FixedClock;
use agent_bill_domain::consumption::ConsumptionLimits;
use agent_bill_model::{
    Block, ModelFailure, ModelReply, ModelRequest, ModelUsage, Price, ReplySink, StopReason, Tariff, ToolChoice, WorstCase,
};
use agent_bill_records::scope::ReadSettings;
use agent_bill_records::testing::{for_each_database, insert};

mod consumption;
mod language_model;
mod remembering;

/// One reply of a scripted model.
#[derive(Clone)]
enum Play {
    Say(Vec<Block>),
    Stop(StopReason, Vec<Block>),
    Fail(ModelError),
    /// Nothing arrived; the same call may succeed the next time.
    Hiccup(ModelError),
}

/// Plays replies in order and remembers what it was sent.
#[derive(Default)]
struct Scripted {
    replies: Mutex<Vec<Play>>,
    heard: Mutex<Vec<Vec<Message>>>,
    choices: Mutex<Vec<ToolChoice>>,
    pause: Duration,
    /// Each call costs a dollar at most and ten cents in the end.
    tariff: Option<Tariff>,
}

impl Scripted {
    fn playing(replies: &[Vec<Block>]) -> Arc<Self> {
        Self::with(replies.iter().cloned().map(Play::Say).collect())
    }

    fn with(mut replies: Vec<Play>) -> Arc<Self> {
        replies.reverse();
        Arc::new(Self { replies: Mutex::new(replies), ..Self::default() })
    }
}

#[async_trait]
impl ChatModel for Scripted {
    fn name(&self) -> &str {
        "scripted"
    }

    fn tariff(&self) -> Option<&Tariff> {
        self.tariff.as_ref()
    }

    fn worst_case(&self, _: &ModelRequest<'_>) -> WorstCase {
        WorstCase { tokens: 100_000, cost: self.tariff.as_ref().map(|_| NanoUsd::from_usd(1)) }
    }

    async fn converse(&self, request: &ModelRequest<'_>, sink: &mut dyn ReplySink) -> Result<ModelReply, ModelFailure> {
        tokio::time::sleep(self.pause).await;
        self.heard.lock().unwrap().push(request.messages.to_vec());
        self.choices.lock().unwrap().push(request.tool_choice);
        let play = self.replies.lock().unwrap().pop().unwrap_or(Play::Fail(ModelError::TimedOut));
        let (stop, blocks) = match play {
            Play::Say(blocks) => (StopReason::EndTurn, blocks),
            Play::Stop(stop, blocks) => (stop, blocks),
            Play::Fail(error) => return Err(error.into()),
            Play::Hiccup(error) => return Err(ModelFailure { may_repeat: true, ..error.into() }),
        };
        let metered = ModelUsage { input_tokens: 9_000, output_tokens: 1_000, ..ModelUsage::default() };
        let usage = if self.tariff.is_some() { metered } else { ModelUsage::default() };
        for text in blocks.iter().filter_map(Block::text) {
            for letter in text.chars() {
                sink.text(&letter.to_string()).await;
            }
        }
        // What claims nothing is a question back.
        let claims = |text: &str| text.starts_with("Yes") || text.contains(|c: char| c.is_ascii_digit());
        let looked = request.messages.last().is_some_and(|last| last.blocks.iter().any(|block| matches!(block, Block::ToolResult { .. })));
        let behaviour = if looked || blocks.iter().filter_map(Block::text).any(claims) { None } else { Some(Behaviour::Clarify) };
        Ok(ModelReply { blocks, stop, behaviour, usage })
    }
}

/// Returns the asker's name and a figure; slower when told so.
struct Probe;

#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
struct ProbeArgs {
    #[serde(default)]
    wait_ms: u64,
}

#[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
struct ProbeResult {
    name: String,
    spend_usd: String,
    other_usd: String,
}

#[async_trait]
impl Tool for Probe {
    type Args = ProbeArgs;
    type Result = ProbeResult;

    const NAME: &'static str = "probe";
    const DESCRIPTION: &'static str = "for tests";
    const ACTION: Action = Action::ReadSpend;

    const FACTS: Facts = Facts { figures: &[usd("spend_usd", "spend"), usd("other_usd", "spend")], ..Facts::NONE };

    async fn run(&self, view: &dyn View, args: ProbeArgs) -> Result<Answered<ProbeResult>, ToolError> {
        tokio::time::sleep(Duration::from_millis(args.wait_ms)).await;
        Ok(Answered::ok(ProbeResult { name: view.me().await?.name, spend_usd: "14200.00".into(), other_usd: "9400.00".into() }))
    }

    fn say(&self, _: &Asked, results: &[Noted<ProbeResult>]) -> Option<Said> {
        let text = format!("{} spent {}.", results.first()?.cite("name"), results.first()?.cite("spend_usd"));
        Some(Said { text, kind: Kind::Answer, sound: None })
    }
}

const PEOPLE: &[&str] = &[
    "INSERT INTO nodes VALUES ('root', NULL, 0, 'Company', 'company')",
    "INSERT INTO node_closure VALUES ('root', 'root', 0)",
    "INSERT INTO people VALUES ('ann','Ann','ann@x.io',NULL), ('eng','Eng','eng@x.io',NULL)",
    "INSERT INTO grants VALUES ('ann','finance','root'), ('eng','cloud_engineer','root')",
];

fn agent(store: &Store, model: Arc<Scripted>) -> Agent {
    let settings = ViewSettings {
        answers: Settings {
            healthy_cache_permille: 400,
            cache_reuse: 5,
            net_cost: false,
            agent_limits: ConsumptionLimits::default().allowed(),
        },
        reads: ReadSettings { net_cost: false, tag_keys: Vec::new() },
    };
    let clock = Arc::new(FixedClock("2026-11-23T09:00:00Z".parse().unwrap()));
    Agent::new(store.clone(), clock, model, [vec![Registered::shared(Probe)], agent_bill_tools::registry::registry()].concat(), settings)
}

fn ann() -> Requester {
    agent_bill_identity::testing::sign_in("ann", "Ann", &[Role::Finance])
}

fn text(text: &str) -> Vec<Block> {
    vec![Block::Text { text: text.into() }]
}

fn call(id: &str, input: Value) -> Block {
    Block::ToolUse { id: id.into(), name: "probe".into(), input }
}

async fn ask(agent: &Agent, who: &Requester, conversation: &str, question: &str) -> Result<Answer, AgentError> {
    let (events, mut incoming) = mpsc::channel(64);
    let drain = async { while incoming.recv().await.is_some() {} };
    tokio::join!(agent.respond(who, conversation, question, events, CancellationToken::new()), drain).0
}

#[tokio::test]
async fn tools_run_side_by_side_and_their_results_go_back_in_the_order_of_the_calls() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let model =
            Scripted::playing(&[vec![call("slow", json!({"wait_ms": 60})), call("fast", json!({}))], text("Ann spent {a.spend_usd}.")]);
        let agent = agent(&store, Arc::clone(&model));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        let answer = ask(&agent, &ann(), &conversation, "how much?").await.unwrap();
        assert_eq!((answer.answer.as_str(), answer.behaviour, answer.figures.len()), ("Ann spent $14,200.", Behaviour::Answer, 1));
        let heard = model.heard.lock().unwrap();
        let ids: Vec<_> = heard[1]
            .last()
            .unwrap()
            .blocks
            .iter()
            .map(|block| if let Block::ToolResult { id, .. } = block { id.clone() } else { String::new() })
            .collect();
        assert_eq!(ids, ["slow", "fast"]);
    })
    .await;
}

#[tokio::test]
async fn an_invented_figure_is_never_shown() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let agent = agent(
            &store,
            Scripted::playing(&[vec![call("1", json!({}))], text("About $99,999, up 12 %."), text("Roughly ninety thousand dollars.")]),
        );
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        let answer = ask(&agent, &ann(), &conversation, "how much?").await.unwrap();
        assert!(!answer.answer.contains("99,999") && answer.answer.contains("$14,200"), "{}", answer.answer);
        assert!(answer.figures.iter().all(|figure| figure.source == "probe"));
    })
    .await;
}

#[tokio::test]
async fn a_tool_the_role_may_not_use_is_refused_inside_the_turn() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let agent = agent(
            &store,
            Scripted::playing(&[
                vec![call("1", json!({})), Block::ToolUse { id: "2".into(), name: "shell".into(), input: json!({}) }],
                text("I cannot."),
            ]),
        );
        let engineer = agent_bill_identity::testing::sign_in("eng", "Eng", &[Role::CloudEngineer, Role::Finance]);
        let conversation = agent.start_conversation(&engineer).await.unwrap();
        let answer = ask(&agent, &engineer, &conversation, "spend?").await.unwrap();
        let outcomes: Vec<_> = answer.tools.iter().map(|trace| trace.outcome).collect();
        assert_eq!(outcomes, [Outcome::RoleDenied, Outcome::Invalid]);
        assert_eq!(answer.behaviour, Behaviour::DenyRole);
    })
    .await;
}

#[tokio::test]
async fn a_conversation_remembers_whole_turns_and_only_for_its_owner() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let model = Scripted::playing(&[vec![call("1", json!({}))], text("{a.spend_usd}"), text("Fine.")]);
        let agent = agent(&store, Arc::clone(&model));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        ask(&agent, &ann(), &conversation, "how much?").await.unwrap();
        ask(&agent, &ann(), &conversation, "sure?").await.unwrap();
        assert_eq!(model.heard.lock().unwrap().last().unwrap().len(), 5, "question, call, result, answer, question");
        let record = agent.conversation(&ann(), &conversation).await.unwrap().unwrap();
        let questions: Vec<_> = record.turns.iter().map(|turn| (turn.question.as_str(), turn.answer.is_some())).collect();
        assert_eq!(questions, [("how much?", true), ("sure?", true)]);
        let other = agent_bill_identity::testing::sign_in("eng", "Eng", &[]);
        assert_eq!(agent.conversation(&other, &conversation).await.unwrap(), None);
        assert!(matches!(ask(&agent, &other, &conversation, "hi").await, Err(AgentError::NoSuchConversation)));
    })
    .await;
}

#[tokio::test]
async fn a_turn_that_fails_or_is_left_leaves_the_conversation_as_it_was() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let agent = agent(&store, Scripted::playing(&[vec![call("1", json!({"wait_ms": 5_000}))]]));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        let (events, _listener) = mpsc::channel(64);
        let cancel = CancellationToken::new();
        cancel.cancel();
        let left = agent.respond(&ann(), &conversation, "how much?", events, cancel).await;
        assert!(matches!(left, Err(AgentError::Cancelled)));
        let failed = Scripted::playing(&[]);
        let failing = super::tests::agent(&store, failed);
        assert!(matches!(ask(&failing, &ann(), &conversation, "how much?").await, Err(AgentError::Model(ModelError::TimedOut))));
        assert_eq!(agent.conversation(&ann(), &conversation).await.unwrap().unwrap().turns, []);
    })
    .await;
}

#[tokio::test]
async fn two_messages_at_once_are_answered_one_after_the_other() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let model = Arc::new(Scripted {
            replies: Mutex::new(vec![Play::Say(text("Second.")), Play::Say(text("First."))]),
            pause: Duration::from_millis(80),
            ..Scripted::default()
        });
        let agent = agent(&store, Arc::clone(&model));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        let who = ann();
        let (first, second) = tokio::join!(ask(&agent, &who, &conversation, "a"), ask(&agent, &who, &conversation, "b"));
        let mut answers = [first.unwrap().answer, second.unwrap().answer];
        answers.sort();
        assert_eq!(answers, ["First.", "Second."]);
        let lengths: Vec<usize> = model.heard.lock().unwrap().iter().map(Vec::len).collect();
        assert_eq!(lengths, [1, 3], "the second was asked with the first answered");
        let record = agent.conversation(&ann(), &conversation).await.unwrap().unwrap();
        assert!(record.turns.len() == 2 && record.turns.iter().all(|turn| turn.answer.is_some()));
    })
    .await;
}

#[tokio::test]
async fn the_events_of_a_turn_spell_out_the_answer_and_end_with_it() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let long = "Here you are, in a sentence that is long enough to be sent in several pieces.";
        let agent = agent(&store, Scripted::playing(&[vec![call("1", json!({}))], text(long)]));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        let (events, mut incoming) = mpsc::channel(64);
        agent.respond(&ann(), &conversation, "well?", events, CancellationToken::new()).await.unwrap();
        let (mut spelled, mut last, mut started) = (String::new(), None, 0);
        while let Some(event) = incoming.recv().await {
            match &event {
                AgentEvent::TextDelta { text } => spelled.push_str(text),
                AgentEvent::ToolStarted { .. } => started += 1,
                _ => {}
            }
            last = Some(event);
        }
        assert_eq!((spelled.as_str(), started), (long, 1));
        assert!(matches!(last, Some(AgentEvent::Answer(answer)) if answer.answer == long));
    })
    .await;
}
