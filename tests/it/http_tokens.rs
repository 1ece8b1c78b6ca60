//! Hostile tokens, key set outages and rotation, over real HTTP with the real verifier.

use std::time::Duration;

use agent_bill_identity::JwksTimings;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
};
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::http_house::{House, LENA, Reply};
use crate::http_signer::{ISSUER, Signer, b64, now};

/// The modulus of a 1024-bit key, and a token of Lena's, good until 2100, signed with it. Our crypto library would not sign with such a key.
const WEAK_MODULUS: &str = "62_ayKeu6kPpx62UMFWuCeyp9WR6MqKCNj2UhQhovHysDyu9RvOGtMakHt4U5kXu99s8TTxVGWBr5CDWhc-GqyGghCj8yxGYyT7s6BO9ir6Sji1vU0ptVqutTv59B9Rv0VqKRlAOCQ7v0_fRHvztgvAHrnkCmUFeYyEdBUy-rLM";
const WEAK_TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6IndlYWsifQ.eyJzdWIiOiJzdWItbGVuYSIsImlzcyI6Imh0dHBzOi8vY29nbml0by1pZHAuZXUtd2VzdC0xLmFtYXpvbmF3cy5jb20vZXUtd2VzdC0xX1Bvb2wiLCJjbGllbnRfaWQiOiJ3ZWIiLCJ0b2tlbl91c2UiOiJhY2Nlc3MiLCJzY29wZSI6ImFnZW50LWJpbGwvY2hhdCIsImV4cCI6NDEwMjQ0NDgwMCwiaWF0IjoxNzAwMDAwMDAwLCJ1c2VybmFtZSI6ImxlbmEiLCJjb2duaXRvOmdyb3VwcyI6WyJwcm9kdWN0X293bmVyIl19.0J3x_pubtwOrui-_rcZpnHZLuoPp47f3ijxmv5_xl6U3A5eV07pXxlbttuZgJIBTDM50Z5ELJ91NU6TbuEOBpyA7EnKgKwTE7lIRWSqZaTHEO3Y4cEhU65jSPpIsBVzPCqREWLr7hqSIN9yaiM5McVOmsEnPVwDs9FWZt0zWtW4";

type Header = (&'static str, Vec<u8>);

/// Asks who one is, with headers as given and a fixed request id so that bodies can be compared.
async fn me(house: &House, headers: &[Header]) -> Reply {
    headers.iter().fold(house.get("/v1/me").header("x-request-id", "same"), |ask, (name, value)| ask.header(name, value)).send().await
}

async fn me_with(house: &House, token: impl AsRef<[u8]>) -> Reply {
    me(house, &[("authorization", [b"Bearer ".as_slice(), token.as_ref()].concat())]).await
}

fn assert_refused(name: &str, reply: &Reply, expected_body: &str) {
    assert_eq!(reply.status, 401, "{name}: {}", reply.text());
    assert_eq!(reply.header("www-authenticate"), Some("Bearer"), "{name}");
    assert_eq!(reply.problem(), "unauthenticated", "{name}");
    assert_eq!(reply.text(), expected_body, "{name}");
}

/// Every change of one claim that makes a good token unacceptable.
fn claim_changes() -> Vec<(&'static str, &'static str, Option<Value>)> {
    vec![
        ("wrong issuer", "iss", Some(json!("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other"))),
        ("issuer with a slash more", "iss", Some(json!(format!("{ISSUER}/")))),
        ("issuer in capitals", "iss", Some(json!(ISSUER.to_uppercase()))),
        ("issuer as a list", "iss", Some(json!([ISSUER]))),
        ("no issuer", "iss", None),
        ("foreign audience", "aud", Some(json!("https://other.example"))),
        ("audience null", "aud", Some(Value::Null)),
        ("the client as audience", "aud", Some(json!("web"))),
        ("wrong client", "client_id", Some(json!("another"))),
        ("clients as a list", "client_id", Some(json!(["web"]))),
        ("client with white space", "client_id", Some(json!("web "))),
        ("no client", "client_id", None),
        ("id token", "token_use", Some(json!("id"))),
        ("no token use", "token_use", None),
        ("token use in capitals", "token_use", Some(json!("Access"))),
        ("other scope", "scope", Some(json!("aws.cognito.signin.user.admin"))),
        ("scope as prefix", "scope", Some(json!("agent-bill/chat-admin"))),
        ("scopes as a list", "scope", Some(json!(["agent-bill/chat"]))),
        ("no scope", "scope", None),
        ("expired a second ago", "exp", Some(json!(now() - 1))),
        ("expired long ago", "exp", Some(json!(0))),
        ("expiry negative", "exp", Some(json!(-1))),
        ("no expiry", "exp", None),
        ("expiry as text", "exp", Some(json!((now() + 600).to_string()))),
        ("expiry null", "exp", Some(Value::Null)),
        ("expiry beyond all time", "exp", Some(json!(1e200))),
        ("not before in two minutes", "nbf", Some(json!(now() + 120))),
        ("not before as text", "nbf", Some(json!("0"))),
        ("issued in two minutes", "iat", Some(json!(now() + 120))),
        ("issued as a list", "iat", Some(json!([now()]))),
        ("empty subject", "sub", Some(json!(""))),
        ("blank subject", "sub", Some(json!(" "))),
        ("numeric subject", "sub", Some(json!(7))),
        ("subject list", "sub", Some(json!([LENA]))),
        ("subject with NUL", "sub", Some(json!("sub-lena\u{0}"))),
        ("no subject", "sub", None),
        ("groups as text", "cognito:groups", Some(json!("admin"))),
        ("groups with a number", "cognito:groups", Some(json!(["admin", 1]))),
    ]
}

/// Header members that must not be there, or not like this.
fn header_changes(attacker: &Signer) -> Vec<(&'static str, &'static str, Option<Value>)> {
    vec![
        ("crit", "crit", Some(json!(["exp"]))),
        ("empty crit", "crit", Some(json!([]))),
        ("b64", "b64", Some(json!(false))),
        ("b64 true", "b64", Some(json!(true))),
        ("zip", "zip", Some(json!("DEF"))),
        ("jku", "jku", Some(json!("http://127.0.0.1:1/keys"))),
        ("x5u", "x5u", Some(json!("http://127.0.0.1:1/cert"))),
        ("jwk", "jwk", Some(attacker.jwk())),
        ("x5c", "x5c", Some(json!(["MIIB"]))),
        ("cty", "cty", Some(json!("JWT"))),
        ("foreign typ", "typ", Some(json!("dpop+jwt"))),
        ("no kid", "kid", None),
        ("empty kid", "kid", Some(json!(""))),
        ("kid as a number", "kid", Some(json!(1))),
        ("kid as a path", "kid", Some(json!("../../access-1"))),
        ("kid with a confusable letter", "kid", Some(json!("аccess-1"))),
        ("kid in capitals", "kid", Some(json!("ACCESS-1"))),
        ("kid with a trailing NUL", "kid", Some(json!("access-1\u{0}"))),
        ("kid that is SQL", "kid", Some(json!("' OR 1=1 --"))),
        ("huge kid", "kid", Some(json!("k".repeat(5_000)))),
        ("no algorithm", "alg", None),
        ("algorithm in lower case", "alg", Some(json!("rs256"))),
        ("algorithm as a list", "alg", Some(json!(["RS256"]))),
        ("declared RS512, signed RS256", "alg", Some(json!("RS512"))),
    ]
}

fn changed(mut object: Value, name: &str, value: Option<Value>) -> String {
    let members = object.as_object_mut().unwrap();
    match value {
        Some(value) => drop(members.insert(name.to_owned(), value)),
        None => drop(members.remove(name)),
    }
    object.to_string()
}

/// Tokens under another algorithm than RS256.
fn other_algorithms(signer: &Signer, claims: &str) -> Vec<(&'static str, String)> {
    let signed = |alg: &str| format!("{}.{}", b64(json!({"alg": alg, "kid": signer.kid}).to_string()), b64(claims));
    let hmac_with = |secret: &[u8]| {
        let text = signed("HS256");
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text.as_bytes());
        format!("{text}.{}", b64(tag))
    };
    let pem = format!("-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n", b64(signer.public_der()));
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    let ec = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).unwrap();
    let es256 = ec.sign(&SystemRandom::new(), signed("ES256").as_bytes()).unwrap();
    vec![
        ("alg none, no signature", format!("{}.", signed("none"))),
        ("alg None", format!("{}.", signed("None"))),
        ("alg NONE with a signature", signer.sign_raw(&signed("NONE"), &RSA_PKCS1_SHA256)),
        ("alg none, some signature", format!("{}.AA", signed("none"))),
        ("HS256 with the public key's DER", hmac_with(&signer.public_der())),
        ("HS256 with the public key's PEM", hmac_with(pem.as_bytes())),
        ("HS256 with the key set's text", hmac_with(signer.jwks().to_string().as_bytes())),
        ("HS256 with an empty secret", hmac_with(b"")),
        ("RS384", signer.sign_raw(&signed("RS384"), &RSA_PKCS1_SHA384)),
        ("RS512", signer.sign_raw(&signed("RS512"), &RSA_PKCS1_SHA512)),
        ("PS256", signer.sign_raw(&signed("PS256"), &RSA_PSS_SHA256)),
        ("RS512 declared as RS256", signer.sign_raw(&signed("RS256"), &RSA_PKCS1_SHA512)),
        ("PS256 declared as RS256", signer.sign_raw(&signed("RS256"), &RSA_PSS_SHA256)),
        ("ES256", format!("{}.{}", signed("ES256"), b64(es256))),
    ]
}

/// Tokens that are not quite in the compact form, or not quite signed.
fn broken_forms(signer: &Signer, attacker: &Signer) -> Vec<(&'static str, Vec<u8>)> {
    let (header, claims) = (signer.header().to_string(), Signer::claims(LENA).to_string());
    let good = signer.sign(&header, &claims);
    let parts: Vec<&str> = good.split('.').collect();
    let with_claims = |claims: &str| signer.sign(&header, claims);
    let twice = |name: &str| claims.replacen('{', &format!("{{\"{name}\":\"x\","), 1);
    let mut flipped = good.clone().into_bytes();
    let middle = parts[0].len() + 10;
    flipped[middle] = if flipped[middle] == b'A' { b'B' } else { b'A' };
    let padded = format!("{}.{}=.{}", parts[0], parts[1], parts[2]);
    let standard_alphabet = format!("{}.{}.{}", parts[0], parts[1], parts[2].replace('-', "+").replace('_', "/"));
    vec![
        ("empty", b"".to_vec()),
        ("one word", b"token".to_vec()),
        ("two parts", format!("{}.{}", parts[0], parts[1]).into_bytes()),
        ("signature cut off", format!("{}.{}.", parts[0], parts[1]).into_bytes()),
        ("signature truncated", good.as_bytes()[..good.len() - 8].to_vec()),
        ("four parts", format!("{good}.{}", parts[2]).into_bytes()),
        ("five parts, as encrypted tokens have", format!("{good}.a.b").into_bytes()),
        ("dots only", b"..".to_vec()),
        ("padding", padded.into_bytes()),
        ("standard base64 alphabet", format!("{standard_alphabet}+/").into_bytes()),
        ("one bit of the claims flipped", flipped),
        ("signature of other claims", format!("{}.{}.{}", parts[0], b64(Signer::claims("sub-dev").to_string()), parts[2]).into_bytes()),
        ("claims that are not UTF-8", signer.sign(&header, b"{\"sub\":\"\xff\"}").into_bytes()),
        ("header that is not UTF-8", signer.sign(b"{\"alg\":\"RS256\",\"kid\":\"\xff\"}", &claims).into_bytes()),
        ("claims that are a list", with_claims("[]").into_bytes()),
        ("claims that are a text", with_claims("\"x\"").into_bytes()),
        ("claims followed by more", with_claims(&format!("{claims}{{}}")).into_bytes()),
        ("claims with a byte order mark", with_claims(&format!("\u{feff}{claims}")).into_bytes()),
        ("claims nested without end", with_claims(&format!("{{\"a\":{}", "[".repeat(4_000))).into_bytes()),
        ("header that is a list", signer.sign("[]", &claims).into_bytes()),
        ("subject twice", with_claims(&twice("sub")).into_bytes()),
        ("expiry twice", with_claims(&twice("exp")).into_bytes()),
        ("a name twice, once escaped", with_claims(&twice("s\\u0075b")).into_bytes()),
        ("algorithm twice", signer.sign(header.replacen('{', "{\"alg\":\"none\",", 1), &claims).into_bytes()),
        ("kid twice", signer.sign(header.replacen('{', "{\"kid\":\"other\",", 1), &claims).into_bytes()),
        ("a foreign key under our kid", Signer::sign(attacker, &header, &claims).into_bytes()),
        ("a foreign key under its own kid", attacker.sign(attacker.header().to_string(), &claims).into_bytes()),
        ("oversized", with_claims(&changed(Signer::claims(LENA), "more", Some(json!("x".repeat(17_000))))).into_bytes()),
        ("a tab inside", good.replacen('.', ".\t", 1).into_bytes()),
        ("a space inside", good.replacen('.', ". ", 1).into_bytes()),
        ("two tokens with a comma", format!("{good}, {good}").into_bytes()),
        ("quoted", format!("\"{good}\"").into_bytes()),
        ("bytes beyond ASCII", [good.as_bytes(), b"\xc3\xa9"].concat()),
        ("signed by the weak key", WEAK_TOKEN.as_bytes().to_vec()),
    ]
}

#[tokio::test]
async fn every_hostile_token_gets_the_same_401() {
    let house = House::open().await;
    let (signer, attacker) = (&house.signer, Signer::new("access-1"));
    let foreign = Signer::new("evil");
    let mut encryption_key = Signer::new("encryption");
    encryption_key.kid = "encryption".to_owned();
    let mut enc = encryption_key.jwk();
    enc["use"] = json!("enc");
    let other_alg = Signer::new("other-alg");
    let mut rs512 = other_alg.jwk();
    rs512["alg"] = json!("RS512");
    let shared = Signer::new("shared");
    let weak = json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "weak", "n": WEAK_MODULUS, "e": "AQAB"});
    let keys = json!({"keys": [signer.jwk(), weak, enc, rs512, shared.jwk(), shared.jwk()]});
    house.jwks.answer(StatusCode::OK, &keys);

    assert_eq!(me_with(&house, house.lena()).await.status, 200, "the honest token must pass, or the rest proves nothing");
    let without_token = me(&house, &[]).await;
    let body = without_token.text();
    assert_refused("no token", &without_token, &body);
    assert!(!body.contains("detail"));

    let (header, claims) = (signer.header(), Signer::claims(LENA));
    let mut tokens: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, claim, value) in claim_changes() {
        let token = signer.sign(header.to_string(), changed(claims.clone(), claim, value));
        tokens.push((name.to_owned(), token.into_bytes()));
    }
    for (name, member, value) in header_changes(&attacker) {
        let text = changed(header.clone(), member, value);
        tokens.push((name.to_owned(), signer.sign(text, claims.to_string()).into_bytes()));
    }
    // The injected key signs, too: a verifier that used it would be convinced.
    let injected = changed(header.clone(), "jwk", Some(attacker.jwk()));
    tokens.push(("jwk, signed with it".to_owned(), attacker.sign(injected, claims.to_string()).into_bytes()));
    for (name, key) in [("key for encryption", &encryption_key), ("key for RS512", &other_alg), ("two keys of one kid", &shared)] {
        tokens.push((name.to_owned(), key.token_for(LENA).into_bytes()));
    }
    tokens.extend(other_algorithms(signer, &claims.to_string()).into_iter().map(|(name, token)| (name.to_owned(), token.into_bytes())));
    tokens.extend(broken_forms(signer, &attacker).into_iter().map(|(name, token)| (name.to_owned(), token)));
    tokens.push(("unknown key".to_owned(), foreign.token_for(LENA).into_bytes()));
    assert!(tokens.len() > 100, "{}", tokens.len());
    for (name, token) in &tokens {
        assert_refused(name, &me_with(&house, token).await, &body);
    }
    assert_eq!(me_with(&house, house.lena()).await.status, 200);
}

#[tokio::test]
async fn a_token_counts_only_in_one_authorization_header() {
    let house = House::open().await;
    let token = house.lena();
    let bearer = format!("Bearer {token}").into_bytes();
    let body = me(&house, &[]).await.text();
    let elsewhere: Vec<(&str, Vec<Header>)> = vec![
        ("two headers", vec![("authorization", bearer.clone()), ("authorization", bearer.clone())]),
        ("two headers, one empty", vec![("authorization", bearer.clone()), ("authorization", Vec::new())]),
        ("two headers of different case", vec![("Authorization", bearer.clone()), ("AUTHORIZATION", b"Basic YTpi".to_vec())]),
        ("cookie", vec![("cookie", format!("access_token={token}; token={token}").into_bytes())]),
        ("basic", vec![("authorization", format!("Basic {token}").into_bytes())]),
        ("no scheme", vec![("authorization", token.clone().into_bytes())]),
        ("scheme glued on", vec![("authorization", format!("Bearer{token}").into_bytes())]),
        ("scheme only", vec![("authorization", b"Bearer".to_vec())]),
        ("tab for a space", vec![("authorization", format!("Bearer\t{token}").into_bytes())]),
        ("proxy authorization", vec![("proxy-authorization", bearer.clone())]),
        ("forwarded", vec![("x-forwarded-authorization", bearer.clone()), ("x-access-token", token.clone().into_bytes())]),
        (
            "forwarded user",
            vec![
                ("x-forwarded-user", LENA.into()),
                ("x-amzn-oidc-identity", LENA.into()),
                ("x-amzn-oidc-data", token.clone().into_bytes()),
            ],
        ),
    ];
    for (name, headers) in elsewhere {
        assert_refused(name, &me(&house, &headers).await, &body);
    }
    let in_query = house.get(&format!("/v1/me?access_token={token}&token={token}")).header("x-request-id", "same").send().await;
    assert_refused("query", &in_query, &body);
    for accepted in [format!("bearer {token}"), format!("BEARER {token}"), format!("Bearer   {token}"), format!("Bearer {token} ")] {
        assert_eq!(me(&house, &[("authorization", accepted.into_bytes())]).await.status, 200, "RFC 9110: the scheme is case-insensitive");
    }
}

#[tokio::test]
async fn a_stranger_with_a_good_token_is_told_so_without_more() {
    let house = House::open().await;
    let one = me_with(&house, house.signer.token_for("sub-nobody")).await;
    let two = me_with(&house, house.signer.token_for("web")).await;
    assert_eq!((one.status, one.problem().as_str()), (403, "no_access"));
    assert_eq!(one.text(), two.text());
    assert!(!one.text().contains("sub-nobody"));
}

#[tokio::test]
async fn two_hundred_unknown_keys_cause_at_most_ten_fetches() {
    let house = House::open_with(|_| {}, JwksTimings::default()).await;
    let stranger = Signer::new("stranger");
    let claims = Signer::claims(LENA).to_string();
    let storm = (0..200).map(|i| {
        let token = stranger.sign(json!({"alg": "RS256", "kid": format!("unknown-{i}")}).to_string(), &claims);
        let house = &house;
        async move { me_with(house, token).await.status }
    });
    let answers = futures::future::join_all(storm).await;
    assert!(answers.iter().all(|status| *status == 401));
    assert!(house.jwks.fetches() <= 10, "{} fetches", house.jwks.fetches());
    assert_eq!(me_with(&house, house.lena()).await.status, 200);
}

#[tokio::test]
async fn tokens_that_are_not_meant_for_us_cause_no_fetch_at_all() {
    let house = House::open().await;
    let before = house.jwks.fetches();
    let stranger = Signer::new("stranger");
    for (_, claim, value) in claim_changes() {
        let token = stranger.sign(stranger.header().to_string(), changed(Signer::claims(LENA), claim, value));
        assert_eq!(me_with(&house, token).await.status, 401);
    }
    assert_eq!(house.jwks.fetches(), before);
}

#[tokio::test]
async fn known_keys_work_while_the_key_set_host_fails() {
    let house = House::open().await;
    let stranger = Signer::new("stranger");
    let good = house.signer.jwks();
    let outages = [
        (StatusCode::INTERNAL_SERVER_ERROR, "boom".to_owned()),
        (StatusCode::OK, "<!doctype html><title>Maintenance</title>".to_owned()),
        (StatusCode::OK, "{\"keys\": []}".to_owned()),
        (StatusCode::OK, "{".to_owned()),
        (StatusCode::OK, format!("{{\"keys\": [], \"pad\": \"{}\"}}", "x".repeat(300_000))),
        (StatusCode::NOT_FOUND, good.to_string()),
        (StatusCode::NO_CONTENT, String::new()),
    ];
    for (status, body) in outages {
        house.jwks.answer(status, &body);
        // An unknown key makes the service look, and find the outage.
        assert_eq!(me_with(&house, stranger.token_for(LENA)).await.status, 401);
        assert_eq!(me_with(&house, house.lena()).await.status, 200, "{status} {}", body.chars().take(40).collect::<String>());
    }
    house.jwks.vanish();
    assert_eq!(me_with(&house, stranger.token_for(LENA)).await.status, 401);
    assert_eq!(me_with(&house, house.lena()).await.status, 200);
    assert_eq!(house.get("/readyz").send().await.status, 200);
}

#[tokio::test]
async fn a_rotated_key_is_accepted_and_a_removed_one_expires() {
    let timings = JwksTimings { refresh_every: Duration::from_millis(100), ..JwksTimings::default() };
    let house = House::open_with(|_| {}, timings).await;
    let (old_token, next) = (house.lena(), Signer::new("access-2"));
    house.jwks.answer(StatusCode::OK, &json!({"keys": [house.signer.jwk(), next.jwk()]}));
    wait_for_status(&house, &next.token_for(LENA), 200).await;
    assert_eq!(me_with(&house, &old_token).await.status, 200);
    house.jwks.answer(StatusCode::OK, &next.jwks());
    wait_for_status(&house, &old_token, 401).await;
    assert_eq!(me_with(&house, next.token_for(LENA)).await.status, 200);
}

#[tokio::test]
async fn a_rotated_key_is_accepted_at_once_when_no_fetch_was_just_made() {
    let house = House::open().await;
    let next = Signer::new("access-2");
    house.jwks.answer(StatusCode::OK, &next.jwks());
    assert_eq!(me_with(&house, next.token_for(LENA)).await.status, 200);
}

async fn wait_for_status(house: &House, token: &str, wanted: u16) {
    for _ in 0..200 {
        if me_with(house, token).await.status == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("status {wanted} never came");
}
