//! From a delivered bill to the records.

pub mod rollup;

#[cfg(test)]
mod tests;
