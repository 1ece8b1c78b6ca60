//! Digits with what stands around them.

use agent_bill_facts::Unit;

use super::Shown;

/// A number written in digits.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// The number with its magnitude: `14,200`, `3.3 B`.
    pub text: String,
    pub value: f64,
    /// Half a unit of the last digit shown.
    pub tolerance: f64,
    /// Inside an identifier: `us-east-1`, `i-0a1b2c`, an ARN.
    pub is_part_of_a_word: bool,
    digits: String,
    is_abbreviated: bool,
    before: String,
    after: String,
}

/// Words for a power of ten, longest first; the letters also stand directly behind the digits.
const MAGNITUDES: [(&str, f64); 9] =
    [("thousand", 1e3), ("million", 1e6), ("billion", 1e9), ("mio", 1e6), ("bn", 1e9), ("tsd", 1e3), ("k", 1e3), ("m", 1e6), ("b", 1e9)];

/// What a count counts, as the tools name it.
const THINGS: [&str; 15] = [
    "role",
    "roles",
    "finding",
    "findings",
    "product",
    "products",
    "workload",
    "workloads",
    "model",
    "models",
    "decision",
    "decisions",
    "account",
    "accounts",
    "invocations",
];

/// Characters on either side that are looked at.
const AROUND: usize = 24;

pub(super) fn read(text: &str) -> Vec<Token> {
    let characters: Vec<char> = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        let run: String = characters.iter().skip(at).take_while(|c| c.is_ascii_digit() || matches!(c, ',' | '.')).collect();
        if !run.starts_with(|c: char| c.is_ascii_digit()) {
            at += 1;
            continue;
        }
        let digits = run.trim_end_matches(['.', ',']);
        let end = at + digits.chars().count();
        let before: String = characters.iter().take(at).skip(at.saturating_sub(AROUND)).collect();
        let after: String = characters.iter().skip(end).take(AROUND).collect();
        found.extend(Token::new(digits, before.to_lowercase(), &after));
        at += run.chars().count();
    }
    found
}

impl Token {
    fn new(digits: &str, before: String, after: &str) -> Option<Self> {
        let value: f64 = digits.replace(',', "").parse().ok()?;
        let places = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let tolerance = 0.5 * 10_f64.powi(-i32::try_from(places).unwrap_or(9));
        let (written, factor) = magnitude(after);
        let rest = after.get(written.len()..).unwrap_or_default().to_lowercase();
        let joined = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | ':' | '.'))
            || rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':'))
            || (rest.starts_with('-') && rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit()));
        Some(Self {
            text: format!("{digits}{written}"),
            value: value * factor,
            tolerance: tolerance * factor + 1e-9,
            is_part_of_a_word: joined,
            digits: digits.to_owned(),
            is_abbreviated: !written.is_empty(),
            before,
            after: rest,
        })
    }

    pub fn unit(&self) -> Option<Unit> {
        let after = self.after.trim_start();
        if self.before.ends_with('$')
            || self.before.ends_with("usd ")
            || ["usd", "dollar", "us$", "us dollar"].iter().any(|word| after.starts_with(word))
        {
            return Some(Unit::Usd);
        }
        if self.is_part_of_a_word {
            return None;
        }
        if self.after.starts_with('%') || self.after.starts_with(" %") || after.starts_with("percent") {
            return Some(Unit::Percent);
        }
        let word: String = after.chars().take_while(|c| c.is_alphabetic()).collect();
        if word == "tokens" || (self.is_abbreviated && matches!(word.as_str(), "of" | "input" | "output")) {
            return Some(Unit::Tokens);
        }
        let counts =
            THINGS.contains(&word.as_str()) && self.after.starts_with(' ') && !self.digits.contains('.') && !self.looks_like_a_year();
        counts.then_some(Unit::Count)
    }

    /// Bare, and in the range of years.
    pub fn reads_as_a_year(&self) -> bool {
        self.unit().is_none() && self.looks_like_a_year()
    }

    fn looks_like_a_year(&self) -> bool {
        self.digits.len() == 4 && !self.is_abbreviated && (1900.0..=2100.0).contains(&self.value)
    }

    /// What the digits may mean: `14.200` is fourteen thousand to half of the world, and `14 200` was read as two numbers.
    pub fn readings(self) -> Vec<Shown> {
        let shown = |value: f64, tolerance: f64| Shown { text: self.text.clone(), value, tolerance, unit: Unit::Usd };
        let mut readings = Vec::new();
        // Below a thousand a bare number says too little.
        if self.value >= 1e3 || self.unit().is_some() {
            readings.push(shown(self.value, self.tolerance));
        }
        let (whole, fraction) = self.digits.rsplit_once('.').unwrap_or((&self.digits, ""));
        if fraction.len() == 3
            && let Ok(value) = format!("{whole}{fraction}").replace(',', "").parse::<f64>()
        {
            readings.push(shown(value, 0.5));
        }
        let next: String = self.after.chars().skip(1).take_while(char::is_ascii_digit).collect();
        if self.after.starts_with(' ')
            && next.len() == 3
            && self.digits.len() <= 3
            && let Ok(value) = format!("{}{next}", self.digits).parse::<f64>()
        {
            readings.push(Shown { text: format!("{} {next}", self.digits), ..shown(value, 0.5) });
        }
        readings
    }
}

/// The magnitude that `after` begins with, as written, and its factor.
fn magnitude(after: &str) -> (&str, f64) {
    let trimmed = after.strip_prefix(' ').unwrap_or(after);
    let word_length = trimmed.chars().take_while(|c| c.is_ascii_alphabetic()).count();
    let word = trimmed.get(..word_length).unwrap_or_default();
    let followed = trimmed.get(word_length..).unwrap_or_default().chars().next();
    let lower = word.to_lowercase();
    let known = MAGNITUDES.iter().find(|(name, _)| *name == lower).filter(|_| !followed.is_some_and(|c| c.is_alphanumeric() || c == '-'));
    match known {
        Some((_, factor)) => (after.get(..after.len() - trimmed.len() + word_length).unwrap_or_default(), *factor),
        None => ("", 1.0),
    }
}
