//! All tools, in the order in which a model reads them.

use std::sync::Arc;

use crate::contract::{AnyTool, Registered};
use crate::spend::Spend;

#[must_use]
pub fn registry() -> Vec<Arc<dyn AnyTool>> {
    vec![Registered::shared(Spend)]
}
