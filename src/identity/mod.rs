//! Who asks. A bearer token becomes a [`Requester`] here and nowhere else: the token is checked more strictly than its format demands, the person
//! comes from our own records by the token's `sub`, and the token's groups only limit which of the person's grants may take effect.
//!
//! A `Requester` has no public constructor, so whatever holds one went through [`Authenticator`].

mod people;
mod requester;
mod strict_json;

pub use people::{People, PeopleError, PersonRecord};
pub use requester::Requester;
