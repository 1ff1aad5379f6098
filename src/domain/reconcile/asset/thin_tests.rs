//! Lists with few columns: what they say is matched, and what they do not say is asked or left alone.

use super::super::links::links;
use super::super::sheet::{FIELDS, Field, Sheet};
use super::*;

type Text = (Field, String);

fn push(sheet: &mut Sheet, source: &str, texts: &[Text]) {
    let mut row = [""; FIELDS];
    texts.iter().for_each(|(field, text)| row[*field as usize] = text);
    let id = format!("{source}:{}", sheet.len());
    sheet.push(&id, source, &row);
}

/// The probability of two rows, 0 where they were not kept.
fn probability(found: &Resolution, a: u32, b: u32) -> f64 {
    let pair = |link: &&super::super::links::Link| (link.a, link.b) == (a, b);
    links(found).iter().find(pair).map_or(0.0, |link| link.probability())
}

const PLANTS: [usize; 4] = [7, 21, 65, 86];
const CITIES: [&str; 4] = ["Leipzig", "Graz", "Lyon", "Brno"];

/// Four plants that look alike inside: the same areas, lines and stations, and the same camera in each of them.
fn four_plants(known: impl Fn(usize) -> bool) -> Sheet {
    let mut sheet = Sheet::default();
    for unit in 0..240 {
        let (plant, line, station) = (unit % 4, 1 + unit / 4 % 6, 10 * (1 + unit / 24));
        let serial = format!("A{:05}K{:03}", 10_000 + unit * 7_919 % 80_000, unit);
        let number = PLANTS[plant];
        let places = [
            format!("{}-PKG-{line:02}-{station:03}", 1000 + number),
            format!("{}/Packaging/LN{line}/STN {station:03}", CITIES[plant]),
            format!("site-{number}/pkg/l{line}/st{station:03}"),
        ];
        for (source, place) in ["erp", "cmms", "reg"].into_iter().zip(places) {
            let mut texts = vec![(Field::Model, "CA-HX200M".to_owned()), (Field::Location, place)];
            texts.push((Field::Manufacturer, "Keyence".to_owned()));
            if source != "erp" || known(unit) {
                texts.push((Field::Serial, serial.clone()));
            }
            push(&mut sheet, source, &texts);
        }
    }
    sheet
}

#[test]
fn locations_tell_their_plants_where_no_column_does() {
    let found = resolve(&four_plants(|unit| unit % 5 != 0), &[]);
    let site = |row: usize| found.world.facts[row].site;
    for plant in 0..4 {
        let first = 3 * plant;
        assert!(
            site(first) != 0 && site(first) == site(first + 1) && site(first) == site(first + 2)
        );
        assert_eq!((0..12).filter(|&row| site(row) == site(first)).count(), 3, "plant {plant}");
    }
    for unit in 0..240u32 {
        let rows = [3 * unit, 3 * unit + 1, 3 * unit + 2].map(|row| found.unit(row));
        assert_eq!(rows, [rows[0]; 3], "unit {unit}");
    }
    assert_eq!(found.units.iter().max(), Some(&239), "the same place in another plant is another");
}

#[test]
fn plants_that_no_serial_ties_together_are_tied_by_their_tags() {
    let mut sheet = Sheet::default();
    for position in 0..60 {
        let plant = position % 3;
        let tag = format!("PT-{}", 10_100 + position * 137);
        for (source, site) in [("erp", 1007 + plant), ("cmms", 52 + plant * 11)] {
            push(
                &mut sheet,
                source,
                &[(Field::Tag, tag.clone()), (Field::Plant, format!("X{site}"))],
            );
        }
    }
    let found = resolve(&sheet, &[]);
    let site = |row: usize| found.world.facts[row].site;
    for plant in 0..3 {
        assert!(site(2 * plant) != 0 && site(2 * plant) == site(2 * plant + 1), "plant {plant}");
        assert_ne!(site(2 * plant), site(2 * (plant + 1) % 6));
    }
}

#[test]
fn a_shared_position_is_asked_and_never_linked_by_itself() {
    let position = [
        (Field::Tag, "FT-00517".to_owned()),
        (Field::Plant, "1003".to_owned()),
        (Field::Location, "P03-PKG-L05-S040".to_owned()),
        (Field::Manufacturer, "Krohne".to_owned()),
        (Field::Model, "OPTIFLUX 2000".to_owned()),
        (Field::Description, "reject flow meter".to_owned()),
    ];
    let mut sheet = Sheet::default();
    push(&mut sheet, "erp", &position);
    push(&mut sheet, "cmms", &position);
    let asked = probability(&resolve(&sheet, &[]), 0, 1);
    assert!((0.5..0.9).contains(&asked), "the next one in a position has all this, too: {asked}");
    let mut dated = position.to_vec();
    dated.push((Field::InstallDate, "2021-03-04".to_owned()));
    let mut sheet = Sheet::default();
    push(&mut sheet, "erp", &dated);
    push(&mut sheet, "cmms", &dated);
    assert!(probability(&resolve(&sheet, &[]), 0, 1) >= 0.9, "but not on one day");
}

#[test]
fn a_running_number_alone_is_asked_and_needs_a_maker() {
    let serials = |first: &[Text], second: &[Text]| {
        let mut sheet = Sheet::default();
        push(&mut sheet, "erp", first);
        push(&mut sheet, "cmms", second);
        probability(&resolve(&sheet, &[]), 0, 1)
    };
    let number = (Field::Serial, "00491856".to_owned());
    let made_by = |maker: &str| (Field::Manufacturer, maker.to_owned());
    let alone = serials(std::slice::from_ref(&number), std::slice::from_ref(&number));
    assert!((0.5..0.9).contains(&alone), "{alone}");
    let one_maker = [number.clone(), made_by("VEGA")];
    assert!(serials(&one_maker, &one_maker) >= 0.9);
    assert!(serials(&one_maker, &[number, made_by("Emerson")]) < 0.5);
    let telling = [(Field::Serial, "VWJ-007021/A".to_owned())];
    assert!(serials(&telling, &telling) >= 0.9);
}

#[test]
fn look_alikes_in_hexadecimal_serials_may_be_siblings() {
    let mut sheet = Sheet::default();
    push(&mut sheet, "erp", &[(Field::Serial, "06E2AE86".to_owned())]);
    push(&mut sheet, "cmms", &[(Field::Serial, "06E2AEB6".to_owned())]);
    push(&mut sheet, "reg", &[(Field::Serial, "6e2ae86".to_owned())]);
    let found = resolve(&sheet, &[]);
    assert!(probability(&found, 0, 2) >= 0.9);
    assert!(probability(&found, 0, 1) < 0.9);
}

#[test]
fn unlike_serials_do_not_come_together_by_way_of_a_third_record() {
    let at = |serial: Option<&str>, day: &str| {
        let mut texts = vec![
            (Field::Tag, "P-40426B".to_owned()),
            (Field::Plant, "1097".to_owned()),
            (Field::Location, "P97-UTL-L04-S040".to_owned()),
            (Field::Model, "A22-80".to_owned()),
            (Field::InstallDate, day.to_owned()),
        ];
        texts.extend(serial.map(|serial| (Field::Serial, serial.to_owned())));
        texts
    };
    let mut sheet = Sheet::default();
    push(&mut sheet, "erp", &at(Some("SWJ-0070218"), "2019-07-19"));
    push(&mut sheet, "mes", &at(None, "2019-07-19"));
    push(&mut sheet, "cmms", &at(Some("TAV-9935521"), "2019-08-05"));
    let found = resolve(&sheet, &[]);
    assert_ne!(found.unit(0), found.unit(2));
}

#[test]
fn a_serial_that_one_source_gives_three_records_is_a_code() {
    let code = [(Field::Serial, "EJA530E-JBS4N".to_owned())];
    let mut sheet = Sheet::default();
    (0..3).for_each(|_| push(&mut sheet, "cmms", &code));
    push(&mut sheet, "erp", &code);
    assert_eq!(resolve(&sheet, &[]).units, [0, 1, 2, 3]);
}

#[test]
fn an_address_that_a_source_gives_two_things_of_no_known_class_is_a_gateway_s() {
    let device = |host: &str| {
        [(Field::Mac, "00:D0:C9:BB:7D:88".to_owned()), (Field::Hostname, host.to_owned())]
    };
    let mut sheet = Sheet::default();
    push(&mut sheet, "reg", &device("plc-21-l04-f-1"));
    push(&mut sheet, "reg", &device("gw-21-l04-c-0"));
    let found = resolve(&sheet, &[]);
    assert_eq!(found.units, [0, 1]);
    assert!(probability(&found, 0, 1) < 0.5);
}
