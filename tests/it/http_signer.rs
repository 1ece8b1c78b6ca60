//! Signs tokens, honest ones and others, independently of the program's own issuer.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaEncoding};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

pub const ISSUER: &str = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool";
pub const CLIENT: &str = "web";
pub const SCOPE: &str = "agent-bill/chat";

pub struct Signer {
    pub kid: String,
    key: KeyPair,
}

pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Seconds since 1970.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

impl Signer {
    pub fn new(kid: &str) -> Self {
        Self { kid: kid.to_owned(), key: KeyPair::generate(KeySize::Rsa2048).unwrap() }
    }

    pub fn jwk(&self) -> Value {
        let public = self.key.public_key();
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid,
            "n": b64(public.modulus().big_endian_without_leading_zero()),
            "e": b64(public.exponent().big_endian_without_leading_zero()),
        })
    }

    pub fn jwks(&self) -> Value {
        json!({ "keys": [self.jwk()] })
    }

    /// PKCS#1 DER of the public key.
    pub fn public_der(&self) -> Vec<u8> {
        self.key.public_key().as_ref().to_vec()
    }

    pub fn header(&self) -> Value {
        json!({"alg": "RS256", "kid": self.kid})
    }

    pub fn claims(sub: &str) -> Value {
        json!({
            "sub": sub, "iss": ISSUER, "client_id": CLIENT, "token_use": "access", "scope": format!("openid {SCOPE}"),
            "exp": now() + 600, "iat": now(), "auth_time": now(), "jti": "j", "origin_jti": "o", "event_id": "e", "version": 2,
            "username": "someone", "cognito:groups": ["product_owner"],
        })
    }

    pub fn token_for(&self, sub: &str) -> String {
        self.sign(self.header().to_string(), Self::claims(sub).to_string())
    }

    /// Signs any two texts as RS256, whatever they say.
    pub fn sign(&self, header: impl AsRef<[u8]>, claims: impl AsRef<[u8]>) -> String {
        self.sign_raw(&format!("{}.{}", b64(header), b64(claims)), &RSA_PKCS1_SHA256)
    }

    pub fn sign_raw(&self, signed: &str, encoding: &'static dyn RsaEncoding) -> String {
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key.sign(encoding, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        format!("{signed}.{}", b64(signature))
    }
}
