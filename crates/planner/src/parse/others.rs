//! What is pointed at beside one's own without a name: `the other business unit`, `besides mine`, `the whole bill`. For an asker whose scope holds no
//! other, that is outside of it: answering with one's own figures would look like theirs.

use super::Parse;

impl Parse<'_> {
    pub(super) fn points_beside_own(&self, line: &str) -> bool {
        self.beside_own_node() || beside_own(line)
    }

    /// `the other portfolio` of somebody who has one.
    fn beside_own_node(&self) -> bool {
        const BESIDE: [&str; 7] = ["other", "another", "sibling", "neighbour", "neighbouring", "neighboring", "rival"];
        let held = |label: &str| self.known.briefing.nodes.iter().filter(|node| node.level.eq_ignore_ascii_case(label)).count();
        self.levels.iter().any(|(at, label)| {
            let before = at.checked_sub(1).map_or("", |before| self.word(before));
            BESIDE.contains(&before) && held(label) <= 1
        })
    }
}

fn beside_own(line: &str) -> bool {
    const PHRASES: [&str; 14] = [
        "besides mine",
        "besides ours",
        "beside mine",
        "than mine",
        "than ours",
        "except mine",
        "except ours",
        "apart from mine",
        "apart from ours",
        "mine and the others",
        "ours and the others",
        "the whole bedrock bill",
        "the whole bill",
        "the entire bill",
    ];
    PHRASES.iter().any(|phrase| line.contains(&format!(" {phrase} ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beside_ones_own_is_told_from_ones_own() {
        for line in [" what do the portfolios besides mine spend ", " show me the whole bill "] {
            assert!(beside_own(line), "{line}");
        }
        for line in [" what does mine spend ", " my whole portfolio bill by model ", " which is larger than my estimate "] {
            assert!(!beside_own(line), "{line}");
        }
    }
}
