//! What can be wrong with settings.

use thiserror::Error;

/// What is wrong with settings, where, and what there is instead.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// A rule or comparison names a field that is not declared.
    #[error("{place} names the field `{name}`; the declared fields are {known}")]
    UnknownField {
        /// Which part of the settings.
        place: String,
        /// The name.
        name: String,
        /// What there is.
        known: String,
    },
    /// Something named is not registered.
    #[error("{place} names the {what} `{name}`; there are {known}")]
    UnknownName {
        /// Which part of the settings.
        place: String,
        /// normaliser, comparison, key, clustering.
        what: &'static str,
        /// The name.
        name: String,
        /// What there is.
        known: String,
    },
    /// Anything else.
    #[error("{place}: {problem}")]
    Invalid {
        /// Which part of the settings.
        place: String,
        /// What is wrong and how to mend it.
        problem: String,
    },
}

impl SettingsError {
    /// Something that has no variant of its own.
    pub fn invalid(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid { place: place.into(), problem: problem.into() }
    }
}
