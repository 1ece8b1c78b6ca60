//! Who asks. A bearer token becomes a [`Requester`] here and nowhere else: the token is checked more strictly than its format demands, the person
//! comes from our own records by the token's `sub`, and the token's groups only limit which of the person's grants may take effect.
//!
//! A `Requester` has no public constructor, so whatever holds one went through [`Authenticator`].

mod authenticator;
mod claims;
mod compact;
mod http_jwks;
mod jwks;
mod key_set;
mod local_issuer;
mod measure;
mod people;
mod refusal;
mod requester;
mod setup;
mod strict_json;
pub mod testing;
mod verifier;

pub use authenticator::{AuthenticationError, Authenticator, SignInRules};
pub use claims::Expected;
pub use http_jwks::HttpJwks;
pub use jwks::{JwksCache, JwksError, JwksSource, JwksTimings};
pub use key_set::KeySetError;
pub use local_issuer::{LocalIssuer, LocalIssuerError};
pub use measure::{MeasureError, Measured, measure_token_checks};
pub use people::{People, PeopleError, PersonRecord};
pub use refusal::Refusal;
pub use requester::Requester;
pub use setup::SetupError;
pub use verifier::TokenVerifier;
