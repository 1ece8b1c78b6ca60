//! Where a growing text may be cut, so that no number and no name is shown by halves.

/// A number is complete when this many words followed it, or punctuation closed it.
const WORDS_AFTER_NUMBER: usize = 3;

/// Finds how far a growing text can be shown: not beyond the last white space before which every number is complete, and one word less than that
/// is written, because the word behind a name tells whether it is one.
#[derive(Debug)]
pub(super) struct Cutter {
    /// Bytes looked at.
    read: usize,
    word: String,
    word_start: usize,
    /// Where the last finished word begins, and where the white space behind it ends.
    last_start: usize,
    pub(super) words_end: usize,
    /// Up to here every number is complete.
    numbers_end: usize,
    since_number: usize,
}

impl Default for Cutter {
    fn default() -> Self {
        let (word, since_number) = (String::new(), usize::MAX);
        Self { read: 0, word, word_start: 0, last_start: 0, words_end: 0, numbers_end: 0, since_number }
    }
}

impl Cutter {
    pub(super) fn read(&mut self, text: &str) {
        for (offset, c) in text.get(self.read..).unwrap_or_default().char_indices() {
            let at = self.read + offset;
            if !c.is_whitespace() {
                if self.word.is_empty() {
                    self.word_start = at;
                }
                self.word.push(c);
                continue;
            }
            if !self.word.is_empty() {
                self.since_number = if is_open(&self.word) { 0 } else { self.since_number.saturating_add(1) };
                if self.word.ends_with([',', ';', ':', '.', '!', '?', ')']) {
                    self.since_number = usize::MAX;
                }
                self.last_start = self.word_start;
                self.word.clear();
            }
            if c == '\n' {
                self.since_number = usize::MAX;
            }
            self.words_end = at + c.len_utf8();
            if self.since_number >= WORDS_AFTER_NUMBER {
                self.numbers_end = self.words_end;
            }
        }
        self.read = text.len();
    }

    pub(super) fn cut(&self) -> usize {
        self.numbers_end.min(self.last_start)
    }
}

/// Whether more of the number, or its unit, may follow.
fn is_open(word: &str) -> bool {
    const WORDS: [&str; 22] = [
        "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "twenty", "thirty", "forty", "fifty",
        "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million",
    ];
    let lower = word.to_lowercase();
    word.chars().any(char::is_numeric)
        || word.contains('$')
        || lower == "usd"
        || lower.split(|c: char| !c.is_alphabetic()).any(|part| WORDS.contains(&part) || part.ends_with("teen"))
}
