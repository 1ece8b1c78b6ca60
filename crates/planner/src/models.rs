//! Model names and AWS Regions in words. Which models exist is the tools' business: here a phrase is only recognised as one.

use super::lexicon;
use super::text::{Word, is_region};
use super::typo;

/// Words that begin or continue the name of a model family.
const FAMILIES: &str = "claude opus sonnet haiku nova titan llama mistral mixtral pixtral ministral magistral voxtral deepseek qwen jamba gpt gemma gemini grok \
 palmyra kimi minimax nemotron glm sdxl cohere rerank embed diffusion bedrock-model";
const PROVIDERS: &str = "anthropic meta ai21 stability openai cohere writer";
/// Words that belong to a name once it has begun.
const VARIANTS: &str = "pro lite micro premier canvas reel sonic large small medium mini instruct chat text image embeddings embedding multimodal express command r \
 plus max oss coder vision maverick scout turbo thinking v1 v2 v3 v4 x1 x2 x3 x4 x5";

fn one_of(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

fn is_family(word: &str) -> bool {
    one_of(FAMILIES, word)
        || (!lexicon::is_known(word)
            && word.len() >= 5
            && FAMILIES.split_whitespace().any(|known| known.len() >= 5 && typo::slips(word, known, 1).is_some()))
}

fn spelled_right(word: &str) -> String {
    if one_of(FAMILIES, word) || word.len() < 5 {
        return word.to_owned();
    }
    FAMILIES.split_whitespace().find(|known| known.len() >= 5 && typo::slips(word, known, 1).is_some()).unwrap_or(word).to_owned()
}

/// `4`, `4.7`, `70b`, `8x7b`, `3.5v2`.
fn is_version(word: &str) -> bool {
    let mut characters = word.chars();
    let begins = characters.next().is_some_and(|c| c.is_ascii_digit());
    begins && word.len() <= 6 && word.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'b' | 'x' | 'v' | 'm' | 'k' | 'e'))
}

fn is_time_unit(word: &str) -> bool {
    matches!(
        word,
        "day"
            | "days"
            | "week"
            | "weeks"
            | "month"
            | "months"
            | "year"
            | "percent"
            | "times"
            | "am"
            | "pm"
            | "bullets"
            | "products"
            | "models"
    )
}

/// The model named at `at` and the words it takes.
pub fn model_at(words: &[Word], at: usize) -> Option<(String, usize)> {
    let word = |index: usize| words.get(index).map_or("", |word| word.text.as_str());
    if !words.get(at).is_some_and(|first| !first.possessive || is_family(&first.text)) {
        return None;
    }
    if looks_like_id(word(at)) {
        return Some((word(at).to_owned(), 1));
    }
    let led = one_of(PROVIDERS, word(at)) && is_family(word(at + 1));
    let begins = led || is_family(word(at)) || (word(at) == "stable" && word(at + 1) == "diffusion");
    if !begins {
        return None;
    }
    let mut name = spelled_right(word(at));
    let mut length = 1;
    loop {
        let index = at + length;
        let next = word(index);
        let more = is_family(next)
            || (one_of(VARIANTS, next) && (next != "command" || name.contains("cohere")))
            || (is_version(next) && !is_time_unit(word(index + 1)) && !word(index).ends_with('k'));
        if next.is_empty() || !more || words.get(index).is_some_and(|word| word.after_pause) {
            break;
        }
        let glued = words.get(index).is_some_and(|word| word.glued);
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        // `opus-4-7` is written with hyphens; between two digits they stand for the dot.
        let joiner = if glued && digits(next) && name.ends_with(|c: char| c.is_ascii_digit()) { '.' } else { ' ' };
        name.push(joiner);
        name.push_str(&spelled_right(next));
        length += 1;
    }
    Some((name, length))
}

/// `anthropic.claude-opus-4-7-v1:0`, `us.meta.llama3-70b-instruct-v1:0`.
fn looks_like_id(word: &str) -> bool {
    PROVIDERS
        .split_whitespace()
        .chain(["amazon", "mistral", "deepseek", "qwen"])
        .any(|provider| word.split_once(&format!("{provider}.")).is_some_and(|(before, rest)| before.len() <= 7 && rest.len() > 3))
}

/// A Region by code or by the name people use.
pub fn region_at(words: &[Word], at: usize) -> Option<(String, usize)> {
    let word = |index: usize| words.get(index).map_or("", |word| word.text.as_str());
    if is_region(word(at)) {
        return Some((word(at).to_owned(), 1));
    }
    let named = [
        ("north virginia", "us-east-1"),
        ("n virginia", "us-east-1"),
        ("virginia", "us-east-1"),
        ("ohio", "us-east-2"),
        ("oregon", "us-west-2"),
        ("california", "us-west-1"),
        ("ireland", "eu-west-1"),
        ("dublin", "eu-west-1"),
        ("london", "eu-west-2"),
        ("paris", "eu-west-3"),
        ("frankfurt", "eu-central-1"),
        ("zurich", "eu-central-2"),
        ("stockholm", "eu-north-1"),
        ("milan", "eu-south-1"),
        ("spain", "eu-south-2"),
        ("tokyo", "ap-northeast-1"),
        ("seoul", "ap-northeast-2"),
        ("osaka", "ap-northeast-3"),
        ("singapore", "ap-southeast-1"),
        ("sydney", "ap-southeast-2"),
        ("mumbai", "ap-south-1"),
        ("montreal", "ca-central-1"),
        ("sao paulo", "sa-east-1"),
    ];
    named.iter().find_map(|(name, code)| {
        let pieces: Vec<&str> = name.split(' ').collect();
        pieces.iter().enumerate().all(|(offset, piece)| word(at + offset) == *piece).then(|| ((*code).to_owned(), pieces.len()))
    })
}
