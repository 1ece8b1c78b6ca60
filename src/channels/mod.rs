//! The ways in. Each is thin: a requester in, a question or an act through, words out; none knows another.

pub mod http;
