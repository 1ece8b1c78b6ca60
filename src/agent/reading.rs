//! An answer of a model that writes freely, read against the results of its turn: what may be shown, what is held and why.

use agent_bill_domain::plain_text::plain_text;
use agent_bill_facts::claim::{Known, Piece, Reader};
use agent_bill_facts::{Cited, Sheet};
use agent_bill_model::Briefing;
use jiff::civil::Date;
use serde_json::Value;

/// Of a sentence that goes back no more is repeated.
const MOST_QUOTED: usize = 300;

/// An answer sentence by sentence.
pub(super) struct Reading {
    pieces: Vec<Piece>,
}

impl Reading {
    pub fn of(text: &str, sheet: &Sheet, known: &Known) -> Self {
        let mut reader = Reader::new(sheet, known);
        let mut pieces = reader.push(text);
        pieces.extend(reader.finish());
        Self { pieces }
    }

    /// What the model is told of each sentence that is held: the sentence, and what speaks against it.
    pub fn held(&self) -> Vec<String> {
        let told = |piece: &Piece| {
            let reasons: Vec<&str> = piece.objections.iter().map(|(_, reason)| reason.as_str()).collect();
            let written: String = piece.written.trim().chars().take(MOST_QUOTED).collect();
            format!("\"{written}\": {}", reasons.join("; "))
        };
        self.pieces.iter().filter(|piece| is_held(piece)).map(told).collect()
    }

    /// Whether what is left without the held sentences is still the answer: its first sentence, and two thirds of them.
    pub fn is_enough(&self) -> bool {
        let said: Vec<&Piece> = self.pieces.iter().filter(|piece| piece.is_said()).collect();
        let held = said.iter().filter(|piece| is_held(piece)).count();
        said.first().is_some_and(|first| !is_held(first)) && held * 3 <= said.len()
    }

    /// The text without what is held, and the figures in it.
    pub fn shown(&self) -> (String, Vec<Cited>) {
        let kept = || self.pieces.iter().filter(|piece| !is_held(piece));
        let text: String = kept().map(shown).collect();
        let figures = figures(kept().flat_map(|piece| &piece.cited));
        (text.trim().to_owned(), figures)
    }
}

pub(super) fn is_held(piece: &Piece) -> bool {
    !piece.objections.is_empty()
}

/// A sentence as it goes out, made plain: what it says comes from a model. No heading, and no address that a reader's program would make a link of.
pub(super) fn shown(piece: &Piece) -> String {
    let plain = plain_text(&piece.shown);
    let lead = plain.len() - plain.trim_start_matches('#').len();
    let text = if lead > 0 { plain.get(lead..).unwrap_or_default().trim_start() } else { &plain };
    without_addresses(text)
}

/// Of whatever text: a chat program makes links of addresses by itself.
fn without_addresses(text: &str) -> String {
    text.replace("://", ": //").replace("www.", "www. ").replace("mailto:", "mailto: ")
}

/// What an answer may name besides its results.
pub(super) fn known(question: &str, briefing: &Briefing, today: Date) -> Known {
    let nodes = briefing.nodes.iter().map(|node| &node.name);
    let workloads = briefing.workloads.iter().map(|workload| &workload.name);
    let things = nodes.chain(workloads).chain(&briefing.accounts).chain(&briefing.principals).cloned().collect();
    let people = briefing.people.iter().chain([&briefing.person]).cloned().collect();
    Known { question: question.to_owned(), things, people, asker: briefing.person.clone(), today }
}

/// Names that a refused lookup offered instead: what it says may be said.
pub(super) fn offered(result: &Value) -> impl Iterator<Item = String> {
    let names = result.get("in_your_scope").and_then(Value::as_array).into_iter().flatten();
    names.filter_map(Value::as_str).map(str::to_owned)
}

/// The text of tools and of the planner, which is printed as it is; `None` where a reference in it leads nowhere.
pub(super) fn printed(text: &str, sheet: &Sheet) -> Option<(String, Vec<Cited>)> {
    let printed = sheet.print(text).ok()?;
    Some((without_addresses(&printed.text), figures(printed.cited.iter())))
}

/// The figures among what is cited, each once; names and texts are none.
fn figures<'c>(cited: impl Iterator<Item = &'c Cited>) -> Vec<Cited> {
    let mut figures: Vec<Cited> = Vec::new();
    for figure in cited.filter(|cited| cited.unit.is_some()) {
        if !figures.contains(figure) {
            figures.push(figure.clone());
        }
    }
    figures
}

#[cfg(test)]
pub(super) mod tests {
    use agent_bill_tools::contract::Tool;
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    pub fn known() -> Known {
        Known { question: "how much?".to_owned(), things: Vec::new(), people: Vec::new(), asker: String::new(), today: date(2026, 11, 23) }
    }

    pub fn sheet() -> Sheet {
        let rows = json!([{ "name": "HR Portal", "spend_usd": "14200.00" }, { "name": "Survey Themes", "spend_usd": "9400.00" }]);
        let mut sheet = Sheet::default();
        sheet.add(
            "spend",
            &agent_bill_tools::spend::Spend::FACTS,
            &json!({ "scope": "your products", "rows": rows, "total_usd": "23600.00" }),
        );
        sheet
    }

    fn read(text: &str) -> Reading {
        Reading::of(text, &sheet(), &known())
    }

    #[test]
    fn what_an_answer_cites_is_printed_and_stands_among_its_figures() {
        for (text, shown, source) in [
            ("HR Portal spent {a1.spend_usd}.", "HR Portal spent $14,200.", "spend"),
            ("HR Portal is {= a1.spend_usd - a2.spend_usd} ahead.", "HR Portal is $4,800 ahead.", "formula"),
            (
                "HR Portal spent {= a1.spend_usd / a2.spend_usd} times as much as Survey Themes.",
                "HR Portal spent 1.51 times as much as Survey Themes.",
                "formula",
            ),
        ] {
            let reading = read(text);
            assert_eq!(reading.held(), Vec::<String>::new(), "{text}");
            let (printed, figures) = reading.shown();
            assert_eq!((printed.as_str(), figures[0].source.as_str()), (shown, source));
        }
    }

    #[test]
    fn an_address_or_a_heading_of_a_model_is_no_link_and_no_heading() {
        let text = "## HR Portal spent {a1.spend_usd}, see https://evil.example or www.evil.example";
        assert_eq!(read(text).shown().0, "HR Portal spent $14,200, see https: //evil.example or www. evil.example");
    }

    #[test]
    fn a_held_sentence_is_told_with_its_reason_and_the_rest_may_be_enough() {
        let reading = read("HR Portal spent {a1.spend_usd}. Survey Themes spent $9,400. It is fine. All is well.");
        assert_eq!(reading.held(), ["\"Survey Themes spent $9,400.\": `9,400` is typed: cite the field that holds it, or compute it"]);
        assert!(reading.is_enough());
        assert_eq!(reading.shown().0, "HR Portal spent $14,200. It is fine. All is well.");
        assert!(!read("HR Portal spent $14,200. It is fine. All is well.").is_enough());
        assert!(!read("Fine. It was {b.x_usd}. {a9.spend_usd}!").is_enough());
    }
}
