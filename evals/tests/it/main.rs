//! The one integration binary of the evaluations.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod cases;
mod loopback;
mod organisations;
mod planner;
