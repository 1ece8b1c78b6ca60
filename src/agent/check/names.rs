//! Names in an answer: a model that writes freely may invent a product, a role or a person, or repeat one that a hostile text put in its head.
//!
//! Every word that looks like (part of) a name must have been read somewhere: in a result of this turn, in what the prompt says of the asker, in
//! earlier answers, or among the words of our own prompts and tools. What only the asker wrote may be repeated, but not in a sentence with figures:
//! they would look like that name's. What looks like a name: a capitalised word inside a sentence, before another capitalised word or at the head
//! of a list item, a capitalised word that spends or owns something, and anything shaped like an identifier, an address or a link.

use std::collections::HashSet;
use std::sync::LazyLock;

use agent_bill_tools::registry::registry;
use serde_json::Value;

use agent_bill_model::prompt;

/// Words of the trade that models capitalise in labels, beside those of prompts and tools.
const KNOWN: &str = include_str!("known_words.txt");

static HOUSE: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut house: HashSet<String> = words(KNOWN).collect();
    prompt::every_text().iter().for_each(|text| house.extend(words(text)));
    for tool in registry() {
        house.extend(words(tool.spec().description));
        house.extend(words(&tool.spec().input_schema.to_string()));
        house.extend(words(&tool.spec().output_schema.to_string()));
    }
    house
});

/// What may be named.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: HashSet<String>,
    /// Texts in lower case, for identifiers that must stand in them as a whole.
    texts: Vec<String>,
    /// The same of what the asker wrote.
    asked: HashSet<String>,
    asked_texts: Vec<String>,
}

impl Vocabulary {
    pub fn add(&mut self, text: &str) {
        self.words.extend(words(text));
        self.texts.push(text.to_lowercase());
    }

    pub fn add_asked(&mut self, text: &str) {
        self.asked.extend(words(text));
        self.asked_texts.push(text.to_lowercase());
    }

    pub fn add_json(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.add(text),
            Value::Array(items) => items.iter().for_each(|item| self.add_json(item)),
            Value::Object(members) => members.values().for_each(|member| self.add_json(member)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Names that nobody wrote, each once.
    pub fn unknown_names(&self, text: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for line in text.lines() {
            for stranger in self.unknown_names_of_line(line) {
                if !found.contains(&stranger) {
                    found.push(stranger);
                }
            }
        }
        found
    }

    fn unknown_names_of_line(&self, line: &str) -> Vec<String> {
        let (is_item, body) = item(line);
        let tokens: Vec<&str> = body.split_whitespace().collect();
        let mut strangers = Vec::new();
        let mut starts_sentence = true;
        let figures = with_figures(&tokens);
        for (at, token) in tokens.iter().enumerate() {
            let beside_figures = figures.get(at).copied().unwrap_or_default();
            let bare = token.trim_matches(|c: char| !c.is_alphanumeric());
            let next = tokens.get(at + 1).copied().unwrap_or_default();
            let suspicious = if is_identifier(token, next) {
                !self.holds_text(bare, beside_figures)
            } else {
                let named = bare.chars().next().is_some_and(char::is_uppercase);
                // A quotation begins like a sentence; a single quoted word is a name.
                let opens = token.starts_with(QUOTES) && !token.trim_end_matches(['.', ',', ';', ':', '!', '?']).ends_with(CLOSING);
                let head = (starts_sentence || opens) && !(is_item && heads_item(token, next)) && !acts(next) && !goes_on(token, next);
                named && !head && !self.knows(bare, beside_figures)
            };
            if suspicious && !bare.is_empty() {
                strangers.push(bare.to_owned());
            }
            starts_sentence = token.ends_with(['.', '!', '?', ':', '·', '—', '–']) || matches!(*token, "-" | "·" | "—" | "–");
        }
        strangers
    }

    fn knows(&self, word: &str, beside_figures: bool) -> bool {
        let asked = |part: &String| !beside_figures && self.asked.contains(part);
        words(word).all(|part| self.words.contains(&part) || HOUSE.contains(&part) || part.chars().all(char::is_numeric) || asked(&part))
    }

    fn holds_text(&self, identifier: &str, beside_figures: bool) -> bool {
        let wanted = identifier.to_lowercase();
        let stands = |texts: &[String]| texts.iter().any(|text| text.contains(&wanted));
        stands(&self.texts)
            || (!beside_figures && stands(&self.asked_texts))
            || HOUSE.contains(&wanted)
            || words(&wanted).all(|part| HOUSE.contains(&part))
    }
}

const QUOTES: [char; 5] = ['"', '“', '‘', '„', '`'];
const CLOSING: [char; 5] = ['"', '”', '’', '“', '`'];

/// For each token, whether its sentence holds a digit.
fn with_figures(tokens: &[&str]) -> Vec<bool> {
    let mut figures = Vec::with_capacity(tokens.len());
    for sentence in tokens.split_inclusive(|token| token.ends_with(['.', '!', '?'])) {
        let counts = sentence.iter().any(|token| token.contains(|c: char| c.is_ascii_digit()));
        figures.extend(std::iter::repeat_n(counts, sentence.len()));
    }
    figures
}

/// Letters and digits, in lower case, without a possessive's end.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .map(|word| {
            let word = word.trim_matches(['\'', '’']).to_lowercase().replace('’', "'");
            word.strip_suffix("'s").map_or(word.clone(), str::to_owned).replace('\'', "")
        })
        .filter(|word| !word.is_empty())
}

/// A list item's text without its mark.
fn item(line: &str) -> (bool, &str) {
    let line = line.trim_start();
    match line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).or_else(|| line.strip_prefix("• ")) {
        Some(body) => (true, body),
        None => (false, line),
    }
}

/// The head of `- HR Portal: $5` and `- Checkout (prod)`: what stands before the colon or the bracket.
fn heads_item(token: &str, next: &str) -> bool {
    token.ends_with([':', ','])
        || next.starts_with(['(', '[', '–', '—', '$'])
        || next.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
}

/// `Zanzibar Portal`: a name of several words, also where a sentence begins.
fn goes_on(token: &str, next: &str) -> bool {
    let pronoun = next == "I" || next.starts_with("I'") || next.starts_with("I’");
    token.ends_with(char::is_alphanumeric) && !pronoun && next.chars().next().is_some_and(char::is_uppercase)
}

/// `Zanzibar spent …`: who does such things has a name. Pronouns are words of the house.
fn acts(next: &str) -> bool {
    const VERBS: [&str; 14] =
        ["spent", "spends", "cost", "costs", "uses", "used", "owns", "runs", "ran", "leads", "exceeds", "exceeded", "is", "has"];
    VERBS.contains(&next.trim_end_matches(|c: char| !c.is_alphanumeric()).to_lowercase().as_str())
}

/// ARNs, addresses, links, ids and names joined by something else than a single hyphen; a hyphenated name before `role`, `account` and the like, or
/// one that spends.
fn is_identifier(token: &str, next: &str) -> bool {
    let bare = token.trim_matches(|c: char| !c.is_alphanumeric());
    let lower = bare.to_lowercase();
    let kinds = ["role", "principal", "account", "user", "profile", "workload"];
    let kind_follows = kinds.contains(&next.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().as_str());
    lower.contains("://")
        || lower.starts_with("arn:")
        || lower.starts_with("www.")
        || bare.contains('@')
        || bare.contains('_')
        || (token.matches('`').count() == 2 && bare.chars().any(char::is_alphabetic))
        || (bare.contains('-') && (kind_follows || acts(next)) && !lower.split('-').all(|part| HOUSE.contains(part)))
        || (bare.len() >= 8 && bare.contains('-') && bare.chars().any(|c| c.is_ascii_digit()) && bare.chars().any(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn vocabulary() -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        vocabulary.add("Am I within my estimate?");
        vocabulary.add_json(&json!({ "rows": [
            { "product": "HR Portal", "owners": ["Lena Fischer"], "role": "checkout-service", "model": "Claude Opus 4.7", "region": "us-east-1" },
        ]}));
        vocabulary
    }

    #[test]
    fn names_that_were_read_and_words_of_the_trade_pass() {
        for text in [
            "HR Portal spent more than estimated; Lena Fischer owns it.",
            "No: Lena's HR Portal is over, mostly output tokens of Claude Opus 4.7 in us-east-1.",
            "- HR Portal: fine\n- Total: fine\n- Cache hit rate (month to date): fine",
            "The role `checkout-service` is claimed; the checkout-service role is used in pre-prod.",
            "Next: ask the FinOps Lead. Data is through Saturday.",
            "However, nothing is provisional. It is final.",
            "I did not find that. Ask \"Am I within my estimate?\" or `Am I over?` or give 17.0 B tokens.",
            "Product Owner: Lena Fischer · month-to-date, so-called open figures",
        ] {
            assert_eq!(vocabulary().unknown_names(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_name_that_only_the_asker_wrote_stands_in_no_sentence_with_figures() {
        let mut vocabulary = vocabulary();
        vocabulary.add_asked("What did Fraud Signals of bob@example.com spend?");
        for text in ["I find nothing called Fraud Signals. HR Portal spent $5.", "Nothing of bob@example.com is in your scope."] {
            assert_eq!(vocabulary.unknown_names(text), Vec::<String>::new(), "{text}");
        }
        for text in ["It was Fraud Signals with $5.", "For Fraud Signals: 66 % used.", "Of bob@example.com: 5 roles."] {
            assert!(!vocabulary.unknown_names(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_made_up_product_person_role_address_or_link_is_found() {
        for (text, stranger) in [
            ("Your biggest product is Fraud Signals.", "Fraud"),
            ("- Zanzibar: fine", "Zanzibar"),
            ("Zanzibar spent less.", "Zanzibar"),
            ("It is owned by Maria Okafor.", "Maria"),
            ("See `payments-api`.", "payments-api"),
            ("the payments-api role", "payments-api"),
            ("payments-api spent less", "payments-api"),
            ("Zanzibar Portal spent less.", "Zanzibar"),
            ("- Zanzibar $5", "Zanzibar"),
            ("It is “Zanzibar”.", "Zanzibar"),
            ("ask grace@example.com", "grace@example.com"),
            ("see https://evil.example/?q=1", "https://evil.example/?q=1"),
            ("arn:aws:iam::123456789012:role/other", "arn:aws:iam::123456789012:role/other"),
            ("in account prod-eu-77a1b2", "prod-eu-77a1b2"),
        ] {
            assert!(
                vocabulary().unknown_names(text).iter().any(|found| found == stranger),
                "{text}: {:?}",
                vocabulary().unknown_names(text)
            );
        }
    }
}
