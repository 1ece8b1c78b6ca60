//! `calculate`: the only way to a figure that no record holds. It takes figures of this turn, word for word, and says in its result how the new one
//! came about; so a sum or a share in an answer is a figure with a source like any other.
//!
//! It reads no data and belongs to the loop, not to the registry: what its operands may be only the turn's evidence knows.

use std::sync::LazyLock;

use agent_bill_domain::permission::Action;
use agent_bill_tools::figures::collect;
use agent_bill_tools::{Figure, Outcome, ToolOutput, ToolSpec, Unit};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::check::Evidence;
use super::decimal::Decimal;

pub const NAME: &str = "calculate";

const MOST_OPERANDS: usize = 40;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// `sum`, `difference` (first minus second), `share` (first as a percentage of the second), `change` (from the first to the second, in percent of
    /// the first), `ratio` (first divided by second), `average`.
    operation: String,
    /// Figures exactly as tools of this turn returned them, separated by semicolons: `14200.00; 9400.00`.
    values: String,
    /// What they are: `usd`, `tokens`, `percent`, `count` or `days`.
    unit: String,
}

/// The same for every turn.
#[must_use]
pub fn spec() -> &'static ToolSpec {
    static SPEC: LazyLock<ToolSpec> = LazyLock::new(describe);
    &SPEC
}

fn describe() -> ToolSpec {
    let mut schema = schemars::schema_for!(Args).to_value();
    if let Some(members) = schema.as_object_mut() {
        members.remove("$schema");
        members.remove("title");
    }
    ToolSpec {
        name: NAME,
        description: "Sums, differences, shares, changes, ratios and averages of figures that tools of this turn returned. The only way to a figure that no tool returned.",
        read_only: true,
        action: Action::ReadOwnAccess,
        rests_on_bill: false,
        input_schema: schema,
        output_schema: json!({ "type": "object" }),
    }
}

#[must_use]
pub fn run(evidence: &Evidence, input: &Value) -> ToolOutput {
    match calculate(evidence, input) {
        Ok(result) => {
            let figures = collect(NAME, &result);
            ToolOutput { outcome: Outcome::Ok, result, figures }
        }
        Err(message) => ToolOutput {
            outcome: Outcome::Invalid,
            result: json!({ "error": "invalid_arguments", "message": message }),
            figures: Vec::new(),
        },
    }
}

fn calculate(evidence: &Evidence, input: &Value) -> Result<Value, String> {
    let args: Args = serde_json::from_value(input.clone()).map_err(|error| format!("the arguments do not fit: {error}"))?;
    let unit = unit(&args.unit).ok_or("`unit` is usd, tokens, percent, count or days")?;
    let written: Vec<&str> = args.values.split(';').map(str::trim).filter(|value| !value.is_empty()).collect();
    if !(2..=MOST_OPERANDS).contains(&written.len()) {
        return Err(format!("`values` holds 2 to {MOST_OPERANDS} figures, separated by semicolons"));
    }
    let mut operands = Vec::with_capacity(written.len());
    for value in &written {
        let plain = value.trim_start_matches('$').replace(',', "");
        let operand = Decimal::read(&plain).ok_or_else(|| format!("`{value}` is not a number"))?;
        let same = |figure: &&Figure| figure.unit == unit && Decimal::read(&figure.value) == Some(operand);
        let there = evidence.figures().iter().filter(same).count();
        if there == 0 {
            return Err(format!("`{value}` is no figure in {} of a tool of this turn; copy it as the tool wrote it", args.unit));
        }
        operands.push(operand);
        if operands.iter().filter(|known| **known == operand).count() > there {
            return Err(format!("`{value}` stands more often in `values` than tools returned it; take each figure once"));
        }
    }
    let (first, second) = (operands.first().copied().unwrap_or_default(), operands.get(1).copied().unwrap_or_default());
    let pair = |what: &str| if operands.len() == 2 { Ok(()) } else { Err(format!("{what} takes two figures")) };
    let total = operands.iter().fold(Decimal::default(), |sum, operand| sum.plus(*operand));
    let (sign, outcome, result_unit) = match args.operation.trim().to_lowercase().as_str() {
        "sum" => ("+", total, unit),
        "difference" => {
            pair("a difference")?;
            ("−", first.minus(second), unit)
        }
        "average" => ("average", divided(total, Decimal::whole(operands.len()), places(unit))?, unit),
        "ratio" => {
            pair("a ratio")?;
            ("÷", divided(first, second, 2)?, Unit::Count)
        }
        "share" => {
            pair("a share")?;
            ("as a share of", divided(first.times(100), second, 1)?, Unit::Percent)
        }
        "change" => {
            pair("a change")?;
            ("→", divided(second.minus(first).times(100), first, 1)?, Unit::Percent)
        }
        _ => return Err("`operation` is sum, difference, share, change, ratio or average".to_owned()),
    };
    let field = match result_unit {
        Unit::Usd => "result_usd",
        Unit::Tokens => "result_tokens",
        Unit::Percent => "result_percent",
        Unit::Days => "result_days",
        Unit::Count | Unit::Date => "result_count",
    };
    let mut result = Map::new();
    result.insert("how".to_owned(), Value::String(written.join(&format!(" {sign} "))));
    result.insert(field.to_owned(), Value::String(outcome.write(if result_unit == Unit::Usd { 2 } else { 0 })));
    Ok(Value::Object(result))
}

fn divided(dividend: Decimal, divisor: Decimal, places: u32) -> Result<Decimal, String> {
    dividend.over(divisor, places).ok_or_else(|| "a division by zero or by next to nothing has no result".to_owned())
}

fn unit(text: &str) -> Option<Unit> {
    Some(match text.trim().to_lowercase().as_str() {
        "usd" | "$" | "dollars" => Unit::Usd,
        "tokens" | "token" => Unit::Tokens,
        "percent" | "%" => Unit::Percent,
        "count" => Unit::Count,
        "days" | "day" => Unit::Days,
        _ => return None,
    })
}

/// Decimals that an average keeps.
fn places(unit: Unit) -> u32 {
    match unit {
        Unit::Usd => 9,
        Unit::Percent | Unit::Days | Unit::Count => 1,
        Unit::Tokens | Unit::Date => 0,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn evidence(result: &Value) -> Evidence {
        let mut evidence = Evidence::new(date(2026, 11, 23));
        evidence.add_result("spend", result, &collect("spend", result));
        evidence
    }

    fn result(operation: &str, values: &str, unit: &str) -> Value {
        let evidence = evidence(
            &json!({ "a_usd": "14200.00", "b_usd": "9400.00", "c_usd": "-200.5", "in_tokens": 300, "out_tokens": 100, "rate_percent": 18.0 }),
        );
        run(&evidence, &json!({ "operation": operation, "values": values, "unit": unit })).result
    }

    #[test]
    fn figures_of_the_turn_are_combined_exactly() {
        assert_eq!(result("sum", "14200.00; 9400.00", "usd")["result_usd"], "23600.00");
        assert_eq!(result("difference", "$9,400.00; 14200.00", "usd")["result_usd"], "-4800.00");
        assert_eq!(result("sum", "14200.00; -200.5", "usd")["result_usd"], "13999.50");
        assert_eq!(result("share", "9400.00; 14200.00", "usd")["result_percent"], "66.2");
        assert_eq!(result("change", "9400.00; 14200.00", "usd")["result_percent"], "51.1");
        assert_eq!(result("ratio", "300; 100", "tokens")["result_count"], "3");
        assert_eq!(result("average", "300; 100", "tokens")["result_tokens"], "200");
    }

    #[test]
    fn what_no_tool_returned_is_refused_in_words() {
        for (operation, values, unit) in [
            ("sum", "14200.00; 1.00", "usd"),
            ("sum", "14200.00; 9400.00", "tokens"),
            ("sum", "14200.00", "usd"),
            ("sum", "", "usd"),
            ("sum", "14200.00; 14200.00", "usd"),
            ("power", "14200.00; 9400.00", "usd"),
            ("sum", "14200.00; 9400.00", "euro"),
            ("difference", "14200.00; 9400.00; 14200.00", "usd"),
        ] {
            assert_eq!(result(operation, values, unit)["error"], "invalid_arguments", "{operation} {values} {unit}");
        }
    }

    #[test]
    fn a_result_can_be_shown_and_used_again() {
        let first = json!({ "a_usd": "14200.00", "b_usd": "9400.00" });
        let mut evidence = evidence(&first);
        let output = run(&evidence, &json!({ "operation": "difference", "values": "14200.00; 9400.00", "unit": "usd" }));
        assert!(evidence.check("$4,800 apart").is_err());
        evidence.add_result(NAME, &output.result, &output.figures);
        assert_eq!(evidence.check("$4,800 apart").map(|used| used[0].source.clone()), Ok(NAME.to_owned()));
    }

    proptest! {
        #[test]
        fn a_sum_of_amounts_is_exact(a in -1_000_000_000_000_i64..1_000_000_000_000, b in -1_000_000_000_000_i64..1_000_000_000_000) {
            let usd = |nano: i64| agent_bill_domain::money::NanoUsd(nano).to_string();
            let evidence = evidence(&json!({ "a_usd": usd(a), "b_usd": usd(b) }));
            let output = run(&evidence, &json!({ "operation": "sum", "values": format!("{};{}", usd(a), usd(b)), "unit": "usd" }));
            let sum = usd(a + b);
            prop_assert_eq!(output.result["result_usd"].as_str(), Some(sum.as_str()));
        }
    }
}
