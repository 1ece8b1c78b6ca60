use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::empty::EmptyReason;
use crate::period::Finality;
use crate::view::MonthState;

fn freshness() -> Freshness {
    let month = |text: &str, is_final: bool, through: Date| MonthState {
        month: text.parse().unwrap(),
        is_final,
        data_through: through,
        has_principal_column: true,
        health: String::new(),
        run_id: "run".to_owned(),
        loaded_at: String::new(),
    };
    Freshness {
        data_through: Some(date(2026, 11, 21)),
        settled_through: Some(date(2026, 11, 19)),
        first_principal_on: Some(date(2026, 9, 1)),
        months: vec![
            month("2026-09", true, date(2026, 9, 30)),
            month("2026-10", true, date(2026, 10, 31)),
            month("2026-11", false, date(2026, 11, 21)),
        ],
        principal_coverage_permille: None,
    }
}

fn calendar() -> Calendar {
    Calendar::new(date(2026, 11, 23), &freshness())
}

fn read(words: &str) -> String {
    calendar().read(Some(words)).map_or_else(|error| format!("refused: {error}"), |period| period.range.to_string())
}

#[test]
fn a_period_may_be_written_in_many_ways() {
    let cases = [
        ("", "2026-11-01 to 2026-11-23"),
        ("month_to_date", "2026-11-01 to 2026-11-23"),
        ("MTD", "2026-11-01 to 2026-11-23"),
        ("November", "2026-11-01 to 2026-11-23"),
        ("2026-11", "2026-11-01 to 2026-11-23"),
        ("Last Month", "2026-10-01 to 2026-10-31"),
        ("october", "2026-10-01 to 2026-10-31"),
        ("Oct 2026", "2026-10-01 to 2026-10-31"),
        ("2026-10", "2026-10-01 to 2026-10-31"),
        ("10/2026", "2026-10-01 to 2026-10-31"),
        ("december", "2025-12-01 to 2025-12-31"),
        ("last_week", "2026-11-15 to 2026-11-21"),
        ("this week", "2026-11-22 to 2026-11-23"),
        ("week of Nov 8", "2026-11-08 to 2026-11-14"),
        ("yesterday", "2026-11-22 to 2026-11-22"),
        ("last_7_days", "2026-11-16 to 2026-11-22"),
        ("past 2 weeks", "2026-11-08 to 2026-11-21"),
        ("last 2 months", "2026-09-01 to 2026-10-31"),
        ("ytd", "2026-01-01 to 2026-11-23"),
        ("Q3", "2026-07-01 to 2026-09-30"),
        ("q4 2025", "2025-10-01 to 2025-12-31"),
        ("2026-11-05", "2026-11-05 to 2026-11-05"),
        ("5 Nov", "2026-11-05 to 2026-11-05"),
        ("November 5th, 2026", "2026-11-05 to 2026-11-05"),
        ("2026-11-01..2026-11-10", "2026-11-01 to 2026-11-10"),
        ("from 1 nov to 10 nov", "2026-11-01 to 2026-11-10"),
        ("1 to 10 November", "2026-11-01 to 2026-11-10"),
        ("between september and october", "2026-09-01 to 2026-10-31"),
        ("since 2026-10-15", "2026-10-15 to 2026-11-23"),
        ("friday", "2026-11-20 to 2026-11-20"),
        ("all", "2026-09-01 to 2026-11-23"),
    ];
    for (words, expected) in cases {
        assert_eq!(read(words), expected, "{words}");
    }
}

#[test]
fn what_is_no_period_or_no_day_is_refused_with_the_loaded_range() {
    for words in ["2026-02-30", "2026-13", "banana", "2026-11-10..2026-11-01", "1990-01-01..2026-11-01", "last 0 days", "31 nov"] {
        let answer = read(words);
        assert!(answer.starts_with("refused: "), "{words}: {answer}");
        assert!(answer.contains("2026-09-01..2026-11-21"), "{words}: {answer}");
    }
}

#[test]
fn a_month_to_date_is_compared_with_the_same_days_of_the_month_before() {
    let before = |words: &str| calendar().read(Some(words)).unwrap().before().range.to_string();
    assert_eq!(before("mtd"), "2026-10-01 to 2026-10-23");
    assert_eq!(before("october"), "2026-09-01 to 2026-09-30");
    assert_eq!(before("last week"), "2026-11-08 to 2026-11-14");
    assert_eq!(before("this week"), "2026-11-15 to 2026-11-16");
    assert_eq!(before("2026-11-11..2026-11-20"), "2026-11-01 to 2026-11-10");
    let march = Period { range: DateRange { from: date(2026, 3, 1), to: date(2026, 3, 31) }, shape: Shape::MonthToDate, assumed: false };
    assert_eq!(march.before().range.to_string(), "2026-02-01 to 2026-02-28");
}

#[test]
fn the_open_month_names_its_missing_and_its_provisional_days() {
    let info = describe_period(&calendar().read(None).unwrap(), &freshness());
    assert_eq!(info.label, "November 2026, month to date");
    assert!(info.assumed);
    assert_eq!((info.data_through, info.settled_through), (Some(date(2026, 11, 21)), Some(date(2026, 11, 19))));
    assert_eq!(info.finality, Finality::Open);
    assert_eq!(
        period_notes(&info, &freshness()),
        ["22 to 23 November 2026: not loaded yet.", "20 to 21 November 2026: provisional, AWS may still add usage."]
    );
}

#[test]
fn a_final_month_has_no_caveat_and_a_range_over_both_is_mixed() {
    let of = |words: &str| describe_period(&calendar().read(Some(words)).unwrap(), &freshness());
    assert_eq!(of("october").finality, Finality::Final);
    assert_eq!(period_notes(&of("october"), &freshness()), Vec::<String>::new());
    assert_eq!(of("october").label, "October 2026");
    assert_eq!(of("ytd").label, "2026, year to date");
    assert_eq!(period_notes(&of("ytd"), &freshness())[0], "Data begins on 1 Sep 2026; earlier days are not loaded.");
    assert_eq!(of("last week").label, "week of 15 to 21 November 2026");
    assert_eq!(of("2026-10-20..2026-11-02").finality, Finality::Mixed);
    assert_eq!(of("2026-10-20..2026-11-02").label, "20 October to 2 November 2026");
}

#[test]
fn a_period_without_data_says_which_kind_of_nothing_it_is() {
    let why = |words: &str| {
        let info = describe_period(&calendar().read(Some(words)).unwrap(), &freshness());
        nothing_loaded(&info, date(2026, 11, 23), &freshness()).map(|empty| empty.reason)
    };
    assert_eq!(why("next month"), Some(EmptyReason::Future));
    assert_eq!(why("2026-03"), Some(EmptyReason::OutsideRetention));
    assert_eq!(why("yesterday"), Some(EmptyReason::NotLoadedYet));
    assert_eq!(why("mtd"), None);
}

proptest! {
    #[test]
    fn no_words_make_the_reader_fail_or_yield_a_reversed_range(words in "[a-z0-9 _./-]{0,24}") {
        if let Ok(period) = calendar().read(Some(&words)) {
            prop_assert!(!period.range.is_empty() && period.range.days() <= MAX_DAYS);
        }
    }

    #[test]
    fn any_existing_day_reads_back(offset in 0_i64..3000) {
        let day = date(2020, 1, 1).saturating_add(offset.days());
        prop_assert_eq!(calendar().read(Some(&day.to_string())).unwrap().range, DateRange { from: day, to: day });
    }
}
