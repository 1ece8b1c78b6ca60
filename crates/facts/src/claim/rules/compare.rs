//! More or less than another: by the values that the sentence cites.

use rust_decimal::Decimal;

use super::{Claim, Judged};
use crate::claim::words::fold;
use crate::formula::{Expression, Operator};

pub fn judge(claim: &Claim<'_, '_>) -> Judged {
    let sentence = claim.sentence;
    if sentence.is_question() {
        return Ok(false);
    }
    for (class, more) in [("more", true), ("less", false)] {
        for cue in sentence.cues_of(class) {
            if sentence.negated(cue.at) {
                continue;
            }
            // `{= a1.x - a2.x} more than`: a difference of two things at one time.
            let difference = sentence.citations.iter().find(|citation| {
                citation.token < cue.at
                    && cue.at - citation.token <= 3
                    && matches!(citation.formula, Some(Expression::Binary(Operator::Minus, ..)))
            });
            let Some((citation, number)) = difference.and_then(|citation| Some((citation, citation.number?))) else { continue };
            let [left, right] = citation.facts.as_slice() else { continue };
            if left.period() != right.period() || number.is_zero() {
                continue;
            }
            let larger = if number > Decimal::ZERO { left } else { right };
            let names = |subject: Vec<&str>| subject.into_iter().map(fold).collect::<Vec<_>>();
            let (large, small) = (names(larger.subject()), names(if number > Decimal::ZERO { right } else { left }.subject()));
            let first =
                sentence.mentions.iter().map(|mention| fold(&mention.name)).find(|name| large.contains(name) != small.contains(name));
            let Some(first) = first else { continue };
            if large.contains(&first) != more {
                return Err(format!("the record says that {first} has {}", if more { "less" } else { "more" }));
            }
        }
    }
    Ok(false)
}
