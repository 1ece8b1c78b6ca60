//! An answer of a model that writes freely cites: its references and formulas are printed here, and what they came to is evidence from then on.

use agent_bill_facts::{Cited, Fault, Sheet, Unit as Counted};
use agent_bill_tools::{Figure, Unit};

use super::check::Evidence;

/// Where the value of a formula comes from, among the sources of figures.
const FORMULA: &str = "formula";
/// A ratio is known as exactly as it is printed; anything else has the decimals that a figure may have.
const RATIO_DECIMALS: u32 = 2;
const MOST_DECIMALS: u32 = 9;

/// The text as people read it.
///
/// # Errors
/// Every reference and formula that cannot be printed.
pub(super) fn printed(text: &str, sheet: &Sheet, evidence: &mut Evidence) -> Result<String, Vec<Fault>> {
    let printed = sheet.print(text)?;
    printed.cited.iter().filter_map(computed).for_each(|figure| evidence.add_computed(figure));
    Ok(printed.text)
}

/// What the model is told of a reference or formula that cannot be printed.
pub(super) fn told(fault: &Fault) -> String {
    format!("{}: {}", fault.written, fault.reason)
}

/// The value of a formula as a figure; a field of a result is one already.
fn computed(cited: &Cited) -> Option<Figure> {
    if cited.tool.is_some() {
        return None;
    }
    let unit = match cited.unit {
        Some(Counted::Usd) => Unit::Usd,
        Some(Counted::Tokens) => Unit::Tokens,
        Some(Counted::Percent | Counted::Points) => Unit::Percent,
        Some(Counted::Days) => Unit::Days,
        Some(Counted::Count | Counted::Ratio | Counted::Date) | None => Unit::Count,
    };
    let decimals = if cited.unit.is_none() { RATIO_DECIMALS } else { MOST_DECIMALS };
    let value = cited.number?.round_dp(decimals).normalize().to_string();
    Some(Figure { value, unit, source: FORMULA.to_owned(), path: cited.source.clone() })
}

#[cfg(test)]
mod tests {
    use agent_bill_tools::contract::Tool;
    use agent_bill_tools::figures::collect;
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_answer_computes_is_printed_and_stands_in_its_evidence() {
        let result = json!({ "rows": [{ "spend_usd": "14200.00" }, { "spend_usd": "9400.00" }], "total_usd": "23600.00" });
        let (mut sheet, mut evidence) = (Sheet::default(), Evidence::new(date(2026, 11, 23)));
        sheet.add("spend", &agent_bill_tools::spend::Spend::FACTS, &result);
        evidence.add_result("spend", &result, &collect("spend", &result));
        for (text, shown, source) in [
            ("{a1.spend_usd} of it.", "$14,200 of it.", "spend"),
            ("{= a1.spend_usd - a2.spend_usd} ahead.", "$4,800 ahead.", "formula"),
            ("{= pct(a1.spend_usd, a.total_usd)} of it.", "60.2 % of it.", "formula"),
            ("{= a1.spend_usd / a2.spend_usd} times as much.", "1.51 times as much.", "formula"),
            ("{= a.total_usd / 21} a day.", "$1,124 a day.", "formula"),
        ] {
            let printed = printed(text, &sheet, &mut evidence).unwrap();
            assert_eq!(printed, shown);
            let figures = evidence.check(&printed).unwrap();
            assert_eq!(figures.iter().map(|figure| figure.source.as_str()).collect::<Vec<_>>(), [source], "{text}");
        }
        let faults = printed("{a3.spend_usd}", &sheet, &mut evidence).unwrap_err();
        assert_eq!(told(&faults[0]), "{a3.spend_usd}: no result or row of this turn has the id `a3`");
    }
}
