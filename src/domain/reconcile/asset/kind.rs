//! The class of thing that a record describes, learnt from the letters of tags.
//!
//! Tags say it in letters (`PT`: pressure transmitter). Where a record has no tag, its model and the words of its description,
//! in whatever language, tell what the tags of other records with these words say.

use hashbrown::HashMap;

/// Shares of the records below this make no class of its own.
const CLASS_SHARE_MIN: f64 = 0.002;
/// Posterior from which on a class is believed.
const BELIEF_MIN: f64 = 0.8;
/// Pseudo-count of a class for a word.
const SMOOTHING: f64 = 0.2;

/// What is known of a record: the class that its tag says (0: none), and words that hint.
pub struct Hints<'a> {
    /// Number of the letters of the tag; 0 when there is no tag.
    pub letters: u32,
    /// Numbers of words, models and type names, in one numbering.
    pub words: &'a [u32],
}

/// What tells the classes of things.
#[derive(Debug, Default)]
pub struct Kinds {
    /// The class that letters of tags name; 0: none.
    class_of: Vec<u16>,
    /// By word and class, the logarithm of the share of the class's records with the word; the last word is one never seen.
    logs: Vec<f32>,
    /// How many records each class has.
    sizes: Vec<f64>,
}

impl Kinds {
    /// Learns from all records.
    pub fn learn(records: &[Hints<'_>], words_bound: usize, letters_bound: usize) -> Self {
        let mut counts = vec![0u32; letters_bound];
        records.iter().for_each(|hints| counts[hints.letters as usize] += 1);
        let floor = (CLASS_SHARE_MIN * records.len() as f64).max(3.0);
        let mut class_of = vec![0u16; letters_bound];
        let mut sizes = vec![0.0];
        for letters in 1..letters_bound {
            if f64::from(counts[letters]) >= floor {
                class_of[letters] = sizes.len() as u16;
                sizes.push(f64::from(counts[letters]));
            }
        }
        let logs = word_logs(records, words_bound + 1, &class_of, &sizes);
        Self { class_of, logs, sizes }
    }

    /// The class of a record, from 1; 0 where nothing tells. Words beyond those that were learnt from are words never seen.
    pub fn of(&self, hints: &Hints<'_>) -> u16 {
        if self.sizes.len() < 2 {
            return 0;
        }
        match self.class_of.get(hints.letters as usize) {
            Some(&class) if class > 0 => class,
            _ => self.guess(hints.words),
        }
    }

    fn guess(&self, words: &[u32]) -> u16 {
        if words.is_empty() {
            return 0;
        }
        let classes = self.sizes.len();
        let unseen = self.logs.len() / classes - 1;
        let total: f64 = self.sizes.iter().sum();
        let log = |word: u32, class| self.logs[unseen.min(word as usize) * classes + class];
        let score = |class: usize| {
            (self.sizes[class] / total).ln()
                + words.iter().map(|&word| f64::from(log(word, class))).sum::<f64>()
        };
        let scores: Vec<f64> = (1..classes).map(score).collect();
        let best = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0);
        let mass: f64 = scores.iter().map(|score| (score - scores[best]).exp()).sum();
        if 1.0 / mass >= BELIEF_MIN { best as u16 + 1 } else { 0 }
    }
}

fn word_logs(
    records: &[Hints<'_>],
    words_bound: usize,
    class_of: &[u16],
    sizes: &[f64],
) -> Vec<f32> {
    let classes = sizes.len();
    let mut logs = vec![0f32; words_bound * classes];
    for hints in records {
        let class = class_of[hints.letters as usize] as usize;
        if class > 0 {
            hints.words.iter().for_each(|&word| logs[word as usize * classes + class] += 1.0);
        }
    }
    for row in logs.chunks_mut(classes) {
        for (count, size) in row.iter_mut().zip(sizes).skip(1) {
            *count = ((f64::from(*count) + SMOOTHING) / (size + SMOOTHING * 4.0)).ln() as f32;
        }
    }
    logs
}

/// Numbers words of several vocabularies in one numbering.
#[derive(Debug, Default)]
pub struct Numbering {
    numbers: HashMap<(u8, u32), u32>,
}

impl Numbering {
    /// The number of a value of a vocabulary.
    pub fn number(&mut self, vocabulary: u8, value: u32) -> u32 {
        let next = self.numbers.len() as u32;
        *self.numbers.entry((vocabulary, value)).or_insert(next)
    }

    /// The number of a value, if it has one.
    pub fn find(&self, vocabulary: u8, value: u32) -> Option<u32> {
        self.numbers.get(&(vocabulary, value)).copied()
    }

    /// How many numbers there are.
    pub fn bound(&self) -> usize {
        self.numbers.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_what_tags_say() {
        let pump = Hints { letters: 1, words: &[0, 1] };
        let motor = Hints { letters: 2, words: &[2] };
        let mut records: Vec<Hints<'_>> = (0..40)
            .map(|n| if n % 2 == 0 { Hints { ..pump } } else { Hints { ..motor } })
            .collect();
        records.push(Hints { letters: 0, words: &[1] });
        records.push(Hints { letters: 0, words: &[2] });
        records.push(Hints { letters: 0, words: &[] });
        let learnt = Kinds::learn(&records, 3, 3);
        let kinds: Vec<u16> = records.iter().map(|hints| learnt.of(hints)).collect();
        assert_eq!(kinds[40..], [kinds[0], kinds[1], 0]);
        assert_ne!(kinds[0], kinds[1]);
    }
}
