use agent_bill_domain::bill::model_name::canonical_name;
use agent_bill_domain::bill::prices::lookup;
use agent_bill_domain::bill::usage_type::{Routing, Tier, TokenClass};
use agent_bill_model::Price;

use super::config::BedrockConfig;

/// What the configuration says, otherwise the list price of the model by its route.
pub(super) fn price(config: &BedrockConfig, told_by: &str) -> Option<Price> {
    if let Some(price) = config.price {
        let hour = price.cache_write.scale(8, 5);
        return Some(Price {
            input: price.input,
            output: price.output,
            cache_read: price.cache_read,
            cache_write: price.cache_write,
            cache_write_1h: hour,
        });
    }
    let model = canonical_name(told_by).key;
    let routing = if told_by.contains("global.") { Routing::Global } else { Routing::Regional };
    let listed = |class: TokenClass| lookup(&model, class, Tier::Standard, routing);
    let input = listed(TokenClass::Input)?;
    Some(Price {
        input,
        output: listed(TokenClass::Output)?,
        // A model without a cache price of its own has no cache; should it report one, the input price is not too low for reads.
        cache_read: listed(TokenClass::CacheRead).unwrap_or(input),
        cache_write: listed(TokenClass::CacheWrite5m).unwrap_or_else(|| input.scale(5, 4)),
        cache_write_1h: listed(TokenClass::CacheWrite1h).unwrap_or_else(|| input.scale(2, 1)),
    })
}
