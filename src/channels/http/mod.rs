//! The HTTP interface: thin, the same requester and the same agent as every other way in.
//!
//! `routes` is the list of everything there is; `middleware` is what every exchange has in common; `problem` is how errors look.

pub mod backend;
mod body;
mod conversations;
mod middleware;
pub mod openapi;
mod probes;
mod problem;
mod rate_limit;
pub mod routes;
mod server;
mod service;
mod sign_in;
mod stream;

pub use problem::{Kind, Problem};
pub use routes::router;
pub use server::{serve, stop_signal};
pub use service::{Limits, Service};
