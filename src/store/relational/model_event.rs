//! The words by which the table of models tells what happened.

use crate::domain::change::ModelStatus;

/// An interface joined the catalogue: its DTDL stands in `document`.
pub(super) const ADDED: &str = "added";

const ALL: [(&str, ModelStatus); 3] = [
    ("in use", ModelStatus::InUse),
    ("decommissioned", ModelStatus::Decommissioned),
    ("deleted", ModelStatus::Deleted),
];

/// The word for a mark: the identifier of the model stands in `document`.
pub(super) fn of(status: ModelStatus) -> &'static str {
    match status {
        ModelStatus::InUse => "in use",
        ModelStatus::Decommissioned => "decommissioned",
        ModelStatus::Deleted => "deleted",
    }
}

/// The mark that a word stands for.
pub(super) fn status(word: &str) -> Option<ModelStatus> {
    ALL.into_iter().find(|(known, _)| *known == word).map(|(_, status)| status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_read_as_it_was_written() {
        for (word, mark) in ALL {
            assert_eq!((of(mark), status(word)), (word, Some(mark)));
        }
        assert_eq!(status(ADDED), None);
    }
}
