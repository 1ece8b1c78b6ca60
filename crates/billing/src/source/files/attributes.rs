//! The two maps of a line: product attributes and tags. CSV holds them as JSON text, Parquet as maps, older reports as columns.

use std::collections::hash_map::Entry;

use crate::columns::Field;
use crate::number_map::NumberMap;
use crate::strings::{EMPTY, Strings};

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

    /// Takes one entry; a value of [`EMPTY`] says nothing.
    pub(super) fn set(&mut self, key: Key, value: u32) {
        match key {
            Key::Provider => self.provider = value,
            Key::Model => self.model = value,
            Key::ProductName => self.product_name = value,
            Key::RegionCode => self.region = value,
            Key::Region if self.region == EMPTY => self.region = value,
            Key::Tag(key) if value != EMPTY => self.tags.push((key, value)),
            Key::Region | Key::Tag(_) | Key::Other => {}
        }
    }

    fn take(&mut self, strings: &Strings, field: Field, key: &str, value: &str) {
        let key = Key::of(field, strings, key);
        if key != Key::Other {
            self.set(key, strings.number(value));
        }
    }
}

/// What a key of a map is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Provider,
    Model,
    ProductName,
    RegionCode,
    Region,
    /// A tag of the caller; number of its key without the prefix.
    Tag(u32),
    Other,
}

impl Key {
    /// `field` is one of the two maps.
    pub(super) fn of(field: Field, strings: &Strings, key: &str) -> Self {
        match (field, key) {
            (Field::ProductMap, "provider") => Self::Provider,
            (Field::ProductMap, "model") => Self::Model,
            (Field::ProductMap, "product_name") => Self::ProductName,
            (Field::ProductMap, "region_code") => Self::RegionCode,
            (Field::ProductMap, "region") => Self::Region,
            (Field::TagMap, key) => {
                let key = key.strip_prefix(PRINCIPAL_TAG).filter(|key| !key.is_empty());
                key.map_or(Self::Other, |key| Self::Tag(strings.number(key)))
            }
            _ => Self::Other,
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
                    attributes.take(strings, Field::ProductMap, &key, &value);
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
                    attributes.take(strings, Field::TagMap, &key, &value);
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
