//! What must be known of a source's files as a whole before a single row can be judged: which keys
//! stand twice, which parents run in a circle, which change follows which, what rows tell of further
//! things, and the tables that others look things up in. The first reading collects it; later readings follow it.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use parking_lot::Mutex;

use super::circles::{Circles, Edge};
use super::events::Events;
use super::library::Library;
use super::seconds::Seconds;
use super::statement::{Reference, Statement};
use crate::domain::id::{ExternalId, abridged};
use crate::domain::time::Interval;
use crate::sources::limits::KEYS_REMEMBERED_MAX;
use crate::sources::problem::{Kind, Problem};
use crate::sources::rows::Row;

/// A row: the number of its file among the source's, and its own in it.
pub type RowId = (u32, u64);

/// What is known of one source's files.
#[derive(Default)]
pub struct Known(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    is_settled: bool,
    /// When which rows said something of a key.
    keys: HashMap<u128, Vec<Said>>,
    /// When things of which several rows speak are there without a gap.
    spans: HashMap<u128, Vec<Interval>>,
    /// Rows that do not count.
    refused: HashSet<RowId>,
    circles: Circles,
    events: Events,
    seconds: Seconds,
    library: Library,
}

struct Said {
    valid: Interval,
    line: u64,
    file: u32,
    /// What it said, to tell whether two rows say the same.
    sum: u64,
}

impl Known {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what a row looks up in other tables; answers `None` for a row that is only looked up.
    pub fn looked_up(&self, row: Row) -> Option<Row> {
        self.0.lock().library.looked_up(row)
    }

    /// Judges a statement: what is left of it, or why it does not count. Later readings learn
    /// nothing new, so the problem is none that they tell.
    ///
    /// # Errors
    /// Why it does not count.
    pub fn judge(&self, row: RowId, statement: Statement) -> Result<Option<Statement>, Problem> {
        let mut inner = self.0.lock();
        if inner.is_settled {
            return Ok(inner.follow(row, statement));
        }
        match (statement.second, statement.event) {
            (Some(second), _) if !inner.seconds.add(row, second, &statement) => {
                return Ok(Some(statement));
            }
            (Some(_), _) => {}
            (None, Some(event)) => {
                inner.events.add(sum_of(&statement.record.key), event, row);
                return Ok(Some(statement));
            }
            (None, None) => inner.admit(row, &statement)?,
        }
        let origin = &statement.origin;
        for (number, reference) in parents(&statement) {
            let ends = (&statement.record.key, &reference.other);
            let reference = (row, statement.second, number);
            inner.circles.add(ends, statement.record.valid, reference, origin);
        }
        Ok(Some(statement))
    }

    /// Ends the first reading; answers what only the whole could tell.
    pub fn settle(&self) -> Vec<Problem> {
        let mut inner = self.0.lock();
        inner.is_settled = true;
        let keys = std::mem::take(&mut inner.keys);
        let several = keys.into_iter().filter(|(_, said)| said.len() > 1);
        let held = |said: Vec<Said>| joined(said.into_iter().map(|said| said.valid).collect());
        inner.spans = several.map(|(key, said)| (key, held(said))).collect();
        let spans = inner.events.settle();
        inner.spans.extend(spans);
        let circles = inner.circles.settle().into_iter().map(|edge| edge_problem(&edge));
        let mut problems: Vec<Problem> = circles.collect();
        problems.extend(inner.seconds.settle());
        problems
    }
}

impl Inner {
    fn follow(&self, row: RowId, mut statement: Statement) -> Option<Statement> {
        if let Some(second) = statement.second {
            statement.record.valid = self.seconds.holds(row, second)?;
        } else if self.refused.contains(&row) {
            return None;
        } else if let Some(event) = statement.event {
            let valid = self.events.interval(row, event)?;
            if event.gone {
                statement.gone = Some(valid);
            } else {
                statement.record.valid = valid;
            }
        }
        if statement.second.is_none() {
            self.place(&mut statement);
        }
        let numbers: Vec<usize> = parents(&statement).map(|(number, _)| number).collect();
        for number in numbers.into_iter().rev() {
            if self.circles.holds((row, statement.second, number)) {
                statement.references.remove(number);
            }
        }
        Some(statement)
    }

    /// Tells what a statement cannot know of the other rows of its key.
    fn place(&self, statement: &mut Statement) {
        let valid = statement.record.valid;
        statement.span = valid;
        let Some(spans) = self.spans.get(&sum_of(&statement.record.key)) else {
            return;
        };
        if let Some(span) = spans.iter().find(|span| span.covers(&valid)) {
            statement.span = *span;
        }
        // What was gone may come again.
        if let Some(gone) = &mut statement.gone
            && let Some(again) = spans.iter().map(|span| span.from).find(|from| *from >= gone.from)
            && let Some(until) = Interval::new(gone.from, gone.to.min(again))
        {
            *gone = until;
        }
    }

    /// The first row of a key counts, as long as it holds.
    fn admit(&mut self, row: RowId, statement: &Statement) -> Result<(), Problem> {
        let record = &statement.record;
        let key = sum_of(&record.key);
        if self.keys.len() >= KEYS_REMEMBERED_MAX && !self.keys.contains_key(&key) {
            return Ok(());
        }
        let sum = content_sum(statement);
        let said = self.keys.entry(key).or_default();
        let Some(before) = said.iter().find(|said| said.valid.overlaps(&record.valid)) else {
            let (file, line) = (row.0, statement.origin.line);
            said.push(Said { valid: record.valid, line, file, sum });
            return Ok(());
        };
        self.refused.insert(row);
        let place = match before.file == row.0 {
            true => format!("row {}", before.line),
            false => format!("row {} of another file of this source", before.line),
        };
        let id = abridged(&record.key.id);
        let origin = statement.origin.clone();
        if before.sum == sum {
            let message = format!("`{id}` stands in {place} already, with the same words");
            return Err(Problem::note(origin, "DUPLICATE_KEY", message));
        }
        let message = format!(
            "`{id}` stands in {place} already, with other words; that one counts, this one does not: correct the key, or remove one of the two"
        );
        Err(Problem::error(origin, "DUPLICATE_KEY", message).about(Kind::Record))
    }
}

/// The intervals in order, those that touch as one.
pub(super) fn joined(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.sort_by_key(|interval| interval.from);
    let mut joined: Vec<Interval> = Vec::new();
    for interval in intervals {
        match joined.last_mut() {
            Some(last) if last.to >= interval.from => last.to = last.to.max(interval.to),
            Some(_) | None => joined.push(interval),
        }
    }
    joined
}

fn parents(statement: &Statement) -> impl Iterator<Item = (usize, &Reference)> {
    statement.references.iter().enumerate().filter(|(_, reference)| reference.is_parent)
}

fn edge_problem(edge: &Edge) -> Problem {
    let message =
        format!("the parents run in a circle: {}; this one was not made", edge.circle.join(" → "));
    Problem::error(edge.origin.clone(), "PARENT_CIRCLE", message)
}

/// Two 64-bit sums: that two keys have the same is no matter of chance.
pub(super) fn sum_of(key: &ExternalId) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, key).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    (half(0) << 64) | half(1)
}

fn content_sum(statement: &Statement) -> u64 {
    let mut hasher = DefaultHasher::new();
    statement.record.valid.hash(&mut hasher);
    for (name, value) in &statement.record.attributes {
        name.hash(&mut hasher);
        match value {
            serde_json::Value::String(text) => text.hash(&mut hasher),
            value => value.to_string().hash(&mut hasher),
        }
    }
    hasher.finish()
}
