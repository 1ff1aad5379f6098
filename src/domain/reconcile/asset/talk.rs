//! How alike two descriptions are, with words weighed by how much they tell inside their class of thing.
//!
//! `FEED CENTR PMP` and `Kreiselpumpe Zulauf` share no word; which words stand for each other is learnt from
//! pairs of records that surely describe one thing, and from abbreviations.

use super::super::dictionary::Dictionary;
use super::super::normalise::asset::words::Description;
use super::alias::{Aliases, Counts};
use super::facts::Facts;
use super::sheet::{Field, Sheet};
use super::values::PerValue;

/// Words of one description that are looked at.
const WORDS_MAX: usize = 12;
const _: () =
    assert!(WORDS_MAX <= u32::BITS as usize, "the words of a description are bits of a number");
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
    /// How surprising each word is in each class, in bits, word by word.
    bits: Vec<f32>,
    /// How many records with a description each class has.
    sizes: Vec<u32>,
}

impl Default for Talk {
    fn default() -> Self {
        Self {
            vocabulary: Dictionary::default(),
            words: PerValue::new(Field::Description),
            aliases: Aliases::default(),
            bits: Vec::new(),
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
        talk.weigh(facts);
        talk.aliases = word_aliases(talk.words.all(), facts, anchors);
        talk
    }

    /// Learns how many records of each class have each word.
    fn weigh(&mut self, facts: &[Facts]) {
        let classes = facts.iter().map(|fact| fact.kind as usize + 1).max().unwrap_or(1);
        let mut counts = vec![0u32; self.vocabulary.id_bound() * classes];
        self.sizes = vec![0; classes];
        for fact in facts.iter().filter(|fact| fact.text != 0) {
            self.sizes[fact.kind as usize] += 1;
            let of = &self.words.all()[fact.text as usize];
            of.iter().for_each(|&word| counts[word as usize * classes + fact.kind as usize] += 1);
        }
        let sizes = self.sizes.iter().cycle();
        self.bits = counts.iter().zip(sizes).map(|(&count, &size)| surprise(size, count)).collect();
    }

    /// Reads the descriptions that came since; a word that only they have is as surprising as one that one record has.
    pub fn extend(&mut self, descriptions: &PerValue<Description>) {
        let vocabulary = &mut self.vocabulary;
        self.words.extend_from(descriptions, |said| {
            let mut words: Vec<u32> =
                said.words.iter().take(WORDS_MAX).map(|word| vocabulary.intern(word)).collect();
            words.sort_unstable();
            words.dedup();
            words
        });
        let weighed = self.bits.len() / self.sizes.len().max(1);
        for _ in weighed..self.vocabulary.id_bound() {
            self.bits.extend(self.sizes.iter().map(|&size| surprise(size, 1)));
        }
    }

    /// Forgets the descriptions that the sheet no longer has; the vocabulary was cut back already.
    pub fn rewind(&mut self, sheet: &Sheet) {
        self.words.rewind(sheet);
        self.bits.truncate(self.vocabulary.id_bound() * self.sizes.len());
    }

    /// How alike the descriptions of two records are, 0 to 1, and how much there is to compare (bits of the poorer one).
    pub fn likeness(&self, a: &Facts, b: &Facts) -> (f32, f32) {
        let (left, right) = (self.words(a.text), self.words(b.text));
        let kind = if a.kind != 0 { a.kind } else { b.kind };
        let (mut met, mut all) = ((0f32, 0f32), (0f32, 0f32));
        let mut met_right = 0u32;
        for &word in left {
            let bits = self.bits(kind, word);
            let mut meets = 0u32;
            for (at, &other) in right.iter().enumerate() {
                let is_met = other == word || self.aliases.has(word, other);
                meets |= u32::from(is_met) << at;
            }
            all.0 += bits;
            met.0 += if meets == 0 { 0.0 } else { bits };
            met_right |= meets;
        }
        for (at, &word) in right.iter().enumerate() {
            let bits = self.bits(kind, word);
            all.1 += bits;
            met.1 += if met_right >> at & 1 == 0 { 0.0 } else { bits };
        }
        let poorer = all.0.min(all.1);
        if poorer <= 0.0 { (0.0, 0.0) } else { (met.0.min(met.1).min(poorer) / poorer, poorer) }
    }

    /// The words of a description.
    pub fn words(&self, text: u32) -> &[u32] {
        &self.words.all()[text as usize]
    }

    /// How surprising a word is in a description of this class, in bits.
    fn bits(&self, kind: u16, word: u32) -> f32 {
        let at = word as usize * self.sizes.len() + kind as usize;
        self.bits.get(at).copied().unwrap_or(0.0)
    }
}

/// How surprising a word is that so many of the descriptions of a class have, in bits.
fn surprise(size: u32, count: u32) -> f32 {
    ((size as f32 + 2.0) / (count as f32 + 1.0)).log2()
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
