//! Whoever answers: the assembled service with its configured model.

use agent_bill::agent::answer::Answer;
use agent_bill::app::App;
use anyhow::Context;
use async_trait::async_trait;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

#[async_trait]
pub trait Ask: Sync {
    /// The answers to the turns of one conversation, held by `persona`.
    async fn ask(&self, persona: &str, turns: &[String]) -> anyhow::Result<Vec<Answer>>;
}

#[async_trait]
impl Ask for App {
    async fn ask(&self, persona: &str, turns: &[String]) -> anyhow::Result<Vec<Answer>> {
        let requester = self.sign_in(persona).await?;
        let conversation = self.agent.start_conversation(&requester).await?;
        let mut answers = Vec::with_capacity(turns.len());
        for turn in turns {
            let (events, mut incoming) = mpsc::channel(64);
            let drain = async { while incoming.recv().await.is_some() {} };
            let respond = self.agent.respond(&requester, &conversation, turn, events, CancellationToken::new());
            let (answer, ()) = tokio::join!(respond, drain);
            answers.push(answer.with_context(|| format!("no answer for {persona} to `{turn}`"))?);
        }
        Ok(answers)
    }
}
