//! The models this program knows by name, embedded from `data/models.csv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::normal::{form, split_provider, split_provider_words, without_geo};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// `anthropic/claude-opus-4.7`
    pub key: String,
    /// `Claude Opus 4.7`
    pub name: String,
    /// Bedrock model ids without geography, the current one first.
    pub ids: Vec<String>,
    /// Spellings that follow no rule.
    pub aliases: Vec<String>,
}

impl Model {
    /// The part of the key before the slash.
    #[must_use]
    pub fn provider(&self) -> &str {
        self.key.split_once('/').map_or("", |(provider, _)| provider)
    }
}

/// Every model of the embedded catalogue, in its order.
#[must_use]
pub fn models() -> &'static [Model] {
    &CATALOGUE.models
}

struct Catalogue {
    models: Vec<Model>,
    /// Ids as written (lower case) and normal forms of everything else → index into `models`.
    ids: HashMap<String, usize>,
    forms: HashMap<String, usize>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let models = read(include_str!("../../../data/models.csv"));
    let (mut ids, mut forms) = (HashMap::new(), HashMap::new());
    for (index, model) in models.iter().enumerate() {
        for id in &model.ids {
            ids.entry(id.to_lowercase()).or_insert(index);
        }
        for spelling in spellings(model) {
            forms.entry(form(&spelling)).or_insert(index);
        }
    }
    Catalogue { models, ids, forms }
});

/// Everything by which a model may be called, beside its ids verbatim. An id whose revision is part of the model (`claude-v2:1`) keeps it.
pub(super) fn spellings(model: &Model) -> Vec<String> {
    let slug = model.key.split_once('/').map_or(model.key.as_str(), |(_, slug)| slug);
    let without_provider = model.ids.iter().filter_map(|id| split_provider(id)).map(|(_, rest)| rest).filter(|rest| rest.contains('-'));
    [model.name.as_str(), slug]
        .into_iter()
        .chain(without_provider)
        .chain(model.aliases.iter().map(String::as_str))
        .map(str::to_owned)
        .collect()
}

fn read(csv: &str) -> Vec<Model> {
    let list = |cell: Option<&str>| cell.unwrap_or_default().split(';').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows = reader.records().filter_map(Result::ok);
    rows.map(|row| Model {
        key: row.get(0).unwrap_or_default().to_owned(),
        name: row.get(1).unwrap_or_default().to_owned(),
        ids: list(row.get(2)),
        aliases: list(row.get(3)),
    })
    .collect()
}

/// Exact id, then exact normal form, then the same without a provider that agrees with the entry found.
pub(super) fn lookup(text: &str) -> Option<&'static Model> {
    let text = without_geo(text.trim());
    let lower = text.to_lowercase();
    let without_context = lower.rsplit_once(':').filter(|(_, tail)| tail.ends_with('k')).map_or(lower.as_str(), |(head, _)| head);
    let by_id = CATALOGUE.ids.get(without_context).or_else(|| CATALOGUE.forms.get(&form(text)));
    if let Some(model) = by_id.and_then(|index| CATALOGUE.models.get(*index)) {
        return Some(model);
    }
    let (provider, rest) = split_provider(text).or_else(|| split_provider_words(text))?;
    let index = CATALOGUE.forms.get(&form(rest))?;
    CATALOGUE.models.get(*index).filter(|model| model.provider() == provider)
}
