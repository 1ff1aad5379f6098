//! A bound on how alike two texts can be, from a few bits of each.

/// Marks in [`Profile::extra`] a text that is not ASCII.
const NOT_ASCII: u8 = 1 << 7;
/// From so many characters on that the sketch has no bit for, nothing is known of them.
const EXTRA_MAX: u8 = NOT_ASCII - 1;
/// From this length on, nothing is known of the length.
const LENGTH_MAX: u8 = u8::MAX;

/// Length and a sketch of the characters of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Profile {
    /// Two bits for each letter (one, two or more), one for each digit, two for all else; in two halves, so that
    /// a cell of a table has 16 bytes.
    sketch: [u32; 2],
    length: u8,
    /// How many characters the sketch has no bit for.
    extra: u8,
    /// Of the first two characters, the lowest eight bits.
    first: [u8; 2],
}

impl Profile {
    pub(super) fn of(text: &str) -> Self {
        let mut sketch = 0_u64;
        let mut length = 0_u32;
        for c in text.chars() {
            length += 1;
            let bit = match c {
                'a'..='z' => 2 * (c as u32 - 'a' as u32),
                '0'..='9' => {
                    sketch |= 1 << (52 + c as u32 - '0' as u32);
                    continue;
                }
                _ => 62,
            };
            let bit = if sketch & (1 << bit) == 0 { bit } else { bit + 1 };
            sketch |= 1 << bit;
        }
        let extra = (length - sketch.count_ones()).min(u32::from(EXTRA_MAX)) as u8;
        let mark = if text.is_ascii() { 0 } else { NOT_ASCII };
        let mut start = text.chars().map(|c| c as u32 as u8);
        let first = [start.next().unwrap_or(0), start.next().unwrap_or(0)];
        let length = length.min(u32::from(LENGTH_MAX)) as u8;
        let sketch = [sketch as u32, (sketch >> 32) as u32];
        Self { sketch, length, extra: extra | mark, first }
    }

    #[inline]
    fn sketch(&self) -> u64 {
        u64::from(self.sketch[0]) | u64::from(self.sketch[1]) << 32
    }

    /// Whether all characters are ASCII.
    #[inline]
    pub(super) fn ascii(&self) -> bool {
        self.extra & NOT_ASCII == 0
    }

    /// Length in characters, cut off at 255.
    #[inline]
    pub(super) fn length(&self) -> u8 {
        self.length
    }

    /// Whether nothing can be said about the two.
    #[inline]
    fn unknown(&self, other: &Self) -> bool {
        let extra = (self.extra & EXTRA_MAX).min(other.extra & EXTRA_MAX);
        extra == EXTRA_MAX || self.length.max(other.length) == LENGTH_MAX
    }

    /// At most so many characters can be in common, wherever they stand.
    #[inline]
    fn common_max(&self, other: &Self) -> u32 {
        let shared = (self.sketch() & other.sketch()).count_ones();
        shared + u32::from((self.extra & EXTRA_MAX).min(other.extra & EXTRA_MAX))
    }

    /// Whether both may begin with the same character.
    #[inline]
    pub(super) fn same_first(&self, other: &Self) -> bool {
        self.first[0] == other.first[0]
    }

    /// At least so many edits lie between the two (Levenshtein, and with swaps).
    #[inline]
    pub(super) fn edits_min(&self, other: &Self) -> u32 {
        if self.unknown(other) {
            return 0;
        }
        u32::from(self.length.max(other.length)).saturating_sub(self.common_max(other))
    }

    /// The Jaro-Winkler similarity is at most this.
    #[inline]
    pub(super) fn jaro_winkler_max(&self, other: &Self) -> f64 {
        if self.unknown(other) {
            return 1.0;
        }
        let common = f64::from(self.common_max(other));
        let (a, b) = (f64::from(self.length.max(1)), f64::from(other.length.max(1)));
        let jaro = ((common / a).min(1.0) + (common / b).min(1.0) + 1.0) / 3.0;
        let prefix = match (self.first[0] == other.first[0], self.first[1] == other.first[1]) {
            (false, _) => 0.0,
            (true, false) => 1.0,
            (true, true) => 4.0,
        };
        jaro + 0.1 * prefix * (1.0 - jaro)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rapidfuzz::distance::{jaro_winkler, levenshtein};

    use super::*;

    proptest! {
        #[test]
        fn bounds_hold(a in "[a-d0-2 é]{0,12}", b in "[a-d0-2 é]{0,12}") {
            let (pa, pb) = (Profile::of(&a), Profile::of(&b));
            let edits = levenshtein::distance(a.chars(), b.chars());
            prop_assert!(pa.edits_min(&pb) as usize <= edits);
            if !a.is_empty() && !b.is_empty() {
                let similarity = jaro_winkler::similarity(a.chars(), b.chars());
                prop_assert!(similarity <= pa.jaro_winkler_max(&pb) + 1e-9);
            }
        }
    }
}
