//! How long an answer takes to be read against the results of its turn, by sentence, at the size of results that tools return.
//!
//! `cargo bench -p agent-bill-facts --bench read_answers`

#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::time::{Duration, Instant};

use agent_bill_facts::Sheet;
use agent_bill_facts::claim::{Known, Reader};
use agent_bill_facts::declare::{Facts, List, Relation, date, percent, usd};
use serde_json::{Value, json};

const FACTS: Facts = Facts {
    about: "scope",
    period: "period",
    lists: &[List::of("rows", &["name"]).largest_by("spend_usd").cut("rows_left_out_count")],
    figures: &[
        usd("total_usd", "spend"),
        usd("rows.spend_usd", "spend"),
        percent("rows.share_percent", "share"),
        date("period.data_through", "data through"),
    ],
    relations: &[("rows.owners", Relation::Owns)],
    states: &[],
};

const ANSWER: &str = "You spent {a.total_usd} in November so far, and Product 1 is the largest with {a1.spend_usd}. It is owned by {a1.owners}. \
     Product 2 follows with {a2.spend_usd}, {= a1.spend_usd - a2.spend_usd} less than Product 1.\n\n\
     - Product 3: {a3.spend_usd} ({a3.share_percent})\n- Product 4: {a4.spend_usd} ({a4.share_percent})\n\
     The five largest make up {= pct(sum(a1..a5 .spend_usd), a.total_usd)} of it. Data through {a.period.data_through}. Do you want the rest?\n";

const ROUNDS: u32 = 200;

fn result(rows: usize) -> Value {
    let rows: Vec<Value> = (1..=rows)
        .map(|place| {
            json!({ "name": format!("Product {place}"), "spend_usd": format!("{}.00", 1_000 * (rows + 1 - place)), "share_percent": 1.5,
                "owners": [format!("Person {place}")], "tokens": { "input_tokens": 5, "output_tokens": 6 } })
        })
        .collect();
    let period = json!({ "from_date": "2026-11-01", "to_date": "2026-11-23", "data_through": "2026-11-21", "finality": "open" });
    json!({ "scope": "the whole company", "period": period, "rows": rows, "total_usd": "9999999.00", "rows_left_out_count": 0 })
}

fn main() {
    for (results, rows, known_names) in [(1, 10, 200), (1, 50, 200), (4, 50, 200), (4, 50, 10_000)] {
        let mut sheet = Sheet::default();
        (0..results).for_each(|_| drop(sheet.add("spend", &FACTS, &result(rows))));
        let names = |word: &str| (0..known_names).map(|number| format!("{word} {number}")).collect::<Vec<_>>();
        let today = jiff::civil::date(2026, 11, 23);
        let known = Known {
            question: "who spends most?".to_owned(),
            things: names("Workload"),
            people: names("Somebody"),
            asker: String::new(),
            today,
        };
        let (mut begun, mut read, mut sentences) = (Duration::ZERO, Duration::ZERO, 0);
        for _ in 0..ROUNDS {
            let start = Instant::now();
            let mut reader = Reader::new(&sheet, &known);
            begun += start.elapsed();
            let start = Instant::now();
            let mut pieces = reader.push(ANSWER);
            pieces.extend(reader.finish());
            read += start.elapsed();
            sentences = pieces.iter().filter(|piece| piece.is_said()).count();
        }
        let each = read / ROUNDS / u32::try_from(sentences).unwrap_or(1);
        println!(
            "{results} results of {rows} rows, {known_names} names of a kind: {each:?} a sentence ({sentences} sentences), {:?} to begin",
            begun / ROUNDS
        );
    }
}
