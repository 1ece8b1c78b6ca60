//! One Bedrock line in numbers, and what its strings mean, worked out once per distinct string.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use agent_bill_domain::bill::model_name::{self, Evidence};
use agent_bill_domain::bill::usage_type::{Family, UsageType};
use agent_bill_domain::bill::{principal, quantity, usage_type};
use agent_bill_domain::words;

use super::predicate::{is_marketplace, is_split_cost};
use super::strings::{EMPTY, Strings};

/// What a source hands to the fold. Numbers are those of [`Strings`]; times are seconds since 1970 (UTC).
#[derive(Debug, Clone, Copy, Default)]
pub struct Line<'a> {
    pub product_code: u32,
    pub service_code: u32,
    pub entity: u32,
    pub resource_id: u32,
    pub principal: u32,
    pub line_type: u32,
    pub usage_type: u32,
    pub operation: u32,
    pub pricing_unit: u32,
    pub payer: u32,
    pub account: u32,
    pub region: u32,
    pub currency: u32,
    pub provider: u32,
    pub model: u32,
    pub product_name: u32,
    pub invoiced: bool,
    pub by_principal_only: bool,
    pub has_principal_column: bool,
    /// Start of the billing period, when the file says it.
    pub period_start: Option<i64>,
    pub start: i64,
    pub end: Option<i64>,
    pub amount: f64,
    pub unblended: f64,
    /// `None` when absent: then equal to `unblended`.
    pub net: Option<f64>,
    pub public: f64,
    /// `iamPrincipal/…` tags: key without the prefix, value.
    pub tags: &'a [(u32, u32)],
}

words! {
    /// What a line type is to the reader of an answer. Only usage carries quantities and principals.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum LineKind: "kind of line" {
        Usage = "usage",
        Credit = "credit",
        Discount = "discount",
        Refund = "refund",
        Tax = "tax",
        Fee = "fee",
    }
}

impl LineKind {
    /// The kind of a `line_item_line_item_type`; `None` for one AWS has not documented.
    #[must_use]
    pub fn of(line_type: &str) -> Option<Self> {
        match line_type {
            "" | "Usage" | "DiscountedUsage" | "SavingsPlanCoveredUsage" | "FlatRateSubscription" => Some(Self::Usage),
            "Credit" => Some(Self::Credit),
            "Refund" => Some(Self::Refund),
            "Tax" => Some(Self::Tax),
            "SavingsPlanNegation" => Some(Self::Discount),
            "Fee" | "RIFee" | "SavingsPlanRecurringFee" | "SavingsPlanUpfrontFee" => Some(Self::Fee),
            other => other.ends_with("Discount").then_some(Self::Discount),
        }
    }
}

words! {
    /// Through which channel AWS bills a model; what is no model's inference by product code (AgentCore) is `other`.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Channel: "billing channel" {
        Native = "native",
        Service = "service",
        Marketplace = "marketplace",
        Other = "other",
    }
}

impl Channel {
    fn of(entity: &str, code: &str, service_code: &str) -> Self {
        let is = |wanted: &str| code == wanted || service_code == wanted;
        if is_marketplace(entity) || is("AmazonBedrockFoundationModels") {
            Self::Marketplace
        } else if is("AmazonBedrockService") {
            Self::Service
        } else if is("AmazonBedrock") {
            Self::Native
        } else {
            Self::Other
        }
    }
}

/// Hashing for keys that are already small numbers of our own making: no attacker chooses them, so a multiply is enough.
#[derive(Debug, Default)]
pub struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(u64::try_from(number).unwrap_or_default());
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

pub type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<NumberHasher>>;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_line_type_has_a_kind_and_only_usage_counts() {
        for (line_type, kind) in [
            ("Usage", LineKind::Usage),
            ("DiscountedUsage", LineKind::Usage),
            ("SavingsPlanCoveredUsage", LineKind::Usage),
            ("SavingsPlanNegation", LineKind::Discount),
            ("EdpDiscount", LineKind::Discount),
            ("PrivateRateDiscount", LineKind::Discount),
            ("BundledDiscount", LineKind::Discount),
            ("Credit", LineKind::Credit),
            ("Refund", LineKind::Refund),
            ("Tax", LineKind::Tax),
            ("RIFee", LineKind::Fee),
        ] {
            assert_eq!(LineKind::of(line_type), Some(kind), "{line_type}");
        }
        assert_eq!(LineKind::of("SomethingNew"), None);
    }

    #[test]
    fn the_channel_follows_entity_and_codes() {
        assert_eq!(Channel::of("AWS Marketplace", "4a524th30q694o538qndh9ucht", ""), Channel::Marketplace);
        assert_eq!(Channel::of("AWS", "AmazonBedrock", "AmazonBedrockService"), Channel::Service);
        assert_eq!(Channel::of("AWS", "AmazonBedrock", ""), Channel::Native);
        assert_eq!(Channel::of("AWS", "AmazonBedrockAgentCore", ""), Channel::Other);
        assert_eq!(Channel::of("AWS", "AmazonEC2", ""), Channel::Other);
    }
}
