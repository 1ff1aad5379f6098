//! Keys: what two records have to share to be compared.

use rayon::prelude::*;

use super::dictionary::hash_text;
use super::normalise::soundex;
use super::settings::KeyKind;
use super::table::{NONE, SEPARATOR, Table};

/// Most keys that one record has under one key; longer values are cut off here.
const KEYS_PER_VALUE_MAX: usize = 32;

/// What of a record is a key. A record may have none, one or several.
pub trait Key: Send + Sync {
    /// Called before use, and again when records were added.
    fn prepare(&mut self, table: &Table);

    /// Appends the hashes of the record's keys ([`hash_of`]).
    fn keys(&self, table: &Table, row: u32, out: &mut Vec<u64>);
}

/// The hash of a key's text: the same in every run, never 0.
pub fn hash_of(text: &str) -> u64 {
    hash_text(text).max(1)
}

/// A key made of one field. The keys of each distinct value are worked out once.
pub(super) struct FieldKey {
    field: usize,
    kind: KeyKind,
    /// For value `v`, its keys are `hashes[starts[v]..starts[v + 1]]`.
    starts: Vec<u32>,
    hashes: Vec<u64>,
}

impl FieldKey {
    pub(super) fn new(field: usize, kind: KeyKind) -> Self {
        Self { field, kind, starts: vec![0], hashes: Vec::new() }
    }
}

impl Key for FieldKey {
    fn prepare(&mut self, table: &Table) {
        let values = table.values(self.field);
        let new: Vec<Vec<u64>> = (self.starts.len() - 1..values.id_bound())
            .into_par_iter()
            .with_min_len(1024)
            .map(|id| keys_of(&self.kind, values.text(id as u32)))
            .collect();
        for keys in new {
            self.hashes.extend(keys);
            self.starts.push(self.hashes.len() as u32);
        }
    }

    fn keys(&self, table: &Table, row: u32, out: &mut Vec<u64>) {
        let value = table.value(row, self.field) as usize;
        if value == NONE as usize || value + 1 >= self.starts.len() {
            return;
        }
        let range = self.starts[value] as usize..self.starts[value + 1] as usize;
        out.extend_from_slice(&self.hashes[range]);
    }
}

/// The hashes of all keys of a text, sorted, each once.
pub(super) fn keys_of(kind: &KeyKind, text: &str) -> Vec<u64> {
    let mut hashes = Vec::new();
    if !text.is_empty() {
        derive(kind, text, &mut |key| {
            if !key.is_empty() && hashes.len() < KEYS_PER_VALUE_MAX {
                hashes.push(hash_of(key));
            }
        });
    }
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

fn derive(kind: &KeyKind, text: &str, emit: &mut dyn FnMut(&str)) {
    match kind {
        KeyKind::Value | KeyKind::Custom(_) => emit(text),
        KeyKind::Prefix(n) => emit(slice(text, 0, *n)),
        KeyKind::Suffix(n) => {
            let count = text.chars().count();
            emit(slice(text, count.saturating_sub(*n), *n));
        }
        KeyKind::Slice(from, n) => emit(slice(text, *from, *n)),
        KeyKind::Soundex => emit(&soundex(text)),
        KeyKind::Sorted => {
            let mut letters: Vec<char> = text.chars().collect();
            letters.sort_unstable();
            emit(&letters.into_iter().collect::<String>());
        }
        KeyKind::Token => words(text).for_each(emit),
        KeyKind::Qgram(n) => qgrams(text, *n, emit),
        KeyKind::Deletion => deletions(text, emit),
        KeyKind::Segments(n) => {
            let mut ends = text.match_indices('/').map(|(at, _)| at).chain([text.len()]);
            if let Some(end) = n.checked_sub(1).and_then(|skip| ends.nth(skip)) {
                emit(&text[..end]);
            }
        }
    }
}

/// The words of a normalised text.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c == SEPARATOR).filter(|word| !word.is_empty())
}

/// Characters from a place on, and how many of them.
fn slice(text: &str, from: usize, count: usize) -> &str {
    let mut places = text.char_indices().map(|(at, _)| at).chain([text.len()]).skip(from);
    let Some(start) = places.next() else { return "" };
    let end = if count == 0 { Some(start) } else { places.nth(count - 1) };
    &text[start..end.unwrap_or(text.len())]
}

fn qgrams(text: &str, n: usize, emit: &mut dyn FnMut(&str)) {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    if n == 0 || places.len() <= n {
        return emit(text);
    }
    places.windows(n + 1).for_each(|window| emit(&text[window[0]..window[n]]));
}

fn deletions(text: &str, emit: &mut dyn FnMut(&str)) {
    emit(text);
    let mut shorter = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        shorter.clear();
        shorter.push_str(&text[..at]);
        shorter.push_str(&text[at + character.len_utf8()..]);
        emit(&shorter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(kind: KeyKind, text: &str) -> Vec<String> {
        let mut out = Vec::new();
        derive(&kind, text, &mut |key| out.push(key.to_owned()));
        out
    }

    #[test]
    fn keys_of_each_kind() {
        assert_eq!(texts(KeyKind::Value, "smith"), ["smith"]);
        assert_eq!(texts(KeyKind::Prefix(3), "smith"), ["smi"]);
        assert_eq!(texts(KeyKind::Prefix(9), "smith"), ["smith"]);
        assert_eq!(texts(KeyKind::Suffix(2), "smith"), ["th"]);
        assert_eq!(texts(KeyKind::Suffix(9), "smith"), ["smith"]);
        assert_eq!(texts(KeyKind::Slice(1, 3), "smith"), ["mit"]);
        assert_eq!(texts(KeyKind::Slice(7, 3), "smith"), [""]);
        assert_eq!(texts(KeyKind::Soundex, "robert"), ["R163"]);
        assert_eq!(texts(KeyKind::Sorted, "tmihs"), ["himst"]);
        assert_eq!(texts(KeyKind::Token, "red  pump"), ["red", "pump"]);
        assert_eq!(texts(KeyKind::Qgram(2), "pump"), ["pu", "um", "mp"]);
        assert_eq!(texts(KeyKind::Qgram(5), "pump"), ["pump"]);
        assert_eq!(texts(KeyKind::Deletion, "abc"), ["abc", "bc", "ac", "ab"]);
        assert_eq!(texts(KeyKind::Segments(2), "a/b/c"), ["a/b"]);
        assert_eq!(texts(KeyKind::Segments(3), "a/b/c"), ["a/b/c"]);
        assert!(texts(KeyKind::Segments(4), "a/b/c").is_empty());
    }

    #[test]
    fn values_within_one_edit_share_a_deletion_key() {
        let shared = |a: &str, b: &str| {
            let (a, b) = (keys_of(&KeyKind::Deletion, a), keys_of(&KeyKind::Deletion, b));
            a.iter().any(|key| b.contains(key))
        };
        assert!(shared("smith", "smyth") && shared("smith", "smit") && shared("smith", "smiith"));
        assert!(!shared("smith", "jones"));
    }
}
