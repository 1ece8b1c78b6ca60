//! What one person, one exchange and all of them together may take; and how the service stops.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::http_house::{House, read_reply, read_until};

#[tokio::test]
async fn a_person_who_asks_too_often_waits_and_others_do_not() {
    let change = |limits: &mut agent_bill::channels::http::Limits| (limits.requests_per_minute, limits.burst) = (60, 3);
    let house = House::open_with(change, Default::default()).await;
    let lena = house.lena();
    for _ in 0..3 {
        assert_eq!(house.get("/v1/me").bearer(&lena).send().await.status, 200);
    }
    let reply = house.get("/v1/me").bearer(&lena).send().await;
    assert_eq!((reply.status, reply.problem().as_str()), (429, "rate_limited"));
    let wait: u64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    assert_eq!(house.get("/v1/me").bearer(&house.dev()).send().await.status, 200);
    tokio::time::sleep(Duration::from_secs(wait)).await;
    assert_eq!(house.get("/v1/me").bearer(&lena).send().await.status, 200);
}

#[tokio::test]
async fn streams_count_against_the_exchanges_at_once_until_they_end() {
    let house = House::open_with(|limits| limits.concurrent_requests = 2, Default::default()).await;
    let lena = house.lena();
    let id = house.conversation(&lena).await;
    let mut streams = Vec::new();
    for _ in 0..2 {
        let ask = house.post(&format!("/v1/conversations/{id}/messages")).bearer(&lena).header("accept", "text/event-stream");
        let mut stream = ask.json(r#"{"text":"wait"}"#).open().await;
        read_until(&mut stream, "event: text_delta").await;
        streams.push(stream);
    }
    let refused = house.get("/v1/me").bearer(&lena).send().await;
    assert_eq!((refused.status, refused.problem().as_str()), (503, "overloaded"));
    assert!(refused.header("retry-after").is_some());
    assert_eq!(house.get("/healthz").send().await.status, 200, "a busy service is alive");
    drop(streams);
    for _ in 0..400 {
        if house.get("/v1/me").bearer(&lena).send().await.status == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the places never came free");
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_cut_off_and_a_stream_is_not() {
    let house = House::open_with(|limits| limits.request_timeout = Duration::from_millis(900), Default::default()).await;
    let lena = house.lena();
    let id = house.conversation(&lena).await;
    let ask = || house.post(&format!("/v1/conversations/{id}/messages")).bearer(&lena);
    let reply = ask().json(r#"{"text":"wait"}"#).send().await;
    assert_eq!((reply.status, reply.problem().as_str()), (504, "timeout"));
    let mut stream = ask().header("accept", "text/event-stream").json(r#"{"text":"wait"}"#).open().await;
    read_until(&mut stream, "event: text_delta").await;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(house.agent.running.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_not_waited_for() {
    let house = House::open_with(|limits| limits.body_timeout = Duration::from_millis(200), Default::default()).await;
    let lena = house.lena();
    let id = house.conversation(&lena).await;
    let ask = house.post(&format!("/v1/conversations/{id}/messages")).bearer(&lena);
    let ask = ask.header("content-type", "application/json").header("content-length", "100");
    let reply = ask.send().await;
    assert_eq!((reply.status, reply.problem().as_str()), (408, "body_timeout"));
}

#[tokio::test]
async fn a_body_without_announced_length_is_cut_at_the_limit() {
    let house = House::open().await;
    let lena = house.lena();
    let id = house.conversation(&lena).await;
    let ask = house.post(&format!("/v1/conversations/{id}/messages")).bearer(&lena);
    let mut stream = ask.header("content-type", "application/json").header("transfer-encoding", "chunked").open().await;
    for _ in 0..20 {
        let chunk = format!("{:x}\r\n{}\r\n", 8192, "x".repeat(8192));
        if stream.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    let reply = read_reply(stream).await;
    assert_eq!((reply.status, reply.problem().as_str()), (413, "body_too_large"));
}

#[tokio::test]
async fn stopping_lets_running_answers_finish_and_takes_no_new_ones() {
    let house = House::open_with(|limits| limits.drain = Duration::from_secs(10), Default::default()).await;
    let (lena, address) = (house.lena(), house.address);
    let id = house.conversation(&lena).await;
    let ask = house.post(&format!("/v1/conversations/{id}/messages")).bearer(&lena);
    let mut slow = ask.header("content-type", "application/json").header("content-length", "16").open().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    house.signal_stop();
    for _ in 0..400 {
        if TcpStream::connect(address).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(TcpStream::connect(address).await.is_err(), "no new connections");
    slow.write_all(br#"{"text":"hello"}"#).await.unwrap();
    let reply = read_reply(slow).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    house.ended().await;
}

#[tokio::test]
async fn stopping_cancels_what_is_still_running_when_the_time_is_over() {
    let house = House::open_with(|limits| limits.drain = Duration::from_millis(300), Default::default()).await;
    let lena = house.lena();
    let id = house.conversation(&lena).await;
    let ask = house.post(&format!("/v1/conversations/{id}/messages")).bearer(&lena).header("accept", "text/event-stream");
    let mut stream = ask.json(r#"{"text":"wait"}"#).open().await;
    read_until(&mut stream, "event: text_delta").await;
    house.signal_stop();
    let seen = read_until(&mut stream, "event: failed").await;
    assert!(seen.contains("unavailable"), "{seen}");
    house.ended().await;
}
