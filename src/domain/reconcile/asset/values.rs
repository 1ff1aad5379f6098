//! What the raw texts of a field say: each distinct text is read once, however many records have it.

use super::sheet::{Field, Sheet};

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
    pub fn read(sheet: &Sheet, field: Field, read: impl FnMut(&str) -> T) -> Self {
        let mut values = Self::new(field);
        values.extend(sheet, read);
        values
    }

    /// Reads the texts that came to the field since.
    pub fn extend(&mut self, sheet: &Sheet, mut read: impl FnMut(&str) -> T) {
        let texts = &sheet.column(self.field).values;
        self.of.extend(
            (self.of.len() as u32..texts.id_bound() as u32).map(|value| read(texts.text(value))),
        );
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
