//! One new record against all that are there.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::block::{Keys, keys_of};
use super::explain::{Explanation, explain};
use super::model::Model;
use super::plan::Plan;
use super::scorer::Scorer;
use super::table::{RawRecord, Table};
use super::weigh::probability;

/// Records that can be asked "who is this?", and that change one by one.
pub struct Index {
    plan: Plan,
    table: Table,
    scorer: Scorer,
    /// For each blocking rule, the rows of each key.
    postings: Vec<HashMap<u64, Vec<u32>, foldhash::fast::FixedState>>,
    rows: BTreeMap<Box<str>, u32>,
    /// Rows of removed records, to be used again.
    free: Vec<u32>,
}

/// A record that may be the one asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its row.
    pub row: u32,
    /// Its id.
    pub id: String,
    /// Log2 odds.
    pub weight: f64,
    /// The match probability.
    pub probability: f64,
}

impl Index {
    /// An index of all records of a table, by a model that was learnt before.
    pub fn new(mut plan: Plan, mut table: Table, model: &Model) -> Self {
        table.shrink();
        plan.prepare(&table);
        let scorer = Scorer::new(&plan, model);
        let postings = plan.blockings.iter().map(|_| HashMap::default()).collect();
        let rows = (0..table.len() as u32).map(|row| (table.id(row).into(), row)).collect();
        let mut index = Self { plan, table, scorer, postings, rows, free: Vec::new() };
        for row in 0..index.table.len() as u32 {
            index.post(row);
        }
        index
    }

    /// The records.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The row of a record.
    pub fn row(&self, id: &str) -> Option<u32> {
        self.rows.get(id).copied()
    }

    /// Adds a record, or replaces the one with its id. Returns its row.
    pub fn put(&mut self, record: &RawRecord<'_>) -> u32 {
        if let Some(row) = self.row(record.id) {
            self.unpost(row);
            self.table.replace(row, record.id, record.source, &record.values);
            self.plan.extend(&self.table);
            self.post(row);
            return row;
        }
        let row = self.place(record);
        self.rows.insert(record.id.into(), row);
        self.post(row);
        row
    }

    /// Removes a record; `false` when it is not there.
    pub fn remove(&mut self, id: &str) -> bool {
        let Some(row) = self.rows.remove(id) else { return false };
        self.unpost(row);
        self.table.clear(row);
        self.free.push(row);
        true
    }

    /// The records that a new one may be, the likeliest first, at most so many. It is not added.
    pub fn query(&mut self, record: &RawRecord<'_>, most: usize) -> Vec<Candidate> {
        let row = self.place(record);
        let found = self.candidates(row, most);
        self.table.clear(row);
        self.free.push(row);
        found
    }

    /// The other records that a record of the index may be, the likeliest first, at most so many.
    pub fn candidates(&self, row: u32, most: usize) -> Vec<Candidate> {
        let mut rows = Vec::new();
        let mut keys = Keys::default();
        for (blocking, postings) in self.plan.blockings.iter().zip(&self.postings) {
            keys_of(blocking, &self.table, row, &mut keys);
            for posting in keys.found.iter().filter_map(|key| postings.get(key)) {
                if posting.len() <= blocking.settings.max_block {
                    rows.extend_from_slice(posting);
                }
            }
        }
        rows.sort_unstable();
        rows.dedup();
        let mut scored: Vec<(f32, u32)> = rows
            .into_iter()
            .filter(|&other| self.plan.allows(&self.table, row, other))
            .filter_map(|other| {
                let pair = self.scorer.score(&self.plan, &self.table, row, other)?;
                Some((pair.total(), other))
            })
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        scored.truncate(most);
        scored
            .into_iter()
            .map(|(weight, row)| Candidate {
                row,
                id: self.table.id(row).to_owned(),
                weight: f64::from(weight),
                probability: probability(f64::from(weight)),
            })
            .collect()
    }

    /// Why two records of the index have their probability.
    pub fn explain(&self, a: u32, b: u32) -> Explanation {
        explain(&self.plan, &self.table, self.scorer.weights(), (a, b), None)
    }

    /// Puts a record into a free row or a new one.
    fn place(&mut self, record: &RawRecord<'_>) -> u32 {
        let row = match self.free.pop() {
            Some(row) => {
                self.table.replace(row, record.id, record.source, &record.values);
                row
            }
            None => self.table.push(record.id, record.source, &record.values),
        };
        self.plan.extend(&self.table);
        row
    }

    fn post(&mut self, row: u32) {
        let mut keys = Keys::default();
        for (blocking, postings) in self.plan.blockings.iter().zip(&mut self.postings) {
            keys_of(blocking, &self.table, row, &mut keys);
            for &key in &keys.found {
                postings.entry(key).or_default().push(row);
            }
        }
    }

    fn unpost(&mut self, row: u32) {
        let mut keys = Keys::default();
        for (blocking, postings) in self.plan.blockings.iter().zip(&mut self.postings) {
            keys_of(blocking, &self.table, row, &mut keys);
            for key in &keys.found {
                if let Some(posting) = postings.get_mut(key) {
                    posting.retain(|&other| other != row);
                    if posting.is_empty() {
                        postings.remove(key);
                    }
                }
            }
        }
    }
}
