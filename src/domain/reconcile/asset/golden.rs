//! Golden values of units: of what their records say, what survives.

use std::sync::Arc;

use rayon::prelude::*;
use serde_json::Value;

use super::super::survive::{Author, Claim, Rule, UNIDENTIFIED, UNTOLD, Values, choose};
use super::facts::{Facts, NO_DAY};
use super::resolve::Resolution;
use super::sheet::Sheet;
use super::world::World;
use crate::domain::fact::PropertyPath;
use crate::domain::id::Position;
use crate::domain::time::{Interval, Timestamp};

/// How many properties have golden values.
pub const GOLDEN: usize = 4;

/// The properties, in the order of the values.
pub const GOLDEN_NAMES: [&str; GOLDEN] = ["manufacturer", "model", "serial", "mac"];

/// What most records say; of as many, the longest, for copying loses characters; then what was touched last.
const RULES: [Rule; 3] = [Rule::MostFrequent, Rule::Longest, Rule::MostRecent];

/// Nanoseconds of a day.
const DAY: i64 = 86_400_000_000_000;

/// The normalised values of a unit, in the order of [`GOLDEN_NAMES`]; empty: nobody says any.
pub type Golden = [String; GOLDEN];

/// The golden values of each unit, by its number. A record has one say, however many versions of it are of the unit;
/// fillers, and addresses that unlike things share, have none.
pub fn golden(sheet: &Sheet, found: &Resolution) -> Vec<Golden> {
    let systems = systems(sheet);
    let mut members: Vec<(u32, u32)> =
        (0..sheet.len() as u32).map(|row| (found.unit(row), row)).collect();
    members.par_sort_unstable();
    let units: Vec<&[(u32, u32)]> = members.chunk_by(|x, y| x.0 == y.0).collect();
    units
        .into_par_iter()
        .map(|rows| {
            let facts = rows.iter().map(|&(_, row)| found.world.facts[row as usize]);
            of_unit(&found.world, &systems, &latest(facts.collect()))
        })
        .collect()
}

/// The names of the sources, by their numbers.
fn systems(sheet: &Sheet) -> Vec<Arc<str>> {
    let mut systems: Vec<Arc<str>> = vec!["".into(); sheet.source_count() + 1];
    for row in 0..sheet.len() {
        let name = &mut systems[sheet.source(row) as usize];
        if name.is_empty() {
            *name = sheet.source_name(row).into();
        }
    }
    systems
}

/// The last version of each record; versions stand next to each other.
fn latest(facts: Vec<Facts>) -> Vec<Facts> {
    facts
        .chunk_by(|x, y| x.owner == y.owner)
        .filter_map(|versions| versions.last().copied())
        .collect()
}

fn of_unit(world: &World, systems: &[Arc<str>], records: &[Facts]) -> Golden {
    let said: Vec<[Value; GOLDEN]> = records.iter().map(|fact| said(world, fact)).collect();
    let mut names = GOLDEN_NAMES.map(PropertyPath::from).into_iter();
    std::array::from_fn(|property| {
        let Some(name) = names.next() else { return String::new() };
        let claims: Vec<Claim<'_>> = records
            .iter()
            .zip(&said)
            .filter(|(_, said)| said[property] != Value::Null)
            .map(|(fact, said)| claim(systems, fact, &name, said, property))
            .collect();
        let verdict = choose(&claims, &RULES, Timestamp(0));
        let first = verdict.and_then(|verdict| verdict.order.first().copied());
        let value = first.and_then(|first| claims[first].values.first().copied());
        value.and_then(|(_, value)| value.as_str()).unwrap_or_default().to_owned()
    })
}

fn claim<'a>(
    systems: &'a [Arc<str>],
    fact: &Facts,
    name: &'a PropertyPath,
    said: &'a [Value; GOLDEN],
    property: usize,
) -> Claim<'a> {
    let touched = (fact.updated != NO_DAY).then(|| Timestamp(i64::from(fact.updated) * DAY));
    Claim {
        author: Author::Source { system: &systems[fact.source as usize], record: None },
        values: Values::from_iter([(name, &said[property])]),
        identity: &UNIDENTIFIED,
        stated: touched,
        given: said.iter().filter(|value| **value != Value::Null).count(),
        trust: &UNTOLD,
        valid: Interval::ALWAYS,
        recorded_from: Position(0),
    }
}

/// What a record says of each property.
fn said(world: &World, fact: &Facts) -> [Value; GOLDEN] {
    let own_mac = fact.mac != 0 && !world.shared_macs.contains(&fact.mac);
    let text = |text: &str| match text {
        "" => Value::Null,
        text => Value::String(text.to_owned()),
    };
    [
        text(world.makers.text(fact.maker)),
        text(world.models.text(fact.model)),
        text(world.serials.canonical.text(fact.serial)),
        if own_mac { Value::String(address(fact.mac)) } else { Value::Null },
    ]
}

/// A hardware address as people write it.
fn address(mac: u64) -> String {
    let octets = mac.to_be_bytes();
    octets[2..].iter().map(|octet| format!("{octet:02X}")).collect::<Vec<_>>().join(":")
}

#[cfg(test)]
mod tests {
    use super::super::resolve::resolve;
    use super::super::sheet::{FIELDS, Field};
    use super::*;

    #[test]
    fn what_most_records_say_survives_and_of_two_the_one_that_lost_nothing() {
        let records = [
            ("erp", [(Field::Serial, "S/N 0604529-19"), (Field::Mac, "00:1D:9C:89:0A:5A")]),
            ("cmms", [(Field::Serial, "0604529-19"), (Field::Mac, "001d.9c89.0a5a")]),
            ("mes", [(Field::Serial, "0604529-1"), (Field::Mac, "00-1d-9c-89-0a-5a")]),
        ];
        let golden_of = |records: &[(&str, [(Field, &str); 2])]| {
            let mut sheet = Sheet::default();
            for (source, fields) in records {
                let mut texts = [""; FIELDS];
                fields.iter().for_each(|&(field, text)| texts[field as usize] = text);
                sheet.push(&format!("{source}:1"), source, &texts);
            }
            let found = resolve(&sheet, &[]);
            assert_eq!(found.units, vec![0; records.len()], "one unit");
            golden(&sheet, &found).remove(0)
        };
        let most = golden_of(&records);
        assert_eq!(most[3], "00:1D:9C:89:0A:5A");
        assert_eq!((&*most[0], &*most[1]), ("", ""), "nobody says a maker or a model");
        assert_eq!(most[2], golden_of(&records[..1])[2]);
        assert_eq!(golden_of(&records[1..])[2], most[2], "a digit was lost");
    }
}
