//! Which pairs to look at, by what the columns' values are like.

use hashbrown::HashMap;

use super::super::block::mix;
use super::super::dictionary::hash_text;
use super::super::settings::{BlockSettings, KeyKind, KeySettings};
use super::profile::{Kind, Profile};

/// A rule may look at about so many pairs for each record.
const PAIRS_PER_RECORD_MAX: f64 = 8.0;

/// Records in a block at most.
const BLOCK_RECORDS_MAX: usize = 200;

/// Blocking rules at most.
const RULES_MAX: usize = 24;

/// A key that a rule may use.
struct Candidate {
    column: usize,
    kind: KeyKind,
    hashes: Vec<u64>,
}

/// Rules for these columns and so many records.
pub(super) fn rules(profiles: &[Profile], records: usize) -> Vec<BlockSettings> {
    let keys = candidates(profiles);
    let sampled = profiles.first().map_or(1, |p| p.hashes.len()).max(1);
    // Pairs grow with the square of the records.
    let scale = (records as f64 / sampled as f64).max(1.0);
    let per_record = |hashes: &[u64]| pairs(hashes) as f64 * scale / sampled as f64;
    let mut found: Vec<(f64, Vec<usize>)> = Vec::new();
    for (i, key) in keys.iter().enumerate() {
        let cost = per_record(&key.hashes);
        if cost <= PAIRS_PER_RECORD_MAX {
            found.push((cost, vec![i]));
            continue;
        }
        for (j, other) in keys.iter().enumerate().skip(i + 1) {
            if other.column == key.column || per_record(&other.hashes) <= PAIRS_PER_RECORD_MAX {
                continue;
            }
            let cost = per_record(&joined(&key.hashes, &other.hashes));
            if cost <= PAIRS_PER_RECORD_MAX {
                found.push((cost, vec![i, j]));
            }
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    found.truncate(RULES_MAX);
    found.into_iter().map(|(_, used)| rule(profiles, &keys, &used)).collect()
}

fn rule(profiles: &[Profile], keys: &[Candidate], used: &[usize]) -> BlockSettings {
    let key = |&index: &usize| KeySettings {
        field: profiles[keys[index].column].name.clone(),
        kind: keys[index].kind.clone(),
        also: Vec::new(),
    };
    BlockSettings {
        keys: used.iter().map(key).collect(),
        max_block: BLOCK_RECORDS_MAX,
        train: true,
    }
}

fn candidates(profiles: &[Profile]) -> Vec<Candidate> {
    let mut all = Vec::new();
    for (column, profile) in profiles.iter().enumerate() {
        let kinds: &[KeyKind] = match profile.kind {
            Kind::Constant | Kind::Text | Kind::Category => &[],
            Kind::Date => &[KeyKind::Value],
            Kind::Code | Kind::Email => &[KeyKind::Value],
            Kind::Name => &[KeyKind::Value, KeyKind::Soundex],
            Kind::Phrase => &[KeyKind::Value],
        };
        for kind in kinds {
            let hashes = profile.values.iter().map(|value| key_hash(kind, value)).collect();
            all.push(Candidate { column, kind: kind.clone(), hashes });
        }
    }
    all
}

fn key_hash(kind: &KeyKind, value: &str) -> u64 {
    if value.is_empty() {
        return 0;
    }
    match kind {
        KeyKind::Soundex => hash_text(&super::super::normalise::soundex(value)).max(1),
        _ => hash_text(value).max(1),
    }
}

fn joined(a: &[u64], b: &[u64]) -> Vec<u64> {
    let both = |(&x, &y): (&u64, &u64)| if x == 0 || y == 0 { 0 } else { mix(x ^ mix(y)).max(1) };
    a.iter().zip(b).map(both).collect()
}

/// Pairs with equal keys, in blocks that are not too large.
fn pairs(hashes: &[u64]) -> u64 {
    let mut counts: HashMap<u64, u64> = HashMap::new();
    hashes
        .iter()
        .filter(|hash| **hash != 0)
        .for_each(|hash| *counts.entry(*hash).or_default() += 1);
    counts.values().map(|n| n * (n - 1) / 2).sum()
}
