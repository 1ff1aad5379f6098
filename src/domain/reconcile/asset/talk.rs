//! How alike two descriptions are, with words weighed by how much they tell inside their class of thing.
//!
//! `FEED CENTR PMP` and `Kreiselpumpe Zulauf` share no word; which words stand for each other is learnt from
//! pairs of records that surely describe one thing, and from abbreviations.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use super::super::dictionary::Dictionary;
use super::super::normalise::asset::words::Description;
use super::alias::{Aliases, Counts};
use super::facts::Facts;
use super::sheet::{Field, Sheet};
use super::values::PerValue;

/// Words of one description that are looked at.
const WORDS_MAX: usize = 12;
/// Share of the pairs with the rarer word that must have both.
const WORD_SHARE: f64 = 0.35;

/// What the descriptions say.
#[derive(Debug)]
pub struct Talk {
    /// All words.
    pub vocabulary: Dictionary,
    /// Words by description.
    words: PerValue<Vec<u32>>,
    aliases: Aliases,
    /// How many records of each class have each word.
    counts: HashMap<(u16, u32), u32>,
    sizes: Vec<u32>,
}

impl Default for Talk {
    fn default() -> Self {
        Self {
            vocabulary: Dictionary::default(),
            words: PerValue::new(Field::Description),
            aliases: Aliases::default(),
            counts: HashMap::new(),
            sizes: Vec::new(),
        }
    }
}

impl Talk {
    /// Learns from all descriptions.
    pub fn learn(
        descriptions: &PerValue<Description>,
        facts: &[Facts],
        anchors: &[(u32, u32)],
    ) -> Self {
        let mut talk = Self::default();
        talk.extend(descriptions);
        facts.iter().for_each(|fact| talk.count(fact));
        talk.aliases = word_aliases(talk.words.all(), facts, anchors);
        talk
    }

    /// Reads the descriptions that came since.
    pub fn extend(&mut self, descriptions: &PerValue<Description>) {
        let vocabulary = &mut self.vocabulary;
        self.words.extend_from(descriptions, |said| {
            let mut words: Vec<u32> =
                said.words.iter().take(WORDS_MAX).map(|word| vocabulary.intern(word)).collect();
            words.sort_unstable();
            words.dedup();
            words
        });
    }

    /// Forgets the descriptions that the sheet no longer has.
    pub fn rewind(&mut self, sheet: &Sheet) {
        self.words.rewind(sheet);
    }

    /// Counts the words of a record.
    pub fn count(&mut self, fact: &Facts) {
        if fact.text == 0 {
            return;
        }
        let kind = fact.kind as usize;
        self.sizes.resize(self.sizes.len().max(kind + 1), 0);
        self.sizes[kind] += 1;
        for &word in &self.words.all()[fact.text as usize] {
            *self.counts.entry((fact.kind, word)).or_default() += 1;
        }
    }

    /// Takes back [`Self::count`].
    pub fn discount(&mut self, fact: &Facts) {
        if fact.text == 0 {
            return;
        }
        self.sizes[fact.kind as usize] -= 1;
        for &word in &self.words.all()[fact.text as usize] {
            if let Entry::Occupied(mut count) = self.counts.entry((fact.kind, word)) {
                *count.get_mut() -= 1;
                if *count.get() == 0 {
                    count.remove();
                }
            }
        }
    }

    /// How alike the descriptions of two records are, 0 to 1, and how much there is to compare (bits of the poorer one).
    pub fn likeness(&self, a: &Facts, b: &Facts) -> (f32, f32) {
        let (left, right) =
            (&self.words.all()[a.text as usize], &self.words.all()[b.text as usize]);
        let kind = if a.kind != 0 { a.kind } else { b.kind };
        let covered = |words: &[u32], others: &[u32]| {
            let (mut all, mut met) = (0f32, 0f32);
            for &word in words {
                let bits = self.bits(kind, word);
                all += bits;
                if others.iter().any(|&other| other == word || self.aliases.has(word, other)) {
                    met += bits;
                }
            }
            (met, all)
        };
        let ((met_a, all_a), (met_b, all_b)) = (covered(left, right), covered(right, left));
        let poorer = all_a.min(all_b);
        if poorer <= 0.0 { (0.0, 0.0) } else { (met_a.min(met_b).min(poorer) / poorer, poorer) }
    }

    /// How surprising a word is in a description of this class, in bits.
    fn bits(&self, kind: u16, word: u32) -> f32 {
        let count = self.counts.get(&(kind, word)).copied().unwrap_or(0) as f32;
        let size = self.sizes.get(kind as usize).copied().unwrap_or(0) as f32;
        ((size + 2.0) / (count + 1.0)).log2()
    }
}

fn word_aliases(words: &[Vec<u32>], facts: &[Facts], anchors: &[(u32, u32)]) -> Aliases {
    let mut counts = Counts::default();
    for &(a, b) in anchors {
        let (left, right) =
            (&words[facts[a as usize].text as usize], &words[facts[b as usize].text as usize]);
        for &x in left.iter().filter(|x| !right.contains(x)) {
            right.iter().filter(|y| !left.contains(y)).for_each(|&y| counts.add(x, y));
        }
    }
    counts.aliases(WORD_SHARE)
}
