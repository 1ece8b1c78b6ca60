//! The few sentences the agent itself says, whatever the model.

use std::fmt::Write;

use agent_bill_tools::{Figure, Unit};

use super::decimal::Decimal;

pub const NOTHING_TO_SAY: &str =
    "I did not find an answer to that. Try for example \"Am I within my estimate this month?\" or \"Which roles has nobody claimed?\"";

pub const INCOMPLETE: &str =
    "This answer may be incomplete: it reached a limit of one turn, its length or its steps. Ask for one part of it.";

pub const CORRECTING: &str = "Part of the answer could not be traced to the records; it is being corrected.";

pub const GUARDRAIL: &str = "Your organisation's guardrail stopped this message or its answer, so there is none. Ask in other words; if it should have been answered, the guardrail's owner can change it.";

pub const FILTERED: &str = "The model's own content filter stopped this message or its answer, so there is none. Ask in other words.";

/// Why the planner answers, after "because".
pub const UNVERIFIED: &str = "parts of the language model's answer could not be traced to the records";

pub const SILENT: &str = "the language model gave no answer";

/// Before results that a model looked up for a question that the planner does not understand.
pub const LOOKED_UP: &str = "I could not answer the question as such. This is what was looked up for it:";

/// The last line of an answer that the configured model did not give.
#[must_use]
pub fn fallback(reason: &str) -> String {
    format!("(Answered by the built-in planner: {reason}.)")
}

/// The safe rendering when an answer held a number that no tool returned: the tools' own totals and nothing else.
#[must_use]
pub fn figures_only(figures: &[Figure]) -> (String, Vec<Figure>) {
    let headline: Vec<&Figure> = figures.iter().filter(|figure| is_headline(figure)).take(12).collect();
    if headline.is_empty() {
        return (
            "I could not trace every figure of my answer to the records, so I am not stream it. Please ask again in other words."
                .to_owned(),
            Vec::new(),
        );
    }
    let mut text = String::from("I could not trace every figure of my answer to the records. These are the figures the records give:\n");
    for figure in &headline {
        let name = figure.path.trim_start_matches('/').replace('_', " ");
        let name = name.strip_suffix(" usd").or_else(|| name.strip_suffix(" percent")).unwrap_or(&name);
        let value = match figure.unit {
            Unit::Usd => format!("${}", cents(&figure.value)),
            Unit::Percent => format!("{} %", figure.value),
            Unit::Tokens | Unit::Count | Unit::Days | Unit::Date => figure.value.clone(),
        };
        let _ = write!(text, "\n- {name}: {value} ({})", figure.source);
    }
    (text, headline.into_iter().cloned().collect())
}

/// Rounded to cents, where that leaves something.
fn cents(usd: &str) -> String {
    let rounded = Decimal::read(usd).and_then(|usd| usd.over(Decimal::whole(1), 2)).filter(|rounded| *rounded != Decimal::default());
    rounded.map_or_else(|| usd.to_owned(), |rounded| rounded.write(2))
}

/// A total of a result, not one of its rows, nor how many rows it has.
fn is_headline(figure: &Figure) -> bool {
    figure.path.matches('/').count() == 1 && !figure.path.contains('#') && figure.unit != Unit::Date
}
