//! From billed amounts to tokens. The unit is the line's own (`1K tokens`, `1M tokens`, Marketplace `Units`); it is never assumed, because a factor
//! of a thousand wrong in every line at once looks perfectly plausible.

use super::prices;
use super::usage_type::{Context, Family, UsageType};
use crate::ids::ModelKey;
use crate::money::NanoUsd;

/// Tokens per billed unit; `None` when the line does not count text tokens or its unit is unknown.
#[must_use]
pub fn tokens_per_unit(pricing_unit: &str, usage_type: &UsageType) -> Option<f64> {
    usage_type.token_class.text_kind()?;
    let unit = pricing_unit.trim().to_ascii_lowercase();
    match unit.as_str() {
        "1k tokens" | "1k token" | "1,000 tokens" | "1000 tokens" => Some(1_000.0),
        "1m tokens" | "1m token" | "1,000,000 tokens" => Some(1_000_000.0),
        unit if unit.contains("million") => Some(1_000_000.0),
        "units" | "unit" if usage_type.family == Family::Marketplace => Some(1_000_000.0),
        "tokens" | "token" => Some(1.0),
        _ => None,
    }
}

/// Whole tokens of one billed amount, rounded; `None` as in [`tokens_per_unit`] or when the amount is not finite or beyond 2⁵³ tokens.
#[must_use]
pub fn tokens(amount: f64, pricing_unit: &str, usage_type: &UsageType) -> Option<i64> {
    whole(amount * tokens_per_unit(pricing_unit, usage_type)?)
}

/// `value` rounded to an integer; `None` when not finite or when integers are no longer exact there.
#[must_use]
pub fn whole(value: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let rounded = value.round();
    #[expect(clippy::cast_possible_truncation, reason = "finite and within 2^53")]
    (rounded.is_finite() && rounded.abs() <= EXACT).then_some(rounded as i64)
}

/// Cheapest and dearest text token anybody sells, in nano-USD per million tokens (10⁻⁹ and 2 × 10⁻⁴ USD a token).
const PLAUSIBLE: std::ops::RangeInclusive<i64> = 1_000_000..=200_000_000_000;
/// Distance from the list price, in percent, up to which a price is believed.
const TOLERANCE_PERCENT: i64 = 15;

/// True when the unit of a sum is doubtful: its text tokens have no known unit, or the price they imply is implausible or away from the list.
/// A sum without cost implies no price and is not suspected for it.
#[must_use]
pub fn unit_suspect(cost: NanoUsd, tokens: Option<i64>, usage_type: &UsageType, model: &ModelKey) -> bool {
    if usage_type.token_class.text_kind().is_none() {
        return false;
    }
    let Some(tokens) = tokens else { return true };
    if cost == NanoUsd::ZERO {
        return false;
    }
    if tokens == 0 {
        // Less than half a token is dust of rounding, a cent for nothing is not.
        return cost.abs() > NanoUsd::from_cents(1);
    }
    let implied = cost.scale(1_000_000, tokens);
    // Amounts this small are rounded to the nano by us: their price is not exact enough to judge.
    if cost.abs() < NanoUsd(100) {
        return false;
    }
    if !PLAUSIBLE.contains(&implied.0) {
        return true;
    }
    let list = match usage_type.context {
        Context::Default => prices::lookup(model, usage_type.token_class, usage_type.tier, usage_type.routing),
        Context::Long => None,
    };
    list.is_some_and(|list| {
        let slack = list.scale(TOLERANCE_PERCENT, 100);
        implied < list - slack || implied > list + slack
    })
}

#[cfg(test)]
mod tests {
    use super::super::usage_type::parse;
    use super::*;

    #[test]
    fn the_unit_of_the_line_decides_the_factor() {
        let kebab = parse("USE1-NovaPro-input-tokens");
        let marketplace = parse("USE1-MP:USE1_InputTokenCount-Units");
        assert_eq!(tokens(1629.5, "1K tokens", &kebab), Some(1_629_500));
        assert_eq!(tokens(0.375, "1K Tokens", &kebab), Some(375));
        assert_eq!(tokens(2.5, "1M tokens", &marketplace), Some(2_500_000));
        assert_eq!(tokens(2.5, "Units", &marketplace), Some(2_500_000));
        assert_eq!(tokens(17.0, "tokens", &kebab), Some(17));
        assert_eq!(tokens(2.5, "Units", &kebab), None);
        assert_eq!(tokens(2.5, "", &kebab), None);
        assert_eq!(tokens(f64::NAN, "1K tokens", &kebab), None);
        assert_eq!(tokens(10.0, "1K tokens", &parse("USE1-NovaSonic-speech-input-tokens")), None);
    }

    #[test]
    fn a_price_a_thousand_times_off_is_suspect_and_the_list_price_is_not() {
        let read = parse("USW2-Claude4.6Sonnet-input-tokens");
        let model = ModelKey::from("anthropic/claude-sonnet-4.6");
        // 3.30 USD per million, in-region.
        let cost = NanoUsd(3_300_000_000);
        assert!(!unit_suspect(cost, Some(1_000_000), &read, &model));
        assert!(unit_suspect(cost, Some(1_000), &read, &model));
        assert!(unit_suspect(cost, Some(1_000_000_000), &read, &model));
        assert!(unit_suspect(cost, None, &read, &model));
        assert!(unit_suspect(cost, Some(700_000), &read, &model));
        assert!(!unit_suspect(NanoUsd::ZERO, Some(1_000_000), &read, &model));
        assert!(!unit_suspect(cost, Some(700_000), &read, &ModelKey::from("unmapped:x")));
        assert!(!unit_suspect(cost, None, &parse("USE1-Guardrail-TopicPolicyUnitsConsumed"), &model));
    }
}
