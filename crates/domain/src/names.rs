//! Names of people, nodes, accounts and workloads: how they are compared, and which of them are admitted.
//!
//! [`fold_name`] is the form that is stored, and that ids derive from; [`same_name`] is how what a person types is matched with a name, and forgives more.

mod spelling;

use unicode_normalization::UnicodeNormalization;

pub use spelling::{NameKey, same_name};

/// The longest admitted name, in characters.
pub const MAX_NAME_CHARS: usize = 100;

/// Lower case, without accents, compatibility forms unified, white space collapsed. Idempotent.
///
/// Columns and ids of every import so far derive from it: it must never change for a name that is already stored.
#[must_use]
pub fn fold_name(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    text.nfkd().for_each(|c| folded_letters(c, &mut |letter| folded.push(letter)));
    collapse_white_space(&folded).nfc().collect()
}

/// The letters that `c` is stored as; none for a mark that people leave out.
fn folded_letters(c: char, push: &mut impl FnMut(char)) {
    for lower in std::iter::once(c).nfkd().flat_map(char::to_lowercase).filter(|&c| !is_accent(c)) {
        match lower {
            'ß' => "ss".chars().for_each(&mut *push),
            'æ' => "ae".chars().for_each(&mut *push),
            'œ' => "oe".chars().for_each(&mut *push),
            'ø' => push('o'),
            'ł' => push('l'),
            'đ' | 'ð' => push('d'),
            'ı' => push('i'),
            'ς' => push('σ'),
            other => push(other),
        }
    }
}

/// Combining marks that people leave out when they type; the vowel signs of Indic scripts and Japanese voicing marks are not among them.
const fn is_accent(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}')
}

fn collapse_white_space(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}

/// Why a name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("is empty; give it a name")]
    Empty,
    #[error("is longer than {MAX_NAME_CHARS} characters; shorten it")]
    TooLong,
    #[error("holds the control character U+{0:04X}; remove it")]
    Control(u32),
    #[error("holds the invisible or direction-changing character U+{0:04X}; remove it")]
    Invisible(u32),
}

/// The name as it is kept: composed, trimmed, white space collapsed.
///
/// # Errors
/// A name that is empty, longer than [`MAX_NAME_CHARS`], or holds a character that a reader cannot see.
pub fn clean_name(text: &str) -> Result<String, NameError> {
    // Checked before white space is collapsed: a line break or tab inside a name is a mistake of the file, not a space.
    let trimmed = text.trim_matches(' ');
    for c in trimmed.chars() {
        if c.is_control() {
            return Err(NameError::Control(u32::from(c)));
        }
        if is_invisible(c) {
            return Err(NameError::Invisible(u32::from(c)));
        }
    }
    let name: String = collapse_white_space(trimmed).nfc().collect();
    if name.is_empty() || fold_name(&name).is_empty() {
        return Err(NameError::Empty);
    }
    if name.chars().count() > MAX_NAME_CHARS {
        return Err(NameError::TooLong);
    }
    Ok(name)
}

/// Characters without a glyph of their own that could make two different names look alike, or text run backwards.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFF}'
        | '\u{E000}'..='\u{F8FF}' | '\u{E0000}'..='\u{E0FFF}' | '\u{F0000}'..='\u{10FFFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_accents_and_spacing_do_not_tell_names_apart() {
        for (written, folded) in [
            ("Tomás Silva", "tomas silva"),
            ("TOMA\u{0301}S  SILVA", "tomas silva"),
            ("  Łukasz Straße ", "lukasz strasse"),
            ("ＨＲ\u{00A0}Portal", "hr portal"),
            ("İstanbul", "istanbul"),
            ("ΟΔΟΣ", "οδοσ"),
        ] {
            assert_eq!(fold_name(written), folded, "{written}");
        }
    }

    /// The stored form of every letter of Latin-1 and Latin Extended-A, as it was when the first records were written.
    const STORED: &str = "\
        aaaaaaaeceeeeiiiidnoooooouuuuyþssaaaaaaaeceeeeiiiidnoooooouuuuyþyaaaaaaccccccccddddeeeeeeeeeeggg\
        ggggghhħħiiiiiiiiiiijijjjkkĸlllllll·l·llnnnnnnʼnŋŋoooooooeoerrrrrrssssssssttttŧŧuuuuuuuuuuuuwwyy\
        yzzzzzzs";

    #[test]
    fn the_stored_form_of_a_name_never_changes() {
        let letters: String = ('\u{C0}'..='\u{17F}').filter(|c| c.is_alphabetic()).collect();
        assert_eq!(fold_name(&letters), STORED);
        let ascii: String = (' '..='~').collect();
        assert_eq!(fold_name(&ascii), ascii.trim().to_lowercase());
    }

    #[test]
    fn letters_that_carry_meaning_stay_apart() {
        for (a, b) in [("कि", "का"), ("か", "が"), ("HR Portal", "HR-Portal"), ("한", "하")] {
            assert_ne!(fold_name(a), fold_name(b), "{a} {b}");
        }
    }

    #[test]
    fn names_with_characters_nobody_sees_are_refused() {
        assert_eq!(clean_name("Check\u{0}out"), Err(NameError::Control(0)));
        assert_eq!(clean_name("Check\nout"), Err(NameError::Control(10)));
        assert_eq!(clean_name("Check\u{202E}out"), Err(NameError::Invisible(0x202E)));
        assert_eq!(clean_name("Check\u{200B}out"), Err(NameError::Invisible(0x200B)));
        assert_eq!(clean_name("\u{FEFF}Checkout"), Err(NameError::Invisible(0xFEFF)));
        assert_eq!(clean_name("   "), Err(NameError::Empty));
        assert_eq!(clean_name("\u{0301}"), Err(NameError::Empty));
        assert_eq!(clean_name(&"x".repeat(101)), Err(NameError::TooLong));
        assert_eq!(clean_name(&"é".repeat(100)).map(|name| name.chars().count()), Ok(100));
    }

    #[test]
    fn a_formula_sign_is_an_ordinary_character_and_spaces_are_collapsed() {
        assert_eq!(clean_name(" =SUM(A1)  \u{00A0}x "), Ok("=SUM(A1) x".to_owned()));
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold_name(&text);
            prop_assert_eq!(fold_name(&once), once);
        }

        #[test]
        fn an_admitted_name_is_admitted_unchanged(text in "\\PC{0,40}") {
            if let Ok(name) = clean_name(&text) {
                prop_assert_eq!(clean_name(&name), Ok(name));
            }
        }
    }
}
