//! How far a word is from another one, as fingers slip: swapped, missing, doubled and wrong letters.

/// Slips between two words when they are at most `allowed`; the first letter must agree (or be swapped with the second), and digits never differ.
pub fn slips(word: &str, known: &str, allowed: usize) -> Option<usize> {
    let (length, other) = (word.chars().count(), known.chars().count());
    if length.abs_diff(other) > allowed || !starts_alike(word, known) || digits(word) != digits(known) {
        return None;
    }
    let distance = strsim::osa_distance(word, known);
    (distance <= allowed).then_some(distance)
}

fn starts_alike(word: &str, known: &str) -> bool {
    let (mut a, mut b) = (word.chars(), known.chars());
    let (a, b) = ((a.next(), a.next()), (b.next(), b.next()));
    a.0 == b.0 || (a.0 == b.1 && a.1 == b.0)
}

fn digits(word: &str) -> String {
    word.chars().filter(char::is_ascii_digit).collect()
}

/// Slips one may forgive in a word of a name: none in short words, where every letter counts.
pub fn forgiven(length: usize) -> usize {
    match length {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// Keys hit at random rather than words.
pub fn is_gibberish(word: &str) -> bool {
    let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).collect();
    if letters.len() < 3 || !letters.iter().all(char::is_ascii) {
        return letters.is_empty();
    }
    let rows = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "lkjhgfdsa", "poiuytrewq", "mnbvcxz"];
    let text: String = letters.iter().collect();
    let rolled = text.len() >= 4 && rows.iter().any(|row| row.contains(text.get(..4).unwrap_or(&text)));
    let mut run = 0;
    let mut longest = 0;
    for letter in &letters {
        run = if "aeiouy".contains(*letter) { 0 } else { run + 1 };
        longest = longest.max(run);
    }
    let distinct: std::collections::BTreeSet<&char> = letters.iter().collect();
    rolled || longest >= 5 || (letters.len() >= 4 && distinct.len() <= 2)
}
