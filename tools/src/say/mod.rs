//! From a result to words. Each tool words its own results in its `say.rs`; a figure is never written there: an amount, a count, a percentage, a
//! number of tokens and a date are cited by the id of their row (`{a3.spend_usd}`) or computed in a formula, and printed later, on one path.

mod asked;
mod noted;
mod page;
#[cfg(test)]
mod tests;
mod words;

pub use asked::{Asked, Asker, Aspect, Form, Move, Named, Rank};
pub use noted::{Cite, Noted, Row};
pub use page::{Kind, Said};
pub use words::freshness;

pub(crate) use page::{Page, Table};
pub(crate) use words::{
    capital, counted, during, in_words, inner, lines, listed, notes, owned_by, sentence, spender, the_period, unlisted,
};
