//! Channels heard of for the first time get a stream.

use std::collections::HashMap;

use crate::domain::change::Change;
use crate::domain::id::{StreamId, StreamKey};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;

/// Streams for a set of channels: those that were open, and those that the changes open.
#[derive(Debug, Default)]
pub struct OpenedStreams {
    /// The changes that open the new ones.
    pub changes: Vec<Change>,
    numbers: HashMap<StreamKey, StreamId>,
}

impl OpenedStreams {
    /// The stream of a channel that was asked for.
    pub fn number(&self, key: &StreamKey) -> Option<StreamId> {
        self.numbers.get(key).copied()
    }
}

/// Finds or opens the streams of these channels.
///
/// # Errors
/// When there would be more streams than the limit.
pub fn open_streams<'a>(
    state: &State,
    keys: impl Iterator<Item = &'a StreamKey>,
) -> Result<OpenedStreams, Rejection> {
    let mut opened = OpenedStreams::default();
    let mut next = state.streams.next_id();
    for key in keys {
        if opened.numbers.contains_key(key) {
            continue;
        }
        let number = match state.streams.find(key.as_ref()) {
            Some(number) => number,
            None => {
                if next.index() >= state.rules.streams_max {
                    return Err(Rejection::LimitReached {
                        what: "streams",
                        max: state.rules.streams_max,
                        setting: "limits.streams",
                    });
                }
                let number = next;
                next = StreamId(next.0 + 1);
                opened.changes.push(Change::StreamOpened { stream: number, key: key.clone() });
                number
            }
        };
        opened.numbers.insert(key.clone(), number);
    }
    Ok(opened)
}
