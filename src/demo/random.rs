//! The generator's only source of chance: SplitMix64 (Steele, Lea, Flood 2014), written out so that the same seed yields the same files
//! whatever versions of other crates are in use.

#[derive(Debug, Clone)]
pub struct SplitMix64 {
    state: u64,
}

impl SplitMix64 {
    /// An own sequence for `name`, so that adding one part of the demo does not move the numbers of another.
    #[must_use]
    pub fn named(seed: u64, name: &str) -> Self {
        // FNV-1a, 64 bit.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self { state: seed ^ hash }
    }

    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number in `from..=to`; `from` when the range is empty.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let Some(width) = to.checked_sub(from).and_then(|width| u64::try_from(width).ok()) else { return from };
        let offset = self.next_u64() % width.saturating_add(1);
        from.saturating_add(i64::try_from(offset).unwrap_or(0))
    }

    /// `digits` lower-case letters and digits, as AWS makes up ids.
    pub fn id(&mut self, digits: usize) -> String {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        (0..digits)
            .filter_map(|_| {
                let at = usize::try_from(self.next_u64() % 32).unwrap_or(0);
                ALPHABET.get(at).copied().map(char::from)
            })
            .collect()
    }

    /// A version-4 UUID.
    pub fn uuid(&mut self) -> String {
        let (high, low) = (self.next_u64(), self.next_u64());
        let high = (high & 0xffff_ffff_ffff_0fff) | 0x4000;
        let low = (low & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
        format!("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff, high & 0xffff, low >> 48, low & 0xffff_ffff_ffff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one_and_never_moves() {
        let mut random = SplitMix64 { state: 1_234_567 };
        assert_eq!(random.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(random.next_u64(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn numbers_stay_in_their_range_and_an_empty_range_gives_its_start() {
        let mut random = SplitMix64::named(7, "range");
        assert!((0..1000).all(|_| (-3..=5).contains(&random.between(-3, 5))));
        assert_eq!(random.between(9, 2), 9);
        assert_eq!(random.uuid().len(), 36);
    }
}
