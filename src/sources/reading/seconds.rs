//! Further things that rows tell of, such as places of machines. Many rows may tell of one: where they say the same it is
//! told once, from the first on; where they differ one after the other each counts from its moment on, and where they
//! differ at the same time the first counts.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::known::{RowId, sum_of};
use super::statement::Statement;
use crate::domain::id::{ExternalId, abridged};
use crate::domain::time::{Interval, Timestamp};
use crate::sources::limits::KEYS_REMEMBERED_MAX;
use crate::sources::problem::{Origin, Problem};

/// What a row says of a further thing: the row, and the number of the thing among the table's.
type Saying = (RowId, usize);

/// All that a source's files tell of further things.
#[derive(Default)]
pub struct Seconds {
    by_key: HashMap<u128, Vec<Said>>,
    count: usize,
    /// When what is said holds; what is not in it does not count.
    holds: HashMap<Saying, Interval>,
}

struct Said {
    id: ExternalId,
    from: Timestamp,
    /// Until when its row says so; a change is of a moment.
    until: Timestamp,
    saying: Saying,
    /// The name of everything that it says, and a sum of what.
    words: Vec<(Arc<str>, u64)>,
    origin: Origin,
}

impl Seconds {
    /// Takes up what a row says; answers whether it is new.
    pub fn add(&mut self, row: RowId, second: usize, statement: &Statement) -> bool {
        let Interval { from, to } = statement.record.valid;
        let until = if statement.event.is_some() { from } else { to };
        let (saying, words) = ((row, second), words(statement));
        if self.count >= KEYS_REMEMBERED_MAX {
            self.holds.insert(saying, Interval::since(from));
            return true;
        }
        let id = statement.record.key.clone();
        let held = self.by_key.entry(sum_of(&id)).or_default();
        let is_old = |said: &Said| said.from <= from && said.until >= until && said.words == words;
        if held.iter().any(is_old) {
            return false;
        }
        self.count += 1;
        held.push(Said { id, from, until, saying, words, origin: statement.origin.clone() });
        true
    }

    /// Puts everything in order; answers where rows contradict each other.
    pub fn settle(&mut self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (_, mut said) in std::mem::take(&mut self.by_key) {
            // Of one moment, what says more goes first.
            said.sort_by_key(|s| (s.from, std::cmp::Reverse(s.words.len()), s.saying));
            self.in_order(&said, &mut problems);
        }
        problems
            .sort_by(|a, b| (&a.origin.file, a.origin.line).cmp(&(&b.origin.file, b.origin.line)));
        problems
    }

    fn in_order(&mut self, said: &[Said], problems: &mut Vec<Problem>) {
        // What counts, since when, and until when its rows say so.
        let mut held: Option<(&Said, Timestamp, Timestamp)> = None;
        for next in said {
            let Some((now, _, until)) = &mut held else {
                held = Some((next, next.from, next.until));
                continue;
            };
            if now.words == next.words {
                *until = next.until.max(*until);
                continue;
            }
            let mut from = next.from;
            if next.from < *until && !now.is_part_of(next) {
                if next.is_part_of(now) {
                    continue;
                }
                problems.push(next.contradicts(now));
                if next.until <= *until {
                    continue;
                }
                from = *until;
            }
            self.end(held, from);
            held = Some((next, from, next.until));
        }
        self.end(held, Timestamp::MAX);
    }

    fn end(&mut self, held: Option<(&Said, Timestamp, Timestamp)>, to: Timestamp) {
        let Some((said, from, _)) = held else { return };
        let holds = Interval::new(from, to).map(|valid| (said.saying, valid));
        self.holds.extend(holds);
    }

    /// When what a row says holds; none where another row says it, or it does not count.
    pub fn holds(&self, row: RowId, second: usize) -> Option<Interval> {
        self.holds.get(&(row, second)).copied()
    }
}

impl Said {
    fn is_part_of(&self, other: &Said) -> bool {
        self.words.iter().all(|word| other.words.contains(word))
    }

    fn contradicts(&self, first: &Said) -> Problem {
        let differ = self.words.iter().filter(|word| !first.words.contains(word));
        let mut names: Vec<String> = differ.map(|(name, _)| format!("`{name}`")).collect();
        names.dedup();
        let file = match first.origin.file == self.origin.file {
            true => String::new(),
            false => format!(" of {}", first.origin.file),
        };
        let message = format!(
            "`{}` is told of in row {}{file} already, where it has not this {}; that row counts: correct one of the two",
            abridged(&self.id.id),
            first.origin.line,
            names.join(", ")
        );
        Problem::note(self.origin.clone(), "TOLD_OTHERWISE", message)
    }
}

/// All that a statement says of its thing, in order of the names.
fn words(statement: &Statement) -> Vec<(Arc<str>, u64)> {
    let record = &statement.record;
    let word = |name: &Arc<str>, text: &str| {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        (name.clone(), hasher.finish())
    };
    let mut words = vec![word(&"kind".into(), &record.kind)];
    words.extend(record.model.as_ref().map(|model| word(&"model".into(), model.as_str())));
    words.extend(record.claims.iter().map(|(path, value)| word(path, &value.to_string())));
    words.extend(record.identity.iter().map(|(name, text)| word(name, text)));
    words.extend(statement.ids.iter().map(|id| word(&id.system, &id.to_string())));
    words.extend(statement.references.iter().map(|r| word(&r.name, &r.other.to_string())));
    words.sort();
    words.dedup();
    words
}
