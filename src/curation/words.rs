//! Names by their words: what is written in another order, shortened or misspelt is found, too.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use rapidfuzz::distance::jaro_winkler;

use crate::domain::id::TwinId;

/// Words of a text that count; further ones are not looked at.
const WORDS_MAX: usize = 16;
/// A word of more twins than this says little, and finds none by itself.
const TWINS_MAX: usize = 1_000;
/// Words that are compared with one that is not known.
const COMPARED_MAX: usize = 2_000;
/// How alike two words must be to be taken for one, from 0 to 1.
const ALIKE_MIN: f64 = 0.9;
/// Characters that a misspelt word begins with all the same.
const START: usize = 2;

/// Which twins have which words in their names.
#[derive(Debug, Default)]
pub struct Words {
    twins: BTreeMap<Box<str>, Vec<TwinId>>,
}

impl Words {
    /// Takes up a name of a twin, in lower case.
    pub fn add(&mut self, twin: TwinId, name: &str) {
        for word in words(name) {
            let twins = self.twins.entry(word).or_default();
            if let Err(place) = twins.binary_search(&twin) {
                twins.insert(place, twin);
            }
        }
    }

    /// Forgets a name, where `kept` are the twin's others.
    pub fn remove(&mut self, twin: TwinId, name: &str, kept: &[Box<str>]) {
        let kept: Vec<Box<str>> = kept.iter().flat_map(|name| words(name)).collect();
        for word in words(name).into_iter().filter(|word| !kept.contains(word)) {
            if let Some(twins) = self.twins.get_mut(&word) {
                twins.retain(|t| *t != twin);
                if twins.is_empty() {
                    self.twins.remove(&word);
                }
            }
        }
    }

    /// The twins that share words with a text in lower case, each with how much of what both say is shared, from 0 to 1:
    /// rare words count more. `names` tells a twin's names.
    pub fn alike<'a>(
        &self,
        text: &str,
        names: impl Fn(TwinId) -> &'a [Box<str>],
    ) -> Vec<(TwinId, f64)> {
        let asked: Vec<Box<str>> = words(text).into_iter().map(|word| self.known(word)).collect();
        let mut found: HashMap<TwinId, f64> = HashMap::new();
        for word in &asked {
            let twins = self.twins.get(word).map_or(&[][..], Vec::as_slice);
            if twins.len() <= TWINS_MAX {
                found.extend(twins.iter().map(|twin| (*twin, 0.0)));
            }
        }
        for (twin, share) in &mut found {
            let shares = names(*twin).iter().map(|name| self.shared(&asked, &words(name)));
            *share = shares.fold(0.0, f64::max);
        }
        found.into_iter().collect()
    }

    fn shared(&self, asked: &[Box<str>], named: &[Box<str>]) -> f64 {
        let worth = |words: &mut dyn Iterator<Item = &Box<str>>| -> f64 {
            words.map(|word| self.worth(word)).sum()
        };
        let both = worth(&mut asked.iter().filter(|word| named.contains(word)));
        let all = worth(&mut asked.iter()) + worth(&mut named.iter()) - both;
        if all > 0.0 { both / all } else { 0.0 }
    }

    /// A word is worth more the fewer names have it.
    fn worth(&self, word: &str) -> f64 {
        1.0 / (1.0 + (self.twins.get(word).map_or(0, Vec::len) as f64)).log2().max(1.0)
    }

    /// The word itself, or the known one that is most like it.
    fn known(&self, word: Box<str>) -> Box<str> {
        let start: String = word.chars().take(START).collect();
        // One digit more or less is another number, and no slip.
        let is_number = word.contains(|c: char| c.is_ascii_digit());
        if is_number || self.twins.contains_key(&word) || start.len() == word.len() {
            return word;
        }
        let range = self.twins.range::<str, _>((Bound::Included(&*start), Bound::Unbounded));
        let near = range.take_while(|(other, _)| other.starts_with(&start)).take(COMPARED_MAX);
        let scorer = jaro_winkler::BatchComparator::new(word.chars());
        let alike = near.map(|(other, _)| (scorer.similarity(other.chars()), other));
        let best =
            alike.max_by(|x, y| x.0.total_cmp(&y.0)).filter(|(alike, _)| *alike >= ALIKE_MIN);
        best.map_or(word, |(_, other)| other.clone())
    }
}

/// The words of a name: what stands between blanks, without the signs in it, and where there are signs also the parts.
fn words(name: &str) -> Vec<Box<str>> {
    let mut found: Vec<Box<str>> = Vec::new();
    for word in name.split_whitespace() {
        let parts: Vec<&str> =
            word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
        let whole = (parts.len() > 1).then(|| parts.concat());
        found.extend(whole.map(Into::into));
        // Parts of one character, such as the M of M-101, are in every other name.
        let telling = parts.iter().filter(|part| parts.len() == 1 || part.chars().count() > 1);
        found.extend(telling.map(|part| Box::from(*part)));
    }
    found.sort_unstable();
    found.dedup();
    found.truncate(WORDS_MAX);
    found
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn order_signs_and_a_slip_do_not_hide_a_name() {
        let (agitator, other) = (TwinId(Uuid::from_u128(1)), TwinId(Uuid::from_u128(2)));
        let names: HashMap<TwinId, Vec<Box<str>>> = HashMap::from([
            (agitator, vec!["electric mtr m-20303 agitator".into(), "eq-000288774".into()]),
            (other, vec!["electric mtr m-20304 mixer".into(), "eq-000288775".into()]),
        ]);
        let mut index = Words::default();
        for (twin, own) in &names {
            own.iter().for_each(|name| index.add(*twin, name));
        }
        let best = |text: &str| {
            let mut found = index.alike(text, |twin| &names[&twin]);
            found.sort_by(|x, y| y.1.total_cmp(&x.1));
            found.first().copied()
        };
        for text in [
            "agitator m-20303 electric mtr",
            "electric mtr m20303 agitator",
            "agitatr m-20303",
            "m-20303",
            "eq000288774",
        ] {
            let (twin, share) = best(text).expect(text);
            assert_eq!(twin, agitator, "{text}");
            assert!(share > 0.2, "{text}: {share}");
        }
        assert_eq!(best("nothing like it"), None);
        let mut without = index;
        without.remove(agitator, "eq-000288774", &["electric mtr m-20303 agitator".into()]);
        assert!(without.alike("eq000288774", |twin| &names[&twin]).is_empty());
    }
}
