//! Names → things, among what the asker may see. A name is matched as written, then without regard to case, accents and punctuation, then as a
//! near miss if there is exactly one; anything else is *not found*, with suggestions from the asker's own scope.

use agent_bill_domain::bill::model_name::{canonical_name, display_name};
use agent_bill_domain::ids::{AccountId, ModelKey};
use agent_bill_domain::names::{NameKey, fold_name};

use crate::contract::ToolError;
use crate::view::{ModelFact, OrgAccount};

const SUGGESTIONS: usize = 5;

/// Something with a name.
#[derive(Debug, Clone)]
pub(crate) struct Named<T> {
    pub name: String,
    pub thing: T,
}

/// The candidates a written name may mean: none, one or several of equal rank.
pub(crate) fn matches<'a, T>(written: &str, candidates: &'a [Named<T>]) -> Vec<&'a Named<T>> {
    let exact: Vec<&Named<T>> = candidates.iter().filter(|candidate| candidate.name == written.trim()).collect();
    if !exact.is_empty() {
        return exact;
    }
    let bare = squash(written);
    if bare.is_empty() {
        return Vec::new();
    }
    let key = NameKey::run_together(written);
    let same: Vec<&Named<T>> = candidates.iter().filter(|candidate| NameKey::run_together(&candidate.name).is_same(&key)).collect();
    if !same.is_empty() {
        return same;
    }
    let near: Vec<&Named<T>> = candidates.iter().filter(|candidate| is_near_miss(&bare, &squash(&candidate.name))).collect();
    if near.len() == 1 { near } else { Vec::new() }
}

/// In-scope names that resemble what was written, the most similar first; some names of the scope when nothing resembles it.
pub(crate) fn suggestions<T>(written: &str, candidates: &[Named<T>]) -> Vec<String> {
    let bare = squash(written);
    let mut ranked: Vec<(bool, &str)> = Vec::new();
    let mut scored: Vec<(f64, &str)> = candidates
        .iter()
        .map(|candidate| {
            let name = squash(&candidate.name);
            let contained = !bare.is_empty() && (name.contains(&bare) || bare.contains(&name));
            (if contained { 1.0 } else { strsim::jaro_winkler(&bare, &name) }, candidate.name.as_str())
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    for (score, name) in scored {
        if !ranked.iter().any(|(_, known)| *known == name) {
            ranked.push((score >= 0.75, name));
        }
    }
    let resembling = ranked.iter().filter(|(close, _)| *close).count();
    let keep = if resembling == 0 { SUGGESTIONS } else { resembling.min(SUGGESTIONS) };
    ranked.into_iter().take(keep).map(|(_, name)| name.to_owned()).collect()
}

/// Folded letters and digits only: `HR-Portal`, `hr portal` and `HRPortal` are one name.
pub(crate) fn squash(text: &str) -> String {
    fold_name(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// One slip of the finger in a short name, two in a long one; never in the first letter or in a digit, where another thing is meant.
fn is_near_miss(written: &str, name: &str) -> bool {
    let length = written.chars().count();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let allowed = if length >= 8 { 2 } else { 1 };
    length >= 4
        && written.chars().next() == name.chars().next()
        && digits(written) == digits(name)
        && strsim::osa_distance(written, name) <= allowed
}

/// Words as people split them: `Claude Opus 4.7` → claude, opus, 4.7.
fn words(text: &str) -> Vec<String> {
    let split: String = fold_name(text).chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { ' ' }).collect();
    split.split_whitespace().map(str::to_owned).collect()
}

/// The models a written name may mean: by id, by name, or by words of the name (`opus` may mean several).
///
/// # Errors
/// `NotFound` when none of `models` fits.
pub(crate) fn find_models<'a>(written: &str, models: &'a [ModelFact]) -> Result<Vec<&'a ModelFact>, ToolError> {
    let canonical = canonical_name(written).key;
    let by_key = |model: &&ModelFact| model.model == canonical || model.model.as_str() == written.trim();
    let found: Vec<&ModelFact> = models.iter().filter(by_key).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let named: Vec<Named<&ModelFact>> = models.iter().map(|model| Named { name: model.name.clone(), thing: model }).collect();
    let found = matches(written, &named);
    if !found.is_empty() {
        return Ok(found.into_iter().map(|named| named.thing).collect());
    }
    let asked: Vec<String> = words(written).into_iter().filter(|word| !matches!(word.as_str(), "the" | "model" | "models")).collect();
    let by_words = |model: &&ModelFact| {
        let own = words(&format!("{} {}", model.provider, model.name));
        !asked.is_empty() && asked.iter().all(|word| own.contains(word))
    };
    let found: Vec<&ModelFact> = models.iter().filter(by_words).collect();
    if found.is_empty() { Err(ToolError::NotFound { what: "model", suggestions: suggestions(written, &named) }) } else { Ok(found) }
}

/// The one model a filter names.
///
/// # Errors
/// `NotFound`, or `Tell` with the names when several fit.
pub(crate) fn find_model<'a>(written: &str, models: &'a [ModelFact]) -> Result<&'a ModelFact, ToolError> {
    let found = find_models(written, models)?;
    match found.as_slice() {
        [one] => Ok(one),
        several => {
            let names: Vec<&str> = several.iter().take(8).map(|model| model.name.as_str()).collect();
            Err(ToolError::Tell(format!("several models fit; name one of: {}", names.join(", "))))
        }
    }
}

/// The display name of a model key.
pub(crate) fn model_name(key: &str, models: &[ModelFact]) -> String {
    let known = models.iter().find(|model| model.model.as_str() == key).map(|model| model.name.clone());
    known.unwrap_or_else(|| if key.is_empty() { "no model".to_owned() } else { display_name(&ModelKey::from(key)) })
}

/// # Errors
/// `NotFound` when no account in scope has that id or name.
pub(crate) fn find_account<'a>(written: &str, accounts: &'a [OrgAccount]) -> Result<&'a OrgAccount, ToolError> {
    let folded = fold_name(written);
    let bare = ["the ", "aws ", "account "].iter().fold(folded.as_str(), |rest, lead| rest.strip_prefix(lead).unwrap_or(rest));
    let bare = bare.strip_suffix(" account").unwrap_or(bare).trim();
    if let Some(account) = accounts.iter().find(|account| account.id.as_str() == bare) {
        return Ok(account);
    }
    let named: Vec<Named<&OrgAccount>> = accounts.iter().map(|account| Named { name: account.name.clone(), thing: account }).collect();
    let found = matches(written, &named);
    let found = if found.is_empty() { matches(bare, &named) } else { found };
    match found.as_slice() {
        [one] => Ok(one.thing),
        [] => Err(ToolError::NotFound { what: "account", suggestions: suggestions(bare, &named) }),
        several => {
            let ids: Vec<&str> = several.iter().take(8).map(|named| named.thing.id.as_str()).collect();
            Err(ToolError::Tell(format!("several accounts have this name; give the id: {}", ids.join(", "))))
        }
    }
}

pub(crate) fn account_name(id: &AccountId, accounts: &[OrgAccount]) -> String {
    let known = accounts.iter().find(|account| account.id == *id).map(|account| account.name.clone());
    known.filter(|name| !name.is_empty()).unwrap_or_else(|| id.0.clone())
}

/// An AWS Region as the bill writes it.
///
/// # Errors
/// `Tell` when the text has not the shape of one.
pub(crate) fn read_region(written: &str) -> Result<String, ToolError> {
    let region = fold_name(written).replace(['_', ' '], "-");
    let parts: Vec<&str> = region.split('-').collect();
    let numbered = parts.last().is_some_and(|last| !last.is_empty() && last.len() <= 2 && last.bytes().all(|byte| byte.is_ascii_digit()));
    let lettered = parts.iter().rev().skip(1).all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase()));
    if (3..=4).contains(&parts.len()) && numbered && lettered {
        Ok(region)
    } else {
        Err(ToolError::Tell("that is not an AWS Region; write it like us-east-1".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn named(names: &[&str]) -> Vec<Named<usize>> {
        names.iter().enumerate().map(|(thing, name)| Named { name: (*name).to_owned(), thing }).collect()
    }

    fn found(written: &str, names: &[&str]) -> Vec<usize> {
        matches(written, &named(names)).into_iter().map(|named| named.thing).collect()
    }

    #[test]
    fn case_accents_and_punctuation_do_not_matter_but_an_exact_name_wins() {
        assert_eq!(found("hr-portal", &["HR Portal", "Policy Assistant"]), [0]);
        assert_eq!(found("tomas", &["Tomás"]), [0]);
        for written in ["juergen", "jurgen", "JÜRGEN"] {
            assert_eq!(found(written, &["Jürgen", "Johann"]), [0], "{written}");
        }
        assert_eq!(found("App", &["APP", "App"]), [1]);
        assert_eq!(found("app", &["APP", "App"]), [0, 1]);
    }

    #[test]
    fn one_slip_is_forgiven_when_only_one_name_is_near() {
        assert_eq!(found("HR Portla", &["HR Portal", "Policy Assistant"]), [0]);
        assert_eq!(found("Team 12", &["Team 13"]), Vec::<usize>::new());
        assert_eq!(found("Lake", &["Cake"]), Vec::<usize>::new());
        assert_eq!(found("Portal", &["HR Portal"]), Vec::<usize>::new());
    }

    #[test]
    fn suggestions_resemble_what_was_written() {
        assert_eq!(suggestions("portal", &named(&["HR Portal", "Checkout"])), ["HR Portal"]);
        assert_eq!(suggestions("zzz", &named(&["HR Portal", "Checkout"])).len(), 2);
    }

    fn models() -> Vec<ModelFact> {
        [
            ("anthropic/claude-opus-4.7", "Claude Opus 4.7"),
            ("anthropic/claude-opus-4.6", "Claude Opus 4.6"),
            ("meta/llama-3-70b", "Llama 3 70B"),
        ]
        .into_iter()
        .map(|(key, name)| ModelFact {
            model: key.into(),
            name: name.to_owned(),
            provider: key.split('/').next().unwrap().to_owned(),
            first_seen_on: date(2026, 1, 1),
        })
        .collect()
    }

    #[test]
    fn a_model_is_found_by_id_by_name_and_by_its_words() {
        let models = models();
        for written in
            ["anthropic/claude-opus-4.7", "anthropic.claude-opus-4-7", "claude opus 4.7", "Opus 4.7", "the claude-opus-4.7 model"]
        {
            assert_eq!(find_model(written, &models).unwrap().name, "Claude Opus 4.7", "{written}");
        }
        assert_eq!(find_models("opus", &models).unwrap().len(), 2);
        assert!(find_model("opus", &models).unwrap_err().to_string().contains("Claude Opus 4.6"));
        assert!(matches!(find_models("gpt", &models), Err(ToolError::NotFound { .. })));
    }

    #[test]
    fn a_region_is_read_and_anything_else_refused() {
        assert_eq!(read_region("US East 1").unwrap(), "us-east-1");
        assert_eq!(read_region("us-gov-west-1").unwrap(), "us-gov-west-1");
        assert!(read_region("virginia").is_err());
    }
}
