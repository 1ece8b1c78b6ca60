//! The columns of the bill that are read, by every name they have had.
//!
//! Exports differ in which optional columns they hold and in what order, CUR 2.0 keeps product attributes in a map that older reports spread over
//! columns, and older CSV files write `lineItem/UsageType`. Columns are therefore found by folded name, never by position.

/// A column of text, time or number this program reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    ProductCode,
    ServiceCode,
    Family,
    Entity,
    ResourceId,
    Principal,
    LineType,
    UsageType,
    Operation,
    PricingUnit,
    Payer,
    Account,
    Region,
    Currency,
    InvoiceId,
    Provider,
    Model,
    ProductName,
    PeriodStart,
    Start,
    End,
    Amount,
    Unblended,
    Net,
    Public,
    /// `product`: map or JSON text.
    ProductMap,
    /// `tags`: map or JSON text.
    TagMap,
}

impl Field {
    pub const ALL: [Self; 27] = [
        Self::ProductCode,
        Self::ServiceCode,
        Self::Family,
        Self::Entity,
        Self::ResourceId,
        Self::Principal,
        Self::LineType,
        Self::UsageType,
        Self::Operation,
        Self::PricingUnit,
        Self::Payer,
        Self::Account,
        Self::Region,
        Self::Currency,
        Self::InvoiceId,
        Self::Provider,
        Self::Model,
        Self::ProductName,
        Self::PeriodStart,
        Self::Start,
        Self::End,
        Self::Amount,
        Self::Unblended,
        Self::Net,
        Self::Public,
        Self::ProductMap,
        Self::TagMap,
    ];

    /// What the predicate needs before anything else of a line is decoded.
    pub const PREDICATE: [Self; 6] = [Self::ProductCode, Self::ServiceCode, Self::Family, Self::Entity, Self::ResourceId, Self::Principal];

    /// Without these a file cannot be folded.
    pub const REQUIRED: [Self; 5] = [Self::ProductCode, Self::UsageType, Self::Account, Self::Start, Self::Unblended];

    /// Position in [`Field::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Folded names, the preferred one first.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::ProductCode => &["line_item_product_code"],
            Self::ServiceCode => &["product_servicecode", "product_service_code"],
            Self::Family => &["product_product_family"],
            Self::Entity => &["bill_billing_entity"],
            Self::ResourceId => &["line_item_resource_id"],
            Self::Principal => &["line_item_iam_principal"],
            Self::LineType => &["line_item_line_item_type"],
            Self::UsageType => &["line_item_usage_type"],
            Self::Operation => &["line_item_operation"],
            Self::PricingUnit => &["pricing_unit"],
            Self::Payer => &["bill_payer_account_id"],
            Self::Account => &["line_item_usage_account_id"],
            Self::Region => &["product_region_code", "product_region"],
            Self::Currency => &["line_item_currency_code"],
            Self::InvoiceId => &["bill_invoice_id"],
            Self::Provider => &["product_provider"],
            Self::Model => &["product_model"],
            Self::ProductName => &["product_product_name"],
            Self::PeriodStart => &["bill_billing_period_start_date"],
            Self::Start => &["line_item_usage_start_date"],
            Self::End => &["line_item_usage_end_date"],
            Self::Amount => &["line_item_usage_amount"],
            Self::Unblended => &["line_item_unblended_cost"],
            Self::Net => &["line_item_net_unblended_cost"],
            Self::Public => &["pricing_public_on_demand_cost"],
            Self::ProductMap => &["product"],
            Self::TagMap => &["tags"],
        }
    }

    #[must_use]
    pub const fn is_account(self) -> bool {
        matches!(self, Self::Payer | Self::Account)
    }

    #[must_use]
    pub const fn is_time(self) -> bool {
        matches!(self, Self::PeriodStart | Self::Start | Self::End)
    }

    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Amount | Self::Unblended | Self::Net | Self::Public)
    }

    #[must_use]
    pub const fn is_map(self) -> bool {
        matches!(self, Self::ProductMap | Self::TagMap)
    }

    #[must_use]
    pub const fn is_text(self) -> bool {
        !self.is_time() && !self.is_number() && !self.is_map()
    }
}

/// Where each field stands in a file with these column names; `None` for those it lacks. A folded name that occurs twice counts once, first come.
#[must_use]
pub fn locate<'a>(header: impl Iterator<Item = &'a str>) -> [Option<usize>; Field::ALL.len()] {
    let folded: Vec<String> = header.map(fold).collect();
    Field::ALL.map(|field| field.names().iter().find_map(|name| folded.iter().position(|column| column == name)))
}

/// `lineItem/UsageType`, `line_item_usage_type` → `line_item_usage_type`.
fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len() + 8);
    let mut after_small = false;
    for character in name.trim().trim_start_matches('\u{feff}').chars() {
        if character.is_uppercase() && after_small {
            folded.push('_');
        }
        after_small = character.is_lowercase() || character.is_ascii_digit();
        if character.is_alphanumeric() {
            folded.extend(character.to_lowercase());
        } else if !folded.ends_with('_') {
            folded.push('_');
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_spellings_are_one_column() {
        for (old, new) in [
            ("lineItem/UsageType", "line_item_usage_type"),
            ("lineItem/LineItemType", "line_item_line_item_type"),
            ("product/ProductName", "product_product_name"),
            ("bill/BillingPeriodStartDate", "bill_billing_period_start_date"),
            ("pricing/publicOnDemandCost", "pricing_public_on_demand_cost"),
            ("\u{feff}line_item_operation", "line_item_operation"),
        ] {
            assert_eq!(fold(old), new);
        }
    }

    #[test]
    fn columns_are_found_in_any_order_and_missing_ones_are_none() {
        let found = locate(["tags", "x", "lineItem/UsageType", "product_region", "product_region_code"].into_iter());
        assert!(Field::ALL.iter().enumerate().all(|(index, field)| field.index() == index));
        let at = |field: Field| found[field.index()];
        assert_eq!((at(Field::UsageType), at(Field::TagMap), at(Field::Region), at(Field::Principal)), (Some(2), Some(0), Some(4), None));
    }
}
