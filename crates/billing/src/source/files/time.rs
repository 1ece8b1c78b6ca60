//! Instants of the bill: what has no offset is UTC.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

use crate::number_map::NumberMap;
use crate::strings::{EMPTY, Strings};

/// `2025-08-01T00:00:00.000Z`, `2025-08-01 00:00:00`, `2025-08-01T02:00:00+02:00`, `2025-08-01` → seconds since 1970.
pub(super) fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.as_second());
    }
    let civil = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(|date| date.to_datetime(jiff::civil::Time::midnight())));
    Offset::UTC.to_timestamp(civil.ok()?).ok().map(Timestamp::as_second)
}

/// Instants written as text, each distinct one parsed once.
pub(super) struct Instants {
    strings: Arc<Strings>,
    parsed: NumberMap<u32, Option<i64>>,
}

impl Instants {
    pub(super) fn new(strings: Arc<Strings>) -> Self {
        Self { strings, parsed: NumberMap::default() }
    }

    /// `Ok(None)` for an empty text.
    pub(super) fn get(&mut self, number: u32, column: &str) -> Result<Option<i64>, String> {
        if number == EMPTY {
            return Ok(None);
        }
        let strings = &self.strings;
        let parsed = *self.parsed.entry(number).or_insert_with(|| parse(&strings.text(number)));
        let complain = || format!("`{column}` is `{}`, not a time", strings.text(number).chars().take(40).collect::<String>());
        parsed.map(Some).ok_or_else(complain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_an_offset_is_utc_and_one_with_an_offset_is_converted() {
        let midnight = Some(1_754_006_400);
        for text in [
            "2025-08-01T00:00:00.000Z",
            "2025-08-01T00:00:00Z",
            "2025-08-01 00:00:00",
            "2025-08-01",
            "2025-08-01T02:00:00+02:00",
            "2025-08-01 00:00:00.000",
            "2025-08-01 00:00:00+00",
        ] {
            assert_eq!(parse(text), midnight, "{text}");
        }
        assert_eq!(parse("yesterday"), None);
    }
}
