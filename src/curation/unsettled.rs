//! Which records came or changed since they were decided, and whether so few that the rest may be left as it is.

use std::collections::BTreeSet;

use crate::domain::id::ExternalId;

/// Most records that are matched one by one against those that are known; with more, all are matched together.
const FEW_MAX: usize = 1_000;
/// They are matched one by one only where so many times as many are known: what they teach then hardly counts.
const KNOWN_SHARE: usize = 20;
/// ... and at least so many: of fewer, each teaches something, and matching all takes milliseconds.
const KNOWN_MIN: usize = 500;

/// Records that nobody has decided yet.
#[derive(Debug, Clone, Default)]
pub(super) enum Unsettled {
    /// These.
    These(BTreeSet<ExternalId>),
    /// Nobody knows which: as after a start.
    #[default]
    Any,
}

impl Unsettled {
    /// Notes that records came or changed.
    pub(super) fn note(&mut self, keys: impl IntoIterator<Item = ExternalId>) {
        self.note_up_to(FEW_MAX, keys);
    }

    /// The same, but so many are named.
    pub(super) fn note_up_to(&mut self, most: usize, keys: impl IntoIterator<Item = ExternalId>) {
        let Self::These(noted) = self else { return };
        noted.extend(keys);
        if noted.len() > most {
            *self = Self::Any;
        }
    }

    /// Whether nothing came.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self, Self::These(keys) if keys.is_empty())
    }

    /// What either of two notes.
    pub(super) fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::These(keys), Self::These(others)) => Self::These(keys | others),
            (Self::Any, _) | (_, Self::Any) => Self::Any,
        }
    }

    /// Notes that records came that nobody can name.
    pub(super) fn lost_count(&mut self) {
        *self = Self::Any;
    }

    /// Takes what there is; nothing is left.
    pub(super) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::These(BTreeSet::new()))
    }

    /// Puts back what was taken.
    pub(super) fn put_back(&mut self, taken: Self) {
        match taken {
            Self::These(keys) => self.note(keys),
            Self::Any => self.lost_count(),
        }
    }
}

/// Whether so many records are matched one by one when so many are known. Otherwise all are matched together, which
/// takes longer the more there are, and learns from them.
pub(super) fn are_few(came: usize, known: usize) -> bool {
    came == 0 || (came <= FEW_MAX && known >= KNOWN_MIN.max(came * KNOWN_SHARE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> ExternalId {
        ExternalId::new("erp", "", &number.to_string()).unwrap()
    }

    #[test]
    fn a_few_of_many_are_matched_one_by_one() {
        for (came, known, are) in [
            (1, 100_000, true),
            (1, 500, true),
            (1, 499, false),
            (50, 999, false),
            (50, 1_000, true),
            (1_000, 1_000_000, true),
            (1_001, 1_000_000, false),
            (0, 0, true),
        ] {
            assert_eq!(are_few(came, known), are, "{came} of {known}");
        }
    }

    #[test]
    fn what_was_taken_in_vain_is_there_again() {
        let mut unsettled = Unsettled::default();
        assert!(matches!(unsettled.take(), Unsettled::Any), "at first nobody knows");
        unsettled.note([key(1)]);
        let taken = unsettled.take();
        unsettled.note([key(2)]);
        unsettled.put_back(taken);
        let Unsettled::These(keys) = unsettled.take() else { panic!("{unsettled:?}") };
        assert_eq!(keys, BTreeSet::from([key(1), key(2)]));
        unsettled.note((0..=FEW_MAX).map(key));
        assert!(matches!(unsettled, Unsettled::Any), "more than are named");
    }
}
