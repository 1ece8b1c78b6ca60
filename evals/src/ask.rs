//! Whoever answers: the assembled service with its configured model.

use std::time::Instant;

use agent_bill::agent::answer::Answer;
use agent_bill::app::App;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// The answers to the turns of one conversation; fewer than turns when one could not be had.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub answers: Vec<Answer>,
    /// Why the next turn has no answer.
    pub error: Option<String>,
}

/// Holds a conversation of its own with the service as `persona`.
///
/// # Errors
/// When the persona cannot sign in or no conversation can be started: nothing that a model could be blamed for.
pub async fn ask(app: &App, persona: &str, turns: &[String]) -> anyhow::Result<Asked> {
    let requester = app.sign_in(persona).await?;
    let conversation = app.agent.start_conversation(&requester).await?;
    let mut asked = Asked::default();
    for turn in turns {
        let (events, mut incoming) = mpsc::channel(64);
        let drain = async { while incoming.recv().await.is_some() {} };
        let started = Instant::now();
        let respond = app.agent.respond(&requester, &conversation, turn, events, CancellationToken::new());
        let (answer, ()) = tokio::join!(respond, drain);
        match answer {
            Ok(mut answer) => {
                // The clock on the wall counts; the service's own may leave something out.
                let elapsed = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
                answer.usage.duration_ms = answer.usage.duration_ms.max(elapsed);
                asked.answers.push(answer);
            }
            Err(error) => {
                asked.error = Some(error.to_string());
                break;
            }
        }
    }
    Ok(asked)
}
