//! Records with a past: a feed of changes becomes rows and segments, and segments become units for a while.

use hashbrown::HashMap;

use super::super::normalise::asset::{day, serial};
use super::super::succession::changed_meaning;
use super::resolve::{Resolution, Seam, resolve};
use super::sheet::{FIELDS, Field, Sheet, Texts};

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

/// Seams at or above this probability of a swap, in logits, part two units for sure; below its negative there is no seam.
const SURE: f32 = 3.0;
/// From this seam on, what did not change may still be the old unit's.
const STALE_MIN: f32 = -1.5;
/// How sure a seam can be at most.
const SEAM_MAX: f32 = 8.0;

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
    let (mut sheet, mut seams, mut spans) = (Sheet::default(), Vec::new(), Vec::new());
    for past in &pasts {
        past.write(events, &mut sheet, &mut seams, &mut spans);
    }
    let found = resolve(&sheet, &seams);
    let mut first = vec![false; events.len()];
    let begun = pasts.iter().filter_map(|past| past.versions.first());
    begun.for_each(|version| first[version.from] = true);
    let spans = spans.into_iter().map(|(from, to)| Span { first: first[from], from, to }).collect();
    Traced { sheet, found, spans }
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

/// A version of a record that is a row of its own.
struct Version {
    /// The event with which it began.
    from: usize,
    /// The event with its latest texts.
    latest: usize,
    /// How sure it is that it describes another unit than the version before; `None`: it surely describes the same.
    seam: Option<f32>,
    /// The event that ended it.
    to: Option<usize>,
}

/// All versions of one record.
#[derive(Default)]
struct Past {
    versions: Vec<Version>,
}

impl Past {
    fn take(&mut self, events: &[Event], number: usize) {
        let Some(after) = &events[number].texts else {
            if let Some(last) = self.versions.last_mut().filter(|last| last.to.is_none()) {
                last.to = Some(number);
            }
            return;
        };
        let Some(last) = self.versions.last_mut() else {
            self.versions.push(Version { from: number, latest: number, seam: None, to: None });
            return;
        };
        let before = events[last.latest].texts.as_ref();
        let back = last.to.is_some();
        let (before, after) = (view(before), view(Some(after)));
        let swap = changed_meaning(&before, &after).logit;
        if swap > -SURE || back {
            last.to.get_or_insert(number);
            self.versions.push(Version {
                from: number,
                latest: number,
                seam: Some(swap),
                to: None,
            });
        } else if moved(&before, &after) {
            last.to = Some(number);
            self.versions.push(Version { from: number, latest: number, seam: None, to: None });
        } else {
            last.latest = number;
        }
    }

    fn write(
        &self,
        events: &[Event],
        sheet: &mut Sheet,
        seams: &mut Vec<Seam>,
        spans: &mut Vec<(usize, Option<usize>)>,
    ) {
        let mut stale = [false; FIELDS];
        for (at, version) in self.versions.iter().enumerate() {
            let event = &events[version.latest];
            let mut texts = view(event.texts.as_ref());
            if let Some(end) = version.to {
                texts[Field::LastSeen as usize] = &events[end].at;
            }
            let appeared = day::parse(&events[version.from].at);
            if at == 0 {
                sheet.push(&event.id, &event.system, &texts);
                appeared.into_iter().for_each(|day| sheet.note_appeared(day));
                spans.push((version.from, version.to));
                continue;
            }
            match version.seam {
                Some(swap) if swap > STALE_MIN => {
                    stale = forget(events[self.versions[at - 1].latest].texts.as_ref(), &texts)
                }
                Some(_) => stale = [false; FIELDS],
                // It came to this place when it moved, not when it was first installed.
                None => [Field::InstallDate, Field::FirstSeen]
                    .iter()
                    .for_each(|&field| stale[field as usize] = true),
            }
            texts
                .iter_mut()
                .zip(stale)
                .filter(|(_, stale)| *stale)
                .for_each(|(text, _)| *text = "");
            let row = sheet.push_version(&texts, version.seam.is_some());
            appeared.into_iter().for_each(|day| sheet.note_appeared(day));
            let (Some(row), Some(last)) = (row, spans.last_mut()) else { continue };
            match version.seam {
                None => last.1 = version.to,
                Some(swap) => {
                    let segment = sheet.segment(row as usize) - 1;
                    let logit = if swap >= SURE { -SEAM_MAX } else { -swap };
                    seams.push(Seam { segment, logit });
                    spans.push((version.from, version.to));
                }
            }
        }
    }
}

fn view(texts: Option<&Vec<String>>) -> Texts<'_> {
    let mut view = [""; FIELDS];
    if let Some(texts) = texts {
        view.iter_mut().zip(texts).for_each(|(slot, text)| *slot = text);
    }
    view
}

/// What belongs to a unit and did not change with it: it may still be the old unit's.
fn forget(before: Option<&Vec<String>>, after: &Texts<'_>) -> [bool; FIELDS] {
    let before = view(before);
    let mut stale = [false; FIELDS];
    for field in [
        Field::InstallDate,
        Field::FirstSeen,
        Field::ClientId,
        Field::Uuid,
        Field::Mac,
        Field::Serial,
        Field::Xref,
    ] {
        stale[field as usize] = before[field as usize] == after[field as usize];
    }
    let text = Field::Description as usize;
    stale[text] = before[text] == after[text] && serial::in_text(after[text]).is_some();
    stale
}

/// Whether the record stands elsewhere now.
fn moved(before: &Texts<'_>, after: &Texts<'_>) -> bool {
    [Field::Tag, Field::Location, Field::Plant, Field::Hostname]
        .iter()
        .any(|&field| before[field as usize] != after[field as usize])
}

#[cfg(test)]
mod tests {
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
