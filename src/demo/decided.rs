//! What the people of the demo decided: estimates of their workloads, and decisions on models. All models in use are covered but for two
//! uses in November, which are the two findings the demo is about.

use agent_bill_domain::catalog::{ActionScope, DecisionState, Route};

use super::line::{Account, DATA_SCIENCE, EU_CENTRAL_1, PRE_PROD, PROD, Region, SANDBOX, US_EAST_1, US_WEST_2};
use super::models::{GPT_OSS_120B, HAIKU_4_5, NOVA_2_LITE, NOVA_LITE, NOVA_PRO, OPUS_4_7, SONNET_4_6, SONNET_5, TITAN_EMBED_V2};

/// A decision of the FinOps Lead.
#[derive(Debug, Clone, Copy)]
pub struct DemoDecision {
    /// Canonical key; the name of a model that the bill does not show.
    pub model: &'static str,
    pub state: DecisionState,
    /// `None`: everywhere (blocks only).
    pub place: Option<(&'static Account, &'static Region)>,
    pub route: Route,
    pub action_scope: ActionScope,
    pub workloads: &'static [&'static str],
    pub rationale: &'static str,
    /// The day it was decided and came into force.
    pub decided_on: &'static str,
    /// The day a Cloud Engineer marked it done; empty while that is outstanding.
    pub implemented_on: &'static str,
}

pub const FINOPS_LEAD: &str = "grace.lin@example.com";
pub const CLOUD_ENGINEER: &str = "omar.haddad@example.com";

const START: DemoDecision = DemoDecision {
    model: "",
    state: DecisionState::Approved,
    place: None,
    route: Route::OnDemand,
    action_scope: ActionScope::InferenceOnly,
    workloads: &[],
    rationale: "Part of the starting catalogue; price, data residency and terms were reviewed",
    decided_on: "2026-03-25",
    implemented_on: "2026-03-30",
};

const fn from_start(model: &'static str, place: (&'static Account, &'static Region), route: Route) -> DemoDecision {
    DemoDecision { model, place: Some(place), route, ..START }
}

const PROD_US: (&Account, &Region) = (&PROD, &US_EAST_1);
const PROD_EU: (&Account, &Region) = (&PROD, &EU_CENTRAL_1);
const PRE_PROD_US: (&Account, &Region) = (&PRE_PROD, &US_EAST_1);
const SCIENCE: (&Account, &Region) = (&DATA_SCIENCE, &US_WEST_2);
const PLAYGROUND: (&Account, &Region) = (&SANDBOX, &US_EAST_1);

pub const DECISIONS: &[DemoDecision] = &[
    from_start(SONNET_4_6.key, PROD_US, Route::GeoProfile),
    from_start(SONNET_4_6.key, SCIENCE, Route::GeoProfile),
    from_start(SONNET_4_6.key, PLAYGROUND, Route::GlobalProfile),
    from_start(HAIKU_4_5.key, PROD_US, Route::GeoProfile),
    from_start(HAIKU_4_5.key, PROD_US, Route::GlobalProfile),
    from_start(HAIKU_4_5.key, PROD_EU, Route::GeoProfile),
    from_start(HAIKU_4_5.key, PRE_PROD_US, Route::GeoProfile),
    from_start(HAIKU_4_5.key, SCIENCE, Route::GeoProfile),
    from_start(NOVA_PRO.key, PROD_US, Route::OnDemand),
    from_start(NOVA_PRO.key, PRE_PROD_US, Route::OnDemand),
    from_start(NOVA_PRO.key, SCIENCE, Route::OnDemand),
    from_start(NOVA_PRO.key, PLAYGROUND, Route::OnDemand),
    from_start(NOVA_LITE.key, PROD_US, Route::OnDemand),
    from_start(NOVA_LITE.key, PROD_EU, Route::OnDemand),
    from_start(NOVA_LITE.key, PLAYGROUND, Route::OnDemand),
    from_start(NOVA_2_LITE.key, PROD_US, Route::GlobalProfile),
    from_start(NOVA_2_LITE.key, SCIENCE, Route::GlobalProfile),
    from_start(GPT_OSS_120B.key, PROD_US, Route::OnDemand),
    from_start(GPT_OSS_120B.key, PROD_US, Route::Mantle),
    from_start(TITAN_EMBED_V2.key, PROD_US, Route::OnDemand),
    DemoDecision {
        state: DecisionState::Restricted,
        workloads: &["Insights Summariser"],
        rationale: "Only where the longer context pays: weekly summaries of whole call transcripts",
        decided_on: "2026-04-27",
        implemented_on: "2026-04-29",
        ..from_start(SONNET_5.key, PROD_US, Route::GeoProfile)
    },
    DemoDecision {
        action_scope: ActionScope::AgenticReadOnly,
        rationale: "The forecasting agent may read forecasts and stock levels; it changes nothing",
        decided_on: "2026-05-26",
        implemented_on: "2026-05-28",
        ..from_start(SONNET_4_6.key, SCIENCE, Route::GeoProfile)
    },
    DemoDecision {
        rationale: "HR letters are billed through their own profile, for the audit of the works council",
        decided_on: "2026-07-28",
        implemented_on: "2026-07-30",
        ..from_start(SONNET_4_6.key, PROD_US, Route::ApplicationProfile)
    },
    DemoDecision {
        rationale: "Reasons for fraud scores need the stronger model; production only, where the volume is known",
        decided_on: "2026-07-27",
        implemented_on: "2026-07-29",
        ..from_start(OPUS_4_7.key, PROD_EU, Route::GeoProfile)
    },
    DemoDecision {
        rationale: "Same use as in eu-central-1, for orders from the United States",
        decided_on: "2026-11-16",
        implemented_on: "",
        ..from_start(OPUS_4_7.key, PROD_US, Route::GeoProfile)
    },
    DemoDecision {
        rationale: "Checkout tests its prompts before release",
        decided_on: "2026-11-18",
        implemented_on: "",
        ..from_start(SONNET_4_6.key, PRE_PROD_US, Route::GeoProfile)
    },
    DemoDecision {
        model: "DeepSeek R1",
        state: DecisionState::Blocked,
        route: Route::Any,
        rationale: "Not reviewed for personal data; blocked everywhere until legal has answered",
        decided_on: "2026-05-11",
        implemented_on: "2026-05-12",
        ..START
    },
];

/// Models that discovery found and nobody has decided on: name and the day they were first seen. Models that only the bill shows come from the
/// rollup.
pub const PENDING_MODELS: &[(&str, &str)] = &[("Claude Opus 5.5", "2026-10-06"), ("Nova Premier", "2026-06-15"), ("Kimi K3", "2026-11-02")];

/// A monthly commitment, in force from a month until a later one.
#[derive(Debug, Clone, Copy)]
pub struct DemoEstimate {
    pub workload: &'static str,
    pub owner: &'static str,
    pub from_month: &'static str,
    /// Whole dollars; `None`: committed in tokens.
    pub usd: Option<i64>,
    /// Input, output, cache read, cache write.
    pub tokens: Option<[i64; 4]>,
}

const LENA: &str = "lena.fischer@example.com";
const DEV: &str = "dev.patel@example.com";
const MARIA: &str = "maria.okafor@example.com";
const KENJI: &str = "kenji.ito@example.com";

const fn dollars(workload: &'static str, owner: &'static str, from_month: &'static str, usd: i64) -> DemoEstimate {
    DemoEstimate { workload, owner, from_month, usd: Some(usd), tokens: None }
}

/// Invoice Extraction has none.
pub const ESTIMATES: &[DemoEstimate] = &[
    dollars("HR Portal Assistant", LENA, "2026-04", 8_500),
    dollars("HR Portal Assistant", LENA, "2026-07", 15_500),
    dollars("HR Portal Assistant", LENA, "2026-10", 21_500),
    // The dollars of the expected tokens at list price, rounded up.
    DemoEstimate {
        workload: "Policy Q&A",
        owner: LENA,
        from_month: "2026-09",
        usd: Some(1_060),
        tokens: Some([210_000_000, 12_140_000, 54_000_000, 36_000_000]),
    },
    dollars("Insights Summariser", DEV, "2026-04", 10_500),
    dollars("Survey Themes", DEV, "2026-06", 4_000),
    DemoEstimate {
        workload: "Agent Assist",
        owner: DEV,
        from_month: "2026-04",
        usd: None,
        tokens: Some([17_000_000_000, 3_100_000_000, 2_000_000_000, 500_000_000]),
    },
    dollars("Checkout Service", MARIA, "2026-05", 6_000),
    dollars("Fraud Scoring", MARIA, "2026-10", 6_000),
    dollars("Demand Forecast", KENJI, "2026-06", 5_500),
];
