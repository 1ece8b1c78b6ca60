//! Prompt-cache economics: hit rate, what a better one would have saved, and what caching without reuse wastes.
//!
//! The bound follows one idea: moving a token from uncached input to the cache pays for one write per `n` uses and `n − 1` cheap reads. AWS
//! publishes no healthy threshold; target and reuse are settings or observations, and every result is an estimate.

use crate::money::{NanoUsd, permille};
use crate::tokens::TokenCounts;

/// Fewest and most uses of one cached prefix that an observation may claim, in thousandths.
const REUSE_MILLI: std::ops::RangeInclusive<i64> = 2_000..=20_000;

/// Prices of the input side of one model, in nano-USD per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputPrices {
    pub input: NanoUsd,
    pub cache_read: NanoUsd,
    /// Of a five-minute write.
    pub cache_write: NanoUsd,
}

/// Cache read ÷ (input + cache read + cache write), in tenths of a percent; `None` when nothing entered the model.
#[must_use]
pub fn hit_rate_permille(tokens: &TokenCounts) -> Option<i64> {
    permille(tokens.cache_read_tokens, tokens.prompt())
}

/// Expected uses of one cached prefix in thousandths: (reads + writes) ÷ writes where writes were seen, otherwise `default_uses`; clipped to
/// 2 … 20.
#[must_use]
pub fn reuse_milli(tokens: &TokenCounts, default_uses: i64) -> i64 {
    let written = tokens.cache_write_tokens;
    let uses = if written > 0 {
        crate::money::scale(tokens.cache_read_tokens.saturating_add(written), 1000, written)
    } else {
        default_uses.saturating_mul(1000)
    };
    uses.clamp(*REUSE_MILLI.start(), *REUSE_MILLI.end())
}

/// What the tokens of the input side cost at `prices`.
#[must_use]
pub fn input_side_cost(tokens: &TokenCounts, prices: &InputPrices) -> NanoUsd {
    let nano = i128::from(tokens.input_tokens) * i128::from(prices.input.0)
        + i128::from(tokens.cache_read_tokens) * i128::from(prices.cache_read.0)
        + i128::from(tokens.cache_write_tokens) * i128::from(prices.cache_write.0);
    nano_usd(nano / 1_000_000)
}

/// The bounded estimate of what `target_permille` would have saved on these tokens (one model, one period).
///
/// With U uncached input, R read, W written, T = U + R + W, h = R ÷ T, target h*, n uses of a prefix:
/// ΔR = max(0, (h* − h)·T); moved = min(ΔR·n ÷ (n − 1), U·share); saved = moved·p − moved·(n − 1)÷n·p_read − moved÷n·p_write,
/// never below zero and never above the input-side cost. `share_permille` is the part of the input that could be cached at all.
#[must_use]
pub fn recoverable(tokens: &TokenCounts, prices: &InputPrices, target_permille: i64, reuse_milli: i64, share_permille: i64) -> NanoUsd {
    let uncached = i128::from(tokens.input_tokens.max(0));
    let prompt = i128::from(tokens.prompt().max(0));
    let uses = i128::from(reuse_milli.clamp(*REUSE_MILLI.start(), *REUSE_MILLI.end()));
    let missing = (prompt * i128::from(target_permille.clamp(0, 1000)) / 1000 - i128::from(tokens.cache_read_tokens)).max(0);
    let moved = (missing * uses / (uses - 1000)).min(uncached * i128::from(share_permille.clamp(0, 1000)) / 1000);
    // In thousandths of a token times nano-USD per million tokens; divided once at the end.
    let saved = moved * i128::from(prices.input.0) * uses
        - moved * (uses - 1000) * i128::from(prices.cache_read.0)
        - moved * 1000 * i128::from(prices.cache_write.0);
    let saved = nano_usd((saved / uses / 1_000_000).max(0));
    NanoUsd(saved.0.min(input_side_cost(tokens, prices).0.max(0)))
}

/// What writing to the cache cost beyond plain input when nothing (below 1 % of what was written) was read back; zero otherwise.
#[must_use]
pub fn pure_write_waste(tokens: &TokenCounts, prices: &InputPrices) -> NanoUsd {
    if tokens.cache_write_tokens <= 0 || tokens.cache_read_tokens.saturating_mul(100) >= tokens.cache_write_tokens {
        return NanoUsd::ZERO;
    }
    let dearer = i128::from(prices.cache_write.0) - i128::from(prices.input.0);
    nano_usd((i128::from(tokens.cache_write_tokens) * dearer / 1_000_000).max(0))
}

fn nano_usd(nano: i128) -> NanoUsd {
    NanoUsd(i64::try_from(nano).unwrap_or(if nano < 0 { i64::MIN } else { i64::MAX }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MILLION: i64 = 1_000_000;

    /// Claude Sonnet, in-region: 3.30 / 0.33 / 4.125 USD per million tokens.
    const SONNET: InputPrices =
        InputPrices { input: NanoUsd(3_300_000_000), cache_read: NanoUsd(330_000_000), cache_write: NanoUsd(4_125_000_000) };

    fn tokens(input: i64, read: i64, write: i64) -> TokenCounts {
        TokenCounts { input_tokens: input, output_tokens: 0, cache_read_tokens: read, cache_write_tokens: write }
    }

    #[test]
    fn the_worked_example_recovers_116_dollars_and_8_cents() {
        let used = tokens(70 * MILLION, 18 * MILLION, 12 * MILLION);
        assert_eq!(hit_rate_permille(&used), Some(180));
        assert_eq!(input_side_cost(&used, &SONNET), NanoUsd::from_cents(28_644));
        let saved = recoverable(&used, &SONNET, 600, 5000, 1000);
        assert_eq!(saved.scale(100, crate::money::NANO).0, 11_608, "{saved}");
    }

    #[test]
    fn a_rate_at_or_above_the_target_recovers_nothing() {
        assert_eq!(recoverable(&tokens(40, 60, 0), &SONNET, 600, 5000, 1000), NanoUsd::ZERO);
        assert_eq!(hit_rate_permille(&TokenCounts::default()), None);
    }

    #[test]
    fn reuse_is_observed_where_there_were_writes_and_a_setting_otherwise() {
        assert_eq!(reuse_milli(&tokens(0, 18, 12), 5), 2500);
        assert_eq!(reuse_milli(&tokens(0, 1, 12), 5), 2000);
        assert_eq!(reuse_milli(&tokens(0, 1000, 12), 5), 20_000);
        assert_eq!(reuse_milli(&tokens(7, 0, 0), 5), 5000);
    }

    #[test]
    fn writing_without_reading_wastes_the_surcharge() {
        assert_eq!(pure_write_waste(&tokens(0, 0, 4 * MILLION), &SONNET), NanoUsd::from_cents(330));
        assert_eq!(pure_write_waste(&tokens(0, MILLION, 4 * MILLION), &SONNET), NanoUsd::ZERO);
        let free_writes = InputPrices { cache_write: NanoUsd::ZERO, ..SONNET };
        assert_eq!(pure_write_waste(&tokens(0, 0, MILLION), &free_writes), NanoUsd::ZERO);
    }

    proptest! {
        #[test]
        fn recovery_is_never_negative_nor_more_than_the_input_side_cost(
            u in 0_i64..1_000_000_000_000, r in 0_i64..1_000_000_000_000, w in 0_i64..1_000_000_000_000,
            p in 0_i64..20_000_000_000, pr in 0_i64..20_000_000_000, pw in 0_i64..40_000_000_000,
            target in 0_i64..1000, reuse in 0_i64..30_000, share in 0_i64..=1000,
        ) {
            let used = tokens(u, r, w);
            let prices = InputPrices { input: NanoUsd(p), cache_read: NanoUsd(pr), cache_write: NanoUsd(pw) };
            let saved = recoverable(&used, &prices, target, reuse, share);
            prop_assert!(saved >= NanoUsd::ZERO);
            prop_assert!(saved <= input_side_cost(&used, &prices));
        }

        #[test]
        fn a_higher_target_never_recovers_less_at_list_prices(u in 0_i64..1_000_000_000, r in 0_i64..1_000_000_000, target in 0_i64..900) {
            let used = tokens(u, r, 0);
            prop_assert!(recoverable(&used, &SONNET, target, 5000, 1000) <= recoverable(&used, &SONNET, target + 100, 5000, 1000));
        }
    }
}
