//! The capability a tool body receives: rows already narrowed to the person who asks.
//!
//! One file per area holds the trait that reads it and the facts that it hands out; everything in a fact is inside the asker's scope by
//! construction. A new area is such a file, its `mod` line and its line in the list below.

mod agent_usage;
mod base;
mod catalog;
mod claims;
mod drift;
mod estimates;
mod freshness;
mod organisation;
mod spend;
mod unclaimed;

/// The view is the sum of its areas: whoever implements each of them is a view.
macro_rules! areas {
    ($($file:ident::$area:ident),+ $(,)?) => {
        $(pub use $file::*;)+

        /// Everything that a tool may read.
        pub trait View: $($area +)+ Send + Sync {}

        impl<T: $($area +)+ Send + Sync> View for T {}
    };
}

areas! {
    base::BaseView,
    organisation::OrganisationView,
    spend::SpendView,
    estimates::EstimatesView,
    claims::ClaimsView,
    unclaimed::UnclaimedView,
    catalog::CatalogView,
    drift::DriftView,
    freshness::FreshnessView,
    agent_usage::AgentUsageView,
}
