//! Why a token is refused. The caller never learns it; a coarse code goes to the debug log, without a byte of the token.

/// Every way a token can fail. All of them look the same from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    #[error("token is larger than 16 KiB")]
    Oversized,
    #[error("token is not three base64url parts")]
    Malformed,
    #[error("token header is not acceptable")]
    Header,
    #[error("token algorithm is not RS256")]
    Algorithm,
    #[error("no usable key with the token's kid")]
    UnknownKey,
    #[error("token signature does not verify")]
    Signature,
    #[error("token claims are not one JSON object of unique names")]
    Claims,
    #[error("token issuer is not ours")]
    Issuer,
    #[error("token is not an access token")]
    TokenUse,
    #[error("token client is not allowed")]
    Client,
    #[error("token audience is not ours")]
    Audience,
    #[error("token lacks the required scope")]
    Scope,
    #[error("token expired or has no expiry")]
    Expired,
    #[error("token is not valid yet")]
    NotYetValid,
    #[error("token subject is not acceptable")]
    Subject,
    #[error("token groups are not a list of names")]
    Groups,
}

impl Refusal {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Oversized => "oversized",
            Self::Malformed => "malformed",
            Self::Header => "header",
            Self::Algorithm => "algorithm",
            Self::UnknownKey => "unknown_key",
            Self::Signature => "signature",
            Self::Claims => "claims",
            Self::Issuer => "issuer",
            Self::TokenUse => "token_use",
            Self::Client => "client",
            Self::Audience => "audience",
            Self::Scope => "scope",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Subject => "subject",
            Self::Groups => "groups",
        }
    }
}
