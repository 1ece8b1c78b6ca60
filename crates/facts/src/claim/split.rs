//! Where a growing text may be cut: behind a sentence, a line or a row of a table, and never inside a reference.

/// The length of the first sentence, line or row with the white space behind it; `None` while it may still go on.
pub fn first(text: &str, is_whole: bool) -> Option<usize> {
    let line = text.find('\n').map(|newline| newline + 1);
    let row = text.trim_start().starts_with('|');
    if !row && let Some(end) = sentence(line.and_then(|end| text.get(..end)).unwrap_or(text), is_whole || line.is_some()) {
        return Some(end);
    }
    line.or_else(|| (is_whole && !text.is_empty()).then_some(text.len()))
}

/// The end of the first sentence of a line.
fn sentence(line: &str, is_whole: bool) -> Option<usize> {
    let mut inside = 0_u32;
    for (at, c) in line.char_indices() {
        match c {
            '{' => inside += 1,
            '}' => inside = inside.saturating_sub(1),
            '.' | '!' | '?' | '…' if inside == 0 => {
                let end = at + c.len_utf8();
                if let Some(cut) = behind_stop(line, at, end, is_whole) {
                    return Some(cut);
                }
            }
            _ => {}
        }
    }
    None
}

fn behind_stop(line: &str, at: usize, end: usize, is_whole: bool) -> Option<usize> {
    let rest = line.get(end..)?;
    let closing = rest.find(|c: char| !matches!(c, '"' | '\'' | ')' | '*' | '_' | '»' | '”' | '’')).unwrap_or(rest.len());
    let after = rest.get(closing..)?;
    if !after.starts_with(char::is_whitespace) {
        return (after.is_empty() && is_whole).then_some(line.len());
    }
    let next = after.trim_start();
    let Some(first) = next.chars().next() else { return is_whole.then_some(line.len()) };
    let before = line.get(..at)?;
    let word: String =
        before.chars().rev().take_while(|c| c.is_alphanumeric() || *c == '.').collect::<Vec<_>>().into_iter().rev().collect();
    // `us-east-1.` ends a sentence, `the 1. of` does not.
    let is_ordinal =
        !before.ends_with(&format!("-{word}")) && word.len() <= 2 && !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    // `Q&A.` ends a sentence.
    let is_initial = word.chars().count() == 1 && line.get(at..end) == Some(".") && !before.ends_with(&format!("&{word}"));
    let is_short = is_ordinal || is_abbreviation(&word) || is_initial;
    (!is_short && !first.is_lowercase()).then(|| line.len() - next.len())
}

fn is_abbreviation(word: &str) -> bool {
    const SHORT: [&str; 26] = [
        "e.g", "i.e", "vs", "approx", "incl", "excl", "ca", "bzw", "z.b", "d.h", "u.a", "ggf", "inkl", "zzgl", "max", "min", "mio", "mrd",
        "env", "p.ex", "ex", "aprox", "etc", "st", "dr", "nr",
    ];
    SHORT.contains(&word.to_lowercase().as_str())
}

/// The cells of a row of a table.
pub fn cells(row: &str) -> Vec<&str> {
    row.trim().trim_start_matches('|').trim_end_matches('|').split('|').map(str::trim).collect()
}

/// `| --- | :--: |`
pub fn is_rule(row: &str) -> bool {
    row.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\n' | '\r')) && row.contains('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        let mut rest = text;
        let mut found = Vec::new();
        while let Some(end) = first(rest, true) {
            found.push(rest[..end].to_owned());
            rest = &rest[end..];
        }
        found
    }

    #[test]
    fn a_text_is_cut_behind_sentences_lines_and_rows() {
        let text = "Yes. You are at {b1.used_percent} (vs. last month). {= a1.x / 2.5} more.\n- One, e.g. this.\n| a. B | c |\n";
        assert_eq!(
            all(text),
            ["Yes. ", "You are at {b1.used_percent} (vs. last month). ", "{= a1.x / 2.5} more.\n", "- One, e.g. this.\n", "| a. B | c |\n"]
        );
        assert_eq!(all(text).concat(), text);
    }

    #[test]
    fn what_may_go_on_is_not_cut() {
        for text in ["You are at", "You are at {b1.used_percent}.", "It is 2.", "| a | b"] {
            assert_eq!(first(text, false), None, "{text}");
        }
        assert_eq!(first("Done. And", false), Some(6));
    }
}
