//! How right golden values are: of each cluster that has one, against the unit that most of its records describe.

use std::collections::HashMap;
use std::path::Path;

use super::board::Board;
use super::generated::Folder;
use super::tables;

const COLUMNS: [&str; 3] = ["serial", "mac", "model"];

/// How many clusters have a value, and how many of these are right.
#[derive(Clone, Copy, Default)]
pub struct Filled {
    clusters: u64,
    filled: u64,
    right: u64,
}

/// Judges a file of golden values by the world's units.
pub fn of(world: &Folder, clusters: &Path, golden: &Path) -> Result<[Filled; 3], String> {
    let units = tables::read(
        &world.file("units.csv"),
        ["unit_id", "serial", "mac", "model", "model_name"],
    )?;
    let units: HashMap<&str, [&str; 4]> = units
        .iter()
        .map(|[unit, serial, mac, model, name]| (&**unit, [serial, mac, model, name].map(|t| &**t)))
        .collect();
    let truth = tables::read(&world.file("truth.csv"), ["record_id", "unit_id"])?;
    let clusters = tables::read(clusters, ["record_id", "cluster_id"])?;
    let main = main_units(&truth, &clusters);
    let mut found = [Filled::default(); 3];
    for [cluster, values @ ..] in tables::read(golden, ["cluster_id", "serial", "mac", "model"])? {
        let known = main.get(&*cluster).and_then(|unit| units.get(unit));
        let known = known.ok_or_else(|| format!("`{cluster}` is no cluster"))?;
        let right = [&known[..1], &known[1..2], &known[2..]];
        for ((filled, value), right) in found.iter_mut().zip(values).zip(right) {
            filled.clusters += 1;
            if !value.is_empty() {
                let same = right.iter().any(|right| bare(right) == bare(&value));
                filled.filled += 1;
                filled.right += u64::from(same);
            }
        }
    }
    Ok(found)
}

/// The unit that most records of each cluster describe; of as many, the first in the world's list of records.
fn main_units<'a>(
    truth: &'a [[String; 2]],
    clusters: &'a [[String; 2]],
) -> HashMap<&'a str, &'a str> {
    let of: HashMap<&str, &str> = clusters.iter().map(|[r, c]| (&**r, &**c)).collect();
    let mut votes: HashMap<&str, Vec<(&str, u32)>> = HashMap::new();
    for [record, unit] in truth {
        let Some(cluster) = of.get(&**record) else { continue };
        let votes = votes.entry(cluster).or_default();
        match votes.iter_mut().find(|vote| vote.0 == unit) {
            Some(vote) => vote.1 += 1,
            None => votes.push((unit, 1)),
        }
    }
    let most = |votes: Vec<(&'a str, u32)>| {
        votes.into_iter().rev().max_by_key(|vote| vote.1).map_or("", |vote| vote.0)
    };
    votes.into_iter().map(|(cluster, votes)| (cluster, most(votes))).collect()
}

/// Letters and digits in lower case, without zeros before them.
fn bare(text: &str) -> String {
    let kept = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
    kept.skip_while(|c| *c == '0').collect()
}

/// Prints what came of some worlds together.
pub fn report(board: &Board, worlds: impl Iterator<Item = [Filled; 3]>) {
    let mut all = [Filled::default(); 3];
    for (sum, more) in
        worlds.flat_map(|world| COLUMNS.iter().enumerate().map(move |(at, _)| (at, world[at])))
    {
        all[sum].clusters += more.clusters;
        all[sum].filled += more.filled;
        all[sum].right += more.right;
    }
    for (name, Filled { clusters, filled, right }) in COLUMNS.iter().zip(all) {
        let share = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
        let said = format!("{:.4} of {:.4}", share(right, filled), share(filled, clusters));
        board.note(&format!("golden {name}: right of filled"), &said);
    }
}
