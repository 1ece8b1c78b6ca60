//! When two spellings are one name: `Jürgen`, `jurgen` and `JUERGEN`. Looser than the stored form ([`fold_name`](super::fold_name)), from which
//! columns and ids derive: whatever is stored alike matches here too, never the other way round.

use unicode_normalization::UnicodeNormalization;

use super::folded_letters;

/// A letter of a name, and whether the other spelling may leave it out: `ü` is `u`, then perhaps `e`.
type Letter = (char, bool);

/// A name in the form that spellings are compared in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameKey(Vec<Letter>);

impl NameKey {
    /// White space, hyphens and underscores are alike; punctuation counts.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut letters: Vec<Letter> = Vec::with_capacity(text.len());
        for c in text.nfkc() {
            if is_separator(c) {
                if letters.last().is_some_and(|last| last.0 != ' ') {
                    letters.push((' ', false));
                }
            } else {
                spell(c, &mut letters);
            }
        }
        if letters.last().is_some_and(|last| last.0 == ' ') {
            letters.pop();
        }
        Self(letters)
    }

    /// Letters and digits only: `HR-Portal`, `hr portal` and `HRPortal` are one.
    #[must_use]
    pub fn run_together(text: &str) -> Self {
        Self(Self::of(text).0.into_iter().filter(|(c, _)| c.is_alphanumeric()).collect())
    }

    /// The keys of the words of a name, one after the other without spaces.
    #[must_use]
    pub fn joined<'a>(words: impl IntoIterator<Item = &'a Self>) -> Self {
        Self(words.into_iter().flat_map(|word| word.0.iter().copied()).collect())
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether some spelling of the one is a spelling of the other. Symmetric and reflexive, but not transitive: `Jurgen` and `Juergen` are both
    /// `Jürgen`, and still two names, as `Michal` and `Michael` are.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        // The first letter is never one that may be left out, which settles nearly every comparison.
        if self.0.first().map(|first| first.0) != other.0.first().map(|first| first.0) {
            return false;
        }
        // `reached[j]`: the letters of `self` so far are a spelling of the first `j` letters of `other`.
        let mut reached = vec![true];
        for letter in &other.0 {
            reached.push(letter.1 && reached.last() == Some(&true));
        }
        for (own, may_leave_own) in &self.0 {
            let mut next = vec![*may_leave_own && reached.first() == Some(&true)];
            let pairs = reached.iter().zip(reached.iter().skip(1));
            for ((theirs, may_leave_theirs), (before, above)) in other.0.iter().zip(pairs) {
                let left = next.last() == Some(&true);
                next.push((own == theirs && *before) || (*may_leave_own && *above) || (*may_leave_theirs && left));
            }
            reached = next;
        }
        reached.last() == Some(&true)
    }
}

/// Whether two people, nodes, accounts or workloads written so may be one: case, accents, `ü`/`ue`, `ß`/`ss`, hyphens and spacing aside.
#[must_use]
pub fn same_name(a: &str, b: &str) -> bool {
    NameKey::of(a).is_same(&NameKey::of(b))
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

fn spell(c: char, letters: &mut Vec<Letter>) {
    let with_e = |plain: char| [(plain, false), ('e', true)];
    match c {
        'ä' | 'Ä' => letters.extend(with_e('a')),
        'ö' | 'Ö' | 'ø' | 'Ø' => letters.extend(with_e('o')),
        'ü' | 'Ü' => letters.extend(with_e('u')),
        'å' | 'Å' => letters.extend([('a', false), ('a', true)]),
        'þ' | 'Þ' => letters.extend([('t', false), ('h', false)]),
        other => folded_letters(other, &mut |letter| letters.push((letter, false))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fold_name;
    use super::*;

    #[test]
    fn the_spellings_of_a_name_are_one_name() {
        for (written, stored) in [
            ("juergen", "Jürgen"),
            ("jurgen", "Jürgen"),
            ("JÜRGEN", "Jürgen"),
            ("Ju\u{308}rgen Weiss", "Jürgen Weiß"),
            ("Juergen Muller", "Jürgen Müller"),
            ("Joerg", "Jörg"),
            ("Goran", "Göran"),
            ("soren", "Søren"),
            ("soeren", "Søren"),
            ("Aase", "Åse"),
            ("ase", "Åse"),
            ("Kjær", "kjaer"),
            ("Lukasz", "Łukasz"),
            ("Dokovic", "Đoković"),
            ("Thor", "Þór"),
            ("Gudrun", "Guðrún"),
            ("nunez", "Núñez"),
            ("anna lena", "Anna-Lena"),
            ("hr_portal", "HR  Portal"),
            ("oeuvre", "Œuvre"),
        ] {
            assert!(same_name(written, stored), "{written} {stored}");
            assert!(same_name(stored, written), "{stored} {written}");
        }
    }

    #[test]
    fn other_names_stay_other_names() {
        for (a, b) in [
            ("Michal", "Michael"),
            ("Jurgen", "Juergen"),
            ("Jurgens", "Jürgen"),
            ("Jurge", "Jürgen"),
            ("Isac", "Isaac"),
            ("HRPortal", "HR Portal"),
            ("कि", "का"),
            ("", "e"),
        ] {
            assert!(!same_name(a, b), "{a} {b}");
        }
    }

    #[test]
    fn letters_and_digits_run_together_are_one_name() {
        let same = |a: &str, b: &str| NameKey::run_together(a).is_same(&NameKey::run_together(b));
        assert!(same("HR-Portal", "hrportal") && same("Büro (Süd)", "buero sued") && !same("Team 12", "Team 13"));
        assert!(NameKey::run_together("- _ .").is_empty());
    }

    const NAMES: &str = "[a-eou äöüåøæœßłđþñ\u{308}_-]{0,12}";

    proptest! {
        #[test]
        fn matching_is_symmetric_and_reflexive(a in NAMES, b in NAMES) {
            prop_assert!(same_name(&a, &a));
            prop_assert_eq!(same_name(&a, &b), same_name(&b, &a));
        }

        #[test]
        fn what_is_stored_alike_matches(text in "\\PC{0,30}") {
            prop_assert!(same_name(&text, &fold_name(&text)), "{text}");
            prop_assert!(same_name(&text.to_lowercase(), &text), "{text}");
        }
    }
}
