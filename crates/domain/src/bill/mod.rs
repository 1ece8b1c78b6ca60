//! The strings of the bill: usage types, principals, model names, regions, units, prices.
//!
//! Every reader here is total: a string nobody has seen before gets the honest answer (`other`, `unmapped:…`), never an error and never a guess,
//! because a wrong reading would clear a model that nobody approved or hide a dollar.

pub mod model_name;
pub mod prices;
pub mod principal;
pub mod quantity;
pub mod region;
pub mod usage_type;
