//! Turns a stream and a month into lines whose costs sum to the stream's amount to the nano-dollar, with whole tokens and true prices.

use std::sync::Arc;

use agent_bill_domain::period::Month;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

use super::cast::{Caller, Sessions, Shape, Stream, Via};
use super::line::{FIRST_PRINCIPAL_DAY, Label, Line, Meter, Pairs, hour_of_day, quantity, usd};
use super::models::{Channel, Class, Routing};
use super::random::SplitMix64;
use super::sku::Sku;

/// Last day with usage in the demo's bill.
pub const DATA_THROUGH: Date = date(2026, 11, 21);

/// First month whose rows carry `product['provider']` and `product['model']`.
const MODEL_METADATA_SINCE: Date = date(2026, 7, 1);

/// One hour of one session, with its share of the month.
struct Slot {
    day: Date,
    hour: i64,
    principal: Option<Arc<str>>,
    weight: i64,
}

/// The lines of `stream` in `month`; none when it has no amount there.
#[must_use]
pub fn expand(stream: &Stream, month: Month, seed: u64) -> Vec<Line> {
    let index = usize::try_from(i64::from(month.first().month()) - 4).unwrap_or(usize::MAX);
    let target = stream.cents.get(index).copied().unwrap_or(0) * 10_000_000;
    if target == 0 {
        return Vec::new();
    }
    let name = format!("{:?}/{}/{}/{}/{month}", stream.caller, stream.account.id, stream.model.key, stream.region.name);
    let slots = slots(stream, month, &mut SplitMix64::named(seed, &name));
    let meters: Vec<(Arc<Meter>, i64)> = stream.mix.iter().map(|&(class, share)| (Arc::new(meter(stream, class, month)), share)).collect();

    let total_weight: i128 = slots.iter().map(|slot| i128::from(slot.weight)).sum();
    let cost_of_mix: i128 = meters.iter().map(|(meter, share)| i128::from(meter.price) * i128::from(*share)).sum();
    let denominator = (cost_of_mix * total_weight).max(1);

    let mut lines = Vec::with_capacity(slots.len() * meters.len());
    for slot in &slots {
        for (meter, share) in &meters {
            let numerator = i128::from(target) * 1_000_000 * i128::from(*share) * i128::from(slot.weight);
            let tokens = i64::try_from((numerator + denominator / 2) / denominator).unwrap_or(0);
            lines.push(priced(meter, slot, tokens));
        }
    }
    settle(&mut lines, target);
    lines
}

/// Moves the last line so that the sum is `target`: first by whole tokens, then by less than the price of one.
fn settle(lines: &mut [Line], target: i64) {
    let sum: i64 = lines.iter().map(|line| cost_of(line.tokens, line.meter.price)).sum();
    if let Some(last) = lines.last_mut() {
        let price = last.meter.price.max(1);
        let others = sum - cost_of(last.tokens, price);
        last.tokens += (target - sum) * 1_000_000 / price;
        last.amount = quantity(last.tokens, last.meter.tokens_per_unit);
        last.cost = usd(target - others);
    }
}

/// Nano-USD of `tokens` at `price` nano-USD per million.
#[must_use]
pub fn cost_of(tokens: i64, price: i64) -> i64 {
    agent_bill_domain::money::scale(tokens, price, 1_000_000)
}

fn priced(meter: &Arc<Meter>, slot: &Slot, tokens: i64) -> Line {
    Line {
        meter: Arc::clone(meter),
        principal: slot.principal.clone(),
        start_hour: hour_of_day(slot.day, slot.hour),
        hours: 1,
        tokens,
        amount: quantity(tokens, meter.tokens_per_unit),
        cost: usd(cost_of(tokens, meter.price)),
    }
}

fn slots(stream: &Stream, month: Month, random: &mut SplitMix64) -> Vec<Slot> {
    let ((from_month, from_day), (to_month, to_day)) = stream.season;
    let (from, to) = (date(2026, from_month, from_day), date(2026, to_month, to_day));
    let (first, last) = (month.first().max(from), month.last().min(to).min(DATA_THROUGH));
    let mut slots = Vec::new();
    let mut day = first;
    while day <= last {
        let of_day = day_weight(stream.shape, day, random);
        for (worker, &hour) in (0_i64..).zip(stream.hours) {
            let principal = if day < FIRST_PRINCIPAL_DAY { None } else { principal(stream, worker, random) };
            slots.push(Slot { day, hour, principal, weight: of_day * 100 });
        }
        day = day.saturating_add(1.day());
    }
    slots
}

fn day_weight(shape: Shape, day: Date, random: &mut SplitMix64) -> i64 {
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    match (shape, weekend) {
        (Shape::Flat, _) => random.between(995, 1005),
        (Shape::Office, true) => random.between(170, 230),
        (Shape::Steady, true) => random.between(720, 860),
        (Shape::Office | Shape::Steady, false) => random.between(910, 1090),
    }
}

fn principal(stream: &Stream, worker: i64, random: &mut SplitMix64) -> Option<Arc<str>> {
    let account = stream.account.id;
    let session = |name: &str, session: &str| Arc::from(format!("arn:aws:sts::{account}:assumed-role/{name}/{session}"));
    match stream.caller {
        Caller::Unnamed => None,
        Caller::User { path, name } => Some(Arc::from(format!("arn:aws:iam::{account}:user/{path}{name}"))),
        Caller::Role { path, name } => Some(match stream.sessions {
            Sessions::Fixed(fixed) => session(name, fixed),
            Sessions::Fresh(prefix) => session(name, &format!("{prefix}-{}", random.id(12))),
            Sessions::AgentCore => session(name, &format!("BedrockAgentCore-{}", random.uuid())),
            Sessions::RoleArn => Arc::from(format!("arn:aws:iam::{account}:role/{path}{name}")),
            Sessions::People(people) => {
                let at = usize::try_from(worker).unwrap_or(0) % people.len().max(1);
                session(name, people.get(at).copied().unwrap_or("someone"))
            }
        }),
    }
}

/// Key of the caller as claims name it: sessions folded, path dropped.
#[must_use]
pub fn principal_key(stream: &Stream) -> String {
    match stream.caller {
        Caller::Unnamed => String::new(),
        Caller::User { name, .. } => format!("aws:{}:user/{name}", stream.account.id),
        Caller::Role { name, .. } => format!("aws:{}:role/{name}", stream.account.id),
    }
}

fn meter(stream: &Stream, class: Class, month: Month) -> Meter {
    let sku =
        Sku { model: stream.model, channel: stream.channel, class, tier: stream.tier, routing: stream.routing, mantle: stream.mantle };
    let model = stream.model;
    let marketplace = stream.channel == Channel::Marketplace;
    let edition = format!("{} (Amazon Bedrock Edition)", model.name);
    let (product_code, servicecode) = match stream.channel {
        Channel::Native => ("AmazonBedrock", "AmazonBedrock"),
        Channel::Service => ("AmazonBedrockService", "AmazonBedrockService"),
        Channel::Marketplace => (model.listing, "AmazonBedrockFoundationModels"),
    };
    let has_metadata = month.first() >= MODEL_METADATA_SINCE;
    let description = if marketplace {
        format!("AWS Marketplace|{edition}|{}", class.description())
    } else {
        format!("{} {} in {}", model.name, class.key().replace('_', " "), stream.region.name)
    };
    Meter {
        line_type: "Usage",
        entity: if marketplace { "AWS Marketplace" } else { "AWS" },
        legal_entity: if marketplace { "Anthropic, PBC" } else { "Amazon Web Services, Inc." },
        product_code: product_code.to_owned(),
        servicecode: Some(servicecode),
        family: has_metadata.then_some("Amazon Bedrock"),
        usage_type: sku.usage_type(stream.region.code),
        operation: if class == Class::Output && !stream.mantle { "InvokeModelStreamingInference" } else { "InvokeModelInference" },
        resource_id: Some(resource(stream)),
        account: stream.account,
        region: stream.region,
        currency: "USD",
        pricing_unit: sku.pricing_unit(),
        price: sku.price(),
        tokens_per_unit: sku.tokens_per_unit(),
        description,
        product: product(stream, class, if marketplace { &edition } else { "Amazon Bedrock" }, has_metadata),
        resource_tags: Pairs::new(),
        tags: tags(stream),
        label: Label {
            channel: stream.channel.key(),
            token_class: class.key(),
            tier: stream.tier.key(),
            routing: stream.routing.key(),
            surface: if stream.mantle { "mantle" } else { "runtime" },
            model_key: model.key,
            principal_key: principal_key(stream),
            ..Label::plain("usage", stream.channel.key(), class.key())
        },
    }
}

fn product(stream: &Stream, class: Class, product_name: &str, has_metadata: bool) -> Pairs {
    let mut product = vec![("product_name".to_owned(), product_name.to_owned()), ("region".to_owned(), stream.region.name.to_owned())];
    if has_metadata {
        product.push(("provider".to_owned(), stream.model.provider.to_owned()));
        product.push(("model".to_owned(), stream.model.name.to_owned()));
        product.push(("feature".to_owned(), "On-demand Inference".to_owned()));
        if !class.inference_type().is_empty() {
            product.push(("inference_type".to_owned(), class.inference_type().to_owned()));
        }
    }
    product
}

fn resource(stream: &Stream) -> String {
    let (region, account, model) = (stream.region.name, stream.account.id, stream.model.id);
    let geo = match stream.routing {
        Routing::Regional => stream.region.geo,
        Routing::Global => "global",
    };
    match stream.via {
        Via::FoundationModel => format!("arn:aws:bedrock:{region}::foundation-model/{model}"),
        Via::Profile => format!("arn:aws:bedrock:{region}:{account}:inference-profile/{geo}.{model}"),
        Via::Application(id) => format!("arn:aws:bedrock:{region}:{account}:application-inference-profile/{id}"),
    }
}

fn tags(stream: &Stream) -> Pairs {
    let mut tags = vec![("accountTag/environment".to_owned(), stream.account.name.to_owned())];
    if !stream.product_tag.is_empty() {
        tags.push(("iamPrincipal/product".to_owned(), stream.product_tag.to_owned()));
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::super::streams::STREAMS;
    use super::*;
    use agent_bill_domain::money::NanoUsd;

    fn months() -> Vec<Month> {
        (4..=11).map(|month| Month::of(date(2026, month, 1))).collect()
    }

    #[test]
    fn every_stream_sums_to_its_amount_and_every_line_to_its_price() {
        for stream in STREAMS {
            for (month, cents) in months().into_iter().zip(stream.cents) {
                let lines = expand(stream, month, 7);
                let sum: NanoUsd = lines.iter().map(|line| NanoUsd::from_f64(line.cost).unwrap()).sum();
                assert_eq!(sum, NanoUsd::from_cents(cents), "{:?} {} {month}", stream.caller, stream.model.name);
                for line in &lines {
                    let listed = cost_of(line.tokens, line.meter.price);
                    let billed = NanoUsd::from_f64(line.cost).unwrap().0;
                    assert!(line.tokens > 0 && (billed - listed).abs() <= line.meter.price / 1_000_000 + 1, "{:?}", stream.caller);
                }
            }
        }
    }

    #[test]
    fn usage_before_principals_existed_names_nobody_and_later_usage_does() {
        for stream in STREAMS.iter().filter(|stream| stream.caller != Caller::Unnamed) {
            for line in expand(stream, Month::of(date(2026, 4, 1)), 7) {
                assert_eq!(line.principal.is_some(), line.day() >= FIRST_PRINCIPAL_DAY);
            }
        }
    }
}
