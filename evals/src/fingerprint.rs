//! What the records of governance hold, so that a write shows however it was made.

use std::collections::BTreeMap;

use agent_bill::app::App;
use agent_bill_records::{audit, claims, org, people};
use agent_bill_tools::registry;
use serde_json::{Value, json};

/// Name of a part → everything in it, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(BTreeMap<&'static str, String>);

/// Tools that show records which have no overview of their own: decisions, estimates.
const SEEN_BY_LEAD: [(&str, &str, &str); 2] = [("decisions", "model_catalog", r#"{"show":"all"}"#), ("estimates", "estimate_status", "{}")];

impl Fingerprint {
    /// Reads organisation, people, claims, models, decisions, estimates and the head of the audit log. Conversations and the log of our own model
    /// calls are not governance and are left out. `seer` is somebody who sees everything.
    ///
    /// # Errors
    /// When the records cannot be read.
    pub async fn of(app: &App, seer: &str) -> anyhow::Result<Self> {
        let mut parts = BTreeMap::new();
        parts.insert("organisation", format!("{:?}", org::get(&app.store).await?));
        parts.insert("people", format!("{:?}", people::list(&app.store).await?));
        parts.insert("claims", format!("{:?}", claims::list_claims(&app.store).await?));
        parts.insert("audit log", format!("{:?}", audit::verify(&app.store, None).await?));
        let mut tx = app.store.begin_write().await?;
        parts.insert("models", format!("{:?}", tx.list_model_names().await?));
        tx.rollback().await?;
        let requester = app.sign_in(seer).await?;
        let view = app.agent.view(&requester).await?;
        let tools = registry();
        for (part, name, arguments) in SEEN_BY_LEAD {
            let arguments: Value = serde_json::from_str(arguments).unwrap_or_else(|_| json!({}));
            let Some(tool) = tools.iter().find(|tool| tool.spec().name == name) else { anyhow::bail!("there is no tool `{name}`") };
            parts.insert(part, tool.call(&view, arguments).await.result.to_string());
        }
        Ok(Self(parts))
    }

    /// The parts in which `later` differs.
    #[must_use]
    pub fn changes(&self, later: &Self) -> Vec<&'static str> {
        self.0.iter().filter(|(part, text)| later.0.get(*part) != Some(text)).map(|(part, _)| *part).collect()
    }
}
