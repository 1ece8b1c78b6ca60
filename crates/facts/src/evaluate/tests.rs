use serde_json::json;

use super::*;
use crate::formula::Content;
use crate::testing::FACTS;

fn sheet() -> Sheet {
    let mut sheet = Sheet::default();
    let november = json!({ "from_date": "2026-11-01", "to_date": "2026-11-30" });
    let october = json!({ "from_date": "2026-10-01", "to_date": "2026-10-31" });
    let row = |spend: &str, share: f64, tokens: i64| json!({ "spend_usd": spend, "share_percent": share, "tokens": { "input_tokens": tokens, "output_tokens": 1 }, "name": "X" });
    let rows = [row("100.10", 60.5, 2_000_000), row("50.20", 30.5, 0), row("0.30", 9.0, 5)];
    sheet.add(
        "spend",
        &FACTS,
        &json!({ "period": november, "rows": rows, "total_usd": "150.60", "unclaimed_usd": "9.00", "loaded": null }),
    );
    sheet.add("spend", &FACTS, &json!({ "period": october, "rows": [row("40.00", 100.0, 1)], "total_usd": "40.00" }));
    sheet.add(
        "estimate_status",
        &FACTS,
        &json!({ "month": "2026-11", "rows": [{ "estimate_usd": "120.00", "projected_usd": "160.00", "used_percent": 80.0 }] }),
    );
    sheet
}

fn comes_to(formula: &str) -> Result<String, String> {
    let Ok(Content::Formula(expression)) = Content::read(formula) else { panic!("{formula}") };
    let sheet = sheet();
    let result = expression.evaluate(&sheet).map_err(|refused| refused.to_string())?;
    Ok(format!("{} {}", result.number.normalize(), result.unit.map_or("ratio", Unit::name)))
}

#[test]
fn sums_differences_shares_and_rates_are_exact() {
    for (formula, result) in [
        ("= a1.spend_usd - a2.spend_usd", "49.9 dollars"),
        ("= sum(a1..a3 .spend_usd)", "150.6 dollars"),
        ("= a1.spend_usd + a2.spend_usd + a3.spend_usd", "150.6 dollars"),
        ("= avg(a1..a3 .spend_usd)", "50.2 dollars"),
        ("= pct(a1.spend_usd, a.total_usd)", "66.467463479415670650730411687 percent"),
        ("= pct(a.total_usd - b.total_usd, b.total_usd)", "276.5 percent"),
        ("= a1.spend_usd / (a1.tokens.input_tokens / 1000000)", "50.05 dollars"),
        ("= a.total_usd / 30", "5.02 dollars"),
        ("= a.total_usd * 12", "1807.2 dollars"),
        ("= a1.share_percent - a2.share_percent", "30 percentage points"),
        ("= sum(a1..a2 .share_percent)", "91 percent"),
        ("= abs(c1.estimate_usd - c1.projected_usd)", "40 dollars"),
        ("= a.total_usd + a.unclaimed_usd", "159.6 dollars"),
        ("= a1.tokens.input_tokens + a1.tokens.output_tokens", "2000001 tokens"),
    ] {
        assert_eq!(comes_to(formula).as_deref(), Ok(result), "{formula}");
    }
}

#[test]
fn what_does_not_belong_together_is_refused() {
    for (formula, reason) in [
        ("= a.total_usd + a1.spend_usd", "counted twice"),
        ("= sum(a1..a3 .spend_usd) + a1.spend_usd", "counted twice"),
        ("= a1.spend_usd + b1.spend_usd", "different periods"),
        ("= a1.spend_usd + c1.estimate_usd", "no sum"),
        ("= a1.spend_usd + a1.tokens.input_tokens", "dollars and tokens cannot be added up"),
        ("= a1.spend_usd - a1.share_percent", "cannot be subtracted"),
        ("= a1.share_percent + c1.used_percent", "cannot be added up"),
        ("= a1.spend_usd * a2.spend_usd", "cannot be multiplied"),
        ("= 1 / a2.spend_usd", "cannot be divided"),
        ("= a1.spend_usd / a2.tokens.input_tokens", "divides by zero"),
        ("= pct(a1.spend_usd, a1.share_percent)", "cannot be compared"),
        ("= sum(a1..b1 .spend_usd)", "no rows of one result"),
        ("= sum(a3..a1 .spend_usd)", "no rows of one result"),
        ("= sum(a1..a9 .spend_usd)", "no result or row"),
        ("= a1.name + a2.name", "no number"),
        ("= a1.cost_usd", "has no field `cost_usd`"),
        ("= a1.spend_usd + 5", "cannot be added up"),
        ("= 1 + 1", "cannot be added up"),
        ("= a1.spend_usd / a2.spend_usd + 3", "cannot be added up"),
        ("= a1.spend_usd / a2.spend_usd * 300", "cannot be multiplied"),
        ("= 300 / 7", "cannot be divided"),
        ("= pct(5, 7)", "cannot be compared"),
        ("= a1.spend_usd * 7.04", "7.04 is no figure"),
        ("= a1.spend_usd * 49001", "49001 is no figure"),
    ] {
        let refused = comes_to(formula).expect_err(formula);
        assert!(refused.contains(reason), "{formula}: {refused}");
    }
}

#[test]
fn no_number_is_too_large_to_be_refused() {
    let mut sheet = Sheet::default();
    sheet.add("x", &FACTS, &json!({ "total_usd": "79228162514264337593543950335" }));
    for formula in ["= a.total_usd * 9", "= a.total_usd - -a.total_usd", "= pct(a.total_usd, a.total_usd)"] {
        let Ok(Content::Formula(expression)) = Content::read(formula) else { panic!("{formula}") };
        assert_eq!(expression.evaluate(&sheet), Err(Refused::TooLarge), "{formula}");
    }
}
