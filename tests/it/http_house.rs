//! A service on loopback for the HTTP tests: the real router, verifier and key cache, over real sockets; a key set host that can misbehave;
//! people in memory; and an agent that does what the message says.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agent_bill::agent::answer::Answer;
use agent_bill::agent::events::AgentEvent;
use agent_bill::agent::{AgentError, ConversationRecord, Question, TurnRecord};
use agent_bill::channels::http::backend::{Conversations, Records};
use agent_bill::channels::http::{Limits, Service, serve};
use agent_bill::clock::SystemClock;
use agent_bill::config::LimitsConfig;
use agent_bill::jobs::{self, RefreshSigningKeys, RunningJobs};
use agent_bill_domain::ids::PersonId;
use agent_bill_identity::{
    Authenticator, Expected, HttpJwks, JwksCache, JwksTimings, People, PeopleError, PersonRecord, Requester, SignInRules, TokenVerifier,
};
use agent_bill_model::Behaviour;
use async_trait::async_trait;
use axum::http::StatusCode;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::Sender;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::http_document::assert_documented;
use crate::http_signer::{CLIENT, ISSUER, SCOPE, Signer};

pub const LENA: &str = "sub-lena";
pub const DEV: &str = "sub-dev";

pub struct House {
    pub address: SocketAddr,
    pub signer: Signer,
    pub jwks: JwksHost,
    pub agent: Arc<ScriptedAgent>,
    pub records_answer: Arc<Mutex<bool>>,
    stop: CancellationToken,
    served: JoinHandle<()>,
    _jobs: RunningJobs,
}

impl House {
    pub async fn open() -> Self {
        Self::open_with(|_| {}, JwksTimings { unknown_key_pause: Duration::ZERO, ..JwksTimings::default() }).await
    }

    pub async fn open_with(change: impl FnOnce(&mut Limits), timings: JwksTimings) -> Self {
        let house = Self::open_unready(StatusCode::OK, change, timings).await;
        house.become_ready().await;
        house
    }

    /// Answers before it knows any key; the key set host answers with `status`.
    pub async fn open_unready(status: StatusCode, change: impl FnOnce(&mut Limits), timings: JwksTimings) -> Self {
        let signer = Signer::new("access-1");
        let jwks = JwksHost::start(status, signer.jwks()).await;
        let keys = Arc::new(JwksCache::new(Arc::new(HttpJwks::new(jwks.url.parse().unwrap()).unwrap()), timings));
        let expected =
            Expected { issuer: ISSUER.to_owned(), clients: BTreeSet::from([CLIENT.to_owned()]), audience: None, scope: SCOPE.to_owned() };
        let verifier = TokenVerifier::new(expected, Arc::clone(&keys), Arc::new(SystemClock));
        let authenticator = Authenticator::new(verifier, Arc::new(TwoPeople), SignInRules::default());
        let mut limits = Limits::from(&LimitsConfig::default());
        limits.requests_per_minute = 60_000;
        limits.burst = 10_000;
        change(&mut limits);
        let agent = Arc::new(ScriptedAgent::default());
        let records_answer = Arc::new(Mutex::new(true));
        let records = Arc::new(Switch(Arc::clone(&records_answer)));
        let authenticator = Arc::new(authenticator);
        let jobs = jobs::start(vec![Arc::new(RefreshSigningKeys::new(Arc::clone(&authenticator)))]);
        let service = Service::new(authenticator, Arc::clone(&agent) as Arc<dyn Conversations>, records, limits);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let served = tokio::spawn(serve(listener, service, stop.clone().cancelled_owned()));
        Self { address, signer, jwks, agent, records_answer, stop, served, _jobs: jobs }
    }

    pub async fn become_ready(&self) {
        for _ in 0..500 {
            if self.get("/readyz").send().await.status == 200 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the service never became ready");
    }

    pub fn lena(&self) -> String {
        self.signer.token_for(LENA)
    }

    pub fn dev(&self) -> String {
        self.signer.token_for(DEV)
    }

    pub fn get(&self, path: &str) -> Ask {
        Ask::new(self.address, "GET", path)
    }

    pub fn post(&self, path: &str) -> Ask {
        Ask::new(self.address, "POST", path)
    }

    /// A new conversation of the token's person.
    pub async fn conversation(&self, token: &str) -> String {
        let reply = self.post("/v1/conversations").bearer(token).send().await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()["id"].as_str().unwrap().to_owned()
    }

    pub fn signal_stop(&self) {
        self.stop.cancel();
    }

    /// Waits for the service to end by itself after the signal.
    pub async fn ended(self) {
        tokio::time::timeout(Duration::from_secs(20), self.served).await.unwrap().unwrap();
    }
}

struct TwoPeople;

#[async_trait]
impl People for TwoPeople {
    async fn find_person_by_sub(&self, sub: &str) -> Result<Option<PersonRecord>, PeopleError> {
        let name = match sub {
            LENA => "Lena Fischer",
            DEV => "Dev Patel",
            "sub-broken" => return Err(PeopleError("the secret inner cause".into())),
            _ => return Ok(None),
        };
        Ok(Some(PersonRecord { id: PersonId(format!("person-of-{sub}")), name: name.to_owned() }))
    }

    async fn link_person_by_email(&self, _email: &str, _sub: &str) -> Result<Option<PersonRecord>, PeopleError> {
        Ok(None)
    }
}

struct Switch(Arc<Mutex<bool>>);

#[async_trait]
impl Records for Switch {
    async fn answer_ping(&self) -> bool {
        *self.0.lock().unwrap()
    }
}

/// Does what the message says; keeps each person's conversations apart as the real one does.
#[derive(Default)]
pub struct ScriptedAgent {
    conversations: Mutex<HashMap<String, (PersonId, Vec<TurnRecord>)>>,
    pub cancelled: Arc<AtomicUsize>,
    pub running: Arc<AtomicUsize>,
}

const AT: &str = "2026-11-23T09:00:00Z";

impl ScriptedAgent {
    fn owned(&self, who: &Requester, id: &str) -> Option<Vec<TurnRecord>> {
        let conversations = self.conversations.lock().unwrap();
        conversations.get(id).filter(|(owner, _)| owner == who.person()).map(|(_, turns)| turns.clone())
    }

    fn record(id: &str, turns: Vec<TurnRecord>) -> ConversationRecord {
        ConversationRecord { id: id.to_owned(), created_at: AT.to_owned(), updated_at: AT.to_owned(), turns }
    }
}

pub fn answer(text: &str) -> Answer {
    Answer {
        answer: text.to_owned(),
        behaviour: Behaviour::Answer,
        tools: Vec::new(),
        figures: Vec::new(),
        data_through: None,
        model: "script".to_owned(),
        fallback: None,
        usage: agent_bill::agent::answer::TurnUsage::default(),
    }
}

/// Counts a turn that ends, by itself or dropped.
struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl Conversations for ScriptedAgent {
    async fn start(&self, who: &Requester) -> Result<String, AgentError> {
        let mut conversations = self.conversations.lock().unwrap();
        let id = format!("conversation-{}", conversations.len());
        conversations.insert(id.clone(), (who.person().clone(), Vec::new()));
        Ok(id)
    }

    async fn respond(
        &self,
        who: &Requester,
        question: Question,
        events: Sender<AgentEvent>,
        cancel: CancellationToken,
    ) -> Result<Answer, AgentError> {
        let (id, text) = (question.conversation.as_str(), question.text.as_str());
        self.owned(who, id).ok_or(AgentError::NoSuchConversation)?;
        if question.request_key.as_deref() == Some("used") {
            return Err(AgentError::KeyReused);
        }
        self.running.fetch_add(1, Ordering::SeqCst);
        let _running = Running(Arc::clone(&self.running));
        match text {
            "busy" => return Err(AgentError::Busy),
            "unavailable" => return Err(AgentError::Unavailable),
            "quiet" => return Ok(answer("quiet")),
            "panic" => panic!("the secret inner cause"),
            "wait" => {
                let _ = events.send(AgentEvent::TextDelta { text: "waiting".to_owned() }).await;
                cancel.cancelled().await;
                self.cancelled.fetch_add(1, Ordering::SeqCst);
                return Err(AgentError::Cancelled);
            }
            "break" => {
                let _ = events.send(AgentEvent::TextDelta { text: "so far".to_owned() }).await;
                return Err(AgentError::Unavailable);
            }
            _ => {}
        }
        for piece in ["You said ", text] {
            let _ = events.send(AgentEvent::TextDelta { text: piece.to_owned() }).await;
        }
        let answer = answer(&format!("You said {text}"));
        let turn = TurnRecord { at: AT.to_owned(), question: text.to_owned(), answer: Some(answer.clone()) };
        self.conversations.lock().unwrap().get_mut(id).unwrap().1.push(turn);
        let _ = events.send(AgentEvent::Answer(Box::new(answer.clone()))).await;
        Ok(answer)
    }

    async fn find(&self, who: &Requester, id: &str) -> Result<Option<ConversationRecord>, AgentError> {
        Ok(self.owned(who, id).map(|turns| Self::record(id, turns)))
    }

    async fn list(&self, who: &Requester) -> Result<Vec<ConversationRecord>, AgentError> {
        let conversations = self.conversations.lock().unwrap();
        let own = conversations.iter().filter(|(_, (owner, _))| owner == who.person());
        Ok(own.map(|(id, _)| Self::record(id, Vec::new())).collect())
    }
}

/// Serves a key set, or whatever it is told to.
pub struct JwksHost {
    pub url: String,
    answer: Arc<Mutex<(StatusCode, String)>>,
    fetches: Arc<AtomicUsize>,
    server: JoinHandle<()>,
}

impl JwksHost {
    pub async fn start(status: StatusCode, jwks: Value) -> Self {
        let answer = Arc::new(Mutex::new((status, jwks.to_string())));
        let fetches = Arc::new(AtomicUsize::new(0));
        let handler = {
            let (answer, fetches) = (Arc::clone(&answer), Arc::clone(&fetches));
            move || async move {
                fetches.fetch_add(1, Ordering::SeqCst);
                answer.lock().unwrap().clone()
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let app = axum::Router::new().route("/keys", axum::routing::get(handler));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, answer, fetches, server }
    }

    pub fn answer(&self, status: StatusCode, body: &dyn ToString) {
        *self.answer.lock().unwrap() = (status, body.to_string());
    }

    pub fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    pub fn vanish(&self) {
        self.server.abort();
    }
}

/// A request written byte by byte: hostile ones pass no client library.
pub struct Ask {
    address: SocketAddr,
    method: String,
    path: String,
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Ask {
    pub fn new(address: SocketAddr, method: &str, path: &str) -> Self {
        let head = format!("{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n").into_bytes();
        Self { address, method: method.to_owned(), path: path.to_owned(), head, body: Vec::new() }
    }

    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.head.extend_from_slice(format!("{name}: ").as_bytes());
        self.head.extend_from_slice(value.as_ref());
        self.head.extend_from_slice(b"\r\n");
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub fn json(self, body: impl AsRef<[u8]>) -> Self {
        self.header("content-type", "application/json").body(body)
    }

    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        let length = self.body.len();
        self.header("content-length", length.to_string())
    }

    /// Sends everything and leaves the reading to the caller.
    pub async fn open(mut self) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        self.head.extend_from_slice(b"\r\n");
        self.head.extend_from_slice(&self.body);
        // A server that refuses early may close before everything is written.
        let _ = stream.write_all(&self.head).await;
        stream
    }

    pub async fn send(self) -> Reply {
        let (method, path) = (self.method.clone(), self.path.clone());
        let reply = read_reply(self.open().await).await;
        assert_documented(&method, &path, &reply);
        reply
    }
}

pub async fn read_reply(mut stream: TcpStream) -> Reply {
    let mut raw = Vec::new();
    let read = async {
        let mut buffer = [0; 4096];
        while let Ok(count) = stream.read(&mut buffer).await {
            if count == 0 {
                break;
            }
            raw.extend_from_slice(&buffer[..count]);
        }
    };
    tokio::time::timeout(Duration::from_secs(30), read).await.expect("the service answers and closes");
    Reply::parse(&raw)
}

/// Reads a stream until `wanted` was seen; returns all that came.
pub async fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut seen = String::new();
    let read = async {
        let mut buffer = [0; 1024];
        while !seen.contains(wanted) {
            let count = stream.read(&mut buffer).await.unwrap();
            assert!(count > 0, "the stream ended before `{wanted}`: {seen}");
            seen.push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
    };
    tokio::time::timeout(Duration::from_secs(20), read).await.unwrap_or_else(|_| panic!("`{wanted}` comes in time"));
    seen
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    fn parse(raw: &[u8]) -> Self {
        let end = raw.windows(4).position(|window| window == b"\r\n\r\n").expect("a response head");
        let head = String::from_utf8_lossy(&raw[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        Self { status, headers, body: raw[end + 4..].to_vec() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("JSON: {}", self.text()))
    }

    /// The problem document's code, after checking what every problem must have.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text());
        let document = self.json();
        assert_eq!(document["status"], self.status);
        assert_eq!(document["request_id"].as_str(), self.header("x-request-id"));
        assert_eq!(document["type"], "about:blank");
        assert!(!document["title"].as_str().unwrap().is_empty());
        document["code"].as_str().unwrap().to_owned()
    }
}
