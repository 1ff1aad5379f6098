//! How right meanings over time are: pairs that mean one thing on a day, on many days.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::path::Path;

use jiff::civil::{Date, date};

use super::tables;
use super::truth::{Tally, pairs_of};

/// The first and the last day that are looked at.
const DAYS: (Date, Date) = (date(2014, 1, 1), date(2025, 6, 1));
/// How many days, spread evenly between them.
const LOOKS: i64 = 24;
/// Later than any day.
const NEVER: &str = "9999";

/// What each record meant, when.
pub struct Meanings(Vec<Meaning>);

struct Meaning {
    record: String,
    thing: String,
    from: String,
    to: String,
}

/// How right meanings are on all days.
#[derive(Clone, Copy)]
pub struct OverTime {
    /// Of all pairs of records.
    pub all: Tally,
    /// Of the pairs that touch a record that changed its meaning.
    pub repointed: Tally,
}

impl Meanings {
    /// Reads a file of `record_id`, `valid_from`, `valid_to` and what was meant.
    pub fn read(path: &Path, thing: &str) -> Result<Self, String> {
        let rows = tables::read(path, ["record_id", thing, "valid_from", "valid_to"])?;
        let meanings = rows.into_iter().map(|[record, thing, from, to]| {
            let to = if to.is_empty() { NEVER.to_owned() } else { to };
            Meaning { record, thing, from, to }
        });
        Ok(Self(meanings.collect()))
    }

    /// What each record meant on a day.
    fn on(&self, day: &str) -> HashMap<&str, &str> {
        let mut meant = HashMap::new();
        for meaning in &self.0 {
            if *meaning.from <= *day && *meaning.to > *day {
                meant.entry(&*meaning.record).or_insert(&*meaning.thing);
            }
        }
        meant
    }

    /// The records that meant several things, one after the other.
    fn repointed(&self) -> HashSet<&str> {
        let mut seen = HashSet::new();
        let again = self.0.iter().filter(|meaning| !seen.insert(&*meaning.record));
        again.map(|meaning| &*meaning.record).collect()
    }
}

/// Compares meanings with the true ones.
pub fn compare(truth: &Meanings, said: &Meanings) -> OverTime {
    let repointed = truth.repointed();
    let mut found = OverTime { all: Tally::default(), repointed: Tally::default() };
    for day in days() {
        let (meant, said) = (truth.on(&day), said.on(&day));
        let all = tally(&meant, &said, |_| true);
        let others = tally(&meant, &said, |record| !repointed.contains(record));
        found.all.add(all);
        found.repointed.add(all.less(others));
    }
    found
}

fn days() -> impl Iterator<Item = String> {
    let (first, last) = DAYS;
    let length = (last - first).get_days();
    (0..LOOKS).map(move |look| {
        let after = i64::from(length) * look / (LOOKS - 1);
        let day = first.checked_add(jiff::Span::new().days(after)).expect("a day of our time");
        day.to_string()
    })
}

/// Pairs of the records that pass, of which both the truth and the answer are known by name; a record without
/// an answer is alone.
fn tally(
    meant: &HashMap<&str, &str>,
    said: &HashMap<&str, &str>,
    passes: impl Fn(&str) -> bool,
) -> Tally {
    let (mut both, mut answers, mut truths) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (record, thing) in meant.iter().filter(|(record, _)| passes(record)) {
        count(&mut truths, *thing);
        if let Some(answer) = said.get(record) {
            count(&mut answers, *answer);
            count(&mut both, (*thing, *answer));
        }
    }
    Tally::of(pairs_in(&both), pairs_in(&answers), pairs_in(&truths))
}

fn count<K: Hash + Eq>(counts: &mut HashMap<K, u64>, key: K) {
    *counts.entry(key).or_default() += 1;
}

fn pairs_in<K>(counts: &HashMap<K, u64>) -> u64 {
    counts.values().map(|&records| pairs_of(records)).sum()
}
