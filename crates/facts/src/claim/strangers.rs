//! Names in a sentence that nothing of the turn knows.

use super::lexicon::Lexicon;
use super::names::Names;
use super::sentence::{Is, Mention, Sentence};

impl Sentence<'_> {
    /// Names that nothing of this turn knows, where a figure is said to be theirs: "Zanzibar spent …", "… for Zanzibar".
    pub(super) fn find_strangers(&mut self, lexicon: &Lexicon, names: &Names) {
        let mut found = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            let raw = self.text.get(token.from..token.to).unwrap_or_default();
            let is_capital = raw.chars().next().is_some_and(char::is_uppercase) && raw.chars().count() > 2;
            let known = names.knows(&token.word)
                || lexicon.is_small(&token.word)
                || self.cues.iter().any(|cue| (cue.at..cue.at + cue.tokens).contains(&at));
            if token.is != Is::Word || !is_capital || known || self.periods.iter().any(|(place, _)| *place == at) {
                continue;
            }
            let begins = self.tokens.iter().take(at).all(|token| !token.word.chars().any(char::is_alphanumeric) && token.is == Is::Word);
            let spends = self
                .cues
                .iter()
                .any(|cue| cue.at == at + 1 && matches!(cue.class, "measure spend" | "measure used" | "most" | "up" | "down"));
            let before = at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or("", |token| token.word.as_str());
            let of_it = lexicon.language != "de" && matches!(before, "for" | "of" | "by" | "pour" | "de" | "para" | "per" | "di" | "da");
            if begins && spends || !begins && of_it {
                found.push(Mention { at, name: raw.to_owned() });
            }
        }
        // Two capitals that nothing knows may be somebody.
        let unknown = |at: usize| {
            let token = self.tokens.get(at)?;
            let raw = self.text.get(token.from..token.to)?;
            let is_capital = raw.chars().next().is_some_and(char::is_uppercase)
                && raw.chars().skip(1).all(char::is_lowercase)
                && raw.chars().count() > 1;
            let known = names.knows(&token.word) || lexicon.is_small(&token.word) || self.periods.iter().any(|(place, _)| *place == at);
            (token.is == Is::Word && is_capital && !known).then_some(raw)
        };
        let somebody: Vec<Mention> = (0..if lexicon.language == "de" { 0 } else { self.tokens.len() })
            .filter_map(|at| Some(Mention { at, name: format!("{} {}", unknown(at)?, unknown(at + 1)?) }))
            .filter(|mention| {
                !self.cues.iter().any(|cue| (cue.at..cue.at + cue.tokens).contains(&mention.at) && !cue.class.starts_with("measure"))
            })
            .collect();
        self.people.extend(somebody);
        self.mentions.extend(found);
        self.mentions.sort_by_key(|mention| mention.at);
    }
}
