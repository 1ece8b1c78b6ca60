//! What a sentence says a figure is about.

use super::meant;
use crate::claim::context::Context;
use crate::claim::names::{is_name, is_time};
use crate::claim::sentence::{Citation, Cue, Sentence};
use crate::claim::words::{fold, plain_words};
use crate::fact::Fact;
use crate::formula::{Expression, Function, Operator};
use crate::unit::Unit;

pub fn subject(sentence: &Sentence<'_>, citation: &Citation<'_>, context: &Context) -> Option<String> {
    let mentions: Vec<(usize, String)> = sentence.mentions.iter().map(|mention| (mention.at, fold(&mention.name))).collect();
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
        several => {
            let all: Vec<Vec<&str>> = several.iter().map(Fact::subject).collect();
            let different = all.iter().any(|subject| Some(subject) != all.first());
            let mentioned = all.iter().flatten().any(|name| named.iter().any(|own| same(own, name)) || !is_name(name));
            let whole = all.iter().any(Vec::is_empty);
            let unnamed = !mentioned && !whole;
            let missed =
                unnamed && (here || !different && !several.first()?.is_only_row()) || different && !is_combined(sentence, citation, &all);
            missed.then(|| {
                let mut names: Vec<&str> = all.into_iter().flatten().collect();
                names.dedup();
                names.join(" / ")
            })
        }
    }
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

/// Whether a sentence says that a formula adds up or compares what it is over: it names two of them, or has a word for it.
fn is_combined(sentence: &Sentence<'_>, citation: &Citation<'_>, subjects: &[Vec<&str>]) -> bool {
    let named = |subject: &Vec<&str>| subject.iter().any(|name| sentence.mentions.iter().any(|mention| same(&fold(&mention.name), name)));
    let mut mentioned: Vec<&Vec<&str>> = subjects.iter().filter(|subject| !subject.is_empty() && named(subject)).collect();
    mentioned.dedup();
    let class = match citation.formula {
        Some(Expression::Binary(Operator::Minus, ..)) => "gap",
        Some(Expression::Binary(Operator::Plus, ..) | Expression::Call(Function::Sum, _)) => "together",
        _ => return true,
    };
    mentioned.len() > 1 || subjects.iter().any(Vec::is_empty) || sentence.cues_of(class).any(|cue| cue.at.abs_diff(citation.token) <= 8)
}

/// A figure of a whole result beside the name of a part of it.
fn whole(sentence: &Sentence<'_>, citation: &Citation<'_>, fact: &Fact<'_>, named: &[String], here: bool) -> Option<String> {
    let scope = fact.scope().unwrap_or("all of it");
    if !here || fact.figure.is_some_and(|figure| matches!(figure.unit, Unit::Count | Unit::Days)) {
        return None;
    }
    let folded = fold(scope);
    let inside = named.iter().any(|name| same(name, scope) || folded.contains(name.as_str()));
    let near = |at: usize| at.abs_diff(citation.token) <= 5;
    let total = sentence.cues_of("total").any(|cue| near(cue.at));
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
    let single = |other: &&Citation<'_>| other.formula.is_none() && other.token < citation.token && other.number.is_some();
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
fn same(folded: &str, name: &str) -> bool {
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
