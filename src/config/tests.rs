use super::*;

/// Layers `toml` and `variables` over the defaults without touching this process's environment.
fn load(toml: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("agent-bill.toml");
    std::fs::write(&file, toml).unwrap();
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
    Config::load_layers(&file, Environment(variables))
}

#[test]
fn the_defaults_are_valid_and_need_no_file() {
    let config = load("", &[]).unwrap();
    assert_eq!(config, Config::default());
    assert_eq!(config.database_url().unwrap().expose(), "sqlite:agent-bill.db");
    assert_eq!(config.demo.clock.to_string(), "2026-11-23T09:00:00Z");
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let config = load(
        "cost_metric = 'net_unblended'\n[limits]\nrequest_seconds = 10\nbody_bytes = 2048\n",
        &[("AGENT_BILL_LIMITS__REQUEST_SECONDS", "20"), ("AGENT_BILL_LISTEN", "127.0.0.3:9000")],
    )
    .unwrap();
    assert_eq!(config.cost_metric, CostMetric::NetUnblended);
    assert_eq!((config.limits.request_seconds, config.limits.body_bytes), (20, 2048));
    assert_eq!(
        config.limits.concurrent_requests,
        LimitsConfig::default().concurrent_requests,
        "other keys of the table keep their defaults"
    );
    assert_eq!(config.listen.to_string(), "127.0.0.3:9000");
}

#[test]
fn a_digits_only_text_from_the_environment_is_still_a_text() {
    let config = load("", &[("AGENT_BILL_COMPANY_NAME", "365")]).unwrap();
    assert_eq!(config.company_name.as_deref(), Some("365"));
}

#[test]
fn identity_can_be_set_by_file_and_by_variables() {
    let toml = "[identity]\nissuer = 'https://idp.example'\njwks_url = 'https://keys.example/jwks.json'\nclient_ids = ['a']\n\
                [identity.group_roles]\nowners = ['product_owner', 'portfolio_manager']\n";
    let config = load(toml, &[("AGENT_BILL_IDENTITY__CLIENT_IDS", "[\"b\",\"c\"]")]).unwrap();
    let identity = config.identity.unwrap();
    assert_eq!(identity.client_ids, ["b", "c"]);
    assert_eq!(identity.group_roles["owners"], BTreeSet::from([Role::ProductOwner, Role::PortfolioManager]));
}

#[test]
fn an_unknown_key_is_named_with_its_place() {
    let error = load("listne = '127.0.0.1:1'", &[]).unwrap_err().to_string();
    assert!(error.contains("listne") && error.contains("agent-bill.toml") && !error.contains('\n'), "{error}");
    let error = load("", &[("AGENT_BILL_LIMITS__BODY", "1")]).unwrap_err().to_string();
    assert!(error.contains("`body`") && error.contains("body_bytes"), "{error}");
    let error = load("", &[("AGENT_BILL_LIMITS__BODY_BYTES", "x"), ("AGENT_BILL_LIMITS__REQUEST_SECONDS", "5")]).unwrap_err().to_string();
    assert!(error.contains("AGENT_BILL_LIMITS__BODY_BYTES"), "{error}");
}

#[test]
fn every_problem_is_reported_at_once() {
    let toml = "database_url = 'mysql://x'\n[cache]\nhealthy_percent = 400\n[identity]\nissuer = 'http://idp.example'\n\
                jwks_url = 'https://idp.example'\nclient_ids = []\n[identity.group_roles]\n";
    let error = load(toml, &[]).unwrap_err().to_string();
    for part in ["database_url", "cache.healthy_percent", "identity.issuer", "identity.client_ids", "identity.group_roles"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    assert!(!error.contains("identity.jwks_url"), "{error}");
}

#[test]
fn keys_are_fetched_over_tls_or_from_this_machine_only() {
    for (jwks_url, valid) in [
        ("https://idp.example/jwks", true),
        ("http://127.0.0.1:9/jwks", true),
        ("http://[::1]:9/jwks", true),
        ("http://localhost/jwks", true),
        ("http://localhost.evil.example/jwks", false),
        ("http://10.0.0.1/jwks", false),
        ("file:///etc/passwd", false),
        ("nonsense", false),
    ] {
        let toml = format!(
            "[identity]\nissuer = 'https://i.example'\njwks_url = '{jwks_url}'\nclient_ids = ['a']\n[identity.group_roles]\ng = ['admin']\n"
        );
        assert_eq!(load(&toml, &[]).is_ok(), valid, "{jwks_url}");
    }
}

#[test]
fn a_secret_comes_from_a_file_and_is_never_shown() {
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("url");
    std::fs::write(&secret, "postgres://bill:hunter2@db/bill\n").unwrap();
    let config = load(&format!("database_url_file = '{}'", secret.display()), &[]).unwrap();
    assert_eq!(config.database_url().unwrap().expose(), "postgres://bill:hunter2@db/bill");

    let config = load("", &[("AGENT_BILL_DATABASE_URL", "postgres://bill:hunter2@db/bill")]).unwrap();
    let shown = config.to_json().unwrap();
    assert!(shown.contains(REDACTED) && !shown.contains("hunter2") && !format!("{config:?}").contains("hunter2"));
}

#[test]
fn a_secret_given_twice_or_from_a_missing_file_is_refused() {
    let error = load("database_url = 'sqlite:a'\ndatabase_url_file = 'b'", &[]).unwrap_err().to_string();
    assert!(error.contains("not both"), "{error}");
    let error = load("database_url_file = '/nonexistent/url'", &[]).unwrap_err().to_string();
    assert!(error.contains("database_url_file") && error.contains("/nonexistent/url"), "{error}");
}

#[test]
fn a_named_file_that_is_missing_is_an_error() {
    assert!(matches!(Config::load(Some(Path::new("/nonexistent.toml"))), Err(ConfigError::NoFile(_))));
}

#[test]
fn a_collector_has_a_plain_address_and_metrics_a_listener_of_their_own() {
    for (endpoint, valid) in [
        ("http://127.0.0.1:4318", true),
        ("https://collector.example/otlp/", true),
        ("http://user:secret@collector.example", false),
        ("http://collector.example/?token=secret", false),
        ("grpc://collector.example", false),
        ("collector.example:4318", false),
    ] {
        let loaded = load(&format!("[telemetry]\notlp_endpoint = '{endpoint}'\n"), &[]);
        assert_eq!(loaded.is_ok(), valid, "{endpoint}");
        assert!(valid || !loaded.unwrap_err().to_string().contains("secret"));
    }
    let error = load("listen = '127.0.0.1:8080'\n[telemetry]\nmetrics_listen = '127.0.0.1:8080'\n", &[]).unwrap_err().to_string();
    assert!(error.contains("telemetry.metrics_listen"), "{error}");
    assert!(load("listen = '127.0.0.1:0'\n[telemetry]\nmetrics_listen = '127.0.0.1:0'\n", &[]).is_ok());
    assert!(load("[telemetry]\nmetrics_listen = '0.0.0.0:9464'\n", &[]).is_ok(), "metrics hold no figures of the business");
}

#[test]
fn the_example_of_the_readme_is_accepted_with_its_optional_lines_too() {
    let readme = include_str!("../../README.md");
    let example = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let complete: String = example.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).flat_map(|line| [line, "\n"]).collect();
    for toml in [example, &complete] {
        let config = load(toml, &[]).unwrap();
        assert_eq!(config.company_name.as_deref(), Some("Example Group"));
        assert_eq!(config.bedrock.limits.month_usd.to_string(), "500.00");
    }
    let bedrock = load(&complete, &[]).unwrap().bedrock;
    assert!(bedrock.guardrail.is_some() && bedrock.price.is_some() && bedrock.region.is_some());
}

#[test]
fn what_bedrock_could_not_take_is_refused_before_anything_starts() {
    for (toml, key) in [
        ("model_id = 'x y'", "bedrock.model_id"),
        ("model_id = '../../etc'", "bedrock.model_id"),
        ("base_model = ''", "bedrock.base_model"),
        ("region = ''", "bedrock.region"),
        ("region = 'us-east-1 '", "bedrock.region"),
        ("price = { input = -3, output = 15, cache_read = 0.3, cache_write = 3.75 }", "bedrock.price"),
    ] {
        let error = load(&format!("[bedrock]\n{toml}\n"), &[]).unwrap_err().to_string();
        assert!(error.contains(key), "{toml}: {error}");
    }
    let arn = "model_id = 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123'\nbase_model = 'anthropic.claude-sonnet-4-6'";
    assert!(load(&format!("[bedrock]\n{arn}\n"), &[]).is_ok());
}
