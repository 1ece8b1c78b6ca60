//! Conversations over HTTP: whose they are, how answers and streams look, and how errors look.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use crate::http_house::{House, read_reply, read_until};

#[tokio::test]
async fn a_question_is_answered_and_remembered() {
    let house = House::open().await;
    let lena = house.lena();
    let started = house.post("/v1/conversations").bearer(&lena).json("{}").send().await;
    assert_eq!(started.status, 201);
    let id = started.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(started.header("location"), Some(format!("/v1/conversations/{id}").as_str()));
    let messages = format!("/v1/conversations/{id}/messages");
    let answered = house.post(&messages).bearer(&lena).json(r#"{"text":"hello"}"#).send().await;
    assert_eq!(answered.status, 200);
    assert_eq!(answered.header("content-type"), Some("application/json"));
    assert_eq!(answered.json()["answer"], "You said hello");
    let shown = house.get(&format!("/v1/conversations/{id}")).bearer(&lena).send().await.json();
    assert_eq!(shown["turns"][0]["question"], "hello");
    assert_eq!(shown["turns"][0]["answer"]["behaviour"], "answer");
    let listed = house.get("/v1/conversations").bearer(&lena).send().await.json();
    assert_eq!(listed["conversations"], json!([{"id": id, "created_at": shown["created_at"], "updated_at": shown["updated_at"]}]));
}

#[tokio::test]
async fn a_foreign_conversation_cannot_be_read_and_looks_like_a_missing_one() {
    let house = House::open().await;
    let id = house.conversation(&house.lena()).await;
    let mut answers = Vec::new();
    for path in [format!("/v1/conversations/{id}"), "/v1/conversations/conversation-999".to_owned(), "/v1/conversations/%00..".to_owned()] {
        let reply = house.get(&path).bearer(&house.dev()).header("x-request-id", "same").send().await;
        assert_eq!((reply.status, reply.problem().as_str()), (404, "not_found"), "{path}");
        answers.push(reply.text());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(house.get(&format!("/v1/conversations/{id}")).bearer(&house.lena()).send().await.status, 200);
}

#[tokio::test]
async fn nobody_writes_into_a_foreign_conversation_by_json_or_by_stream() {
    let house = House::open().await;
    let id = house.conversation(&house.lena()).await;
    let mut answers = Vec::new();
    for (id, accept) in [
        (id.as_str(), "application/json"),
        ("conversation-999", "application/json"),
        (id.as_str(), "text/event-stream"),
        ("conversation-999", "text/event-stream"),
    ] {
        let ask = house.post(&format!("/v1/conversations/{id}/messages")).bearer(&house.dev()).header("accept", accept);
        let reply = ask.header("x-request-id", "same").json(r#"{"text":"hello"}"#).send().await;
        assert_eq!((reply.status, reply.problem().as_str()), (404, "not_found"), "{accept}");
        answers.push(reply.text());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let turns = house.get(&format!("/v1/conversations/{id}")).bearer(&house.lena()).send().await.json()["turns"].clone();
    assert_eq!(turns, json!([]));
}

#[tokio::test]
async fn the_list_holds_only_ones_own_conversations() {
    let house = House::open().await;
    let lenas = house.conversation(&house.lena()).await;
    let devs = house.conversation(&house.dev()).await;
    for (token, own, foreign) in [(house.lena(), &lenas, &devs), (house.dev(), &devs, &lenas)] {
        let listed = house.get("/v1/conversations").bearer(&token).send().await.text();
        assert!(listed.contains(own.as_str()) && !listed.contains(foreign.as_str()), "{listed}");
    }
}

#[tokio::test]
async fn a_new_conversation_belongs_to_who_started_it() {
    let house = House::open().await;
    let id = house.conversation(&house.dev()).await;
    let path = format!("/v1/conversations/{id}");
    assert_eq!(house.get(&path).bearer(&house.dev()).send().await.status, 200);
    assert_eq!(house.get(&path).bearer(&house.lena()).send().await.status, 404);
    assert_eq!(house.post("/v1/conversations").send().await.status, 401);
}

#[tokio::test]
async fn me_is_who_the_token_says_and_nobody_else() {
    let house = House::open().await;
    let lena = house.get("/v1/me").bearer(&house.lena()).send().await.json();
    let roles = json!(["product_owner"]);
    assert_eq!(lena, json!({"person": "person-of-sub-lena", "name": "Lena Fischer", "roles_allowed_by_groups": roles}));
    let dev = house.get("/v1/me?person=person-of-sub-lena").bearer(&house.dev()).header("x-user", "person-of-sub-lena").send().await.json();
    assert_eq!(dev["name"], "Dev Patel");
    assert_eq!(house.get("/v1/me").send().await.status, 401);
}

#[tokio::test]
async fn probes_and_the_document_say_nothing_about_anybody() {
    let house = House::open().await;
    house.conversation(&house.lena()).await;
    assert_eq!(house.get("/healthz").send().await.json(), json!({"status": "ok"}));
    assert_eq!(house.get("/readyz").send().await.json(), json!({"status": "ready"}));
    let document = house.get("/v1/openapi.json").send().await;
    assert_eq!(document.json(), agent_bill::channels::http::openapi::document());
    assert!(!document.text().contains("Lena"));
}

#[tokio::test]
async fn readiness_needs_the_database_and_health_does_not() {
    let house = House::open().await;
    *house.records_answer.lock().unwrap() = false;
    let reply = house.get("/readyz").send().await;
    assert_eq!((reply.status, reply.problem().as_str()), (503, "not_ready"));
    assert_eq!(house.get("/healthz").send().await.status, 200);
}

#[tokio::test]
async fn readiness_needs_signing_keys() {
    let eager = agent_bill_identity::JwksTimings { retry_without_keys: Duration::from_millis(20), ..Default::default() };
    let house = House::open_unready(StatusCode::INTERNAL_SERVER_ERROR, |_| {}, eager).await;
    let reply = house.get("/readyz").send().await;
    assert_eq!((reply.status, reply.problem().as_str()), (503, "not_ready"));
    assert_eq!(house.get("/v1/me").bearer(&house.lena()).send().await.status, 401, "no key, no trust");
    house.jwks.answer(StatusCode::OK, &house.signer.jwks());
    house.become_ready().await;
    assert_eq!(house.get("/v1/me").bearer(&house.lena()).send().await.status, 200);
}

#[tokio::test]
async fn a_stream_carries_named_events_and_ends_with_the_answer() {
    let house = House::open().await;
    let lena = house.lena();
    let id = house.conversation(&lena).await;
    let path = format!("/v1/conversations/{id}/messages");
    for (text, events) in
        [("hello", vec!["text_delta", "text_delta", "answer"]), ("quiet", vec!["answer"]), ("break", vec!["text_delta", "failed"])]
    {
        let ask = house.post(&path).bearer(&lena).header("accept", "application/json;q=0.5, text/event-stream");
        let reply = ask.json(json!({ "text": text }).to_string()).send().await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-type"), Some("text/event-stream"));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let body = reply.text();
        let seen: Vec<&str> = body.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
        assert_eq!(seen, events, "{body}");
        for data in body.lines().filter_map(|line| line.strip_prefix("data: ")) {
            assert!(serde_json::from_str::<agent_bill::agent::events::AgentEvent>(data).is_ok(), "{data}");
        }
    }
}

#[tokio::test]
async fn a_quiet_stream_is_kept_alive_and_a_listener_who_leaves_cancels_the_turn() {
    let house = House::open_with(|limits| limits.heartbeat = Duration::from_millis(50), Default::default()).await;
    let lena = house.lena();
    let id = house.conversation(&lena).await;
    let ask = house.post(&format!("/v1/conversations/{id}/messages")).bearer(&lena).header("accept", "text/event-stream");
    let mut stream = ask.json(r#"{"text":"wait"}"#).open().await;
    let seen = read_until(&mut stream, ": still here").await;
    assert!(seen.contains("event: text_delta"), "{seen}");
    assert_eq!(house.agent.running.load(Ordering::SeqCst), 1);
    drop(stream);
    for _ in 0..400 {
        if house.agent.cancelled.load(Ordering::SeqCst) == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the turn was not cancelled");
}

#[tokio::test]
async fn a_caller_who_leaves_before_the_answer_ends_the_turn() {
    let house = House::open().await;
    let lena = house.lena();
    let id = house.conversation(&lena).await;
    let stream = house.post(&format!("/v1/conversations/{id}/messages")).bearer(&lena).json(r#"{"text":"wait"}"#).open().await;
    wait_for_running(&house, 1).await;
    drop(stream);
    wait_for_running(&house, 0).await;
}

async fn wait_for_running(house: &House, wanted: usize) {
    for _ in 0..400 {
        if house.agent.running.load(Ordering::SeqCst) == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never {wanted} turns running");
}

#[tokio::test]
async fn every_error_is_a_problem_document_without_inner_causes() {
    let house = House::open().await;
    let lena = house.lena();
    let id = house.conversation(&lena).await;
    let messages = format!("/v1/conversations/{id}/messages");
    let ask = |text: &str| house.post(&messages).bearer(&lena).json(json!({ "text": text }).to_string());
    for (name, ask, status, code) in [
        ("unknown route", house.get("/v2/secrets"), 404, "not_found"),
        ("root", house.get("/"), 404, "not_found"),
        ("busy", ask("busy"), 409, "conversation_busy"),
        ("unavailable", ask("unavailable"), 503, "unavailable"),
        ("panic", ask("panic"), 500, "internal"),
        ("panic in a stream", ask("panic").header("accept", "text/event-stream"), 500, "internal"),
        ("broken records", house.get("/v1/me").bearer(&house.signer.token_for("sub-broken")), 500, "internal"),
    ] {
        let reply = ask.send().await;
        assert_eq!((reply.status, reply.problem().as_str()), (status, code), "{name}");
        assert!(!reply.text().contains("secret inner cause"), "{name}: {}", reply.text());
    }
    assert_eq!(house.get("/healthz").send().await.status, 200, "a panic does not take the service down");
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_one() {
    let house = House::open().await;
    let reply = house.post("/v1/me").bearer(&house.lena()).send().await;
    assert_eq!((reply.status, reply.problem().as_str()), (405, "method_not_allowed"));
    assert!(reply.header("allow").unwrap().contains("GET"), "{reply:?}");
}

#[tokio::test]
async fn a_message_must_be_small_strict_json_with_a_sensible_text() {
    let house = House::open().await;
    let lena = house.lena();
    let id = house.conversation(&lena).await;
    let messages = format!("/v1/conversations/{id}/messages");
    let longest = "é".repeat(4000);
    let cases: Vec<(Vec<u8>, u16, &str)> = vec![
        (b"".to_vec(), 400, "invalid_json"),
        (b"{".to_vec(), 400, "invalid_json"),
        (b"{\"text\":\"\xff\"}".to_vec(), 400, "invalid_json"),
        (b"{\"text\":\"a\"} {}".to_vec(), 400, "invalid_json"),
        (br#"{"text":"\ud800"}"#.to_vec(), 400, "invalid_json"),
        (b"[\"a\"]".to_vec(), 422, "invalid_request"),
        (b"null".to_vec(), 422, "invalid_request"),
        (b"{}".to_vec(), 422, "invalid_request"),
        (br#"{"text":1}"#.to_vec(), 422, "invalid_request"),
        (br#"{"text":null}"#.to_vec(), 422, "invalid_request"),
        (br#"{"text":"a","role":"admin"}"#.to_vec(), 422, "invalid_request"),
        (br#"{"text":"a","text":"b"}"#.to_vec(), 422, "invalid_request"),
        (br#"{"text":""}"#.to_vec(), 422, "invalid_request"),
        (br#"{"text":"  \n\t "}"#.to_vec(), 422, "invalid_request"),
        (br#"{"text":"a\u0000b"}"#.to_vec(), 422, "invalid_request"),
        (json!({"text": format!("{longest}é")}).to_string().into_bytes(), 422, "invalid_request"),
        (json!({"text": "x".repeat(70_000)}).to_string().into_bytes(), 413, "body_too_large"),
    ];
    for (body, status, code) in cases {
        let shown = String::from_utf8_lossy(&body).chars().take(60).collect::<String>();
        let reply = house.post(&messages).bearer(&lena).json(&body).send().await;
        assert_eq!((reply.status, reply.problem().as_str()), (status, code), "{shown}");
    }
    let reply = house.post(&messages).bearer(&lena).json(json!({ "text": longest }).to_string()).send().await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn only_json_is_read() {
    let house = House::open().await;
    let lena = house.lena();
    let id = house.conversation(&lena).await;
    let messages = format!("/v1/conversations/{id}/messages");
    let body = r#"{"text":"hello"}"#;
    for (kind, status) in [
        ("application/json", 200),
        ("Application/JSON; charset=UTF-8", 200),
        ("application/json; charset=latin1", 415),
        ("application/jsonp", 415),
        ("application/merge-patch+json", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
    ] {
        let reply = house.post(&messages).bearer(&lena).header("content-type", kind).body(body).send().await;
        assert_eq!(reply.status, status, "{kind}");
    }
    assert_eq!(house.post(&messages).bearer(&lena).body(body).send().await.problem(), "unsupported_media_type");
    let form = house.post("/v1/conversations").bearer(&lena).header("content-type", "text/plain").body("{}").send().await;
    assert_eq!(form.status, 415);
    let unknown = house.post("/v1/conversations").bearer(&lena).json(r#"{"person":"p"}"#).send().await;
    assert_eq!(unknown.status, 422);
}

#[tokio::test]
async fn identity_is_asked_for_before_anything_else() {
    let house = House::open().await;
    for (path, body) in [("/v1/conversations/x/messages", "{"), ("/v1/conversations/%ff/messages", "{}"), ("/v1/conversations", "[")] {
        let reply = house.post(path).header("content-type", "text/plain").body(body).send().await;
        assert_eq!(reply.status, 401, "{path}");
    }
}

#[tokio::test]
async fn every_response_has_a_request_id_and_security_headers() {
    let house = House::open().await;
    for (sent, kept) in [
        (Some("abc-123_x.y"), true),
        (Some("with space"), false),
        (Some("\"><script>"), false),
        (Some(""), false),
        (Some("0123456789012345678901234567890123456789012345678901234567890123456789"), false),
        (None, false),
    ] {
        for path in ["/healthz", "/v1/me", "/nowhere"] {
            let ask = sent.iter().fold(house.get(path), |ask, id| ask.header("x-request-id", id));
            let reply = ask.send().await;
            let id = reply.header("x-request-id").unwrap();
            assert_eq!(sent == Some(id), kept, "{path} {sent:?} {id}");
            assert!((1..=64).contains(&id.len()));
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
            assert_eq!(reply.header("cache-control"), Some("no-store"));
        }
    }
}

#[tokio::test]
async fn many_people_at_once_each_get_their_own_answer() {
    let house = House::open().await;
    let tokens = [house.lena(), house.dev()];
    let ids = [house.conversation(&tokens[0]).await, house.conversation(&tokens[1]).await];
    let asks = (0..100).map(|i| {
        let (house, token, id) = (&house, &tokens[i % 2], &ids[i % 2]);
        async move {
            let ask = house.post(&format!("/v1/conversations/{id}/messages")).bearer(token);
            let ask = if i % 3 == 0 { ask.header("accept", "text/event-stream") } else { ask };
            let reply = read_reply(ask.json(json!({ "text": format!("number {i}.") }).to_string()).open().await).await;
            reply.status == 200 && reply.text().contains(&format!("You said number {i}."))
        }
    });
    let right = futures::future::join_all(asks).await;
    assert_eq!(right.iter().filter(|right| **right).count(), 100);
}
