//! Newtypes for identifiers, so that one kind of id can never be passed for another.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self(value.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self(value)
            }
        }
    };
}

id!(
    /// A person of the organisation (our own id, not the token's `sub`).
    PersonId
);
id!(
    /// A node of the business hierarchy.
    NodeId
);
id!(
    /// An application under a product.
    WorkloadId
);
id!(
    /// Twelve digits, leading zeros kept.
    AccountId
);
id!(
    /// `{partition}:{account}:{kind}/{name}`: sessions folded into their role, path dropped (see `bill::principal`).
    PrincipalKey
);
id!(
    /// Canonical model, for example `anthropic/claude-opus-4.7`, or `unmapped:<slug>` (see `bill::model_name`).
    ModelKey
);
