//! What the streams of the demo have in common: mixes of tokens, hours, and the applications that call.

use crate::demo::cast::{ALWAYS, Caller, Mix, Sessions, Shape, Stream, Via};
use crate::demo::line::{DATA_SCIENCE, EU_CENTRAL_1, PRE_PROD, PROD, US_EAST_1, US_WEST_2};
use crate::demo::models::{Channel, Class, NOVA_LITE, Routing, SONNET_4_6, Tier};

pub(super) const CHAT: Mix = &[(Class::Input, 600), (Class::CacheRead, 480), (Class::CacheWrite5m, 120), (Class::Output, 140)];
pub(super) const LONG_CACHE: Mix =
    &[(Class::Input, 500), (Class::CacheRead, 420), (Class::CacheWrite5m, 60), (Class::CacheWrite1h, 40), (Class::Output, 90)];
pub(super) const PLAIN: Mix = &[(Class::Input, 900), (Class::Output, 160)];
pub(super) const EMBED: Mix = &[(Class::Input, 1000)];
/// 18 % of what enters the model is read from the cache.
pub(super) const POLICY: Mix =
    &[(Class::Input, 700_000), (Class::CacheRead, 180_000), (Class::CacheWrite5m, 120_000), (Class::Output, 80_945)];
/// The same application before its answers grew long.
pub(super) const POLICY_EARLIER: Mix =
    &[(Class::Input, 560_000), (Class::CacheRead, 330_000), (Class::CacheWrite5m, 110_000), (Class::Output, 40_400)];

pub(super) const OFFICE_HOURS: &[i64] = &[8, 11, 15];
pub(super) const NIGHT: &[i64] = &[1, 2];

pub(super) const fn role(name: &'static str) -> Caller {
    Caller::Role { path: "", name }
}

/// A stream with the usual properties; the table below changes what differs.
pub(super) const BASE: Stream = Stream {
    caller: Caller::Unnamed,
    sessions: Sessions::Fixed("app"),
    account: &PROD,
    region: &US_EAST_1,
    model: &NOVA_LITE,
    channel: Channel::Native,
    tier: Tier::Standard,
    routing: Routing::Regional,
    mantle: false,
    via: Via::FoundationModel,
    mix: PLAIN,
    shape: Shape::Steady,
    hours: OFFICE_HOURS,
    season: ALWAYS,
    cents: [0; 8],
    product_tag: "",
    calls: 0,
};

pub(super) const SERVICE: Stream = Stream { channel: Channel::Service, via: Via::Profile, mix: CHAT, ..BASE };
pub(super) const MARKETPLACE: Stream = Stream { channel: Channel::Marketplace, via: Via::Profile, mix: CHAT, ..BASE };

pub(super) const HR_PORTAL: Stream =
    Stream { caller: role("hr-portal-api"), sessions: Sessions::Fixed("i-0a1b2c3d4e5f60718"), shape: Shape::Office, ..SERVICE };
pub(super) const POLICY_ASSISTANT: Stream = Stream {
    caller: role("policy-assistant"),
    sessions: Sessions::Fixed("policy-assistant-fn"),
    model: &SONNET_4_6,
    shape: Shape::Flat,
    ..SERVICE
};
pub(super) const INSIGHTS: Stream =
    Stream { caller: role("customer-insights-summariser"), sessions: Sessions::Fresh("ecs"), ..MARKETPLACE };
pub(super) const SURVEYS: Stream =
    Stream { caller: role("survey-themes"), sessions: Sessions::Fixed("survey-batch"), hours: NIGHT, ..BASE };
pub(super) const COPILOT: Stream = Stream {
    caller: role("support-copilot-api"),
    sessions: Sessions::Fresh("agent-desk"),
    hours: &[7, 7, 10, 10, 13, 13, 16, 16, 16],
    ..MARKETPLACE
};
pub(super) const CHECKOUT: Stream = Stream { caller: role("checkout-api"), sessions: Sessions::Fixed("i-0f9e8d7c6b5a41302"), ..BASE };
pub(super) const CHECKOUT_SERVICE: Stream =
    Stream { caller: role("checkout-service"), sessions: Sessions::Fixed("checkout-service"), account: &PRE_PROD, ..MARKETPLACE };
pub(super) const FRAUD: Stream =
    Stream { caller: role("fraud-scoring"), sessions: Sessions::Fixed("fraud-scoring-fn"), region: &EU_CENTRAL_1, ..BASE };
pub(super) const FORECAST: Stream = Stream {
    caller: role("forecast-agent"),
    sessions: Sessions::AgentCore,
    account: &DATA_SCIENCE,
    region: &US_WEST_2,
    hours: &[5, 6, 12],
    ..BASE
};
pub(super) const EXTRACTION: Stream = Stream {
    caller: Caller::Role { path: "service-role/", name: "doc-extraction-lambda" },
    sessions: Sessions::Fixed("doc-extraction-lambda"),
    account: &DATA_SCIENCE,
    region: &US_WEST_2,
    ..BASE
};
