//! Who owns which principal in the demo, and since when.

/// A claim of the demo: who it belongs to is settled here for the seeding and, independently, for the ledger.
#[derive(Debug)]
pub struct DemoClaim {
    /// As its owner would paste it.
    pub arn: &'static str,
    pub principal_key: &'static str,
    pub workload: &'static str,
    pub owner: &'static str,
    pub effective_from: &'static str,
    pub released_on: &'static str,
}

pub const NEVER: &str = "9999-12-31";

pub const CLAIMS: &[DemoClaim] = &[
    DemoClaim {
        arn: "arn:aws:iam::111122223333:role/hr-portal-api",
        principal_key: "aws:111122223333:role/hr-portal-api",
        workload: "HR Portal Assistant",
        owner: "lena.fischer@example.com",
        effective_from: "2026-04-08",
        released_on: NEVER,
    },
    DemoClaim {
        arn: "arn:aws:iam::111122223333:role/policy-assistant",
        principal_key: "aws:111122223333:role/policy-assistant",
        workload: "Policy Q&A",
        owner: "lena.fischer@example.com",
        effective_from: "2026-09-01",
        released_on: NEVER,
    },
    DemoClaim {
        arn: "arn:aws:iam::111122223333:role/customer-insights-summariser",
        principal_key: "aws:111122223333:role/customer-insights-summariser",
        workload: "Insights Summariser",
        owner: "dev.patel@example.com",
        effective_from: "2026-04-08",
        released_on: NEVER,
    },
    DemoClaim {
        arn: "arn:aws:sts::111122223333:assumed-role/survey-themes/survey-batch",
        principal_key: "aws:111122223333:role/survey-themes",
        workload: "Survey Themes",
        owner: "dev.patel@example.com",
        effective_from: "2026-06-01",
        released_on: NEVER,
    },
    DemoClaim {
        arn: "arn:aws:iam::111122223333:role/support-copilot-api",
        principal_key: "aws:111122223333:role/support-copilot-api",
        workload: "Agent Assist",
        owner: "dev.patel@example.com",
        effective_from: "2026-04-08",
        released_on: NEVER,
    },
    DemoClaim {
        arn: "arn:aws:iam::111122223333:role/checkout-api",
        principal_key: "aws:111122223333:role/checkout-api",
        workload: "Checkout Service",
        owner: "maria.okafor@example.com",
        effective_from: "2026-05-01",
        released_on: NEVER,
    },
    DemoClaim {
        arn: "arn:aws:iam::222233334444:role/checkout-service",
        principal_key: "aws:222233334444:role/checkout-service",
        workload: "Checkout Service",
        owner: "maria.okafor@example.com",
        effective_from: "2026-05-01",
        released_on: NEVER,
    },
    DemoClaim {
        arn: "arn:aws:iam::111122223333:role/checkout-legacy",
        principal_key: "aws:111122223333:role/checkout-legacy",
        workload: "Checkout Service",
        owner: "maria.okafor@example.com",
        effective_from: "2026-04-08",
        released_on: "2026-10-16",
    },
    DemoClaim {
        arn: "arn:aws:iam::111122223333:role/fraud-scoring",
        principal_key: "aws:111122223333:role/fraud-scoring",
        workload: "Fraud Scoring",
        owner: "maria.okafor@example.com",
        effective_from: "2026-10-12",
        released_on: NEVER,
    },
    DemoClaim {
        arn: "arn:aws:sts::333344445555:assumed-role/forecast-agent/BedrockAgentCore-0b425b4e-2f6a-4c52-9a35-6b1f0c9d2e11",
        principal_key: "aws:333344445555:role/forecast-agent",
        workload: "Demand Forecast",
        owner: "kenji.ito@example.com",
        effective_from: "2026-06-01",
        released_on: NEVER,
    },
    DemoClaim {
        arn: "arn:aws:iam::333344445555:role/service-role/doc-extraction-lambda",
        principal_key: "aws:333344445555:role/doc-extraction-lambda",
        workload: "Invoice Extraction",
        owner: "kenji.ito@example.com",
        effective_from: "2026-07-01",
        released_on: NEVER,
    },
];
