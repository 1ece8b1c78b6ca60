//! What the strings of a line mean, worked out once per distinct string.

use std::sync::Arc;

use agent_bill_domain::bill::model_name::{self, Evidence};
use agent_bill_domain::bill::usage_type::{Family, UsageType};
use agent_bill_domain::bill::{principal, quantity, usage_type};

use super::line::{Channel, Line, LineKind};
use super::number_map::NumberMap;
use super::predicate::is_split_cost;
use super::strings::{EMPTY, Strings};

/// The meaning of strings, by number. Each reader thread keeps its own: what they work out is equal.
pub struct Meanings {
    strings: Arc<Strings>,
    usage_types: NumberMap<u32, Arc<UsageType>>,
    factors: NumberMap<(u32, u32), Option<f64>>,
    line_kinds: NumberMap<u32, Option<LineKind>>,
    channels: NumberMap<(u32, u32, u32), Channel>,
    principals: NumberMap<u32, u32>,
    resources: NumberMap<u32, (u32, u32)>,
    models: NumberMap<[u32; 5], u32>,
    regions: NumberMap<(u32, u32), u32>,
    split_costs: NumberMap<u32, bool>,
}

impl Meanings {
    #[must_use]
    pub fn new(strings: Arc<Strings>) -> Self {
        Self {
            strings,
            usage_types: NumberMap::default(),
            factors: NumberMap::default(),
            line_kinds: NumberMap::default(),
            channels: NumberMap::default(),
            principals: NumberMap::default(),
            resources: NumberMap::default(),
            models: NumberMap::default(),
            regions: NumberMap::default(),
            split_costs: NumberMap::default(),
        }
    }

    pub fn usage_type(&mut self, number: u32) -> Arc<UsageType> {
        let strings = &self.strings;
        Arc::clone(self.usage_types.entry(number).or_insert_with(|| Arc::new(usage_type::parse(&strings.text(number)))))
    }

    pub fn is_split_cost(&mut self, operation: u32) -> bool {
        let strings = &self.strings;
        *self.split_costs.entry(operation).or_insert_with(|| is_split_cost(&strings.text(operation)))
    }

    /// Tokens per unit of the line.
    pub fn factor(&mut self, usage_type: u32, pricing_unit: u32) -> Option<f64> {
        if let Some(factor) = self.factors.get(&(usage_type, pricing_unit)) {
            return *factor;
        }
        let factor = quantity::tokens_per_unit(&self.strings.text(pricing_unit), &self.usage_type(usage_type));
        self.factors.insert((usage_type, pricing_unit), factor);
        factor
    }

    pub fn line_kind(&mut self, line_type: u32) -> Option<LineKind> {
        let strings = &self.strings;
        *self.line_kinds.entry(line_type).or_insert_with(|| LineKind::of(&strings.text(line_type)))
    }

    pub fn channel(&mut self, line: &Line<'_>) -> Channel {
        let key = (line.entity, line.product_code, line.service_code);
        let strings = &self.strings;
        *self.channels.entry(key).or_insert_with(|| Channel::of(&strings.text(key.0), &strings.text(key.1), &strings.text(key.2)))
    }

    /// Number of the principal's key.
    pub fn principal_key(&mut self, raw: u32) -> u32 {
        if raw == EMPTY {
            return EMPTY;
        }
        let strings = &self.strings;
        *self
            .principals
            .entry(raw)
            .or_insert_with(|| principal::parse(&strings.text(raw)).map_or(EMPTY, |principal| strings.number(principal.key.as_str())))
    }

    /// Number of the region: the line's own, else that of the usage type's code.
    pub fn region(&mut self, line: &Line<'_>) -> u32 {
        if line.region != EMPTY {
            return line.region;
        }
        let key = (line.region, line.usage_type);
        if let Some(region) = self.regions.get(&key) {
            return *region;
        }
        let usage_type = self.usage_type(line.usage_type);
        let region = self.strings.number(usage_type.region);
        self.regions.insert(key, region);
        region
    }

    /// Numbers of the model id and of the application profile inside a resource id.
    fn resource(&mut self, resource_id: u32) -> (u32, u32) {
        if resource_id == EMPTY {
            return (EMPTY, EMPTY);
        }
        let strings = &self.strings;
        *self.resources.entry(resource_id).or_insert_with(|| {
            let text = strings.text(resource_id);
            let profile = model_name::application_profile(&text).map_or(EMPTY, |profile| strings.number(profile));
            (strings.number(model_name::model_id_of_resource(&text)), profile)
        })
    }

    /// Numbers of the model's key and of the application profile.
    pub fn model(&mut self, line: &Line<'_>) -> (u32, u32) {
        let (resource_model, profile) = self.resource(line.resource_id);
        let key = [line.provider, line.model, line.product_name, resource_model, line.usage_type];
        if let Some(model) = self.models.get(&key) {
            return (*model, profile);
        }
        let read = self.usage_type(line.usage_type);
        let [provider, product_model, product_name, resource, _] = key.map(|number| self.strings.text(number));
        let slug = read.model_slug.as_deref().unwrap_or_default();
        let (mantle_id, kebab_slug) = if read.family == Family::Mantle { (slug, "") } else { ("", slug) };
        let evidence = Evidence {
            provider: &provider,
            product_model: &product_model,
            mantle_id,
            resource_id: &resource,
            product_name: &product_name,
            kebab_slug,
        };
        let model = model_name::canonical(&evidence).map_or(EMPTY, |model| self.strings.number(model.key.as_str()));
        self.models.insert(key, model);
        (model, profile)
    }
}
