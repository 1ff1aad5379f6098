//! One new record against all.

use counterpart::domain::reconcile::{Index, Quiet, RawRecord, deduplicate};

use crate::matching::people::{self, Person};

fn index(records: &[Person]) -> (Index, Vec<(u32, u32, f32)>) {
    let mut plan = people::plan(people::SETTINGS);
    let table = people::table(&plan, records);
    let found = deduplicate(&mut plan, &table, None, &mut Quiet);
    let pairs = found.pairs.iter().map(|p| (p.a, p.b, p.total())).collect();
    (Index::new(plan, table, &found.model), pairs)
}

#[test]
fn the_index_gives_each_pair_the_weight_that_the_whole_run_gave() {
    let records = people::people(500, 41);
    let (index, pairs) = index(&records);
    assert!(pairs.len() > 200);
    for (a, b, weight) in pairs {
        let candidates = index.candidates(a, 1_000);
        let there = candidates.iter().find(|c| c.row == b).expect("the pair is found");
        assert!((there.weight - f64::from(weight)).abs() < 1e-3, "{} {weight}", there.weight);
        assert!(candidates.windows(2).all(|two| two[0].weight >= two[1].weight));
        let why = index.explain(a, b);
        assert!((why.total - there.weight).abs() < 1e-3);
    }
}

#[test]
fn a_query_leaves_no_trace_and_changes_are_seen_at_once() {
    let records = people::people(500, 43);
    let (mut index, _) = index(&records);
    let known = records[100].clone();
    let asked = Person { id: "new".to_owned(), values: known.values.clone() };
    let best = |index: &mut Index, record: &RawRecord<'_>| {
        index.query(record, 5).first().map(|c| (c.id.clone(), c.probability > 0.9))
    };
    let before = index.query(&asked.raw(), 50);
    assert_eq!(before, index.query(&asked.raw(), 50), "asking twice is asking once");
    assert!(before.iter().any(|c| c.id == known.id && c.probability > 0.9));
    assert!(before.iter().all(|c| c.id != "new"));

    assert!(index.remove(&known.id));
    assert!(!index.remove(&known.id), "it is gone already");
    assert!(index.query(&asked.raw(), 50).iter().all(|c| c.id != known.id));

    // The record comes back under another id, is changed, and changed back.
    let mut moved = asked.clone();
    moved.id = "back".to_owned();
    index.put(&moved.raw());
    assert!(index.query(&asked.raw(), 50).iter().any(|c| c.id == "back"));
    let entity = Person::entity(&known.id).to_owned();
    let other = records.iter().find(|r| Person::entity(&r.id) != entity).unwrap();
    moved.values.clone_from(&other.values);
    let row = index.put(&moved.raw());
    assert!(index.query(&asked.raw(), 50).iter().all(|c| c.id != "back"));
    moved.values.clone_from(&known.values);
    assert_eq!(index.put(&moved.raw()), row, "a record keeps its row");
    assert!(index.query(&asked.raw(), 50).iter().any(|c| c.id == "back"));
    assert!(best(&mut index, &asked.raw()).is_some_and(|(_, sure)| sure));
}
