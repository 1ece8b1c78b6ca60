//! Everything on the bill that is not a named caller's inference: guardrails, knowledge bases, AgentCore, credits, discounts, refunds,
//! taxes, fees, a usage type nobody knows yet, and the services that are not Bedrock at all.

use std::sync::Arc;

use agent_bill_domain::period::Month;
use jiff::ToSpan;
use jiff::civil::date;

use super::expand::DATA_THROUGH;
use super::line::{
    Account, DATA_SCIENCE, Label, Line, Meter, PRE_PROD, PROD, Pairs, Region, SANDBOX, US_EAST_1, US_WEST_2, hour_of_day, quantity, usd,
};
use super::random::SplitMix64;

/// A line without tokens, to be adjusted.
pub fn meter(account: &'static Account, region: &'static Region, product_code: &str, usage_type: &str, label: Label) -> Meter {
    let bedrock = label.bedrock;
    Meter {
        line_type: "Usage",
        entity: "AWS",
        legal_entity: "Amazon Web Services, Inc.",
        product_code: product_code.to_owned(),
        servicecode: None,
        family: None,
        usage_type: usage_type.to_owned(),
        operation: "",
        resource_id: None,
        account,
        region,
        currency: "USD",
        pricing_unit: "",
        price: 0,
        tokens_per_unit: 1,
        description: String::new(),
        product: if bedrock { vec![("product_name".to_owned(), "Amazon Bedrock".to_owned())] } else { Pairs::new() },
        resource_tags: Pairs::new(),
        tags: vec![("accountTag/environment".to_owned(), account.name.to_owned())],
        label,
    }
}

pub fn line(meter: &Arc<Meter>, start_hour: i64, hours: i64, amount: f64, cost: f64) -> Line {
    Line { meter: Arc::clone(meter), principal: None, start_hour, hours, tokens: 0, amount, cost }
}

/// All of them for one month.
#[must_use]
pub fn sundries(month: Month, seed: u64) -> Vec<Line> {
    let mut random = SplitMix64::named(seed, &format!("sundries/{month}"));
    let mut lines = by_design(month, &mut random);
    lines.extend(unknown_usage_type(month));
    lines.extend(adjustments(month));
    lines.extend(other_services(month, &mut random));
    lines
}

fn days(month: Month) -> impl Iterator<Item = jiff::civil::Date> {
    let last = month.last().min(DATA_THROUGH);
    month.first().series(1.day()).take_while(move |day| *day <= last)
}

/// Bedrock usage for which AWS names no principal. Half of it is written as NULL, half as an empty string.
fn by_design(month: Month, random: &mut SplitMix64) -> Vec<Line> {
    let guardrail = |account| {
        let usage_type = "USE1-Guardrail-SensitiveInformationPolicyPaidUnitsConsumed";
        let label = Label::plain("usage", "native", "guardrail_unit");
        Arc::new(Meter {
            operation: "ApplyGuardrail",
            pricing_unit: "TextUnits",
            servicecode: Some("AmazonBedrock"),
            ..meter(account, &US_EAST_1, "AmazonBedrock", usage_type, label)
        })
    };
    let knowledge = Arc::new(Meter {
        operation: "Retrieve",
        servicecode: Some("AmazonBedrock"),
        ..meter(
            &DATA_SCIENCE,
            &US_WEST_2,
            "AmazonBedrock",
            "USW2-Knowledge-Base:Consumption-based:Retrieval",
            Label::plain("usage", "native", "knowledge_base"),
        )
    });
    let agentcore = Arc::new(Meter {
        pricing_unit: "vCPU-Hours",
        servicecode: Some("AmazonBedrockAgentCore"),
        product: vec![("product_name".to_owned(), "Amazon Bedrock AgentCore".to_owned())],
        ..meter(
            &DATA_SCIENCE,
            &US_WEST_2,
            "AmazonBedrockAgentCore",
            "USW2-Runtime:Consumption-based:vCPU",
            Label::plain("usage", "other", "agentcore"),
        )
    });
    let meters = [(guardrail(&PROD), 150_000), (guardrail(&PRE_PROD), 150_000), (knowledge, 2_000_000), (agentcore, 89_500_000)];
    let mut lines = Vec::new();
    for day in days(month) {
        for (at, (meter, unit_price)) in meters.iter().enumerate() {
            let units = random.between(8, 40);
            let mut line = line(meter, hour_of_day(day, 12), 1, quantity(units, 1), usd(units * unit_price));
            if at % 2 == 1 && day >= super::line::FIRST_PRINCIPAL_DAY {
                line.principal = Some(Arc::from(""));
            }
            lines.push(line);
        }
    }
    lines
}

/// A usage type of tomorrow: its cost must stay visible under `other`. Its amounts have more decimals than a nano-dollar.
fn unknown_usage_type(month: Month) -> Vec<Line> {
    if month.first() < date(2026, 10, 1) {
        return Vec::new();
    }
    let label = Label { model_key: "amazon/nova-pro", ..Label::plain("usage", "native", "other") };
    let meter = Arc::new(Meter {
        operation: "InvokeModelInference",
        pricing_unit: "Anchors",
        servicecode: Some("AmazonBedrock"),
        family: Some("Amazon Bedrock"),
        product: vec![("provider".to_owned(), "Amazon".to_owned()), ("model".to_owned(), "Nova Pro".to_owned())],
        ..meter(&SANDBOX, &US_EAST_1, "AmazonBedrock", "USE1-NovaPro-contextual-anchors", label)
    });
    let costs = [0.411_522_633_75, 0.205_761_316_872_4, 0.617_283_950_500_5];
    (0_i64..).zip(costs).map(|(week, cost)| line(&meter, hour_of_day(month.first(), 9 + week * 24 * 6), 1, 3.0, cost)).collect()
}

/// Amounts in cents per month, April … November. The open month has no tax yet.
const CREDITS: [i64; 8] = [0, 0, 0, -30_000, 0, 0, -125_000, -40_000];
const DISCOUNTS: [i64; 8] = [-4_150, -6_020, -7_910, -10_280, -12_640, -15_870, -20_415, -14_630];
const TAXES: [i64; 8] = [3_705, 10_260, 13_490, 17_480, 22_850, 28_120, 37_810, 0];

fn adjustments(month: Month) -> Vec<Line> {
    let index = usize::try_from(i64::from(month.first().month()) - 4).unwrap_or(usize::MAX);
    let of = |table: [i64; 8]| table.get(index).copied().unwrap_or(0) * 10_000_000;
    let whole = month.days() * 24;
    let start = hour_of_day(month.first(), 0);
    let adjustment = |kind, line_type, usage_type: &str, nano: i64| {
        let meter = Meter {
            line_type,
            servicecode: Some("AmazonBedrock"),
            description: format!("{line_type} for Amazon Bedrock"),
            ..meter(&PROD, &US_EAST_1, "AmazonBedrock", usage_type, Label::plain(kind, "native", ""))
        };
        line(&Arc::new(meter), start, whole, 1.0, usd(nano))
    };
    let mut lines = vec![
        adjustment("credit", "Credit", "USE1-NovaPro-output-tokens", of(CREDITS)),
        adjustment("discount", "EdpDiscount", "USE1-NovaPro-input-tokens", of(DISCOUNTS)),
        marketplace_tax(start, whole, of(TAXES)),
    ];
    match month.first().month() {
        8 => lines.push(adjustment("refund", "Refund", "USE1-NovaPro-output-tokens", -35_200_000_000)),
        9 => lines.push(adjustment("fee", "Fee", "", 25_000_000_000)),
        _ => {}
    }
    lines.retain(|line| line.cost != 0.0);
    lines
}

fn marketplace_tax(start: i64, hours: i64, nano: i64) -> Line {
    let listing = super::models::HAIKU_4_5.listing;
    let meter = Meter {
        line_type: "Tax",
        entity: "AWS Marketplace",
        legal_entity: "Anthropic, PBC",
        description: "Tax for product code Claude Haiku 4.5".to_owned(),
        product: vec![("product_name".to_owned(), "Claude Haiku 4.5 (Amazon Bedrock Edition)".to_owned())],
        ..meter(&PROD, &US_EAST_1, listing, "", Label::plain("tax", "marketplace", ""))
    };
    line(&Arc::new(meter), start, hours, 1.0, usd(nano))
}

/// EC2, S3, Lambda, RDS and a Marketplace subscription: never part of a figure.
fn other_services(month: Month, random: &mut SplitMix64) -> Vec<Line> {
    let none = || Label { bedrock: false, ..Label::plain("usage", "other", "") };
    let mut meters = Vec::new();
    for account in [&PROD, &PRE_PROD, &DATA_SCIENCE, &SANDBOX] {
        for (code, usage_type, operation, unit) in OTHER_SERVICES {
            let mut other = Meter {
                operation,
                pricing_unit: unit,
                servicecode: Some(code),
                resource_id: Some(format!("{}-{}", code.to_lowercase(), random.id(10))),
                resource_tags: vec![("user_team".to_owned(), account.name.to_owned())],
                ..meter(account, &US_EAST_1, code, usage_type, none())
            };
            other.product = vec![("product_name".to_owned(), (*code).to_owned()), ("region".to_owned(), "us-east-1".to_owned())];
            meters.push(Arc::new(other));
        }
    }
    let mut lines = Vec::new();
    for day in days(month) {
        for meter in &meters {
            for hour in [0, 12] {
                let units = random.between(1, 500);
                lines.push(line(meter, hour_of_day(day, hour), 12, quantity(units, 10), usd(units * 9_600_000)));
            }
        }
    }
    lines
}

pub const OTHER_SERVICES: &[(&str, &str, &str, &str)] = &[
    ("AmazonEC2", "BoxUsage:m7i.large", "RunInstances", "Hrs"),
    ("AmazonS3", "TimedStorage-ByteHrs", "StandardStorage", "GB-Mo"),
    ("AWSLambda", "Lambda-GB-Second", "Invoke", "Lambda-GB-Second"),
    ("AmazonRDS", "InstanceUsage:db.r7g.large", "CreateDBInstance:0014", "Hrs"),
    ("AmazonCloudWatch", "CW:Requests", "GetMetricData", "Metrics"),
];
