//! `agent-bill ask`: one or more questions as one conversation, or an interactive one.

use std::fmt::Write as _;
use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::ModelArgs;
use super::local::open_app;
use crate::agent::answer::Answer;
use crate::agent::events::AgentEvent;
use crate::app::App;
use crate::config::Config;
use agent_bill_identity::Requester;

/// Ask a question
#[derive(Debug, Args)]
pub struct AskArgs {
    /// Who asks: first name, full name or e-mail of somebody in the records (only where no `identity` is configured)
    #[arg(long = "as", value_name = "PERSON", conflicts_with = "token_file")]
    person: Option<String>,
    /// A file that holds the asker's access token
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Show the tools as they run, with arguments and durations
    #[arg(long)]
    trace: bool,
    /// One JSON object a line for each answer
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    model: ModelArgs,
    /// Questions of one conversation, in order; none: read them one by one
    questions: Vec<String>,
}

/// # Errors
/// Nobody of that name, no data yet, or the turn failed.
pub async fn run(args: AskArgs, config: &Config, out: &mut dyn Write) -> anyhow::Result<()> {
    let app = Arc::new(open_app(&args.model.configure(config)?).await?);
    let requester = requester(&args, &app).await?;
    let conversation = app.agent.start_conversation(&requester).await?;
    let session = Session { app: &app, requester: &requester, conversation: &conversation, trace: args.trace, json: args.json };
    for (at, question) in args.questions.iter().enumerate() {
        if at > 0 && !args.json {
            writeln!(out)?;
        }
        if args.questions.len() > 1 && !args.json {
            writeln!(out, "> {question}\n")?;
        }
        session.ask(question, out).await?;
    }
    if args.questions.is_empty() {
        session.converse(out).await?;
    }
    Ok(())
}

async fn requester(args: &AskArgs, app: &App) -> anyhow::Result<Requester> {
    if let Some(path) = &args.token_file {
        let token = std::fs::read_to_string(path).with_context(|| format!("the token file `{}` cannot be read", path.display()))?;
        return Ok(app.authenticator.authenticate(token.trim()).await?);
    }
    let person = args.person.as_deref().context("say who asks: --as PERSON, or --token-file FILE")?;
    Ok(app.sign_in(person).await?)
}

/// One conversation in a terminal.
pub struct Session<'a> {
    pub app: &'a App,
    pub requester: &'a Requester,
    pub conversation: &'a str,
    pub trace: bool,
    pub json: bool,
}

impl Session<'_> {
    /// Asks, shows what happens, and shows the answer.
    ///
    /// # Errors
    /// The turn failed, or the output cannot be written.
    pub async fn ask(&self, question: &str, out: &mut dyn Write) -> anyhow::Result<Answer> {
        let (events, mut incoming) = mpsc::channel(64);
        let turn = self.app.agent.respond(self.requester, self.conversation, question, events, CancellationToken::new());
        let show = async {
            while let Some(event) = incoming.recv().await {
                self.show(&event, out)?;
            }
            anyhow::Ok(())
        };
        let (answer, shown) = tokio::join!(turn, show);
        shown?;
        let answer = answer?;
        if self.json {
            writeln!(out, "{}", serde_json::to_string(&answer)?)?;
        } else {
            writeln!(out)?;
        }
        Ok(answer)
    }

    fn show(&self, event: &AgentEvent, out: &mut dyn Write) -> anyhow::Result<()> {
        if self.json {
            return Ok(());
        }
        match event {
            AgentEvent::ToolStarted { name, arguments } if self.trace => writeln!(out, "  → {name} {arguments}")?,
            AgentEvent::ToolFinished { name, outcome, duration_ms } if self.trace => {
                let outcome = serde_json::to_value(outcome)?;
                writeln!(out, "  ← {name}: {} in {duration_ms} ms", outcome.as_str().unwrap_or_default())?;
            }
            AgentEvent::TextDelta { text } => {
                write!(out, "{text}")?;
                out.flush()?;
            }
            // What stands on the terminal cannot be taken back, so it is said to be.
            AgentEvent::TextReset => writeln!(out, "… [withdrawn]")?,
            AgentEvent::Status { message, .. } => writeln!(out, "  … {message}")?,
            AgentEvent::Answer(answer) if self.trace => write!(out, "\n  ({})", summary(answer)?)?,
            _ => {}
        }
        Ok(())
    }

    /// Questions from standard input until it ends.
    async fn converse(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let interactive = std::io::stdin().is_terminal();
        if interactive {
            writeln!(out, "Hello {}. Ask away; an empty line or `exit` ends.", self.requester.name())?;
        }
        loop {
            if interactive {
                write!(out, "\n> ")?;
                out.flush()?;
            }
            let line = tokio::task::spawn_blocking(|| {
                let mut line = String::new();
                std::io::stdin().lock().read_line(&mut line).map(|read| (read, line))
            });
            let (read, line) = line.await??;
            let leaves = matches!(line.trim().to_lowercase().as_str(), "" | "exit" | "quit" | "bye");
            if read == 0 || (interactive && leaves) {
                return Ok(());
            }
            if !line.trim().is_empty() {
                self.ask(line.trim(), out).await?;
            }
        }
    }
}

/// Behaviour, figures, model, and what it consumed.
fn summary(answer: &Answer) -> anyhow::Result<String> {
    let behaviour = serde_json::to_value(answer.behaviour)?;
    let behaviour = behaviour.as_str().unwrap_or_default();
    let usage = &answer.usage;
    let mut text = format!("{behaviour}, {} figures checked, by {} in {} ms", answer.figures.len(), answer.model, usage.duration_ms);
    if usage.model_calls > 0 {
        let prompt = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens;
        let cost = usage.cost_usd.map_or_else(|| "price not known".to_owned(), |cost| format!("${cost} at list price"));
        let (cached, written) = (usage.cache_read_tokens, usage.output_tokens);
        let calls = if usage.model_calls == 1 { "call" } else { "calls" };
        let _ = write!(text, "; {} model {calls}, {prompt} tokens in ({cached} from the cache), {written} out, {cost}", usage.model_calls);
    }
    Ok(text)
}
