//! What the raw texts of a field say: each distinct text is read once, however many records have it.

use rayon::prelude::*;

use super::sheet::{Field, Sheet};

/// Texts that are read by one thread at a time.
const TEXTS_MIN: usize = 1024;

/// What each distinct raw text of a field says, by the text's number.
#[derive(Debug)]
pub struct PerValue<T> {
    field: Field,
    of: Vec<T>,
}

impl<T> PerValue<T> {
    /// Of no text yet.
    pub fn new(field: Field) -> Self {
        Self { field, of: Vec::new() }
    }

    /// Of all texts of a field.
    pub fn read(sheet: &Sheet, field: Field, read: impl Fn(&str) -> T + Sync) -> Self
    where
        T: Send,
    {
        let mut values = Self::new(field);
        values.extend(sheet, read);
        values
    }

    /// Reads the texts that came to the field since.
    pub fn extend(&mut self, sheet: &Sheet, read: impl Fn(&str) -> T + Sync)
    where
        T: Send,
    {
        self.extend_by(sheet, read, |value| value);
    }

    /// Reads the texts that came to the field since, in parallel, and keeps of each what `keep` makes of it, one by one.
    pub fn extend_by<R: Send>(
        &mut self,
        sheet: &Sheet,
        read: impl Fn(&str) -> R + Sync,
        keep: impl FnMut(R) -> T,
    ) {
        let texts = &sheet.column(self.field).values;
        let new = self.of.len()..texts.id_bound();
        let read: Vec<R> = new
            .into_par_iter()
            .with_min_len(TEXTS_MIN)
            .map(|value| read(texts.text(value as u32)))
            .collect();
        self.of.extend(read.into_iter().map(keep));
    }

    /// Reads what came to another reading of the field since.
    pub fn extend_from<U>(&mut self, others: &PerValue<U>, read: impl FnMut(&U) -> T) {
        self.of.extend(others.of[self.of.len()..].iter().map(read));
    }

    /// Forgets the texts that the field no longer has.
    pub fn rewind(&mut self, sheet: &Sheet) {
        self.of.truncate(sheet.column(self.field).values.id_bound());
    }

    /// What the text of a row says.
    pub fn at(&self, sheet: &Sheet, row: usize) -> &T {
        &self.of[sheet.value(row, self.field) as usize]
    }

    /// What each text says, by its number.
    pub fn all(&self) -> &[T] {
        &self.of
    }
}
