//! The index finds what a run over all records finds, and forgets what it is told to forget.

use proptest::prelude::*;

use super::super::links::links;
use super::super::resolve::resolve;
use super::super::sheet::{FIELDS, Field};
use super::*;

const UNITS: usize = 40;
const SOURCES: [&str; 3] = ["erp", "cmms", "mes"];
const MODELS: [&str; 4] = ["CR 32-4", "VLT FC 302", "DVC6200", "S7-1500"];
const TAGS: [&str; 4] = ["P", "M", "XV", "PLC"];
const WORDS: [&str; 4] = ["feed pump", "conveyor motor", "steam valve", "packing controller"];

/// A unit as a source writes it down: in its notation, and not all of it.
fn record(unit: usize, source: usize) -> [String; FIELDS] {
    let mut texts: [String; FIELDS] = Default::default();
    let mut set = |field: Field, text: String| texts[field as usize] = text;
    let (kind, serial) = (unit % 4, 604_529 + unit * 7_919);
    let day = format!("20{:02}-{:02}-11", 10 + unit % 13, 1 + unit % 12);
    set(Field::Plant, "1097".to_owned());
    set(Field::InstallDate, day);
    set(Field::Model, MODELS[kind].to_owned());
    match source {
        0 => set(Field::Serial, format!("S/N: SX{serial}-A")),
        1 => set(Field::Serial, format!("sx {serial} a")),
        _ => set(Field::Mac, format!("00:1d:9c:00:{:02x}:10", unit)),
    }
    if source > 0 {
        set(Field::Tag, format!("{}-{}", TAGS[kind], 101 + unit * 13));
    }
    if source == 2 && unit.is_multiple_of(5) {
        set(Field::Xref, id(unit));
    }
    if source < 2 {
        set(Field::Description, format!("{} {}", WORDS[kind], unit + 300));
    }
    texts
}

fn view(texts: &[String; FIELDS]) -> Texts<'_> {
    std::array::from_fn(|field| texts[field].as_str())
}

fn sheet() -> Sheet {
    let mut sheet = Sheet::default();
    for (unit, source) in (0..UNITS).flat_map(|unit| (0..3).map(move |source| (unit, source))) {
        let id = format!("{}:{}", SOURCES[source], id(unit));
        sheet.push(&id, SOURCES[source], &view(&record(unit, source)));
    }
    sheet
}

fn id(unit: usize) -> String {
    format!("EQ-{:06}", 4_000 + unit)
}

fn index() -> AssetIndex {
    let sheet = sheet();
    let found = resolve(&sheet, &[]);
    AssetIndex::new(sheet, found)
}

/// The row, the unit and the logit of everything that all records of the set find when they are asked about.
fn answers(index: &mut AssetIndex) -> Vec<Vec<(u32, u32, f32)>> {
    (0..UNITS)
        .flat_map(|unit| (0..3).map(move |source| (unit, source)))
        .map(|(unit, source)| {
            let texts = record(unit, source);
            let found = index.query(SOURCES[source], &id(unit), &view(&texts), 20);
            found.iter().map(|found| (found.row, found.unit, found.link.logit)).collect()
        })
        .collect()
}

#[test]
fn rows_have_the_links_that_the_run_gave_them() {
    let sheet = sheet();
    let found = resolve(&sheet, &[]);
    let all = links(&found);
    let index = AssetIndex::new(sheet, found);
    assert_eq!((index.len(), index.is_empty()), (3 * UNITS, false));
    for row in 0..index.len() as u32 {
        let mut matches: Vec<Link> =
            index.matches(row, usize::MAX).iter().map(|found| found.link).collect();
        matches.sort_by_key(|link| (link.a, link.b));
        let expected: Vec<Link> =
            all.iter().filter(|link| link.a == row || link.b == row).copied().collect();
        assert_eq!(matches.len(), expected.len(), "row {row}");
        for (found, expected) in matches.iter().zip(&expected) {
            assert_eq!((found.a, found.b, found.own), (expected.a, expected.b, expected.own));
            assert!((found.logit - expected.logit).abs() < 1e-4, "{found:?} {expected:?}");
        }
    }
}

#[test]
fn a_record_that_was_left_out_finds_its_unit_again() {
    let mut index = index();
    for (at, found) in answers(&mut index).iter().enumerate() {
        let own = index.unit(at as u32);
        let sure: Vec<u32> =
            found.iter().filter(|(_, _, logit)| *logit >= 0.0).map(|found| found.1).collect();
        assert_eq!(sure, [own; 2], "record {at}");
        assert!(found[..2].iter().all(|found| found.1 == own), "the likeliest come first");
    }
}

#[test]
fn a_thing_that_nobody_knows_is_nothing_and_most_is_most() {
    let mut index = index();
    let mut texts = record(3, 1);
    texts[Field::Serial as usize] = "ZZ-99812277".to_owned();
    texts[Field::Tag as usize] = "QQ-9".to_owned();
    texts[Field::InstallDate as usize] = "1999-01-01".to_owned();
    let found = index.query("new source", "x", &view(&texts), 20);
    assert!(found.iter().all(|found| found.probability() < 0.5), "{found:?}");
    assert!(index.query("erp", "x", &[""; FIELDS], 20).is_empty());
    assert_eq!(index.query("erp", "x", &view(&record(3, 1)), 1).len(), 1);
    assert!(index.query("erp", "x", &view(&record(3, 1)), 0).is_empty());
}

#[test]
fn a_location_that_names_the_plant_needs_no_plant() {
    let mut sheet = Sheet::default();
    for unit in 0..24 {
        let (plant, line, station) = (1001 + unit % 2, 1 + unit % 6, 10 * (1 + unit / 6));
        let place = format!("{plant}-MIX-{line:02}-{station:03}");
        for source in ["erp", "cmms"] {
            let mut texts = [""; FIELDS];
            let (tag, plant) = (format!("PT-{}", 101 + unit / 2), plant.to_string());
            texts[Field::Tag as usize] = &tag;
            texts[Field::Plant as usize] = &plant;
            texts[Field::Location as usize] = &place;
            sheet.push(&format!("{source}:{unit}"), source, &texts);
        }
    }
    let found = resolve(&sheet, &[]);
    let mut index = AssetIndex::new(sheet, found);
    let mut texts = [""; FIELDS];
    (texts[Field::Tag as usize], texts[Field::Location as usize]) = ("PT-102", "1001-MIX-03-010");
    let without = index.query("mes", "1", &texts, 5);
    assert_eq!(without.first().map(|found| found.id.as_str()), Some("2"));
    texts[Field::Plant as usize] = "1001";
    let with = index.query("mes", "1", &texts, 5);
    assert_eq!(with, without);
}

#[test]
fn zeros_between_letters_and_number_of_a_serial_may_be_left_out() {
    let mut index = index();
    let mut texts = [""; FIELDS];
    texts[Field::Serial as usize] = "SZC-00300650";
    texts[Field::Manufacturer as usize] = "Siemens";
    let known = index.put("erp", "z", &texts, None);
    for typed in ["SZC-300650", "SZC300650", "szc 0300650", "S/N SZC-000300650"] {
        texts[Field::Serial as usize] = typed;
        let found = index.query("mes", "1", &texts, 5);
        assert_eq!(found.first().map(|found| found.row), Some(known), "{typed}");
    }
    for typed in ["SZC-00300650/01", "SZC300650-01", "SZC-0300650/01"] {
        texts[Field::Serial as usize] = typed;
        let known = index.put("cmms", "y", &texts, None);
        texts[Field::Serial as usize] = "SZC-300650/01";
        let found = index.query("mes", "1", &texts, 5);
        assert_eq!(found.first().map(|found| found.row), Some(known), "{typed}");
    }
}

#[test]
fn what_was_put_is_found_and_joins_its_unit() {
    let mut index = index();
    let known = index.put("gw", "7", &view(&record(5, 1)), None);
    assert_eq!(Some(index.unit(known)), index.row("erp", &id(5)).map(|row| index.unit(row)));
    let fresh = index.put("gw", "8", &view(&record(UNITS + 1, 0)), None);
    assert_eq!(index.len(), 3 * UNITS + 2);
    let first = |found: Vec<Found>| found.first().map(|found| (found.row, found.id.clone()));
    let again = index.query("cmms", "gw-8", &view(&record(UNITS + 1, 1)), 5);
    assert_eq!(first(again), Some((fresh, "8".to_owned())), "a unit that the run did not know");
    let moved = index.put("gw", "8", &view(&record(6, 1)), None);
    assert_eq!(moved, fresh, "a record that is replaced keeps its row");
    assert_eq!(Some(index.unit(moved)), index.row("erp", &id(6)).map(|row| index.unit(row)));
    assert!(
        index
            .query("cmms", "9", &view(&record(UNITS + 1, 0)), 5)
            .iter()
            .all(|found| found.row != fresh || found.probability() < 0.5)
    );
}

#[test]
fn what_was_removed_is_found_no_more() {
    let mut index = index();
    let gone = index.row("erp", &id(9));
    assert!(index.remove("erp", &format!("erp:{}", id(9))), "with the source before the id");
    assert!(!index.remove("erp", &id(9)) && !index.remove("nobody", &id(9)));
    assert_eq!((index.len(), index.row("erp", &id(9))), (3 * UNITS - 1, None));
    let found = index.query("gw", "1", &view(&record(9, 0)), 20);
    assert!(found.iter().all(|found| Some(found.row) != gone));
}

#[test]
fn a_cross_reference_is_followed_whichever_record_comes_first() {
    // All sources number alike here: the run takes the last of them for the one that is meant.
    let mut index = index();
    let refer = |target: &str| {
        let mut texts: [String; FIELDS] = Default::default();
        texts[Field::Xref as usize] = target.to_owned();
        texts
    };
    let found = index.query("mes", "1", &view(&refer(&id(12))), 5);
    assert_eq!(found.first().map(|found| found.row), index.row("cmms", &id(12)));
    let early = index.put("mes", "1", &view(&refer("eq 77001")), None);
    let late = index.query("cmms", "EQ-077001", &view(&record(UNITS + 2, 0)), 5);
    assert_eq!(late.first().map(|found| found.row), Some(early));
    let twice = index.put("cmms", "EQ-077001", &view(&record(UNITS + 2, 0)), None);
    let of_two = index.query("cmms", "EQ-77001", &view(&record(UNITS + 3, 0)), 5);
    assert!(
        of_two.iter().all(|found| found.row != early),
        "an id that two records have names none"
    );
    assert!(index.matches(twice, 5).iter().any(|found| found.row == early));
}

#[test]
fn the_steps_of_an_explanation_add_up() {
    let mut index = index();
    let texts = record(17, 0);
    let best = index.query("erp", "1", &view(&texts), 1).remove(0);
    let why = index.explain("erp", "1", &view(&texts), best.row);
    let sum = why.prior + why.steps.iter().map(|step| step.weight).sum::<f64>() + why.structure;
    assert!((sum - why.total).abs() < 1e-3);
    assert!((why.probability - best.probability()).abs() < 1e-6);
    assert_eq!(why.steps[0].values.1, texts[Field::Serial as usize], "the record asked about");
}

#[test]
fn an_empty_index_takes_records() {
    let found = resolve(&Sheet::default(), &[]);
    let mut index = AssetIndex::new(Sheet::default(), found);
    assert!(index.is_empty() && index.query("erp", "1", &view(&record(0, 0)), 5).is_empty());
    let first = index.put("erp", "1", &view(&record(0, 0)), None);
    let second = index.put("cmms", "2", &view(&record(0, 1)), None);
    assert_eq!(index.unit(first), index.unit(second));
}

/// Records that have much in common with those of the set, and a little that is new.
fn records() -> impl Strategy<Value = [String; FIELDS]> {
    (0..UNITS + 5, 0usize..3, 0..UNITS, 0usize..3, proptest::bits::u32::masked((1 << FIELDS) - 1))
        .prop_map(|(unit, source, other, others_source, mixed)| {
            let (own, other) = (record(unit, source), record(other, others_source));
            std::array::from_fn(|field| {
                let chosen = if mixed >> field & 1 == 1 { &own } else { &other };
                chosen[field].clone()
            })
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn put_then_remove_leaves_all_answers_as_before(texts in records(), source in 0usize..4) {
        let mut index = index();
        let before = answers(&mut index);
        let source = SOURCES.get(source).copied().unwrap_or("new");
        index.put(source, "EQ-1", &view(&texts), None);
        index.put(source, "EQ-1", &view(&record(1, 1)), None);
        prop_assert!(index.remove(source, "EQ-1"));
        prop_assert!(answers(&mut index) == before);
    }

    #[test]
    fn a_question_leaves_no_trace(texts in records(), unit in 0..UNITS) {
        let mut index = index();
        let (before, bounds) = (answers(&mut index), index.bounds());
        let first = index.query("cmms", &id(unit), &view(&texts), 20);
        prop_assert_eq!(index.bounds(), bounds);
        prop_assert_eq!(index.query("cmms", &id(unit), &view(&texts), 20), first);
        prop_assert!(answers(&mut index) == before);
    }
}
