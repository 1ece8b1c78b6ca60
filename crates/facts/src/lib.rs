//! From a tool result to a printed figure, on one path: a result gets ids, a text cites by id and computes in formulas, and what it cites is looked
//! up, evaluated and printed here.
//!
//! A text never holds the digits of a figure. `{a3.spend_usd}` is the field `spend_usd` of the row with id `a3`, `{a.total_usd}` a field of the
//! result `a` itself, and `{= a1.spend_usd - a2.spend_usd}` is computed. So a figure cannot be invented, and one that belongs to something else is
//! a wrong id rather than a plausible number.

pub mod claim;
pub mod declare;
mod evaluate;
mod fact;
mod formula;
mod print;
mod sheet;
#[cfg(test)]
mod testing;
mod text;
mod unit;

pub use fact::{Fact, Place, Span};
pub use formula::Unreadable;
pub use sheet::{Lost, Sheet, without_ids};
pub use text::{Cited, FORMULA, Fault, Printed};
pub use unit::Unit;
