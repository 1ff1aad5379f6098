//! What is wrong with one reading, told so that the sender can mend it.

use serde::Serialize;

/// A stable code for programs. [`Code::as_str`] is what answers and metrics hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// Not JSON.
    InvalidJson,
    /// Not UTF-8.
    InvalidUtf8,
    /// JSON, but not an object where a reading must be.
    NotAnObject,
    /// A field that readings do not have.
    UnknownField,
    /// One field given twice.
    DuplicateField,
    /// Two fields that contradict each other.
    ConflictingFields,
    /// A field that readings need.
    MissingField,
    /// A field of the wrong JSON type.
    WrongType,
    /// A name that cannot be an identifier.
    InvalidId,
    /// Not a moment, or one that cannot be kept exactly.
    InvalidTime,
    /// Further ahead than clocks may differ.
    TimeInFuture,
    /// A message from the broker's shelf whose moment nobody knows.
    RetainedWithoutTime,
    /// `null`.
    NullValue,
    /// A number that would be rounded or become infinite or zero.
    NumberOutOfRange,
    /// A text that is too long or cannot be kept.
    InvalidText,
    /// An object or array that is too large or too deep.
    ValueTooLarge,
    /// More readings in one message than are taken.
    TooManyReadings,
    /// A topic that no mapping explains.
    UnmappedTopic,
    /// A limit of the server, such as the number of streams.
    LimitReached,
    /// The server could not take it now.
    Unavailable,
}

impl Code {
    /// The code as programs see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidJson => "INVALID_JSON",
            Self::InvalidUtf8 => "INVALID_UTF8",
            Self::NotAnObject => "NOT_AN_OBJECT",
            Self::UnknownField => "UNKNOWN_FIELD",
            Self::DuplicateField => "DUPLICATE_FIELD",
            Self::ConflictingFields => "CONFLICTING_FIELDS",
            Self::MissingField => "MISSING_FIELD",
            Self::WrongType => "WRONG_TYPE",
            Self::InvalidId => "INVALID_ID",
            Self::InvalidTime => "INVALID_TIME",
            Self::TimeInFuture => "TIME_IN_FUTURE",
            Self::RetainedWithoutTime => "RETAINED_WITHOUT_TIME",
            Self::NullValue => "NULL_VALUE",
            Self::NumberOutOfRange => "NUMBER_OUT_OF_RANGE",
            Self::InvalidText => "INVALID_TEXT",
            Self::ValueTooLarge => "VALUE_TOO_LARGE",
            Self::TooManyReadings => "TOO_MANY_READINGS",
            Self::UnmappedTopic => "UNMAPPED_TOPIC",
            Self::LimitReached => "LIMIT_REACHED",
            Self::Unavailable => "UNAVAILABLE",
        }
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What is wrong, before it is known where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The stable code.
    pub code: Code,
    /// What was found, and how to mend it.
    pub detail: String,
}

impl Fault {
    /// A fault.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    /// The same fault, in a field.
    pub fn at(self, field: impl Into<String>) -> FieldFault {
        FieldFault { field: Some(field.into()), fault: self }
    }
}

/// A fault and the field that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The field, for example `time` or `values.ch1`; none for the whole reading.
    pub field: Option<String>,
    /// The fault.
    pub fault: Fault,
}

impl From<Fault> for FieldFault {
    fn from(fault: Fault) -> Self {
        Self { field: None, fault }
    }
}

/// Where in a message a reading stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// The item, counted from 0.
    pub index: u32,
    /// The line, counted from 1; 0 when the message is not line by line.
    pub line: u32,
}

/// Why readings were not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ItemProblem {
    /// The item in the message, counted from 0; none when it is not known which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// The line of the message, counted from 1, when it is line by line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The sender's own name of the message, when it gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The field at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The stable code.
    pub code: Code,
    /// What was found, and how to mend it.
    pub detail: String,
    /// How many readings were not kept because of it.
    pub readings: usize,
}

/// The problems of one message: all counted, the first ones listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    listed: Vec<ItemProblem>,
    listed_max: usize,
    omitted: usize,
    counts: Vec<(Code, usize)>,
}

impl Problems {
    /// No problems yet; at most `listed_max` will be listed.
    pub fn new(listed_max: usize) -> Self {
        Self { listed: Vec::new(), listed_max, omitted: 0, counts: Vec::new() }
    }

    /// Adds what is wrong at a place with so many readings.
    pub fn add(
        &mut self,
        place: Option<Place>,
        id: Option<&str>,
        readings: usize,
        fault: impl Into<FieldFault>,
    ) {
        let FieldFault { field, fault } = fault.into();
        match self.counts.iter_mut().find(|(code, _)| *code == fault.code) {
            Some((_, count)) => *count += readings,
            None => self.counts.push((fault.code, readings)),
        }
        if self.listed.len() >= self.listed_max {
            self.omitted += 1;
            return;
        }
        self.listed.push(ItemProblem {
            index: place.map(|p| p.index),
            line: place.map(|p| p.line).filter(|line| *line > 0),
            id: id.map(crate::domain::id::abridged),
            field,
            code: fault.code,
            detail: fault.detail,
            readings,
        });
    }

    /// How many readings were not kept.
    pub fn readings(&self) -> usize {
        self.counts.iter().map(|(_, count)| count).sum()
    }

    /// How many readings were not kept, by code.
    pub fn counts(&self) -> &[(Code, usize)] {
        &self.counts
    }

    /// The listed problems.
    pub fn listed(&self) -> &[ItemProblem] {
        &self.listed
    }

    /// How many problems are not listed.
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// Takes in the problems of another message that itself stands at a place of this one.
    pub fn merge_as(&mut self, mut other: Problems, place: Place) {
        for problem in &mut other.listed {
            problem.index = Some(place.index);
        }
        self.merge(other);
    }

    /// Takes in the problems of another part of the message.
    pub fn merge(&mut self, other: Problems) {
        for (code, count) in other.counts {
            match self.counts.iter_mut().find(|(held, _)| *held == code) {
                Some((_, held)) => *held += count,
                None => self.counts.push((code, count)),
            }
        }
        let room = self.listed_max.saturating_sub(self.listed.len());
        self.omitted += other.omitted + other.listed.len().saturating_sub(room);
        self.listed.extend(other.listed.into_iter().take(room));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_beyond_the_limit_are_counted_though_not_listed() {
        let mut problems = Problems::new(1);
        for index in 0..3 {
            let place = Place { index, line: 0 };
            problems.add(Some(place), None, 2, Fault::new(Code::NullValue, "no"));
        }
        assert_eq!(problems.listed().len(), 1);
        assert_eq!((problems.omitted(), problems.readings()), (2, 6));
    }
}
