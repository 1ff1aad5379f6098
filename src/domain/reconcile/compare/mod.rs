//! Comparisons: how much two records agree, in levels. A file each.

mod calendar;
mod field;
mod number;
mod strings;
mod words;

pub use field::FieldComparison;

use super::table::Table;

/// The level of a pair of which one says nothing.
pub const NULL: u8 = 0;

/// How much two records agree in one respect.
///
/// Levels are numbered from 1 (the most agreement) as in the settings; the number after the last is
/// "else", and [`NULL`] means that one of the two says nothing.
pub trait Compare: Send + Sync {
    /// Called before use: works out what the distinct values need, and statistics over all records.
    fn prepare(&mut self, table: &Table);

    /// Called when records were added after [`Compare::prepare`]: only new values are worked out.
    fn extend(&mut self, table: &Table);

    /// The level of a pair of rows. Any of all fields may be looked at.
    fn level(&self, table: &Table, a: u32, b: u32) -> u8;

    /// The field whose equal values are the first level, and whose unlike ones never are; `None`: it is not as simple.
    fn exact_field(&self) -> Option<usize> {
        None
    }

    /// A quick look: the level of a pair is this one or a later one, and [`NULL`] only if that is its level.
    fn level_at_best(&self, table: &Table, a: u32, b: u32) -> u8 {
        self.level(table, a, b)
    }

    /// How much rarer than usual the agreement is, in bits: log2 of (the chance that two random
    /// records with equal values have any equal value / the chance to have this one). 0: as usual.
    /// `frequency_min` is the least frequency that counts.
    fn rarity(&self, table: &Table, a: u32, b: u32, level: u8, frequency_min: f64) -> f64 {
        let _ = (table, a, b, level, frequency_min);
        0.0
    }

    /// At most so much can [`Compare::rarity`] of a level be, whatever records come.
    fn rarity_max(&self, level: u8, frequency_min: f64) -> f64 {
        let _ = (level, frequency_min);
        0.0
    }

    /// What an explanation shows for a record.
    fn shown(&self, table: &Table, row: u32) -> String;
}
