//! One number per distinct string, shared by all readers of a period: lines then carry, compare and group numbers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Number of the empty string, which also stands for NULL: the bill uses both for "none".
pub const EMPTY: u32 = 0;

#[derive(Debug)]
struct Known {
    numbers: HashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
}

#[derive(Debug)]
pub struct Strings(Mutex<Known>);

impl Default for Strings {
    fn default() -> Self {
        let empty: Arc<str> = Arc::from("");
        Self(Mutex::new(Known { numbers: HashMap::from([(Arc::clone(&empty), EMPTY)]), texts: vec![empty] }))
    }
}

impl Strings {
    fn lock(&self) -> MutexGuard<'_, Known> {
        // A reader that panicked cannot leave the table half written: each insert is complete before the next.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn number(&self, text: &str) -> u32 {
        self.lock().number(text)
    }

    /// Numbers of many strings under one lock.
    pub fn numbers<'a>(&self, texts: impl Iterator<Item = Option<&'a str>>) -> Vec<u32> {
        let mut known = self.lock();
        texts.map(|text| text.map_or(EMPTY, |text| known.number(text))).collect()
    }

    /// The text of a number this table gave out.
    #[must_use]
    pub fn text(&self, number: u32) -> Arc<str> {
        let known = self.lock();
        let index = usize::try_from(number).unwrap_or_default();
        known.texts.get(index).map_or_else(|| Arc::from(""), Arc::clone)
    }
}

impl Known {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let Ok(number) = u32::try_from(self.texts.len()) else { return EMPTY };
        let text: Arc<str> = Arc::from(text);
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_strings_share_a_number_and_null_is_empty() {
        let strings = Strings::default();
        assert_eq!(strings.numbers([Some("a"), None, Some(""), Some("b"), Some("a")].into_iter()), [1, EMPTY, EMPTY, 2, 1]);
        assert_eq!((strings.number("b"), &*strings.text(2), &*strings.text(EMPTY)), (2, "b", ""));
    }
}
