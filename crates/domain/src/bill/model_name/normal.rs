//! The normal form in which names meet: lower case, without geography, date, first revision and `instruct`, letters joined, numbers kept apart.

/// How bills, ids and price lists write a provider, and the one name used in keys.
const PROVIDERS: [(&str, &str); 34] = [
    ("ai21", "ai21"),
    ("ai21 labs", "ai21"),
    ("alibaba", "qwen"),
    ("amazon", "amazon"),
    ("anthropic", "anthropic"),
    ("aws", "amazon"),
    ("cohere", "cohere"),
    ("deepseek", "deepseek"),
    ("google", "google"),
    ("luma", "luma"),
    ("luma ai", "luma"),
    ("meta", "meta"),
    ("minimax", "minimax"),
    ("mistral", "mistral"),
    ("mistral ai", "mistral"),
    ("moonshot", "moonshotai"),
    ("moonshot ai", "moonshotai"),
    ("moonshotai", "moonshotai"),
    ("nvidia", "nvidia"),
    ("openai", "openai"),
    ("qwen", "qwen"),
    ("stability", "stability"),
    ("stability ai", "stability"),
    ("twelve labs", "twelvelabs"),
    ("twelvelabs", "twelvelabs"),
    ("writer", "writer"),
    ("x.ai", "xai"),
    ("xai", "xai"),
    ("z.ai", "zai"),
    ("z ai", "zai"),
    ("zai", "zai"),
    ("zhipu", "zai"),
    ("zhipu ai", "zai"),
    ("z-ai", "zai"),
];

const GEOGRAPHIES: [&str; 10] = ["us.", "eu.", "apac.", "ap.", "jp.", "au.", "ca.", "in.", "us-gov.", "global."];

/// The key's provider for what `product['provider']` says; `None` when empty or unknown (an unknown one contradicts nothing).
pub(super) fn provider_of(text: &str) -> Option<&'static str> {
    let folded = text.trim().to_lowercase();
    PROVIDERS.iter().find(|(written, _)| *written == folded).map(|(_, key)| *key)
}

pub(super) fn without_geo(id: &str) -> &str {
    GEOGRAPHIES
        .iter()
        .find_map(|geo| id.get(..geo.len()).filter(|head| head.eq_ignore_ascii_case(geo)).and(id.get(geo.len()..)))
        .unwrap_or(id)
}

/// `anthropic.claude-opus-5` → (`anthropic`, `claude-opus-5`).
pub(super) fn split_provider(id: &str) -> Option<(&'static str, &str)> {
    let (head, rest) = id.split_once('.')?;
    Some((provider_of(head).filter(|_| !rest.is_empty() && !head.contains(' '))?, rest))
}

/// `Anthropic Claude Opus 5` → (`anthropic`, `Claude Opus 5`).
pub(super) fn split_provider_words(name: &str) -> Option<(&'static str, &str)> {
    let starts = name.match_indices(' ').map(|(at, _)| at).take(2).collect::<Vec<_>>();
    starts.into_iter().rev().find_map(|at| Some((provider_of(name.get(..at)?)?, name.get(at + 1..)?)))
}

/// Lower case, runs of anything but letters, digits, `.` and `:` turned into one dash; at most 80 characters.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.trim().chars().flat_map(char::to_lowercase).take(80) {
        if character.is_alphanumeric() || matches!(character, '.' | ':') {
            slug.push(character);
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_matches('-').to_owned()
}

/// Letters and numbers of a name in order.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Run {
    Letters(String),
    Number(String),
}

/// The normal form. Two names of one model are equal in it, two versions of one family never are: `Claude4.6Opus`, `claude-opus-4-6-v1` and
/// `Claude Opus 4.6` → `claudeopus4.6`; `claude-opus-4` → `claudeopus4`.
pub(super) fn form(text: &str) -> String {
    let lower = text.trim().to_lowercase().replace('+', " plus");
    let lower = without_context_length(&lower);
    let words = words(lower);
    let runs = runs(&words);
    let runs = if matches!(runs.first(), Some(Run::Letters(first)) if first.starts_with("claude")) { claude_order(runs) } else { runs };
    print(&without_trailing_zeros(runs))
}

/// `…:128k` says how long a context the id allows, not which model it is; `:0` is the first revision.
fn without_context_length(id: &str) -> &str {
    let mut id = id;
    while let Some((head, tail)) = id.rsplit_once(':') {
        let is_context =
            tail.strip_suffix('k').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
        if !is_context && tail != "0" {
            break;
        }
        id = head;
    }
    id
}

fn words(text: &str) -> Vec<&str> {
    let is_date = |word: &str| word.len() == 8 && word.starts_with("20") && word.bytes().all(|byte| byte.is_ascii_digit());
    let mut words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && *word != "instruct" && !is_date(word)).collect();
    if words.len() > 1 && words.last() == Some(&"v1") {
        words.pop();
    }
    if words.len() > 1 && words.last() == Some(&"it") {
        words.pop();
    }
    words
}

fn runs(words: &[&str]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for word in words {
        let mut starts_word = true;
        for character in word.chars() {
            match (character.is_ascii_digit(), runs.last_mut()) {
                (false, Some(Run::Letters(letters))) => letters.push(character),
                (true, Some(Run::Number(digits))) if !starts_word => digits.push(character),
                (false, _) => runs.push(Run::Letters(character.to_string())),
                (true, _) => runs.push(Run::Number(character.to_string())),
            }
            starts_word = false;
        }
    }
    runs
}

/// Claude names put the version before or after the family; here the family comes first, then the version, then a revision (`v2`).
fn claude_order(runs: Vec<Run>) -> Vec<Run> {
    let (mut family, mut version, mut revision) = (String::new(), Vec::new(), Vec::new());
    for run in runs {
        match run {
            Run::Letters(letters) if letters == "v" || !revision.is_empty() => revision.push(Run::Letters(letters)),
            Run::Letters(letters) => match letters.strip_suffix('v').filter(|rest| *rest == "claude" || is_claude_family(rest)) {
                Some(rest) => {
                    family.push_str(rest);
                    revision.push(Run::Letters("v".to_owned()));
                }
                None => family.push_str(&letters),
            },
            number if revision.is_empty() => version.push(number),
            number => revision.push(number),
        }
    }
    std::iter::once(Run::Letters(family)).chain(version).chain(revision).collect()
}

fn is_claude_family(letters: &str) -> bool {
    let family = letters.strip_prefix("claude").unwrap_or(letters);
    matches!(family, "opus" | "sonnet" | "haiku" | "fable" | "instant")
}

/// 2.0 is 2: drops zeros that end a version tuple.
fn without_trailing_zeros(runs: Vec<Run>) -> Vec<Run> {
    let mut kept: Vec<Run> = Vec::new();
    for run in runs {
        if matches!(run, Run::Letters(_)) {
            drop_zero(&mut kept);
        }
        kept.push(run);
    }
    drop_zero(&mut kept);
    kept
}

fn drop_zero(runs: &mut Vec<Run>) {
    while let [.., Run::Number(_), Run::Number(last)] = runs.as_slice()
        && last.bytes().all(|byte| byte == b'0')
    {
        runs.pop();
    }
}

fn print(runs: &[Run]) -> String {
    let mut form = String::new();
    let mut after_number = false;
    for run in runs {
        match run {
            Run::Letters(letters) => form.push_str(letters),
            Run::Number(digits) => {
                if after_number {
                    form.push('.');
                }
                form.push_str(digits);
            }
        }
        after_number = matches!(run, Run::Number(_));
    }
    form
}
