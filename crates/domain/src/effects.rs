//! Why spend changed: more tokens, other tokens, or other prices. The three parts sum to the change, to the nano-dollar.

use crate::money::{NanoUsd, scale};

/// One kind of usage (a model × token class) in both periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Change {
    pub previous: NanoUsd,
    pub previous_tokens: i64,
    pub current: NanoUsd,
    pub current_tokens: i64,
}

/// `volume + mix + rate = current − previous`, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Split {
    /// More tokens at the old average price; cost that has no tokens counts here.
    pub volume: NanoUsd,
    /// Other models and token classes at the old prices.
    pub mix: NanoUsd,
    /// New prices on the new tokens. What was not used before has no old price, and so no rate effect.
    pub rate: NanoUsd,
}

#[must_use]
pub fn split(changes: &[Change]) -> Split {
    let change: NanoUsd = changes.iter().map(|row| row.current - row.previous).sum();
    let without_tokens: NanoUsd =
        changes.iter().map(|row| untokened(row.current, row.current_tokens) - untokened(row.previous, row.previous_tokens)).sum();
    let previous_cost: NanoUsd = changes.iter().filter(|row| row.previous_tokens > 0).map(|row| row.previous).sum();
    let previous_tokens: i64 = changes.iter().map(|row| row.previous_tokens.max(0)).sum();
    let current_tokens: i64 = changes.iter().map(|row| row.current_tokens.max(0)).sum();
    if previous_tokens == 0 {
        return Split { volume: change, ..Split::default() };
    }
    let at_old_average = NanoUsd(scale(previous_cost.0, current_tokens, previous_tokens));
    let rate: NanoUsd = changes
        .iter()
        .filter(|row| row.previous_tokens > 0 && row.current_tokens > 0)
        .map(|row| row.current - row.previous.scale(row.current_tokens, row.previous_tokens))
        .sum();
    let volume = at_old_average - previous_cost + without_tokens;
    Split { volume, mix: change - volume - rate, rate }
}

fn untokened(cost: NanoUsd, tokens: i64) -> NanoUsd {
    if tokens > 0 { NanoUsd::ZERO } else { cost }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(previous: i64, previous_tokens: i64, current: i64, current_tokens: i64) -> Change {
        Change { previous: NanoUsd::from_usd(previous), previous_tokens, current: NanoUsd::from_usd(current), current_tokens }
    }

    #[test]
    fn twice_the_tokens_at_the_same_prices_is_all_volume() {
        let split = split(&[usd(10, 100, 20, 200), usd(30, 50, 60, 100)]);
        assert_eq!(split, Split { volume: NanoUsd::from_usd(40), mix: NanoUsd::ZERO, rate: NanoUsd::ZERO });
    }

    #[test]
    fn the_same_tokens_at_a_higher_price_is_all_rate() {
        assert_eq!(split(&[usd(10, 100, 15, 100)]), Split { rate: NanoUsd::from_usd(5), ..Split::default() });
    }

    #[test]
    fn moving_tokens_to_a_dearer_model_is_all_mix() {
        let split = split(&[usd(10, 100, 5, 50), usd(50, 100, 75, 150)]);
        assert_eq!(split, Split { mix: NanoUsd::from_usd(20), ..Split::default() });
    }

    #[test]
    fn cost_without_tokens_counts_as_volume() {
        assert_eq!(split(&[usd(10, 100, 10, 100), usd(1, 0, 4, 0)]), Split { volume: NanoUsd::from_usd(3), ..Split::default() });
    }

    fn any_change() -> impl Strategy<Value = Change> {
        let side = || (0_i64..1_000_000_000_000_000, prop_oneof![Just(0), 0_i64..1_000_000_000_000]);
        (side(), side()).prop_map(|((previous, previous_tokens), (current, current_tokens))| Change {
            previous: NanoUsd(previous),
            previous_tokens,
            current: NanoUsd(current),
            current_tokens,
        })
    }

    proptest! {
        #[test]
        fn the_effects_sum_to_the_change_to_the_nano_dollar(changes in proptest::collection::vec(any_change(), 0..12)) {
            // Prices stay below a million dollars a token, as on any real bill, so that nothing saturates.
            let changes: Vec<Change> = changes.into_iter().filter(|row| row.previous_tokens == 0 || row.previous.0 / row.previous_tokens < 1000).collect();
            let split = split(&changes);
            let change: NanoUsd = changes.iter().map(|row| row.current - row.previous).sum();
            prop_assert_eq!(split.volume + split.mix + split.rate, change);
        }
    }
}
