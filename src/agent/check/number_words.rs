//! Numbers written in words (`ninety thousand dollars`, `twenty-one roles`), turned into digits so that they are checked like any other.
//! A lone `one` stays: it is a pronoun more often than a count.

/// The text with each run of number words as digits.
pub(super) fn to_digits(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = Run::default();
    for (word, gap) in words(text) {
        if !run.take(word, gap) {
            out.push_str(&run.end());
            if !run.take(word, gap) {
                out.push_str(word);
                out.push_str(gap);
            }
        }
    }
    out.push_str(&run.end());
    out
}

/// Letters with hyphens inside, each with what follows it up to the next; a text that begins otherwise has an empty first word.
fn words(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let word_end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(word_end);
        let gap_end = after.find(char::is_alphanumeric).unwrap_or(after.len());
        let (gap, next) = after.split_at(gap_end);
        rest = next;
        Some((word, gap))
    })
}

/// Number words that follow one another.
#[derive(Debug, Default)]
struct Run<'t> {
    /// Below the next multiplier of a thousand or more.
    part: u64,
    whole: u64,
    words: Vec<(&'t str, &'t str)>,
    /// Whether more than an article or `and` is in it.
    counts: bool,
}

enum Kind {
    Add(u64),
    Hundred,
    Scale(u64),
    /// `a` before a multiplier, `and` between words: part of the number only when it goes on.
    Glue,
}

impl<'t> Run<'t> {
    /// Whether the word belongs to the number.
    fn take(&mut self, word: &'t str, gap: &'t str) -> bool {
        let joined = self.words.last().is_none_or(|(_, gap)| matches!(gap.trim(), "" | "-"));
        let Some(kind) = kind(word).filter(|_| joined) else { return false };
        match kind {
            // `$14.2 million` is read where numbers in digits are.
            Kind::Hundred | Kind::Scale(_) if self.words.is_empty() => return false,
            Kind::Glue if word.eq_ignore_ascii_case("and") && !self.counts => return false,
            Kind::Glue if !word.eq_ignore_ascii_case("and") && !self.words.is_empty() => return false,
            Kind::Glue => {}
            Kind::Add(value) => {
                // `twenty one` is one number, `three four` are two.
                if self.counts && !self.part.is_multiple_of(100) && !(self.part.is_multiple_of(10) && self.part % 100 >= 20 && value < 10) {
                    return false;
                }
                self.part = self.part.saturating_add(value);
                self.counts = true;
            }
            Kind::Hundred => {
                self.part = self.part.max(1).saturating_mul(100);
                self.counts = true;
            }
            Kind::Scale(scale) => {
                self.whole = self.whole.saturating_add(self.part.max(1).saturating_mul(scale));
                self.part = 0;
                self.counts = true;
            }
        }
        self.words.push((word, gap));
        true
    }

    /// The text of the run, in digits where it is a number.
    fn end(&mut self) -> String {
        let mut run = std::mem::take(self);
        let mut trailing = Vec::new();
        while run.words.last().is_some_and(|(word, _)| word.eq_ignore_ascii_case("and")) {
            trailing.extend(run.words.pop());
        }
        let lone_one = matches!(run.words.as_slice(), [(word, _)] if word.eq_ignore_ascii_case("one"));
        let mut text: String = if run.counts && !lone_one {
            let gap = run.words.last().map_or("", |(_, gap)| gap);
            format!("{}{gap}", run.whole.saturating_add(run.part))
        } else {
            run.words.iter().map(|(word, gap)| format!("{word}{gap}")).collect()
        };
        for (word, gap) in trailing.iter().rev() {
            text.push_str(word);
            text.push_str(gap);
        }
        text
    }
}

fn kind(word: &str) -> Option<Kind> {
    const SMALL: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let word = word.to_ascii_lowercase();
    let at = |list: &[&str]| list.iter().position(|known| *known == word).and_then(|at| u64::try_from(at).ok());
    Some(match word.as_str() {
        "a" | "an" | "and" => Kind::Glue,
        "dozen" => Kind::Add(12),
        "hundred" => Kind::Hundred,
        "thousand" => Kind::Scale(1_000),
        "million" => Kind::Scale(1_000_000),
        "billion" => Kind::Scale(1_000_000_000),
        _ => Kind::Add(at(&SMALL).or_else(|| at(&TENS).map(|at| (at + 2) * 10))?),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_in_words_become_digits_and_other_words_stay() {
        for (words, digits) in [
            ("ninety thousand dollars", "90000 dollars"),
            ("Three roles, twenty-one calls", "3 roles, 21 calls"),
            ("one hundred and forty calls and two roles", "140 calls and 2 roles"),
            ("a hundred dollars", "100 dollars"),
            ("two million three hundred thousand tokens", "2300000 tokens"),
            ("a dozen of them", "12 of them"),
            ("no one knows; one of them is a role and an owner", "no one knows; one of them is a role and an owner"),
            ("three four", "3 4"),
            ("someone often mentioned weight", "someone often mentioned weight"),
            ("$14.2 million", "$14.2 million"),
        ] {
            assert_eq!(to_digits(words), digits, "{words}");
        }
    }

    proptest! {
        #[test]
        fn text_without_number_words_is_unchanged(text in "[b-e ,.\\-0-9$%é]{0,40}") {
            prop_assert_eq!(to_digits(&text), text);
        }
    }
}
