//! Blocking: which pairs are looked at. Each pair once, whatever number of rules finds it.

use std::hint::black_box;

use rayon::prelude::*;

use super::dictionary::hash_text;
use super::plan::{Blocking, Plan};
use super::table::Table;

/// Most keys of one record under one rule (a conjunction of several multi-valued keys multiplies).
const KEYS_PER_RECORD_MAX: usize = 64;

/// About so many pairs are one task.
const TASK_PAIRS: u64 = 1 << 15;

/// So many rows are brought into the caches at once: what is kept of them fits there beside all else.
const TOUCHED_ROWS: u32 = 256;

/// Numbers of blocks in a line of the cache.
const BLOCKS_PER_LINE: usize = 64 / size_of::<u32>();

/// "In no block".
const NOWHERE: u32 = u32::MAX;

/// The blocks of all rules.
pub struct Blocks {
    rules: Vec<RuleBlocks>,
    /// Row by row, the block under each rule that has at most one for each record; what a pair has in
    /// common under all earlier rules then stands in two lines of the cache.
    singles: Vec<u32>,
    /// How many such rules there are.
    width: usize,
}

/// The blocks of one rule.
struct RuleBlocks {
    /// Block `i` has `rows[starts[i]..starts[i + 1]]`.
    starts: Vec<u32>,
    rows: Vec<u32>,
    of_rows: RowBlocks,
    report: BlockReport,
}

/// The blocks that each row is in.
enum RowBlocks {
    /// At most one: this column of the matrix.
    One(usize),
    /// Some are in several.
    Many(Memberships),
}

/// Row `r` is in `blocks[starts[r]..starts[r + 1]]`, sorted.
struct Memberships {
    starts: Vec<u32>,
    blocks: Vec<u32>,
}

/// What a blocking rule found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlockReport {
    /// The rule in words.
    pub rule: String,
    /// Blocks with at least two records.
    pub blocks: usize,
    /// Pairs in them; pairs of earlier rules are counted again.
    pub pairs: u64,
    /// Blocks that were skipped because they were too large.
    pub oversized: usize,
    /// Records in skipped blocks.
    pub oversized_records: u64,
}

/// A run of blocks of one rule, with about equally many pairs in each task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    rule: u32,
    first: u32,
    end: u32,
}

impl Blocks {
    /// The blocks of all blocking rules of the plan, whose keys must be prepared for the table.
    pub fn new(plan: &Plan, table: &Table) -> Self {
        let rules = plan.blockings.len();
        let found: Vec<FoundBlocks> =
            plan.blockings.par_iter().map(|blocking| rule_blocks(blocking, table, rules)).collect();
        let (mut rules, mut columns) = (Vec::with_capacity(found.len()), Vec::new());
        for FoundBlocks { starts, rows, of_rows, report } in found {
            let of_rows = match of_rows {
                Ok(column) => {
                    columns.push(column);
                    RowBlocks::One(columns.len() - 1)
                }
                Err(memberships) => RowBlocks::Many(memberships),
            };
            rules.push(RuleBlocks { starts, rows, of_rows, report });
        }
        let width = columns.len();
        let mut singles = vec![NOWHERE; width * table.len()];
        singles.par_chunks_mut(width.max(1)).enumerate().for_each(|(row, blocks)| {
            blocks.iter_mut().zip(&columns).for_each(|(block, column)| *block = column[row]);
        });
        Self { rules, singles, width }
    }

    /// The first block that two rows have in common under a rule.
    #[inline]
    fn first_common(&self, rule: &RuleBlocks, a: u32, b: u32) -> Option<u32> {
        match &rule.of_rows {
            RowBlocks::One(column) => {
                let block = self.singles[a as usize * self.width + column];
                let other = self.singles[b as usize * self.width + column];
                (block != NOWHERE && block == other).then_some(block)
            }
            RowBlocks::Many(Memberships { starts, blocks }) => {
                let of = |row: u32| {
                    &blocks[starts[row as usize] as usize..starts[row as usize + 1] as usize]
                };
                first_common(of(a), of(b))
            }
        }
    }

    /// What each rule found, in the order of the settings.
    pub fn reports(&self) -> Vec<BlockReport> {
        self.rules.iter().map(|rule| rule.report.clone()).collect()
    }

    /// All tasks, in a fixed order.
    pub fn tasks(&self) -> Vec<Task> {
        (0..self.rules.len()).flat_map(|rule| self.tasks_of(rule)).collect()
    }

    fn tasks_of(&self, rule: usize) -> Vec<Task> {
        let starts = &self.rules[rule].starts;
        let (mut tasks, mut first, mut pairs) = (Vec::new(), 0, 0_u64);
        for block in 0..starts.len() - 1 {
            let size = u64::from(starts[block + 1] - starts[block]);
            pairs += size * (size - 1) / 2;
            if pairs >= TASK_PAIRS || block + 2 == starts.len() {
                let end = block as u32 + 1;
                tasks.push(Task { rule: rule as u32, first, end });
                (first, pairs) = (end, 0);
            }
        }
        tasks
    }

    /// Calls back for each allowed pair (the lower row first) that no earlier task has.
    pub fn each_new_pair(
        &self,
        plan: &Plan,
        table: &Table,
        task: Task,
        mut each: impl FnMut(u32, u32),
    ) {
        let (earlier, own) = self.rules.split_at(task.rule as usize);
        let own = &own[0];
        let mut touched = task.first;
        for block in task.first..task.end {
            if block == touched {
                touched = self.touch(own, table, block, task.end);
            }
            own.each_pair(block, plan, table, |a, b| {
                if self.first_common(own, a, b) == Some(block)
                    && !earlier.iter().any(|rule| self.first_common(rule, a, b).is_some())
                {
                    each(a, b);
                }
            });
        }
    }

    /// Brings the rows of the next blocks into the caches; the block after them.
    fn touch(&self, rule: &RuleBlocks, table: &Table, first: u32, end: u32) -> u32 {
        let from = rule.starts[first as usize];
        let fits = |block: &u32| rule.starts[*block as usize + 1] - from <= TOUCHED_ROWS;
        let next = (first + 1..end).take_while(fits).last().unwrap_or(first) + 1;
        let rows = &rule.rows[from as usize..rule.starts[next as usize] as usize];
        let mut sum = 0;
        for &row in rows {
            sum ^= table.touch(row) ^ self.touch_row(row);
        }
        black_box(sum);
        next
    }

    #[inline]
    fn touch_row(&self, row: u32) -> u32 {
        let start = row as usize * self.width;
        let blocks = &self.singles[start..start + self.width];
        let mut sum = blocks.last().copied().unwrap_or(0);
        for line in blocks.chunks(BLOCKS_PER_LINE) {
            sum ^= line[0];
        }
        sum
    }

    /// Up to `most` allowed pairs of a rule, also those that other rules have: whole blocks, picked
    /// evenly by a hash of their number.
    pub fn sample(
        &self,
        plan: &Plan,
        table: &Table,
        rule: usize,
        most: usize,
        seed: u64,
    ) -> Vec<(u32, u32)> {
        let own = &self.rules[rule];
        let mut order: Vec<u32> = (0..own.starts.len() as u32 - 1).collect();
        if own.report.pairs > most as u64 {
            order.sort_by_key(|&block| (mix(seed ^ u64::from(block)), block));
        }
        let mut pairs = Vec::new();
        for block in order {
            if pairs.len() >= most {
                break;
            }
            own.each_pair(block, plan, table, |a, b| {
                if self.first_common(own, a, b) == Some(block) {
                    pairs.push((a, b));
                }
            });
        }
        pairs.truncate(most);
        pairs
    }
}

impl RuleBlocks {
    fn each_pair(&self, block: u32, plan: &Plan, table: &Table, mut each: impl FnMut(u32, u32)) {
        let block = block as usize;
        let rows = &self.rows[self.starts[block] as usize..self.starts[block + 1] as usize];
        for (index, &a) in rows.iter().enumerate() {
            for &b in &rows[index + 1..] {
                if plan.allows(table, a, b) {
                    each(a, b);
                }
            }
        }
    }
}

/// The first number that two sorted runs have in common.
fn first_common(a: &[u32], b: &[u32]) -> Option<u32> {
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => return Some(a[i]),
        }
    }
    None
}

/// Room for the hashes of one record's keys, used again for the next.
#[derive(Default)]
pub(super) struct Keys {
    /// Of the conjunctions, each once.
    pub found: Vec<u64>,
    part: Vec<u64>,
    before: Vec<u64>,
}

/// Finds the hashes of a record's conjunctions of keys.
pub(super) fn keys_of(blocking: &Blocking, table: &Table, row: u32, keys: &mut Keys) {
    let Keys { found, part, before } = keys;
    found.clear();
    for (index, key) in blocking.keys.iter().enumerate() {
        if index == 0 {
            key.keys(table, row, found);
        } else {
            part.clear();
            key.keys(table, row, part);
            std::mem::swap(before, found);
            found.clear();
            found.extend(before.iter().flat_map(|&x| part.iter().map(move |&y| mix(x ^ mix(y)))));
        }
        found.truncate(KEYS_PER_RECORD_MAX);
        if found.is_empty() {
            return;
        }
    }
    found.sort_unstable();
    found.dedup();
}

/// Spreads the bits of a number (the finaliser of SplitMix64).
pub(super) fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The blocks of one rule, as long as the columns of all rules are not yet put together.
struct FoundBlocks {
    starts: Vec<u32>,
    rows: Vec<u32>,
    /// The block of each row, when none is in several.
    of_rows: Result<Vec<u32>, Memberships>,
    report: BlockReport,
}

/// The blocks of one of so many rules. Each record's keys under it are in memory at once, 16 bytes each.
fn rule_blocks(blocking: &Blocking, table: &Table, rules: usize) -> FoundBlocks {
    let (mut entries, mut keys) = (Vec::new(), Keys::default());
    for row in 0..table.len() as u32 {
        keys_of(blocking, table, row, &mut keys);
        entries.extend(keys.found.iter().map(|&key| (key, row)));
    }
    // Alone, a rule would leave the other cores idle; several are made side by side.
    if rayon::current_num_threads() > rules {
        entries.par_sort_unstable();
    } else {
        entries.sort_unstable();
    }
    let mut report = BlockReport { rule: in_words(blocking), ..BlockReport::default() };
    let (mut starts, mut rows, mut members) = (vec![0], Vec::new(), Vec::new());
    for group in entries.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
        let size = group.len() as u64;
        if group.len() > blocking.settings.max_block {
            report.oversized += 1;
            report.oversized_records += size;
            continue;
        }
        let block = starts.len() as u32 - 1;
        members.extend(group.iter().map(|&(_, row)| (row, block)));
        rows.extend(group.iter().map(|&(_, row)| row));
        starts.push(rows.len() as u32);
        report.blocks += 1;
        report.pairs += size * (size - 1) / 2;
    }
    drop(entries);
    FoundBlocks { starts, rows, of_rows: row_blocks(table.len(), members), report }
}

/// The block of each row, or all of them where some are in several.
fn row_blocks(rows: usize, mut members: Vec<(u32, u32)>) -> Result<Vec<u32>, Memberships> {
    let mut one = vec![NOWHERE; rows];
    let mut several = false;
    for &(row, block) in &members {
        several |= one[row as usize] != NOWHERE;
        one[row as usize] = block;
    }
    if !several {
        return Ok(one);
    }
    members.sort_unstable();
    let mut starts = vec![0_u32; rows + 1];
    members.iter().for_each(|&(row, _)| starts[row as usize + 1] += 1);
    for row in 0..rows {
        starts[row + 1] += starts[row];
    }
    Err(Memberships { starts, blocks: members.into_iter().map(|(_, block)| block).collect() })
}

fn in_words(blocking: &Blocking) -> String {
    let keys = blocking.settings.keys.iter().map(|key| match &key.kind {
        super::settings::KeyKind::Value => key.field.clone(),
        kind => format!("{kind:?} of {}", key.field).to_lowercase(),
    });
    keys.collect::<Vec<_>>().join(" + ")
}

/// The hash of a pair of numbers, for sampling.
pub(super) fn hash_pair(a: u64, b: u64) -> u64 {
    mix(a ^ mix(b ^ hash_text("pair")))
}
