//! A staged import for people.

use std::fmt;

use super::look::{Effects, Staged};
use super::shelf::StagedImport;
use crate::sources::text::printable;

impl fmt::Display for StagedImport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.staged)?;
        let id = self.id;
        match &self.staged.report.stopped {
            Some(reason) => write!(f, "stopped: {}; nothing is staged", printable(reason)),
            None => write!(
                f,
                "nothing was done yet: it waits as {id}\n\
                 `counterpart import --commit {id}` does it\n\
                 `counterpart import --discard {id}` forgets it"
            ),
        }
    }
}

impl fmt::Display for Staged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.report.write_found(f)?;
        write!(f, "{}", self.effects)
    }
}

impl fmt::Display for Effects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let readings_moved = usize::try_from(self.readings_moved).unwrap_or(usize::MAX);
        let lines = [
            (self.records_created, "records would be new"),
            (self.records_updated, "records would say something else"),
            (self.twins_created, "twins would be made"),
            (self.twins_changed, "twins would change"),
            (self.twins_ended, "twins would end"),
            (self.ids_moved, "ids would mean another twin"),
            (self.relationships, "relationships would change"),
            (self.bindings_moved, "streams would measure something else"),
            (readings_moved, "readings would change hands"),
            (self.subscribers, "subscribers would hear of it"),
        ];
        let mut is_nothing = true;
        for (count, what) in lines.into_iter().filter(|(count, _)| *count > 0) {
            is_nothing = false;
            writeln!(f, "  {count} {what}")?;
        }
        if self.readings_uncounted {
            writeln!(f, "  … and the readings of further streams, which were not counted")?;
        }
        if is_nothing {
            writeln!(f, "  nothing would change for twins and records")?;
        }
        Ok(())
    }
}
