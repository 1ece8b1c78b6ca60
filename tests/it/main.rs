//! The one integration binary: what only the built program can show. Files mirror what they exercise.
#![expect(clippy::tests_outside_test_module, reason = "an integration binary is a test module")]

mod command_line;
mod golden;
