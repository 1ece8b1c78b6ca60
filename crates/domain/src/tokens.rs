//! Token classes and counts per class.

use std::fmt;
use std::ops::{Add, AddAssign};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

words! {
    /// The four classes people budget and talk in. Cache writes of every lifetime (5 m, 30 m, 1 h) fold into one.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
    pub enum TokenKind: "token kind" {
        Input = "input",
        Output = "output",
        CacheRead = "cache_read",
        CacheWrite = "cache_write",
    }
}

impl TokenKind {
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::CacheRead => "cache read",
            Self::CacheWrite => "cache write",
        }
    }

    /// The kind a `token_class` string of the rollup belongs to: `cache_write_1h` → cache write; `None` for non-text classes.
    #[must_use]
    pub fn of_class(token_class: &str) -> Option<Self> {
        match token_class {
            "input" => Some(Self::Input),
            "output" => Some(Self::Output),
            "cache_read" => Some(Self::CacheRead),
            class if class.starts_with("cache_write") => Some(Self::CacheWrite),
            _ => None,
        }
    }
}

impl fmt::Display for TokenKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// Tokens per kind. The kinds are disjoint: `input` excludes what was read from or written to the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct TokenCounts {
    pub input_tokens: i64,
    pub output_tokens: i64,
    pub cache_read_tokens: i64,
    pub cache_write_tokens: i64,
}

impl TokenCounts {
    #[must_use]
    pub const fn get(&self, kind: TokenKind) -> i64 {
        match kind {
            TokenKind::Input => self.input_tokens,
            TokenKind::Output => self.output_tokens,
            TokenKind::CacheRead => self.cache_read_tokens,
            TokenKind::CacheWrite => self.cache_write_tokens,
        }
    }

    pub fn add(&mut self, kind: TokenKind, tokens: i64) {
        match kind {
            TokenKind::Input => self.input_tokens += tokens,
            TokenKind::Output => self.output_tokens += tokens,
            TokenKind::CacheRead => self.cache_read_tokens += tokens,
            TokenKind::CacheWrite => self.cache_write_tokens += tokens,
        }
    }

    #[must_use]
    pub const fn total(&self) -> i64 {
        self.input_tokens + self.output_tokens + self.cache_read_tokens + self.cache_write_tokens
    }

    /// Everything that entered the model: uncached input, cache reads, cache writes.
    #[must_use]
    pub const fn prompt(&self) -> i64 {
        self.input_tokens + self.cache_read_tokens + self.cache_write_tokens
    }
}

impl Add for TokenCounts {
    type Output = Self;
    fn add(mut self, other: Self) -> Self {
        self += other;
        self
    }
}

impl AddAssign for TokenCounts {
    fn add_assign(&mut self, other: Self) {
        self.input_tokens += other.input_tokens;
        self.output_tokens += other.output_tokens;
        self.cache_read_tokens += other.cache_read_tokens;
        self.cache_write_tokens += other.cache_write_tokens;
    }
}
