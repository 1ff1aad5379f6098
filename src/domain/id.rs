//! Identifiers: of twins, relationships and streams, and the ids that other systems use.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::curation::Candidate;

/// Longest accepted id inside a system, in bytes.
pub const ID_BYTES_MAX: usize = 512;
/// Longest accepted name of a system, scope, channel or actor, in bytes.
pub const NAME_BYTES_MAX: usize = 256;

/// Namespace of the relationship ids that are derived from their ends.
const RELATIONSHIP_NAMESPACE: Uuid = Uuid::from_u128(0x6f0c_7a51_33c9_4f0e_9a57_3f1d_8a0e_21c4);

/// Namespace of the task ids that are derived from their pairs.
const TASK_NAMESPACE: Uuid = Uuid::from_u128(0xb0a9_5f6e_0e3b_4a52_9d7c_62f4_417a_88d5);

/// A text that cannot be an identifier, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {problem}")]
pub struct InvalidId {
    /// Which identifier it is, for example `the channel`.
    pub what: &'static str,
    /// What is wrong with it and how to mend it.
    pub problem: String,
}

/// A twin's own id; stable for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TwinId(pub Uuid);

impl TwinId {
    /// Before every other.
    pub const FIRST: TwinId = TwinId(Uuid::nil());
}

/// A relationship's id, derived from its ends so that stating it twice is stating it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RelationshipId(pub Uuid);

impl RelationshipId {
    /// The id of the relationship `name` from `source` to `target`.
    ///
    /// `key` tells parallel relationships of one name apart; most have none.
    pub fn of(source: TwinId, name: &str, target: TwinId, key: &str) -> Self {
        let mut bytes = Vec::with_capacity(34 + name.len() + key.len());
        bytes.extend_from_slice(source.0.as_bytes());
        bytes.extend_from_slice(target.0.as_bytes());
        bytes.extend_from_slice(name.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(key.as_bytes());
        Self(Uuid::new_v5(&RELATIONSHIP_NAMESPACE, &bytes))
    }
}

/// A task's id, derived from the pair that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(pub Uuid);

impl TaskId {
    /// The id of the task whether `record` is the same as `candidate`; two records in either order.
    pub fn of(record: &ExternalId, candidate: &Candidate) -> Self {
        let record = record.parts();
        Self(match candidate {
            Candidate::Twin(twin) => {
                let twin = twin.to_string();
                id_of_parts(&TASK_NAMESPACE, record.into_iter().chain([twin.as_str()]))
            }
            Candidate::Record(other) => {
                let mut pair = [record, other.parts()];
                pair.sort_unstable();
                id_of_parts(&TASK_NAMESPACE, pair.into_iter().flatten())
            }
        })
    }
}

/// A name-based UUID of several texts; other texts, or the same ones split otherwise, give another.
pub(crate) fn id_of_parts<'a>(namespace: &Uuid, parts: impl IntoIterator<Item = &'a str>) -> Uuid {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    Uuid::new_v5(namespace, &bytes)
}

/// A stream's number inside one store; dense, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StreamId(pub u32);

impl StreamId {
    /// The stream's place in dense tables.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The place of an entry in the log: the consistency token of writes, reads and subscriptions.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(pub u64);

impl Position {
    /// Before the first entry.
    pub const START: Position = Position(0);
    /// After every entry: the end of what still stands.
    pub const LATEST: Position = Position(i64::MAX as u64);
    /// The last position that can be known: sees all that stands.
    pub const LATEST_KNOWN: Position = Position(i64::MAX as u64 - 1);

    /// The position after this one.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

macro_rules! display_and_parse {
    ($type:ident, $inner:ty, $what:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl FromStr for $type {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.parse::<$inner>().map(Self).map_err(|e| InvalidId {
                    what: $what,
                    problem: format!("`{}` is not valid: {e}", abridged(text)),
                })
            }
        }
    };
}
display_and_parse!(TwinId, Uuid, "the twin id");
display_and_parse!(RelationshipId, Uuid, "the relationship id");
display_and_parse!(TaskId, Uuid, "the task id");
display_and_parse!(Position, u64, "the position");
display_and_parse!(StreamId, u32, "the stream id");

/// An id as another system knows it. It is unique only inside its scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExternalId {
    /// The system that issues the id, for example `cmms`.
    pub system: Arc<str>,
    /// Where inside the system the id is unique: a site, an edge node; empty for the whole system.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub scope: Arc<str>,
    /// The id itself, exactly as the system writes it.
    pub id: Arc<str>,
}

impl ExternalId {
    /// An external id whose three parts were checked.
    ///
    /// # Errors
    /// When a part is empty (the scope may be), too long, or holds control characters.
    pub fn new(system: &str, scope: &str, id: &str) -> Result<Self, InvalidId> {
        Ok(Self {
            system: name("the system", system)?,
            scope: if scope.is_empty() { Arc::from("") } else { name("the scope", scope)? },
            id: checked("the id", id, ID_BYTES_MAX)?,
        })
    }

    /// System, scope and id.
    pub(crate) fn parts(&self) -> [&str; 3] {
        [&self.system, &self.scope, &self.id]
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scope.is_empty() {
            write!(f, "{}:{}", self.system, self.id)
        } else {
            write!(f, "{}/{}:{}", self.system, self.scope, self.id)
        }
    }
}

/// What a stream is: one channel of one device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StreamKey {
    /// The device, as its own network names it.
    pub device: ExternalId,
    /// The channel of the device, for example `ch2`.
    pub channel: Arc<str>,
}

impl StreamKey {
    /// The stream of `channel` at `device`.
    ///
    /// # Errors
    /// When the channel is empty, too long, or holds control characters.
    pub fn new(device: ExternalId, channel: &str) -> Result<Self, InvalidId> {
        Ok(Self { device, channel: name("the channel", channel)? })
    }

    /// The same key, borrowed.
    pub fn as_ref(&self) -> StreamKeyRef<'_> {
        StreamKeyRef {
            system: &self.device.system,
            scope: &self.device.scope,
            device: &self.device.id,
            channel: &self.channel,
        }
    }
}

impl fmt::Display for StreamKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.device, self.channel)
    }
}

/// A borrowed [`StreamKey`], for look-ups without allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StreamKeyRef<'a> {
    /// The system that names the device.
    pub system: &'a str,
    /// The scope of the device's id.
    pub scope: &'a str,
    /// The device's id.
    pub device: &'a str,
    /// The channel.
    pub channel: &'a str,
}

/// A name of bounded length without control characters.
///
/// # Errors
/// When it is empty, longer than [`NAME_BYTES_MAX`], or holds control characters.
pub fn name(what: &'static str, text: &str) -> Result<Arc<str>, InvalidId> {
    checked(what, text, NAME_BYTES_MAX)
}

fn checked(what: &'static str, text: &str, bytes_max: usize) -> Result<Arc<str>, InvalidId> {
    let problem = if text.is_empty() {
        "is empty; give at least one character".to_owned()
    } else if text.len() > bytes_max {
        format!("is {} bytes long; at most {bytes_max} are accepted", text.len())
    } else if let Some((at, c)) = text.char_indices().find(|(_, c)| is_hidden(*c)) {
        let kind = if c == '\u{FFFD}' { "replacement" } else { "invisible" };
        format!(
            "`{}` holds the {kind} character U+{:04X} at byte {at}; remove it at the source",
            abridged(text),
            c as u32
        )
    } else {
        return Ok(Arc::from(text));
    };
    Err(InvalidId { what, problem })
}

/// Control characters, and the marks that reorder or hide text: two ids that look the same must be the same.
/// U+FFFD stands where a text was broken on its way: two ids that were broken are not one.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFFD}')
}

/// `text`, cut to what fits in a message, with control characters made visible.
pub fn abridged(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_with_a_control_character_is_refused_and_located() {
        let error = ExternalId::new("mqtt", "", "dev\0admin").unwrap_err();
        assert!(error.to_string().contains("U+0000 at byte 3"), "{error}");
    }

    #[test]
    fn a_relationship_stated_twice_has_one_id() {
        let (a, b) = (TwinId(Uuid::from_u128(1)), TwinId(Uuid::from_u128(2)));
        assert_eq!(RelationshipId::of(a, "feeds", b, ""), RelationshipId::of(a, "feeds", b, ""));
        assert_ne!(RelationshipId::of(a, "feeds", b, ""), RelationshipId::of(b, "feeds", a, ""));
    }
}
