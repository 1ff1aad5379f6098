//! Interned text: each distinct value once, named by a number.

use std::hash::BuildHasher;
use std::hint::black_box;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// Distinct texts, numbered from 1 in the order of their first appearance. 0 means "no value".
#[derive(Debug, Clone, Default)]
pub struct Dictionary {
    text: String,
    ends: Vec<u32>,
    table: HashTable<Slot>,
}

/// A number in the hash table, with half of its text's hash: most other texts are told apart without a look at
/// them, and none is looked at when the table grows.
#[derive(Debug, Clone, Copy)]
struct Slot {
    half: u32,
    id: u32,
}

impl Slot {
    fn half_of(text: &str) -> u32 {
        (hash_text(text) >> 32) as u32
    }

    /// The hash by which a slot is placed.
    fn hash(half: u32) -> u64 {
        u64::from(half).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

/// Texts that are looked up side by side.
const FEW: usize = 16;

/// A text that is looked up, and where it may stand.
#[derive(Clone, Copy, Default)]
struct Sought<'a> {
    text: &'a str,
    half: u32,
    id: u32,
    end: u32,
}

/// Always the same, so that nothing depends on a seed.
const HASH: FixedState = FixedState::with_seed(0x636f_756e_7465_7270);

/// The hash of a text, the same in every run.
pub(super) fn hash_text(text: &str) -> u64 {
    HASH.hash_one(text)
}

impl Dictionary {
    /// How many numbers are in use, 0 (no value) included: ids are below this.
    pub fn id_bound(&self) -> usize {
        self.ends.len() + 1
    }

    /// The text of a number; the empty text for 0 and for numbers that there are not.
    pub fn text(&self, id: u32) -> &str {
        let Some(index) = (id as usize).checked_sub(1) else { return "" };
        let Some(&end) = self.ends.get(index) else { return "" };
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start as usize..end as usize]
    }

    /// Brings where a text stands into the caches; what comes back means nothing.
    #[inline]
    pub fn touch(&self, id: u32) -> u32 {
        self.ends.get(id as usize).copied().unwrap_or(0)
    }

    /// The number of a text, if it is there; 0 for the empty text.
    pub fn find(&self, text: &str) -> Option<u32> {
        if text.is_empty() {
            return Some(0);
        }
        let half = Slot::half_of(text);
        let same = |slot: &Slot| slot.half == half && self.text(slot.id) == text;
        self.table.find(Slot::hash(half), same).map(|slot| slot.id)
    }

    /// The number of a text, which is added when it is new; 0 for the empty text.
    pub fn intern(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(id) = self.find(text) {
            return id;
        }
        self.text.push_str(text);
        self.ends.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        let id = self.ends.len() as u32;
        let half = Slot::half_of(text);
        let hash = |slot: &Slot| Slot::hash(slot.half);
        self.table.insert_unique(Slot::hash(half), Slot { half, id }, hash);
        id
    }

    /// Appends the numbers of many texts, as [`Self::intern`] gives them one by one.
    ///
    /// A few at a time: where each may stand is looked up before any is compared, so that what is far away comes from
    /// memory side by side.
    pub fn intern_all<'a>(&mut self, texts: impl Iterator<Item = &'a str>, numbers: &mut Vec<u32>) {
        let mut texts = texts.peekable();
        while texts.peek().is_some() {
            let mut few = [Sought::default(); FEW];
            let mut count = 0;
            for (sought, text) in few.iter_mut().zip(texts.by_ref()) {
                *sought = Sought { text, half: Slot::half_of(text), id: 0, end: 0 };
                count += 1;
            }
            let few = &mut few[..count];
            for sought in few.iter_mut() {
                let half = sought.half;
                let found = self.table.find(Slot::hash(half), |slot| slot.half == half);
                sought.id = found.map_or(0, |slot| slot.id);
            }
            few.iter_mut().for_each(|sought| sought.end = self.touch(sought.id));
            let bytes = self.text.as_bytes();
            black_box(
                few.iter().fold(0, |sum, sought| {
                    sum ^ bytes.get(sought.end as usize).copied().unwrap_or(0)
                }),
            );
            numbers.extend(few.iter().map(|sought| self.intern(sought.text)));
        }
    }

    /// Forgets the numbers from `bound` on, as if their texts had never come.
    pub fn truncate(&mut self, bound: usize) {
        for id in bound.max(1)..self.id_bound() {
            let hash = Slot::hash(Slot::half_of(self.text(id as u32)));
            if let Ok(entry) = self.table.find_entry(hash, |slot| slot.id as usize == id) {
                entry.remove();
            }
        }
        self.ends.truncate(bound.max(1) - 1);
        self.text.truncate(self.ends.last().map_or(0, |&end| end as usize));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_number() {
        let mut words = Dictionary::default();
        let first = words.intern("pump");
        let second = words.intern("motor");
        assert_eq!((first, second), (1, 2));
        assert_eq!(words.intern("pump"), first);
        assert_eq!(words.text(second), "motor");
        assert_eq!(words.intern(""), 0);
        assert_eq!(words.text(0), "");
        assert_eq!(words.find("valve"), None);
        assert_eq!(words.id_bound(), 3);
    }

    #[test]
    fn forgotten_texts_get_new_numbers() {
        let mut words = Dictionary::default();
        words.intern("pump");
        words.intern("motor");
        words.intern("valve");
        words.truncate(2);
        assert_eq!((words.find("motor"), words.find("valve"), words.id_bound()), (None, None, 2));
        assert_eq!((words.intern("valve"), words.find("pump")), (2, Some(1)));
        words.truncate(0);
        assert_eq!((words.find("pump"), words.id_bound()), (None, 1));
    }

    proptest::proptest! {
        #[test]
        fn many_texts_get_the_numbers_that_they_get_one_by_one(
            runs in proptest::collection::vec(proptest::collection::vec("[ab]{0,2}", 0..40), 1..4),
        ) {
            let (mut together, mut alone) = (Dictionary::default(), Dictionary::default());
            for texts in runs {
                let mut numbers = Vec::new();
                together.intern_all(texts.iter().map(String::as_str), &mut numbers);
                let expected: Vec<u32> = texts.iter().map(|text| alone.intern(text)).collect();
                proptest::prop_assert_eq!(numbers, expected);
            }
        }
    }
}
