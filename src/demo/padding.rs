//! More lines, for measuring: one in ten is Bedrock, all in an account that belongs to nobody, so the demo's figures stay as they are.

use std::sync::Arc;

use agent_bill_domain::period::Month;

use super::expand::{DATA_THROUGH, cost_of};
use super::line::{Account, Label, Line, Meter, US_EAST_1, hour_of_day, quantity, usd};
use super::models::{Channel, Class, NOVA_LITE, NOVA_PRO, Routing, Tier};
use super::random::SplitMix64;
use super::sku::Sku;
use super::sundries::{OTHER_SERVICES, meter};

pub const LOAD_TEST: Account = Account { id: "555566667777", name: "load-test" };

/// Resources of other services; with the hours of a month they make the lines distinct.
const RESOURCES: i64 = 400;
const ROLES: i64 = 40;
const SESSIONS: i64 = 25;

/// `count` lines of `month`, made one at a time.
pub fn padding(month: Month, count: i64, seed: u64) -> impl Iterator<Item = Line> {
    let mut random = SplitMix64::named(seed, &format!("padding/{month}"));
    let others = other_meters(&mut random);
    let inference = inference_meters();
    let first = hour_of_day(month.first(), 0);
    let last = hour_of_day(month.last().min(DATA_THROUGH), 23);
    (0..count).filter_map(move |number| {
        let hour = random.between(first, last);
        if number % 10 == 0 { inference_line(&inference, hour, &mut random) } else { other_line(&others, hour, &mut random) }
    })
}

fn pick<'a, T>(of: &'a [T], random: &mut SplitMix64) -> Option<&'a T> {
    let last = i64::try_from(of.len()).unwrap_or(0) - 1;
    usize::try_from(random.between(0, last)).ok().and_then(|at| of.get(at))
}

fn other_line(meters: &[Arc<Meter>], hour: i64, random: &mut SplitMix64) -> Option<Line> {
    let meter = Arc::clone(pick(meters, random)?);
    let units = random.between(1, 5_000);
    Some(Line { meter, principal: None, start_hour: hour, hours: 1, tokens: 0, amount: quantity(units, 1_000), cost: usd(units * 96_137) })
}

fn inference_line(callers: &[Role], hour: i64, random: &mut SplitMix64) -> Option<Line> {
    let role = pick(callers, random)?;
    let principal = Arc::clone(pick(&role.principals, random)?);
    let meter = Arc::clone(pick(&role.meters, random)?);
    let tokens = random.between(200, 90_000);
    let before = super::line::day_of_hour(hour) < super::line::FIRST_PRINCIPAL_DAY;
    Some(Line {
        principal: if before { None } else { Some(principal) },
        start_hour: hour,
        hours: 1,
        tokens,
        amount: quantity(tokens, meter.tokens_per_unit),
        cost: usd(cost_of(tokens, meter.price)),
        meter,
    })
}

fn other_meters(random: &mut SplitMix64) -> Vec<Arc<Meter>> {
    let label = || Label { bedrock: false, ..Label::plain("usage", "other", "") };
    let mut meters = Vec::new();
    for (code, usage_type, operation, unit) in OTHER_SERVICES {
        for _ in 0..RESOURCES {
            meters.push(Arc::new(Meter {
                operation,
                pricing_unit: unit,
                servicecode: Some(code),
                resource_id: Some(format!("{}-{}", code.to_lowercase(), random.id(10))),
                product: vec![("product_name".to_owned(), (*code).to_owned())],
                ..meter(&LOAD_TEST, &US_EAST_1, code, usage_type, label())
            }));
        }
    }
    meters
}

/// A caller: its session ARNs, and a meter for each class of two models.
struct Role {
    principals: Vec<Arc<str>>,
    meters: Vec<Arc<Meter>>,
}

fn inference_meters() -> Vec<Role> {
    (0..ROLES)
        .map(|role| {
            let name = format!("load-{role:02}");
            let session = |number| Arc::from(format!("arn:aws:sts::{}:assumed-role/{name}/run-{number:03}", LOAD_TEST.id));
            let mut meters = Vec::new();
            for model in [&NOVA_LITE, &NOVA_PRO] {
                for class in [Class::Input, Class::Output, Class::CacheRead] {
                    let (channel, tier, routing) = (Channel::Native, Tier::Standard, Routing::Regional);
                    let sku = Sku { model, channel, class, tier, routing, mantle: false };
                    let label = Label {
                        model_key: model.key,
                        principal_key: format!("aws:{}:role/{name}", LOAD_TEST.id),
                        ..Label::plain("usage", "native", class.key())
                    };
                    meters.push(Arc::new(Meter {
                        operation: "InvokeModelInference",
                        pricing_unit: sku.pricing_unit(),
                        price: sku.price(),
                        tokens_per_unit: sku.tokens_per_unit(),
                        servicecode: Some("AmazonBedrock"),
                        family: Some("Amazon Bedrock"),
                        resource_id: Some(format!("arn:aws:bedrock:us-east-1::foundation-model/{}", model.id)),
                        product: vec![
                            ("product_name".to_owned(), "Amazon Bedrock".to_owned()),
                            ("provider".to_owned(), model.provider.to_owned()),
                            ("model".to_owned(), model.name.to_owned()),
                        ],
                        ..meter(&LOAD_TEST, &US_EAST_1, "AmazonBedrock", &sku.usage_type("USE1"), label)
                    }));
                }
            }
            Role { principals: (0..SESSIONS).map(session).collect(), meters }
        })
        .collect()
}
