//! Acts: whatever changes a record of the organisation or of governance. One act is one file, and one line in the list below.
//!
//! An act is data. The arguments of a command line, the body of a request, a stored proposal and the detail of an audit event are the same type, so
//! a preview is its check and a confirmation its application. [`Acts`] owns what all of them share: whose authority it takes, the one transaction in
//! which everything is checked, written and recorded, and the clock.

mod act;
mod actor;
mod command_line;
mod perform;
mod rationale;
mod refusal;
#[cfg(test)]
mod tests;

pub use act::{Act, Applied, Checked, Context};
pub use actor::Actor;
pub use command_line::AnyAct;
pub use perform::{Acts, Done};
pub use refusal::ActError;

/// Declares the modules of the acts and lists them.
macro_rules! acts {
    ($($module:ident::$act:ident),* $(,)?) => {
        $(mod $module; pub use $module::$act;)*

        /// Every act there is.
        #[must_use]
        pub fn all() -> Vec<Box<dyn AnyAct>> {
            vec![$(command_line::erased::<$act>()),*]
        }
    };
}

acts! {
    claim_principal::ClaimPrincipal,
    release_claim::ReleaseClaim,
    set_estimate::SetEstimate,
    decide_model::DecideModel,
    mark_implemented::MarkImplemented,
    import_organisation::ImportOrganisation,
}

/// What a group of verbs on the command line is about, where it holds nothing but acts.
pub const GROUPS: [(&str, &str); 2] = [("estimate", "Monthly estimates"), ("decision", "Decide on models")];

pub use set_estimate::ExpectedTokens;
