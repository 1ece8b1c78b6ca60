//! One Bedrock line in numbers, its kind and its channel.

use super::predicate::is_marketplace;

use agent_bill_domain::words;

/// What a source hands to the fold. Numbers are those of [`Strings`](crate::strings::Strings); times are seconds since 1970 (UTC).
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
    /// By billing entity, product code and service code.
    #[must_use]
    pub fn of(entity: &str, code: &str, service_code: &str) -> Self {
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
