//! The words of a usage type, and the tests on them.

use super::TokenClass;

/// What is not counted in tokens: the mark that tells it, the class, and whether the text before the mark is a model. In order; first hit wins.
const MARKS: [(&str, TokenClass); 25] = [
    ("provisionedthroughput", TokenClass::ProvisionedModelUnitHour),
    ("modelunits", TokenClass::ProvisionedModelUnitHour),
    ("custommodelimport", TokenClass::CustomModelImport),
    ("customization-training", TokenClass::CustomizationTraining),
    ("rft-training", TokenClass::CustomizationTraining),
    ("customizationtoken", TokenClass::CustomizationTraining),
    ("customization-storage", TokenClass::CustomizationStorage),
    ("nova-grounding", TokenClass::Grounding),
    ("search-units", TokenClass::SearchUnit),
    ("search_units", TokenClass::SearchUnit),
    ("searchunits", TokenClass::SearchUnit),
    ("cachestorage", TokenClass::CacheStorage),
    ("created_image", TokenClass::ImageOut),
    ("-t2i", TokenClass::ImageOut),
    ("-i2i", TokenClass::ImageOut),
    ("inputimagecount", TokenClass::ImageIn),
    ("input-image-count", TokenClass::ImageIn),
    ("invokeflow", TokenClass::Flow),
    ("bedrockflows", TokenClass::Flow),
    ("optimizeprompt", TokenClass::PromptOptimization),
    ("prompt-routing", TokenClass::PromptRouting),
    ("generatesql", TokenClass::StructuredRetrieval),
    ("structuredretrieve", TokenClass::StructuredRetrieval),
    ("evaluations", TokenClass::Evaluation),
    ("-output-seconds", TokenClass::VideoSecond),
];

/// The class of a line that counts no tokens, and where the model's slug would end. `rest` is without region and `MP:` prefix.
pub(super) fn non_token(rest: &str) -> Option<(TokenClass, Option<usize>)> {
    let lower = rest.to_ascii_lowercase();
    if lower.contains(":consumption-based:") {
        let class = if lower.starts_with("knowledge-base:") { TokenClass::KnowledgeBase } else { TokenClass::AgentCore };
        return Some((class, None));
    }
    let is_tpm = lower.split(['-', '_']).any(|word| word.ends_with("tpm"));
    if is_tpm || lower.contains("reserved") || lower.contains("tokens-per-minute") {
        let class = if lower.contains("output") { TokenClass::ReservedTpmOut } else { TokenClass::ReservedTpmIn };
        return Some((class, lower.find("-reserved")));
    }
    if lower.starts_with("guardrail") {
        return Some((TokenClass::GuardrailUnit, None));
    }
    if lower.starts_with("dataautomation") {
        return Some((TokenClass::DataAutomation, None));
    }
    if let Some((mark, class)) = MARKS.iter().find(|(mark, _)| lower.contains(mark)) {
        return Some((*class, lower.find(mark)));
    }
    video(&lower)
}

/// Video is billed by the second, named by mode (`t2v`), frame rate or resolution.
fn video(lower: &str) -> Option<(TokenClass, Option<usize>)> {
    let mut at = 0;
    for word in lower.split(['-', '_']) {
        if matches!(word, "t2v" | "i2v" | "v2v") || word.ends_with("fps") || word.ends_with("res") {
            return Some((TokenClass::VideoSecond, Some(at)));
        }
        at += word.len() + 1;
    }
    None
}

/// Lower-case words with the byte at which each begins in the text they were taken from.
pub(super) struct Words(Vec<(usize, String)>);

impl Words {
    /// Splits at `-` and `_`; in the Marketplace grammar also where a capital follows a small letter (`CacheRead`) and before a lifetime
    /// (`Write1h`).
    pub(super) fn of(text: &str, camel: bool) -> Self {
        let mut words: Vec<(usize, String)> = Vec::new();
        let mut starts = true;
        let mut after_small = false;
        for (at, character) in text.char_indices() {
            if matches!(character, '-' | '_') {
                (starts, after_small) = (true, false);
                continue;
            }
            starts |= camel && after_small && (character.is_uppercase() || (character.is_ascii_digit() && ends_in_write(&words)));
            match words.last_mut() {
                Some((_, word)) if !starts => word.extend(character.to_lowercase()),
                _ => words.push((at, character.to_lowercase().collect())),
            }
            after_small = character.is_lowercase() || (camel && character.is_ascii_digit());
            starts = false;
        }
        Self(words)
    }

    pub(super) fn has(&self, wanted: &str) -> bool {
        self.0.iter().any(|(_, word)| word == wanted)
    }

    pub(super) fn has_pair(&self, first: &str, second: &[&str]) -> bool {
        self.0.windows(2).any(|pair| matches!(pair, [(_, a), (_, b)] if a == first && second.contains(&b.as_str())))
    }

    fn word(&self, index: usize) -> &str {
        self.0.get(index).map_or("", |(_, word)| word.as_str())
    }

    /// The class by the first anchor from the left, and the byte at which the anchor begins.
    pub(super) fn token_class(&self) -> (TokenClass, Option<usize>) {
        if !self.has("token") && !self.has("tokens") {
            return (TokenClass::Other, None);
        }
        for (index, (at, word)) in self.0.iter().enumerate() {
            let next = self.word(index + 1);
            let class = match (word.as_str(), next) {
                ("cache", "read") => TokenClass::CacheRead,
                ("cache", "write") => self.cache_write(index + 2),
                ("input", _) => self.modality(index, true),
                ("output" | "response", _) => self.modality(index, false),
                _ => continue,
            };
            return (class, Some(*at));
        }
        (TokenClass::Other, None)
    }

    fn cache_write(&self, from: usize) -> TokenClass {
        match (from..from + 3).map(|index| self.word(index)).find(|word| matches!(*word, "1h" | "30m" | "5m")) {
            Some("1h") => TokenClass::CacheWrite1h,
            Some("30m") => TokenClass::CacheWrite30m,
            _ => TokenClass::CacheWrite5m,
        }
    }

    fn modality(&self, index: usize, is_input: bool) -> TokenClass {
        let before = index.checked_sub(1).map_or("", |index| self.word(index));
        let neighbour = [self.word(index + 1), before].into_iter().find(|word| matches!(*word, "image" | "audio" | "video" | "speech"));
        match (neighbour, is_input) {
            (Some("image"), true) => TokenClass::ImageTokenIn,
            (Some("image"), false) => TokenClass::ImageTokenOut,
            (Some("audio"), true) => TokenClass::AudioTokenIn,
            (Some("audio"), false) => TokenClass::AudioTokenOut,
            (Some("video"), true) => TokenClass::VideoTokenIn,
            (Some("video"), false) => TokenClass::VideoTokenOut,
            (Some(_), true) => TokenClass::SpeechTokenIn,
            (Some(_), false) => TokenClass::SpeechTokenOut,
            (None, true) => TokenClass::Input,
            (None, false) => TokenClass::Output,
        }
    }
}

fn ends_in_write(words: &[(usize, String)]) -> bool {
    words.last().is_some_and(|(_, word)| word == "write")
}
