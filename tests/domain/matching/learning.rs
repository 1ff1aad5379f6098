//! What is learnt without labels.

use counterpart::domain::reconcile::{Quiet, deduplicate};

use crate::matching::people::{self, Person, Random};

/// Five fields with these numbers of values, and in which share of the copies each is another one.
const FIELDS: [(usize, f64); 5] = [(400, 0.05), (300, 0.10), (50, 0.15), (20, 0.02), (8, 0.30)];

fn simulated(entities: usize) -> Vec<Person> {
    let mut random = Random::new(7);
    let mut all = Vec::new();
    for entity in 0..entities {
        let original: Vec<usize> = FIELDS.iter().map(|(values, _)| random.below(*values)).collect();
        for copy in 0..2 {
            let value = |random: &mut Random, (&own, &(values, wrong)): (&usize, &(usize, f64))| {
                let is_wrong = copy == 1 && random.chance(wrong);
                format!("v{}", if is_wrong { random.below(values) } else { own })
            };
            let values =
                original.iter().zip(&FIELDS).map(|pair| value(&mut random, pair)).collect();
            all.push(Person { id: format!("{entity}-{copy}"), values });
        }
    }
    all
}

const SETTINGS: &str = r#"
field = [{ name = "first" }, { name = "last" }, { name = "born" }, { name = "town" }, { name = "phone" }]
block = [
  { keys = [{ field = "first" }, { field = "town" }], max-block = 5000 },
  { keys = [{ field = "last" }, { field = "born" }], max-block = 5000 },
  { keys = [{ field = "first" }, { field = "phone" }], max-block = 5000 },
]
compare = [
  { name = "first", fields = ["first"], levels = [{ test = "exact" }] },
  { name = "last", fields = ["last"], levels = [{ test = "exact" }] },
  { name = "born", fields = ["born"], levels = [{ test = "exact" }] },
  { name = "town", fields = ["town"], levels = [{ test = "exact" }] },
  { name = "phone", fields = ["phone"], levels = [{ test = "exact" }] },
]
"#;

#[test]
fn m_u_and_the_prior_of_simulated_records_are_found() {
    let records = simulated(3_000);
    let mut plan = people::plan(SETTINGS);
    let table = people::table(&plan, &records);
    let found = deduplicate(&mut plan, &table, None, &mut Quiet);
    for (learnt, (values, wrong)) in found.model.comparisons.iter().zip(FIELDS) {
        // A wrong value is by chance the same one in a share of the cases.
        let m = 1.0 - wrong * (1.0 - 1.0 / values as f64);
        let u = 1.0 / values as f64;
        let name = &learnt.name;
        assert!(learnt.learnt, "{name}");
        assert!((learnt.m[0] - m).abs() < 0.04, "{name}: m is {}, not {m}", learnt.m[0]);
        assert!((learnt.u[0] / u - 1.0).abs() < 0.2, "{name}: u is {}, not {u}", learnt.u[0]);
    }
    let prior = 3_000.0 / (6_000.0 * 5_999.0 / 2.0);
    assert!((found.model.prior / prior - 1.0).abs() < 0.2, "{} {prior}", found.model.prior);
}

#[test]
fn people_are_found_without_labels() {
    let records = people::people(1_500, 3);
    let mut plan = people::plan(people::SETTINGS);
    let table = people::table(&plan, &records);
    let found = deduplicate(&mut plan, &table, None, &mut Quiet);
    let same = |a: u32, b: u32| Person::entity(table.id(a)) == Person::entity(table.id(b));
    let mut entities = std::collections::BTreeMap::<&str, usize>::new();
    for record in &records {
        *entities.entry(Person::entity(&record.id)).or_default() += 1;
    }
    let all: usize = entities.values().map(|n| n * (n - 1) / 2).sum();
    let linked: Vec<_> = found.pairs.iter().filter(|p| p.probability() >= 0.5).collect();
    let right = linked.iter().filter(|p| same(p.a, p.b)).count();
    assert!(right as f64 > 0.995 * linked.len() as f64, "{right} of {} are right", linked.len());
    assert!(right as f64 > 0.95 * all as f64, "{right} of {all} are found");
}

#[test]
fn the_answer_does_not_depend_on_the_number_of_threads() {
    let records = people::people(800, 11);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut plan = people::plan(people::SETTINGS);
            let table = people::table(&plan, &records);
            let found = deduplicate(&mut plan, &table, None, &mut Quiet);
            (found.model, found.pairs, found.clusters, found.compared)
        })
    };
    let one = run(1);
    assert!(!one.1.is_empty());
    assert!(one == run(4) && one == run(3));
}

#[test]
fn a_model_that_is_given_is_used_as_it_is() {
    let records = people::people(300, 5);
    let mut plan = people::plan(people::SETTINGS);
    let table = people::table(&plan, &records);
    let first = deduplicate(&mut plan, &table, None, &mut Quiet);
    assert!(first.model.fits(&plan));
    let kept = toml::to_string(&first.model).unwrap();
    let model = toml::from_str(&kept).unwrap();
    let again = deduplicate(&mut plan, &table, Some(model), &mut Quiet);
    assert!(again.estimate.is_none());
    assert_eq!(again.model, first.model);
    let close = |x: f32, y: f32| (x - y).abs() < 1e-3;
    assert_eq!(again.pairs.len(), first.pairs.len());
    assert!(again.pairs.iter().zip(&first.pairs).all(|(x, y)| close(x.total(), y.total())));
}

#[test]
fn no_records_and_one_record_are_no_problem() {
    for count in [0, 1, 2] {
        let records = &people::people(2, 1)[..count];
        let mut plan = people::plan(people::SETTINGS);
        let table = people::table(&plan, records);
        let found = deduplicate(&mut plan, &table, None, &mut Quiet);
        assert_eq!(found.clusters.len(), count);
    }
}
