use proptest::prelude::*;

use super::*;

#[test]
fn references_and_formulas_are_read() {
    let field = |text: &str| match Content::read(text) {
        Ok(Content::Field(Reference { id, fields })) => format!("{id} {}", fields.join(" ")),
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(field("a3.spend_usd"), "a3 spend_usd");
    assert_eq!(field(" aa12.tokens.output_tokens "), "aa12 tokens output_tokens");
    for formula in [
        "= a1.spend_usd - a2.spend_usd",
        "=pct(sum(a7..a9 .spend_usd), a.total_usd)",
        "= sum(a7..a9.spend_usd, b1.spend_usd)",
        "= a2.spend_usd / (a2.tokens.input_tokens / 1000000)",
        "= -a1.change_usd × 2",
        "= abs(a1.x - a2.x)",
    ] {
        assert!(matches!(Content::read(formula), Ok(Content::Formula(_))), "{formula}");
    }
}

#[test]
fn anything_else_is_unreadable() {
    for text in [
        "",
        "a3",
        "spend",
        "A3.spend_usd",
        "a3.",
        "a3 spend_usd",
        "a3..spend_usd",
        "=",
        "= a1.x +",
        "= (a1.x",
        "= max(a1.x)",
        "= pct(a1.x)",
        "= abs(a1.x, a2.x)",
        "= a1..a3 .x",
        "= pct(a1..a2 .x, a3.x)",
        "= 1..2",
        "a1.x; drop",
        "= a1.x ^ 2",
        "= 1.2.3",
    ] {
        assert_eq!(Content::read(text), Err(Unreadable), "{text}");
    }
    assert_eq!(Content::read(&format!("= {}1{}", "(".repeat(200), ")".repeat(200))), Err(Unreadable));
}

proptest! {
    #[test]
    fn no_text_is_too_much_to_read(text in "[ =a-c0-9.()+*/,_-]{0,80}") {
        let _ = Content::read(&text);
    }
}
