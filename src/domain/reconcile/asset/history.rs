//! Records with a past: a feed of changes becomes rows and segments, and segments become units for a while.

use hashbrown::{HashMap, HashSet};

use super::past::Past;
use super::resolve::{Resolution, Seam, affinity, resolve};
use super::sheet::Sheet;
use super::touch::{self, Touch};

/// A change that a source tells, in the order of time.
#[derive(Debug, Clone)]
pub struct Event {
    /// The system.
    pub system: String,
    /// The id inside the system.
    pub id: String,
    /// The day or moment, in ISO 8601.
    pub at: String,
    /// The raw texts of the identity fields; `None`: the record was deleted.
    pub texts: Option<Vec<String>>,
}

/// What an id meant for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// Whether it is the first that the id ever had.
    pub first: bool,
    /// The event (by number) with which it began.
    pub from: usize,
    /// The event with which it ended; `None`: it holds.
    pub to: Option<usize>,
    /// The unit.
    pub unit: u32,
}

/// A feed as rows, what they were found to be, and the events between which each segment held.
pub struct Traced {
    /// The rows.
    pub sheet: Sheet,
    /// What they are.
    pub found: Resolution,
    /// When each segment held.
    pub spans: Vec<Span>,
}

/// The events between which a segment held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Whether it is its record's first.
    pub first: bool,
    /// The event with which it began.
    pub from: usize,
    /// The event with which it ended; `None`: it holds.
    pub to: Option<usize>,
}

/// Reads a feed, in which the events of each id stand in the order of time, and finds its units.
pub fn trace(events: &[Event]) -> Traced {
    let mut pasts: Vec<Past> = Vec::new();
    let mut index: HashMap<(&str, &str), usize> = HashMap::new();
    for (number, event) in events.iter().enumerate() {
        let next = pasts.len();
        let at = *index.entry((&event.system, &event.id)).or_insert(next);
        if at == next {
            pasts.push(Past::default());
        }
        pasts[at].take(events, number);
    }
    let mut told = Told::of(&pasts, events);
    let mut found = resolve(&told.sheet, &told.seams);
    let split = touch::at_swaps(&found, &told.touches);
    if !split.is_empty() {
        for touch in &split {
            pasts[told.sheet.owner(touch.row as usize) as usize].split(touch.event);
        }
        told = Told::of(&pasts, events);
        found = resolve(&told.sheet, &told.seams);
        rejoin(&mut found, &told.spans, &split);
    }
    let Told { sheet, spans, .. } = told;
    let mut first = vec![false; events.len()];
    pasts.iter().filter_map(Past::begun).for_each(|event| first[event] = true);
    let spans = spans.into_iter().map(|(from, to)| Span { first: first[from], from, to }).collect();
    Traced { sheet, found, spans }
}

/// What was touched at a swap and fits nothing else goes on to mean what it meant.
fn rejoin(found: &mut Resolution, spans: &[(usize, Option<usize>)], split: &[Touch]) {
    let begun: HashSet<usize> = split.iter().map(|touch| touch.event).collect();
    let mut sizes = vec![0u32; found.units.len()];
    found.units.iter().for_each(|&unit| sizes[unit as usize] += 1);
    for segment in 1..spans.len() {
        let old = found.units[segment - 1];
        let alone = sizes[found.units[segment] as usize] == 1;
        if alone && begun.contains(&spans[segment].0) && fits(found, segment as u32, old) {
            found.units[segment] = old;
        }
    }
    found.renumber();
}

/// Whether no record of a unit is proven to be another thing than a segment.
fn fits(found: &Resolution, segment: u32, unit: u32) -> bool {
    let world = &found.world;
    let owner = |at: u32| world.facts[world.segment_rows[at as usize] as usize].owner;
    (0u32..)
        .zip(&found.units)
        .filter(|&(at, of)| *of == unit && owner(at) != owner(segment))
        .all(|(at, _)| affinity(world, &found.model, at, segment) > f32::NEG_INFINITY)
}

/// All pasts as rows.
#[derive(Default)]
struct Told {
    sheet: Sheet,
    seams: Vec<Seam>,
    spans: Vec<(usize, Option<usize>)>,
    touches: Vec<Touch>,
}

impl Told {
    fn of(pasts: &[Past], events: &[Event]) -> Self {
        let mut told = Self::default();
        for past in pasts {
            let row = told.sheet.len() as u32;
            past.write(events, &mut told.sheet, &mut told.seams, &mut told.spans);
            told.touches.extend(past.touches(events, row));
        }
        told
    }
}

/// What a record says of the thing that it means last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latest {
    /// Raw texts, without those that may still be the thing's that it meant before.
    pub texts: Vec<String>,
    /// The day (since 1970-01-01) on which they appeared, if it is known.
    pub appeared: Option<i32>,
    /// For each thing that the record meant, as far as it tells by itself, the event with which that began.
    pub begins: Vec<usize>,
}

/// What one record, of which these are the changes in the order of time, says last; nothing when it never said anything.
pub fn latest(events: &[Event]) -> Option<Latest> {
    let mut past = Past::default();
    (0..events.len()).for_each(|number| past.take(events, number));
    let (mut sheet, mut seams, mut spans) = (Sheet::default(), Vec::new(), Vec::new());
    past.write(events, &mut sheet, &mut seams, &mut spans);
    let last = sheet.len().checked_sub(1)?;
    // Where it is likelier than not that the record goes on to mean the same thing, nothing begins.
    let joined = |segment: usize| {
        let seam = seams.iter().find(|seam| seam.segment as usize + 1 == segment);
        seam.is_some_and(|seam| seam.logit >= 0.0)
    };
    let begins = spans.iter().enumerate().filter(|(segment, _)| !joined(*segment));
    Some(Latest {
        texts: sheet.texts(last).map(str::to_owned).to_vec(),
        appeared: sheet.appeared(last),
        begins: begins.map(|(_, (from, _))| *from).collect(),
    })
}

/// What each id of a feed meant, when, in the order of the ids' first events, then of time; and how it was found.
pub fn follow(events: &[Event]) -> (Vec<Meaning>, Traced) {
    let traced = trace(events);
    let meanings = traced
        .spans
        .iter()
        .zip(&traced.found.units)
        .map(|(&Span { first, from, to }, &unit)| Meaning { first, from, to, unit })
        .collect();
    (joined(meanings, events), traced)
}

/// Neighbouring spans of one id with one unit become one.
fn joined(meanings: Vec<Meaning>, events: &[Event]) -> Vec<Meaning> {
    let mut all: Vec<Meaning> = Vec::with_capacity(meanings.len());
    for meaning in meanings {
        let same = |last: &Meaning| {
            let (x, y) = (&events[last.from], &events[meaning.from]);
            last.unit == meaning.unit
                && last.to == Some(meaning.from)
                && (&x.system, &x.id) == (&y.system, &y.id)
        };
        match all.last_mut().filter(|last| same(last)) {
            Some(last) => last.to = meaning.to,
            None => all.push(meaning),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::sheet::{FIELDS, Field};
    use super::*;

    fn event(at: &str, system: &str, id: &str, fields: &[(Field, &str)]) -> Event {
        let mut texts = vec![String::new(); FIELDS];
        fields.iter().for_each(|&(field, text)| texts[field as usize] = text.to_owned());
        Event { system: system.into(), id: id.into(), at: at.into(), texts: Some(texts) }
    }

    fn deleted(at: &str, system: &str, id: &str) -> Event {
        Event { system: system.into(), id: id.into(), at: at.into(), texts: None }
    }

    const OLD: [(Field, &str); 4] = [
        (Field::Serial, "A0604529"),
        (Field::Model, "CR32-4"),
        (Field::Tag, "P-101A"),
        (Field::InstallDate, "2018-01-10"),
    ];
    const NEW: [(Field, &str); 4] = [
        (Field::Serial, "A0911777"),
        (Field::Model, "CR32-4"),
        (Field::Tag, "P-101A"),
        (Field::InstallDate, "2022-05-03"),
    ];

    #[test]
    fn a_swap_under_one_id_gives_it_two_meanings() {
        let events = [
            event("2018-01-12", "mes", "7", &OLD),
            event("2018-01-20", "erp", "1", &OLD),
            event("2022-05-04", "mes", "7", &NEW),
            event("2022-05-20", "erp", "2", &NEW),
        ];
        let (meanings, _) = follow(&events);
        let spans: Vec<(usize, Option<usize>)> =
            meanings.iter().map(|meaning| (meaning.from, meaning.to)).collect();
        assert_eq!(spans, [(0, Some(2)), (2, None), (1, None), (3, None)]);
        assert_eq!(
            meanings[0].unit, meanings[2].unit,
            "before the swap the station had the old machine"
        );
        assert_eq!(meanings[1].unit, meanings[3].unit, "after it the new one");
        assert_ne!(meanings[0].unit, meanings[1].unit);
        assert_eq!(
            meanings.iter().map(|meaning| meaning.first).collect::<Vec<_>>(),
            [true, false, true, true]
        );
    }

    #[test]
    fn an_edit_and_a_move_are_one_meaning_and_a_deletion_ends_it() {
        let mut moved = OLD;
        moved[2].1 = "P-205";
        let events = [
            event("2018-01-12", "cmms", "7", &OLD),
            event("2019-01-12", "cmms", "7", &moved),
            deleted("2020-01-01", "cmms", "7"),
        ];
        let (meanings, _) = follow(&events);
        assert_eq!(meanings, [Meaning { first: true, from: 0, to: Some(2), unit: 0 }]);
    }

    const STATION: [(Field, &str); 4] = [
        (Field::Model, "CR32-4"),
        (Field::Tag, "P-101A"),
        (Field::Location, "P97-UTL-L04-S040"),
        (Field::Updated, "2018-01-11"),
    ];

    fn written_again() -> [(Field, &'static str); 4] {
        let mut again = STATION;
        again[3].1 = "2022-05-04";
        again
    }

    #[test]
    fn a_record_written_again_at_a_swap_that_others_tell_of_means_the_new_thing() {
        let events = [
            event("2018-01-12", "mes", "7", &STATION),
            event("2018-01-20", "erp", "1", &OLD),
            event("2022-05-20", "erp", "2", &NEW),
            event("2022-06-01", "mes", "7", &written_again()),
        ];
        let (meanings, _) = follow(&events);
        let spans: Vec<_> = meanings.iter().map(|meaning| (meaning.from, meaning.to)).collect();
        assert_eq!(spans, [(0, Some(3)), (3, None), (1, None), (2, None)]);
        assert_eq!(meanings[0].unit, meanings[2].unit);
        assert_eq!(meanings[1].unit, meanings[3].unit);
    }

    #[test]
    fn a_record_written_again_where_nothing_was_swapped_means_what_it_meant() {
        let events = [
            event("2018-01-12", "mes", "7", &STATION),
            event("2018-01-20", "erp", "1", &OLD),
            event("2022-06-01", "mes", "7", &written_again()),
        ];
        let (meanings, _) = follow(&events);
        assert_eq!(meanings.len(), 2);
        assert_eq!(meanings[0].unit, meanings[1].unit);
    }

    #[test]
    fn a_record_of_the_same_system_for_the_newcomer_leaves_the_old_one_its_meaning() {
        let mut old = OLD;
        old[1].1 = "CR 32-4";
        let events = [
            event("2018-01-20", "erp", "1", &OLD),
            event("2022-05-20", "erp", "2", &NEW),
            event("2022-06-01", "erp", "1", &old),
        ];
        let (meanings, _) = follow(&events);
        assert_eq!(meanings.len(), 2);
        assert_ne!(meanings[0].unit, meanings[1].unit);
    }

    #[test]
    fn records_that_lag_behind_a_move_do_not_keep_a_newcomer_from_its_unit() {
        let device =
            [(Field::Serial, "A0604529"), (Field::Tag, "P-909"), (Field::FirstSeen, "2018-01-10")];
        let at = |tag: &'static str| [(Field::Serial, "A0604529"), (Field::Tag, tag)];
        let station = |serial: &'static str, updated: &'static str| {
            [(Field::Serial, serial), (Field::Tag, "P-101A"), (Field::Updated, updated)]
        };
        let events = [
            event("2018-01-12", "reg", "1", &device),
            event("2018-01-12", "gw", "1", &device),
            event("2018-01-12", "cmms", "1", &device),
            event("2018-01-20", "erp", "1", &at("P-909")),
            event("2016-01-12", "mes", "7", &station("B0911777", "2016-01-11")),
            event("2022-05-03", "erp", "1", &at("P-101A")),
            event("2022-05-04", "mes", "7", &station("", "2022-05-04")),
        ];
        let (meanings, _) = follow(&events);
        let units: Vec<u32> = meanings.iter().map(|meaning| meaning.unit).collect();
        assert_eq!(units, [0, 0, 0, 0, 1, 0]);
    }

    #[test]
    fn spans_of_an_id_never_overlap() {
        let swaps: Vec<Event> = (0..9)
            .map(|n| {
                let serial = format!("A0{}", 604_529 + n * 77_777);
                let fields = [(Field::Serial, serial.as_str()), (Field::Tag, "P-101A")];
                if n == 4 {
                    deleted("2024-01-05", "mes", "7")
                } else {
                    event(&format!("202{n}-01-01"), "mes", "7", &fields)
                }
            })
            .collect();
        let (meanings, _) = follow(&swaps);
        assert!(meanings.len() > 4);
        assert!(meanings.windows(2).all(|pair| pair[0].to.is_some_and(|to| to <= pair[1].from)));
    }
}
