//! The cache line of a workload: its hit rate over settled days, and the bounded estimate of what a better one would have saved.

use std::collections::BTreeMap;

use agent_bill_domain::bill::prices;
use agent_bill_domain::bill::usage_type::Routing;
use agent_bill_domain::cache::{InputPrices, hit_rate_permille, pure_write_waste, recoverable, reuse_milli};
use agent_bill_domain::ids::ModelKey;
use agent_bill_domain::money::NanoUsd;
use agent_bill_domain::tokens::{TokenCounts, TokenKind};

use super::CacheLine;
use super::measures::{Measures, Used};
use crate::bounded::permille_as_percent;
use crate::view::Settings;

const METHOD: &str = "Estimate over settled days: uncached input is moved to the cache until the target rate is reached; each cached prefix is written \
                      once per expected uses and read the other times, at what the bill charged per token (list price where a kind was not used). Never \
                      more than the cost of the input side; output is untouched.";

pub(super) struct CacheFinding {
    pub line: CacheLine,
    pub below_threshold: bool,
    /// Writes that are hardly ever read back cost more than they save.
    pub wastes_writes: bool,
}

/// `None` when nothing entered a model that can cache.
pub(super) fn find(measures: &Measures, settings: Settings, target_permille: i64) -> Option<CacheFinding> {
    let by_model: Vec<(TokenCounts, Option<InputPrices>)> = measures
        .settled
        .iter()
        .filter(|(model, classes)| can_cache(model, &counts(classes)))
        .map(|(model, classes)| (counts(classes), input_prices(model, classes)))
        .collect();
    let total = by_model.iter().fold(TokenCounts::default(), |sum, (tokens, _)| sum + *tokens);
    let hit_rate = hit_rate_permille(&total)?;
    let reuse = reuse_milli(&total, settings.cache_reuse);
    let priced = || by_model.iter().filter_map(|(tokens, prices)| prices.as_ref().map(|prices| (tokens, prices)));
    let saved: NanoUsd = priced().map(|(tokens, prices)| recoverable(tokens, prices, target_permille, reuse, 1000)).sum();
    let wasted: NanoUsd = priced().map(|(tokens, prices)| pure_write_waste(tokens, prices)).sum();
    Some(CacheFinding {
        line: CacheLine {
            hit_rate_percent: permille_as_percent(hit_rate),
            healthy_threshold_percent: permille_as_percent(settings.healthy_cache_permille),
            target_percent: permille_as_percent(target_permille),
            reuse_count: permille_as_percent(reuse / 100),
            recoverable_usd: saved,
            method: METHOD.to_owned(),
        },
        below_threshold: hit_rate < settings.healthy_cache_permille,
        wastes_writes: wasted > NanoUsd::ZERO,
    })
}

fn counts(classes: &BTreeMap<String, Used>) -> TokenCounts {
    let mut counts = TokenCounts::default();
    for (class, used) in classes {
        if let Some(kind) = TokenKind::of_class(class) {
            counts.add(kind, used.tokens);
        }
    }
    counts
}

/// Models listed without a price for cache reads cannot cache; their input says nothing about the hit rate.
fn can_cache(model: &str, tokens: &TokenCounts) -> bool {
    let key = ModelKey::from(model);
    let listed =
        |kind: TokenKind| prices::standard(&key, kind, Routing::Regional).or_else(|| prices::standard(&key, kind, Routing::Global));
    let used = tokens.cache_read_tokens > 0 || tokens.cache_write_tokens > 0;
    used || listed(TokenKind::CacheRead).is_some() || (listed(TokenKind::Input).is_none() && !model.is_empty())
}

/// What the bill charged per million tokens in these days; the list price where a kind was not used.
fn input_prices(model: &str, classes: &BTreeMap<String, Used>) -> Option<InputPrices> {
    let charged = |wanted: &dyn Fn(&str) -> bool| {
        let (amount, tokens) = classes
            .iter()
            .filter(|(class, _)| wanted(class))
            .fold((NanoUsd::ZERO, 0), |(amount, tokens), (_, used)| (amount + used.amount, tokens + used.tokens));
        (tokens > 0).then(|| amount.scale(1_000_000, tokens))
    };
    let key = ModelKey::from(model);
    let input = charged(&|class| class == "input");
    // The rollup's sums do not tell the routing; the price that was charged does.
    let is_global = input.is_some() && input == prices::standard(&key, TokenKind::Input, Routing::Global);
    let routing = if is_global { Routing::Global } else { Routing::Regional };
    let listed = |kind: TokenKind| prices::standard(&key, kind, routing);
    let write = charged(&|class| class == "cache_write_5m")
        .or_else(|| listed(TokenKind::CacheWrite))
        .or_else(|| charged(&|class| TokenKind::of_class(class) == Some(TokenKind::CacheWrite)));
    Some(InputPrices {
        input: input.or_else(|| listed(TokenKind::Input))?,
        cache_read: charged(&|class| class == "cache_read").or_else(|| listed(TokenKind::CacheRead))?,
        cache_write: write?,
    })
}
