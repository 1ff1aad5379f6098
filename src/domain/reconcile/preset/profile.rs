//! What kind of thing a column holds, by its values alone.

use hashbrown::HashMap;

use super::super::dictionary::hash_text;
use super::super::normalise;
use super::super::table::RawRecord;

/// At most so many records are looked at, spread evenly.
const SAMPLE_MAX: usize = 50_000;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing, or always the same.
    Constant,
    /// Dates.
    Date,
    /// One of a few words.
    Category,
    /// Identifiers, numbers and codes: mostly digits, or letters and digits mixed, in one word.
    Code,
    /// E-mail addresses.
    Email,
    /// One word or a few words of letters.
    Name,
    /// Several words.
    Phrase,
    /// Many words.
    Text,
}

/// What is known about a column.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    pub name: String,
    /// The raw columns that it is made of: its own, and those whose words are taken out of it.
    pub from: Vec<String>,
    pub kind: Kind,
    /// Share of the records that have a value.
    pub filled: f64,
    /// The chance that two random values are equal.
    pub collision: f64,
    /// Mean length in characters.
    pub length: f64,
    /// The normalised values of the sample, hashed; 0: none.
    pub hashes: Vec<u64>,
    /// The normalised values of the sample.
    pub values: Vec<String>,
}

/// Counts over the values of a column.
#[derive(Default)]
struct Tally {
    values: usize,
    dates: usize,
    digits: usize,
    mixed: usize,
    emails: usize,
    words: usize,
    characters: usize,
}

impl Tally {
    fn add(&mut self, value: &str, raw: &str) {
        let has_digit = value.bytes().any(|b| b.is_ascii_digit());
        let has_letter = value.chars().any(char::is_alphabetic);
        self.values += 1;
        self.dates += usize::from(is_date(raw));
        self.emails += usize::from(raw.contains('@') && !raw.trim().contains(' '));
        self.digits += usize::from(has_digit && !has_letter);
        self.mixed += usize::from(has_digit && has_letter);
        self.words += value.split(' ').count();
        self.characters += value.chars().count();
    }

    fn kind(&self, distinct: usize) -> Kind {
        let share = |count: usize| count as f64 / self.values as f64;
        let words = share(self.words);
        match () {
            () if self.values == 0 || distinct < 2 => Kind::Constant,
            () if share(self.dates) > 0.8 => Kind::Date,
            () if share(self.emails) > 0.8 => Kind::Email,
            () if share(self.digits + self.mixed) > 0.8 && words < 2.5 => Kind::Code,
            () if distinct <= 30 && share(distinct) < 0.1 => Kind::Category,
            () if words > 6.0 => Kind::Text,
            () if words > 1.6 => Kind::Phrase,
            () => Kind::Name,
        }
    }
}

fn is_date(raw: &str) -> bool {
    let day = normalise::date(raw);
    let mut parts = day.split('-').map(|part| part.parse::<u32>().unwrap_or(0));
    let (year, month, date) = (parts.next(), parts.next(), parts.next());
    matches!((year, month, date), (Some(1000..3000), Some(1..13), Some(1..32)))
}

/// What each column holds.
pub(super) fn profiles(columns: &[&str], records: &[RawRecord<'_>]) -> Vec<Profile> {
    let step = records.len().div_ceil(SAMPLE_MAX).max(1);
    columns
        .iter()
        .enumerate()
        .map(|(place, name)| {
            let raw = records.iter().step_by(step);
            let raw: Vec<&str> =
                raw.map(|r| r.values.get(place).copied().unwrap_or_default()).collect();
            profile(name, vec![(*name).to_owned()], &raw, |raw| normalise::text(raw))
        })
        .collect()
}

/// The profile of what `parts` leave of a column.
pub(super) fn rest(whole: &Profile, parts: &[&Profile]) -> Profile {
    let names = std::iter::once(whole).chain(parts.iter().copied()).map(|p| p.name.clone());
    let joined: Vec<String> = (0..whole.values.len())
        .map(|row| {
            let columns = std::iter::once(whole).chain(parts.iter().copied());
            let values: Vec<&str> = columns.map(|p| p.values[row].as_str()).collect();
            values.join("\u{1f}")
        })
        .collect();
    let raw: Vec<&str> = joined.iter().map(String::as_str).collect();
    profile(&whole.name, names.collect(), &raw, normalise::rest)
}

/// Of the records that have both, the share in which all words of `part` are words of `whole`.
pub(super) fn contained(part: &Profile, whole: &Profile) -> f64 {
    let (mut both, mut inside) = (0_usize, 0_usize);
    for (part, whole) in part.values.iter().zip(&whole.values) {
        if !part.is_empty() && !whole.is_empty() {
            both += 1;
            inside += usize::from(part.split(' ').all(|w| whole.split(' ').any(|x| x == w)));
        }
    }
    if both == 0 { 0.0 } else { inside as f64 / both as f64 }
}

fn profile(
    name: &str,
    from: Vec<String>,
    raw: &[&str],
    normaliser: impl Fn(&str) -> String,
) -> Profile {
    let values: Vec<String> = raw.iter().map(|raw| normaliser(raw)).collect();
    let mut tally = Tally::default();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for (value, raw) in values.iter().zip(raw).filter(|(value, _)| !value.is_empty()) {
        tally.add(value, raw);
        *counts.entry(value).or_default() += 1;
    }
    let present = tally.values.max(1) as f64;
    // Pairs of different records with equal values, by all pairs.
    let equal: f64 = counts.values().map(|&n| n as f64 * (n as f64 - 1.0)).sum();
    let kind = tally.kind(counts.len());
    drop(counts);
    let hash = |value: &String| if value.is_empty() { 0 } else { hash_text(value).max(1) };
    Profile {
        name: name.to_owned(),
        from,
        kind,
        filled: tally.values as f64 / raw.len().max(1) as f64,
        collision: (equal / (present * (present - 1.0).max(1.0))).max(1.0 / (present * present)),
        length: tally.characters as f64 / present,
        hashes: values.iter().map(hash).collect(),
        values,
    }
}
