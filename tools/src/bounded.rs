//! Bounds on what a result may hold: a model reads every byte of it.

use serde::Serialize;

/// Most bytes of JSON that the rows of one list may take.
pub(crate) const LIST_BYTES: usize = 18_000;

/// Keeps the first rows, at most `count` of them and `bytes` of JSON; returns what was cut off.
pub(crate) fn cut<R: Serialize>(rows: &mut Vec<R>, count: usize, bytes: usize) -> Vec<R> {
    let mut taken = 0;
    let mut kept = 0;
    for row in rows.iter().take(count) {
        taken += serde_json::to_string(row).map_or(0, |text| text.len() + 1);
        if taken > bytes {
            break;
        }
        kept += 1;
    }
    rows.split_off(kept)
}

/// At most `chars` characters, with a sign that something was cut.
pub(crate) fn shorten(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

/// `1` → `1`; for counts of rows, which always fit.
pub(crate) fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// `part ÷ whole` as a percentage with one decimal; `None` when the whole is zero.
pub(crate) fn percent(part: i64, whole: i64) -> Option<f64> {
    agent_bill_domain::money::permille(part, whole).map(permille_as_percent)
}

/// Tenths of a percent as a percentage; clipped to what is worth showing.
pub(crate) fn permille_as_percent(permille: i64) -> f64 {
    let clipped = permille.clamp(-99_999_999, 99_999_999);
    f64::from(i32::try_from(clipped).unwrap_or(i32::MAX)) / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_by_count_and_by_size() {
        let mut rows = vec!["a".repeat(100); 10];
        assert_eq!(cut(&mut rows, 4, 10_000).len(), 6);
        assert_eq!(cut(&mut rows, 4, 250).len(), 2);
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn text_is_shortened_at_a_character_and_says_so() {
        assert_eq!(shorten("Größe", 3), "Grö…");
        assert_eq!(shorten("abc", 3), "abc");
    }
}
