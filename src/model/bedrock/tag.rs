//! The label a model puts before its answer, as the prompt asks: `<assume>November is month to date …`. It says what kind of answer follows and
//! is not part of it. A label decides nothing; a model that writes none is understood by what its tools returned.

use crate::agent::answer::Behaviour;

const LONGEST: usize = 24;

/// Takes the label off a stream of text.
#[derive(Debug, Default)]
pub(super) struct TagReader {
    /// What may still turn out to be a label; `None` once that is settled.
    held: Option<String>,
    settled: bool,
    /// White space between the label and the text belongs to neither.
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
        if self.settled {
            let delta = if self.trimming { delta.trim_start() } else { delta };
            self.trimming &= delta.is_empty();
            return delta.to_owned();
        }
        let mut held = self.held.take().unwrap_or_default();
        held.push_str(delta);
        let (behaviour, rest) = match split(&held) {
            Split::Undecided => {
                self.held = Some(held);
                return String::new();
            }
            Split::Label(behaviour, rest) => (Some(behaviour), rest.to_owned()),
            Split::None => (None, held),
        };
        self.settled = true;
        self.behaviour = self.behaviour.or(behaviour);
        self.trimming = behaviour.is_some() && rest.is_empty();
        rest
    }

    /// What was held back when the text ended.
    pub fn finish(&mut self) -> String {
        self.settled = true;
        self.held.take().unwrap_or_default()
    }
}

/// The label of a whole text, and the text without it.
pub(super) fn strip(text: &str) -> (Option<Behaviour>, &str) {
    match split(text) {
        Split::Label(behaviour, rest) => (Some(behaviour), rest),
        Split::Undecided | Split::None => (None, text),
    }
}

enum Split<'t> {
    Undecided,
    Label(Behaviour, &'t str),
    None,
}

fn split(text: &str) -> Split<'_> {
    let start = text.trim_start();
    let Some(inside) = start.strip_prefix('<') else {
        return if start.is_empty() { Split::Undecided } else { Split::None };
    };
    match inside.split_once('>') {
        Some((label, rest)) => read(label).map_or(Split::None, |behaviour| Split::Label(behaviour, rest.trim_start())),
        None if inside.chars().count() < LONGEST => Split::Undecided,
        None => Split::None,
    }
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
        for pieces in [
            &["<assume>Month to date: fine."][..],
            &["<", "assu", "me", ">", " Month to date: fine."],
            &["\n<Assume>\nMonth to date: fine."],
        ] {
            assert_eq!(streamed(pieces), (Some(Behaviour::Assume), "Month to date: fine.".to_owned()), "{pieces:?}");
        }
    }

    #[test]
    fn text_without_a_known_label_passes_unchanged() {
        for text in ["Fine.", "<b>bold</b>", "<unknown>x", "< 5 % of it", "<a very long beginning that never ends", "", "  "] {
            let letters: Vec<String> = text.chars().map(String::from).collect();
            let pieces: Vec<&str> = letters.iter().map(String::as_str).collect();
            assert_eq!(streamed(&pieces), (None, text.to_owned()), "{text}");
        }
        assert_eq!(strip("<deny_role>Only …"), (Some(Behaviour::DenyRole), "Only …"));
    }
}
