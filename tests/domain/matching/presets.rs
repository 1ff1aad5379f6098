//! Settings that work without being asked for.

use counterpart::domain::reconcile::{
    Plan, Quiet, RawRecord, Registry, Settings, Test, deduplicate, preset,
};

use crate::matching::people::{self, COLUMNS, Person};

fn generic(columns: &[&str], records: &[RawRecord<'_>]) -> Settings {
    preset::generic(columns, records, records.len())
}

#[test]
fn columns_are_what_their_values_are() {
    let people = people::people(800, 51);
    let records: Vec<RawRecord<'_>> = people.iter().map(Person::raw).collect();
    let settings = generic(&["c1", "c2", "c3", "c4", "c5"], &records);
    let normaliser = |name: &str| {
        let field = settings.fields.iter().find(|f| f.name == name).expect("the column stays");
        field.normalise.join(" ")
    };
    assert_eq!(normaliser("c1"), "text");
    assert_eq!(normaliser("c3"), "date");
    assert_eq!(normaliser("c5"), "identifier");
    let tests = |name: &str| {
        let compared = settings.comparisons.iter().find(|c| c.name == name).unwrap();
        compared.levels.iter().map(|level| level.test).collect::<Vec<_>>()
    };
    assert!(tests("c3").contains(&Test::DatePart));
    assert!(tests("c1").iter().any(|t| matches!(t, Test::JaroWinkler(_))));
    let phone_alone =
        settings.blocks.iter().any(|rule| rule.keys.len() == 1 && rule.keys[0].field == "c5");
    assert!(phone_alone, "{:?}", settings.blocks);
}

#[test]
fn people_are_found_by_the_generic_settings() {
    let people = people::people(1_500, 53);
    let records: Vec<RawRecord<'_>> = people.iter().map(Person::raw).collect();
    let mut plan = Plan::new(generic(&COLUMNS, &records), &Registry::generic()).unwrap();
    let table = plan.table_of(&COLUMNS, &records);
    let found = deduplicate(&mut plan, &table, None, &mut Quiet);
    let same = |a: u32, b: u32| Person::entity(table.id(a)) == Person::entity(table.id(b));
    let (mut right, mut wrong, mut missed) = (0, 0, 0);
    for a in 0..table.len() as u32 {
        for b in a + 1..table.len() as u32 {
            match (found.clusters.of(a) == found.clusters.of(b), same(a, b)) {
                (true, true) => right += 1,
                (true, false) => wrong += 1,
                (false, true) => missed += 1,
                (false, false) => {}
            }
        }
    }
    assert!(wrong * 200 < right && missed * 50 < right, "{right} {wrong} {missed}");
}

#[test]
fn what_is_said_twice_counts_once() {
    let people = people::people(500, 57);
    let full: Vec<String> = people
        .iter()
        .map(|p| format!("{} van {}", p.values[0], p.values[1]).trim().to_owned())
        .collect();
    let records: Vec<RawRecord<'_>> = people
        .iter()
        .zip(&full)
        .map(|(p, full)| {
            let mut raw = p.raw();
            raw.values.push(full);
            raw.values.push("always the same");
            raw
        })
        .collect();
    let columns = ["first", "last", "born", "town", "phone", "name", "constant"];
    let settings = generic(&columns, &records);
    let names: Vec<&str> = settings.fields.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["first", "last", "born", "town", "phone"]);
}

#[test]
fn swapped_names_are_seen() {
    let mut people = people::people(1_000, 59);
    let mut index = 0;
    people.iter_mut().filter(|p| p.id.ends_with("-1")).for_each(|person| {
        index += 1;
        if index % 5 == 0 {
            person.values.swap(0, 1);
        }
    });
    let records: Vec<RawRecord<'_>> = people.iter().map(Person::raw).collect();
    let swapped = |settings: &Settings| {
        settings.comparisons.iter().any(|c| c.levels.iter().any(|l| l.test == Test::Swapped))
    };
    assert!(swapped(&generic(&COLUMNS, &records)));
    let straight = people::people(1_000, 59);
    let records: Vec<RawRecord<'_>> = straight.iter().map(Person::raw).collect();
    assert!(!swapped(&generic(&COLUMNS, &records)));
}

#[test]
fn nothing_to_go_by_is_refused_and_not_guessed() {
    let settings = generic(&["x"], &[]);
    assert!(Plan::new(settings, &Registry::generic()).is_err());
}
