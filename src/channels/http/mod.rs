//! The HTTP interface: thin, the same requester and the same agent as every other way in.
//!
//! `routes` is the list of everything there is. An endpoint is one file: its handler, what it takes and gives, and its description. `middleware`
//! is what every exchange has in common; `problem` is how errors look; `description` turns the endpoints into the OpenAPI document.

pub mod backend;
mod body;
mod conversations;
mod description;
mod endpoint;
mod health;
mod me;
mod middleware;
pub mod openapi;
mod problem;
mod rate_limit;
mod readiness;
pub mod routes;
mod server;
mod service;
mod sign_in;

pub use problem::{Kind, Problem};
pub use routes::router;
pub use server::{serve, stop_signal};
pub use service::{Limits, Service};
