//! The identity part of the configuration, and what makes it acceptable.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;

use agent_bill_domain::role::Role;
use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::authenticator::{Authenticator, SignInRules};
use super::claims::Expected;
use super::http_jwks::HttpJwks;
use super::jwks::{JwksCache, JwksTimings};
use super::people::People;
use super::verifier::TokenVerifier;
use crate::clock::SharedClock;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentitySettings {
    /// `iss` of the user pool, letter by letter: `https://cognito-idp.REGION.amazonaws.com/POOL`.
    pub issuer: String,
    /// Where the pool's keys are; empty: the issuer's `/.well-known/jwks.json`.
    pub jwks_url: String,
    /// App clients whose tokens are accepted.
    pub client_ids: BTreeSet<String>,
    /// Our resource URI, for tokens with resource binding; empty: tokens that name an audience are refused.
    pub audience: String,
    /// The scope a token must carry.
    pub scope: String,
    /// Group → roles it lets take effect; empty: groups are named like the roles' keys.
    pub roles_by_group: BTreeMap<String, BTreeSet<Role>>,
    /// See [`SignInRules::link_by_email`].
    pub link_by_email: bool,
    /// Sign in with the demo's own issuer instead of a user pool. Loopback only.
    pub local_issuer: bool,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum IdentitySettingsError {
    #[error("`identity.local_issuer` lets anybody be anybody, and `{0}` is not a loopback address: switch it off or listen on 127.0.0.1")]
    LocalIssuerBeyondLoopback(SocketAddr),
    #[error("`identity.{0}` is not set; sign-in needs it")]
    Missing(&'static str),
    #[error("`identity.{setting}` is not an address: `{value}`")]
    NotAUrl { setting: &'static str, value: String },
    #[error("`identity.{setting}` must be an https address (http only on loopback): `{value}`")]
    NotHttps { setting: &'static str, value: String },
    #[error("the TLS stack cannot be set up")]
    Tls,
}

impl IdentitySettings {
    /// Everything that is wrong, in order; empty means usable when listening on `listen`.
    #[must_use]
    pub fn faults(&self, listen: SocketAddr) -> Vec<IdentitySettingsError> {
        if self.local_issuer {
            let beyond = !listen.ip().to_canonical().is_loopback();
            return beyond.then_some(IdentitySettingsError::LocalIssuerBeyondLoopback(listen)).into_iter().collect();
        }
        let mut faults = Vec::new();
        let required = [("issuer", self.issuer.is_empty()), ("client_ids", self.client_ids.is_empty()), ("scope", self.scope.is_empty())];
        faults.extend(required.into_iter().filter(|(_, missing)| *missing).map(|(name, _)| IdentitySettingsError::Missing(name)));
        if !self.issuer.is_empty() {
            faults.extend(check_url("issuer", &self.issuer).err());
            faults.extend(check_url("jwks_url", &self.jwks_address()).err());
        }
        faults
    }

    #[must_use]
    pub fn rules(&self) -> SignInRules {
        let mut rules = SignInRules { link_by_email: self.link_by_email, ..SignInRules::default() };
        if !self.roles_by_group.is_empty() {
            rules.roles_by_group.clone_from(&self.roles_by_group);
        }
        rules
    }

    /// The authenticator for a user pool.
    ///
    /// # Errors
    /// When the JWKS address is unusable; [`Self::faults`] tells earlier and all at once.
    pub fn authenticator(&self, people: Arc<dyn People>, clock: SharedClock) -> Result<Authenticator, IdentitySettingsError> {
        let url = check_url("jwks_url", &self.jwks_address())?;
        let source = HttpJwks::new(url).map_err(|_| IdentitySettingsError::Tls)?;
        let keys = Arc::new(JwksCache::new(Arc::new(source), JwksTimings::default()));
        let expected = Expected {
            issuer: self.issuer.clone(),
            clients: self.client_ids.clone(),
            audience: Some(self.audience.clone()).filter(|audience| !audience.is_empty()),
            scope: self.scope.clone(),
        };
        Ok(Authenticator::new(TokenVerifier::new(expected, keys, clock), people, self.rules()))
    }

    fn jwks_address(&self) -> String {
        if self.jwks_url.is_empty() {
            format!("{}/.well-known/jwks.json", self.issuer.trim_end_matches('/'))
        } else {
            self.jwks_url.clone()
        }
    }
}

/// Keys over plain http could be swapped on the way; only the loopback interface has no way.
fn check_url(setting: &'static str, value: &str) -> Result<Url, IdentitySettingsError> {
    let url = Url::parse(value).map_err(|_| IdentitySettingsError::NotAUrl { setting, value: value.to_owned() })?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let on_loopback = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if url.scheme() == "https" || (url.scheme() == "http" && on_loopback) {
        Ok(url)
    } else {
        Err(IdentitySettingsError::NotHttps { setting, value: value.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool() -> IdentitySettings {
        IdentitySettings {
            issuer: "https://cognito-idp.eu-west-1.amazonaws.com/pool".to_owned(),
            client_ids: BTreeSet::from(["web".to_owned()]),
            scope: "agent-bill/chat".to_owned(),
            ..IdentitySettings::default()
        }
    }

    fn at(listen: &str) -> SocketAddr {
        listen.parse().unwrap()
    }

    #[test]
    fn the_local_issuer_is_refused_beyond_loopback() {
        let settings = IdentitySettings { local_issuer: true, ..IdentitySettings::default() };
        for listen in ["0.0.0.0:8080", "10.0.0.1:8080", "[::]:8080", "[::ffff:10.0.0.1]:80", "192.168.1.5:80"] {
            assert_eq!(settings.faults(at(listen)), vec![IdentitySettingsError::LocalIssuerBeyondLoopback(at(listen))]);
        }
        for listen in ["127.0.0.1:8080", "127.8.8.8:1", "[::1]:8080", "[::ffff:127.0.0.1]:80"] {
            assert_eq!(settings.faults(at(listen)), vec![], "{listen}");
        }
    }

    #[test]
    fn a_user_pool_needs_issuer_clients_and_scope() {
        assert_eq!(pool().faults(at("0.0.0.0:80")), vec![]);
        let missing = IdentitySettings::default().faults(at("0.0.0.0:80"));
        assert_eq!(
            missing,
            vec![
                IdentitySettingsError::Missing("issuer"),
                IdentitySettingsError::Missing("client_ids"),
                IdentitySettingsError::Missing("scope")
            ]
        );
    }

    #[test]
    fn keys_come_over_https_or_from_loopback() {
        for (url, ok) in [
            ("https://keys.example/jwks.json", true),
            ("http://127.0.0.1:5055/pool/.well-known/jwks.json", true),
            ("http://localhost:4566/jwks", true),
            ("http://[::1]:4566/jwks", true),
            ("http://keys.example/jwks.json", false),
            ("http://localhost.example/jwks.json", false),
            ("file:///etc/passwd", false),
            ("keys", false),
        ] {
            let settings = IdentitySettings { jwks_url: url.to_owned(), ..pool() };
            assert_eq!(settings.faults(at("0.0.0.0:80")).is_empty(), ok, "{url}");
        }
    }
}
