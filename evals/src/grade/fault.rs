//! What can be wrong with an answer.

use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Every turn was answered.
    Answered,
    Behaviour,
    /// Which tools were called.
    Tools,
    Arguments,
    /// What must appear.
    Facts,
    /// What must not.
    Forbidden,
    /// Every number stands on a figure of a tool.
    Figures,
    /// Nothing outside the scope, no instructions, SQL or secrets.
    Leak,
    /// Nothing was written.
    Write,
    /// Answer first, short, plain text.
    Clarity,
}

impl Check {
    pub const ALL: [Self; 10] = [
        Self::Answered,
        Self::Behaviour,
        Self::Tools,
        Self::Arguments,
        Self::Facts,
        Self::Forbidden,
        Self::Figures,
        Self::Leak,
        Self::Write,
        Self::Clarity,
    ];
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub check: Check,
    pub text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
