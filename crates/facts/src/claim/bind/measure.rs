//! What a sentence says that a figure measures.

use super::day::{is_beyond_data, is_other_day};
use super::kind::is_of_other_kind;
use super::subject::is_repeated;
use crate::claim::context::Context;
use crate::claim::sentence::{Citation, Cue, Is, Sentence};
use crate::declare::{Figure, Kind};
use crate::unit::Unit;

/// Measures that need no word of their own beside a figure of their unit.
const PLAIN: [(&str, Unit); 3] = [("spend", Unit::Usd), ("share", Unit::Percent), ("tokens", Unit::Tokens)];

pub fn measure(sentence: &Sentence<'_>, citation: &Citation<'_>, context: &Context) -> Option<String> {
    let missing: Vec<String> = citation
        .facts
        .iter()
        .filter_map(|fact| fact.figure)
        .filter(|figure| {
            let other_day =
                figure.unit == Unit::Date && (is_other_day(sentence, citation, figure.measure) || is_beyond_data(sentence, citation));
            is_of_other_kind(sentence, citation, figure) || other_day || !is_said(sentence, citation, figure.measure, figure.unit, context)
        })
        .map(|figure| match figure.kind {
            Kind::Actual if is_of_other_kind(sentence, citation, figure) => format!("actual {}", figure.measure),
            Kind::Projected if !figure.measure.starts_with("proj") => format!("{} {}", figure.kind.word(), figure.measure),
            _ => figure.measure.to_owned(),
        })
        .collect();
    let mut named: Vec<String> = Vec::new();
    missing.into_iter().for_each(|word| {
        if !named.contains(&word) {
            named.push(word);
        }
    });
    (!named.is_empty()).then(|| named.join(" / "))
}

/// Of a turn that asked one tool only, what the tool is about goes without saying.
fn is_of_tool(context: &Context, measure: &str) -> bool {
    matches!(
        (context.only_tool.as_deref(), measure),
        (Some("unclaimed_principals"), "unclaimed spend") | (Some("model_drift"), "unapproved spend")
    )
}

fn is_said(sentence: &Sentence<'_>, citation: &Citation<'_>, measure: &'static str, unit: Unit, context: &Context) -> bool {
    let own = format!("measure {measure}");
    if is_of_tool(context, measure) {
        return !is_repeated(sentence, citation);
    }
    if citation.facts.len() != 1 {
        let by_tokens =
            unit == Unit::Tokens && ["measure tokens", "measure spend per million tokens"].iter().any(|class| sentence.has(class));
        return by_tokens || PLAIN.contains(&(measure, unit)) || sentence.has(&own) || context.has(&own) || is_wide(measure);
    }
    let place = Place { sentence, citation, context, measure, unit, own };
    if is_repeated(sentence, citation) {
        false
    } else if place.near().any(|cue| cue.class == place.own) {
        true
    } else if PLAIN.contains(&(measure, unit)) {
        place.is_plainly_said()
    } else {
        place.is_specially_said()
    }
}

/// A figure where it stands, and the measure that it is of.
struct Place<'p, 's> {
    sentence: &'p Sentence<'s>,
    citation: &'p Citation<'s>,
    context: &'p Context,
    measure: &'static str,
    unit: Unit,
    /// Its class in the lexicon.
    own: String,
}

impl<'s> Place<'_, 's> {
    fn values_between(&self, at: usize) -> impl Iterator<Item = &Citation<'s>> {
        let (from, to) = (at.min(self.citation.token), at.max(self.citation.token));
        self.sentence.values().filter(move |other| other.token > from && other.token < to)
    }

    fn cues(&self) -> impl Iterator<Item = &Cue> {
        self.sentence.cues.iter().filter(|cue| cue.class.starts_with("measure"))
    }

    /// The cues of measures nearest before it and behind it; of several words at one place any.
    fn near(&self) -> impl Iterator<Item = &Cue> {
        let at = self.citation.token;
        let before = self.cues().filter(|cue| cue.at < at).map(|cue| cue.at + cue.tokens).max();
        let behind = self.cues().filter(|cue| cue.at > at && self.values_between(cue.at).next().is_none()).map(|cue| cue.at).min();
        self.cues().filter(move |cue| Some(cue.at + cue.tokens) == before && cue.at < at || Some(cue.at) == behind)
    }

    fn right_before(&self, class: &str) -> bool {
        self.sentence.cues_of(class).any(|cue| cue.at + cue.tokens == self.citation.token)
    }

    /// The figure before it in the sentence.
    fn earlier(&self) -> Option<&Citation<'s>> {
        self.sentence.values().filter(|other| other.token < self.citation.token).max_by_key(|other| other.token)
    }

    /// In a row of figures of the same measure one word does for all.
    fn is_like_earlier(&self) -> bool {
        let like = |figure: &'static Figure| figure.measure == self.measure && figure.unit == self.unit;
        self.earlier().is_some_and(|other| other.facts.iter().any(|fact| fact.figure.is_some_and(like)))
    }

    /// Of a measure that needs no word, unless another measure's stands near.
    fn is_plainly_said(&self) -> bool {
        let mixed = |field: &str| self.citation.facts.iter().any(|fact| fact.sibling(field).is_some());
        let special = has_special(self.sentence, self.citation, self.unit);
        let moves = ["up", "down"].iter().any(|class| self.right_before(class));
        if self.right_before("by") || moves && !self.right_before("to") {
            return false;
        }
        if mixed("change_usd") && self.unit == Unit::Usd {
            let dated = self.sentence.periods.iter().any(|(at, _)| at.abs_diff(self.citation.token) <= 3);
            let told =
                self.is_like_earlier() || self.right_before("to") || self.right_before("previous") || self.sentence.has(&self.own) || dated;
            let of_changes = self.context.led_by("measure change") && !self.context.led_by(&self.own);
            return !(self.right_before("up") || self.right_before("down")) && (told || self.earlier().is_none() && !of_changes);
        }
        if mixed("estimate_usd") || mixed("total_estimate_usd") {
            return self.is_like_earlier() || self.earlier().is_none() && !special || self.context.led_by(&self.own);
        }
        self.near().next().is_none() || !special
    }

    fn is_specially_said(&self) -> bool {
        let first_word = |text: &str| text.split(' ').next().map(str::to_owned);
        let labels = self.sentence.labels.iter().filter(|label| label.at.abs_diff(self.citation.token) <= 4);
        let labelled = labels.clone().any(|label| first_word(&label.name) == first_word(self.measure));
        let somewhere = labelled || self.is_like_earlier() || self.sentence.cues_of(&self.own).any(|cue| self.reaches(cue));
        // A row called "unclaimed roles" is no word of the sentence, and says it all the same.
        let by_name =
            self.measure.starts_with("un") && self.sentence.labels.iter().any(|label| first_word(&label.name) == first_word(self.measure));
        if by_name
            || self.is_throughout() && self.sentence.has(&self.own)
            || self.is_before_estimate()
            || self.measure == "estimate" && self.is_of_earlier()
        {
            return true;
        }
        if self.unit == Unit::Count {
            // A count stands with its noun, whatever the noun is, unless that is another count's.
            let near = |cue: &&Cue| cue.at.abs_diff(self.citation.token) <= 3 && COUNTS.contains(&cue.class) && cue.class != self.own;
            return somewhere || !self.cues().any(|cue| near(&cue));
        }
        // What the sentence before spoke of counts where this one speaks of no measure here.
        let unsaid = self.near().next().is_none() && self.context.has(&self.own);
        let led = self.context.led_by(&self.own) && !self.speaks_of_sibling();
        !self.is_turned() && (somewhere || led || unsaid || is_wide(self.measure))
    }

    /// Whether a cue is said of it: near enough, and no other figure between, but an estimate: "$5,100 of $14,500 is left".
    fn reaches(&self, cue: &Cue) -> bool {
        let is_estimate = |other: &Citation<'_>| {
            other.facts.iter().any(|fact| fact.figure.is_some_and(|figure| matches!(figure.measure, "estimate" | "rows left out")))
        };
        cue.at.abs_diff(self.citation.token) <= 14 && self.values_between(cue.at).all(is_estimate)
    }

    /// What is unclaimed or unapproved is so all through a sentence, and so is the only kind of tokens it speaks of.
    fn is_throughout(&self) -> bool {
        let is_kind = |class: &str| class.ends_with(" tokens") && !matches!(class, "measure spend per million tokens" | "measure tokens");
        let only_kind = self.unit == Unit::Tokens && !self.cues().any(|cue| is_kind(cue.class) && cue.class != self.own);
        self.measure.starts_with("un") || self.measure == "cache hit rate" || only_kind
    }

    /// "$9,400 of $14,500": what was spent or used, of the estimate beside it.
    fn is_of_earlier(&self) -> bool {
        let part = |figure: &'static Figure| matches!(figure.measure, "spend" | "used" | "tokens" | "remaining");
        self.earlier().is_some_and(|other| {
            let same_row =
                other.facts.iter().any(|one| self.citation.facts.iter().any(|fact| fact.row() == one.row() && fact.result == one.result));
            let gap = self.citation.token - other.token;
            (2..=3).contains(&gap) && same_row && other.facts.iter().any(|fact| fact.figure.is_some_and(part))
        })
    }

    /// Whether the words beside it are those of another figure of its row.
    fn speaks_of_sibling(&self) -> bool {
        let [fact] = self.citation.facts.as_slice() else { return false };
        let others = fact.figures_beside();
        self.near().any(|cue| {
            cue.class
                .strip_prefix("measure ")
                .is_some_and(|measure| others.iter().any(|other| other.measure == measure && other.unit == self.unit))
        })
    }

    /// "$1,260 over", where nothing follows that it would be over.
    fn is_over(&self) -> bool {
        let behind = self.sentence.cues_of("over").chain(self.sentence.cues_of("under")).find(|cue| cue.at == self.citation.token + 1);
        // "It will be over by …": the excess, not the value.
        let by = matches!(
            self.sentence.tokens.get(self.citation.token.wrapping_sub(1)).map(|token| token.word.as_str()),
            Some("di" | "de" | "um" | "by")
        );
        let before = by && self.sentence.cues_of("over").any(|cue| cue.at < self.citation.token && self.citation.token - cue.at <= 2);
        before
            || behind.is_some_and(|cue| {
                let next = self.sentence.tokens.get(cue.at + cue.tokens);
                let noun = self.sentence.cues_of("estimate-noun").any(|noun| noun.at >= cue.at && noun.at - cue.at <= 3);
                noun || next.is_none_or(|token| token.is == Is::Word && !token.word.chars().any(char::is_alphanumeric))
            })
    }

    /// "83.2 % of its $1,060": what was used, of the estimate right behind it.
    fn is_before_estimate(&self) -> bool {
        let of_row = |other: &Citation<'_>| {
            other.facts.iter().any(|one| {
                one.figure.is_some_and(|figure| figure.measure == "estimate")
                    && self.citation.facts.iter().any(|fact| fact.row() == one.row() && fact.result == one.result)
            })
        };
        self.measure == "used"
            && self
                .sentence
                .values()
                .any(|other| other.token > self.citation.token && other.token - self.citation.token <= 4 && of_row(other))
    }

    /// "To" and "from … to" are said of values, "by" of their difference.
    fn is_turned(&self) -> bool {
        let then_to = self.sentence.cues_of("to").any(|cue| cue.at == self.citation.token + 1);
        match self.measure {
            "change" => self.right_before("to") || self.right_before("from") && then_to,
            "projection" | "estimate" => self.right_before("by") || self.is_over(),
            _ => false,
        }
    }
}

const COUNTS: [&str; 9] = [
    "measure unclaimed roles",
    "measure findings",
    "measure models",
    "measure decisions",
    "measure products",
    "measure workloads",
    "measure calls",
    "measure rows left out",
    "measure failed calls",
];

/// A word of another measure of this unit stands near.
fn has_special(sentence: &Sentence<'_>, citation: &Citation<'_>, unit: Unit) -> bool {
    const SPECIAL: [&str; 12] = [
        "measure estimate",
        "measure remaining",
        "measure projection",
        "measure projected over",
        "measure recoverable",
        "measure net",
        "measure gross",
        "measure credits",
        "measure tax",
        "measure limit",
        "measure used",
        "measure cache hit rate",
    ];
    let money = unit == Unit::Usd || unit == Unit::Percent;
    // A preposition is a cue only to whoever looks for one.
    let telling = |cue: &&Cue| {
        let word = sentence.tokens.get(cue.at).map_or("", |token| token.word.as_str());
        word.chars().count() > 3
            && !matches!(
                word,
                "over" | "against" | "within" | "through" | "from" | "with" | "than" | "usage" | "more" | "less" | "past" | "after"
            )
    };
    let value_between = |from: usize, to: usize| sentence.values().any(|other| other.token > from && other.token < to);
    let near = |cue: &&Cue| {
        let (from, to) = (cue.at.min(citation.token), cue.at.max(citation.token));
        to - from <= 4 && !value_between(from, to)
    };
    let fits = |cue: &Cue| unit == Unit::Percent || !matches!(cue.class, "measure used" | "measure cache hit rate");
    money && sentence.cues.iter().filter(telling).filter(near).any(|cue| SPECIAL.contains(&cue.class) && fits(cue))
}

/// Counts whose noun is in the sentence anyway, and dates of a period.
fn is_wide(measure: &str) -> bool {
    matches!(measure, "month" | "data through" | "days" | "days of the projection")
}
