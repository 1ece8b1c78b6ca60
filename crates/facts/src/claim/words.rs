//! A sentence as tokens: words, names, citations and marks.

/// Lower case and without accents: `Größe` → `groesse`.
pub fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => folded.push_str("ae"),
            'ö' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'à' | 'á' | 'â' | 'ã' | 'å' => folded.push('a'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ø' => folded.push('o'),
            'ù' | 'ú' | 'û' => folded.push('u'),
            'è' | 'é' | 'ê' | 'ë' => folded.push('e'),
            'ì' | 'í' | 'î' | 'ï' => folded.push('i'),
            'ç' => folded.push('c'),
            'ñ' => folded.push('n'),
            'ß' => folded.push_str("ss"),
            'œ' => folded.push_str("oe"),
            '’' | '‘' => folded.push('\''),
            c => folded.push(c),
        }
    }
    folded
}

/// Folded words of a phrase; `*` stays at its word.
pub fn plain_words(text: &str) -> Vec<String> {
    pieces(text).into_iter().map(|(at, end)| fold(text.get(at..end).unwrap_or_default())).collect()
}

/// Where words and marks of a text are: letters and digits with hyphens and apostrophes inside are one word, anything else that is no white space is a
/// mark of its own. `n't` stays with its word; the English `'s` and the French and Italian `l'` are words of their own.
pub fn pieces(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start: Option<usize> = None;
    let mut previous = ' ';
    for (at, c) in text.char_indices() {
        let next = text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next()).unwrap_or(' ');
        let inner = matches!(c, '-' | '_') && previous.is_alphanumeric() && next.is_alphanumeric();
        let is_word = c.is_alphanumeric() || inner || c == '*';
        let elided = matches!(c, '\'' | '’') && previous.is_alphanumeric() && next.is_alphabetic();
        match (is_word, start) {
            (true, None) => start = Some(at),
            (true, Some(_)) => {}
            (false, Some(from)) if elided => {
                // `l'estimation` is two words; `isn't` is one, `HR's` too.
                let head = text.get(from..at).unwrap_or_default();
                let possessive = matches!(next, 's' | 'S')
                    && !text.get(at + c.len_utf8() + 1..).and_then(|rest| rest.chars().next()).is_some_and(char::is_alphanumeric);
                let clitic = possessive
                    || head.chars().count() <= 4 && !matches!(next, 's' | 't' | 'S' | 'v' | 'r' | 'm') && !head.eq_ignore_ascii_case("i");
                if clitic {
                    found.push((from, at));
                    start = None;
                }
            }
            (false, _) => {
                if let Some(from) = start.take() {
                    found.push((from, at));
                }
                if !c.is_whitespace() && !elided {
                    found.push((at, at + c.len_utf8()));
                }
            }
        }
        previous = c;
    }
    if let Some(from) = start {
        found.push((from, text.len()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_people_write_them() {
        assert_eq!(
            plain_words("It isn't over-budget, l'estimation: Größe 40 %"),
            ["it", "isn't", "over-budget", ",", "l", "estimation", ":", "groesse", "40", "%"]
        );
    }
}
