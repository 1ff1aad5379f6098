//! The versions of one record: from its changes to rows and segments.

use super::super::normalise::asset::{day, serial};
use super::super::succession::changed_meaning;
use super::history::Event;
use super::resolve::Seam;
use super::sheet::{FIELDS, Field, Sheet, Texts};
use super::touch::{Touch, is_touch};

/// Seams at or above this probability of a swap, in logits, part two units for sure; below its negative there is no seam.
const SURE: f32 = 3.0;
/// From this seam on, what did not change may still be the old unit's.
const STALE_MIN: f32 = -1.5;
/// An update that tells nothing of a swap, at a place that another thing came to just then, in logits of a swap.
const TOUCHED: f32 = 0.0;
/// How sure a seam can be at most.
const SEAM_MAX: f32 = 8.0;

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
    /// Updates that left its meaning: the one before each, and itself.
    touched: Vec<(usize, usize)>,
}

impl Version {
    /// One that begins with an event.
    fn begun(event: usize, seam: Option<f32>) -> Self {
        Self { from: event, latest: event, seam, to: None, touched: Vec::new() }
    }
}

/// All versions of one record.
#[derive(Default)]
pub struct Past {
    versions: Vec<Version>,
}

impl Past {
    /// Takes the next event of the record, by its number.
    pub fn take(&mut self, events: &[Event], number: usize) {
        let Some(after) = &events[number].texts else {
            if let Some(last) = self.versions.last_mut().filter(|last| last.to.is_none()) {
                last.to = Some(number);
            }
            return;
        };
        let Some(last) = self.versions.last_mut() else {
            self.versions.push(Version::begun(number, None));
            return;
        };
        let before = events[last.latest].texts.as_ref();
        let back = last.to.is_some();
        let (before, after) = (view(before), view(Some(after)));
        let swap = changed_meaning(&before, &after).logit;
        if swap > -SURE || back {
            last.to.get_or_insert(number);
            self.versions.push(Version::begun(number, Some(swap)));
        } else if moved(&before, &after) {
            last.to = Some(number);
            self.versions.push(Version::begun(number, None));
        } else {
            if is_touch(&before, &after) {
                last.touched.push((last.latest, number));
            }
            last.latest = number;
        }
    }

    /// The event with which it began.
    pub fn begun(&self) -> Option<usize> {
        self.versions.first().map(|version| version.from)
    }

    /// What was touched; the first version is in `row`.
    pub fn touches(&self, events: &[Event], row: u32) -> Vec<Touch> {
        let texts = |event: usize| view(events[event].texts.as_ref());
        let doubted = self.versions.windows(2).map(|pair| {
            let doubt = pair[1].seam.is_some_and(|swap| swap < TOUCHED);
            let touch = (pair[0].latest, pair[1].from);
            (doubt && is_touch(&texts(touch.0), &texts(touch.1))).then_some(touch)
        });
        let ends = doubted.chain(std::iter::once(None));
        (row..)
            .zip(self.versions.iter().zip(ends))
            .flat_map(|(row, (version, end))| {
                version.touched.iter().copied().chain(end).map(move |touch| (row, touch))
            })
            .filter_map(|(row, (before, event))| {
                let [x, y] = [before, event].map(|event| texts(event)[Field::Updated as usize]);
                let told = day::parse(&events[event].at)?;
                Some(Touch { row, event, told, dated: day::parse(y).filter(|_| x != y) })
            })
            .collect()
    }

    /// Lets another version begin with an update that touched one, as likely as not about another unit.
    pub fn split(&mut self, event: usize) {
        let mut begun = self.versions.iter_mut().filter(|version| version.from == event);
        if let Some(version) = begun.next() {
            version.seam = Some(TOUCHED);
            return;
        }
        let found = self.versions.iter().enumerate().find_map(|(at, version)| {
            version.touched.iter().find(|touch| touch.1 == event).map(|touch| (at, touch.0))
        });
        let Some((at, before)) = found else { return };
        let version = &mut self.versions[at];
        let later = Version {
            latest: std::mem::replace(&mut version.latest, before),
            to: version.to.replace(event),
            ..Version::begun(event, Some(TOUCHED))
        };
        self.versions.insert(at + 1, later);
    }

    /// Writes its rows, the seams between its segments, and the events between which each segment held.
    pub fn write(
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
            // A later edit is no beginning.
            texts[Field::Updated as usize] =
                view(events[version.from].texts.as_ref())[Field::Updated as usize];
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
    let kept = before[text] == after[text];
    stale[text] = kept && serial::in_text(after[text]).is_some();
    // Where nobody typed the row anew, what it says of the kind of thing may be old as well.
    let named = [Field::Serial, Field::Mac].iter().any(|&field| {
        !after[field as usize].is_empty() && before[field as usize] != after[field as usize]
    });
    for field in [Field::Manufacturer, Field::Model] {
        let same = before[field as usize] == after[field as usize];
        stale[field as usize] = !named && kept && !after[text].is_empty() && same;
    }
    stale
}

/// Whether the record stands elsewhere now.
fn moved(before: &Texts<'_>, after: &Texts<'_>) -> bool {
    [Field::Tag, Field::Location, Field::Plant, Field::Hostname]
        .iter()
        .any(|&field| before[field as usize] != after[field as usize])
}
