//! One new record against all that are there, at once.
//!
//! Vocabularies, aliases and weights stay as the last run over all records left them; what depends on who else has a serial,
//! an address or an id is kept up to date. Rows of removed records are reclaimed when the index is built anew.

use std::ops::Range;

use hashbrown::HashMap;

use super::super::dictionary::Dictionary;
use super::super::explain::Explanation;
use super::evidence::evidence;
use super::explain::explain;
use super::facts::Facts;
use super::links::{KEPT_MIN, Link, across, capped, inside};
use super::model::{self, Model};
use super::postings::{CrossReferences, Postings};
use super::reader::Reader;
use super::resolve::{Resolution, affinity};
use super::sheet::{Mark, Sheet, Texts};
use super::world::{self, World, is_shared, own_tail};

/// A row that a record may describe the unit of.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The row.
    pub row: u32,
    /// Its record's id inside its source.
    pub id: String,
    /// Its record's source.
    pub source: String,
    /// Its unit.
    pub unit: u32,
    /// The pair: what it says for itself, and the final logit.
    pub link: Link,
}

impl Found {
    /// The probability that both are one unit: at least one half exactly for the unit that the record fits best.
    pub fn probability(&self) -> f64 {
        self.link.probability()
    }
}

/// Records that can be asked "who is this?", and that change one by one.
pub struct AssetIndex {
    sheet: Sheet,
    world: World,
    reader: Reader,
    model: Model,
    /// The unit of each segment.
    units: Vec<u32>,
    /// The rows of each unit that has any.
    members: HashMap<u32, Vec<u32>>,
    /// The next unit's number.
    next_unit: u32,
    postings: Postings,
    references: CrossReferences,
    /// For each source, the rows of each record by its id inside the source.
    records: Vec<HashMap<Box<str>, Range<u32>>>,
    count: usize,
}

impl AssetIndex {
    /// An index of the records of a sheet, by what a run over them found.
    pub fn new(sheet: Sheet, found: Resolution) -> Self {
        let Resolution { model, units, .. } = found;
        let (world, reader) = world::read(&sheet);
        let mut index = Self {
            next_unit: units.iter().max().map_or(0, |unit| unit + 1),
            sheet,
            world,
            reader,
            model,
            units,
            members: HashMap::new(),
            postings: Postings::default(),
            references: CrossReferences::default(),
            records: Vec::new(),
            count: 0,
        };
        let mut from = 0;
        while from < index.sheet.len() as u32 {
            let owner = index.sheet.owner(from as usize);
            let same = |&row: &u32| {
                (row as usize) < index.sheet.len() && index.sheet.owner(row as usize) == owner
            };
            let to = (from + 1..).find(|row| !same(row)).unwrap_or(from + 1);
            index.file(from..to);
            for row in from..to {
                index.join(row);
                index.gather(row);
            }
            from = to;
        }
        index
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many rows it holds, those of removed records too.
    pub fn rows_held(&self) -> usize {
        self.sheet.len()
    }

    /// The latest row of a record.
    pub fn row(&self, source: &str, id: &str) -> Option<u32> {
        self.rows(source, id).map(|rows| rows.end - 1)
    }

    /// The unit of a row.
    pub fn unit(&self, row: u32) -> u32 {
        self.units[self.world.facts[row as usize].segment as usize]
    }

    /// The rows that the record of a row may describe the unit of, the likeliest first, `most` at most.
    pub fn matches(&self, row: u32, most: usize) -> Vec<Found> {
        let mut links = self.weigh(row);
        links.sort_unstable_by(|x, y| y.1.logit.total_cmp(&x.1.logit).then(x.0.cmp(&y.0)));
        links.truncate(most);
        links.into_iter().map(|(row, link)| self.found(row, link)).collect()
    }

    /// The rows that a record may describe the unit of, the likeliest first, `most` at most.
    ///
    /// The index stays as it is. A record with this id that is in the index is left out.
    pub fn query(&mut self, source: &str, id: &str, texts: &Texts<'_>, most: usize) -> Vec<Found> {
        self.ask(source, id, texts, |index, row| index.matches(row, most))
    }

    /// Why the record of a row describes the units of others, at least so probably, or does not; its values are those on
    /// the left.
    pub fn explained(&self, row: u32, least: f64, most: usize) -> Vec<(Found, Explanation)> {
        let found = self.matches(row, most).into_iter();
        let likely = found.filter(|found| found.probability() >= least);
        let explained = likely.map(|found| {
            let rows = (row, found.row);
            let why = explain(&self.world, &self.model, &self.sheet, rows, Some(&found.link));
            (found, why)
        });
        explained.collect()
    }

    /// The raw texts of the latest row of a record, and the day on which they appeared.
    pub fn said(&self, source: &str, id: &str) -> Option<(Texts<'_>, Option<i32>)> {
        let row = self.row(source, id)? as usize;
        Some((self.sheet.texts(row), self.sheet.appeared(row)))
    }

    /// Why a record describes the unit of a row, or does not.
    pub fn explain(&mut self, source: &str, id: &str, texts: &Texts<'_>, row: u32) -> Explanation {
        self.ask(source, id, texts, |index, asked| {
            let link = index.weigh(asked).into_iter().find(|found| found.0 == row);
            let link = link.map(|found| found.1);
            explain(&index.world, &index.model, &index.sheet, (row, asked), link.as_ref())
        })
    }

    /// Adds or replaces a record, with the day (since 1970-01-01) on which it appeared, if that is known; it joins the
    /// unit that it fits best, or is one of its own. Returns its row.
    pub fn put(&mut self, source: &str, id: &str, texts: &Texts<'_>, appeared: Option<i32>) -> u32 {
        let row = match self.rows(source, id) {
            Some(rows) if rows.len() == 1 => {
                self.leave(rows.start);
                self.sheet.replace(rows.start as usize, texts, appeared);
                rows.start
            }
            _ => {
                self.remove(source, id);
                let row = self.sheet.push(id, source, texts);
                appeared.into_iter().for_each(|day| self.sheet.note_appeared(day));
                self.file(row..row + 1);
                row
            }
        };
        self.read(row);
        row
    }

    /// Removes a record. Whether it was there.
    pub fn remove(&mut self, source: &str, id: &str) -> bool {
        let Some(rows) = self.rows(source, id) else { return false };
        self.unfile(&rows);
        rows.for_each(|row| self.leave(row));
        true
    }

    fn rows(&self, source: &str, id: &str) -> Option<Range<u32>> {
        let of_source = self.records.get(self.sheet.find_source(source)? as usize)?;
        let native = id.strip_prefix(source).and_then(|rest| rest.strip_prefix(':')).unwrap_or(id);
        of_source.get(native).cloned()
    }

    fn file(&mut self, rows: Range<u32>) {
        let at = rows.start as usize;
        let source = self.sheet.source(at) as usize;
        if self.records.len() <= source {
            self.records.resize_with(source + 1, HashMap::new);
        }
        let before = self.records[source].insert(self.sheet.native_id(at).into(), rows);
        self.count += usize::from(before.is_none());
    }

    fn unfile(&mut self, rows: &Range<u32>) {
        let at = rows.start as usize;
        self.records[self.sheet.source(at) as usize].remove(self.sheet.native_id(at));
        self.count -= 1;
    }

    /// Lets a record in, asks, and makes everything as it was.
    fn ask<T>(
        &mut self,
        source: &str,
        id: &str,
        texts: &Texts<'_>,
        ask: impl FnOnce(&Self, u32) -> T,
    ) -> T {
        let held = self.rows(source, id).unwrap_or_default();
        held.clone().for_each(|row| self.leave(row));
        let (mark, bounds, next_unit) = (self.sheet.mark(), self.bounds(), self.next_unit);
        let row = self.sheet.push(id, source, texts);
        self.read(row);
        let answer = ask(self, row);
        self.leave(row);
        self.next_unit = next_unit;
        self.rewind(&mark, &bounds);
        held.for_each(|row| self.enter(row));
        answer
    }

    /// Reads a row that is new or has other texts, and lets it in.
    fn read(&mut self, row: u32) {
        let (sheet, at) = (&self.sheet, row as usize);
        self.reader.extend(sheet, &mut self.world);
        self.world.serials.extend(sheet, &self.reader.descriptions);
        self.world.talk.extend(&self.reader.descriptions);
        self.reader.places.extend(sheet);
        self.reader.references.extend(sheet);
        self.tally(row, true);
        let mut fact = self.reader.facts(&self.sheet, &self.world.serials, at);
        let said = self.reader.descriptions.at(&self.sheet, at);
        fact.kind = self.reader.kinds.of(&self.sheet, at, &fact, said, &self.world.tags);
        self.judge(fact.mac, Some(&fact));
        own_tail(&mut fact, &self.world.shared_macs);
        if at == self.world.facts.len() {
            self.world.facts.push(fact);
            self.world.segment_rows.push(row + 1);
            self.units.push(u32::MAX);
        } else {
            self.world.facts[at] = fact;
        }
        self.join(row);
        let unit = self.fitting(row).unwrap_or(self.next_unit);
        self.next_unit = self.next_unit.max(unit + 1);
        self.units[fact.segment as usize] = unit;
        self.gather(row);
    }

    /// Lets a row in again that had left.
    fn enter(&mut self, row: u32) {
        let fact = self.world.facts[row as usize];
        self.tally(row, true);
        self.judge(fact.mac, Some(&fact));
        self.join(row);
        self.gather(row);
    }

    fn join(&mut self, row: u32) {
        self.postings.post(&self.world, row);
        self.references.enter(&self.sheet, &mut self.world, &self.reader.references, row);
    }

    /// Adds a row to the members of its unit, which stay in order.
    fn gather(&mut self, row: u32) {
        let rows = self.members.entry(self.unit(row)).or_default();
        rows.insert(rows.partition_point(|&other| other < row), row);
    }

    /// Lets a row go; its facts stay where they are.
    fn leave(&mut self, row: u32) {
        let fact = self.world.facts[row as usize];
        self.postings.withdraw(&self.world, row);
        self.references.leave(&self.sheet, &mut self.world, &self.reader.references, row);
        let unit = self.unit(row);
        if let Some(rows) = self.members.get_mut(&unit) {
            rows.retain(|&other| other != row);
            if rows.is_empty() {
                self.members.remove(&unit);
            }
        }
        self.tally(row, false);
        self.judge(fact.mac, None);
    }

    /// Counts a record's serial and address, or takes that back; each once, however many rows the record has.
    fn tally(&mut self, row: u32, up: bool) {
        let (sheet, at) = (&self.sheet, row as usize);
        let earlier = || (0..at).rev().take_while(|&other| sheet.owner(other) == sheet.owner(at));
        let add = |count: &mut u32| *count = if up { *count + 1 } else { count.saturating_sub(1) };
        let serials = &self.world.serials;
        let serial = serials.said(sheet, at).1;
        if earlier().all(|other| serials.said(sheet, other).1 != serial) {
            add(&mut self.world.serials.counts[serial as usize]);
        }
        let mac = self.reader.macs.of(sheet, at);
        if mac != 0 && earlier().all(|other| self.reader.macs.of(sheet, other) != mac) {
            add(self.world.mac_counts.entry(mac).or_default());
        }
    }

    /// Tells anew whether unlike things share an address: those that are here, and one that comes.
    fn judge(&mut self, mac: u64, coming: Option<&Facts>) {
        if mac == 0 {
            return;
        }
        let all = self.postings.with_mac(&self.world, mac).chain(coming);
        if is_shared(all) {
            self.world.shared_macs.insert(mac);
        } else {
            self.world.shared_macs.remove(&mac);
        }
    }

    /// Everything that grows with new texts.
    fn dictionaries(&mut self) -> [&mut Dictionary; 10] {
        let (world, reader) = (&mut self.world, &mut self.reader);
        [
            &mut world.serials.canonical,
            &mut world.serials.folded,
            &mut world.tags,
            &mut world.hosts,
            &mut world.makers,
            &mut world.models,
            &mut world.talk.vocabulary,
            &mut reader.uuids.numbers,
            &mut reader.places.names,
            &mut reader.places.sites.names,
        ]
    }

    fn bounds(&mut self) -> [usize; 10] {
        self.dictionaries().map(|dictionary| dictionary.id_bound())
    }

    /// Forgets the last row and all that came with it.
    fn rewind(&mut self, mark: &Mark, bounds: &[usize; 10]) {
        self.world.facts.pop();
        self.world.segment_rows.pop();
        self.units.pop();
        self.sheet.rewind(mark);
        for (dictionary, &bound) in self.dictionaries().into_iter().zip(bounds) {
            dictionary.truncate(bound);
        }
        self.world.serials.rewind(&self.sheet);
        self.world.talk.rewind(&self.sheet);
        self.reader.makers.truncate(self.world.makers.id_bound());
        self.reader.models.truncate(self.world.models.id_bound());
        self.reader.rewind(&self.sheet);
    }
}

/// How rows are weighed.
impl AssetIndex {
    /// The rows that share a key with a row, in their order, and what each pair says for itself.
    fn candidates(&self, row: u32) -> Vec<(u32, f32)> {
        let mut found = Vec::new();
        self.postings.sharing(&self.world, row, &mut found);
        self.references.sharing(&self.sheet, &self.world, row, &mut found);
        found.sort_unstable();
        found.dedup();
        found
            .into_iter()
            .map(|other| {
                let rows = (row.min(other), row.max(other));
                (other, model::logit(&self.world, &self.model, rows))
            })
            .collect()
    }

    /// The logit of two rows of one unit, whatever speaks against it.
    fn inside(&self, a: u32, b: u32) -> f32 {
        self.model.logit(&evidence(&self.world, a.min(b), a.max(b)))
    }

    /// The unit that a row fits best, by the mean of its segments; none that a contradiction parts it from.
    fn fitting(&self, row: u32) -> Option<u32> {
        let candidates = self.candidates(row);
        let drawn = candidates.into_iter().filter(|&(_, logit)| logit >= 0.0);
        let mut units: Vec<u32> = drawn.map(|(other, _)| self.unit(other)).collect();
        units.sort_unstable();
        units.dedup();
        let own = self.world.facts[row as usize].segment;
        let mean = |unit: u32| {
            let rows = self.members.get(&unit)?;
            let mut segments: Vec<u32> =
                rows.iter().map(|&row| self.world.facts[row as usize].segment).collect();
            segments.dedup();
            let sum: f32 = segments
                .iter()
                .map(|&segment| affinity(&self.world, &self.model, own, segment))
                .sum();
            Some((sum / segments.len() as f32, unit))
        };
        units
            .into_iter()
            .filter_map(mean)
            .filter(|found| found.0 > 0.0)
            .max_by(|x, y| x.0.total_cmp(&y.0))
            .map(|found| found.1)
    }

    /// The pairs of a row, weighed as [`super::links`] does.
    fn weigh(&self, row: u32) -> Vec<(u32, Link)> {
        let unit = self.unit(row);
        let pair = |other: u32, own: f32, logit: f32| {
            (other, Link { a: row.min(other), b: row.max(other), own, logit })
        };
        let candidates = self.candidates(row);
        let apart = |other: u32| self.unit(other) != unit;
        let strongest = |found: &[(u32, f32)]| {
            let apart = found.iter().filter(|found| apart(found.0));
            apart.map(|found| found.1).fold(f32::NEG_INFINITY, f32::max)
        };
        let (support, rival) = (self.support(row), strongest(&candidates));
        let mut links = Vec::new();
        for mate in self.mates(row) {
            let rivals = rival.max(strongest(&self.candidates(mate)));
            let own = self.inside(row, mate);
            let support = support.min(self.support(mate));
            links.push(pair(mate, own, inside(own, support, rivals)));
        }
        let kept = candidates.iter().filter(|&&(other, own)| own >= KEPT_MIN && apart(other));
        links.extend(
            kept.map(|&(other, own)| {
                pair(other, own, across(own, support.max(self.support(other))))
            }),
        );
        links
    }

    /// The rows of other records in a row's unit.
    fn mates(&self, row: u32) -> impl Iterator<Item = u32> {
        let owner = |row: u32| self.world.facts[row as usize].owner;
        let rows = self.members.get(&self.unit(row)).map_or(&[][..], |rows| rows);
        rows.iter().copied().filter(move |&other| owner(other) != owner(row))
    }

    /// The mean logit of a row to the others of its unit; who says next to nothing has no voice.
    fn support(&self, row: u32) -> f32 {
        let count = self.members.get(&self.unit(row)).map_or(0, Vec::len);
        if count < 2 {
            return f32::NEG_INFINITY;
        }
        let (mut sum, mut voices) = (0.0, (count - 1) as f32);
        for mate in self.mates(row) {
            let seen = evidence(&self.world, row.min(mate), row.max(mate));
            match seen.is_unnamed() {
                true => voices -= 1.0,
                false => sum += capped(self.model.logit(&seen)),
            }
        }
        sum / voices.max(1.0)
    }

    fn found(&self, row: u32, link: Link) -> Found {
        let at = row as usize;
        Found {
            row,
            id: self.sheet.native_id(at).to_owned(),
            source: self.sheet.source_name(at).to_owned(),
            unit: self.unit(row),
            link,
        }
    }
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
