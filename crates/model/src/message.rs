//! What is said in a conversation, in our own types: adapters translate them, the store keeps them as JSON.

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    User,
    Assistant,
}

/// One message of a conversation. Tool results go back in a single user message, in the order of the calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub speaker: Speaker,
    pub blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    Text {
        text: String,
    },
    ToolUse {
        id: String,
        name: String,
        input: Value,
    },
    ToolResult {
        id: String,
        failed: bool,
        result: Value,
    },
    /// What the model thought before it acted. It goes back unchanged, signature included, while the turn's tools run, and is then forgotten.
    Reasoning {
        text: String,
        signature: Option<String>,
    },
    /// Thought that the provider encrypted; base64. Handled like `Reasoning`.
    RedactedReasoning {
        data: String,
    },
}

impl Message {
    #[must_use]
    pub fn user(text: impl Into<String>) -> Self {
        Self { speaker: Speaker::User, blocks: vec![Block::Text { text: text.into() }] }
    }

    #[must_use]
    pub fn assistant(text: impl Into<String>) -> Self {
        Self { speaker: Speaker::Assistant, blocks: vec![Block::Text { text: text.into() }] }
    }

    /// A person's words, not the results of tools.
    #[must_use]
    pub fn is_question(&self) -> bool {
        self.speaker == Speaker::User && matches!(self.blocks.first(), Some(Block::Text { .. }))
    }

    /// The text blocks, one a line.
    #[must_use]
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.blocks.iter().filter_map(Block::text).collect();
        texts.join("\n")
    }
}

impl Block {
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text { text } => Some(text),
            _ => None,
        }
    }
}
