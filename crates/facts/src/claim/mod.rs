//! An answer read against the records, sentence by sentence: what it cites is printed, what a figure is about and the sentence does not say is printed
//! behind it in brackets, and what contradicts the records is held.

mod bind;
mod context;
mod lexicon;
mod names;
mod periods;
mod printed;
mod reader;
mod rules;
mod sentence;
mod split;
mod strangers;
mod words;

pub use reader::{Known, Piece, Reader};

#[cfg(test)]
mod tests;
