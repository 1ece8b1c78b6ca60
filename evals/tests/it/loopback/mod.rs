//! The whole set of cases through the loopback Bedrock: the real adapter, streamed, every request checked by botocore's model and the service's rules.

mod obeying;
mod scripted;

use std::path::Path;
use std::sync::Arc;

use agent_bill::agent::Agent;
use agent_bill::agent::answer::Answer;
use agent_bill::agent::events::AgentEvent;
use agent_bill::app::App;
use agent_bill::config::Config;
use agent_bill_domain::consumption::ConsumptionLimits;
use agent_bill_domain::money::NanoUsd;
use agent_bill_evals::case::{Case, load};
use agent_bill_evals::run::worlds;
use agent_bill_evals::stage::Stages;
use agent_bill_model::ChatModel;
use agent_bill_planner::Planner;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

fn cases() -> Vec<Case> {
    load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases")).unwrap()
}

async fn stages(cases: &[Case]) -> Stages {
    Stages::open(&Config::default(), None, &worlds(cases)).await.unwrap()
}

/// The same agent, answered by another model; hundreds of conversations on one day are within its limits.
fn answered_by(app: &App, model: Arc<dyn ChatModel>) -> Agent {
    let usd = NanoUsd::from_usd(1_000_000);
    let tokens = i64::MAX / 4;
    let limits = ConsumptionLimits {
        turn_usd: usd,
        turn_tokens: tokens,
        person_day_usd: usd,
        person_day_tokens: tokens,
        month_usd: usd,
        month_tokens: tokens,
    };
    app.agent.clone().with_model(model).with_standby(Arc::new(Planner)).with_limits(limits, std::time::Duration::from_secs(50))
}

/// One conversation; the answers, and every piece of text that was ever shown.
async fn converse(app: &App, agent: &Agent, case: &Case) -> (Vec<Answer>, String) {
    let requester = app.sign_in(&case.persona).await.unwrap();
    let conversation = agent.start_conversation(&requester).await.unwrap();
    let (mut answers, mut shown) = (Vec::new(), String::new());
    for turn in &case.turns {
        let (events, mut incoming) = mpsc::channel(64);
        let read = async {
            while let Some(event) = incoming.recv().await {
                if let AgentEvent::TextDelta { text } = event {
                    shown.push_str(&text);
                }
            }
        };
        let respond = agent.respond(&requester, &conversation, turn, events, CancellationToken::new());
        let (answer, ()) = tokio::join!(respond, read);
        answers.push(answer.unwrap_or_else(|error| panic!("{}: no answer to `{turn}`: {error}", case.id)));
        shown.push('\n');
    }
    (answers, shown)
}
