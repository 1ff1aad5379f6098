//! Why a value does not conform.

/// The first place at which a value does not conform to its schema.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}expected {expected}, found {found}. {mend}", if .pointer.is_empty() { String::new() } else { format!("at {pointer}: ") })]
pub struct ValueError {
    /// A JSON pointer (RFC 6901) to the place; empty for the value itself.
    pub pointer: String,
    /// What the schema asks for, in words.
    pub expected: String,
    /// What is there, in words.
    pub found: String,
    /// What to do.
    pub mend: String,
}

impl ValueError {
    pub(crate) fn new(
        expected: impl Into<String>,
        found: impl Into<String>,
        mend: impl Into<String>,
    ) -> ValueError {
        ValueError {
            pointer: String::new(),
            expected: expected.into(),
            found: found.into(),
            mend: mend.into(),
        }
    }

    /// The same error, seen from the container: `step` is the key or index that leads to it.
    pub(crate) fn under(mut self, step: &str) -> ValueError {
        let step = step.replace('~', "~0").replace('/', "~1");
        self.pointer.insert_str(0, &step);
        self.pointer.insert(0, '/');
        self
    }
}
