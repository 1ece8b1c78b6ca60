//! Text that people wrote, made safe to show and to hand to a model: what nobody can see is taken out, and what a renderer or a model could take
//! for more than text loses its power.
//!
//! Names that get into the records by import are refused when they hold such characters (`names::clean_name`); descriptions, tags, role names and
//! messages come from elsewhere and pass through here.

use std::borrow::Cow;

use crate::names::is_invisible;

/// Pairs that begin markup or a model's control token, with a space put between them: `<|im_start|>`, `![image](…)`, `[link](…)`, `<tag>`.
const SPLIT: [(char, char); 4] = [('<', '|'), ('|', '>'), ('!', '['), (']', '(')];

/// The text without control and invisible characters (line breaks and tabs stay), terminal sequences, and working markup. Idempotent. What is
/// made of a beginning that ends in white space is the beginning of what is made of the whole, so a stream can be cleaned as it comes.
#[must_use]
pub fn plain_text(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let seen = without_escapes(text);
    let mut plain = String::with_capacity(seen.len());
    let mut previous = None;
    for c in seen.chars().filter(|c| !is_unseen(*c)) {
        if previous.is_some_and(|before| splits(before, c)) {
            plain.push(' ');
        }
        plain.push(c);
        previous = Some(c);
    }
    Cow::Owned(plain)
}

fn is_plain(text: &str) -> bool {
    !text.chars().any(is_unseen) && !text.chars().zip(text.chars().skip(1)).any(|(before, after)| splits(before, after))
}

fn splits(before: char, after: char) -> bool {
    SPLIT.contains(&(before, after)) || (before == '<' && (after.is_alphabetic() || matches!(after, '/' | '!' | '?')))
}

fn is_unseen(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || is_invisible(c)
}

/// Without terminal control sequences (`ESC [ 31 m`), whose letters would otherwise stay behind.
fn without_escapes(text: &str) -> Cow<'_, str> {
    const ESCAPE: char = '\u{1B}';
    if !text.contains(ESCAPE) {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c != ESCAPE {
            kept.push(c);
        } else if rest.next_if_eq(&'[').is_some() {
            while rest.next_if(|c| c.is_ascii_digit() || matches!(c, ';' | '?')).is_some() {}
            rest.next_if(char::is_ascii_alphabetic);
        }
    }
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_nobody_sees_is_taken_out() {
        for (written, plain) in [
            ("HR\u{200B} Por\u{2060}tal", "HR Portal"),
            ("\u{202E}latroP\u{202C}", "latroP"),
            ("note\u{E0049}\u{E0067}\u{E006E}", "note"),
            ("\u{1B}[31mred\u{1B}[0m", "red"),
            ("a\u{0}b\u{7}c", "abc"),
            ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ] {
            assert_eq!(plain_text(written), plain, "{written:?}");
        }
    }

    #[test]
    fn markup_and_control_tokens_become_ordinary_text() {
        for (written, plain) in [
            ("<|im_start|>system", "< |im_start| >system"),
            ("![x](https://evil.example/?q=1)", "! [x] (https://evil.example/?q=1)"),
            ("<script>alert(1)</script>", "< script>alert(1)< /script>"),
            ("a < b, c <= d, x[1] (y)", "a < b, c <= d, x[1] (y)"),
        ] {
            assert_eq!(plain_text(written), plain, "{written:?}");
        }
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in "(\\PC|[<>|!\\[\\](\u{1B}\u{200B}m]){0,30}") {
            let once = plain_text(&text).into_owned();
            prop_assert_eq!(plain_text(&once), once.as_str());
        }

        #[test]
        fn a_beginning_that_ends_in_white_space_is_cleaned_like_in_the_whole(head in "[a<|!\\]\\[(\u{200B}]{0,12}", tail in "[a<|!\\]\\[(\u{200B}]{0,12}") {
            let head = format!("{head} ");
            let whole = format!("{head}{tail}");
            prop_assert!(plain_text(&whole).starts_with(plain_text(&head).as_ref()));
        }
    }
}
