//! The small values of a declaration, each checked where it is read, so that an error has its line.

use encoding_rs::Encoding;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};

use super::field::Field;

macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// As it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }
    };
}

checked_text! {
    /// The name of an encoding, such as `windows-1252`.
    EncodingName
}
checked_text! {
    /// A time zone: a name of the IANA database, or an offset such as `+01:00`.
    ZoneName
}
checked_text! {
    /// A span of time in ISO 8601, such as `P180D`.
    Span
}
checked_text! {
    /// What separates the cells of a line: one ASCII character.
    Delimiter
}
checked_text! {
    /// A file's name, in which `*` stands for any characters.
    Pattern
}

impl TryFrom<String> for EncodingName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match Encoding::for_label(text.as_bytes()) {
            Some(_) => Ok(Self(text)),
            None => Err(format!(
                "`{text}` is no encoding that is known; write for example windows-1252 or utf-16le"
            )),
        }
    }
}

impl EncodingName {
    /// The encoding.
    pub fn encoding(&self) -> Option<&'static Encoding> {
        Encoding::for_label(self.0.as_bytes())
    }
}

impl TryFrom<String> for ZoneName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match zone(&text) {
            Some(_) => Ok(Self(text)),
            None => Err(format!(
                "`{text}` is no time zone; write for example Europe/Berlin, UTC or +01:00"
            )),
        }
    }
}

impl ZoneName {
    /// The time zone.
    pub fn zone(&self) -> TimeZone {
        zone(&self.0).unwrap_or(TimeZone::UTC)
    }
}

fn zone(text: &str) -> Option<TimeZone> {
    if let Ok(zone) = TimeZone::get(text) {
        return Some(zone);
    }
    let (hours, minutes) = text.split_once(':')?;
    let negative = hours.starts_with('-');
    let hours: i32 =
        hours.strip_prefix(['+', '-'])?.parse().ok().filter(|h| (0..24).contains(h))?;
    let minutes: i32 = minutes.parse().ok().filter(|m| (0..60).contains(m))?;
    let seconds = (hours * 60 + minutes) * 60;
    Offset::from_seconds(if negative { -seconds } else { seconds }).ok().map(TimeZone::fixed)
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.parse::<jiff::Span>() {
            Ok(span) if span.is_positive() => Ok(Self(text)),
            Ok(_) | Err(_) => {
                Err(format!("`{text}` is no span of time; write ISO 8601, for example P180D"))
            }
        }
    }
}

impl TryFrom<String> for Delimiter {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n') => Ok(Self(text)),
            _ => Err("the delimiter must be one ASCII character, and no quote".to_owned()),
        }
    }
}

impl Delimiter {
    /// The character.
    pub fn byte(&self) -> u8 {
        self.0.as_bytes()[0]
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.is_empty() || text.contains(['/', '\\']) {
            return Err("write the name of a file without folders; `*` is any text".to_owned());
        }
        Ok(Self(text))
    }
}

impl Pattern {
    /// Whether a file's name, without folders, fits.
    pub fn fits(&self, name: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else {
            return false;
        };
        let parts: Vec<&str> = parts.collect();
        let Some((last, middle)) = parts.split_last() else {
            return rest.is_empty();
        };
        for part in middle {
            let Some(at) = rest.find(part) else {
                return false;
            };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }
}

/// A number from 0 to 1: how far something is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Share(f64);

impl Share {
    /// All trust that there is.
    pub const WHOLE: Self = Self(1.0);

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Share {
    type Error = String;

    fn try_from(number: f64) -> Result<Self, String> {
        if (0.0..=1.0).contains(&number) {
            Ok(Self(number))
        } else {
            Err(format!("{number} is no share; write a number from 0 to 1"))
        }
    }
}

impl From<Share> for f64 {
    fn from(share: Share) -> f64 {
        share.0
    }
}

/// A text that is the same for all rows, or told by a field of each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "this is a text, or `{ field = ... }` for what a field of each row says"
)]
pub enum TextOrField {
    /// For all rows.
    Fixed(String),
    /// By a field.
    Told(Told),
}

/// A field that tells something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The field.
    pub field: Field,
}

impl Default for TextOrField {
    fn default() -> Self {
        Self::Fixed(String::new())
    }
}

/// One field, or several that make one text together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "KeyText")]
pub struct Key(pub Vec<Field>);

/// How the key is written in TOML.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a key is the name of a field, or a list of names")]
pub(super) enum KeyText {
    One(String),
    Several(Vec<Field>),
}

impl TryFrom<KeyText> for Key {
    type Error = String;

    fn try_from(text: KeyText) -> Result<Self, String> {
        match text {
            KeyText::One(name) => Ok(Self(vec![Field::new(&name)?])),
            KeyText::Several(fields) if fields.is_empty() => {
                Err("the key needs at least one field".to_owned())
            }
            KeyText::Several(fields) => Ok(Self(fields)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_names() {
        for (pattern, name, fits) in [
            ("equipment.csv", "equipment.csv", true),
            ("equipment.csv", "equipment.csv.bak", false),
            ("*.csv", "a.csv", true),
            ("erp*2026*.json", "erp-2026-03.json", true),
            ("erp*2026*.json", "erp-2025.json", false),
            ("a*a", "a", false),
            ("*", "anything", true),
        ] {
            let pattern = Pattern::try_from(pattern.to_owned()).unwrap();
            assert_eq!(pattern.fits(name), fits, "{pattern:?} {name}");
        }
    }

    #[test]
    fn zones_are_names_or_offsets() {
        assert!(ZoneName::try_from("Europe/Berlin".to_owned()).is_ok());
        assert!(ZoneName::try_from("-05:30".to_owned()).is_ok());
        assert!(ZoneName::try_from("Europe/Bärlin".to_owned()).is_err());
        assert!(ZoneName::try_from("+99:00".to_owned()).is_err());
    }
}
