//! What a sentence says a figure is about.

use super::meant;
use crate::claim::context::Context;
use crate::claim::names::{is_name, is_time};
use crate::claim::sentence::{Citation, Cue, Sentence};
use crate::claim::words::{fold, plain_words};
use crate::fact::Fact;
use crate::unit::Unit;

pub fn subject(sentence: &Sentence<'_>, citation: &Citation<'_>, context: &Context) -> Option<String> {
    let mentions = spoken(sentence, citation);
    let mut named: Vec<String> = meant(sentence, &mentions, citation.token).into_iter().cloned().collect();
    let before = mentions.iter().any(|(at, _)| *at < citation.token);
    let here = !named.is_empty();
    if !here {
        named = context.subjects();
    }
    let of_method = |fact: &Fact<'_>| {
        fact.figure
            .is_some_and(|figure| matches!(figure.measure, "days of the projection" | "healthy cache hit rate" | "target cache hit rate"))
    };
    match citation.facts.as_slice() {
        [] => None,
        [fact] if of_method(fact) => None,
        [fact] if fact.subject().iter().all(|name| is_time(name)) => {
            if context.several_scopes {
                one_of_several(fact, &named)
            } else {
                whole(sentence, citation, fact, &named, before)
            }
        }
        [fact] if is_repeated(sentence, citation) => Some(fact.subject().join(", ")),
        [fact] if !fact.subject().iter().any(|name| is_name(name)) => labelled(sentence, citation, fact, context),
        [fact] => one_subject(sentence, fact, &named, here, context),
        // An average, or a field times or over a number.
        several => {
            let all: Vec<&str> = several.iter().flat_map(Fact::subject).collect();
            let mentioned = all.iter().any(|name| named.iter().any(|own| same(own, name)) || !is_name(name));
            (here && !all.is_empty() && !mentioned).then(|| all.join(" / "))
        }
    }
}

/// The names that a figure may be about: not those left out ("without Checkout"), nor the scope around it where something else is named.
fn spoken(sentence: &Sentence<'_>, citation: &Citation<'_>) -> Vec<(usize, String)> {
    let left_out = |at: usize| sentence.cues_of("without").any(|cue| cue.at + cue.tokens == at);
    let all = sentence.mentions.iter().filter(|mention| !left_out(mention.at)).map(|mention| (mention.at, fold(&mention.name)));
    let all: Vec<(usize, String)> = all.collect();
    let scopes: Vec<String> = citation.facts.iter().filter(|fact| fact.row().is_some()).filter_map(Fact::scope).map(fold).collect();
    // A scope of two names is no place around them.
    let one = |scope: &str| !scope.contains([',', '&']) && !scope.contains(" and ");
    let around = |name: &str| scopes.iter().any(|scope| scope == name || one(scope) && scope.ends_with(&format!(" {name}")));
    let inner: Vec<(usize, String)> = all.iter().filter(|(_, name)| !around(name)).cloned().collect();
    if inner.is_empty() { all } else { inner }
}

fn one_subject(sentence: &Sentence<'_>, fact: &Fact<'_>, named: &[String], here: bool, context: &Context) -> Option<String> {
    let own: Vec<&str> = fact.subject().into_iter().filter(|name| is_name(name) || !is_time(name)).collect();
    let first = own.first()?;
    if fact.is_only_row() && !here {
        return None;
    }
    let beside = fact.texts_of_row();
    let meant = named.iter().any(|name| beside.iter().any(|own| same(name, own)));
    if !meant {
        return Some(if own.len() > 1 { own.join(", ") } else { (*first).to_owned() });
    }
    // Rows that share a name are told apart by the other one.
    let missing: Vec<&str> = own
        .iter()
        .filter(|name| {
            let said = sentence.mentions.iter().any(|mention| same(&fold(&mention.name), name))
                || named.iter().chain(&context.subjects()).any(|own| same(own, name))
                || !is_name(name) && says(sentence, context, name);
            !said && !fact.is_shared(name)
        })
        .copied()
        .collect();
    (!missing.is_empty() && fact.is_ambiguous(&own, &missing)).then(|| missing.join(", "))
}

/// A name or a state of another row than the one that is named in front of it.
pub fn of_text(sentence: &Sentence<'_>, citation: &Citation<'_>, context: &Context) -> Option<String> {
    let [fact] = citation.facts.as_slice() else { return None };
    if fact.relation().is_none() && fact.state().is_none() || !fact.subject().iter().any(|name| is_name(name)) {
        return None;
    }
    let mentions: Vec<(usize, String)> = sentence.mentions.iter().map(|mention| (mention.at, fold(&mention.name))).collect();
    let before = mentions.iter().any(|(at, _)| *at < citation.token);
    let named: Vec<String> = meant(sentence, &mentions, citation.token).into_iter().cloned().collect();
    let follows = |at: usize| at > citation.token && at - citation.token <= 6;
    if mentions.iter().any(|(at, name)| follows(*at) && fact.subject().iter().any(|own| same(name, own))) {
        return None;
    }
    if before { one_subject(sentence, fact, &named, true, context) } else { None }
}

/// A figure of a whole result beside the name of a part of it.
fn whole(sentence: &Sentence<'_>, citation: &Citation<'_>, fact: &Fact<'_>, named: &[String], here: bool) -> Option<String> {
    let scope = fact.scope().unwrap_or("all of it");
    // "The company spent …": only where the company is what was looked up.
    let of_company = sentence.cues_of("company-word").any(|cue| cue.at.abs_diff(citation.token) <= 6);
    if of_company {
        return (!scope.contains("whole company")).then(|| scope.to_owned());
    }
    if !here || fact.figure.is_some_and(|figure| matches!(figure.unit, Unit::Count | Unit::Days)) {
        return None;
    }
    let folded = fold(scope);
    let inside = named.iter().any(|name| same(name, scope) || folded.contains(name.as_str()));
    // "The total of …", "… in all"; "of …" right before it.
    let parted = |at: usize| {
        let (from, to) = (at.min(citation.token), at.max(citation.token));
        sentence.values().any(|other| other.token > from && other.token < to)
    };
    let total = sentence.cues_of("whole").any(|cue| cue.at.abs_diff(citation.token) <= 6 && !parted(cue.at))
        || sentence.cues_of("of").any(|cue| cue.at + cue.tokens == citation.token);
    let of_other = fact.figure.is_some_and(|figure| !matches!(figure.measure, "spend" | "estimate" | "projection" | "tokens"));
    let all =
        if ["the whole", "your ", "all "].iter().any(|whole| scope.starts_with(whole)) { String::new() } else { "all of ".to_owned() };
    (!inside && !total && !of_other).then(|| format!("{all}{scope}"))
}

/// Of several results of one kind, the whole of one: by its name.
fn one_of_several(fact: &Fact<'_>, named: &[String]) -> Option<String> {
    let scope = fact.scope()?;
    let folded = fold(scope);
    let meant = named.iter().any(|name| same(name, scope) || folded.contains(name.as_str()));
    (!meant).then(|| scope.to_owned())
}

/// The same field a second time in a sentence: the one of the two that is another figure shows itself.
pub fn is_repeated(sentence: &Sentence<'_>, citation: &Citation<'_>) -> bool {
    let is_figure = |other: &Citation<'_>| other.number.is_some() || other.cited.unit == Some(Unit::Date);
    let single = |other: &&Citation<'_>| other.formula.is_none() && other.token < citation.token && is_figure(other);
    citation.formula.is_none() && sentence.citations.iter().filter(single).any(|other| other.facts == citation.facts)
}

/// A row by a label such as `unclaimed roles` or `cache read`: by the label, or the words for it, that is meant where the figure stands.
fn labelled(sentence: &Sentence<'_>, citation: &Citation<'_>, fact: &Fact<'_>, context: &Context) -> Option<String> {
    const WORDS: [(&str, &str); 5] = [
        ("measure input tokens", "input"),
        ("measure output tokens", "output"),
        ("measure cache read tokens", "cache read"),
        ("measure cache write tokens", "cache write"),
        ("unclaimed", "unclaimed roles"),
    ];
    let own: Vec<&str> = fact.subject().into_iter().filter(|name| !is_time(name)).collect();
    // `Cache` alone is either.
    let either = |cue: &Cue| cue.tokens == 1 && sentence.tokens.get(cue.at).is_some_and(|token| token.word.starts_with("cach"));
    let by_words = sentence.cues.iter().filter(|cue| !either(cue)).filter_map(|cue| {
        let label = WORDS.iter().find(|(class, _)| *class == cue.class)?.1;
        Some((cue.at, label.to_owned()))
    });
    let mut mentions: Vec<(usize, String)> = sentence.labels.iter().map(|label| (label.at, label.name.clone())).chain(by_words).collect();
    mentions.sort();
    let meant = meant(sentence, &mentions, citation.token);
    let said = if meant.is_empty() {
        own.iter().all(|name| says(sentence, context, name))
    } else {
        meant.iter().any(|label| own.contains(&label.as_str()))
    };
    (!said).then(|| own.join(", "))
}

/// A name and a longer or shorter form of it.
pub fn same(folded: &str, name: &str) -> bool {
    let name = fold(name);
    folded == name || name.ends_with(&format!(" {folded}")) || folded.ends_with(&format!(" {name}"))
}

/// Whether a sentence has the words of a label such as `unclaimed roles` or `cache read`, in its language.
fn says(sentence: &Sentence<'_>, context: &Context, label: &str) -> bool {
    let classes: &[&str] = match label {
        _ if label.contains("unclaimed") => &["unclaimed", "measure unclaimed roles", "measure unclaimed spend"],
        "input" => &["measure input tokens"],
        "output" => &["measure output tokens"],
        "cache read" => &["measure cache read tokens"],
        "cache write" => &["measure cache write tokens"],
        _ => &[],
    };
    let has_class = classes.iter().any(|class| sentence.has(class) || context.has(class));
    let long = |word: &String| word.chars().count() >= 4;
    let stem = |word: &str| word.chars().take(5).collect::<String>();
    let has_word = plain_words(label).iter().filter(|word| long(word)).any(|word| {
        let stem = stem(word);
        sentence.tokens.iter().any(|token| token.word.starts_with(&stem)) || context.words.iter().any(|own| own.starts_with(&stem))
    });
    has_class || has_word || sentence.labels.iter().any(|mention| mention.name == label)
}
