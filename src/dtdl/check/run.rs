//! Running all checks.

use super::found::Found;
use super::{contained, extends, names, rules, schemas, siblings, values};
use crate::dtdl::graph::Graph;
use crate::dtdl::read::Reader;

/// One check of a whole graph.
type Check = fn(&Graph<'_>) -> Found;

/// All checks, in the order in which they are run. Later ones may rely on what earlier ones
/// refuse: interfaces with errors are left out.
const CHECKS: &[&[Check]] = &[
    &[extends::check, schemas::check],
    &[names::check, values::check, contained::check, rules::check, siblings::check],
];

/// Runs all checks.
pub(crate) fn check_model(reader: &mut Reader<'_, '_>) {
    for stage in CHECKS {
        let found: Vec<_> = stage.iter().flat_map(|check| check(&reader.graph)).collect();
        for (ix, error) in found {
            reader.report(error);
            reader.graph.mark_faulty(ix);
        }
    }
}
