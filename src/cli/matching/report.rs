//! What a run says about itself.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::truth::{Rates, Truth};
use crate::domain::reconcile::{Explanation, Found, Phase, Plan, Progress, Table, Verdict};
use crate::sources::text::printable;

/// Measures the phases, and shows them on standard error when that is a terminal.
pub struct Watch {
    bar: ProgressBar,
    phases: Vec<(String, Instant)>,
}

impl Watch {
    /// Begins with a phase.
    pub fn begin(name: &str) -> Self {
        let mut watch = Self { bar: ProgressBar::new_spinner(), phases: Vec::new() };
        watch.enter(name);
        watch
    }

    /// Another phase begins.
    pub fn enter(&mut self, name: &str) {
        self.phases.push((name.to_owned(), Instant::now()));
        self.bar.set_message(name.to_owned());
        self.bar.tick();
    }

    /// Ends the last phase: each phase and how long it took.
    pub fn end(&mut self) -> Vec<(String, Duration)> {
        self.phases.push((String::new(), Instant::now()));
        self.bar.finish_and_clear();
        self.phases
            .windows(2)
            .map(|pair| (pair[0].0.clone(), pair[1].1.duration_since(pair[0].1)))
            .collect()
    }
}

impl Progress for Watch {
    fn phase(&mut self, phase: Phase) {
        self.enter(&format!("{phase:?}").to_lowercase());
    }

    fn done(&mut self, part: usize, parts: usize) {
        let percent = 100 * part / parts.max(1);
        self.bar.set_message(format!("comparing: {percent} %"));
        self.bar.tick();
    }
}

/// The summary of a run.
pub fn summary(
    plan: &Plan,
    table: &Table,
    found: &Found,
    phases: &[(String, Duration)],
    truth: Option<&Truth>,
) -> String {
    let mut text = String::new();
    let thresholds = plan.settings().thresholds;
    let linked = found.pairs.iter().filter(|p| p.probability() >= thresholds.link).count();
    let review = found.pairs.iter().filter(|p| p.probability() >= thresholds.review).count();
    line(&mut text, "records", format!("{} of {} sources", table.len(), table.source_count()));
    for block in &found.blocks {
        let skipped = match block.oversized {
            0 => String::new(),
            n => format!("; skipped {n} too large, {} records", block.oversized_records),
        };
        let said =
            format!("{} ({} blocks, {} pairs{skipped})", block.rule, block.blocks, block.pairs);
        line(&mut text, "blocking", said);
    }
    line(&mut text, "compared", format!("{} pairs, {} kept", found.compared, found.pairs.len()));
    line(&mut text, "prior", format!("{:.3e}", found.model.prior));
    line(&mut text, "linked", format!("{linked} pairs at {} or above", thresholds.link));
    let doubtful = review - linked;
    line(&mut text, "review", format!("{doubtful} pairs from {} on", thresholds.review));
    let clusters = found.clusters.groups().len();
    line(&mut text, "clusters", format!("{clusters} of two or more records"));
    for (name, took) in phases {
        line(&mut text, "time", format!("{name} {:.2} s", took.as_secs_f64()));
    }
    let total: Duration = phases.iter().map(|(_, took)| *took).sum();
    line(&mut text, "time", format!("in total {:.2} s", total.as_secs_f64()));
    if let Some(truth) = truth {
        line(&mut text, "pairs", format!("{} at {}", rates(truth.at(found, 0.5)), 0.5));
        let (best, threshold) = truth.best(found);
        line(&mut text, "best", format!("{} at {threshold:.4}", rates(best)));
        line(&mut text, "clusters", rates(truth.of_clusters(&found.clusters)));
    }
    text.trim_end().to_owned()
}

/// Adds a line to a summary.
pub fn line(text: &mut String, name: &str, said: String) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{name:10} {said}");
}

/// Rates as a summary says them.
pub fn rates(rates: Rates) -> String {
    format!("F1 {:.4}, precision {:.4}, recall {:.4}", rates.f1, rates.precision, rates.recall)
}

/// The waterfall of a pair.
pub fn waterfall(ids: (&str, &str), explanation: &Explanation) -> String {
    let mut text = format!("{} and {}\n", printable(ids.0), printable(ids.1));
    let mut step = |name: &str, bits: f64, said: String| {
        let _ = writeln!(text, "{bits:+8.2}  {name:24} {said}");
    };
    step("prior", explanation.prior, String::new());
    for s in &explanation.steps {
        let (left, right) = (printable(&s.values.0), printable(&s.values.1));
        let values = format!("{}: `{left}` and `{right}`", s.level);
        step(&s.comparison, s.weight, values);
        if s.rarity != 0.0 {
            step("  how frequent that is", s.rarity, String::new());
        }
    }
    if explanation.structure != 0.0 {
        step("other pairs and rules", explanation.structure, String::new());
    }
    let probability = format!("probability {:.6}", explanation.probability);
    step("total", explanation.total, probability);
    for outcome in &explanation.rules {
        let verdict = match &outcome.verdict {
            Verdict::Holds => "holds".to_owned(),
            Verdict::Differs(field) => format!("no: `{field}` differs"),
            Verdict::Missing(field) => format!("no: `{field}` is missing"),
            Verdict::Contradicted(name) => format!("overruled: `{name}` contradicts"),
        };
        let _ = writeln!(text, "rule `{}`: {verdict}", outcome.rule);
    }
    text.trim_end().to_owned()
}
