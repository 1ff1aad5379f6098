//! How alike two descriptions are, with words weighed by how much they tell inside their class of thing.
//!
//! `FEED CENTR PMP` and `Kreiselpumpe Zulauf` share no word; which words stand for each other is learnt from
//! pairs of records that surely describe one thing, and from abbreviations.

use super::super::dictionary::Dictionary;
use super::super::normalise::asset::words::Description;
use super::alias::{Aliases, Counts};
use super::facts::Facts;

/// Words of one description that are looked at.
const WORDS_MAX: usize = 12;
/// Share of the pairs with the rarer word that must have both.
const WORD_SHARE: f64 = 0.35;

/// What the descriptions say.
#[derive(Debug, Default)]
pub struct Talk {
    /// Words by description.
    words: Vec<Vec<u32>>,
    aliases: Aliases,
    /// How surprising each word is in each class, in bits, word by word.
    bits: Vec<f32>,
    /// How many classes there are.
    classes: usize,
}

impl Talk {
    /// Learns from all descriptions.
    pub fn learn(descriptions: &[Description], facts: &[Facts], anchors: &[(u32, u32)]) -> Self {
        let mut vocabulary = Dictionary::default();
        let words: Vec<Vec<u32>> = descriptions
            .iter()
            .map(|said| {
                let mut words: Vec<u32> =
                    said.words.iter().take(WORDS_MAX).map(|word| vocabulary.intern(word)).collect();
                words.sort_unstable();
                words.dedup();
                words
            })
            .collect();
        let classes = facts.iter().map(|fact| fact.kind as usize + 1).max().unwrap_or(1);
        let (mut counts, mut sizes) =
            (vec![0u32; vocabulary.id_bound() * classes], vec![0u32; classes]);
        for fact in facts.iter().filter(|fact| fact.text != 0) {
            sizes[fact.kind as usize] += 1;
            let of = &words[fact.text as usize];
            of.iter().for_each(|&word| counts[word as usize * classes + fact.kind as usize] += 1);
        }
        let surprise = |(at, count): (usize, u32)| {
            ((sizes[at % classes] as f32 + 2.0) / (count as f32 + 1.0)).log2()
        };
        let bits = counts.into_iter().enumerate().map(surprise).collect();
        let aliases = word_aliases(&words, facts, anchors);
        Self { words, aliases, bits, classes }
    }

    /// How alike the descriptions of two records are, 0 to 1, and how much there is to compare (bits of the poorer one).
    pub fn likeness(&self, a: &Facts, b: &Facts) -> (f32, f32) {
        let (left, right) = (&self.words[a.text as usize], &self.words[b.text as usize]);
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
        self.bits.get(word as usize * self.classes + kind as usize).copied().unwrap_or(0.0)
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
