//! Bills made by hand: a line as texts by column, and files of such lines.
//!
//! Used by unit tests here and where bills are loaded; no command reaches it.
#![expect(clippy::expect_used, reason = "a test harness fails by panicking")]

use std::ops::RangeInclusive;

/// The columns of such files.
pub const COLUMNS: [&str; 17] = [
    "line_item_product_code",
    "bill_billing_entity",
    "line_item_line_item_type",
    "line_item_usage_type",
    "line_item_operation",
    "pricing_unit",
    "line_item_usage_account_id",
    "bill_payer_account_id",
    "product_region_code",
    "line_item_iam_principal",
    "line_item_resource_id",
    "line_item_usage_start_date",
    "line_item_usage_amount",
    "line_item_unblended_cost",
    "line_item_currency_code",
    "product",
    "tags",
];

/// One line of the bill as texts by column.
#[derive(Debug, Clone)]
pub struct Row(Vec<(&'static str, String)>);

impl Row {
    /// 1,000 input tokens of Sonnet 4.6 at the list price, called by one role.
    #[must_use]
    pub fn usage(day: u32) -> Self {
        let texts = [
            ("line_item_product_code", "AmazonBedrockService".to_owned()),
            ("bill_billing_entity", "AWS".to_owned()),
            ("line_item_line_item_type", "Usage".to_owned()),
            ("line_item_usage_type", "USE1-Claude4.6Sonnet-input-tokens".to_owned()),
            ("line_item_operation", "InvokeModelInference".to_owned()),
            ("pricing_unit", "1K tokens".to_owned()),
            ("line_item_usage_account_id", "012345678901".to_owned()),
            ("bill_payer_account_id", "999999999999".to_owned()),
            ("line_item_iam_principal", "arn:aws:sts::012345678901:assumed-role/app/one".to_owned()),
            ("line_item_usage_start_date", format!("2026-10-{day:02}T05:00:00Z")),
            ("line_item_usage_amount", "1000".to_owned()),
            ("line_item_unblended_cost", "3.3".to_owned()),
            ("line_item_currency_code", "USD".to_owned()),
        ];
        Self(texts.to_vec())
    }

    /// The same line with another text in one column.
    #[must_use]
    pub fn with(mut self, column: &'static str, value: &str) -> Self {
        self.0.retain(|(name, _)| *name != column);
        self.0.push((column, value.to_owned()));
        self
    }

    /// The text in a column; empty when the line has none.
    #[must_use]
    pub fn get(&self, column: &str) -> &str {
        self.0.iter().find(|(name, _)| *name == column).map_or("", |(_, value)| value.as_str())
    }
}

/// One line of usage on each of these days.
#[must_use]
pub fn days(days: RangeInclusive<u32>) -> Vec<Row> {
    days.map(Row::usage).collect()
}

/// A gzipped CSV file: `columns` of `rows` under the names in `header`.
///
/// # Panics
/// Never: it is written to memory.
#[must_use]
pub fn csv_bytes(header: &[&str], columns: &[&str], rows: &[Row]) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    csv.write_record(header).expect("memory takes every record");
    for row in rows {
        csv.write_record(columns.iter().map(|column| row.get(column))).expect("memory takes every record");
    }
    csv.into_inner().expect("memory takes every record").finish().expect("memory takes every record")
}
