//! Why a pair has its probability: a waterfall of weights that add up.

use super::super::explain::{Explanation, Step};
use super::evidence::{CIRCUMSTANCE_NAMES, CIRCUMSTANCES, Evidence, evidence};
use super::links::Link;
use super::model::Model;
use super::prior;
use super::sheet::{Field, Sheet};
use super::world::World;

/// Where the reader finds the values that a circumstance compares.
const FIELDS: [Option<Field>; CIRCUMSTANCES] = [
    None,
    Some(Field::Manufacturer),
    Some(Field::Model),
    Some(Field::ObjectType),
    Some(Field::Tag),
    Some(Field::Hostname),
    Some(Field::Ip),
    Some(Field::Location),
    Some(Field::Description),
    Some(Field::Description),
    Some(Field::Tag),
    Some(Field::InstallDate),
    None,
    Some(Field::LastSeen),
    Some(Field::Status),
    None,
];

/// What the levels of the circumstances are called; the last name stands for all higher levels.
const LEVELS: [&[&str]; CIRCUMSTANCES] = [
    &["two sources", "one source"],
    &["differ", "missing", "learnt to be the same", "same"],
    &["differ", "missing", "one begins the other", "learnt to be the same", "same"],
    &["differ", "missing", "same"],
    &["differ", "parallel units", "missing", "a slip apart", "same"],
    &["differ", "missing", "same"],
    &["differ", "missing", "same"],
    &[
        "sites differ",
        "areas differ",
        "lines differ",
        "stations differ",
        "missing",
        "same site",
        "same area",
        "same line",
        "same station",
    ],
    &["unlike", "hardly alike", "partly alike", "missing", "alike"],
    &["nothing telling", "little", "something", "much", "very much"],
    &["differ", "only one", "missing", "same"],
    &[
        "years apart",
        "over 500 days",
        "over 180 days",
        "over 90 days",
        "over 60 days",
        "over 40 days",
        "over 30 days",
        "over 14 days",
        "over 4 days",
        "within 4 days",
        "same day",
        "missing",
    ],
    &["missing", "compared"],
    &[
        "neither ended",
        "one takes over",
        "began before the end",
        "began after the end",
        "both ended",
    ],
    &["neither", "the older one", "one", "both"],
    &["these sources"],
];

const SERIAL_LEVELS: [&str; 10] = [
    "missing",
    "two proven serials",
    "differ, one proven",
    "differ",
    "consecutive",
    "a slip apart",
    "one is part of the other",
    "same, on unlike things",
    "same, but short or only look-alike",
    "same",
];
const MAC_LEVELS: [&str; 9] = [
    "missing",
    "two proven addresses",
    "differ",
    "one is shared or stale",
    "same, but shared",
    "same end in a name",
    "next address",
    "same",
    "same UUID",
];
const XREF_LEVELS: [&str; 4] =
    ["missing", "points to another record", "both point to a third", "points to the other"];

/// Why two rows have their probability. Weights are in bits; with the start and what the rest of the unit says they add up.
pub fn explain(
    world: &World,
    model: &Model,
    sheet: &Sheet,
    rows: (u32, u32),
    link: Option<&Link>,
) -> Explanation {
    let seen = evidence(world, rows.0, rows.1);
    let values = |field: Option<Field>| {
        let text = |row: u32| {
            field.map_or_else(String::new, |field| sheet.text(row as usize, field).to_owned())
        };
        (text(rows.0), text(rows.1))
    };
    let mut steps = own_ids(model, &seen)
        .map(|(name, level, field, weight)| step(name, level, values(Some(field)), weight))
        .to_vec();
    let (start, declared) = prior::parts(model.subject, &seen.circumstances);
    let (constant, learnt) = match seen.is_bare {
        true => (0.0, [0.0; CIRCUMSTANCES]),
        false => model.trees.contributions(&seen.circumstances),
    };
    for (at, name) in CIRCUMSTANCE_NAMES.iter().enumerate() {
        let level = LEVELS[at]
            .get(seen.circumstances[at] as usize)
            .or(LEVELS[at].last())
            .copied()
            .unwrap_or_default();
        steps.push(step(name, level, values(FIELDS[at]), declared[at] + learnt[at]));
    }
    let prior = bits(start + constant + model.correction(&seen));
    let own = prior + steps.iter().map(|step| step.weight).sum::<f64>();
    let total = link.map_or(own, |link| bits(link.logit));
    Explanation {
        prior,
        steps,
        structure: total - own,
        total,
        probability: super::super::weigh::probability(total),
        rules: Vec::new(),
    }
}

fn own_ids(model: &Model, seen: &Evidence) -> [(&'static str, &'static str, Field, f32); 3] {
    [
        (
            "serial",
            SERIAL_LEVELS[seen.serial as usize],
            Field::Serial,
            model.serial[seen.serial as usize],
        ),
        (
            "hardware address",
            MAC_LEVELS[seen.mac as usize],
            Field::Mac,
            model.mac[seen.mac as usize],
        ),
        (
            "cross-reference",
            XREF_LEVELS[seen.xref as usize],
            Field::Xref,
            model.xref[seen.xref as usize],
        ),
    ]
}

fn step(name: &str, level: &str, values: (String, String), weight: f32) -> Step {
    Step {
        comparison: name.to_owned(),
        values,
        level: level.to_owned(),
        weight: bits(weight),
        rarity: 0.0,
    }
}

/// Natural logits as log2 odds.
fn bits(logit: f32) -> f64 {
    f64::from(logit) / std::f64::consts::LN_2
}
