//! Attempts to change role, scope or rules by words. They change nothing: what is left of the message is answered as ever.

use agent_bill_domain::names::fold_name;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::text::{self, Sentence};

/// Whether a sentence tries to give orders about role, scope or rules, or asks for what is nobody's to see.
pub fn is_injection(sentence: &Sentence, roles: &[String]) -> bool {
    let line = sentence.line();
    let says = |phrases: &str| phrases.split('|').any(|phrase| line.contains(&format!(" {phrase} ")));
    overrides(sentence, &line)
        || impersonates(&line, &says, roles)
        || wants_secrets(&line)
        || sentence.words.iter().any(|word| hides_text(&word.typed))
}

/// Text written by people that a tool returned: does it give orders?
pub fn gives_orders(description: &str) -> bool {
    text::sentences(description).iter().any(|sentence| {
        let line = sentence.line();
        overrides(sentence, &line)
            || impersonates(&line, &|phrases: &str| phrases.split('|').any(|phrase| line.contains(&format!(" {phrase} "))), &[])
    })
}

const VERBS: [&str; 12] =
    ["ignore", "disregard", "forget", "override", "bypass", "circumvent", "skip", "drop", "disable", "remove", "lift", "suspend"];
const RULES: [&str; 24] = [
    "instruction",
    "instructions",
    "rules",
    "rule",
    "prompt",
    "scope",
    "scopes",
    "guidelines",
    "guardrails",
    "restriction",
    "restrictions",
    "limits",
    "limitations",
    "filter",
    "filters",
    "policy",
    "policies",
    "permission",
    "permissions",
    "safety",
    "rbac",
    "authorization",
    "checks",
    "boundaries",
];

fn overrides(sentence: &Sentence, line: &str) -> bool {
    let words: Vec<&str> = sentence.words.iter().map(|word| word.text.as_str()).collect();
    let ordered = words
        .iter()
        .enumerate()
        .any(|(at, word)| VERBS.contains(word) && words.iter().skip(at + 1).take(7).any(|later| RULES.contains(later)));
    let marked = matches!(words.first(), Some(&("system" | "assistant" | "developer" | "inst" | "im_start")))
        && sentence.words.get(1).is_some_and(|word| word.after_pause);
    let tags = ["<system", "[inst]", "<|", "### instruction", "begin instructions", " im_start "]
        .iter()
        .any(|tag| line.contains(tag) || sentence.words.iter().any(|word| fold_name(&word.typed).contains(tag)));
    ordered
        || marked
        || tags
        || [
            "jailbreak",
            "jailbroken",
            "developer mode",
            "debug mode",
            "god mode",
            "dan mode",
            "do anything now",
            "no restrictions",
            "without restrictions",
            "unrestricted",
            "sudo",
            "new instructions",
            "maintenance mode",
            "test mode",
            "without scope",
            "ignore scope",
        ]
        .iter()
        .any(|phrase| line.contains(&format!(" {phrase} ")))
}

fn impersonates(line: &str, says: &dyn Fn(&str) -> bool, roles: &[String]) -> bool {
    if says(
        "you are now|you are no longer|act as if|act as an|act as a|act as the|pretend|roleplay|role play|\
            from now on|treat me as|consider me|imagine you are|make me admin|make me an admin|elevate my|\
            on behalf of|log in as|login as|impersonate|switch user|switch to user|run as|respond as|answer as|\
            assume the role|assume i am|give me admin|grant me admin|as if i were|as if i was",
    ) {
        return true;
    }
    if says("you are an admin|you are admin|you are the admin|you are root|you are dan|you are an administrator") {
        return true;
    }
    // Claims of a role that the asker does not hold.
    const CLAIMED: [(&str, &str); 14] = [
        ("admin", "Admin"),
        ("administrator", "Admin"),
        ("finops lead", "FinOps Lead"),
        ("lead", "FinOps Lead"),
        ("finance", "Finance"),
        ("cfo", ""),
        ("ceo", ""),
        ("cto", ""),
        ("auditor", ""),
        ("developer", ""),
        ("root", ""),
        ("security team", ""),
        ("superuser", ""),
        ("engineer", "Cloud Engineer"),
    ];
    CLAIMED.iter().any(|(title, label)| {
        let held = !label.is_empty() && roles.iter().any(|role| role == label);
        let claimed = [
            "i am",
            "i am the",
            "i am an",
            "i am a",
            "i am your",
            "as",
            "as the",
            "as an",
            "as a",
            "as your",
            "i am now",
            "i am actually",
            "this is the",
            "speaking as",
            "my role is",
            "promoted to",
            "promoted to the",
            "appointed",
            "become the",
            "became the",
            "now the",
        ]
        .iter()
        .any(|lead| line.contains(&format!(" {lead} {title} ")));
        claimed && !held
    })
}

fn wants_secrets(line: &str) -> bool {
    // `Your token limit` is about consumption, not about a credential.
    const COUNTED: [&str; 10] = ["limit", "limits", "usage", "use", "cost", "costs", "consumption", "budget", "count", "spend"];
    let line = COUNTED.iter().fold(line.to_owned(), |line, noun| line.replace(&format!(" token {noun} "), &format!(" {noun} ")));
    let says = |phrases: &str| phrases.split('|').any(|phrase| line.contains(&format!(" {phrase} ")));
    says(
        "system prompt|your prompt|your instructions|your rules|initial prompt|hidden prompt|\
            hidden instructions|developer message|sql|select from|drop table|database schema|table schema|\
            database|env variables|environment variables|api key|api keys|secret|secrets|password|passwords|\
            access token|access tokens|bearer token|auth token|jwt|my token|your token|credentials|private key|\
            private keys|config file|connection string|above text|repeat everything above|words above|\
            source code|base64|rot13|raw tool|tool schema|internal ids",
    )
}

/// A word that is readable text in base64: instructions are not taken from there.
fn hides_text(word: &str) -> bool {
    if word.len() < 16 || word.contains(':') || !word.chars().any(char::is_uppercase) {
        return false;
    }
    [STANDARD.decode(word), STANDARD_NO_PAD.decode(word.trim_end_matches('=')), URL_SAFE_NO_PAD.decode(word)]
        .into_iter()
        .flatten()
        .any(|bytes| bytes.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') && bytes.contains(&b' '))
}
