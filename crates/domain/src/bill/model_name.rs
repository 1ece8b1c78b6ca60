//! Which model a line, a resource, a price list or a person means.
//!
//! The bill writes one model in six ways (`Claude Opus 4.7`, `Claude4.7Opus`, `anthropic.claude-opus-4-7`, `us.anthropic.claude-opus-4-7`, …).
//! Each is folded to one normal form that keeps complete version tuples, and only an exact hit in the catalogue (`data/models.csv`) maps. Nothing
//! maps by prefix: `opus-5` must never eat `opus-5-5`, for a wrong mapping would clear a model that nobody approved. The rest is `unmapped:…`.

mod catalogue;
mod find;
mod normal;

pub use catalogue::{Model, models};
pub use find::{Found, find};

use crate::ids::ModelKey;
use normal::{provider_of, split_provider};

/// Suffix of Marketplace product names of Bedrock models.
pub const EDITION_SUFFIX: &str = "(Amazon Bedrock Edition)";

/// What one line says about its model; empty strings count as absent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Evidence<'a> {
    /// `product['provider']`
    pub provider: &'a str,
    /// `product['model']`
    pub product_model: &'a str,
    /// The Bedrock model id inside a mantle usage type.
    pub mantle_id: &'a str,
    /// `line_item_resource_id`: a foundation-model or inference-profile ARN, or a bare model id.
    pub resource_id: &'a str,
    /// `product['product_name']`; only names that end in [`EDITION_SUFFIX`] name a model.
    pub product_name: &'a str,
    /// The model part of a kebab usage type (`Claude4.6Opus`).
    pub kebab_slug: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canonical {
    /// `anthropic/claude-opus-4.7`, or `unmapped:<provider>/<slug>` when the catalogue has no exact hit.
    pub key: ModelKey,
    /// For people: `Claude Opus 4.7`; of an unmapped model the text of the bill.
    pub name: String,
    /// `anthropic`; empty when unknown.
    pub provider: String,
    pub mapped: bool,
}

/// The model of a line: the first evidence present decides, in the order of [`Evidence`]'s fields. A more trusted source that is not in the
/// catalogue is reported unmapped rather than overruled by a less trusted one. `None` when the line names no model at all.
#[must_use]
pub fn canonical(evidence: &Evidence<'_>) -> Option<Canonical> {
    let product_model = evidence.product_model.trim();
    if !product_model.is_empty() {
        return Some(read(product_model, evidence.provider));
    }
    let resource = model_id_of_resource(evidence.resource_id);
    let edition = model_of_product_name(evidence.product_name);
    [evidence.mantle_id.trim(), resource, edition, evidence.kebab_slug.trim()]
        .into_iter()
        .find(|text| !text.is_empty())
        .map(|text| read(text, evidence.provider))
}

/// Reads one name, id or ARN of a model; never fails (see [`Canonical::mapped`]).
#[must_use]
pub fn canonical_name(text: &str) -> Canonical {
    let id = model_id_of_resource(text);
    let edition = model_of_product_name(text);
    let known = [id, edition].into_iter().find(|part| !part.is_empty()).unwrap_or(text);
    read(known.trim(), "")
}

/// The catalogue's entry for a canonical key.
#[must_use]
pub fn by_key(key: &str) -> Option<&'static Model> {
    models().iter().find(|model| model.key == key)
}

/// What to call a model in front of people, given its key: `Claude Opus 4.7`; for an unmapped key its slug.
#[must_use]
pub fn display_name(key: &ModelKey) -> String {
    by_key(key.as_str()).map_or_else(|| key.as_str().trim_start_matches("unmapped:").to_owned(), |model| model.name.clone())
}

/// `arn:…:foundation-model/<id>`, `arn:…:inference-profile/<geo>.<id>` or a bare `provider.model` id → the id; otherwise an empty string (an
/// application inference profile is opaque).
#[must_use]
pub fn model_id_of_resource(resource: &str) -> &str {
    let resource = resource.trim();
    if !resource.starts_with("arn:") {
        return split_provider(normal::without_geo(resource)).map_or("", |_| resource);
    }
    let tail = resource.splitn(6, ':').nth(5).unwrap_or_default();
    ["foundation-model/", "inference-profile/"].iter().find_map(|prefix| tail.strip_prefix(prefix)).unwrap_or_default()
}

/// The ARN when the resource is an application inference profile: an attribution dimension of its own.
#[must_use]
pub fn application_profile(resource: &str) -> Option<&str> {
    let resource = resource.trim();
    let tail = resource.strip_prefix("arn:")?.splitn(5, ':').nth(4)?;
    tail.starts_with("application-inference-profile/").then_some(resource)
}

fn model_of_product_name(name: &str) -> &str {
    name.trim().strip_suffix(EDITION_SUFFIX).unwrap_or_default().trim()
}

fn read(text: &str, provider: &str) -> Canonical {
    let provider = provider_of(provider);
    if let Some(model) = catalogue::lookup(text).filter(|model| provider.is_none_or(|named| named == model.provider())) {
        return Canonical { key: model.key.as_str().into(), name: model.name.clone(), provider: model.provider().to_owned(), mapped: true };
    }
    let (provider, rest) = match (split_provider(normal::without_geo(text)), provider) {
        (Some((by_id, rest)), None) => (by_id, rest),
        (Some((by_id, rest)), Some(named)) if by_id == named => (named, rest),
        (_, named) => (named.unwrap_or_default(), text),
    };
    let slug = normal::slug(rest);
    let key = if provider.is_empty() { format!("unmapped:{slug}") } else { format!("unmapped:{provider}/{slug}") };
    Canonical { key: key.into(), name: text.to_owned(), provider: provider.to_owned(), mapped: false }
}

#[cfg(test)]
mod tests;
