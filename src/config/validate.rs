//! What settings must fulfil before anything starts.

use std::net::{IpAddr, SocketAddr};

use agent_bill_domain::names::clean_name;
use tracing_subscriber::EnvFilter;

use super::{Config, ConfigError, IdentityConfig, ModelChoice, TelemetryConfig};
use agent_bill_aws::bedrock::config::BedrockConfig;

impl Config {
    /// Checks every setting and reports all problems in one line.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`], or a secret file that cannot be read.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let mut problems = Vec::new();
        if self.database_url.is_some() && self.database_url_file.is_some() {
            problems.push("set `database_url` or `database_url_file`, not both".to_owned());
        }
        let url = self.database_url()?;
        if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.expose().starts_with(scheme)) {
            problems.push("`database_url` must begin with sqlite: or postgres:".to_owned());
        }
        if let Some(Err(error)) = self.company_name.as_deref().map(clean_name) {
            problems.push(format!("`company_name` {error}"));
        }
        if self.principal_tag_keys.iter().any(|key| key.trim().is_empty()) {
            problems.push("`principal_tag_keys` holds an empty key; remove it".to_owned());
        }
        let limits = &self.limits;
        let ranges = [
            ("cache.healthy_percent", self.cache.healthy_percent, 1, 100),
            ("cache.reuse", self.cache.reuse, 1, 1000),
            ("limits.body_bytes", i64::try_from(limits.body_bytes).unwrap_or(i64::MAX), 1024, 10 * 1024 * 1024),
            ("limits.requests_per_person_per_minute", i64::from(limits.requests_per_person_per_minute), 1, 100_000),
            ("limits.concurrent_requests", i64::try_from(limits.concurrent_requests).unwrap_or(i64::MAX), 1, 100_000),
            ("limits.request_seconds", i64::try_from(limits.request_seconds).unwrap_or(i64::MAX), 1, 3600),
        ];
        for (key, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                problems.push(format!("`{key}` is {value}; it must lie between {least} and {most}"));
            }
        }
        if let Some(Err(error)) = self.log.filter.as_ref().map(EnvFilter::try_new) {
            problems.push(format!("`log.filter` is not a filter like `info` or `agent_bill=debug,warn`: {error}"));
        }
        bedrock_problems(&self.bedrock, &mut problems);
        if self.model == ModelChoice::Bedrock && self.bedrock.turn_seconds.saturating_add(5) > limits.request_seconds {
            problems.push(format!(
                "`bedrock.turn_seconds` is {}; it must lie at least 5 below `limits.request_seconds` ({}), so that the planner can still answer",
                self.bedrock.turn_seconds, limits.request_seconds
            ));
        }
        self.telemetry.problems(self.listen, &mut problems);
        match &self.identity {
            Some(identity) => identity.problems(&mut problems),
            None if self.listen.ip().to_canonical().is_loopback() => {}
            None => problems.push(format!(
                "`listen` is {}, beyond this machine, and without `identity` anybody could be anybody; set `identity` or listen on loopback",
                self.listen
            )),
        }
        if problems.is_empty() { Ok(()) } else { Err(ConfigError::Invalid(problems.join("; "))) }
    }
}

/// The adapter's own settings; they are read here, so they are judged here.
fn bedrock_problems(bedrock: &BedrockConfig, problems: &mut Vec<String>) {
    let named = [("bedrock.model_id", Some(&bedrock.model_id)), ("bedrock.base_model", bedrock.base_model.as_ref())];
    for (key, id) in named {
        if id.is_some_and(|id| !is_plain(id, 2_048, &['.', ':', '/', '-', '_'])) {
            problems.push(format!("`{key}` must be a model id, an inference profile id or an ARN, without spaces"));
        }
    }
    if bedrock.region.as_ref().is_some_and(|region| !is_plain(region, 32, &['-'])) {
        problems.push("`bedrock.region` must be a Region like eu-central-1".to_owned());
    }
    if bedrock
        .price
        .is_some_and(|price| [price.input, price.output, price.cache_read, price.cache_write].iter().any(|usd| usd.is_negative()))
    {
        problems.push("`bedrock.price` must not be negative".to_owned());
    }
    if bedrock.endpoint_url.as_ref().is_some_and(|url| !is_trustworthy_url(url)) {
        problems.push("`bedrock.endpoint_url` must be an https address (http only on loopback)".to_owned());
    }
    if bedrock.guardrail.as_ref().is_some_and(|guardrail| guardrail.id.trim().is_empty() || guardrail.version.trim().is_empty()) {
        problems.push("`bedrock.guardrail` needs an `id` and a `version` (a number or DRAFT)".to_owned());
    }
    let seconds = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let limits = &bedrock.limits;
    let ranges = [
        ("bedrock.max_output_tokens", i64::from(bedrock.max_output_tokens), 256, 64_000),
        ("bedrock.temperature_permille", i64::from(bedrock.temperature_permille.unwrap_or(0)), 0, 1_000),
        ("bedrock.first_byte_seconds", seconds(bedrock.first_byte_seconds), 1, 600),
        ("bedrock.idle_seconds", seconds(bedrock.idle_seconds), 1, 600),
        ("bedrock.turn_seconds", seconds(bedrock.turn_seconds), 2, 3_000),
        ("bedrock.limits.turn_tokens", limits.turn_tokens, 0, i64::MAX),
        ("bedrock.limits.person_day_tokens", limits.person_day_tokens, 0, i64::MAX),
        ("bedrock.limits.month_tokens", limits.month_tokens, 0, i64::MAX),
    ];
    for (key, value, least, most) in ranges {
        if !(least..=most).contains(&value) {
            problems.push(format!("`{key}` is {value}; it must lie between {least} and {most}"));
        }
    }
    if [limits.turn_usd, limits.person_day_usd, limits.month_usd].iter().any(|limit| limit.is_negative()) {
        problems.push("`bedrock.limits` must not be negative".to_owned());
    }
}

impl TelemetryConfig {
    fn problems(&self, listen: SocketAddr, problems: &mut Vec<String>) {
        if self.otlp_endpoint.as_ref().is_some_and(|url| !is_base_address(url)) {
            problems.push(
                "`telemetry.otlp_endpoint` must be an http or https address without user name, query or fragment; \
                 what a collector asks for goes into OTEL_EXPORTER_OTLP_HEADERS"
                    .to_owned(),
            );
        }
        if self.metrics_listen.is_some_and(|own| own.port() != 0 && own == listen) {
            problems
                .push("`telemetry.metrics_listen` must not be `listen`: metrics need no token and so a listener of their own".to_owned());
        }
    }
}

impl IdentityConfig {
    fn problems(&self, problems: &mut Vec<String>) {
        for (key, url) in [("identity.issuer", &self.issuer), ("identity.jwks_url", &self.jwks_url)] {
            if !is_trustworthy_url(url) {
                problems.push(format!("`{key}` must be an https address (http only on loopback)"));
            }
        }
        if self.client_ids.is_empty() || self.client_ids.iter().any(|id| id.trim().is_empty()) {
            problems.push("`identity.client_ids` must list the app clients whose tokens are accepted".to_owned());
        }
        if self.group_roles.is_empty() {
            problems.push("`identity.group_roles` must map at least one group to its roles; without it nobody has any".to_owned());
        }
    }
}

/// Letters, digits and the signs named, at least one of them and no two dots that would climb a path.
fn is_plain(text: &str, most: usize, also: &[char]) -> bool {
    (1..=most).contains(&text.len()) && !text.contains("..") && text.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(&c))
}

/// Something that paths can be put behind and that holds no secret.
fn is_base_address(url: &str) -> bool {
    reqwest::Url::parse(url).is_ok_and(|url| {
        let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        matches!(url.scheme(), "http" | "https") && url.has_host() && plain
    })
}

/// Whether keys fetched from there can be believed: over TLS, or from this machine.
fn is_trustworthy_url(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match url.scheme() {
        "https" => !host.is_empty(),
        "http" => host == "localhost" || address.is_ok_and(|address| address.is_loopback()),
        _ => false,
    }
}
