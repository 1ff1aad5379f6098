//! Weights and why.

use counterpart::domain::reconcile::{
    Quiet, RawRecord, RuleEffect, Verdict, Weights, deduplicate, explain, probability,
};

use crate::matching::people::{self, COLUMNS, Person};

#[test]
fn a_rare_name_says_more_than_a_frequent_one() {
    let mut records = people::people(400, 9);
    let twin = |id: &str, last: &str| Person {
        id: id.to_owned(),
        values: ["ann", last, "1980-05-04", "rome", ""].map(str::to_owned).to_vec(),
    };
    for copy in 0..40 {
        let mut other = twin(&format!("s{copy}-0"), "smith");
        other.values[0] = format!("name{copy}");
        records.push(other);
    }
    records.extend([twin("x-0", "smith"), twin("x-1", "smith")]);
    records.extend([twin("y-0", "featherstonehaugh"), twin("y-1", "featherstonehaugh")]);
    let mut plan = people::plan(people::SETTINGS);
    let table = people::table(&plan, &records);
    let found = deduplicate(&mut plan, &table, None, &mut Quiet);
    let weights = Weights::new(&plan, &found.model);
    let last = table.len() as u32;
    let frequent = explain(&plan, &table, &weights, (last - 4, last - 3), None);
    let rare = explain(&plan, &table, &weights, (last - 2, last - 1), None);
    let rarity = |e: &counterpart::domain::reconcile::Explanation| e.steps[1].rarity;
    assert!(rarity(&frequent) < 0.0 && rarity(&rare) > 0.0);
    // 42 smiths to 2 of the other: the difference is exactly their ratio.
    let difference = rarity(&rare) - rarity(&frequent);
    assert!((difference - (42.0_f64 / 2.0).log2()).abs() < 1e-6, "{difference}");
}

#[test]
fn the_steps_of_an_explanation_add_up() {
    let records = people::people(400, 13);
    let mut plan = people::plan(people::SETTINGS);
    let table = people::table(&plan, &records);
    let found = deduplicate(&mut plan, &table, None, &mut Quiet);
    let weights = Weights::new(&plan, &found.model);
    assert!(found.pairs.len() > 100);
    for pair in &found.pairs {
        let why = explain(&plan, &table, &weights, (pair.a, pair.b), Some(pair));
        let sum: f64 = why.steps.iter().map(|s| s.weight + s.rarity).sum();
        assert!((why.prior + sum + why.structure - why.total).abs() < 1e-3);
        assert!(why.structure.abs() < 0.01, "nothing but the fields says anything here");
        assert!((why.probability - pair.probability()).abs() < 1e-9);
        assert_eq!(why.steps.len(), plan.comparisons().len());
    }
}

#[test]
fn probabilities_are_odds_in_bits() {
    for (bits, expected) in [(0.0, 0.5), (1.0, 2.0 / 3.0), (-1.0, 1.0 / 3.0), (60.0, 1.0)] {
        assert!((probability(bits) - expected).abs() < 1e-12);
    }
}

const RULES: &str = r#"
rule = [
  { name = "no such phone", keys = [{ field = "phone" }], unless = ["first"], effect = "link" },
  { name = "born apart", keys = [{ field = "first" }, { field = "last" }, { field = "town" }], unless = [], effect = "refuse" },
]
"#;

#[test]
fn rules_decide_in_their_order_and_say_so() {
    let settings = people::SETTINGS.replacen("\nfield", &format!("{RULES}\nfield"), 1);
    let mut plan = people::plan(&settings);
    let row =
        |id, values: [&'static str; 5]| RawRecord { id, source: "a", values: values.to_vec() };
    let others = people::people(300, 21);
    let mut records: Vec<RawRecord<'_>> = others.iter().map(Person::raw).collect();
    let first = records.len() as u32;
    records.extend([
        // The phone links what nothing else would.
        row("p0", ["anna", "smith", "1950-01-01", "rome", "12345678"]),
        row("p1", ["anna", "jones", "1990-09-09", "bern", "12345678"]),
        // The same phone, but another first name: overruled.
        row("p2", ["zoltan", "miller", "1970-02-02", "oslo", "12345678"]),
        // All the rest agrees, and the second rule refuses.
        row("q0", ["carl", "weaver", "1960-01-01", "turin", "87654321"]),
        row("q1", ["carl", "weaver", "1960-01-01", "turin", ""]),
    ]);
    let table = plan.table_of(&COLUMNS, &records);
    let found = deduplicate(&mut plan, &table, None, &mut Quiet);
    let scored = |a: u32, b: u32| found.pairs.iter().find(|p| (p.a, p.b) == (first + a, first + b));
    assert!(scored(0, 1).is_some_and(|p| p.probability() > 0.999));
    assert!(scored(0, 2).is_none_or(|p| p.probability() < 0.5));
    assert!(scored(3, 4).is_none(), "a refused pair is gone");
    let weights = Weights::new(&plan, &found.model);
    let verdicts = |a: u32, b: u32| {
        let why = explain(&plan, &table, &weights, (first + a, first + b), None);
        why.rules.into_iter().map(|r| (r.effect, r.verdict)).collect::<Vec<_>>()
    };
    let differs = |field: &str| Verdict::Differs(field.to_owned());
    let (link, refuse) = (RuleEffect::Link, RuleEffect::Refuse);
    assert_eq!(verdicts(0, 1), [(link, Verdict::Holds), (refuse, differs("last"))]);
    let overruled = Verdict::Contradicted("first".to_owned());
    assert_eq!(verdicts(0, 2), [(link, overruled), (refuse, differs("first"))]);
    let missing = Verdict::Missing("phone".to_owned());
    assert_eq!(verdicts(3, 4), [(link, missing), (refuse, Verdict::Holds)]);
}
