//! List prices of text tokens (us-east-1), embedded from `data/prices.csv`. They serve estimates, the cache rule and the unit guard; money shown as spend
//! always comes from the bill.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::model_name::canonical_name;
use super::usage_type::{Routing, Tier, TokenClass};
use crate::ids::ModelKey;
use crate::money::NanoUsd;
use crate::tokens::TokenKind;

/// Columns of the file that hold a price, the class and tier they are for.
const COLUMNS: [(&str, TokenClass, Tier); 7] = [
    ("input", TokenClass::Input, Tier::Standard),
    ("output", TokenClass::Output, Tier::Standard),
    ("cache_read", TokenClass::CacheRead, Tier::Standard),
    ("cache_write", TokenClass::CacheWrite5m, Tier::Standard),
    ("cache_write_1h", TokenClass::CacheWrite1h, Tier::Standard),
    ("batch_input", TokenClass::Input, Tier::Batch),
    ("batch_output", TokenClass::Output, Tier::Batch),
];

type Table = HashMap<(String, TokenClass, Tier, Routing), NanoUsd>;

static TABLE: LazyLock<Table> = LazyLock::new(|| read(include_str!("../../data/prices.csv")));

fn read(text: &str) -> Table {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().cloned().unwrap_or_default();
    let column = |name: &str| header.iter().position(|known| known == name);
    let columns: Vec<_> = COLUMNS.iter().filter_map(|(name, class, tier)| Some((column(name)?, *class, *tier))).collect();
    let (Some(id), Some(routing)) = (column("model_id"), column("routing")) else { return Table::new() };
    let mut table = Table::new();
    for row in reader.records().filter_map(Result::ok) {
        let model = canonical_name(row.get(id).unwrap_or_default());
        let routing = if row.get(routing) == Some("global") { Routing::Global } else { Routing::Regional };
        for (index, class, tier) in &columns {
            if let Some(price) = row.get(*index).and_then(|cell| cell.parse().ok()) {
                table.insert((model.key.0.clone(), *class, *tier, routing), price);
            }
        }
    }
    table
}

/// List price per million tokens. Geographic profiles cost the regional price; batch and flex cost half of standard, priority 1.75 times (Nova and gpt-oss
/// only). `None` when the list does not say.
#[must_use]
pub fn lookup(model: &ModelKey, class: TokenClass, tier: Tier, routing: Routing) -> Option<NanoUsd> {
    let routing = if routing == Routing::Geo { Routing::Regional } else { routing };
    let listed = |tier: Tier| TABLE.get(&(model.0.clone(), class, tier, routing)).copied();
    match tier {
        Tier::Standard => listed(Tier::Standard),
        Tier::Batch => listed(Tier::Batch).or_else(|| listed(Tier::Standard).map(|price| price.scale(1, 2))),
        Tier::Flex => listed(Tier::Standard).map(|price| price.scale(1, 2)),
        Tier::Priority if model.as_str().starts_with("amazon/nova") || model.as_str().starts_with("openai/gpt-oss") => {
            listed(Tier::Standard).map(|price| price.scale(7, 4))
        }
        _ => None,
    }
}

/// List price per million tokens of one kind at the standard tier; cache writes are the five-minute ones.
#[must_use]
pub fn standard(model: &ModelKey, kind: TokenKind, routing: Routing) -> Option<NanoUsd> {
    let class = match kind {
        TokenKind::Input => TokenClass::Input,
        TokenKind::Output => TokenClass::Output,
        TokenKind::CacheRead => TokenClass::CacheRead,
        TokenKind::CacheWrite => TokenClass::CacheWrite5m,
    };
    lookup(model, class, Tier::Standard, routing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_price_row_belongs_to_a_known_model() {
        for row in csv::Reader::from_reader(include_str!("../../data/prices.csv").as_bytes()).records() {
            let row = row.unwrap();
            assert!(canonical_name(&row[0]).mapped, "{}", &row[0]);
        }
        assert_eq!(TABLE.values().filter(|price| price.is_negative()).count(), 0);
    }

    #[test]
    fn in_region_sonnet_costs_a_tenth_more_than_global_and_batch_half() {
        let sonnet = ModelKey::from("anthropic/claude-sonnet-4.6");
        let price = |class, tier, routing| lookup(&sonnet, class, tier, routing).map(|price| price.to_string());
        assert_eq!(price(TokenClass::Input, Tier::Standard, Routing::Regional).as_deref(), Some("3.30"));
        assert_eq!(price(TokenClass::Input, Tier::Standard, Routing::Geo).as_deref(), Some("3.30"));
        assert_eq!(price(TokenClass::Input, Tier::Standard, Routing::Global).as_deref(), Some("3.00"));
        assert_eq!(price(TokenClass::Input, Tier::Batch, Routing::Global).as_deref(), Some("1.50"));
        assert_eq!(price(TokenClass::Input, Tier::Priority, Routing::Global), None);
        assert_eq!(standard(&sonnet, TokenKind::CacheWrite, Routing::Regional).map(|price| price.to_string()).as_deref(), Some("4.125"));
        assert_eq!(standard(&ModelKey::from("unmapped:x"), TokenKind::Input, Routing::Regional), None);
    }
}
