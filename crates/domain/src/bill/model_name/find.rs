//! What a person means by "opus 4.7" or "llama3 70b": one model, or the few it could be.

use super::catalogue::{Model, lookup, models};
use super::model_id_of_resource;

/// What a person's words name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Exact(&'static Model),
    /// Best first; empty when nothing resembles the words.
    Candidates(Vec<&'static Model>),
}

/// Candidates handed out at most.
const MOST_CANDIDATES: usize = 8;
/// Similarity (Jaro–Winkler) from which on a word counts as a typing error of another.
const TYPO: f64 = 0.88;

/// Reads a name, id or ARN typed by a person. A version that is written is binding: "opus 5" never offers Opus 5.5, "opus" offers all of them.
#[must_use]
pub fn find(text: &str) -> Found {
    let id = model_id_of_resource(text);
    let text = if id.is_empty() { text.trim() } else { id };
    let exact = lookup(text).or_else(|| lookup(&format!("claude {text}")));
    if let Some(model) = exact {
        return Found::Exact(model);
    }
    let asked = words(text);
    if asked.is_empty() {
        return Found::Candidates(Vec::new());
    }
    let mut scored: Vec<(f64, &'static Model)> = models().iter().filter_map(|model| Some((score(&asked, model)?, model))).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    // Every word of the model was meant, just misspelt: that is one model.
    if let [(best, model), rest @ ..] = scored.as_slice()
        && words(&model.name).len() == asked.len()
        && rest.first().is_none_or(|(second, other)| second < best || words(&other.name).len() != asked.len())
    {
        return Found::Exact(model);
    }
    Found::Candidates(scored.into_iter().map(|(_, model)| model).take(MOST_CANDIDATES).collect())
}

/// Mean similarity of the asked words to words of the model; `None` unless each has a partner. Numbers must match exactly.
fn score(asked: &[String], model: &Model) -> Option<f64> {
    let mut known = words(&model.name);
    known.push(model.provider().to_owned());
    let mut sum = 0.0;
    for word in asked {
        let best = known.iter().map(|candidate| similarity(word, candidate)).fold(0.0, f64::max);
        if best < TYPO {
            return None;
        }
        sum += best;
    }
    let count = u32::try_from(asked.len()).ok()?;
    Some(sum / f64::from(count))
}

fn similarity(asked: &str, known: &str) -> f64 {
    if asked == known {
        return 1.0;
    }
    let has_digit = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
    if has_digit(asked) || has_digit(known) || asked.len() < 4 {
        return 0.0;
    }
    strsim::jaro_winkler(asked, known)
}

/// Lower-case words with versions and sizes kept whole: `llama3 70b` → `llama`, `3`, `70b`; `Claude-3-5-Haiku` → `claude`, `3.5`, `haiku`.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut words: Vec<String> = Vec::new();
    for part in lower.split(|c: char| !c.is_alphanumeric() && c != '.') {
        let part = part.trim_matches('.');
        let cut = part.find(|c: char| c.is_ascii_digit()).filter(|at| *at > 1).unwrap_or(0);
        let (letters, rest) = part.split_at(cut);
        if !letters.is_empty() {
            words.push(letters.to_owned());
        }
        let is_number = |word: &str| !word.is_empty() && word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
        match words.last_mut() {
            Some(last) if is_number(rest) && is_number(last) => {
                last.push('.');
                last.push_str(rest);
            }
            _ if !rest.is_empty() => words.push(rest.to_owned()),
            _ => {}
        }
    }
    words.into_iter().filter(|word| !matches!(word.as_str(), "the" | "model" | "instruct" | "amazon" | "bedrock" | "edition")).collect()
}
