//! The built-in model: a deterministic semantic parser over typed tools, without any LLM.
