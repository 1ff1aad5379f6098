//! Digital Twin Model Identifiers (`../shared/dtdl/spec/DTMI.md`): `dtmi:path:to:model;1.2`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// No identifier may be longer, in characters (all of them ASCII).
pub const DTMI_LENGTH_MAX: usize = 2048;

/// A Digital Twin Model Identifier: cheap to clone, equal and ordered by its text.
///
/// The syntax is the widest that any DTDL version has: the version may be absent or have a
/// minor part (v3, v4), segments may begin with an underscore (those that tools generate), and
/// a fragment may follow. What one DTDL version allows in a model is checked when reading it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Dtmi(Arc<str>);

/// The version of an identifier: `;2` is major 2, minor 0; `;2.3` is major 2, minor 3.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DtmiVersion {
    /// The number after the semicolon.
    pub major: u32,
    /// The number after the point, or 0.
    pub minor: u32,
}

/// Why a text is not a DTMI, and at which byte.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("'{text}' is not a DTMI: at character {}, {reason}", .offset + 1)]
pub struct DtmiError {
    /// The text that was refused.
    pub text: String,
    /// Byte offset of the first byte that cannot be right.
    pub offset: usize,
    /// What is wrong there.
    pub reason: &'static str,
}

/// What a DTDL version allows in an identifier.
#[derive(Clone, Copy)]
pub(crate) struct DtmiSyntax {
    version_required: bool,
    minor_allowed: bool,
    leading_underscore_allowed: bool,
    fragment_allowed: bool,
}

impl DtmiSyntax {
    /// The widest syntax, that of [`Dtmi`] itself.
    const ANY: DtmiSyntax = DtmiSyntax {
        version_required: false,
        minor_allowed: true,
        leading_underscore_allowed: true,
        fragment_allowed: true,
    };

    /// The syntax of identifiers that a model of this DTDL version may define or refer to.
    pub(crate) const fn of_version(dtdl_version: u8) -> DtmiSyntax {
        DtmiSyntax {
            version_required: dtdl_version < 3,
            minor_allowed: dtdl_version >= 3,
            leading_underscore_allowed: false,
            fragment_allowed: false,
        }
    }

    /// Checks a text. Length limits differ by context and are the caller's to check.
    pub(crate) fn check(self, text: &str) -> Result<(), (usize, &'static str)> {
        let Some(path) = text.strip_prefix("dtmi:") else {
            return Err((0, "it must begin with 'dtmi:'"));
        };
        let (rest, fragment) = match path.find('#') {
            Some(at) => (&path[..at], Some(at)),
            None => (path, None),
        };
        if let (Some(at), false) = (fragment, self.fragment_allowed) {
            return Err((5 + at, "a fragment is not allowed"));
        }
        let (segments, version) = match rest.find(';') {
            Some(at) => (&rest[..at], Some(at + 1)),
            None => (rest, None),
        };
        self.check_segments(segments)?;
        match version {
            Some(at) => self
                .check_version(&rest[at..])
                .map_err(|(offset, reason)| (5 + at + offset, reason)),
            None if self.version_required => {
                Err((5 + rest.len(), "a version such as ';1' is required"))
            }
            None => Ok(()),
        }
    }

    fn check_segments(self, segments: &str) -> Result<(), (usize, &'static str)> {
        let mut offset = 5;
        for segment in segments.split(':') {
            self.check_segment(segment.as_bytes()).map_err(|(at, reason)| (offset + at, reason))?;
            offset += segment.len() + 1;
        }
        Ok(())
    }

    fn check_segment(self, segment: &[u8]) -> Result<(), (usize, &'static str)> {
        let first_is_good = |byte: u8| {
            byte.is_ascii_alphabetic() || (self.leading_underscore_allowed && byte == b'_')
        };
        match segment.first() {
            None => return Err((0, "a segment is empty")),
            Some(&first) if !first_is_good(first) => {
                return Err((0, "a segment must begin with a letter"));
            }
            Some(_) => {}
        }
        let bad = segment.iter().position(|&byte| !byte.is_ascii_alphanumeric() && byte != b'_');
        if let Some(at) = bad {
            return Err((at, "only letters, digits and underscores may stand in a segment"));
        }
        if segment.last() == Some(&b'_') {
            return Err((segment.len() - 1, "a segment must not end with an underscore"));
        }
        Ok(())
    }

    fn check_version(self, version: &str) -> Result<(), (usize, &'static str)> {
        let (major, minor) = match version.split_once('.') {
            Some((major, minor)) => (major, Some(minor)),
            None => (version, None),
        };
        check_number(major, 9).map_err(|reason| (0, reason))?;
        match minor {
            Some(_) if !self.minor_allowed => {
                Err((major.len(), "a minor version is not allowed in DTDL v2"))
            }
            Some(minor) => check_number(minor, 6).map_err(|reason| (major.len() + 1, reason)),
            None => Ok(()),
        }
    }
}

fn check_number(text: &str, digits_max: usize) -> Result<(), &'static str> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("the version must be a number");
    }
    if text.starts_with('0') {
        return Err("the version must not begin with a zero");
    }
    if text.len() > digits_max {
        return Err("the version has too many digits");
    }
    Ok(())
}

impl Dtmi {
    /// Makes an identifier from a text that is known to be one.
    pub(crate) fn trusted(text: &str) -> Dtmi {
        Dtmi(Arc::from(text))
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The version, if there is one.
    pub fn version(&self) -> Option<DtmiVersion> {
        let after = self.0.split_once(';')?.1;
        let digits = after.split_once('#').map_or(after, |(digits, _)| digits);
        let (major, minor) = digits.split_once('.').unwrap_or((digits, "0"));
        Some(DtmiVersion { major: major.parse().ok()?, minor: minor.parse().ok()? })
    }

    /// The identifier without its version, a fragment kept: `dtmi:a:b#f` of `dtmi:a:b;1#f`.
    pub fn without_version(&self) -> String {
        match self.0.split_once(';') {
            None => self.0.to_string(),
            Some((path, after)) => match after.find('#') {
                Some(at) => format!("{path}{}", &after[at..]),
                None => path.to_owned(),
            },
        }
    }

    /// The segments between `dtmi:` and the version.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        let path = self.0.split([';', '#']).next().unwrap_or_default();
        path.strip_prefix("dtmi:").unwrap_or_default().split(':')
    }

    /// The last segment, which most models use as a type name: `Pump` of `dtmi:plant:Pump;1`.
    pub fn last_segment(&self) -> &str {
        self.segments().next_back().unwrap_or_default()
    }

    /// The fragment with its `#`, or an empty text.
    pub fn fragment(&self) -> &str {
        self.0.find('#').map_or("", |at| &self.0[at..])
    }

    /// Whether a segment or the fragment begins with an underscore: such identifiers are made by tools, for
    /// elements that a model does not name.
    pub fn is_system(&self) -> bool {
        let generated = self.segments().any(|segment| segment.starts_with('_'));
        generated || self.fragment().starts_with("#_")
    }
}

impl FromStr for Dtmi {
    type Err = DtmiError;

    fn from_str(text: &str) -> Result<Dtmi, DtmiError> {
        let fail = |offset, reason| DtmiError { text: text.to_owned(), offset, reason };
        if text.len() > DTMI_LENGTH_MAX {
            let mut error = fail(DTMI_LENGTH_MAX, "it is longer than 2048 characters");
            error.text.truncate(text.floor_char_boundary(80));
            return Err(error);
        }
        DtmiSyntax::ANY.check(text).map_err(|(offset, reason)| fail(offset, reason))?;
        Ok(Dtmi::trusted(text))
    }
}

impl TryFrom<String> for Dtmi {
    type Error = DtmiError;

    fn try_from(text: String) -> Result<Dtmi, DtmiError> {
        text.parse()
    }
}

impl From<Dtmi> for String {
    fn from(id: Dtmi) -> String {
        id.0.to_string()
    }
}

impl std::borrow::Borrow<str> for Dtmi {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Dtmi {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Dtmi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Dtmi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
