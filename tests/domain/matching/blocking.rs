//! Blocking finds every pair that it should, once.

use std::collections::BTreeSet;

use counterpart::domain::reconcile::{Blocks, RawRecord};
use proptest::prelude::*;

use crate::matching::people;

const SETTINGS: &str = r#"
link = "LINK"
field = [{ name = "x" }, { name = "y" }, { name = "z" }]
block = [
  { keys = [{ field = "x" }, { field = "y" }], max-block = 6 },
  { keys = [{ field = "z", as = "token" }], max-block = 6 },
  { keys = [{ field = "z", as = { qgram = 2 } }, { field = "x" }], max-block = 6 },
  { keys = [{ field = "y" }], max-block = 6 },
]
compare = [{ name = "x", fields = ["x"], levels = [{ test = "exact" }] }]
"#;

type Row = (bool, String, String, String);

/// The keys of a record under each rule, worked out plainly.
fn keys((_, x, y, z): &Row) -> [BTreeSet<String>; 4] {
    let both = |a: &str, b: &str| {
        let there = !a.is_empty() && !b.is_empty();
        there.then(|| format!("{a}+{b}")).into_iter().collect::<BTreeSet<_>>()
    };
    let tokens = z.split_whitespace().map(str::to_owned).collect();
    let letters: Vec<char> = z.chars().collect();
    let grams: Vec<String> = if z.is_empty() {
        Vec::new()
    } else if letters.len() < 3 {
        vec![z.clone()]
    } else {
        letters.windows(2).map(|pair| pair.iter().collect()).collect()
    };
    let grams = grams.iter().flat_map(|gram| both(gram, x)).collect();
    let y = if y.is_empty() { BTreeSet::new() } else { BTreeSet::from([y.clone()]) };
    [both(x, &y.iter().next().cloned().unwrap_or_default()), tokens, grams, y]
}

fn expected(rows: &[Row], link: &str) -> BTreeSet<(u32, u32)> {
    let keys: Vec<_> = rows.iter().map(keys).collect();
    let mut pairs = BTreeSet::new();
    for rule in 0..4 {
        let all: BTreeSet<&String> = keys.iter().flat_map(|k| &k[rule]).collect();
        for key in all {
            let held = keys.iter().enumerate().filter(|(_, k)| k[rule].contains(key));
            let block: Vec<usize> = held.map(|(row, _)| row).collect();
            if block.len() > 6 {
                continue;
            }
            for (i, &a) in block.iter().enumerate() {
                for &b in &block[i + 1..] {
                    let allowed = match link {
                        "link" => rows[a].0 != rows[b].0,
                        "dedupe" => rows[a].0 == rows[b].0,
                        _ => true,
                    };
                    if allowed {
                        pairs.insert((a as u32, b as u32));
                    }
                }
            }
        }
    }
    pairs
}

proptest! {
    #[test]
    fn no_pair_is_missed_and_none_comes_twice(
        rows in prop::collection::vec(
            (any::<bool>(), "[ab]{0,1}", "[abc]{0,1}", "[ab]{0,3}( [ab]{1,2})?"), 0..24,
        ),
        link in prop::sample::select(vec!["both", "link", "dedupe"]),
    ) {
        let rows: Vec<Row> =
            rows.into_iter().map(|(s, x, y, z)| (s, x, y, z.trim().to_owned())).collect();
        let mut plan = people::plan(&SETTINGS.replace("LINK", link));
        let ids: Vec<String> = (0..rows.len()).map(|row| row.to_string()).collect();
        let raw: Vec<RawRecord<'_>> = rows
            .iter()
            .zip(&ids)
            .map(|((source, x, y, z), id)| RawRecord {
                id,
                source: if *source { "a" } else { "b" },
                values: vec![x, y, z],
            })
            .collect();
        let table = plan.table_of(&["x", "y", "z"], &raw);
        plan.prepare(&table);
        let blocks = Blocks::new(&plan, &table);
        let mut found = Vec::new();
        for task in blocks.tasks() {
            blocks.each_new_pair(&plan, &table, task, |a, b| found.push((a.min(b), a.max(b))));
        }
        let once: BTreeSet<(u32, u32)> = found.iter().copied().collect();
        prop_assert_eq!(once.len(), found.len(), "a pair came twice");
        prop_assert_eq!(once, expected(&rows, link));
    }
}
