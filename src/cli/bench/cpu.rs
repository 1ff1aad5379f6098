//! CPU time that a process has used, as Linux tells it.

use std::time::Duration;

/// Ticks per second in `/proc`: fixed at 100 in what Linux tells programs.
const TICKS_PER_S: u64 = 100;

/// CPU time of a process in user and system mode; none where it cannot be known.
pub(super) fn used_by(process: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    ticks(&stat).map(|ticks| Duration::from_millis(ticks * 1000 / TICKS_PER_S))
}

/// User and system ticks: the 14th and 15th fields, counted after the name, which may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_spaces_and_brackets_does_not_move_the_fields() {
        let stat = "42 (a ) b) S 1 42 42 0 -1 4194304 1 2 3 4 150 50 0 0 20 0 1 0 100";
        assert_eq!(ticks(stat), Some(200));
        assert_eq!(ticks(""), None);
    }
}
