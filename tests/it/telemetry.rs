//! The built program tells a collector and a scraper how it is doing, and nobody what was asked, answered or by whom.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{StatusCode, Uri};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::Value;

use crate::command_line::{agent_bill, stderr};
use crate::http_house::{Ask, read_reply};
use crate::http_serve::ready;
use crate::running::Running;

const QUESTION: &str = "Am I within my AI estimate this month?";

/// Takes everything, and keeps it.
struct Collector {
    address: SocketAddr,
    received: Arc<Mutex<Vec<(String, Bytes)>>>,
}

impl Collector {
    async fn start() -> Self {
        let received: Arc<Mutex<Vec<(String, Bytes)>>> = Arc::default();
        let keep = Arc::clone(&received);
        let take = move |uri: Uri, body: Bytes| async move {
            keep.lock().unwrap().push((uri.path().to_owned(), body));
            StatusCode::OK
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(take)).await.unwrap() });
        Self { address, received }
    }

    fn bodies(&self, path: &str) -> Vec<Bytes> {
        self.received.lock().unwrap().iter().filter(|(at, _)| at == path).map(|(_, body)| body.clone()).collect()
    }

    fn paths(&self) -> Vec<String> {
        self.received.lock().unwrap().iter().map(|(path, _)| path.clone()).collect()
    }
}

struct Served {
    running: Running,
    log: PathBuf,
    address: SocketAddr,
}

impl Served {
    fn start(directory: &Path, variables: &[(&str, &str)]) -> Self {
        let log = directory.join("log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_agent-bill"));
        command.current_dir(directory).env_clear().env("AGENT_BILL_LISTEN", "127.0.0.1:0").envs(variables.iter().copied());
        command.args(["serve", "--token-for", "Lena Fischer"]);
        let running = Running::start(&mut command, &log);
        let mut served = Self { running, log, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        served.address = served.after("listening on http://").parse().unwrap();
        served
    }

    /// The rest of the next line it prints, which must begin like this.
    fn after(&mut self, beginning: &str) -> String {
        let line = self.running.line();
        line.strip_prefix(beginning).unwrap_or_else(|| panic!("{line}")).to_owned()
    }

    /// Ends it as an operator would and returns its log.
    fn stop(self) -> String {
        assert_eq!(self.running.stop(), Some(0));
        std::fs::read_to_string(&self.log).unwrap()
    }
}

async fn ask(address: SocketAddr, token: &str) -> Value {
    let started = Ask::new(address, "POST", "/v1/conversations").bearer(token).send().await;
    let path = format!("/v1/conversations/{}/messages", started.json()["id"].as_str().unwrap());
    let question = Ask::new(address, "POST", &path).bearer(token).json(format!(r#"{{"text":"{QUESTION}"}}"#));
    let mut stream = Ask::new(address, "POST", &path).bearer(token).header("accept", "text/event-stream");
    let answered = question.send().await;
    assert_eq!(answered.status, 200, "{}", answered.text());
    stream = stream.json(format!(r#"{{"text":"{QUESTION}"}}"#));
    assert_eq!(read_reply(stream.open().await).await.status, 200);
    answered.json()
}

/// What must not be found anywhere: the question, amounts of the answer, names of the organisation, and the person.
fn secrets(answer: &Value, token: &str) -> Vec<String> {
    let text = answer["answer"].as_str().unwrap();
    let mut secrets = [QUESTION, "Policy Assistant", "HR Portal", "Lena", "Fischer", "lena.fischer", token].map(str::to_owned).to_vec();
    let amounts =
        text.split_whitespace().filter(|word| word.starts_with('$')).map(|word| word.trim_end_matches([',', '.', ';']).to_owned());
    secrets.extend(amounts);
    let figures = answer["figures"].as_array().unwrap().iter().filter_map(|figure| figure["value"].as_str());
    secrets.extend(figures.filter(|value| value.len() > 6).map(str::to_owned));
    assert!(secrets.iter().filter(|secret| secret.starts_with('$')).count() > 3, "{text}");
    secrets
}

fn assert_silent(what: &str, bytes: &[u8], secrets: &[String]) {
    for secret in secrets {
        let found = bytes.windows(secret.len()).any(|window| window.eq_ignore_ascii_case(secret.as_bytes()));
        assert!(!found, "{what} holds `{secret}`");
    }
}

fn assert_is_agent_bill(resource: &Option<Resource>) {
    let attributes = &resource.as_ref().unwrap().attributes;
    let value = |key: &str| format!("{:?}", attributes.iter().find(|attribute| attribute.key == key).unwrap().value);
    assert!(value("service.name").contains("\"agent-bill\""), "{}", value("service.name"));
    assert!(value("service.version").contains(env!("CARGO_PKG_VERSION")));
}

fn spans(bodies: &[Bytes]) -> Vec<Span> {
    let requests = bodies.iter().map(|body| ExportTraceServiceRequest::decode(body.as_ref()).unwrap());
    let resources: Vec<_> = requests.flat_map(|request| request.resource_spans).collect();
    resources.iter().for_each(|of| assert_is_agent_bill(&of.resource));
    resources.into_iter().flat_map(|of| of.scope_spans).flat_map(|of| of.spans).collect()
}

fn metric_names(bodies: &[Bytes]) -> Vec<String> {
    let requests = bodies.iter().map(|body| ExportMetricsServiceRequest::decode(body.as_ref()).unwrap());
    let resources: Vec<_> = requests.flat_map(|request| request.resource_metrics).collect();
    resources.iter().for_each(|of| assert_is_agent_bill(&of.resource));
    resources.into_iter().flat_map(|of| of.scope_metrics).flat_map(|of| of.metrics).map(|metric| metric.name).collect()
}

/// Series and values of Prometheus' text format; panics at a line that is none.
fn series(text: &str) -> Vec<(String, f64)> {
    let samples = text.lines().filter(|line| !line.starts_with("# HELP ") && !line.starts_with("# TYPE "));
    samples.map(|line| line.rsplit_once(' ').map(|(series, value)| (series.to_owned(), value.parse().unwrap())).unwrap()).collect()
}

fn demo(directory: &Path) {
    let made = agent_bill(directory, &["demo", "run", "--no-serve"], &[]);
    assert!(made.status.success(), "{}", stderr(&made));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_and_a_scraper_learn_how_the_service_is_doing_and_nothing_that_was_said() {
    let directory = tempfile::tempdir().unwrap();
    demo(directory.path());
    let collector = Collector::start().await;
    let endpoint = format!("http://{}/", collector.address);
    let variables = [
        ("AGENT_BILL_TELEMETRY__OTLP_ENDPOINT", endpoint.as_str()),
        ("AGENT_BILL_TELEMETRY__METRICS_LISTEN", "127.0.0.1:0"),
        ("AGENT_BILL_LOG__FILTER", "trace"),
    ];
    let mut served = Served::start(directory.path(), &variables);
    let metrics: SocketAddr = served.after("metrics on http://").strip_suffix("/metrics").unwrap().parse().unwrap();
    let token = served.after("token for Lena Fischer: ");
    ready(served.address).await;
    let answer = ask(served.address, &token).await;
    let secrets = secrets(&answer, &token);

    let scraped = Ask::new(metrics, "GET", "/metrics").send().await;
    assert_eq!((scraped.status, scraped.header("content-type")), (200, Some("text/plain; version=0.0.4")));
    assert_silent("/metrics", &scraped.body, &secrets);
    let series = series(&scraped.text());
    let value = |name: &str| series.iter().find(|(series, _)| series == name).unwrap_or_else(|| panic!("{name}: {series:#?}")).1;
    let answered = r#"http_server_request_duration_seconds_count{http_request_method="POST",http_response_status_code="200",http_route="/v1/conversations/{id}/messages",url_scheme="http"}"#;
    assert!((value(answered) - 2.0).abs() < f64::EPSILON);
    assert!(value(r#"http_server_active_requests{http_request_method="POST",url_scheme="http"}"#).abs() < f64::EPSILON);
    assert!(value("agent_bill_http_streams").abs() < f64::EPSILON);
    assert!(series.iter().any(|(name, _)| name.starts_with("target_info{service_name=\"agent-bill\"")));
    assert_eq!(Ask::new(metrics, "POST", "/metrics").send().await.status, 405);
    assert_eq!(Ask::new(metrics, "GET", "/v1/me").bearer(&token).send().await.status, 404);
    assert_eq!(Ask::new(served.address, "GET", "/metrics").bearer(&token).send().await.status, 404, "not where everybody can ask");

    let log = served.stop();
    assert!(log.contains("request answered"), "{log}");
    assert_silent("the log", log.as_bytes(), &secrets);
    assert!(collector.paths().iter().all(|path| path == "/v1/traces" || path == "/v1/metrics"), "{:?}", collector.paths());
    let (traces, measured) = (collector.bodies("/v1/traces"), collector.bodies("/v1/metrics"));
    traces.iter().chain(&measured).for_each(|body| assert_silent("the collector", body, &secrets));
    assert!(metric_names(&measured).contains(&"http.server.request.duration".to_owned()), "{:?}", metric_names(&measured));

    let spans = spans(&traces);
    let exchange = spans.iter().find(|span| span.name == "http./v1/conversations/{id}/messages").unwrap();
    let tool = spans.iter().find(|span| span.name.contains("tool") && span.trace_id == exchange.trace_id);
    assert!(tool.is_some_and(|tool| !tool.parent_span_id.is_empty()), "the tool is a part of the exchange");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_or_hangs_holds_nobody_up_and_is_mentioned_once() {
    let directory = tempfile::tempdir().unwrap();
    demo(directory.path());
    let hanging = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    // Nothing listens on the discard port; whoever connects to the other one is never answered.
    for (endpoint, complaints) in [("http://127.0.0.1:9".to_owned(), 1), (format!("http://{}", hanging.local_addr().unwrap()), 0)] {
        let variables = [("AGENT_BILL_TELEMETRY__OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
        let mut served = Served::start(directory.path(), &variables);
        let token = served.after("token for Lena Fischer: ");
        ready(served.address).await;
        for _ in 0..5 {
            let started = Instant::now();
            assert_eq!(Ask::new(served.address, "GET", "/v1/me").bearer(&token).send().await.status, 200);
            assert!(started.elapsed() < Duration::from_secs(2), "{endpoint}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let stopped = Instant::now();
        let log = served.stop();
        assert!(stopped.elapsed() < Duration::from_secs(6), "{endpoint}: {:?}", stopped.elapsed());
        assert_eq!(log.matches("collector").count(), complaints, "{log}");
    }
}

#[test]
fn a_taken_address_for_metrics_is_told_before_anything_is_served() {
    let directory = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let variables = [
        ("AGENT_BILL_DATABASE_URL", "sqlite:bill.db"),
        ("AGENT_BILL_LISTEN", "127.0.0.1:0"),
        ("AGENT_BILL_TELEMETRY__METRICS_LISTEN", address.as_str()),
    ];
    let output = agent_bill(directory.path(), &["serve"], &variables);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(stderr(&output).contains(&address) && stderr(&output).contains("`telemetry.metrics_listen`"), "{}", stderr(&output));
}
