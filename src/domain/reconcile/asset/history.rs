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

/// What each id of a feed meant, when; in the order of the ids' first events, then of time.
pub fn follow(events: &[Event]) -> (Vec<Meaning>, Resolution) {
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
    pasts
        .iter()
        .filter_map(|past| past.versions.first())
        .for_each(|version| first[version.from] = true);
    let meanings = spans
        .iter()
        .zip(&found.units)
        .map(|(&(from, to), &unit)| Meaning { first: first[from], from, to, unit })
        .collect();
    (joined(meanings, events), found)
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
