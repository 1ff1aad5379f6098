//! What people and systems call twins: an index of names and ids, for search as people type.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Bound;

use super::words::Words;
use crate::domain::id::TwinId;

/// Names and ids of twins, whatever their case and spacing.
#[derive(Debug, Default)]
pub struct Names {
    twins: BTreeMap<Box<str>, Vec<TwinId>>,
    texts: HashMap<TwinId, Vec<Box<str>>>,
    words: Words,
}

impl Names {
    /// What the twin is called from now on; nothing when it is gone.
    pub fn set(&mut self, twin: TwinId, names: impl IntoIterator<Item = String>) {
        let mut texts: Vec<Box<str>> =
            names.into_iter().map(|name| folded(&name)).filter(|n| !n.is_empty()).collect();
        texts.sort_unstable();
        texts.dedup();
        let before = match texts.is_empty() {
            true => self.texts.remove(&twin),
            false => self.texts.insert(twin, texts.clone()),
        };
        for text in before.into_iter().flatten().filter(|text| !texts.contains(text)) {
            self.words.remove(twin, &text, &texts);
            if let Some(twins) = self.twins.get_mut(&text) {
                twins.retain(|t| *t != twin);
                if twins.is_empty() {
                    self.twins.remove(&text);
                }
            }
        }
        for text in texts {
            self.words.add(twin, &text);
            let twins = self.twins.entry(text).or_default();
            if let Err(place) = twins.binary_search(&twin) {
                twins.insert(place, twin);
            }
        }
    }

    /// The twins that are called exactly so.
    pub fn exactly(&self, text: &str) -> &[TwinId] {
        self.twins.get(&folded(text)).map_or(&[], Vec::as_slice)
    }

    /// Twins with a name that shares words with the text, and how much of both is shared, from 0 to 1; the most first.
    pub fn alike(&self, text: &str, limit: usize) -> Vec<(TwinId, f64)> {
        let names = |twin: TwinId| self.texts.get(&twin).map_or(&[][..], Vec::as_slice);
        let mut found = self.words.alike(&folded(text), names);
        found.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
        found.truncate(limit);
        found
    }

    /// The twins with a name or id that begins so, in order of the names, each once.
    pub fn beginning(&self, text: &str, limit: usize) -> Vec<TwinId> {
        let start = folded(text);
        let names = self.twins.range::<str, _>((Bound::Included(&*start), Bound::Unbounded));
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        for twin in names.take_while(|(name, _)| name.starts_with(&*start)).flat_map(|(_, t)| t) {
            if found.len() >= limit {
                break;
            }
            if seen.insert(*twin) {
                found.push(*twin);
            }
        }
        found
    }
}

/// Lower case, with single spaces.
fn folded(text: &str) -> Box<str> {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded.into()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn twin(number: u128) -> TwinId {
        TwinId(Uuid::from_u128(number))
    }

    fn names(of: &[&str]) -> Vec<String> {
        of.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_twin_is_found_by_all_its_names_and_by_how_they_begin() {
        let mut index = Names::default();
        index.set(twin(1), names(&["Feed  Pump", "P-101A"]));
        index.set(twin(2), names(&["feed pump"]));
        assert_eq!(index.exactly("FEED PUMP"), [twin(1), twin(2)]);
        assert_eq!(index.exactly("p-101a"), [twin(1)]);
        assert_eq!(index.beginning("feed", 10), [twin(1), twin(2)]);
        assert_eq!(index.beginning("feed", 1), [twin(1)]);
        assert!(index.beginning("pump", 10).is_empty());
    }

    #[test]
    fn a_name_that_is_given_up_finds_nothing() {
        let mut index = Names::default();
        index.set(twin(1), names(&["old", "kept"]));
        index.set(twin(1), names(&["kept", "new"]));
        assert!(index.exactly("old").is_empty());
        assert_eq!(index.exactly("kept"), [twin(1)]);
        assert_eq!(index.exactly("new"), [twin(1)]);
        index.set(twin(1), []);
        assert!(index.exactly("kept").is_empty());
        assert!(index.beginning("", 10).is_empty());
    }
}
