//! The label a model puts before its answer, as the prompt asks: `<assume>November is month to date …`. It says what kind of answer follows and
//! is not part of it, nor is one that closes it (`</assume>`) or stands further on. A label decides nothing; a model that writes none is understood
//! by what its tools returned.

use agent_bill_model::Behaviour;

/// Longer than any label, its brackets included.
const LONGEST: usize = 24;

/// Takes labels off a stream of text.
#[derive(Debug, Default)]
pub(super) struct TagReader {
    /// What may still turn out to be a label.
    held: String,
    /// Something of the text went on.
    begun: bool,
    /// White space behind an opening label belongs to neither.
    trimming: bool,
    pub behaviour: Option<Behaviour>,
}

impl TagReader {
    /// A further text may begin with a label, too; the first one said what kind of answer it is.
    pub fn next_text(&mut self) {
        *self = Self { behaviour: self.behaviour, ..Self::default() };
    }

    /// The text that can be passed on.
    pub fn take(&mut self, delta: &str) -> String {
        let mut text = std::mem::take(&mut self.held);
        text.push_str(delta);
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some((before, inside)) = rest.split_once('<') {
            self.pass(before, &mut out);
            rest = inside;
            match inside.split_once('>').filter(|(label, _)| label.chars().count() < LONGEST) {
                Some((label, behind)) if self.is_label(label) => rest = behind,
                None if inside.chars().count() < LONGEST && !inside.contains(['<', '>', '\n']) => {
                    self.held = format!("<{inside}");
                    return out;
                }
                _ => self.pass("<", &mut out),
            }
        }
        self.pass(rest, &mut out);
        out
    }

    /// What was held back when the text ended.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    fn is_label(&mut self, label: &str) -> bool {
        let label = label.trim().trim_matches('/');
        let Some(behaviour) = read(label) else { return false };
        if !self.begun {
            self.behaviour = self.behaviour.or(Some(behaviour));
            self.trimming = true;
        }
        true
    }

    fn pass(&mut self, text: &str, out: &mut String) {
        let text = if self.trimming { text.trim_start() } else { text };
        self.trimming &= text.is_empty();
        self.begun |= !text.trim().is_empty();
        out.push_str(text);
    }
}

/// The label of a whole text, and the text without it.
pub(super) fn strip(text: &str) -> (Option<Behaviour>, String) {
    let mut reader = TagReader::default();
    let mut rest = reader.take(text);
    rest.push_str(&reader.finish());
    (reader.behaviour, rest)
}

fn read(label: &str) -> Option<Behaviour> {
    serde_json::from_value(serde_json::Value::String(label.trim().to_lowercase().replace([' ', '-'], "_"))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streamed(pieces: &[&str]) -> (Option<Behaviour>, String) {
        let mut reader = TagReader::default();
        let mut text: String = pieces.iter().map(|piece| reader.take(piece)).collect();
        text.push_str(&reader.finish());
        (reader.behaviour, text)
    }

    #[test]
    fn the_label_is_taken_off_however_it_is_cut() {
        for pieces in
            [&["<assume>Month to date: fine."][..], &["<", "assu", "me", ">", " Month to date: fine."], &["<Assume>\nMonth to date: fine."]]
        {
            assert_eq!(streamed(pieces), (Some(Behaviour::Assume), "Month to date: fine.".to_owned()), "{pieces:?}");
        }
    }

    #[test]
    fn a_label_that_closes_or_stands_further_on_is_taken_off_too() {
        for pieces in [&["<answer>Fine.</answer>"][..], &["<ans", "wer>Fine.<", "/answer", ">"], &["<answer/>Fine.<answer>"]] {
            assert_eq!(streamed(pieces), (Some(Behaviour::Answer), "Fine.".to_owned()), "{pieces:?}");
        }
        assert_eq!(streamed(&["<answer></answer>"]).1, "");
        assert_eq!(streamed(&["Here: <answer>Fine, 3 < 5."]), (None, "Here: Fine, 3 < 5.".to_owned()));
    }

    #[test]
    fn text_without_a_known_label_passes_unchanged() {
        for text in ["Fine.", "<b>bold</b>", "<unknown>x", "< 5 % of it", "<a very long beginning that never ends", "", "  "] {
            let letters: Vec<String> = text.chars().map(String::from).collect();
            let pieces: Vec<&str> = letters.iter().map(String::as_str).collect();
            assert_eq!(streamed(&pieces), (None, text.to_owned()), "{text}");
        }
        assert_eq!(strip("<deny_role>Only …"), (Some(Behaviour::DenyRole), "Only …".to_owned()));
    }
}
