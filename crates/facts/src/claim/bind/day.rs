//! Which day a sentence says that a date is.

use crate::claim::sentence::{Citation, Sentence};

/// The word nearest to a day tells another day than it is: "data through" beside the last settled day.
pub fn is_other_day(sentence: &Sentence<'_>, citation: &Citation<'_>, measure: &str) -> bool {
    // "As of" right before it says what day it is.
    let own = format!("measure {measure}");
    if sentence.cues_of(&own).any(|cue| cue.tokens > 1 && cue.at + cue.tokens == citation.token) {
        return false;
    }
    let another = |from: usize, to: usize| sentence.citations.iter().any(|other| other.token > from && other.token < to);
    let strong = sentence.cues.iter().filter_map(|cue| Some((cue, cue.class.strip_prefix("strong ")?)));
    let near = strong.filter(|(cue, _)| {
        let (from, to) = (cue.at.min(citation.token), cue.at.max(citation.token));
        to - from <= 5 && !another(from, to) && !sentence.is_cut(from, to) && cue.at < citation.token
    });
    let found: Vec<&str> = near.map(|(_, own)| own).collect();
    // "Since" and "from" are said of any first day, "last" of any last one.
    let also = |own: &str| match own {
        "first seen" | "first day" => {
            matches!(measure, "first seen" | "first day" | "effective from" | "implemented on" | "decided on" | "principal data from")
        }
        "last seen" => matches!(measure, "last day" | "released on" | "data through"),
        "data through" => measure == "as of",
        _ => false,
    };
    !found.is_empty() && !found.iter().any(|own| *own == measure || also(own))
}

/// The last day of a period that has no data up to it, where its first day does not stand before: what "through" does not mean.
pub fn is_beyond_data(sentence: &Sentence<'_>, citation: &Citation<'_>) -> bool {
    let [fact] = citation.facts.as_slice() else { return false };
    let through = fact.sibling_of("data_through").and_then(|fact| fact.value.as_str());
    let later = fact.field() == "to_date" && through.is_some_and(|through| through < citation.cited.value.as_str());
    let spans =
        sentence.citations.iter().any(|other| other.token < citation.token && other.facts.iter().any(|fact| fact.field() == "from_date"));
    later && !spans
}
