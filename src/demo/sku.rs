//! Price points: usage type, unit and price of a model's token class by channel, tier and routing.

use super::models::{Channel, Class, Grammar, Model, Routing, Tier};

/// One price point of one model in one region: what a line's usage type, unit and rate follow from.
#[derive(Debug, Clone, Copy)]
pub struct Sku {
    pub model: &'static Model,
    pub channel: Channel,
    pub class: Class,
    pub tier: Tier,
    pub routing: Routing,
    pub mantle: bool,
}

impl Sku {
    /// Nano-USD per million tokens. Batch and flex cost half.
    #[must_use]
    pub fn price(&self) -> i64 {
        let prices = match self.routing {
            Routing::Regional => self.model.regional,
            Routing::Global => self.model.global,
        };
        let [input, output, read, write, write_1h] = prices;
        let micro = match self.class {
            Class::Input => input,
            Class::Output => output,
            Class::CacheRead => read,
            Class::CacheWrite5m => write,
            Class::CacheWrite1h => write_1h,
        };
        match self.tier {
            Tier::Standard => micro * 1000,
            Tier::Batch | Tier::Flex => micro * 500,
        }
    }

    /// `prefix` is the billing code of the region, `USE1`.
    #[must_use]
    pub fn usage_type(&self, prefix: &str) -> String {
        let global = self.routing == Routing::Global;
        if self.mantle {
            let id = self.model.id.trim_end_matches("-1:0");
            let route = if global { "-global" } else { "" };
            return format!("{prefix}-{id}-mantle-{}{route}-{}", self.class.mantle(), self.tier.key());
        }
        if self.channel == Channel::Marketplace {
            let end = match self.model.grammar {
                Grammar::Camel => {
                    let batch = if self.tier == Tier::Batch { "_Batch" } else { "" };
                    format!("{}{}{batch}", self.class.camel(), if global { "_Global" } else { "" })
                }
                Grammar::Snake => {
                    let tier = if self.tier == Tier::Batch { "batch" } else { "standard" };
                    format!("{}{}_{tier}", self.class.snake(), if global { "_global" } else { "" })
                }
            };
            return format!("{prefix}-MP:{prefix}_{end}-Units");
        }
        let flex = if self.tier == Tier::Flex { "-flex" } else { "" };
        let route = if global { "-cross-region-global" } else { "" };
        let batch = if self.tier == Tier::Batch { "-batch" } else { "" };
        format!("{prefix}-{}-{}{flex}{route}{batch}", self.model.slug, self.class.kebab())
    }

    #[must_use]
    pub const fn pricing_unit(&self) -> &'static str {
        match self.channel {
            Channel::Marketplace => "Units",
            Channel::Native | Channel::Service => "1K tokens",
        }
    }

    #[must_use]
    pub const fn tokens_per_unit(&self) -> i64 {
        match self.channel {
            Channel::Marketplace => 1_000_000,
            Channel::Native | Channel::Service => 1_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::models::{GPT_OSS_120B, HAIKU_4_5, NOVA_PRO, OPUS_4_7, SONNET_4_6, SONNET_5};
    use super::*;

    #[test]
    fn usage_types_follow_the_grammar_of_the_channel_and_the_generation() {
        let sku = |model, channel, class, tier, routing, mantle| Sku { model, channel, class, tier, routing, mantle };
        let cases = [
            (
                sku(&SONNET_4_6, Channel::Service, Class::CacheRead, Tier::Standard, Routing::Regional, false),
                "USE1-Claude4.6Sonnet-cache-read-input-token-count",
            ),
            (
                sku(&SONNET_4_6, Channel::Service, Class::Output, Tier::Standard, Routing::Global, false),
                "USE1-Claude4.6Sonnet-output-tokens-cross-region-global",
            ),
            (
                sku(&HAIKU_4_5, Channel::Marketplace, Class::CacheWrite1h, Tier::Standard, Routing::Regional, false),
                "USE1-MP:USE1_CacheWrite1hInputTokenCount-Units",
            ),
            (
                sku(&OPUS_4_7, Channel::Marketplace, Class::CacheWrite1h, Tier::Standard, Routing::Global, false),
                "USE1-MP:USE1_cache_write_tokens_1h_global_standard-Units",
            ),
            (
                sku(&GPT_OSS_120B, Channel::Native, Class::Input, Tier::Standard, Routing::Regional, true),
                "USE1-openai.gpt-oss-120b-mantle-input-tokens-standard",
            ),
            (sku(&NOVA_PRO, Channel::Native, Class::Output, Tier::Flex, Routing::Regional, false), "USE1-NovaPro-output-tokens-flex"),
        ];
        for (sku, expected) in cases {
            assert_eq!(sku.usage_type("USE1"), expected);
        }
    }

    #[test]
    fn regional_claude_costs_a_tenth_more_than_global_and_batch_half() {
        for model in [&SONNET_4_6, &HAIKU_4_5, &SONNET_5, &OPUS_4_7] {
            for (regional, global) in model.regional.iter().zip(model.global) {
                assert_eq!(regional * 10, global * 11, "{}", model.name);
            }
        }
        let at = |tier| {
            let sku =
                Sku { model: &NOVA_PRO, channel: Channel::Native, class: Class::Input, tier, routing: Routing::Regional, mantle: false };
            sku.price()
        };
        assert_eq!(at(Tier::Batch) * 2, at(Tier::Standard));
    }
}
