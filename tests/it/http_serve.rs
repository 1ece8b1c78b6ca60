//! The built program as a service: a user pool in the configuration, people from a file, answers over a socket, a signal to stop.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use crate::http_house::{Ask, JwksHost};
use crate::http_signer::{CLIENT, ISSUER, SCOPE, Signer};
use crate::running::Running;

struct Served {
    running: Running,
    address: SocketAddr,
}

impl Served {
    fn start(directory: &Path) -> Self {
        let mut running = Running::start(&mut program(directory, &["serve"]), &directory.join("log"));
        let line = running.line();
        let address = line.strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line}")).parse().unwrap();
        Self { running, address }
    }

    fn stop(self) -> i32 {
        self.running.stop().unwrap()
    }
}

fn program(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_agent-bill"));
    command.current_dir(directory).env_clear().args(arguments);
    command
}

fn run(directory: &Path, arguments: &[&str]) {
    let output = program(directory, arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

pub async fn ready(address: SocketAddr) {
    for _ in 0..500 {
        if Ask::new(address, "GET", "/readyz").send().await.status == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never ready");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_of_the_records_signs_in_with_a_user_pools_token_and_is_answered() {
    let directory = tempfile::tempdir().unwrap();
    let signer = Signer::new("pool-key");
    let jwks = JwksHost::start(StatusCode::OK, signer.jwks()).await;
    let settings = format!(
        "listen = '127.0.0.1:0'\ndatabase_url = 'sqlite:bill.db'\n[identity]\nissuer = '{ISSUER}'\njwks_url = '{}'\nclient_ids = ['{CLIENT}']\n\
         required_scope = '{SCOPE}'\nlink_by_email = true\n[identity.group_roles]\nproduct_owner = ['product_owner']\n",
        jwks.url
    );
    std::fs::write(directory.path().join("agent-bill.toml"), settings).unwrap();
    std::fs::write(directory.path().join("hierarchy.csv"), "Unit,Product\nDigital,HR Portal\n").unwrap();
    let people = "name,email,role,node,sub\nLena Fischer,lena@example.com,product_owner,HR Portal,\nDev Patel,dev@example.com,product_owner,HR Portal,sub-dev\n";
    std::fs::write(directory.path().join("people.csv"), people).unwrap();
    run(directory.path(), &["migrate"]);
    run(directory.path(), &["org", "import", "--hierarchy", "hierarchy.csv", "--people", "people.csv"]);
    let served = Served::start(directory.path());
    ready(served.address).await;

    let mut claims = Signer::claims("sub-lena");
    claims["username"] = json!("lena@example.com");
    let lena = signer.sign(signer.header().to_string(), claims.to_string());
    let me = Ask::new(served.address, "GET", "/v1/me").bearer(&lena).send().await;
    assert_eq!(me.json()["name"], "Lena Fischer", "{}", me.text());
    let mut imposter = Signer::claims("sub-imposter");
    imposter["username"] = json!("lena@example.com");
    let imposter = signer.sign(signer.header().to_string(), imposter.to_string());
    assert_eq!(Ask::new(served.address, "GET", "/v1/me").bearer(&imposter).send().await.status, 403);

    let started = Ask::new(served.address, "POST", "/v1/conversations").bearer(&lena).send().await;
    let id = started.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/conversations/{id}");
    let ask = Ask::new(served.address, "POST", &format!("{path}/messages")).bearer(&lena);
    let answered = ask.json(r#"{"text":"who am I here?"}"#).send().await;
    assert_eq!(answered.status, 200, "{}", answered.text());
    assert!(!answered.json()["answer"].as_str().unwrap().is_empty());
    let dev = signer.token_for("sub-dev");
    assert_eq!(Ask::new(served.address, "GET", &path).bearer(&dev).send().await.status, 404);
    let turns = Ask::new(served.address, "GET", &path).bearer(&lena).send().await.json();
    assert_eq!(turns["turns"][0]["question"], "who am I here?");
    assert_eq!(served.stop(), 0);
}

#[test]
fn without_a_user_pool_the_service_listens_on_this_machine_only() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("agent-bill.toml"), "database_url = 'sqlite:bill.db'\n").unwrap();
    run(directory.path(), &["migrate"]);
    for arguments in [["serve"].as_slice(), &["config", "check"]] {
        let output = program(directory.path(), arguments).env("AGENT_BILL_LISTEN", "0.0.0.0:0").output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("loopback") && output.stdout.is_empty(), "{said}");
    }
}
