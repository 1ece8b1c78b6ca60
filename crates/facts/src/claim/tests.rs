use jiff::civil::date;
use serde_json::json;

use super::*;
use crate::sheet::Sheet;
use crate::testing::FACTS;

fn sheet() -> Sheet {
    let november = json!({ "from_date": "2026-11-01", "to_date": "2026-11-23", "data_through": "2026-11-21", "finality": "open", "label": "November 2026, month to date" });
    let october = json!({ "from_date": "2026-10-01", "to_date": "2026-10-31", "data_through": "2026-10-31", "finality": "final", "label": "October 2026" });
    let rows = json!([
        { "name": "HR Portal", "owners": ["Lena Fischer"], "could_claim": [], "spend_usd": "14200.00", "share_percent": 60.2,
          "estimate_usd": "20000.00", "projected_usd": "21000.00", "projected_over_usd": "1000.00", "used_percent": 71.0, "remaining_usd": "5800.00" },
        { "name": "Survey Themes", "owners": ["Dev Patel"], "could_claim": [], "spend_usd": "9400.00", "share_percent": 39.8,
          "estimate_usd": "9000.00", "projected_usd": "8000.00", "projected_over_usd": "-1000.00", "used_percent": 88.0, "remaining_usd": "600.00" },
    ]);
    let mut sheet = Sheet::default();
    sheet.add("spend", &FACTS, &json!({ "scope": "your products", "period": november, "rows": rows, "total_usd": "23600.00", "rows_left_out_count": 0, "change_usd": "-500.00" }));
    let roles = json!([
        { "name": "ci-nightly", "could_claim": ["Lena Fischer"], "spend_usd": "90.00" }, { "name": "old-batch", "could_claim": [], "spend_usd": "40.00" }
    ]);
    sheet.add(
        "unclaimed_principals",
        &FACTS,
        &json!({ "scope": "your products", "period": october, "rows": roles, "total_usd": "230.00", "rows_left_out_count": 3 }),
    );
    let models = json!([{ "name": "Nova Pro", "state": "approved" }, { "name": "Claude Opus 4.7", "state": "blocked" }]);
    sheet.add("model_catalog", &FACTS, &json!({ "rows": models, "rows_left_out_count": 0 }));
    sheet
}

fn read(text: &str) -> Vec<Piece> {
    let sheet = sheet();
    let known = Known {
        question: "How are we doing, above 500?".to_owned(),
        things: Vec::new(),
        people: vec!["Maria Okafor".to_owned()],
        asker: "Grace Lin".to_owned(),
        today: date(2026, 11, 23),
    };
    let mut reader = Reader::new(&sheet, &known);
    let mut pieces = reader.push(text);
    pieces.extend(reader.finish());
    pieces
}

fn shown(text: &str) -> String {
    let pieces = read(text);
    for piece in &pieces {
        assert_eq!(piece.objections, Vec::new(), "{}", piece.written);
    }
    pieces.into_iter().map(|piece| piece.shown).collect()
}

fn held(text: &str) -> Vec<&'static str> {
    read(text).iter().flat_map(|piece| &piece.objections).map(|(rule, _)| *rule).collect()
}

#[test]
fn what_a_sentence_says_of_its_figures_needs_no_label() {
    for (text, reads) in [
        ("HR Portal spent {a1.spend_usd} in November.", "HR Portal spent $14,200 in November."),
        ("HR Portal and Survey Themes spent {a1.spend_usd} and {a2.spend_usd}.", "HR Portal and Survey Themes spent $14,200 and $9,400."),
        ("{a1.spend_usd} for HR Portal, {a2.spend_usd} for Survey Themes.", "$14,200 for HR Portal, $9,400 for Survey Themes."),
        ("In total it was {a.total_usd}, {a1.share_percent} of it HR Portal.", "In total it was $23,600, 60.2 % of it HR Portal."),
        (
            "You spent this month:\n- HR Portal: {a1.spend_usd}\n- Survey Themes: {a2.spend_usd}",
            "You spent this month:\n- HR Portal: $14,200\n- Survey Themes: $9,400",
        ),
        ("| Product | Spend |\n|---|---|\n| HR Portal | {a1.spend_usd} |\n", "| Product | Spend |\n|---|---|\n| HR Portal | $14,200 |\n"),
        ("It fell by {a.change_usd}.", "It fell by $500."),
        ("ci-nightly cost {b1.spend_usd} in October.", "ci-nightly cost $90 in October."),
    ] {
        assert_eq!(shown(text), reads, "{text}");
    }
}

#[test]
fn a_figure_of_something_else_than_the_sentence_says_shows_what_it_is_of() {
    for (text, label) in [
        ("HR Portal spent {a2.spend_usd}.", "(Survey Themes)"),
        ("HR Portal spent {a2.spend_usd} and Survey Themes {a1.spend_usd}.", "(HR Portal)"),
        ("HR Portal spent {a1.estimate_usd}.", "(estimate)"),
        ("HR Portal spent {a1.projected_usd}.", "(projection)"),
        ("HR Portal spent {a.total_usd}.", "(your products)"),
        ("The company spent {a.total_usd}.", "(your products)"),
        ("HR Portal spent an estimated {a1.spend_usd}.", "(actual spend)"),
        ("HR Portal spent {a1.spend_usd} net.", "(actual spend)"),
        ("November through {a.period.to_date}.", "(last day)"),
        ("ci-nightly cost {b1.spend_usd} in November.", "(October 2026)"),
        ("| Product | Spend |\n|---|---|\n| HR Portal | {a2.spend_usd} |\n", "(Survey Themes)"),
    ] {
        assert!(shown(text).contains(label), "{}", shown(text));
    }
}

#[test]
fn what_contradicts_the_records_is_held() {
    for (text, rule) in [
        ("HR Portal spent $14,200.", "digits"),
        ("HR Portal spent 14.2 thousand.", "digits"),
        ("HR Portal spent {a9.spend_usd}.", "reference"),
        ("HR Portal spent {a1.spend_usd} million.", "unit"),
        ("HR Portal spent ${a1.spend_usd}.", "unit"),
        ("HR Portal spent {a1.spend_usd} a day.", "unit"),
        ("HR Portal is the only product with spend.", "only"),
        ("Every day of the month is in, through {a.period.data_through}.", "only"),
        ("HR Portal is not in your scope.", "scope"),
        ("The role ci-nightly, {b1.spend_usd}, is claimed.", "state"),
        ("HR Portal will stay within its estimate, {a1.projected_usd} projected.", "verdict"),
        ("Survey Themes is projected to exceed its estimate: {a2.projected_usd}.", "verdict"),
        ("It rose by {a.change_usd}.", "change"),
        ("Survey Themes leads with {a2.spend_usd}.", "rank"),
        ("The least is spent by ci-nightly: {b1.spend_usd}.", "rank"),
        ("Survey Themes is {= a1.spend_usd - a2.spend_usd} more than HR Portal.", "compare"),
        ("Nova Pro is blocked.", "state"),
        ("Claude Opus 4.7 is approved, {c2.name}.", "state"),
        ("November is final: {a.total_usd}.", "finality"),
        ("October is still open: {b.total_usd}.", "finality"),
        ("ci-nightly belongs to {b1.could_claim}.", "owner"),
        ("HR Portal is owned by Maria Okafor.", "owner"),
        ("HR Portal (Dev Patel) spent {a1.spend_usd}.", "owner"),
        ("There are no unclaimed roles.", "absence"),
        ("All unclaimed roles cost {b1.spend_usd} or less.", "all"),
        ("I have claimed the role for you.", "done"),
    ] {
        assert!(held(text).contains(&rule), "{text}: {:?}", held(text));
    }
}

#[test]
fn a_formula_shows_what_it_is_over_unless_the_sentence_says_so() {
    for (text, label) in [
        ("HR Portal spent {= a1.spend_usd - a2.spend_usd}.", "(HR Portal − Survey Themes)"),
        ("HR Portal spent {= a1.spend_usd + a2.spend_usd}.", "(HR Portal + Survey Themes)"),
        ("HR Portal has {= pct(a.total_usd, a1.spend_usd)} of the total.", "(all / HR Portal)"),
    ] {
        assert!(shown(text).contains(label), "{}", shown(text));
    }
    for text in
        ["HR Portal is {= a1.spend_usd - a2.spend_usd} ahead of Survey Themes.", "Together they spent {= a1.spend_usd + a2.spend_usd}."]
    {
        assert!(!shown(text).contains('('), "{}", shown(text));
    }
}

#[test]
fn a_claim_that_cites_nothing_and_that_no_record_shows_is_marked() {
    for (text, mark) in [
        ("Survey Themes serves the branch offices.", "(unverified)."),
        ("The claim has gone through.", "(unverified)."),
        ("Survey Themes dient auch den Filialen des Hauses.", "(nicht belegt)."),
    ] {
        assert!(shown(text).ends_with(mark), "{}", shown(text));
    }
    for text in [
        "HR Portal leads.",
        "November is still open.",
        "Ask Lena Fischer about HR Portal.",
        "I never execute anything in AWS.",
        "HR Portal?",
    ] {
        assert_eq!(shown(text), text);
    }
}

#[test]
fn what_is_no_figure_or_no_claim_passes() {
    for text in [
        "You asked for more than 500, and there is one.",
        "Claude Opus 4.7 is blocked.",
        "Nothing needs to be done.",
        "Do you want me to look at October?",
        "Not over: HR Portal has {a1.remaining_usd} left.",
        "I can't see deployments.",
        "In Q3 or 2026 nothing differs.",
        "1. Ask Lena Fischer.\n2. Then decide.",
        "Nobody owns ci-nightly; Lena Fischer could claim it.",
    ] {
        assert_eq!(held(text), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn a_text_is_read_alike_however_it_arrives() {
    let text = "HR Portal spent {a1.spend_usd} so far. It leads.\n- Survey Themes: {a2.spend_usd}\n";
    let sheet = sheet();
    let known = Known { question: String::new(), things: Vec::new(), people: Vec::new(), asker: String::new(), today: date(2026, 11, 23) };
    let mut reader = Reader::new(&sheet, &known);
    let mut pieces: Vec<Piece> = text.chars().flat_map(|letter| reader.push(&letter.to_string())).collect();
    pieces.extend(reader.finish());
    let mut whole = Reader::new(&sheet, &known);
    let mut at_once = whole.push(text);
    at_once.extend(whole.finish());
    assert_eq!(pieces, at_once);
}
