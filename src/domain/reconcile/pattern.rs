//! A comparison's outcome for a pair, packed: a few bits for the level of each comparison.

/// The levels of all comparisons of a pair, packed into one number.
pub type Pattern = u64;

/// So many comparisons fit into a [`Pattern`] at most: each takes a bit at least.
pub const COMPARISONS_MAX: usize = Pattern::BITS as usize;

/// Where each comparison's level stands in a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternLayout {
    shifts: Vec<u8>,
    bits: Vec<u8>,
}

impl PatternLayout {
    /// A layout for comparisons with so many outcomes each (missing and "else" included).
    ///
    /// `None` when they need more than 64 bits.
    pub fn new(outcomes: &[usize]) -> Option<Self> {
        let bits: Vec<u8> = outcomes
            .iter()
            .map(|&count| (usize::BITS - count.saturating_sub(1).leading_zeros()).max(1) as u8)
            .collect();
        let mut shifts = Vec::with_capacity(bits.len());
        let mut total = 0_u32;
        for &b in &bits {
            shifts.push(u8::try_from(total).ok()?);
            total += u32::from(b);
        }
        (total <= u64::BITS).then_some(Self { shifts, bits })
    }

    /// The level of a comparison.
    #[inline]
    pub fn level(&self, pattern: Pattern, comparison: usize) -> u8 {
        let mask = (1_u64 << self.bits[comparison]) - 1;
        ((pattern >> self.shifts[comparison]) & mask) as u8
    }

    /// The bits of a level of a comparison, to be or-ed into a pattern.
    #[inline]
    pub fn place(&self, comparison: usize, level: u8) -> Pattern {
        u64::from(level) << self.shifts[comparison]
    }

    /// How many comparisons there are.
    pub fn len(&self) -> usize {
        self.bits.len()
    }

    /// Whether there are no comparisons.
    pub fn is_empty(&self) -> bool {
        self.bits.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_come_back() {
        let layout = PatternLayout::new(&[2, 7, 3, 9]).expect("it fits");
        let levels = [1, 6, 2, 8];
        let pattern = levels.iter().enumerate().fold(0, |p, (i, &l)| p | layout.place(i, l));
        for (index, level) in levels.iter().enumerate() {
            assert_eq!(layout.level(pattern, index), *level);
        }
    }

    #[test]
    fn too_many_levels_are_refused() {
        assert_eq!(PatternLayout::new(&[16; 17]), None);
        assert!(PatternLayout::new(&[16; 16]).is_some());
    }
}
