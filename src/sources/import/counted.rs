//! Imports and what matching made of records, in the metrics.

use metrics::counter;

use super::report::Report;
use super::settled::Settled;

impl Report {
    /// Adds an import that was done to the metrics; what was read is the sum of all outcomes of its kind.
    pub fn count(&self) {
        let outcome = match &self.stopped {
            Some(_) => "stopped",
            None if self.is_complete() => "complete",
            None => "partial",
        };
        counter!("counterpart_imports_total", "outcome" => outcome).increment(1);
        for (kind, counts) in &self.kinds {
            let reached = counts.changed + counts.unchanged + counts.rejected;
            let outcomes = [
                ("changed", counts.changed),
                ("unchanged", counts.unchanged),
                ("rejected", counts.rejected),
                ("not_reached", counts.read.saturating_sub(reached)),
            ];
            for (outcome, count) in outcomes {
                let kind = kind.plural();
                counter!("counterpart_import_items_total", "kind" => kind, "outcome" => outcome)
                    .increment(count);
            }
        }
        for (severity, count) in [("error", self.errors), ("note", self.notes)] {
            counter!("counterpart_import_problems_total", "severity" => severity).increment(count);
        }
    }
}

impl Settled {
    /// Adds what matching did to the metrics.
    pub fn count(&self) {
        let outcomes = [
            ("matched", self.matched),
            ("created", self.created),
            ("merged", self.merged),
            ("changed_meaning", self.changed_meaning),
            ("doubtful", self.raised),
            ("without_model", self.without_model),
            ("refused", self.refused.len()),
        ];
        for (outcome, count) in outcomes {
            counter!("counterpart_matched_total", "outcome" => outcome).increment(count as u64);
        }
    }
}
