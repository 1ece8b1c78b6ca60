//! Answers are written by models and names by anybody: nothing of them may become markup.

use std::fmt::Write;

/// For HTML text and attribute values. Characters that a reader cannot see are shown by their code.
pub(super) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if is_unseen(c) => {
                let _ = write!(out, "⟨U+{:04X}⟩", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// For one line of Markdown, also inside a table.
pub(super) fn markdown(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A URL in plain text becomes a link in many renderers.
            ':' if out.ends_with("http") || out.ends_with("https") => out.push_str("&#58;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '!' | '|' | '#' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c if is_unseen(c) => {
                let _ = write!(out, "⟨U+{:04X}⟩", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Control, zero-width, direction-changing and tag characters, but for line breaks.
fn is_unseen(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{00AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(html("<img src=x onerror='a(\"b\")'> & more"), "&lt;img src=x onerror=&#39;a(&quot;b&quot;)&#39;&gt; &amp; more");
        assert_eq!(html("a\u{200B}b\u{202E}c\nd"), "a⟨U+200B⟩b⟨U+202E⟩c\nd");
        assert_eq!(markdown("a | ![x](https://e.example)\n# b <b>"), "a \\| \\!\\[x\\](https&#58;//e.example) \\# b &lt;b&gt;");
    }
}
