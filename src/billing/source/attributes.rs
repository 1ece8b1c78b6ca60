//! The two maps of a line: product attributes and tags. CSV holds them as JSON text, Parquet as maps, older reports as columns.

use std::collections::hash_map::Entry;

use crate::billing::line::NumberMap;
use crate::billing::strings::{EMPTY, Strings};

/// Prefix of tags that come from the caller.
const PRINCIPAL_TAG: &str = "iamPrincipal/";

/// What is taken from the maps of one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) provider: u32,
    pub(super) model: u32,
    pub(super) product_name: u32,
    pub(super) region: u32,
    pub(super) tags: Vec<(u32, u32)>,
}

impl Attributes {
    pub(super) fn clear(&mut self) {
        let mut tags = std::mem::take(&mut self.tags);
        tags.clear();
        *self = Self { tags, ..Self::default() };
    }

    pub(super) fn product(&mut self, strings: &Strings, key: &str, value: &str) {
        let slot = match key {
            "provider" => &mut self.provider,
            "model" => &mut self.model,
            "product_name" => &mut self.product_name,
            "region_code" => &mut self.region,
            "region" if self.region == EMPTY => &mut self.region,
            _ => return,
        };
        *slot = strings.number(value);
    }

    pub(super) fn tag(&mut self, strings: &Strings, key: &str, value: &str) {
        if let Some(key) = key.strip_prefix(PRINCIPAL_TAG).filter(|key| !key.is_empty() && !value.is_empty()) {
            self.tags.push((strings.number(key), strings.number(value)));
        }
    }
}

/// Maps written as JSON text, each distinct text parsed once.
#[derive(Default)]
pub(super) struct JsonMaps {
    products: NumberMap<u32, Attributes>,
    tags: NumberMap<u32, Vec<(u32, u32)>>,
}

impl JsonMaps {
    pub(super) fn product(&mut self, strings: &Strings, number: u32, into: &mut Attributes) -> Result<(), String> {
        if number == EMPTY {
            return Ok(());
        }
        let known = match self.products.entry(number) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(slot) => {
                let mut attributes = Attributes::default();
                for (key, value) in object(&strings.text(number), "product")? {
                    attributes.product(strings, &key, &value);
                }
                slot.insert(attributes)
            }
        };
        (into.provider, into.model, into.product_name, into.region) = (known.provider, known.model, known.product_name, known.region);
        Ok(())
    }

    pub(super) fn tags(&mut self, strings: &Strings, number: u32, into: &mut Attributes) -> Result<(), String> {
        if number == EMPTY {
            return Ok(());
        }
        let known = match self.tags.entry(number) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(slot) => {
                let mut attributes = Attributes::default();
                for (key, value) in object(&strings.text(number), "tags")? {
                    attributes.tag(strings, &key, &value);
                }
                slot.insert(attributes.tags)
            }
        };
        into.tags.extend(known.iter());
        Ok(())
    }
}

/// The string members of a JSON object; other members are of no interest here.
fn object(text: &str, column: &str) -> Result<Vec<(String, String)>, String> {
    let parsed: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).map_err(|_| format!("`{column}` is not a JSON object"))?;
    let text_of = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => Some(text),
        _ => None,
    };
    Ok(parsed.into_iter().filter_map(|(key, value)| Some((key, text_of(value)?))).collect())
}
