//! From pairs to clusters.

use counterpart::domain::reconcile::{Clusters, Quiet, RawRecord, deduplicate};
use proptest::prelude::*;

use crate::matching::people::{self, COLUMNS, Person};

fn clustered(cluster: &str, extra: &[RawRecord<'_>]) -> (Vec<u32>, Clusters) {
    let settings = format!("cluster = \"{cluster}\"\n{}", people::SETTINGS);
    let mut plan = people::plan(&settings);
    let others = people::people(600, 33);
    let mut records: Vec<RawRecord<'_>> = others.iter().map(Person::raw).collect();
    let first = records.len() as u32;
    records.extend_from_slice(extra);
    let table = plan.table_of(&COLUMNS, &records);
    let found = deduplicate(&mut plan, &table, None, &mut Quiet);
    let of = (first..table.len() as u32).map(|row| found.clusters.of(row)).collect();
    (of, found.clusters)
}

fn row(id: &'static str, source: &'static str, values: [&'static str; 5]) -> RawRecord<'static> {
    RawRecord { id, source, values: values.to_vec() }
}

#[test]
fn one_record_between_two_people_does_not_chain_them_together() {
    let chain = [
        row("l0", "a", ["anna", "novak", "1950-01-01", "rome", "11111111"]),
        row("l1", "a", ["anna", "novak", "1950-01-01", "rome", "11111111"]),
        row("l2", "a", ["anna", "novak", "1950-01-01", "", ""]),
        // Has something of both.
        row("m", "a", ["anna", "novak", "", "bern", "99999999"]),
        row("r0", "a", ["zdenka", "huber", "1990-09-09", "bern", "99999999"]),
        row("r1", "a", ["zdenka", "huber", "1990-09-09", "bern", "99999999"]),
        row("r2", "a", ["zdenka", "huber", "1990-09-09", "bern", "99999999"]),
    ];
    let (of, _) = clustered("average-link", &chain);
    assert_eq!(of[0], of[1]);
    assert_eq!(of[0], of[2]);
    assert_eq!(of[4], of[5]);
    assert_ne!(of[0], of[4], "two people are one");
}

#[test]
fn one_to_one_keeps_one_record_of_each_source() {
    let same = ["anna", "novak", "1950-01-01", "rome", "11111111"];
    let rows = [row("x", "b", same), row("y", "c", same), row("z", "b", same)];
    let (of, _) = clustered("one-to-one", &rows);
    assert_eq!(of[0], of[1], "the first pair comes first");
    assert_ne!(of[0], of[2]);
    let (of, _) = clustered("components", &rows);
    assert_eq!((of[0], of[0]), (of[1], of[2]));
    let (of, _) = clustered("best-link", &rows);
    assert_eq!((of[0], of[0]), (of[1], of[2]));
}

#[test]
fn after_settling_pairs_say_what_clusters_say() {
    let settings = format!("cluster = \"average-link\"\nsettle = true\n{}", people::SETTINGS);
    let mut plan = people::plan(&settings);
    let records = people::people(600, 17);
    let table = people::table(&plan, &records);
    let found = deduplicate(&mut plan, &table, None, &mut Quiet);
    assert!(found.pairs.len() > 200);
    for pair in &found.pairs {
        let together = found.clusters.of(pair.a) == found.clusters.of(pair.b);
        assert_eq!(together, pair.probability() >= 0.5);
    }
    let inside: usize = found.clusters.groups().iter().map(|g| g.len() * (g.len() - 1) / 2).sum();
    let linked = found.pairs.iter().filter(|p| p.probability() >= 0.5).count();
    assert_eq!(inside, linked, "every pair of a cluster is there");
}

proptest! {
    #[test]
    fn each_row_is_in_one_cluster(joins in prop::collection::vec((0_u32..30, 0_u32..30), 0..40)) {
        let mut clusters = Clusters::singletons(30);
        let mut labels: Vec<u32> = (0..30).collect();
        for (a, b) in joins {
            clusters.join(a, b);
            let (x, y) = (labels[a as usize], labels[b as usize]);
            labels.iter_mut().filter(|label| **label == x.max(y)).for_each(|l| *l = x.min(y));
        }
        for row in 0..30 {
            prop_assert_eq!(clusters.of(row), labels[row as usize]);
        }
        let in_groups: usize = clusters.groups().iter().map(Vec::len).sum();
        let alone = (0..30).filter(|row| labels.iter().filter(|l| **l == labels[*row]).count() == 1);
        prop_assert_eq!(in_groups + alone.count(), 30);
        prop_assert_eq!(clusters.count(), labels.iter().collect::<std::collections::BTreeSet<_>>().len());
    }
}
