//! The columns of an export and how each is filled from a line. CUR 2.0 as `COST_AND_USAGE_REPORT` delivers it with resources and caller
//! identity, and the older column set that others still feed in.

use std::borrow::Cow;

use jiff::Timestamp;

use super::line::{Line, PAYER};
use super::random::SplitMix64;

/// What is the same for all lines of one delivery of one billing period.
#[derive(Debug, Clone, Copy)]
pub struct Delivery {
    /// Hours since 1970 of the period's first hour, and of the hour after its last.
    pub period_start: i64,
    pub period_end: i64,
    /// The month is closed: every line carries an invoice id.
    pub invoiced: bool,
}

type Text = for<'a> fn(&'a Line, &'a Delivery) -> Option<Cow<'a, str>>;

/// How a column is filled; the Parquet type follows from it.
#[derive(Clone, Copy)]
pub enum Fill {
    Text(Text),
    Number(fn(&Line) -> Option<f64>),
    /// Hours since 1970, written as milliseconds, UTC.
    Time(fn(&Line, &Delivery) -> i64),
    /// map<string,string>
    Map(for<'a> fn(&'a Line) -> Vec<(&'a str, &'a str)>),
    /// map<string,double>, empty in this demo: its discounts are lines of their own.
    NumberMap,
}

#[derive(Clone, Copy)]
pub struct Column {
    pub name: &'static str,
    pub fill: Fill,
}

const fn text(name: &'static str, fill: Text) -> Column {
    Column { name, fill: Fill::Text(fill) }
}

#[expect(clippy::unnecessary_wraps, reason = "the shape every text column has")]
const fn some(value: &str) -> Option<Cow<'_, str>> {
    Some(Cow::Borrowed(value))
}

fn present(value: &str) -> Option<Cow<'_, str>> {
    if value.is_empty() { None } else { some(value) }
}

/// `product[key]`, as the older layout has it in a column of its own.
fn product<'a>(line: &'a Line, key: &str) -> Option<Cow<'a, str>> {
    line.meter.product.iter().find(|(name, _)| name == key).and_then(|(_, value)| present(value))
}

/// Not unique alone: the lines of one meter and caller share it, one per hour.
fn line_item_id(line: &Line) -> String {
    let meter = &line.meter;
    let caller = line.principal.as_deref().unwrap_or_default();
    let resource = meter.resource_id.as_deref().unwrap_or_default();
    SplitMix64::named(0, &format!("{}/{}/{}/{resource}/{caller}", meter.account.id, meter.line_type, meter.usage_type)).id(52)
}

#[must_use]
pub fn instant(hour: i64) -> String {
    Timestamp::from_second(hour * 3600).map_or_else(|_| String::new(), |at| at.to_string())
}

fn invoice(line: &Line, delivery: &Delivery) -> Option<Cow<'static, str>> {
    let issuer = if line.meter.entity == "AWS" { 24 } else { 31 };
    delivery.invoiced.then(|| Cow::Owned(format!("{issuer}{:08}", delivery.period_start)))
}

fn rate(line: &Line) -> Option<Cow<'static, str>> {
    let meter = &line.meter;
    (meter.price > 0).then(|| {
        let per_unit = agent_bill_domain::money::scale(meter.price, meter.tokens_per_unit, 1_000_000);
        Cow::Owned(agent_bill_domain::money::NanoUsd(per_unit).to_string())
    })
}

fn tags(line: &Line) -> Vec<(&str, &str)> {
    let named = line.principal.as_deref().is_some_and(|principal| !principal.is_empty());
    let shown = |key: &str| named || !key.starts_with("iamPrincipal/");
    line.meter.tags.iter().filter(|(key, _)| shown(key)).map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

fn pairs(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

const START: Fill = Fill::Time(|line, _| line.start_hour);
const END: Fill = Fill::Time(|line, _| line.start_hour + line.hours);
const COST: Fill = Fill::Number(|line| Some(line.cost));

/// CUR 2.0, in the alphabetical order AWS uses.
pub const CUR2: &[Column] = &[
    text("bill_bill_type", |line, _| some(if line.meter.line_type == "Refund" { "Refund" } else { "Anniversary" })),
    text("bill_billing_entity", |line, _| some(line.meter.entity)),
    Column { name: "bill_billing_period_end_date", fill: Fill::Time(|_, delivery| delivery.period_end) },
    Column { name: "bill_billing_period_start_date", fill: Fill::Time(|_, delivery| delivery.period_start) },
    text("bill_invoice_id", invoice),
    text("bill_invoicing_entity", |line, _| some(line.meter.legal_entity)),
    text("bill_payer_account_id", |_, _| some(PAYER.id)),
    text("bill_payer_account_name", |_, _| some(PAYER.name)),
    Column { name: "cost_category", fill: Fill::Map(|_| Vec::new()) },
    Column { name: "discount", fill: Fill::NumberMap },
    Column { name: "discount_bundled_discount", fill: Fill::Number(|_| None) },
    Column { name: "discount_total_discount", fill: Fill::Number(|_| None) },
    text("identity_line_item_id", |line, _| Some(Cow::Owned(line_item_id(line)))),
    text("identity_time_interval", |line, _| {
        Some(Cow::Owned(format!("{}/{}", instant(line.start_hour), instant(line.start_hour + line.hours))))
    }),
    Column { name: "line_item_blended_cost", fill: COST },
    text("line_item_currency_code", |line, _| some(line.meter.currency)),
    text("line_item_iam_principal", |line, _| line.principal.as_deref().map(Cow::Borrowed)),
    text("line_item_legal_entity", |line, _| some(line.meter.legal_entity)),
    text("line_item_line_item_description", |line, _| present(&line.meter.description)),
    text("line_item_line_item_type", |line, _| some(line.meter.line_type)),
    Column { name: "line_item_net_unblended_cost", fill: COST },
    text("line_item_net_unblended_rate", |line, _| rate(line)),
    text("line_item_operation", |line, _| present(line.meter.operation)),
    text("line_item_product_code", |line, _| some(&line.meter.product_code)),
    text("line_item_resource_id", |line, _| line.meter.resource_id.as_deref().map(Cow::Borrowed)),
    text("line_item_tax_type", |line, _| if line.meter.line_type == "Tax" { some("VAT") } else { None }),
    Column { name: "line_item_unblended_cost", fill: COST },
    text("line_item_unblended_rate", |line, _| rate(line)),
    text("line_item_usage_account_id", |line, _| some(line.meter.account.id)),
    text("line_item_usage_account_name", |line, _| some(line.meter.account.name)),
    Column { name: "line_item_usage_amount", fill: Fill::Number(|line| Some(line.amount)) },
    Column { name: "line_item_usage_end_date", fill: END },
    Column { name: "line_item_usage_start_date", fill: START },
    text("line_item_usage_type", |line, _| present(&line.meter.usage_type)),
    text("line_item_user_identifier", |_, _| None),
    Column { name: "pricing_public_on_demand_cost", fill: COST },
    text("pricing_public_on_demand_rate", |line, _| rate(line)),
    text("pricing_term", |line, _| if line.meter.line_type == "Usage" { some("OnDemand") } else { None }),
    text("pricing_unit", |line, _| present(line.meter.pricing_unit)),
    Column { name: "product", fill: Fill::Map(|line| pairs(&line.meter.product)) },
    text("product_operation", |line, _| present(line.meter.operation)),
    text("product_pricing_unit", |_, _| None),
    text("product_product_family", |line, _| line.meter.family.map(Cow::Borrowed)),
    text("product_region_code", |line, _| some(line.meter.region.name)),
    text("product_servicecode", |line, _| line.meter.servicecode.map(Cow::Borrowed)),
    text("product_sku", |line, _| Some(Cow::Owned(SplitMix64::named(1, &line.meter.usage_type).id(16).to_uppercase()))),
    text("product_usagetype", |line, _| present(&line.meter.usage_type)),
    Column { name: "resource_tags", fill: Fill::Map(|line| pairs(&line.meter.resource_tags)) },
    Column { name: "tags", fill: Fill::Map(tags) },
];

/// The older column set, in another order: no principal, no maps, product attributes and tags as columns.
pub const LEGACY: &[Column] = &[
    text("identity_line_item_id", |line, _| Some(Cow::Owned(line_item_id(line)))),
    text("line_item_usage_account_id", |line, _| some(line.meter.account.id)),
    text("line_item_line_item_type", |line, _| some(line.meter.line_type)),
    Column { name: "line_item_usage_start_date", fill: START },
    Column { name: "line_item_usage_end_date", fill: END },
    text("line_item_product_code", |line, _| some(&line.meter.product_code)),
    text("line_item_usage_type", |line, _| present(&line.meter.usage_type)),
    text("line_item_operation", |line, _| present(line.meter.operation)),
    text("line_item_resource_id", |line, _| line.meter.resource_id.as_deref().map(Cow::Borrowed)),
    Column { name: "line_item_usage_amount", fill: Fill::Number(|line| Some(line.amount)) },
    text("line_item_currency_code", |line, _| some(line.meter.currency)),
    text("line_item_unblended_rate", |line, _| rate(line)),
    Column { name: "line_item_unblended_cost", fill: COST },
    Column { name: "line_item_blended_cost", fill: COST },
    text("line_item_line_item_description", |line, _| present(&line.meter.description)),
    text("bill_invoice_id", invoice),
    text("bill_billing_entity", |line, _| some(line.meter.entity)),
    text("bill_bill_type", |_, _| some("Anniversary")),
    text("bill_payer_account_id", |_, _| some(PAYER.id)),
    Column { name: "bill_billing_period_start_date", fill: Fill::Time(|_, delivery| delivery.period_start) },
    Column { name: "bill_billing_period_end_date", fill: Fill::Time(|_, delivery| delivery.period_end) },
    text("product_product_name", |line, _| product(line, "product_name")),
    text("product_servicecode", |line, _| line.meter.servicecode.map(Cow::Borrowed)),
    text("product_region", |line, _| some(line.meter.region.name)),
    text("product_provider", |line, _| product(line, "provider")),
    text("product_model", |line, _| product(line, "model")),
    text("product_inference_type", |line, _| product(line, "inference_type")),
    text("pricing_unit", |line, _| present(line.meter.pricing_unit)),
    text("pricing_term", |line, _| if line.meter.line_type == "Usage" { some("OnDemand") } else { None }),
    Column { name: "pricing_public_on_demand_cost", fill: COST },
    text("resource_tags_user_team", |line, _| {
        line.meter.resource_tags.iter().find(|(key, _)| key == "user_team").and_then(|(_, value)| present(value))
    }),
];
