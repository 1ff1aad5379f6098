//! Each connection is an open file of the process, and so is what the store has open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Open files that are not connections: the store's, the broker's, the listener.
const RESERVED: usize = 128;

/// As many of the wanted connections as the process may have open files for, after it has asked for
/// as many as it may have.
pub(super) fn connections(wanted: usize) -> usize {
    let allowed = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: allowed.maximum, maximum: allowed.maximum };
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => raised.current,
        Err(_) => allowed.current,
    };
    let files = current.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
    let room = files.saturating_sub(RESERVED).max(files / 2).max(1);
    if room < wanted {
        tracing::warn!(
            wanted,
            room,
            "the process may not have that many files open; fewer connections are taken at a time"
        );
    }
    wanted.min(room)
}
