//! Columns whose values get swapped: first and last name, street and suburb.

use hashbrown::HashMap;

use super::super::settings::{CompareSettings, Test};
use super::columns;
use super::profile::{Kind, Profile};

/// Another column's agreement counts when random values agree less often than this.
const COLLISION_MAX: f64 = 0.02;

/// So many swapped pairs in the sample, and this share of its records, are no accident.
const PAIRS_MIN: (usize, f64) = (3, 5e-4);

/// Similar enough to be a swapped value with a typing error.
const ALIKE: f64 = 0.85;

/// A comparison for each two columns of names whose values are found swapped.
pub(super) fn comparisons(profiles: &[Profile]) -> Vec<CompareSettings> {
    let mut found = Vec::new();
    for (i, one) in profiles.iter().enumerate() {
        for other in &profiles[i + 1..] {
            let names = [one, other].iter().all(|p| matches!(p.kind, Kind::Name | Kind::Phrase));
            if names && is_swapped(profiles, one, other) {
                let tests = [Test::Swapped, Test::SwappedAlike(ALIKE)];
                found.push(CompareSettings {
                    name: format!("{} and {} swapped", one.name, other.name),
                    fields: vec![one.name.clone(), other.name.clone()],
                    levels: tests.into_iter().map(columns::level).collect(),
                    term_frequency: 0.0,
                    ..columns::comparison(one)
                });
            }
        }
    }
    found
}

fn is_swapped(profiles: &[Profile], one: &Profile, other: &Profile) -> bool {
    let rows = one.hashes.len();
    let mut rows_of: HashMap<(u64, u64), Vec<usize>> = HashMap::new();
    for row in 0..rows {
        let key = (one.hashes[row], other.hashes[row]);
        if key.0 != 0 && key.1 != 0 && key.0 != key.1 {
            rows_of.entry(key).or_default().push(row);
        }
    }
    let witnesses: Vec<&Profile> = profiles
        .iter()
        .filter(|p| p.name != one.name && p.name != other.name && p.collision < COLLISION_MAX)
        .collect();
    let agree = |a: usize, b: usize| {
        witnesses.iter().any(|p| p.hashes[a] != 0 && p.hashes[a] == p.hashes[b])
    };
    let swapped = (0..rows).filter(|&row| {
        let crossed = rows_of.get(&(other.hashes[row], one.hashes[row]));
        crossed.is_some_and(|crossed| crossed.iter().any(|&there| agree(row, there)))
    });
    // Each pair is seen from both its records.
    swapped.count() / 2 >= PAIRS_MIN.0.max((rows as f64 * PAIRS_MIN.1) as usize)
}
