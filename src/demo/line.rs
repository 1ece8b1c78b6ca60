//! One line of the bill before it is written: what all lines of a meter share, and what is its own.

use std::sync::Arc;

use jiff::civil::{Date, date};

/// An AWS account of the demo.
#[derive(Debug, PartialEq, Eq)]
pub struct Account {
    pub id: &'static str,
    pub name: &'static str,
}

pub const PAYER: Account = Account { id: "999988887777", name: "example-billing" };
pub const PROD: Account = Account { id: "111122223333", name: "prod" };
pub const PRE_PROD: Account = Account { id: "222233334444", name: "pre-prod" };
pub const DATA_SCIENCE: Account = Account { id: "333344445555", name: "data-science" };
pub const SANDBOX: Account = Account { id: "444455556666", name: "sandbox" };

/// A Region and the code the bill writes for it.
#[derive(Debug, PartialEq, Eq)]
pub struct Region {
    pub name: &'static str,
    pub code: &'static str,
    /// Prefix of geographic inference profiles called from there.
    pub geo: &'static str,
}

pub const US_EAST_1: Region = Region { name: "us-east-1", code: "USE1", geo: "us" };
pub const US_WEST_2: Region = Region { name: "us-west-2", code: "USW2", geo: "us" };
pub const EU_CENTRAL_1: Region = Region { name: "eu-central-1", code: "EUC1", geo: "eu" };

/// First day on which AWS wrote principals.
pub const FIRST_PRINCIPAL_DAY: Date = date(2026, 4, 8);

/// How the ledger labels a line: what a correct reader must make of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// False for EC2, S3 …: lines that no figure may contain.
    pub bedrock: bool,
    /// `usage`, `credit`, `discount`, `refund`, `tax`, `fee`
    pub line_kind: &'static str,
    /// `native`, `service`, `marketplace`, `other`
    pub channel: &'static str,
    pub token_class: &'static str,
    pub tier: &'static str,
    pub routing: &'static str,
    pub surface: &'static str,
    /// Empty when the line concerns no model.
    pub model_key: &'static str,
    /// Of the caller, when the line names one.
    pub principal_key: String,
}

impl Label {
    /// Of a line that is not inference.
    #[must_use]
    pub const fn plain(line_kind: &'static str, channel: &'static str, token_class: &'static str) -> Self {
        Self {
            bedrock: true,
            line_kind,
            channel,
            token_class,
            tier: "standard",
            routing: "regional",
            surface: "runtime",
            model_key: "",
            principal_key: String::new(),
        }
    }
}

pub type Pairs = Vec<(String, String)>;

/// What the lines of one price point, caller and month have in common.
#[derive(Debug, Clone)]
pub struct Meter {
    pub line_type: &'static str,
    pub entity: &'static str,
    pub legal_entity: &'static str,
    pub product_code: String,
    pub servicecode: Option<&'static str>,
    pub family: Option<&'static str>,
    pub usage_type: String,
    pub operation: &'static str,
    pub resource_id: Option<String>,
    pub account: &'static Account,
    pub region: &'static Region,
    pub currency: &'static str,
    pub pricing_unit: &'static str,
    /// Nano-USD per million tokens; 0 where the unit is not tokens.
    pub price: i64,
    pub tokens_per_unit: i64,
    pub description: String,
    pub product: Pairs,
    pub resource_tags: Pairs,
    pub tags: Pairs,
    pub label: Label,
}

/// One line. Costs are the doubles that are written; the ledger converts exactly these.
#[derive(Debug, Clone)]
pub struct Line {
    pub meter: Arc<Meter>,
    /// `None` is written as NULL; the empty string as an empty string.
    pub principal: Option<Arc<str>>,
    /// Hours since 1970-01-01T00:00Z.
    pub start_hour: i64,
    pub hours: i64,
    pub tokens: i64,
    pub amount: f64,
    pub cost: f64,
}

impl Line {
    /// Key of the caller; empty when the line names none.
    #[must_use]
    pub fn principal_key(&self) -> &str {
        match &self.principal {
            Some(principal) if !principal.is_empty() => &self.meter.label.principal_key,
            _ => "",
        }
    }

    #[must_use]
    pub fn day(&self) -> Date {
        day_of_hour(self.start_hour)
    }
}

const EPOCH: Date = date(1970, 1, 1);

#[must_use]
pub fn hour_of_day(day: Date, hour: i64) -> i64 {
    agent_bill_domain::period::days_between(EPOCH, day).unwrap_or(0) * 24 + hour
}

#[must_use]
pub fn day_of_hour(hour: i64) -> Date {
    EPOCH.saturating_add(jiff::ToSpan::days(hour.div_euclid(24)))
}

/// The double AWS would store for an amount of nano-USD. Exact for every amount below 9 million USD.
#[must_use]
pub fn usd(nano: i64) -> f64 {
    agent_bill_domain::money::NanoUsd(nano).as_f64()
}

/// `tokens ÷ unit` as the bill's usage amount.
#[must_use]
pub fn quantity(tokens: i64, unit: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "token counts stay far below 2^53")]
    let (tokens, unit) = (tokens as f64, unit as f64);
    if unit > 0.0 { tokens / unit } else { tokens }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hours_and_days_agree() {
        let day = date(2026, 11, 21);
        assert_eq!(day_of_hour(hour_of_day(day, 23)), day);
        assert_eq!(hour_of_day(date(1970, 1, 2), 1), 25);
    }

    proptest! {
        #[test]
        fn the_double_of_an_amount_reads_back_to_the_nano(nano in 0_i64..1_000_000_000_000_000) {
            prop_assert_eq!(agent_bill_domain::money::NanoUsd::from_f64(usd(nano)).map(|money| money.0), Some(nano));
        }
    }
}
