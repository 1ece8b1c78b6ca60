//! Who calls which model in the demo, and what it costs each month.

mod callers;

use super::cast::{Caller, Sessions, Shape, Stream, Via};
use super::line::{DATA_SCIENCE, EU_CENTRAL_1, PRE_PROD, SANDBOX, US_WEST_2};
use super::models::{
    Channel, GPT_OSS_120B, HAIKU_4_5, LLAMA_3_70B, NOVA_2_LITE, NOVA_LITE, NOVA_PRO, OPUS_4_7, Routing, SONNET_4_6, SONNET_5,
    TITAN_EMBED_V2, Tier,
};
use callers::{
    BASE, CHAT, CHECKOUT, CHECKOUT_SERVICE, COPILOT, EMBED, EXTRACTION, FORECAST, FRAUD, HR_PORTAL, INSIGHTS, LONG_CACHE, MARKETPLACE,
    NIGHT, PLAIN, POLICY, POLICY_ASSISTANT, POLICY_EARLIER, SERVICE, SURVEYS, role,
};

/// Every stream of the demo.
pub const STREAMS: &[Stream] = &[
    // HR Portal: 14,200.00 in November.
    Stream { model: &SONNET_4_6, cents: [410_000, 520_000, 640_000, 760_000, 905_000, 1_080_000, 1_340_000, 960_000], ..HR_PORTAL },
    Stream {
        model: &HAIKU_4_5,
        channel: Channel::Marketplace,
        cents: [90_000, 120_000, 150_000, 190_000, 230_000, 300_000, 395_000, 290_000],
        ..HR_PORTAL
    },
    Stream {
        model: &SONNET_4_6,
        via: Via::Application("ab12cd34ef56"),
        cents: [0, 0, 0, 0, 90_000, 140_000, 225_000, 170_000],
        ..HR_PORTAL
    },
    // Policy Assistant: 882.00, output at twice the estimate since November.
    Stream { mix: POLICY_EARLIER, season: ((8, 17), (10, 31)), cents: [0, 0, 0, 0, 42_000, 94_000, 98_500, 0], ..POLICY_ASSISTANT },
    Stream { mix: POLICY, season: ((11, 1), (11, 30)), cents: [0, 0, 0, 0, 0, 0, 0, 88_200], ..POLICY_ASSISTANT },
    // Customer Insights: 9,400.00.
    Stream { model: &SONNET_5, mix: LONG_CACHE, cents: [0, 240_000, 310_000, 395_000, 470_000, 590_000, 742_000, 540_000], ..INSIGHTS },
    Stream {
        model: &NOVA_PRO,
        channel: Channel::Native,
        tier: Tier::Batch,
        via: Via::FoundationModel,
        mix: PLAIN,
        hours: NIGHT,
        cents: [60_000, 75_000, 90_000, 110_000, 130_000, 170_000, 210_000, 150_000],
        ..INSIGHTS
    },
    Stream { model: &GPT_OSS_120B, tier: Tier::Flex, cents: [0, 0, 0, 60_000, 75_000, 98_000, 124_000, 90_000], ..SURVEYS },
    Stream {
        model: &NOVA_2_LITE,
        routing: Routing::Global,
        via: Via::Profile,
        cents: [0, 0, 60_000, 95_000, 120_000, 170_000, 226_000, 160_000],
        ..SURVEYS
    },
    // Support Copilot: 5,250.00.
    Stream {
        model: &HAIKU_4_5,
        routing: Routing::Global,
        cents: [105_000, 150_000, 210_000, 280_000, 350_000, 460_000, 598_000, 425_000],
        ..COPILOT
    },
    Stream {
        model: &NOVA_LITE,
        channel: Channel::Native,
        via: Via::FoundationModel,
        mix: PLAIN,
        cents: [30_000, 40_000, 55_000, 70_000, 86_000, 110_000, 141_000, 100_000],
        ..COPILOT
    },
    // Roles of Experience that nobody claims: 3,800.00 together.
    Stream {
        caller: role("hr-portal-onboarding-bot"),
        sessions: Sessions::Fixed("onboarding-bot"),
        model: &SONNET_4_6,
        season: ((9, 14), (11, 30)),
        cents: [0, 0, 0, 0, 0, 58_000, 163_000, 145_000],
        product_tag: "HR Portal",
        ..SERVICE
    },
    Stream {
        caller: role("ci-nightly-embeddings"),
        sessions: Sessions::Fresh("nightly"),
        model: &TITAN_EMBED_V2,
        mix: EMBED,
        hours: NIGHT,
        cents: [0, 0, 0, 12_000, 18_000, 27_000, 44_000, 35_000],
        product_tag: "Customer Insights",
        ..BASE
    },
    Stream {
        caller: role("ci-nightly-embeddings"),
        sessions: Sessions::Fresh("nightly"),
        model: &NOVA_PRO,
        hours: NIGHT,
        cents: [0, 0, 0, 40_000, 66_000, 98_000, 151_000, 125_000],
        product_tag: "Customer Insights",
        ..BASE
    },
    Stream {
        caller: role("copilot-eval-runner"),
        sessions: Sessions::Fixed("eval"),
        model: &HAIKU_4_5,
        season: ((10, 19), (11, 30)),
        cents: [0, 0, 0, 0, 0, 0, 41_000, 75_000],
        product_tag: "Support Copilot",
        ..MARKETPLACE
    },
    // Checkout: 3,760.00, of which 2,400.00 on a model that is approved for prod only.
    Stream { model: &NOVA_PRO, cents: [0, 38_000, 44_000, 52_000, 61_000, 70_000, 91_000, 64_000], ..CHECKOUT },
    Stream {
        model: &HAIKU_4_5,
        channel: Channel::Marketplace,
        region: &EU_CENTRAL_1,
        via: Via::Profile,
        mix: CHAT,
        cents: [0, 30_000, 37_000, 45_000, 56_000, 68_000, 84_000, 60_000],
        ..CHECKOUT
    },
    Stream {
        model: &OPUS_4_7,
        season: ((11, 3), (11, 30)),
        hours: &[9, 10, 11, 13, 14, 15, 16, 17],
        cents: [0, 0, 0, 0, 0, 0, 0, 240_000],
        calls: 140,
        ..CHECKOUT_SERVICE
    },
    Stream { model: &HAIKU_4_5, cents: [0, 4_000, 6_000, 8_000, 9_500, 12_500, 16_400, 12_000], calls: 860, ..CHECKOUT_SERVICE },
    Stream {
        caller: role("checkout-legacy"),
        sessions: Sessions::Fixed("i-0123456789abcdef0"),
        model: &NOVA_LITE,
        cents: [62_000, 70_000, 66_000, 61_000, 58_000, 54_000, 47_500, 31_000],
        product_tag: "Checkout",
        ..BASE
    },
    // Fraud Signals: 2,150.00, and a gateway role nobody claims.
    Stream {
        model: &OPUS_4_7,
        channel: Channel::Marketplace,
        via: Via::Profile,
        mix: CHAT,
        cents: [0, 0, 0, 0, 70_000, 96_000, 128_000, 90_000],
        ..FRAUD
    },
    Stream { model: &NOVA_LITE, cents: [40_000, 52_000, 70_000, 88_000, 110_000, 140_000, 178_000, 125_000], ..FRAUD },
    Stream {
        caller: role("ai-gateway"),
        sessions: Sessions::Fresh("gw"),
        account: &PRE_PROD,
        model: &NOVA_PRO,
        hours: &[6, 6, 6, 12, 12, 12, 18, 18, 18],
        cents: [0, 0, 21_000, 28_000, 34_000, 52_000, 80_500, 64_000],
        product_tag: "Fraud Signals",
        calls: 1_240,
        ..BASE
    },
    // Forecasting Lab: 4,620.00, an agent.
    Stream {
        model: &SONNET_4_6,
        channel: Channel::Service,
        via: Via::Profile,
        mix: CHAT,
        cents: [0, 0, 150_000, 190_000, 230_000, 275_000, 362_000, 312_000],
        calls: 5_210,
        ..FORECAST
    },
    Stream { model: &NOVA_PRO, cents: [0, 40_000, 62_000, 80_000, 96_000, 120_000, 158_000, 150_000], calls: 3_480, ..FORECAST },
    // Doc Extraction: 1,730.00, a role with a path.
    Stream {
        model: &NOVA_2_LITE,
        routing: Routing::Global,
        via: Via::Profile,
        season: ((7, 1), (11, 30)),
        cents: [0, 0, 0, 48_000, 66_000, 94_000, 133_000, 113_000],
        calls: 9_100,
        ..EXTRACTION
    },
    Stream {
        model: &HAIKU_4_5,
        channel: Channel::Service,
        via: Via::Profile,
        mix: CHAT,
        sessions: Sessions::RoleArn,
        season: ((6, 1), (11, 30)),
        cents: [0, 0, 9_000, 21_000, 33_000, 45_000, 71_000, 60_000],
        calls: 2_150,
        ..EXTRACTION
    },
    // A model nobody ever decided on, from a notebook role nobody claims.
    Stream {
        caller: role("nb-exploration"),
        sessions: Sessions::Fixed("notebook-7"),
        account: &DATA_SCIENCE,
        model: &LLAMA_3_70B,
        hours: &[14, 15],
        season: ((11, 12), (11, 13)),
        cents: [0, 0, 0, 0, 0, 0, 0, 4_500],
        calls: 8,
        ..BASE
    },
    // People signed in through Identity Center.
    Stream {
        caller: role("AWSReservedSSO_DataScientist_0a1b2c3d4e5f6071"),
        sessions: Sessions::People(&["kenji.ito@example.com", "sofia.rossi@example.com", "intern.01@example.com"]),
        account: &DATA_SCIENCE,
        region: &US_WEST_2,
        model: &NOVA_PRO,
        shape: Shape::Office,
        cents: [0, 11_000, 12_500, 14_020, 15_510, 17_240, 28_830, 21_240],
        calls: 415,
        ..BASE
    },
    // Sandbox: an API key, and a user with a path.
    Stream {
        caller: Caller::User { path: "", name: "BedrockAPIKey-k3v9" },
        account: &SANDBOX,
        model: &NOVA_LITE,
        cents: [0, 0, 4_120, 5_230, 6_015, 7_344, 12_310, 9_635],
        ..BASE
    },
    Stream {
        caller: Caller::User { path: "interns/", name: "alice" },
        account: &SANDBOX,
        model: &SONNET_4_6,
        routing: Routing::Global,
        season: ((10, 5), (10, 16)),
        cents: [0, 0, 0, 0, 0, 0, 1_890, 0],
        ..SERVICE
    },
    // The newer endpoint wrote no principal in its first months.
    Stream { model: &GPT_OSS_120B, mantle: true, season: ((4, 20), (6, 30)), cents: [5_500, 17_800, 21_350, 0, 0, 0, 0, 0], ..BASE },
];
