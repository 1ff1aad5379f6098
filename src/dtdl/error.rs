//! What is wrong with models: one record per fault, located, with the mend.

use std::fmt;
use std::sync::Arc;

/// A report holds at most this many errors; what is left out is counted.
pub const ERRORS_MAX: usize = 1000;

/// Texts quoted from a model are cut to this many bytes.
const QUOTE_BYTES_MAX: usize = 8 << 10;

/// A place in a text that was uploaded. Lines and columns count from 1; columns count
/// characters.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// The name that the document was given.
    pub file: Arc<str>,
    /// The line on which the thing begins.
    pub line: u32,
    /// The column at which it begins.
    pub column: u32,
    /// The line on which it ends.
    pub end_line: u32,
    /// The column after its last character.
    pub end_column: u32,
    /// A JSON pointer (RFC 6901) to it.
    pub pointer: String,
}

/// One fault of a model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModelError {
    /// The validation id: `dtmi:dtdl:parsingError:…` as the reference parser has it.
    pub id: &'static str,
    /// Where it is. Faults of a whole upload have an empty file and line 0.
    pub place: Place,
    /// A second place that takes part, such as the first of two definitions.
    pub related: Option<Place>,
    /// The element at fault, by identifier; unnamed elements have one made from their path.
    pub element: Option<String>,
    /// The element that the fault refers to.
    pub other_element: Option<String>,
    /// The property at fault.
    pub property: Option<String>,
    /// A property of the values that takes part.
    pub other_property: Option<String>,
    /// The value at fault.
    pub value: Option<String>,
    /// The type at fault.
    pub type_name: Option<String>,
    /// What was required or set against it: a limit, a list of types.
    pub restriction: Option<String>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do, in one sentence.
    pub mend: String,
}

impl ModelError {
    /// The name of the document at fault.
    pub fn file(&self) -> &str {
        &self.place.file
    }

    /// The line at fault, from 1; 0 if the fault is that of a whole upload.
    pub fn line(&self) -> u32 {
        self.place.line
    }

    /// The column at fault, from 1; 0 if the fault is that of a whole upload.
    pub fn column(&self) -> u32 {
        self.place.column
    }

    /// The last part of the validation id: `badType`.
    pub fn short_id(&self) -> &'static str {
        self.id.rsplit(':').next().unwrap_or(self.id)
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { file, line, column, .. } = &self.place;
        if *line > 0 {
            write!(f, "{file}:{line}:{column}: ")?;
        }
        write!(f, "{} {} [{}]", self.message, self.mend, self.short_id())
    }
}

/// All the faults that were found, in the order of the documents.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ModelErrors(pub Vec<ModelError>);

impl fmt::Display for ModelErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for error in &self.0 {
            writeln!(f, "{error}")?;
        }
        let count = self.0.len();
        write!(f, "{count} {}", if count == 1 { "error" } else { "errors" })
    }
}

impl std::error::Error for ModelErrors {}

impl IntoIterator for ModelErrors {
    type Item = ModelError;
    type IntoIter = std::vec::IntoIter<ModelError>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Spells a validation id in full.
macro_rules! rule {
    ($name:literal) => {
        concat!("dtmi:dtdl:parsingError:", $name)
    };
}
pub(crate) use rule;

/// Cuts a text that is quoted in an error.
pub(crate) fn quoted(text: impl Into<String>) -> String {
    let mut text = text.into();
    if text.len() > QUOTE_BYTES_MAX {
        text.truncate(text.floor_char_boundary(QUOTE_BYTES_MAX));
        text.push('…');
    }
    text
}

impl ModelError {
    /// An error with no more than an id; the rest is added by the methods below.
    pub(crate) fn new(id: &'static str) -> ModelError {
        ModelError {
            id,
            place: Place::default(),
            related: None,
            element: None,
            other_element: None,
            property: None,
            other_property: None,
            value: None,
            type_name: None,
            restriction: None,
            message: String::new(),
            mend: String::new(),
        }
    }

    pub(crate) fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    pub(crate) fn related_to(mut self, place: Option<Place>) -> Self {
        self.related = place;
        self
    }

    pub(crate) fn element(mut self, id: impl Into<String>) -> Self {
        self.element = Some(id.into());
        self
    }

    pub(crate) fn other_element(mut self, id: impl Into<String>) -> Self {
        self.other_element = Some(id.into());
        self
    }

    pub(crate) fn property(mut self, name: impl Into<String>) -> Self {
        self.property = Some(name.into());
        self
    }

    pub(crate) fn other_property(mut self, name: impl Into<String>) -> Self {
        self.other_property = Some(name.into());
        self
    }

    pub(crate) fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(quoted(value));
        self
    }

    pub(crate) fn type_name(mut self, name: impl Into<String>) -> Self {
        self.type_name = Some(name.into());
        self
    }

    pub(crate) fn restriction(mut self, restriction: impl Into<String>) -> Self {
        self.restriction = Some(restriction.into());
        self
    }

    pub(crate) fn says(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    pub(crate) fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = mend.into();
        self
    }
}
